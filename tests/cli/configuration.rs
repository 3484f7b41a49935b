//! `pglint.toml`: what it changes, and what is said of a bad one.

use super::run::Tree;

const TABLE: &[u8] = b"CREATE TABLE visit (page text, gone timestamptz, seen boolean);\n";

#[test]
fn rules_objects_and_severities() {
    let configuration = br#"
ignore = ["timestamp-without-time-zone", { rule = "missing-primary-key", object = "public.visit" }]
[severity]
nullable-boolean = "info"
"#;
    let tree = Tree::new(&[("pglint.toml", configuration), ("a.sql", TABLE)]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise"]));
}

#[test]
fn one_column_of_several_is_ignored() {
    let configuration = br#"
select = ["timestamp-without-time-zone"]
[[ignore]]
rule = "timestamp-without-time-zone"
object = "public.visit.opened"
"#;
    let table = b"CREATE TABLE visit (opened timestamp, seen timestamp, gone timestamp);\n";
    let tree = Tree::new(&[("pglint.toml", configuration), ("a.sql", table)]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise"]), @r"
    exit code 1
    --- stdout
    a.sql:1:44: warning[timestamp-without-time-zone] `seen` and `gone` of `visit` are timestamps without time zone
    ");
}

#[test]
fn excluded_files_are_read_and_not_reported() {
    let tree = Tree::new(&[
        ("pglint.toml", b"exclude = ['vendor/**']"),
        ("vendor/a.sql", TABLE),
        ("b.sql", b"UPDATE visit SET page = 'x';"),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", ".", "vendor/a.sql"]));
}

#[test]
fn columns_of_soft_deletes_have_other_names() {
    let tree = Tree::new(&[
        (
            "pglint.toml",
            b"soft-delete-columns = ['gone']\nselect = ['soft-delete']",
        ),
        ("a.sql", TABLE),
        (
            "queries/b.sql",
            b"UPDATE visit SET gone = now() WHERE page = $1;\nSELECT page FROM visit;",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise"]));
}

#[test]
fn a_mistake_fails_after_the_report() {
    let tree = Tree::new(&[("pglint.toml", b"slect = []"), ("a.sql", TABLE)]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", "--select", "schema"]));
}

#[test]
fn some_files_differ() {
    let configuration = br#"
select = ["schema"]
[[overrides]]
files = ["old/"]
ignore = ["nullable-boolean"]
severity = { missing-primary-key = "error" }
[[overrides]]
files = ["*.q.sql"]
select = ["query", "file"]
"#;
    let tree = Tree::new(&[
        ("pglint.toml", configuration),
        ("a.sql", TABLE),
        (
            "old/b.sql",
            b"CREATE TABLE old_visit (page text, seen boolean);\n",
        ),
        // What does not run here cannot be suppressed here.
        (
            "c.q.sql",
            b"-- pglint: ignore[select-star]\nUPDATE visit SET page = 'x';\n",
        ),
        (
            "d.sql",
            b"-- pglint: ignore[select-star]\nUPDATE visit SET page = 'x';\n",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise"]), @r"
    exit code 1
    --- stdout
    a.sql:1:14: warning[missing-primary-key] table `visit` has no primary key
    a.sql:1:50: info[nullable-boolean] boolean `seen` of `visit` allows NULL
    c.q.sql:1:19: warning[unused-suppression] `select-star` reports nothing here
    c.q.sql:2:8: error[update-without-where] UPDATE without WHERE changes every row of `visit`
    old/b.sql:1:14: error[missing-primary-key] table `old_visit` has no primary key
    ");
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", "--select", "query"]), @r"
    exit code 1
    --- stdout
    c.q.sql:2:8: error[update-without-where] UPDATE without WHERE changes every row of `visit`
    d.sql:2:8: error[update-without-where] UPDATE without WHERE changes every row of `visit`
    ");
}

#[test]
fn excluded_files_stay_so_when_they_are_named() {
    let tree = Tree::new(&[
        ("pglint.toml", b"exclude = ['/generated']"),
        ("generated/a.sql", TABLE),
        ("b.sql", b"UPDATE visit SET page = 'x';"),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format=concise", "generated/a.sql"]), @r"
    exit code 0
    --- stderr
    notice: the one file is excluded by `pglint.toml`
    ");
    let fixable = "SELECT 1; -- pglint: ignore[select-star]\n";
    let fix = ["--fix", "--stdin-filename", "generated/a.sql", "-"];
    insta::assert_snapshot!(tree.run_with_input(&fix, fixable.as_bytes()), @r"
    exit code 0
    --- stdout
    SELECT 1; -- pglint: ignore[select-star]
    --- stderr
    0 files, 0 statements: 0 errors, 0 warnings, 0 infos in TIME
    notice: the one file is excluded by `pglint.toml`
    ");
}

#[test]
fn nothing_is_fixed_under_a_configuration_that_cannot_be_read() {
    let text = "SELECT 1; -- pglint: ignore[select-star]\n";
    let tree = Tree::new(&[
        ("pglint.toml", b"exclude = ['a.sql']\nfoo = 1"),
        ("a.sql", text.as_bytes()),
    ]);
    insta::assert_snapshot!(tree.run(&["--fix", "--output-format=concise"]), @r"
    exit code 2
    --- stdout
    a.sql:1:29: warning[unused-suppression] `select-star` reports nothing here
    --- stderr
    error: pglint.toml:2:1: there is no key `foo`
      help: see docs/configuration.md for what it may hold
    ");
    assert_eq!(tree.read("a.sql"), text);
}

#[test]
fn the_nearest_configuration_decides() {
    let tree = Tree::new(&[
        ("pglint.toml", b"select = ['missing-primary-key']"),
        ("a.sql", b"CREATE TABLE a (seen boolean);\n"),
        ("in/pglint.toml", b"select = ['nullable-boolean']"),
        ("in/b/b.sql", b"CREATE TABLE b (seen boolean);\n"),
    ]);
    // A table of another project is none that this one could miss.
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", "."]), @r"
    exit code 1
    --- stdout
    a.sql:1:14: warning[missing-primary-key] table `a` has no primary key
    in/b/b.sql:1:17: info[nullable-boolean] boolean `seen` of `b` allows NULL
    ");
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", "in/b"]), @r"
    exit code 0
    --- stdout
    in/b/b.sql:1:17: info[nullable-boolean] boolean `seen` of `b` allows NULL
    ");
    insta::assert_snapshot!(tree.run(&["catalog", "--format", "sql", "."]), @r"
    exit code 0
    --- stdout
    -- .
    SET check_function_bodies = false;


    SET search_path = public;

    CREATE TABLE public.a (
        seen boolean
    );
    -- in
    SET check_function_bodies = false;


    SET search_path = public;

    CREATE TABLE public.b (
        seen boolean
    );
    ");
}

#[test]
fn advice_fits_the_version() {
    let table = b"CREATE TABLE a (id bigint PRIMARY KEY, b int, c int NOT NULL, UNIQUE (b, c));\n";
    let advice = |configuration: &[u8]| {
        let tree = Tree::new(&[("pglint.toml", configuration), ("a.sql", table)]);
        let select = ["--select", "nullable-column-in-unique-key"];
        let printed = tree.run(&select);
        let help = printed.lines().find(|line| line.contains("= help: "));
        help.unwrap().trim().to_owned()
    };
    assert_eq!(
        advice(b""),
        "= help: Add NOT NULL to the column, or NULLS NOT DISTINCT to the key"
    );
    assert_eq!(
        advice(b"pg-version = 14"),
        "= help: Add NOT NULL to the column"
    );
    assert_eq!(advice(b"pg-version = 15"), advice(b""));
}

/// Every example of the manual is what the schema allows, and what the program
/// refuses, the schema does.
#[test]
fn the_schema_of_the_configuration() {
    let schema = Tree::new(&[]).run(&["schema"]);
    let schema = schema.strip_prefix("exit code 0\n--- stdout\n").unwrap();
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let is_valid = |text: &str| {
        let value: toml::Value = toml::from_str(text).unwrap();
        validator.is_valid(&serde_json::to_value(value).unwrap())
    };
    let manual = include_str!("../../docs/configuration.md");
    for example in manual.split("```toml\n").skip(1) {
        let example = example.split("```").next().unwrap();
        assert!(is_valid(example), "{example}");
    }
    for wrong in [
        "slect = []",
        "select = ['no-such-rule']",
        "severity = { query = 'info' }",
        "severity = { select-star = 'warn' }",
        "pg-version = 9",
        "ignore = [{ rule = 'select-star' }]",
        "overrides = [{ ignore = [] }]",
    ] {
        assert!(!is_valid(wrong), "{wrong}");
    }
}
