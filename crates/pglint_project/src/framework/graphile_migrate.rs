//! graphile-migrate: `committed/000001-name.sql`, then `current.sql`.
//!
//! Committed files run by number, each in a transaction unless it begins, after
//! the headers, with `--! no-transaction`; then it holds one statement.
//! `current.sql`, or the files in `current/`, run again and again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pglint_semantic::section::{Direction, Transaction};

use super::number::number;
use super::{Claim, Framework, World, lines, name_of};
use crate::natural::compare_paths;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "graphile-migrate",
    claims,
    order: |folder| {
        let is_run = |path: &Path| is_current(path) || is_committed(path);
        folder.sorted(is_run, |left, right| {
            is_current(left)
                .cmp(&is_current(right))
                .then_with(|| compare_paths(left, right))
        })
    },
    sections: |file| {
        let mut headers = lines(file.text)
            .map(|(line, _)| line.trim())
            .take_while(|line| line.is_empty() || line.starts_with("--!"));
        let is_alone = headers.any(|line| line == "--! no-transaction");
        let mut section = file.whole(match is_alone {
            true => Transaction::PerStatement,
            false => Transaction::Wrapped,
        });
        if is_current(file.path) {
            section.direction = Direction::Repeatable;
            section.version = None;
        }
        vec![section]
    },
    ignores: "as its name is not `<number>-<name>.sql`",
    ..Framework::BASE
};

/// A folder `committed` with a `.gmrc` above it, or whose files begin as the
/// tool writes them.
fn claims(world: &World<'_>) -> Vec<Claim> {
    let folders = world.files.iter().filter_map(|file| file.parent());
    let folders: BTreeSet<&Path> = folders.filter(|it| name_of(it) == "committed").collect();
    let claim = |committed: &Path| {
        let is_committed = |file: &PathBuf| (world.read)(file).starts_with("--! Previous:");
        let is_marked = || world.directly_in(committed).any(is_committed);
        let folder = committed.parent()?;
        let configuration = world.has_above(folder, ".gmrc");
        let by_header = || is_marked().then(|| "`--! Previous:` headers in `committed`".into());
        Some(Claim {
            evidence: configuration.or_else(by_header)?,
            files: world
                .below(folder)
                .filter(|file| file.parent() == Some(committed))
                .chain(world.below(&folder.join("current.sql")))
                .chain(world.below(&folder.join("current")))
                .cloned()
                .collect(),
            folder: folder.into(),
            listed: Vec::new(),
            dialect: None,
        })
    };
    folders.into_iter().filter_map(claim).collect()
}

fn is_current(path: &Path) -> bool {
    path == Path::new("current.sql") || path.starts_with("current")
}

fn is_committed(path: &Path) -> bool {
    let stem = name_of(path).trim_end_matches(".sql");
    number(stem.split('-').next().unwrap_or_default()).is_some()
}
