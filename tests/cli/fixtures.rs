//! What pglint prints about the fixtures, for a few rules: what the others say is
//! tested where they are.

use std::path::Path;

use super::run::{describe, output};

#[track_caller]
fn run(arguments: &[&str]) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    describe(&output(&fixtures, arguments, b""))
}

#[test]
fn shop() {
    insta::assert_snapshot!(run(&[
        "--select",
        "duplicate-index,unindexed-foreign-key",
        "shop"
    ]));
}

#[test]
fn handbook() {
    insta::assert_snapshot!(run(&[
        "--output-format=concise",
        "--select=nullable-audit-timestamp,nullable-column-with-default",
        "--fail-on=info",
        "handbook",
    ]));
}
