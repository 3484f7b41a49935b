//! Hasura: `migrations/<database>/<milliseconds>_<name>/up.sql` and `down.sql`.
//!
//! Every folder of a database is a history. Versions run by value, each file as
//! one string.

use pglint_semantic::section::Transaction;

use super::number::{before_underscore, numeric_version};
use super::{Folder, Framework, MigrationFile, direction, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Hasura",
    provides: Some(super::Provides {
        sql: PROVIDED,
        may_have_more: true,
    }),
    detects: |folder: &Folder<'_>| {
        folder.most(is_migration).then_some(())?;
        let example = folder.files.iter().find(|file| is_migration(file))?;
        let name = name_of(example.path.parent()?);
        Some(format!("names such as `{name}`"))
    },
    order: |folder| {
        folder.sorted_by_key(|file| {
            direction(file.path)?;
            before_underscore(file.path).or_else(|| before_underscore(file.path.parent()?))
        })
    },
    sections: |file| vec![file.whole(Transaction::Implicit)],
    version: |path| numeric_version(path).or_else(|| numeric_version(path.parent()?)),
    ignores: "as it is not called `up.sql` or `down.sql`",
    ..Framework::BASE
};

/// The schema of its metadata.
const PROVIDED: &str = "CREATE SCHEMA hdb_catalog;";

/// Times in milliseconds have thirteen digits until the year 2286, and no other
/// tool writes them.
fn is_migration(file: &MigrationFile<'_>) -> bool {
    let folder = file.path.parent().map(name_of).unwrap_or_default();
    let time = folder.split('_').next().unwrap_or_default();
    matches!(name_of(file.path), "up.sql" | "down.sql")
        && time.len() == 13
        && time.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_order};

    #[test]
    fn by_time() {
        check_order(
            &[
                ("1700000000001_b/up.sql", ""),
                ("1700000000000_a/up.sql", ""),
                ("1700000000000_a/down.sql", ""),
            ],
            "Hasura",
            &[
                "1700000000000_a/down.sql",
                "1700000000000_a/up.sql",
                "1700000000001_b/up.sql",
            ],
        );
        check(
            "Hasura",
            "1700000000000_a/up.sql",
            "x",
            &["Up Implicit 1700000000000: x"],
        );
    }
}
