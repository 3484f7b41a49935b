//! Reads one file: SQL, or the configuration.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::configuration::{self, Configuration};
use crate::discover::{CONFIGURATION, Problem};
use crate::source::{Decoded, decode};

/// Reads a whole file as text.
pub fn read_file(path: &Path) -> Result<Decoded, Problem> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    if u32::try_from(bytes.len()).is_err() {
        return Err(Problem::TooLarge { path: path.into() });
    }
    Ok(decode(bytes))
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
    let path = folder.join(CONFIGURATION);
    if !path.is_file() {
        return Ok(Configuration::default());
    }
    let text = std::fs::read_to_string(&path).map_err(|error| Problem::Unreadable {
        path: path.clone(),
        reason: error.to_string(),
    })?;
    configuration::read(&text).map_err(|mistake| Problem::Configuration {
        path,
        line: mistake.line,
        column: mistake.column,
        reason: mistake.message,
    })
}
