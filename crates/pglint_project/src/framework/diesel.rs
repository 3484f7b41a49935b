//! diesel: `<version>_<name>/up.sql`, `down.sql` and `metadata.toml`.
//!
//! The version is what stands before the first `_`, without dashes, and is
//! compared as text. Each migration is sent as one string, in a transaction
//! unless `metadata.toml` has `run_in_transaction = false`.

use std::path::Path;

use pglint_semantic::section::Transaction;

use super::flaws::Compares;
use super::{Folder, Framework, MigrationFile, lines, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "diesel",
    provides: Some(super::Provides {
        sql: PROVIDED,
        may_have_more: false,
    }),
    detects,
    order: |folder| folder.sorted_by_key(|file| version(file.path)),
    sections: |file| {
        let transaction = match runs_alone(file.settings) {
            true => Transaction::Implicit,
            false => Transaction::Wrapped,
        };
        let mut section = file.whole(transaction);
        section.version = version(file.path);
        vec![section]
    },
    version,
    compares: Compares::Text,
    ignores: "as it is not called `up.sql` or `down.sql`",
    ..Framework::BASE
};

/// The table of its books (diesel, `migration/setup_migration_table.sql`).
const PROVIDED: &str = "\
CREATE TABLE __diesel_schema_migrations (
    version varchar(50) PRIMARY KEY NOT NULL,
    run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);";

/// A `diesel.toml`, a manifest that names diesel, or versions as its own
/// command writes them: `2024-01-31-093000_users`.
fn detects(folder: &Folder<'_>) -> Option<String> {
    if !folder.most(|file| version(file.path).is_some()) {
        return None;
    }
    let world = folder.world;
    let own_name = || {
        let mut files = folder.files.iter();
        let file = files.find(|file| is_own_name(folder_name(file)))?;
        Some(format!("names such as `{}`", folder_name(file)))
    };
    world
        .has_above(folder.path, "diesel.toml")
        .or_else(|| world.mentions(folder.path, "Cargo.toml", "diesel"))
        .or_else(own_name)
}

fn folder_name<'f>(file: &MigrationFile<'f>) -> &'f str {
    file.path.parent().map(name_of).unwrap_or_default()
}

fn is_own_name(name: &str) -> bool {
    if name.starts_with("00000000000000_diesel") {
        return true;
    }
    let version = name.split('_').next().unwrap_or_default();
    let lengths: Vec<usize> = version.split('-').map(str::len).collect();
    lengths == [4, 2, 2, 6]
}

fn version(path: &Path) -> Option<String> {
    matches!(name_of(path), "up.sql" | "down.sql").then_some(())?;
    let (version, _) = name_of(path.parent()?).split_once('_')?;
    Some(version.replace('-', ""))
}

fn runs_alone(settings: &str) -> bool {
    lines(settings).any(|(line, _)| {
        line.split_once('=').is_some_and(|(name, value)| {
            let value = value.split('#').next().unwrap_or_default();
            name.trim() == "run_in_transaction" && value.trim() == "false"
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check_order, check_with_settings};

    #[test]
    fn as_text_without_dashes() {
        check_order(
            &[
                ("10_c/up.sql", ""),
                ("2024-01-31-093000_b/up.sql", ""),
                ("20231231_a/up.sql", ""),
                ("3_d/up.sql", ""),
                ("3_d/data.sql", ""),
            ],
            "diesel",
            &[
                "10_c/up.sql",
                "20231231_a/up.sql",
                "2024-01-31-093000_b/up.sql",
                "3_d/up.sql",
            ],
        );
    }

    #[test]
    fn settings_beside_the_file() {
        let check = check_with_settings;
        check("diesel", "1-2_a/up.sql", "x", "", &["Up Wrapped 12: x"]);
        check("diesel", "1_a/down.sql", "x", "", &["Down Wrapped 1: x"]);
        check(
            "diesel",
            "1_a/up.sql",
            "x",
            "run_in_transaction = false # x",
            &["Up Implicit 1: x"],
        );
    }
}
