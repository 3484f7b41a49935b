//! Files that are not for PostgreSQL: they are counted, and not read.

use std::collections::BTreeMap;

/// A file that is not for PostgreSQL, by what it or its folder is called, by what
/// a configuration file says or by its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// The file, as people see it.
    pub name: String,
    /// What it is for: `MySQL`.
    pub dialect: String,
}

/// One sentence about them; `None` where there are none.
pub(crate) fn notice(left_alone: &[LeftAlone]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in left_alone {
        *counts.entry(&file.dialect).or_default() += 1;
    }
    let each: Vec<String> = counts
        .iter()
        .map(|(dialect, count)| format!("{dialect} {count}"))
        .collect();
    let files = match left_alone.len() {
        0 => return None,
        1 => "one file that is".to_owned(),
        count => format!("{count} files that are"),
    };
    Some(format!(
        "left alone {files} not for PostgreSQL: {}",
        each.join(", ")
    ))
}
