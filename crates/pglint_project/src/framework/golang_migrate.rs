//! golang-migrate: `<integer>_<name>.up.sql` and `.down.sql`.
//!
//! Files run by the integer's value. The text is sent as one string, so that
//! several statements are one implicit transaction (its PostgreSQL driver's
//! README).

use pglint_semantic::section::Transaction;

use super::flaws::Compares;
use super::number::{before_underscore, is_direct, numeric_version};
use super::{Folder, Framework, MigrationFile, direction};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "golang-migrate",
    provides: Some(super::Provides {
        sql: PROVIDED,
        may_have_more: false,
    }),
    detects,
    order: |folder| {
        folder.sorted_by_key(|file| {
            let is_run = is_direct(file.path) && direction(file.path).is_some();
            is_run.then(|| before_underscore(file.path))?
        })
    },
    sections: |file| vec![file.whole(Transaction::Implicit)],
    version: numeric_version,
    compares: Compares::Numbers,
    ignores: "as its name is not `<integer>_<name>.up.sql` or `.down.sql`",
    ..Framework::BASE
};

/// The table of its books (`database/postgres/postgres.go`).
const PROVIDED: &str = "\
CREATE TABLE schema_migrations (
    version bigint NOT NULL PRIMARY KEY,
    dirty boolean NOT NULL
);";

fn detects(folder: &Folder<'_>) -> Option<String> {
    let is_named = |file: &MigrationFile<'_>| {
        is_direct(file.path)
            && direction(file.path).is_some()
            && before_underscore(file.path).is_some()
    };
    let manifest = || {
        folder
            .world
            .mentions(folder.path, "go.mod", "golang-migrate/migrate")
    };
    folder.most(is_named).then(manifest)?
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn sections() {
        check(
            "golang-migrate",
            "000001_a.up.sql",
            "x",
            &["Up Implicit 000001: x"],
        );
        check(
            "golang-migrate",
            "000001_a.down.sql",
            "x",
            &["Down Implicit 000001: x"],
        );
    }
}
