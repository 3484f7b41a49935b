//! Reads the bytes of one file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::discover::Problem;
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
