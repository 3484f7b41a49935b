//! Lists of files: a `LOADORDER` or `order.txt` beside SQL files names them in the order
//! in which they are run.
//!
//! One path a line, relative to the list; `#` and `--` begin comments, and `!` says that
//! the file may fail. Lists in folders beside each other build one database: with the
//! one file above them that makes tables, and in the order of the folders' names. What
//! lies beside listed files and is in no list is run by nobody, as far as the files tell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_semantic::section::Transaction;

use super::{Claim, Framework, World, name_of};
use crate::step::is_folder_of_steps;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "list of files",
    claims,
    order: |folder| folder.in_listed_order(),
    sections: |file| {
        let mut section = file.whole(Transaction::None);
        section.version = None;
        vec![section]
    },
    ignores: "as no list names it",
    ignores_by_mistake: false,
    ..Framework::BASE
};

/// What lists are called.
pub(super) const NAMES: [&str; 6] = [
    "LOADORDER",
    "LOAD_ORDER",
    "load_order.txt",
    "loadorder.txt",
    "order.txt",
    "sql_files.txt",
];

/// A list that names SQL files.
struct List {
    path: PathBuf,
    files: Vec<PathBuf>,
}

fn claims(world: &World<'_>) -> Vec<Claim> {
    let markers = NAMES.iter().flat_map(|name| world.markers_named(name));
    let mut databases: BTreeMap<&Path, Vec<List>> = BTreeMap::new();
    let markers: BTreeSet<&PathBuf> = markers.filter(|it| it.starts_with(world.root)).collect();
    for marker in markers {
        let above = marker.parent().and_then(Path::parent);
        if let Some(list) = read(world, marker) {
            databases
                .entry(above.unwrap_or(marker))
                .or_default()
                .push(list);
        }
    }
    let mut claims = Vec::new();
    for (above, lists) in databases {
        let base = base(world, above, &lists);
        match base.is_some() || lists.len() > 1 {
            true => claims.push(claim(world, above, &lists, base)),
            false => claims.extend(lists.first().map(|list| {
                let folder = list.path.parent().unwrap_or(above);
                claim(world, folder, std::slice::from_ref(list), None)
            })),
        }
    }
    claims
}

/// `None` for a file that is no list of SQL files: less than half of its lines are.
fn read(world: &World<'_>, marker: &Path) -> Option<List> {
    let folder = marker.parent()?;
    let text = (world.read)(marker);
    let lines = text.lines().map(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split(" --").next().unwrap_or_default().trim()
    });
    let lines = lines.filter(|it| !it.is_empty() && !it.starts_with("--"));
    let mut files = Vec::new();
    let mut others = 0;
    for line in lines {
        let named = crate::path::absolute(folder, Path::new(line.trim_start_matches(['!', ' '])));
        match world.files.binary_search(&named) {
            Ok(_) if files.contains(&named) => {}
            Ok(_) => files.push(named),
            Err(_) => others += 1,
        }
    }
    (files.len() > others.max(1)).then(|| List {
        path: marker.into(),
        files,
    })
}

/// The one file above the lists' folders that makes tables. What only shows where
/// steps have led is none.
fn base(world: &World<'_>, above: &Path, lists: &[List]) -> Option<PathBuf> {
    let makes_tables = |file: &&PathBuf| {
        let head = (world.read)(file).to_ascii_lowercase();
        head.lines()
            .any(|it| it.trim_start().starts_with("create table"))
    };
    let is_listed = |file: &PathBuf| lists.iter().any(|list| list.files.contains(file));
    let files = world.directly_in(above).filter(|it| !is_listed(it));
    let mut files = files.filter(makes_tables);
    let file = files.next()?;
    let mut folders = lists.iter().filter_map(|it| it.path.parent());
    let has_steps = folders.any(|it| is_folder_of_steps(Path::new(name_of(it))));
    let is_dump = has_steps && crate::project::is_schema_dump(file);
    (files.next().is_none() && !is_dump).then(|| file.clone())
}

fn claim(world: &World<'_>, folder: &Path, lists: &[List], base: Option<PathBuf>) -> Claim {
    let mut listed = Vec::from_iter(base);
    for file in lists.iter().flat_map(|it| &it.files) {
        if !listed.contains(file) {
            listed.push(file.clone());
        }
    }
    let folders: BTreeSet<&Path> = listed.iter().filter_map(|it| it.parent()).collect();
    let beside = folders.iter().flat_map(|it| world.directly_in(it));
    let others = beside.filter(|it| !listed.contains(it));
    let names = lists.iter().map(|it| {
        let path = it.path.strip_prefix(folder).unwrap_or(&it.path);
        format!("`{}`", path.display())
    });
    Claim {
        folder: folder.into(),
        evidence: names.collect::<Vec<_>>().join(", "),
        files: listed.iter().chain(others).cloned().collect(),
        listed,
        dialect: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The histories of `files`, paths with texts, each with its folder, what it runs,
    /// and `-`, the rest.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[&str]) {
        let texts: BTreeMap<PathBuf, &str> = { files.iter() }
            .map(|(path, text)| (Path::new("/r").join(path), *text))
            .collect();
        let is_sql = |it: &&PathBuf| it.extension().is_some_and(|it| it == "sql");
        let sql: Vec<PathBuf> = texts.keys().filter(is_sql).cloned().collect();
        let markers = texts.keys().filter(|it| !is_sql(it)).cloned().collect();
        let world = World {
            root: Path::new("/r"),
            files: &sql,
            markers: &markers,
            read: &|path| texts.get(path).copied().unwrap_or_default().to_owned(),
        };
        let names = |paths: Vec<&PathBuf>| {
            let names = paths
                .into_iter()
                .map(|it| it.strip_prefix("/r").unwrap_or(it));
            names
                .map(|it| it.display().to_string())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let describe = |claim: &Claim| {
            let rest = claim.files.iter().filter(|it| !claim.listed.contains(it));
            let folder = names(vec![&claim.folder]);
            let (run, rest) = (names(claim.listed.iter().collect()), names(rest.collect()));
            format!("{folder}: {run} - {rest}")
        };
        let found: Vec<String> = claims(&world).iter().map(describe).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_list_orders() {
        check(
            &[
                (
                    "db/order.txt",
                    "# tables first\nb.sql\n!a.sql  # may fail\n\nx/c.sql\n",
                ),
                ("db/a.sql", ""),
                ("db/b.sql", ""),
                ("db/x/c.sql", ""),
                ("db/notes.sql", ""),
            ],
            &["db: db/b.sql db/a.sql db/x/c.sql - db/notes.sql"],
        );
    }

    #[test]
    fn lists_beside_each_other() {
        let table = "CREATE TABLE t (id int);";
        check(
            &[
                ("db/start.sql", table),
                ("db/checks.sql", "SELECT 1;"),
                ("db/changes/LOADORDER", "1.1/a.sql\n1.0/b.sql\n"),
                ("db/changes/1.0/b.sql", ""),
                ("db/changes/1.1/a.sql", ""),
                ("db/modules/LOADORDER", "d.sql\nc.sql\n"),
                ("db/modules/c.sql", ""),
                ("db/modules/d.sql", ""),
            ],
            &[
                "db: db/start.sql db/changes/1.1/a.sql db/changes/1.0/b.sql db/modules/d.sql \
               db/modules/c.sql - db/checks.sql",
            ],
        );
        // Which of two comes first, nothing tells.
        check(
            &[
                ("db/one.sql", table),
                ("db/two.sql", table),
                ("db/code/LOADORDER", "d.sql\nc.sql\n"),
                ("db/code/c.sql", ""),
                ("db/code/d.sql", ""),
            ],
            &["db/code: db/code/d.sql db/code/c.sql - "],
        );
        // A dump of what the listed steps have made.
        check(
            &[
                ("db/schema.sql", table),
                ("db/migrations/order.txt", "d.sql\nc.sql\n"),
                ("db/migrations/c.sql", ""),
                ("db/migrations/d.sql", ""),
            ],
            &["db/migrations: db/migrations/d.sql db/migrations/c.sql - "],
        );
    }

    #[test]
    fn other_lists() {
        check(&[("order.txt", "milk\nbread\na.sql\n"), ("a.sql", "")], &[]);
        check(&[("order.txt", "a.sql\n"), ("a.sql", "")], &[]);
    }
}
