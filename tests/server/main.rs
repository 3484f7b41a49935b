//! What a real PostgreSQL server says about `fixtures/shop`.
//!
//! The server writes `fixtures/shop/expected.json`; other tests compare pglint
//! with that file, so that they need no server. Here the file itself is
//! compared with a server, wherever one is found; elsewhere these tests skip.
//! `PGLINT_UPDATE_EXPECTED=1` (or `cargo xtask oracle --update`) rewrites it.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test that cannot talk to the server should stop, one that skips says so, and differences are to be read"
)]

mod catalogs;
mod cluster;
mod compare;
mod corpus;
mod grammar;
mod outside;
mod random;
mod refusals;
mod round_trip;
mod run;
mod scripts;
mod session;
mod why;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cluster::Cluster;
use postgres::Client;

/// The rules that a server can answer: each has a query that returns one row,
/// the dotted name of the object, for each diagnostic.
const QUESTIONS: &[(&str, &str)] = &[
    (
        "array-column-btree-index",
        include_str!("truth/array_column_btree_index.sql"),
    ),
    ("char-type", include_str!("truth/char_type.sql")),
    (
        "constraint-never-validated",
        include_str!("truth/constraint_never_validated.sql"),
    ),
    (
        "duplicate-foreign-key",
        include_str!("truth/duplicate_foreign_key.sql"),
    ),
    ("duplicate-index", include_str!("truth/duplicate_index.sql")),
    (
        "foreign-key-type-mismatch",
        include_str!("truth/foreign_key_type_mismatch.sql"),
    ),
    (
        "index-duplicates-primary-key",
        include_str!("truth/index_duplicates_primary_key.sql"),
    ),
    ("json-type", include_str!("truth/json_type.sql")),
    (
        "missing-primary-key",
        include_str!("truth/missing_primary_key.sql"),
    ),
    ("money-type", include_str!("truth/money_type.sql")),
    (
        "nullable-audit-timestamp",
        include_str!("truth/nullable_audit_timestamp.sql"),
    ),
    (
        "nullable-boolean",
        include_str!("truth/nullable_boolean.sql"),
    ),
    (
        "nullable-column-with-default",
        include_str!("truth/nullable_column_with_default.sql"),
    ),
    ("redundant-index", include_str!("truth/redundant_index.sql")),
    (
        "set-null-on-not-null",
        include_str!("truth/set_null_on_not_null.sql"),
    ),
    (
        "timestamp-without-time-zone",
        include_str!("truth/timestamp_without_time_zone.sql"),
    ),
    (
        "unindexed-foreign-key",
        include_str!("truth/unindexed_foreign_key.sql"),
    ),
];

#[test]
fn expectations_are_what_the_server_says() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut client = cluster.create_database("shop");
    migrate(&mut client);

    let mut truth = BTreeMap::new();
    for (rule, question) in QUESTIONS {
        let rows = client.query(*question, &[]).unwrap();
        let mut objects: Vec<String> = rows.iter().map(|row| row.get("object")).collect();
        objects.sort();
        assert!(
            !objects.is_empty(),
            "fixtures/shop plants nothing for `{rule}`"
        );
        truth.insert(*rule, objects);
    }

    let path = shop().join("expected.json");
    let said = serde_json::to_string_pretty(&truth).unwrap() + "\n";
    if std::env::var_os("PGLINT_UPDATE_EXPECTED").is_some() {
        fs::write(&path, &said).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        said,
        "{} is stale",
        path.display()
    );
}

#[test]
fn every_query_can_be_prepared() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut client = cluster.create_database("shop");
    migrate(&mut client);

    for path in sql_files("queries", ".sql") {
        let query = fs::read_to_string(&path).unwrap();
        let planted = query.contains("-- planted: syntax-error");
        match client.prepare(&query) {
            Ok(_) => assert!(
                !planted,
                "{}: the planted syntax error is none",
                path.display()
            ),
            Err(error) => {
                let code = error.code().map_or("", |code| code.code());
                assert!(planted && code == "42601", "{}: {error:?}", path.display());
            }
        }
    }
}

#[test]
fn migrations_run_down_again() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut client = cluster.create_database("shop");
    for path in sql_files("migrations", ".up.sql") {
        run(&mut client, &path);
    }
    for path in sql_files("migrations", ".down.sql").into_iter().rev() {
        run(&mut client, &path);
    }
    let left = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(client.query_one(left, &[]).unwrap().get::<_, i64>(0), 0);
}

/// As the product's own runner does: the migrations in order, then the views.
fn migrate(client: &mut Client) {
    for path in sql_files("migrations", ".up.sql")
        .iter()
        .chain(&sql_files("views", ".sql"))
    {
        run(client, path);
    }
}

#[track_caller]
fn run(client: &mut Client, path: &Path) {
    let done = client.batch_execute(&fs::read_to_string(path).unwrap());
    assert!(done.is_ok(), "{}: {done:?}", path.display());
}

/// The files of a folder of the shop that end so, in the order of their names.
fn sql_files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(shop().join(folder)).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.to_string_lossy().ends_with(ending));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")
}
