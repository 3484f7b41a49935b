//! Walks folders the way git sees them.
//!
//! `.gitignore` and `.ignore` files hold for their folder and everything below;
//! hidden folders and those that hold other people's code are left out. What a
//! user names on the command line is always read.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use globset::GlobBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

use crate::discover::{Problem, has_git};
use crate::framework::{MARKERS, is_marker};

const EXTENSIONS: [&str; 4] = ["sql", "psql", "pgsql", "ddl"];
const DIALECT_EXTENSIONS: [&str; 3] = ["postgres", "postgresql", "pg"];
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];
const FOREIGN_FOLDERS: [&str; 2] = ["node_modules", "target"];

/// Patterns of all files that a project is made of, as editors watch them:
/// SQL files, the configuration, what says which files are left out, and what
/// tells of migration tools.
pub fn watched_patterns() -> Vec<String> {
    let sql = format!("**/*.{{{}}}", EXTENSIONS.join(","));
    let names = [super::CONFIGURATION].into_iter().chain(IGNORE_FILES);
    let names = names.chain(MARKERS);
    let names = names.map(|name| format!("**/{name}"));
    std::iter::once(sql).chain(names).collect()
}

/// Does the name of the file say that it holds SQL? Where a project speaks
/// several dialects, `x.sql.postgres` does, too.
pub fn is_sql_file(path: &Path) -> bool {
    let is_any = |path: &Path, names: &[&str]| {
        path.extension()
            .and_then(OsStr::to_str)
            .is_some_and(|found| names.iter().any(|name| found.eq_ignore_ascii_case(name)))
    };
    is_any(path, &EXTENSIONS)
        || is_any(path, &DIALECT_EXTENSIONS) && is_any(&path.with_extension(""), &EXTENSIONS)
}

/// What a walk has found, in no particular order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The SQL files.
    pub sql: Vec<PathBuf>,
    /// Files that are no SQL and tell of migration tools.
    pub markers: Vec<PathBuf>,
}

/// Every SQL file in `start` and below, in no particular order; `start` is a
/// folder. Symbolic links are not followed, so that no file is found twice.
pub fn walk(start: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    find(start, problems).sql
}

/// The same with the files that tell of migration tools.
pub fn find(start: &Path, problems: &mut Vec<Problem>) -> Found {
    let mut ignored = IgnoreStack::above(start);
    let mut found = Found::default();
    let mut entries = WalkDir::new(start).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                problems.push(unreadable_entry(start, &error));
                continue;
            }
        };
        let is_directory = entry.file_type().is_dir();
        if entry.depth() > 0 && (ignored.skips(&entry) || is_foreign(&entry)) {
            if is_directory {
                entries.skip_current_dir();
            }
        } else if is_directory || entry.depth() == 0 {
            ignored.enter(&entry);
        } else if entry.file_type().is_file() {
            match () {
                () if is_sql_file(entry.path()) => found.sql.push(entry.into_path()),
                () if is_marker(entry.path()) => found.markers.push(entry.into_path()),
                () => {}
            }
        }
    }
    found
}

/// The files in `start` and the two folders above it that tell of migration
/// tools, for migrations that are named by themselves.
pub fn markers_above(start: &Path) -> Vec<PathBuf> {
    let folders = start.ancestors().take(3);
    let entries = folders.filter_map(|folder| std::fs::read_dir(folder).ok());
    entries
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_marker(path) && path.is_file())
        .collect()
}

/// Every SQL file that matches a pattern which no shell has expanded, or
/// `None` where `pattern` holds no wildcard. `directory` is the absolute folder
/// that the pattern starts at.
pub fn expand_pattern(
    directory: &Path,
    pattern: &str,
    problems: &mut Vec<Problem>,
) -> Option<Vec<PathBuf>> {
    let wildcard = pattern.find(['*', '?', '[', '{'])?;
    let fixed = match pattern[..wildcard].rfind('/') {
        Some(slash) => &pattern[..=slash],
        None => "",
    };
    let start = crate::path::absolute(directory, Path::new(fixed));
    let glob = GlobBuilder::new(&pattern[fixed.len()..])
        .literal_separator(true)
        .build();
    let matcher = match glob {
        Ok(glob) => glob.compile_matcher(),
        Err(error) => {
            problems.push(Problem::BadPattern {
                pattern: pattern.into(),
                reason: error.kind().to_string(),
            });
            return Some(Vec::new());
        }
    };
    let mut files = match start.is_dir() {
        true => walk(&start, problems),
        false => Vec::new(),
    };
    files.retain(|file| {
        file.strip_prefix(&start)
            .is_ok_and(|relative| matcher.is_match(relative))
    });
    if files.is_empty() {
        problems.push(Problem::NoMatch {
            pattern: pattern.into(),
        });
    }
    Some(files)
}

/// Hidden folders and those that hold other people's code.
fn is_foreign(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.file_type().is_dir() && (name.starts_with('.') || FOREIGN_FOLDERS.contains(&&*name))
}

fn unreadable_entry(start: &Path, error: &walkdir::Error) -> Problem {
    let reason = match error.io_error() {
        Some(error) => error.to_string(),
        None => error.to_string(),
    };
    Problem::Unreadable {
        path: error.path().unwrap_or(start).into(),
        reason,
    }
}

/// The ignore files that hold for the folder that the walk is in.
struct IgnoreStack {
    /// Those of the folders above the start, outermost first.
    above: Vec<Gitignore>,
    /// Those of the folders from the start on down: one entry a level.
    below: Vec<Gitignore>,
}

impl IgnoreStack {
    /// Reads the ignore files above `start`, up to the root of its repository.
    /// Outside a repository nothing above `start` holds.
    fn above(start: &Path) -> IgnoreStack {
        let mut above = Vec::new();
        let mut in_repository = has_git(start);
        for directory in start.ancestors().skip(1) {
            if in_repository {
                break;
            }
            above.push(read_ignore_files(directory));
            in_repository = has_git(directory);
        }
        if !in_repository {
            above.clear();
        }
        above.reverse();
        IgnoreStack {
            above,
            below: Vec::new(),
        }
    }

    fn enter(&mut self, directory: &DirEntry) {
        self.below.truncate(directory.depth());
        self.below.push(read_ignore_files(directory.path()));
    }

    /// The innermost ignore file that speaks of the entry decides.
    fn skips(&mut self, entry: &DirEntry) -> bool {
        self.below.truncate(entry.depth());
        self.below
            .iter()
            .rev()
            .chain(self.above.iter().rev())
            .map(|ignore| ignore.matched(entry.path(), entry.file_type().is_dir()))
            .find(|found| !found.is_none())
            .is_some_and(|found| found.is_ignore())
    }
}

/// A later file of the list overrules an earlier one. What cannot be read or
/// understood in an ignore file ignores nothing, as with git.
fn read_ignore_files(directory: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(directory);
    let exclude = directory.join(".git/info/exclude");
    let files = IGNORE_FILES.iter().map(|name| directory.join(name));
    for file in std::iter::once(exclude).chain(files) {
        if file.is_file() {
            let _ = builder.add(file);
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::display_name;

    /// Makes a tree of files, some of them ignore files, and walks it.
    #[track_caller]
    fn check(tree: &[(&str, &str)], start: &str, expected: &[&str]) {
        let root = make(tree);
        let mut problems = Vec::new();
        let start = crate::path::absolute(root.path(), Path::new(start));
        let found = walk(&start, &mut problems);
        assert_eq!(problems, []);
        assert_eq!(names(root.path(), found), expected);
    }

    fn make(tree: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in tree {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    fn names(root: &Path, files: Vec<PathBuf>) -> Vec<String> {
        let mut names: Vec<_> = files.iter().map(|file| display_name(root, file)).collect();
        names.sort();
        names
    }

    #[test]
    fn extensions_in_any_case() {
        check(
            &[
                ("a.sql", ""),
                ("b.PSQL", ""),
                ("c/d.pgsql", ""),
                ("c/e.Ddl", ""),
                ("c/f.txt", ""),
                ("sql", ""),
            ],
            ".",
            &["a.sql", "b.PSQL", "c/d.pgsql", "c/e.Ddl"],
        );
    }

    #[test]
    fn hidden_and_foreign_folders_are_left_out_unless_named() {
        let tree = [
            (".x/a.sql", ""),
            ("node_modules/b.sql", ""),
            ("target/c.sql", ""),
            ("src/.d.sql", ""),
        ];
        check(&tree, ".", &["src/.d.sql"]);
        check(&tree, "node_modules", &["node_modules/b.sql"]);
    }

    #[test]
    fn inner_ignore_files_overrule_outer_ones() {
        let tree = [
            (".gitignore", "*.sql\n!keep.sql\n/out/\n"),
            ("keep.sql", ""),
            ("drop.sql", ""),
            ("out/keep.sql", ""),
            ("in/.ignore", "!drop.sql\nkeep.sql\n"),
            ("in/drop.sql", ""),
            ("in/keep.sql", ""),
            ("next/drop.sql", ""),
        ];
        check(&tree, ".", &["in/drop.sql", "keep.sql"]);
        check(&tree, "out", &["out/keep.sql"]);
    }

    #[test]
    fn ignore_files_above_hold_within_a_repository() {
        let tree = [
            (".git/info/exclude", "mine.sql\n"),
            (".gitignore", "*.gen.sql\n"),
            ("db/a.sql", ""),
            ("db/a.gen.sql", ""),
            ("db/mine.sql", ""),
        ];
        check(&tree, "db", &["db/a.sql"]);
        check(
            &tree[1..],
            "db",
            &["db/a.gen.sql", "db/a.sql", "db/mine.sql"],
        );
    }

    #[test]
    fn patterns() {
        let root = make(&[("db/a.sql", ""), ("db/in/b.sql", ""), ("db/c.txt", "")]);
        let mut problems = Vec::new();
        let mut expand = |pattern| {
            expand_pattern(root.path(), pattern, &mut problems)
                .map(|files| names(root.path(), files))
        };
        assert_eq!(expand("db/a.sql"), None);
        assert_eq!(expand("db/*.sql"), Some(vec!["db/a.sql".into()]));
        assert_eq!(
            expand("**/{a,b}.sql"),
            Some(vec!["db/a.sql".into(), "db/in/b.sql".into()])
        );
        assert_eq!(expand("db/[.sql"), Some(vec![]));
        assert_eq!(expand("no/*.sql"), Some(vec![]));
        assert!(matches!(problems[0], Problem::BadPattern { .. }));
        assert!(matches!(problems[1], Problem::NoMatch { .. }));
    }
}
