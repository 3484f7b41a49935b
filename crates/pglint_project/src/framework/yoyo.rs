//! yoyo: `NAME.sql` with `-- depends: A B`, `NAME.rollback.sql`.
//!
//! Files run after what they depend on, else by name. Each runs in a
//! transaction unless a leading comment says `-- transactional: false`. What is
//! called `post-apply` runs after all others, every time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pglint_semantic::section::{Direction, Transaction};

use super::flaws::lines_meant;
use super::{Claim, Folder, Framework, MigrationFile, World, lines, name_of};
use crate::natural::compare_paths;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "yoyo",
    claims,
    detects,
    order,
    sections: |file| {
        let is_alone = leading_comments(file.text)
            .any(|comment| value(comment, "transactional").is_some_and(|it| it == "false"));
        let mut section = file.whole(match is_alone {
            true => Transaction::PerStatement,
            false => Transaction::Wrapped,
        });
        if is_last(file.path) {
            section.direction = Direction::Repeatable;
        }
        vec![section]
    },
    ineffective: |file| {
        let why = "yoyo reads it only before the first statement";
        let read = leading_comments(file.text).count();
        let comments = lines(file.text).filter(|(line, _)| line.trim().starts_with("--"));
        let late: Vec<&str> = comments.skip(read).map(|(line, _)| line).collect();
        lines_meant(file.text, why, |line| {
            let is_setting = line
                .trim()
                .strip_prefix("--")
                .is_some_and(|it| value(it, "transactional").is_some_and(|it| it == "false"));
            is_setting && late.iter().any(|it| it.as_ptr() == line.as_ptr())
        })
    },
    ..Framework::BASE
};

/// Folders with a way back beside a file and a dependency between two files,
/// whatever the files are called.
fn claims(world: &World<'_>) -> Vec<Claim> {
    let is_way_back = |file: &&PathBuf| name_of(file).ends_with(".rollback.sql");
    let ways_back = world.files.iter().filter(is_way_back);
    let folders: BTreeSet<&Path> = ways_back.filter_map(|file| file.parent()).collect();
    let claim = |folder: &Path| {
        let files: Vec<PathBuf> = world.directly_in(folder).cloned().collect();
        let names: BTreeSet<&str> = files.iter().map(|file| id(file)).collect();
        let depends = |file: &&PathBuf| {
            let mut needed = dependencies(&(world.read)(file)).into_iter();
            needed.any(|name| names.contains(&*name))
        };
        let evidence = evidence(files.iter().find(depends)?);
        Some(Claim {
            folder: folder.into(),
            evidence,
            files,
            listed: Vec::new(),
            dialect: None,
        })
    };
    folders.into_iter().filter_map(claim).collect()
}

fn evidence(file: &Path) -> String {
    format!("`-- depends:` in `{}`", name_of(file))
}

fn detects(folder: &Folder<'_>) -> Option<String> {
    let depends = |file: &&MigrationFile<'_>| {
        let names = dependencies(file.text);
        let is_here = |name: &String| folder.files.iter().any(|it| id(it.path) == name);
        names.iter().any(is_here)
    };
    let by_text = || {
        let file = folder.files.iter().find(depends)?;
        Some(evidence(file.path))
    };
    let configuration = folder.world.has_above(folder.path, "yoyo.ini");
    configuration.or_else(by_text)
}

/// The names that a file's leading comments say it depends on.
pub(super) fn dependencies(text: &str) -> Vec<String> {
    leading_comments(text)
        .filter_map(|comment| value(comment, "depends"))
        .flat_map(|names| names.split_whitespace())
        .map(str::to_owned)
        .collect()
}

fn leading_comments(text: &str) -> impl Iterator<Item = &str> {
    lines(text)
        .map(|(line, _)| line.trim())
        .take_while(|line| line.is_empty() || line.starts_with("--"))
        .filter_map(|line| line.strip_prefix("--"))
}

fn value<'t>(comment: &'t str, name: &str) -> Option<&'t str> {
    let rest = comment.trim_start().strip_prefix(name)?;
    Some(rest.trim_start().strip_prefix(':')?.trim())
}

fn id(path: &Path) -> &str {
    let name = name_of(path);
    let name = name.strip_suffix(".sql").unwrap_or(name);
    name.strip_suffix(".rollback").unwrap_or(name)
}

fn is_last(path: &Path) -> bool {
    name_of(path).starts_with("post-apply")
}

/// By name, each after what it depends on. What depends on itself in a circle
/// comes by name.
fn order(folder: &Folder<'_>) -> Vec<usize> {
    let mut waiting = folder.sorted(
        |_| true,
        |left, right| {
            is_last(left)
                .cmp(&is_last(right))
                .then_with(|| compare_paths(left, right))
        },
    );
    let mut ordered = Vec::new();
    while !waiting.is_empty() {
        let names: BTreeSet<&str> = waiting
            .iter()
            .map(|it| id(folder.files[*it].path))
            .collect();
        let is_ready = |index: &usize| {
            let file = &folder.files[*index];
            let mut needed = dependencies(file.text).into_iter();
            !needed.any(|name| name != id(file.path) && names.contains(&*name))
        };
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_order};

    #[test]
    fn what_is_needed_comes_first() {
        check_order(
            &[
                ("a.sql", "-- depends: c\n\nx"),
                ("b.sql", "-- a note\n--depends:a c\nx"),
                ("b.rollback.sql", ""),
                ("c.sql", ""),
                ("post-apply.sql", ""),
            ],
            "yoyo",
            &[
                "b.rollback.sql",
                "c.sql",
                "a.sql",
                "b.sql",
                "post-apply.sql",
            ],
        );
        check_order(
            &[("a.sql", "-- depends: b"), ("b.sql", "-- depends: a")],
            "yoyo",
            &["a.sql", "b.sql"],
        );
    }

    #[test]
    fn sections() {
        let text = "-- transactional: false\nx";
        check(
            "yoyo",
            "1_a.sql",
            text,
            &["Up PerStatement 1: -- transactional: false\nx"],
        );
        check("yoyo", "1_a.rollback.sql", "x", &["Down Wrapped 1: x"]);
        check("yoyo", "post-apply.sql", "x", &["Repeatable Wrapped -: x"]);
    }
}
