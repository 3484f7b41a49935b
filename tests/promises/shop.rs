//! `fixtures/shop`: what is planted is found, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;
use walkdir::WalkDir;

use crate::{pglint, root, rules};

/// The comment that names a planted problem. It stands on a line of its own; the
/// diagnostic begins on the next line that is no such comment.
const PLANTED: &str = "-- planted: ";

#[test]
fn shop_has_the_planted_problems_and_no_other() {
    let planted = planted_in("fixtures/shop");
    let found: BTreeSet<_> = lint("fixtures/shop")
        .iter()
        .map(|diagnostic| {
            let file = text(&diagnostic["file"]);
            let line = diagnostic["range"]["start"]["line"].as_u64().unwrap();
            format!("{file}:{line}: {}", text(&diagnostic["rule"]))
        })
        .collect();
    let missed: Vec<_> = planted.difference(&found).collect();
    let invented: Vec<_> = found.difference(&planted).collect();
    assert!(
        missed.is_empty() && invented.is_empty(),
        "planted, not found: {missed:#?}\nfound, not planted: {invented:#?}"
    );
}

#[test]
fn a_problem_of_every_rule_is_planted() {
    let mut planted = planted_in("fixtures/shop");
    planted.extend(planted_in("fixtures/histories"));
    for (rule, _) in rules() {
        // pglint has to fail for the first, PostgreSQL's parser to give up for the
        // second, the next two would say that the shop's own comments are wrong, and a
        // server would refuse the migrations with the rest.
        let elsewhere = [
            "internal-error",
            "statement-too-complex",
            "unused-suppression",
            "malformed-suppression",
            "foreign-key-target-not-unique",
        ];
        let here = planted
            .iter()
            .any(|line| line.ends_with(&format!(": {rule}")));
        assert!(
            here || elsewhere.contains(&rule.as_str()),
            "no fixture plants `{rule}`"
        );
    }
}

#[test]
fn shop_is_as_the_server_says() {
    let expected = fs::read_to_string(root().join("fixtures/shop/expected.json")).unwrap();
    let expected: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&expected).unwrap();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for diagnostic in lint("fixtures/shop") {
        let rule = text(&diagnostic["rule"]);
        if expected.contains_key(rule) {
            let object = text(&diagnostic["object"]).to_owned();
            found.entry(rule.to_owned()).or_default().insert(object);
        }
    }
    assert_eq!(found, expected);
}

/// The diagnostics of a folder, from the JSON report.
pub(crate) fn lint(folder: &str) -> Vec<Value> {
    let report = pglint(&["--output-format", "json", "--fail-on", "never", folder]);
    let mut report: Value = serde_json::from_str(&report).unwrap();
    match report["diagnostics"].take() {
        Value::Array(diagnostics) => diagnostics,
        other => panic!("not a list of diagnostics: {other}"),
    }
}

/// `file:line: rule` for every planted problem.
pub(crate) fn planted_in(folder: &str) -> BTreeSet<String> {
    let mut planted = BTreeSet::new();
    for entry in WalkDir::new(root().join(folder)) {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let file = path
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .replace('\\', "/");
        let mut waiting = Vec::new();
        for (number, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            match line.trim_start().strip_prefix(PLANTED) {
                Some(rule) => waiting.push(rule.to_owned()),
                None => {
                    let here = waiting
                        .drain(..)
                        .map(|rule| format!("{file}:{}: {rule}", number + 1));
                    planted.extend(here);
                }
            }
        }
        assert!(
            waiting.is_empty(),
            "{file}: nothing follows the last planted comment"
        );
    }
    assert!(!planted.is_empty());
    planted
}

#[track_caller]
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
