//! The formats for continuous integration: GitHub's annotations, and SARIF.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part fails the test"
)]

use std::path::Path;

use serde_json::Value;

use super::run::{Tree, output};

/// A diagnostic with a fix, one about an object with a label in another file, one
/// over two lines.
const FILES: [(&str, &[u8]); 3] = [
    (
        "db/1_a.sql",
        b"CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (a_id bigint NOT NULL UNIQUE);\n",
    ),
    (
        "db/a, b: 1%.sql",
        b"-- \xC3\xA9\nSELECT '\xC3\xA9' = NULL;\nSELECT 1 =\r\n  NULL;\r\n",
    ),
    ("db/2_b.sql", b"CREATE UNIQUE INDEX again ON b (a_id);\n"),
];

const SELECT: &str = "--select=null-comparison,duplicate-index";

#[test]
fn annotations() {
    let tree = Tree::new(&FILES);
    insta::assert_snapshot!(tree.run(&["--output-format=github", SELECT]), @r"
    exit code 1
    --- stdout
    ::warning file=db/2_b.sql,line=1,endLine=1,col=21,endColumn=25,title=pglint%3A duplicate-index::unique index `again` duplicates unique constraint `b_a_id_key` of `b`%0Ahelp: Drop unique index `again`
    ::error file=db/a%2C b%3A 1%25.sql,line=2,endLine=2,col=8,endColumn=17,title=pglint%3A null-comparison::comparison to NULL is never true
    ::error file=db/a%2C b%3A 1%25.sql,line=3,endLine=4,title=pglint%3A null-comparison::comparison to NULL is never true
    ");
}

#[test]
fn paths_start_at_the_repository() {
    let tree = Tree::new(&[FILES[1], (".git/HEAD", b"")]);
    let printed = |arguments: &[&str]| {
        let output = output(&tree.path().join("db"), arguments, b"");
        String::from_utf8(output.stdout).unwrap()
    };
    let github = printed(&["--output-format=github", SELECT]);
    assert!(
        github.starts_with("::error file=db/a%2C b%3A 1%25.sql,line=2,"),
        "{github}"
    );
    let sarif: Value = serde_json::from_str(&printed(&["--output-format=sarif", SELECT])).unwrap();
    assert_eq!(
        sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"],
        serde_json::json!({ "uri": "db/a%2C%20b%3A%201%25.sql", "uriBaseId": "%SRCROOT%" })
    );
}

#[test]
fn the_summary_of_a_job_lists_everything() {
    let tree = Tree::new(&FILES);
    let summary = tree.path().join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_pglint"))
        .args(["--output-format=github", SELECT])
        .current_dir(tree.path())
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap()
        .status;
    assert_eq!(status.code(), Some(1));
    let written = std::fs::read_to_string(summary).unwrap();
    let written =
        written.split(" in ").next().unwrap().to_owned() + written.split_once(" s\n").unwrap().1;
    insta::assert_snapshot!(written, @r"
    before
    ### pglint

    3 files, 5 statements: 2 errors, 1 warning, 0 infos (2 fixable with --fix --unsafe-fixes)
    | | place | rule | |
    |---|---|---|---|
    | warning | db/2_b.sql:1 | `duplicate-index` | unique index `again` duplicates unique constraint `b_a_id_key` of `b` |
    | error | db/a, b: 1%.sql:2 | `null-comparison` | comparison to NULL is never true |
    | error | db/a, b: 1%.sql:3 | `null-comparison` | comparison to NULL is never true |
    ");
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = include_str!("../schemas/sarif-2.1.0.json");
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let tree = Tree::new(&FILES);
    for (folder, arguments, results) in [
        (tree.path(), &["."][..], 3),
        (tree.path(), &["db/1_a.sql", "no-such-file.sql"], 0),
        (&fixtures, &["shop"], 20),
    ] {
        let sarif = sarif(folder, arguments);
        let errors: Vec<_> = validator
            .iter_errors(&sarif)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, [""; 0]);
        let found = sarif["runs"][0]["results"].as_array().unwrap();
        assert!(found.len() >= results, "{} results", found.len());
        for result in found {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][index];
            assert_eq!(rule["id"], result["ruleId"]);
        }
    }
}

#[test]
fn sarif_of_three_diagnostics() {
    let tree = Tree::new(&FILES);
    let output = output(tree.path(), &["--output-format=sarif", SELECT], b"");
    let mut sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    for result in sarif["runs"][0]["results"].as_array_mut().unwrap() {
        // It changes with every new rule, and another test looks at it.
        let index = result.as_object_mut().unwrap().shift_remove("ruleIndex");
        assert!(index.is_some());
    }
    let results = serde_json::to_string_pretty(&sarif["runs"][0]["results"]).unwrap();
    insta::assert_snapshot!(results);
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "null-comparison");
    let rule = rule.unwrap();
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    assert_eq!(
        rule["helpUri"],
        "https://www.postgresql.org/docs/current/functions-comparison.html"
    );
    let help = rule["help"]["markdown"].as_str().unwrap();
    assert!(help.contains("\n## Why is this bad?\n"), "{help}");
}

#[test]
fn fingerprints_survive_moves() {
    let before = Tree::new(&FILES);
    let mut files = FILES.map(|(path, text)| (path, text.to_vec()));
    for (_, text) in &mut files {
        text.splice(0..0, *b"-- one\n\n/* more */ SELECT 1;\n\n");
    }
    let files = files
        .each_ref()
        .map(|(path, text)| (*path, text.as_slice()));
    let after = Tree::new(&files);
    let fingerprints = |tree: &Tree| {
        let sarif = sarif(tree.path(), &[SELECT]);
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        let fingerprints = results
            .into_iter()
            .map(|it| it["partialFingerprints"].to_string());
        fingerprints.collect::<Vec<_>>()
    };
    let known = fingerprints(&before);
    assert_eq!(known, fingerprints(&after));
    let different: std::collections::BTreeSet<_> = known.iter().collect();
    assert_eq!(different.len(), 3);
}

#[track_caller]
fn sarif(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["--output-format=sarif"], arguments].concat();
    serde_json::from_slice(&output(folder, &arguments, b"").stdout).unwrap()
}
