//! What the fixtures and the README promise, held against the program.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read the repository should stop"
)]

mod histories;
mod packaging;
mod readme;
mod schema;
mod shop;

use std::path::Path;
use std::process::Command;

/// What the program prints; it must succeed.
fn pglint(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pglint"))
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pglint {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Name and severity of every rule, from the lines of `pglint rules` that have both.
fn rules() -> Vec<(String, String)> {
    let output = pglint(&["rules"]);
    let rules = output.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        let severity = words.find(|word| ["error", "warning", "info"].contains(word))?;
        Some((name.to_owned(), severity.to_owned()))
    });
    let rules: Vec<_> = rules.collect();
    assert!(!rules.is_empty(), "no rules in:\n{output}");
    rules
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
