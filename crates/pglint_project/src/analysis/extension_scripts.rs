//! The scripts of an extension, of which a server runs a few.
//!
//! `pair--1.0.sql` makes the extension in that version, `pair--1.0--1.1.sql` leads
//! from one version to the next (manual, 36.17.6 "Extension Updates"). The newest
//! version is the schema; its scripts are those that a server would choose.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use crate::natural::compare_names;

/// A script, as its name tells: from which version to which. No version before the
/// extension is made.
struct Script<'p> {
    from: Option<&'p str>,
    to: &'p str,
    /// Its place among the files.
    file: usize,
}

/// Which of the files are scripts of extensions that a server does not run for the
/// newest version.
pub(crate) fn outdated(files: &[&Path]) -> Vec<bool> {
    let mut extensions: BTreeMap<(Option<&Path>, &str), Vec<Script<'_>>> = BTreeMap::new();
    for (file, path) in files.iter().enumerate() {
        if let Some((name, from, to)) = read(path) {
            let scripts = extensions.entry((path.parent(), name)).or_default();
            scripts.push(Script { from, to, file });
        }
    }
    let mut outdated = vec![false; files.len()];
    for scripts in extensions.values() {
        let run = newest(scripts);
        for script in scripts.iter().filter(|it| !run.contains(&it.file)) {
            // Without a script that makes it, all may be needed.
            outdated[script.file] = !run.is_empty();
        }
    }
    outdated
}

/// The name of an extension, and between which versions a script leads.
fn read(path: &Path) -> Option<(&str, Option<&str>, &str)> {
    let mut parts = path.file_stem()?.to_str()?.split("--");
    let found = match (parts.next()?, parts.next()?, parts.next()) {
        (name, version, None) => (name, None, version),
        (name, from, Some(to)) => (name, Some(from), to),
    };
    let is_named = !found.0.is_empty() && !found.2.is_empty();
    (is_named && parts.next().is_none()).then_some(found)
}

/// The shortest way to the newest version that can be made: of several, the one that
/// begins with the newest (`find_install_path` in PostgreSQL's `extension.c`).
fn newest(scripts: &[Script<'_>]) -> Vec<usize> {
    let makes = |it: &&Script<'_>| it.from.is_none();
    // One way a version, the shortest that is known so far.
    let mut ways: Vec<(&str, Vec<&Script<'_>>)> = Vec::new();
    let mut ends: Vec<Vec<&Script<'_>>> = scripts.iter().filter(makes).map(|it| vec![it]).collect();
    ends.sort_by(|one, other| compare_names(other[0].to, one[0].to));
    while !ends.is_empty() {
        let mut longer = Vec::new();
        for way in ends {
            let Some(version) = way.last().map(|it| it.to) else {
                continue;
            };
            if ways.iter().any(|(known, _)| *known == version) {
                continue;
            }
            let next = scripts.iter().filter(|it| it.from == Some(version));
            longer.extend(next.map(|it| [&way[..], &[it]].concat()));
            ways.push((version, way));
        }
        ends = longer;
    }
    let is_newer =
        |one: &&(&str, _), other: &&(&str, _)| -> Ordering { compare_names(one.0, other.0) };
    let newest = ways.iter().max_by(is_newer);
    newest.map_or_else(Vec::new, |(_, way)| way.iter().map(|it| it.file).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files with `!` at the end are outdated.
    #[track_caller]
    fn check(files: &[&str]) {
        let paths: Vec<&Path> = files
            .iter()
            .map(|it| Path::new(it.trim_end_matches('!')))
            .collect();
        let expected: Vec<bool> = files.iter().map(|it| it.ends_with('!')).collect();
        assert_eq!(outdated(&paths), expected, "{files:?}");
    }

    #[test]
    fn the_newest_version_counts() {
        check(&[
            "powa--3.2.0.sql!",
            "powa--4.0.1--4.1.0.sql!",
            "powa--4.1.4.sql",
            "powa--4.1.3--4.1.4.sql!",
            "other--1.0.sql",
            "schema.sql",
        ]);
    }

    #[test]
    fn updates_lead_to_it() {
        check(&[
            "sql/cron--1.0.sql",
            "sql/cron--1.0--1.1.sql",
            "sql/cron--1.1--1.10.sql",
            "sql/cron--1.1--1.0.sql!",
            "sql/cron--unpackaged--1.0.sql!",
        ]);
        check(&["a--1.sql", "a--1--2.sql!", "a--2--3.sql!", "a--1--3.sql"]);
        check(&["a--1.sql!", "a--1--3.sql!", "a--2.sql", "a--2--3.sql"]);
    }

    #[test]
    fn without_a_script_that_makes_it_nothing_is_known() {
        check(&["a--1--2.sql", "a--2--3.sql", "a-b.sql", "a--.sql"]);
    }
}
