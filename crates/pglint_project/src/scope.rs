//! Root, context and report: which files a run reads, and about which it speaks.
//!
//! The command line, the hook and the language server all ask [`scopes`], so
//! that they see the same schema and say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::configuration::Overrides;
use crate::discover::{self, Found, Problem};
use crate::source::Decoded;

/// What a user asks for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Absolute; relative paths start here.
    pub working_directory: PathBuf,
    /// Files, folders and patterns, as the user wrote them.
    pub paths: Vec<PathBuf>,
    /// Texts that stand in for files: standard input, the open documents of an
    /// editor. They are reported, and need not exist on the disk.
    pub overlays: Vec<Overlay>,
    /// What the command line asks of the rules.
    pub overrides: Overrides,
    /// Texts are kept whole, as editors count lines in them, rather than without
    /// the data of `COPY`s in long files.
    pub whole_texts: bool,
}

/// A text that stands in for a file.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// The path of the file, as the user wrote it.
    pub path: PathBuf,
    /// What it holds.
    pub content: Decoded,
}

/// The files of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The root: the nearest folder above a file that holds `pglint.toml`, else
    /// the nearest that holds `.git`. Files that have neither make up one
    /// project, whose root is the common folder of the arguments and which has
    /// no other files.
    pub root: PathBuf,
    /// All SQL files that have this root: those that a database can be made of.
    pub files: BTreeSet<PathBuf>,
    /// Those of `files` that diagnostics are reported for.
    pub reported: BTreeSet<PathBuf>,
    /// Files that are no SQL and tell of migration tools, such as `sqitch.plan`.
    pub markers: BTreeSet<PathBuf>,
}

/// Finds the projects that a request is about, and what of them is reported.
///
/// A folder with a `pglint.toml` is a project of its own, wherever it lies: an
/// argument above it reports its files as an argument inside it would.
pub fn scopes(request: &Request, problems: &mut Vec<Problem>) -> Vec<Scope> {
    let mut roots = Roots::default();
    let mut rooted: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
    let mut rootless: BTreeMap<PathBuf, Found> = BTreeMap::new();
    for (argument, found) in arguments(request, problems) {
        // A project is read for the sake of its configuration, too.
        match find_root(&argument) {
            Some(root) => drop(rooted.entry(root).or_default()),
            None => drop(rootless.entry(argument.clone()).or_default()),
        }
        for file in found.sql {
            match roots.of(&file) {
                Some(root) => drop(rooted.entry(root).or_default().insert(file)),
                None => rootless.entry(argument.clone()).or_default().sql.push(file),
            }
        }
        for marker in found.markers {
            if roots.of(&marker).is_none() {
                let known = rootless.entry(argument.clone()).or_default();
                known.markers.push(marker);
            }
        }
    }
    let mut scopes: Vec<Scope> = rooted
        .into_iter()
        .map(|(root, reported)| with_context(root, reported, &mut roots, problems))
        .collect();
    scopes.extend(without_root(rootless));
    scopes
}

/// The roots of files, by their folders.
#[derive(Default)]
struct Roots {
    known: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Roots {
    fn of(&mut self, file: &Path) -> Option<PathBuf> {
        let folder = file.parent()?;
        if let Some(known) = self.known.get(folder) {
            return known.clone();
        }
        let root = find_root(folder);
        self.known.insert(folder.into(), root.clone());
        root
    }
}

/// Every path that the user named or that matches one of the patterns, absolute,
/// with the SQL files that it stands for.
fn arguments(request: &Request, problems: &mut Vec<Problem>) -> Vec<(PathBuf, Found)> {
    let one = |file: PathBuf| {
        let found = Found {
            sql: vec![file.clone()],
            markers: Vec::new(),
        };
        (file, found)
    };
    let directory = &request.working_directory;
    let mut arguments: Vec<(PathBuf, Found)> = Vec::new();
    for path in &request.paths {
        let absolute = crate::path::absolute(directory, path);
        if discover::is_directory(&absolute) {
            let found = discover::find(&absolute, problems);
            arguments.push((absolute, found));
        } else if discover::exists(&absolute) {
            arguments.push(one(absolute));
        } else {
            let pattern = path.to_string_lossy();
            match discover::expand_pattern(directory, &pattern, problems) {
                Some(files) => {
                    arguments.extend(files.into_iter().map(one));
                }
                None => problems.push(Problem::MissingPath {
                    path: pattern.into_owned(),
                }),
            }
        }
    }
    for overlay in &request.overlays {
        let absolute = crate::path::absolute(directory, &overlay.path);
        // In a folder that is asked about, it stands for a file of that folder.
        let around = { arguments.iter_mut() }
            .find(|(folder, _)| absolute.starts_with(folder) && absolute != *folder);
        match around {
            Some((_, found)) => found.sql.push(absolute),
            None => arguments.push(one(absolute)),
        }
    }
    arguments
}

/// The nearest folder at or above `path` that makes a project.
pub fn find_root(path: &Path) -> Option<PathBuf> {
    let root = |is_root: fn(&Path) -> bool| path.ancestors().find(|folder| is_root(folder));
    root(discover::has_configuration)
        .or_else(|| root(discover::has_git))
        .map(Path::to_path_buf)
}

fn with_context(
    root: PathBuf,
    reported: BTreeSet<PathBuf>,
    roots: &mut Roots,
    problems: &mut Vec<Problem>,
) -> Scope {
    // What cannot be read outside the reported files is no concern of the user.
    let mut elsewhere = Vec::new();
    let mut found = discover::find(&root, &mut elsewhere);
    let mut is_here = |file: &PathBuf| roots.of(file).as_ref() == Some(&root);
    found.sql.retain(&mut is_here);
    found.markers.retain(&mut is_here);
    let mut files = BTreeSet::from_iter(found.sql);
    files.extend(reported.iter().cloned());
    if files.is_empty() {
        problems.append(&mut elsewhere);
    }
    Scope {
        root,
        files,
        reported,
        markers: found.markers.into_iter().collect(),
    }
}

fn without_root(arguments: BTreeMap<PathBuf, Found>) -> Option<Scope> {
    let root = arguments.keys().cloned().reduce(common_folder)?;
    let root = match root.parent() {
        Some(folder) if !discover::is_directory(&root) => folder.into(),
        _ => root,
    };
    let mut files = BTreeSet::new();
    let mut markers = BTreeSet::from_iter(discover::markers_above(&root));
    for found in arguments.into_values() {
        files.extend(found.sql);
        markers.extend(found.markers);
    }
    Some(Scope {
        root,
        reported: files.clone(),
        files,
        markers,
    })
}

fn common_folder(left: PathBuf, right: PathBuf) -> PathBuf {
    left.components()
        .zip(right.components())
        .take_while(|(left, right)| left == right)
        .map(|(part, _)| part)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::display_name;

    /// Makes files, asks for `paths` and describes each project on a line:
    /// its root, then its files, those that are reported with a star.
    #[track_caller]
    fn check(tree: &[&str], paths: &[&str], expected: &[&str]) {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        for path in tree {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let request = Request {
            working_directory: directory.into(),
            paths: paths.iter().map(PathBuf::from).collect(),
            ..Request::default()
        };
        let mut problems = Vec::new();
        let found = scopes(&request, &mut problems);
        assert_eq!(problems, []);
        let found: Vec<_> = found
            .iter()
            .map(|scope| describe(directory, scope))
            .collect();
        assert_eq!(found, expected);
    }

    fn describe(directory: &Path, scope: &Scope) -> String {
        let mut line = format!("{}:", display_name(directory, &scope.root));
        for file in &scope.files {
            let star = if scope.reported.contains(file) {
                "*"
            } else {
                ""
            };
            line.push_str(&format!(" {}{star}", display_name(directory, file)));
        }
        line
    }

    #[test]
    fn the_root_gives_the_context() {
        let tree = [
            "app/.git/HEAD",
            "app/db/1_a.sql",
            "app/db/2_b.sql",
            "app/q/c.sql",
        ];
        check(
            &tree,
            &["app/db/2_b.sql"],
            &["app: app/db/1_a.sql app/db/2_b.sql* app/q/c.sql"],
        );
        check(
            &tree,
            &["app/db"],
            &["app: app/db/1_a.sql* app/db/2_b.sql* app/q/c.sql"],
        );
    }

    #[test]
    fn a_configuration_file_comes_before_git() {
        check(
            &[".git/HEAD", "a/pglint.toml", "a/x.sql", "b/y.sql"],
            &["a", "b"],
            &[".: b/y.sql*", "a: a/x.sql*"],
        );
    }

    #[test]
    fn a_folder_with_a_configuration_is_a_project_of_its_own() {
        let tree = ["pglint.toml", "a/pglint.toml", "a/b/x.sql", "y.sql"];
        check(&tree, &["."], &[".: y.sql*", "a: a/b/x.sql*"]);
        check(&tree, &["a/b/x.sql"], &["a: a/b/x.sql*"]);
        check(&tree[1..], &["."], &["a: a/b/x.sql*", ".: y.sql*"]);
    }

    #[test]
    fn without_a_root_the_arguments_are_the_project() {
        let tree = ["db/a.sql", "db/b.sql", "q/c.sql", "z.sql"];
        check(&tree, &["db"], &["db: db/a.sql* db/b.sql*"]);
        check(&tree, &["db/a.sql"], &["db: db/a.sql*"]);
        check(&tree, &["db/*.sql"], &["db: db/a.sql* db/b.sql*"]);
        check(&tree, &["db", "q"], &[".: db/a.sql* db/b.sql* q/c.sql*"]);
    }

    #[test]
    fn an_open_document_belongs_to_the_project_of_its_file() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path();
        std::fs::create_dir(folder.join("a")).unwrap();
        for (path, text) in [("pglint.toml", ""), ("a/pglint.toml", ""), ("a/x.sql", "")] {
            std::fs::write(folder.join(path), text).unwrap();
        }
        let overlay = |path: &str| Overlay {
            path: path.into(),
            content: crate::source::decode(Vec::new()),
        };
        let request = Request {
            working_directory: folder.into(),
            paths: vec![folder.into()],
            overlays: vec![overlay("a/x.sql"), overlay("a/new.sql")],
            ..Request::default()
        };
        let found = scopes(&request, &mut Vec::new());
        let found: Vec<_> = found.iter().map(|it| describe(folder, it)).collect();
        assert_eq!(found, [".:", "a: a/new.sql* a/x.sql*"]);
    }

    #[test]
    fn one_path_twice_is_read_once() {
        check(
            &["db/a.sql"],
            &["db", "db/a.sql", "./db"],
            &["db: db/a.sql*"],
        );
    }
}
