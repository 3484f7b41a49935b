//! graphile-migrate: `committed/000001-name.sql`, then `current.sql`.
//!
//! Committed files run by number as text, each in a transaction unless it begins, after
//! the headers, with `--! no-transaction`; then it holds one statement.
//! `current.sql`, or the files in `current/`, run again and again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pglint_semantic::section::{Direction, Transaction};

use super::flaws::{Compares, lines_meant};
use super::number::number;
use super::{Claim, Folder, Framework, World, lines, name_of};
use crate::natural::compare_paths;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "graphile-migrate",
    claims,
    order: |folder| {
        let is_run = |path: &Path| is_current(path) || is_committed(path);
        folder.sorted(is_run, |left, right| {
            // The numbers of committed files are compared as text.
            let number = |path: &Path| match is_current(path) {
                true => String::new(),
                false => name_of(path)
                    .trim_end_matches(".sql")
                    .split('-')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            };
            is_current(left)
                .cmp(&is_current(right))
                .then_with(|| number(left).cmp(&number(right)))
                .then_with(|| compare_paths(left, right))
        })
    },
    sections: |file| {
        let is_alone = lines(body(file.text))
            .next()
            .is_some_and(|(line, _)| is_no_transaction(line));
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
    compares: Compares::Text,
    misordered,
    ineffective: |file| {
        let why = "graphile-migrate reads it only as the first line after the headers";
        let first = lines(body(file.text)).next().map(|(line, _)| line.as_ptr());
        lines_meant(file.text, why, |line| {
            is_no_transaction(line.trim_start()) && first != Some(line.as_ptr())
        })
    },
    ignores: "as its name is not `<number>-<name>.sql`",
    ..Framework::BASE
};

/// What follows the headers, `--! Name: value` (`parseMigrationText` in
/// graphile-migrate's `migration.ts`).
fn body(text: &str) -> &str {
    let is_header = |line: &str| {
        let name = line.strip_prefix("--! ");
        name.is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase()))
    };
    let end = lines(text).find(|(line, _)| !is_header(line));
    end.map_or("", |(_, range)| text[range.start().into()..].trim_start())
}

/// `isNoTransactionDefined` in graphile-migrate's `header.ts`.
fn is_no_transaction(line: &str) -> bool {
    let rest = line.strip_prefix("--!").map(str::trim_start);
    let rest = rest.and_then(|it| it.strip_prefix("no-transaction"));
    rest.is_some_and(|it| !it.starts_with(|it: char| it.is_alphanumeric() || it == '_'))
}

/// The header of a committed migration, which orders it.
pub(super) fn headers(text: &str) -> impl Iterator<Item = String> {
    let lines = lines(text).map_while(|(line, _)| line.strip_prefix("--! "));
    lines.map(str::to_owned)
}

/// Every committed migration names the hash of the one before it, and the tool
/// refuses to run any where that is not so (`getAllMigrations`).
fn misordered(folder: &Folder<'_>) -> Vec<(usize, String, String)> {
    let header = |text: &str, name: &str| -> Option<String> {
        let mut headers =
            lines(text).map_while(|(line, _)| line.strip_prefix("--! ")?.split_once(':'));
        let (_, value) = headers.find(|(found, _)| *found == name)?;
        Some(value.trim().to_owned())
    };
    let order = (FRAMEWORK.order)(folder);
    let committed = { order.into_iter() }.filter(|index| !is_current(folder.files[*index].path));
    let mut expected = Some("-".to_owned());
    let mut found = Vec::new();
    for index in committed {
        let text = folder.files[index].text;
        let previous = header(text, "Previous");
        if previous.is_some() && expected.is_some() && previous != expected {
            let what = "does not follow the migration before it: `--! Previous` names another hash";
            let help = "Uncommit it and commit it again: graphile-migrate refuses to run any";
            found.push((index, what.to_owned(), help.to_owned()));
        }
        expected = header(text, "Hash");
    }
    found
}

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
