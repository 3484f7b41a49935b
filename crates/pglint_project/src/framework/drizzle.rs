//! Drizzle: `0000_name.sql` in the order of `meta/_journal.json`, or, since 1.0,
//! `<time>_<name>/migration.sql` with a `snapshot.json` beside it.
//!
//! All pending files run in one transaction. Files that the journal lacks are
//! not run; a journal that lacks most of them was left behind and orders
//! nothing.

use std::path::{Path, PathBuf};

use pglint_semantic::section::Transaction;
use serde_json::Value;

use super::{Claim, Folder, Framework, World, name_of};
use crate::natural::compare_paths;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Drizzle",
    claims: |world| {
        let mut claims = by_journal(world);
        claims.extend(by_snapshots(world));
        claims
    },
    directive: |text| text.contains("--> statement-breakpoint"),
    order,
    misordered,
    sections: |file| vec![file.whole(Transaction::Wrapped)],
    ignores: "as `meta/_journal.json` does not list it",
    ..Framework::BASE
};

fn order(folder: &Folder<'_>) -> Vec<usize> {
    let listed = folder.in_listed_order();
    match listed.len() * 2 > folder.files.len() {
        true => listed,
        false => folder.sorted(|_| true, compare_paths),
    }
}

/// A database that has run a later migration by the journal's clock leaves the
/// earlier one out (`migrate` in drizzle-orm's `pg-core/dialect`).
fn misordered(folder: &Folder<'_>) -> Vec<(usize, String, String)> {
    let journal = folder.world.marker(&folder.path.join("meta/_journal.json"));
    let journal: Value = serde_json::from_str(&journal.unwrap_or_default()).unwrap_or_default();
    let mut entries: Vec<_> = { journal["entries"].as_array().into_iter() }
        .flatten()
        .collect();
    entries.sort_by_key(|entry| entry["idx"].as_u64());
    let mut latest = None;
    let mut found = Vec::new();
    for entry in entries {
        let when = entry["when"].as_u64();
        let name = format!("{}.sql", entry["tag"].as_str().unwrap_or_default());
        let mut files = folder.files.iter();
        if when < latest
            && when.is_some()
            && let Some(index) = files.position(|file| file.path == Path::new(&name))
        {
            let what = "is older by the journal's `when` than the migration before it";
            let help = "Generate it anew: databases that have run the one before leave it out";
            found.push((index, what.to_owned(), help.to_owned()));
        }
        latest = latest.max(when);
    }
    found
}

fn by_journal(world: &World<'_>) -> Vec<Claim> {
    let claim = |marker: &PathBuf| {
        let folder = marker
            .parent()
            .filter(|it| name_of(it) == "meta")?
            .parent()?;
        let journal: Value = serde_json::from_str(&(world.read)(marker)).unwrap_or_default();
        let mut entries: Vec<_> = journal["entries"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        entries.sort_by_key(|entry| entry["idx"].as_u64());
        let file = |entry: &Value| Some(folder.join(format!("{}.sql", entry["tag"].as_str()?)));
        Some(Claim {
            folder: folder.into(),
            evidence: "`meta/_journal.json`".into(),
            files: world.directly_in(folder).cloned().collect(),
            listed: entries.into_iter().filter_map(file).collect(),
            dialect: other_dialect(&journal),
        })
    };
    let journals = world.markers_named("_journal.json");
    journals.filter_map(claim).collect()
}

fn by_snapshots(world: &World<'_>) -> Vec<Claim> {
    let folder = |marker: &PathBuf| {
        let version = marker.parent()?;
        let is_migration = world
            .files
            .binary_search(&version.join("migration.sql"))
            .is_ok();
        is_migration.then(|| version.parent().map(Path::to_path_buf))?
    };
    let mut folders: Vec<_> = world
        .markers_named("snapshot.json")
        .filter_map(folder)
        .collect();
    folders.dedup();
    let claim = |folder: PathBuf| Claim {
        evidence: "`snapshot.json` beside each `migration.sql`".into(),
        files: world
            .below(&folder)
            .filter(|file| name_of(file) == "migration.sql")
            .cloned()
            .collect(),
        folder,
        listed: Vec::new(),
        dialect: None,
    };
    folders.into_iter().map(claim).collect()
}

fn other_dialect(journal: &Value) -> Option<String> {
    let dialect = journal["dialect"].as_str()?;
    let is_other = !matches!(dialect, "postgresql" | "postgres" | "pg" | "cockroach");
    is_other.then(|| dialect.to_owned())
}
