//! SQL as people write it: what tools put around it, and what they put in later.
//!
//! `tests/scripts` has a file for each tool or style. None of them holds a mistake, so
//! that whatever pglint says of one is wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::{Path, PathBuf};

use super::run::{Tree, output};
use serde_json::Value;

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts")
}

fn summary_of(name: &str, text: &[u8]) -> Value {
    let tree = Tree::new(&[(name, text)]);
    let printed = output(
        tree.path(),
        &["--output-format", "json", "--fail-on", "never"],
        b"",
    );
    let mut report: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(report["diagnostics"], serde_json::json!([]), "{name}");
    report["summary"].take()
}

/// How many statements a script has, and how many of them cannot be read because whole
/// clauses, or the statement's own first word, are put in later.
#[track_caller]
fn check(name: &str, statements: u64, unread: u64) {
    let text = fs::read(scripts().join(name)).unwrap();
    for (what, text) in [
        ("as it is", text.clone()),
        ("with CRLF", with_crlf(&text)),
        (
            "with a byte-order mark",
            [&b"\xEF\xBB\xBF"[..], &text].concat(),
        ),
    ] {
        let summary = summary_of(name, &text);
        assert_eq!(summary["statements"], statements, "{name} {what}");
        assert_eq!(summary["unread_statements"], unread, "{name} {what}");
    }
}

fn with_crlf(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.replace('\n', "\r\n").into_bytes()
}

#[test]
fn query_files() {
    check("aiosql.sql", 4, 0);
    check("bind.sql", 10, 0);
    check("hugsql.sql", 4, 1);
    check("pg_promise.sql", 6, 0);
    check("pgtyped.sql", 4, 0);
    check("sqlc.sql", 5, 0);
}

#[test]
fn placeholders_wherever_they_may_stand() {
    check("placeholders.sql", 35, 2);
}

#[test]
fn templates() {
    check("jinja.sql", 1, 1);
    check("templates.sql", 11, 1);
}

#[test]
fn dumps() {
    check("pg_dump8.sql", 11, 0);
    check("pg_dump18.sql", 21, 0);
    let tree = Tree::new(&[(
        "a.sql",
        &*fs::read(scripts().join("pg_dump18.sql")).unwrap(),
    )]);
    let printed = tree.run(&["catalog", "--format", "mermaid"]);
    assert!(
        printed.contains("\"account\" {\n        bigint id PK"),
        "{printed}"
    );
}

#[test]
fn scripts_of_psql_and_of_extensions() {
    check("psql.sql", 11, 0);
    check("extension--1.0.sql", 9, 0);
}

#[test]
fn strings_and_bodies() {
    check("strings.sql", 6, 0);
    check("statements.sql", 7, 0);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let tree = Tree::new(&[(
        "latin.sql",
        b"CREATE TABLE caf\xe9 (n text DEFAULT '\xfc', \"\xe9\" int, \xe9t\xe9 int PRIMARY KEY);\n\
          SELECT c.\xe9t\xe9 FROM caf\xe9 c; -- \xff\xfe\n",
    )]);
    insta::assert_snapshot!(tree.run(&["--select", "syntax-error", "."]), @"
    exit code 0
    --- stdout
    1 file, 2 statements: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    notice: `latin.sql` is not UTF-8: 10 bytes are read as `?`, or `_` in names, and nothing in it is fixed
    ");
}

#[test]
fn utf_16() {
    let text = "\u{feff}SELECT 'caf\u{e9}' FROM nowhere;\r\n";
    let bytes = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<_>>();
    let tree = Tree::new(&[
        ("big.sql", &*bytes(u16::to_be_bytes)),
        ("little.sql", &*bytes(u16::to_le_bytes)),
    ]);
    insta::assert_snapshot!(tree.run(&["."]), @"
    exit code 0
    --- stdout
    2 files, 0 statements: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    notice: `big.sql` is UTF-16, which psql does not read: nothing in it is checked; save it as UTF-8
    notice: `little.sql` is UTF-16, which psql does not read: nothing in it is checked; save it as UTF-8
    ");
}
