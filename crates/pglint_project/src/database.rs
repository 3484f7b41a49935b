//! Which files make up which database, and in which order.
//!
//! A folder whose files carry versions is a migration history, and every history
//! is a database of its own: several in one repository are common. All other
//! files are plain: schema files in any order, queries, dumps. They belong to
//! the one history near them, or make up a database by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::framework::{has_directive, leading_version};
use crate::natural::compare_paths;

/// Files that are replayed into one catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The folder of the history; `None` for a database of plain files alone,
    /// in which objects may be defined by later files.
    pub(crate) history: Option<PathBuf>,
    /// The files of the history, in no particular order.
    pub(crate) migrations: Vec<PathBuf>,
    /// The other files, in natural order.
    pub(crate) plain: Vec<PathBuf>,
}

/// Folders whose files are never a history, whatever they are called.
const PLAIN_FOLDERS: [&str; 10] = [
    "functions",
    "policies",
    "procedures",
    "queries",
    "query",
    "seed",
    "seeds",
    "test",
    "tests",
    "views",
];

/// Folders in which every folder is a world of its own: examples and test data
/// have nothing to do with each other or with the product's database.
const SEPARATING_FOLDERS: [&str; 9] = [
    "__tests__",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "spec",
    "test",
    "testdata",
    "tests",
];

/// Divides the files of a project, whose folder is `root`, into databases.
/// `head` gives the beginning of a file's text.
pub(crate) fn group(
    root: &Path,
    files: &BTreeSet<PathBuf>,
    head: &dyn Fn(&Path) -> String,
) -> Vec<Group> {
    let mut worlds: BTreeMap<PathBuf, Vec<&Path>> = BTreeMap::new();
    for file in files {
        worlds.entry(world(root, file)).or_default().push(file);
    }
    worlds
        .into_iter()
        .flat_map(|(folder, files)| group_world(&folder, &files, head))
        .collect()
}

/// The innermost folder that separates the file from other worlds, or `root`.
fn world(root: &Path, file: &Path) -> PathBuf {
    let Some(folder) = file.parent() else {
        return root.into();
    };
    folder
        .ancestors()
        .take_while(|ancestor| *ancestor != root && ancestor.starts_with(root))
        .find(|ancestor| {
            let parent = ancestor.parent();
            parent.is_some_and(|parent| parent != root && is_named(parent, &SEPARATING_FOLDERS))
        })
        .unwrap_or(root)
        .into()
}

fn group_world(world: &Path, files: &[&Path], head: &dyn Fn(&Path) -> String) -> Vec<Group> {
    let histories = histories(world, files, head);
    let migrations: BTreeSet<&PathBuf> = histories.values().flatten().collect();
    let mut plain: BTreeMap<Option<PathBuf>, Vec<PathBuf>> = BTreeMap::new();
    for file in files.iter().map(|file| file.to_path_buf()) {
        if !migrations.contains(&file) {
            let near = nearest_history(world, &file, &histories);
            plain.entry(near).or_default().push(file);
        }
    }
    for files in plain.values_mut() {
        files.sort_by(|left, right| compare_paths(left, right));
    }
    let loose = plain.remove(&None).map(|plain| Group {
        history: None,
        migrations: Vec::new(),
        plain,
    });
    let mut groups = Vec::from_iter(loose);
    groups.extend(histories.into_iter().map(|(folder, migrations)| Group {
        plain: plain.remove(&Some(folder.clone())).unwrap_or_default(),
        history: Some(folder),
        migrations,
    }));
    groups
}

/// The folders that are migration histories, with their migrations.
fn histories(
    world: &Path,
    files: &[&Path],
    head: &dyn Fn(&Path) -> String,
) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let folder = history_folder(world, file);
        folders.entry(folder).or_default().push(file.to_path_buf());
    }
    folders
        .into_iter()
        .filter(|(folder, _)| !is_plain_folder(world, folder))
        .filter_map(|(folder, files)| Some((folder.clone(), migrations(&folder, files, head)?)))
        .collect()
}

/// The migrations among the files of a folder: those with a version, where more
/// than half of them have one, else all files where a directive of a migration
/// tool begins one of them. `None` for a folder that is no history.
fn migrations(
    folder: &Path,
    files: Vec<PathBuf>,
    head: &dyn Fn(&Path) -> String,
) -> Option<Vec<PathBuf>> {
    let is_versioned = |file: &PathBuf| file.parent() != Some(folder) || version(file).is_some();
    let versioned: Vec<PathBuf> = files
        .iter()
        .filter(|it| is_versioned(it))
        .cloned()
        .collect();
    if versioned.len() * 2 > files.len() {
        return Some(versioned);
    }
    let has_directive = files.iter().any(|file| has_directive(&head(file)));
    has_directive.then_some(files)
}

/// Does the name of a folder on the way say that what is in it is no history?
fn is_plain_folder(world: &Path, folder: &Path) -> bool {
    folder
        .ancestors()
        .take_while(|ancestor| *ancestor != world)
        .any(|ancestor| is_named(ancestor, &PLAIN_FOLDERS))
}

/// The folder of the history that the file would belong to: its own, or the
/// one above where folders are called after versions.
fn history_folder(world: &Path, file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(world);
    folder
        .ancestors()
        .find(|ancestor| *ancestor == world || version(ancestor).is_none())
        .unwrap_or(folder)
        .into()
}

/// The only history in the innermost folder around the file that has any below
/// it. `None` where there is none, or several to choose from.
fn nearest_history(
    world: &Path,
    file: &Path,
    histories: &BTreeMap<PathBuf, Vec<PathBuf>>,
) -> Option<PathBuf> {
    let around = file.ancestors().skip(1);
    for ancestor in around.take_while(|ancestor| ancestor.starts_with(world)) {
        let mut below = histories
            .keys()
            .filter(|folder| folder.starts_with(ancestor));
        if let Some(history) = below.next() {
            return below.next().is_none().then(|| history.clone());
        }
    }
    None
}

fn version(path: &Path) -> Option<&str> {
    leading_version(path.file_name()?.to_str()?)
}

fn is_named(folder: &Path, names: &[&str]) -> bool {
    folder
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Do the files of the folder hold queries that a program sends?
pub(crate) fn is_query_folder(folder: &Path) -> bool {
    is_named(folder, &["queries", "query"])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups `files`, of which one that ends in `!` begins with a directive,
    /// and prints a line a database: its history, its migrations, `+`, the rest.
    #[track_caller]
    fn check(files: &[&str], expected: &[&str]) {
        let root = Path::new("/r");
        let marked: BTreeSet<PathBuf> = files
            .iter()
            .filter_map(|file| file.strip_suffix('!'))
            .map(|file| root.join(file))
            .collect();
        let head = |file: &Path| match marked.contains(file) {
            true => "-- +migrate Up\n".to_owned(),
            false => String::new(),
        };
        let files = files
            .iter()
            .map(|file| root.join(file.trim_end_matches('!')))
            .collect();
        let found: Vec<_> = group(root, &files, &head).iter().map(describe).collect();
        assert_eq!(found, expected);
    }

    fn describe(group: &Group) -> String {
        let name = |path: &PathBuf| crate::path::display_name(Path::new("/r"), path);
        let names = |paths: &[PathBuf]| paths.iter().map(name).collect::<Vec<_>>().join(" ");
        format!(
            "{}: {} + {}",
            group.history.as_ref().map_or("-".into(), name),
            names(&group.migrations),
            names(&group.plain)
        )
    }

    #[test]
    fn a_history_by_file_names() {
        check(
            &["db/2_b.sql", "db/10_c.sql", "db/seeds/1_x.sql", "q/a.sql"],
            &["db: db/10_c.sql db/2_b.sql + db/seeds/1_x.sql q/a.sql"],
        );
    }

    #[test]
    fn a_history_by_folders() {
        check(
            &[
                "m/1_a/up.sql",
                "m/1_a/down.sql",
                "m/2_b/up.sql",
                "schema.sql",
            ],
            &["m: m/1_a/down.sql m/1_a/up.sql m/2_b/up.sql + schema.sql"],
        );
    }

    #[test]
    fn a_history_by_directives() {
        check(
            &["m/first.sql!", "m/next.sql"],
            &["m: m/first.sql m/next.sql + "],
        );
    }

    #[test]
    fn files_without_a_version_are_no_migrations() {
        check(
            &["m/1_a.sql", "m/2_b.sql", "m/R__views.sql"],
            &["m: m/1_a.sql m/2_b.sql + m/R__views.sql"],
        );
    }

    #[test]
    fn plain_files() {
        check(
            &["tables.sql", "views/a.sql", "x/10.txt.sql", "x/b.sql"],
            &["-:  + tables.sql views/a.sql x/10.txt.sql x/b.sql"],
        );
    }

    #[test]
    fn several_histories() {
        check(
            &[
                "a/m/1_x.sql",
                "a/q/x.sql",
                "b/m/1_y.sql",
                "b/q/y.sql",
                "both.sql",
            ],
            &[
                "-:  + both.sql",
                "a/m: a/m/1_x.sql + a/q/x.sql",
                "b/m: b/m/1_y.sql + b/q/y.sql",
            ],
        );
    }

    #[test]
    fn examples_are_worlds_of_their_own() {
        check(
            &[
                "fixtures/shop/m/1_a.sql",
                "fixtures/book/a.sql",
                "m/1_b.sql",
                "q.sql",
            ],
            &[
                "m: m/1_b.sql + q.sql",
                "-:  + fixtures/book/a.sql",
                "fixtures/shop/m: fixtures/shop/m/1_a.sql + ",
            ],
        );
    }
}
