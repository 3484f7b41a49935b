//! Upgrade scripts that only an older version of the schema needs.
//!
//! `shop.1.0-1.1.sql` beside `shop.1.1.sql` leads to what that file makes anew. And
//! steps that begin with tables which no file makes lead from a version that is not
//! among the files to the one that is.

use std::borrow::Cow;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::versions::{Plain, Table};

/// Which of the files lead to what others make anew; `base` are the tables that are
/// made by other files than steps.
pub(super) fn outlived(files: &[Plain<'_>], base: &FxHashSet<Table<'_>>) -> Vec<bool> {
    let mut outlived = vec![false; files.len()];
    let names: FxHashSet<Name<'_>> = files.iter().filter_map(|it| name(it.path)).collect();
    for (at, step) in files.iter().enumerate().filter(|(_, it)| it.is_step) {
        outlived[at] = leads_to(step.path, &names);
    }
    let makers: FxHashSet<Table<'_>> = { files.iter() }
        .flat_map(|it| it.made.keys().chain(&it.renamed).copied())
        .collect();
    for folder in folders(files) {
        let steps = || folder.iter().map(|at| &files[*at]);
        let is_upgrade = lacks_its_beginning(steps(), &makers)
            && steps().any(|it| it.subjects().any(|table| base.contains(&table)))
            && steps().all(|it| is_contained(it, files));
        if is_upgrade {
            folder.iter().for_each(|at| outlived[*at] = true);
        }
    }
    outlived
}

/// The places of the steps of each folder.
fn folders(files: &[Plain<'_>]) -> Vec<Vec<usize>> {
    let mut folders: FxHashMap<Option<&Path>, Vec<usize>> = FxHashMap::default();
    for (at, file) in files.iter().enumerate().filter(|(_, it)| it.is_step) {
        folders.entry(file.path.parent()).or_default().push(at);
    }
    folders.into_values().collect()
}

/// Does it go on from tables that nobody makes?
fn lacks_its_beginning<'f, 'c: 'f>(
    mut steps: impl Iterator<Item = &'f Plain<'c>>,
    makers: &FxHashSet<Table<'_>>,
) -> bool {
    steps.any(|it| it.altered.iter().any(|table| !makers.contains(table)))
}

/// Is each change that a step makes to a table in what another file makes? One that
/// is not says that the file is the older version.
fn is_contained(step: &Plain<'_>, files: &[Plain<'_>]) -> bool {
    step.changes.iter().all(|(table, change)| {
        let mut wholes = files.iter().filter(|it| !it.is_step);
        let made = wholes.find_map(|it| it.made.get(table));
        let mut changes = files.iter().flat_map(|it| &it.changes);
        made.is_none_or(|made| change.is_done(made))
            || changes.any(|(changed, other)| changed == table && other.is_opposite_of(change))
    })
}

/// The folder and the name of a file, without its extension.
type Name<'p> = (Option<&'p Path>, Cow<'p, str>);

fn name(path: &Path) -> Option<Name<'_>> {
    Some((path.parent(), path.file_stem()?.to_string_lossy()))
}

/// Is a step `shop.1.0-1.1.sql`, with `shop.1.1.sql` among the files?
fn leads_to(step: &Path, names: &FxHashSet<Name<'_>>) -> bool {
    let Some((folder, name)) = name(step) else {
        return false;
    };
    let leads = |separator: &str| {
        let (before, version) = name.rsplit_once(separator)?;
        // The older version begins with one of the digits.
        let mut starts = before.match_indices(|it: char| it.is_ascii_digit());
        let whole = |start: usize| Cow::Owned(format!("{}{version}", &before[..start]));
        let is_there = |(start, _)| names.contains(&(folder, whole(start)));
        (!version.is_empty() && starts.any(is_there)).then_some(())
    };
    let mut separators = ["--", "_to_", "-to-", "-"].into_iter();
    separators.any(|it| leads(it).is_some())
}

#[cfg(test)]
mod tests {
    use super::super::versions::tests::check;
    use super::*;

    #[test]
    fn names() {
        let leads = |step: &str, whole: &str| {
            let names = name(Path::new(whole)).into_iter().collect();
            leads_to(Path::new(step), &names)
        };
        assert!(leads("m/shop.1.0-1.1.sql", "m/shop.1.1.sql"));
        assert!(leads("m/shop.1.0-next.sql", "m/shop.next.sql"));
        assert!(leads("schema_1_to_2.sql", "schema_2.sql"));
        assert!(!leads("m/shop.1.0-1.1.sql", "m/shop.1.2.sql"));
        assert!(!leads("m/shop.1.0-1.1.sql", "other/shop.1.1.sql"));
        assert!(!leads("shop-users.sql", "users.sql"));
    }

    #[test]
    fn functions_of_a_version_that_is_there() {
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;";
        check(&[
            ("shop.1.0-1.1.sql!", function),
            ("shop.1.1.sql", "CREATE TABLE a (x int);"),
        ]);
        check(&[
            ("shop.1.0-1.1.sql", function),
            ("shop.1.0.sql", "CREATE TABLE a (x int);"),
        ]);
    }

    #[test]
    fn steps_from_a_version_that_is_not_there() {
        let schema = ("s/schema.sql", "CREATE TABLE new (x int, y int);");
        let function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;";
        check(&[
            ("s/migrations/1_2.sql!", "ALTER TABLE old ADD y int;"),
            ("s/migrations/2_3.sql!", function),
            ("s/migrations/3_4.sql!", "ALTER TABLE old RENAME TO new;"),
            schema,
        ]);
        // The schema lacks what they add: it is the older one.
        check(&[
            ("s/migrations/1_2.sql", "ALTER TABLE old ADD y int;"),
            (
                "s/migrations/2_3.sql",
                "ALTER TABLE new ADD z int; ALTER TABLE old ADD z int;",
            ),
            schema,
        ]);
        // They are about something else.
        check(&[
            ("s/migrations/1_2.sql", "ALTER TABLE old ADD y int;"),
            ("s/migrations/2_3.sql", function),
            schema,
        ]);
    }
}
