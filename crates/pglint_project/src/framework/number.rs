//! Versions that are numbers of any length.

use std::path::Path;

/// A run of digits by value, whatever its length: without leading zeros, longer
/// ones last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number {
    length: usize,
    digits: String,
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &*self.digits {
            "" => "0",
            digits => digits,
        })
    }
}

/// The value of a text that is digits and nothing else.
pub(super) fn number(digits: &str) -> Option<Number> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let digits = digits.trim_start_matches('0');
    is_number.then(|| Number {
        length: digits.len(),
        digits: digits.into(),
    })
}

/// The numbers of a version such as `1.2` or `1_2`, without zeros at the end,
/// so that `1.0` and `1` are the same.
pub(super) fn numbers(version: &str) -> Option<Vec<Number>> {
    let parts = version.split(['.', '_']).map(number);
    let mut parts: Vec<Number> = parts.collect::<Option<_>>()?;
    while parts.last().is_some_and(|last| last.length == 0) {
        parts.pop();
    }
    Some(parts)
}

/// The digits that a file's name starts with, where `_` follows them.
pub(super) fn before_underscore(path: &Path) -> Option<Number> {
    number(super::name_of(path).split_once('_')?.0)
}

/// The number that a file's name begins with, without leading zeros.
pub(super) fn numeric_version(path: &Path) -> Option<String> {
    Some(before_underscore(path)?.to_string())
}

/// Is the file directly in the history's folder?
pub(super) fn is_direct(path: &Path) -> bool {
    path.components().count() == 1
}
