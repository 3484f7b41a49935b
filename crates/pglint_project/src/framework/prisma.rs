//! Prisma: `migrations/<time>_<name>/migration.sql`.
//!
//! Folders run in the order of their names as text. A file is sent as one
//! string. `migration_lock.toml` names the database it is written for.

use std::path::Path;

use pglint_semantic::section::Transaction;

use super::flaws::Compares;
use super::{Claim, Framework, MigrationFile, World, lines, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Prisma",
    claims,
    detects: |folder| {
        folder.most(is_migration).then_some(())?;
        let example = folder.files.iter().find(|file| is_migration(file))?;
        let name = name_of(example.path.parent()?);
        Some(format!("names such as `{name}/migration.sql`"))
    },
    order: |folder| {
        folder.sorted_by_key(|file| {
            let is_run = name_of(file.path) == "migration.sql";
            is_run.then(|| file.path.parent().map(|it| name_of(it).to_owned()))?
        })
    },
    sections: |file| vec![file.whole(Transaction::Implicit)],
    compares: Compares::Text,
    ignores: "as it is not called `migration.sql`",
    ..Framework::BASE
};

/// Fourteen digits, a name, and the one file.
fn is_migration(file: &MigrationFile<'_>) -> bool {
    let folder = file.path.parent().map(name_of).unwrap_or_default();
    let time = folder.split('_').next().unwrap_or_default();
    name_of(file.path) == "migration.sql"
        && time.len() == 14
        && time.bytes().all(|byte| byte.is_ascii_digit())
}

fn claims(world: &World<'_>) -> Vec<Claim> {
    let claim = |marker: &std::path::PathBuf| {
        let folder = marker.parent()?;
        let is_below =
            |file: &&std::path::PathBuf| file.parent().and_then(Path::parent) == Some(folder);
        Some(Claim {
            folder: folder.into(),
            evidence: "`migration_lock.toml`".into(),
            files: world.below(folder).filter(is_below).cloned().collect(),
            listed: Vec::new(),
            dialect: other_provider(&(world.read)(marker)),
        })
    };
    let locks = world.markers_named("migration_lock.toml");
    locks.filter_map(claim).collect()
}

/// The database that the lock names, where it is not PostgreSQL or something
/// that speaks its dialect.
fn other_provider(lock: &str) -> Option<String> {
    let provider = lines(lock).find_map(|(line, _)| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == "provider").then(|| value.trim().trim_matches('"'))
    })?;
    let is_other = !matches!(provider, "postgresql" | "postgres" | "cockroachdb");
    is_other.then(|| provider.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_order};
    use super::*;

    #[test]
    fn as_text() {
        check_order(
            &[
                ("20240101000000_b/migration.sql", ""),
                ("20231231000000_a/migration.sql", ""),
                ("9_init/migration.sql", ""),
                ("9_init/notes.sql", ""),
                ("20240301000000_c/migration.sql", ""),
            ],
            "Prisma",
            &[
                "20231231000000_a/migration.sql",
                "20240101000000_b/migration.sql",
                "20240301000000_c/migration.sql",
                "9_init/migration.sql",
            ],
        );
        check("Prisma", "1_a/migration.sql", "x", &["Up Implicit 1: x"]);
    }

    #[test]
    fn other_databases() {
        assert_eq!(other_provider("provider = \"postgresql\"\n"), None);
        assert_eq!(
            other_provider("# x\nprovider = \"mysql\""),
            Some("mysql".into())
        );
        assert_eq!(other_provider(""), None);
    }
}
