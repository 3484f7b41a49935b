//! sqlx: `<integer>_<name>.sql`, or a pair `.up.sql` and `.down.sql`.
//!
//! Files run by the integer's value, each in a transaction, unless the file
//! begins with `-- no-transaction`: at the very first byte, or it has no effect.
//! The text is sent as one string either way. Names of another shape are
//! ignored (sqlx-core, `migrate/source.rs`).

use std::path::Path;

use pglint_semantic::section::Transaction;

use super::flaws::{Compares, lines_meant};
use super::number::is_direct;
use super::{Folder, Framework, MigrationFile, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "sqlx",
    provides: Some(super::Provides {
        sql: PROVIDED,
        may_have_more: false,
    }),
    directive: |text| text.starts_with(NO_TRANSACTION),
    detects,
    order: |folder| match folder.most(|file| version(file).is_some()) {
        true => folder.sorted_by_key(version),
        false => folder.sorted(|_| true, crate::natural::compare_paths),
    },
    sections: |file| {
        let transaction = match file.text.starts_with(NO_TRANSACTION) {
            true => Transaction::Implicit,
            false => Transaction::Wrapped,
        };
        vec![file.whole(transaction)]
    },
    ignores: "as its name is not `<integer>_<name>.sql`",
    version: |path| Some(version_of(path)?.to_string()),
    compares: Compares::Numbers,
    ineffective: |file| match file.text.starts_with(NO_TRANSACTION) {
        true => Vec::new(),
        false => lines_meant(
            file.text,
            "sqlx reads it only as the first bytes of the file",
            |line| {
                let comment = line.trim().strip_prefix("--");
                comment.is_some_and(|it| it.trim() == "no-transaction")
            },
        ),
    },
    ..Framework::BASE
};

/// The table of its books (sqlx-postgres, `migrate.rs`).
const PROVIDED: &str = "\
CREATE TABLE _sqlx_migrations (
    version bigint PRIMARY KEY,
    description text NOT NULL,
    installed_on timestamptz NOT NULL DEFAULT now(),
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);";

const NO_TRANSACTION: &str = "-- no-transaction";

fn detects(folder: &Folder<'_>) -> Option<String> {
    if !folder.most(|file| version(file).is_some()) {
        return None;
    }
    let world = folder.world;
    world
        .has_above(folder.path, "sqlx.toml")
        .or_else(|| world.mentions(folder.path, "Cargo.toml", "sqlx"))
        .or_else(|| {
            let file = folder.files.iter().find(|it| names_books(it.text))?;
            Some(format!("`{}` names its table", file.path.display()))
        })
}

/// Does the text name the table that only sqlx makes?
pub(super) fn names_books(text: &str) -> bool {
    text.contains("_sqlx_migrations")
}

fn version(file: &MigrationFile<'_>) -> Option<i64> {
    version_of(file.path)
}

fn version_of(path: &Path) -> Option<i64> {
    let (version, rest) = name_of(path).split_once('_')?;
    let is_sql = is_direct(path) && rest.ends_with(".sql");
    is_sql.then(|| version.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive, check_order};

    #[test]
    fn by_the_table_of_its_books() {
        let create = "CREATE TABLE job.books (LIKE _sqlx_migrations INCLUDING ALL)";
        let (first, second) = (("1_a.sql", create), ("2_b.sql", ""));
        check_order(&[first, second], "sqlx", &["1_a.sql", "2_b.sql"]);
    }

    #[test]
    fn by_value() {
        check_order(
            &[
                ("10_c.sql", ""),
                ("2_b.sql", "-- no-transaction\n"),
                ("b_2.sql", ""),
                ("3.sql", ""),
                ("0001_a.up.sql", ""),
                ("0001_a.down.sql", ""),
                ("x/4_d.sql", ""),
            ],
            "sqlx",
            &["0001_a.down.sql", "0001_a.up.sql", "2_b.sql", "10_c.sql"],
        );
    }

    #[test]
    fn the_directive_is_the_first_thing() {
        check_directive("sqlx", " -- no-transaction", false);
        check_directive("sqlx", "--no-transaction", false);
        check(
            "sqlx",
            "1_a.sql",
            "-- no-transaction\nx",
            &["Up Implicit 1: -- no-transaction\nx"],
        );
        check(
            "sqlx",
            "1_a.sql",
            "\n-- no-transaction",
            &["Up Wrapped 1: -- no-transaction"],
        );
        check("sqlx", "1_a.down.sql", "x", &["Down Wrapped 1: x"]);
    }
}
