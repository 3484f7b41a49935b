//! Reads one file: SQL, or the configuration.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::configuration::{self, Configuration};
use crate::discover::{CONFIGURATION, Problem, has_configuration};
use crate::source::cut::{self, Cut};
use crate::source::{Decoded, decode_cut};

/// A shorter file is not worth a gap in its text.
const CUT_FROM: u64 = 1 << 20;

/// How many bytes of a file whose data is cut out are read at a time.
const PIECE: usize = 256 << 10;

/// Reads a file as text, a long one without the data of its `COPY`s, unless
/// `is_whole`.
pub fn read_file(path: &Path, is_whole: bool) -> Result<Decoded, Problem> {
    let cut = read_bytes(path, is_whole).map_err(|error| unreadable(path, &error))?;
    if u32::try_from(cut.bytes.len()).is_err() {
        return Err(Problem::TooLarge { path: path.into() });
    }
    Ok(decode_cut(cut))
}

fn read_bytes(path: &Path, is_whole: bool) -> io::Result<Cut> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    if length >= CUT_FROM && !is_whole {
        return cut::read(file, PIECE, u32::MAX as usize);
    }
    let mut cut = Cut::default();
    file.read_to_end(&mut cut.bytes)?;
    Ok(cut)
}

/// The first bytes of a file, at most `length`, as text; empty where the file
/// cannot be read, which is reported when the whole of it is read.
pub fn read_head(path: &Path, length: u64) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(length).read_to_end(&mut bytes));
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    }
}

pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::Unreadable {
        path: path.into(),
        reason: error.to_string(),
    }
}

/// Reads the `pglint.toml` of a folder; without one, all is as pglint decides.
pub(crate) fn read_configuration(folder: &Path) -> Result<Configuration, Problem> {
    let Some(text) = configuration_text(folder)? else {
        return Ok(Configuration::default());
    };
    configuration::read(&text).map_err(|mistake| Problem::Configuration {
        path: folder.join(CONFIGURATION),
        line: mistake.line,
        column: mistake.column,
        reason: mistake.message,
    })
}

/// The text of a folder's `pglint.toml`. `None` where it has none.
pub fn configuration_text(folder: &Path) -> Result<Option<String>, Problem> {
    if !has_configuration(folder) {
        return Ok(None);
    }
    let path = folder.join(CONFIGURATION);
    let text = std::fs::read_to_string(&path);
    text.map(Some).map_err(|error| unreadable(&path, &error))
}
