//! One mistake costs one diagnostic, and later statements still parse.
#![allow(clippy::unwrap_used, reason = "tests")]

use pglint_syntax::{
    ParseOptions, ParsedFile, Statement, StatementParse, parse_file, with_large_stack,
};

fn parsed(text: &str) -> ParsedFile {
    with_large_stack(|| parse_file(text, ParseOptions::default()))
}

fn describe(text: &str, statement: &Statement) -> String {
    let slice = &text[statement.range];
    match &statement.parse {
        StatementParse::Tree(_) => format!("ok {slice}"),
        StatementParse::SyntaxError(error) => {
            format!("error {slice} [{}] {}", &slice[error.range], error.message)
        }
        StatementParse::TooComplex { message, .. } => format!("too complex {message}"),
        StatementParse::NotRead => format!("not read {slice}"),
    }
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let file = parsed(text);
    let found: Vec<_> = file
        .statements
        .iter()
        .map(|statement| describe(text, statement))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_typo() {
    check(
        "SELECT 1;\nSELEC 2;\nSELECT 3;",
        &[
            "ok SELECT 1",
            "error SELEC 2 [SELEC] syntax error at or near \"SELEC\"",
            "ok SELECT 3",
        ],
    );
    check(
        "SELECT 1; SELECT é 'é' FROM;",
        &[
            "ok SELECT 1",
            "error SELECT é 'é' FROM [FROM] syntax error at end of input",
        ],
    );
    check(
        "SELECT (1 +\n  2",
        &["error SELECT (1 +\n  2 [2] syntax error at end of input"],
    );
}

#[test]
fn a_forgotten_quote() {
    check(
        "SELECT 'a;\nSELECT 'b';\nINSERT INTO t VALUES ('c', 'd');\nSELECT 1;\n",
        &[
            "error SELECT 'a; ['a;] unterminated quoted string at or near \"'a;\"",
            "ok SELECT 'b'",
            "ok INSERT INTO t VALUES ('c', 'd')",
            "ok SELECT 1",
        ],
    );
    check(
        "SELECT \"a;\n\nSELECT 1;\n",
        &[
            "error SELECT \"a; [\"a;] unterminated quoted identifier at or near \"\"a;\"",
            "ok SELECT 1",
        ],
    );
    check(
        "SELECT /* a;\nSELECT 1;\n",
        &[
            "error SELECT /* a; [/* a;] unterminated /* comment at or near \"/* a;\"",
            "ok SELECT 1",
        ],
    );
}

#[test]
fn a_forgotten_bracket() {
    check(
        "CREATE TABLE t (a int;\nCREATE TABLE u (b int);\nSELECT (1);\n",
        &[
            "error CREATE TABLE t (a int [int] syntax error at end of input",
            "ok CREATE TABLE u (b int)",
            "ok SELECT (1)",
        ],
    );
}

#[test]
fn a_forgotten_semicolon() {
    check(
        "SELECT 1\n\nCREATE TABLE t (a int);\nSELECT 2;",
        &[
            "error SELECT 1 [1] syntax error at or near \"CREATE\"",
            "ok CREATE TABLE t (a int)",
            "ok SELECT 2",
        ],
    );
    // Not a statement of its own: one mistake, one error.
    check(
        "ALTER TABLE t\nADD COLUMN a int\nALTER COLUMN b SET NOT NULL;",
        &[
            "error ALTER TABLE t\nADD COLUMN a int\nALTER COLUMN b SET NOT NULL [ALTER] syntax error at or near \"ALTER\"",
        ],
    );
}

#[test]
fn lines_that_end_statements_need_no_semicolon() {
    let text = "INSERT INTO t VALUES (1)\nINSERT INTO t (a)\nVALUES (2);\n-- more\n\
        INSERT INTO t VALUES ('a\nINSERT')\nUPDATE t SET a = 1";
    let options = ParseOptions {
        lines_end_statements: true,
        ..ParseOptions::default()
    };
    let file = with_large_stack(|| parse_file(text, options));
    let found: Vec<_> = { file.statements.iter() }
        .map(|statement| describe(text, statement))
        .collect();
    let expected = [
        "ok INSERT INTO t VALUES (1)",
        "ok INSERT INTO t (a)\nVALUES (2)",
        "ok INSERT INTO t VALUES ('a\nINSERT')",
        "ok UPDATE t SET a = 1",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_forgotten_dollar_quote() {
    let second = "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS $$\n  SELECT 1;\n  SELECT 2;\n$$";
    let file = format!(
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n  SELECT 1;\n;\n{second};\nSELECT 3;\n"
    );
    let found = parsed(&file);
    let outcomes: Vec<_> = found
        .statements
        .iter()
        .map(|s| (&file[s.range], s.tree().is_some()))
        .collect();
    assert_eq!(outcomes.len(), 3);
    assert!(!outcomes[0].1);
    assert_eq!(outcomes[1..], [(second, true), ("SELECT 3", true)]);
}

#[test]
fn a_typo_beside_a_function_body_stays_one_error() {
    let broken =
        "CREATE FUNCTION f() RETURNS int LANGUAGEE sql AS $$\nSELECT 1;\nDROP TABLE t;\n$$";
    let expected = format!("error {broken} [LANGUAGEE] syntax error at or near \"LANGUAGEE\"");
    check(
        &format!("{broken};\nSELECT 1;\n"),
        &[&expected, "ok SELECT 1"],
    );
}

#[test]
fn atomic_bodies_and_rules_that_parse_are_never_cut() {
    let function = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC\nSELECT 1;\nSELECT 2;\nEND";
    let rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (\nDELETE FROM a;\nDELETE FROM b)";
    check(
        &format!("{function};\n{rule};"),
        &[&format!("ok {function}"), &format!("ok {rule}")],
    );
}

#[test]
fn placeholders_are_never_errors() {
    check(
        "SELECT %s;\nSELECT a ? 'b', $1 FROM t;\nSELECT :name;\n:query;\nSELECT 1 {{ a }} x y z;",
        &[
            "ok SELECT %s",
            "ok SELECT a ? 'b', $1 FROM t",
            "ok SELECT :name",
            "not read :query",
            "not read SELECT 1 {{ a }} x y z",
        ],
    );
}

#[test]
fn mistakes_before_placeholders_are_errors() {
    check(
        "SELEC :name;\nSELECT :name FORM t WHERE a = :a;",
        &[
            "error SELEC :name [SELEC] syntax error at or near \"SELEC\"",
            "not read SELECT :name FORM t WHERE a = :a",
        ],
    );
    // A template may leave out anything.
    check(
        "{% if a %}\nSELEC {{ name }};\n{% endif %}",
        &["not read SELEC {{ name }}"],
    );
    check(
        "ALTER TABLE t {% if a %} DISABLE TRIGGER x;\n{% else %} ENABLE TRIGGER x;\n{% endif %}\nSELEC 1;",
        &[
            "ok ALTER TABLE t {% if a %} DISABLE TRIGGER x",
            "not read ENABLE TRIGGER x",
            "error SELEC 1 [SELEC] syntax error at or near \"SELEC\"",
        ],
    );
}

#[test]
fn tags_between_statements_belong_to_none() {
    check(
        "{% if it's %}\nSELECT 1;\n{# ; #}\nSELECT 2\n{% endif %}",
        &["ok SELECT 1", "ok SELECT 2"],
    );
}

#[test]
fn a_mistake_beside_a_placeholder_costs_one_statement() {
    check(
        "SELECT :a\n\nCREATE TABLE :t (a int);\nSELECT (:b;\nSELECT 1;",
        &[
            "not read SELECT :a",
            "ok CREATE TABLE :t (a int)",
            "not read SELECT (:b",
            "ok SELECT 1",
        ],
    );
}

#[test]
fn psql_commands_inside_a_statement_are_no_error() {
    check(
        "SELECT 1,\n\\echo x\n2 \\gset\nSELECT 3\\;\nSELECT 4;",
        &["ok SELECT 1,\n\\echo x\n2", "ok SELECT 3", "ok SELECT 4"],
    );
}

#[test]
fn a_nul_byte_is_an_error_of_its_statement() {
    check(
        "SELECT 1;\nSELECT \0;\nSELECT 2;",
        &[
            "ok SELECT 1",
            "error SELECT \0 [\0] invalid byte 0x00 in the statement",
            "ok SELECT 2",
        ],
    );
}

#[test]
fn empty_texts_hold_nothing() {
    for text in ["", "\n\n", "-- x", ";;", "/* x */;"] {
        check(text, &[]);
    }
}

#[test]
fn strings_are_parsed_under_the_setting_in_force() {
    check(
        "SET standard_conforming_strings = off;\nSELECT 'a\\'b';\nSELECT 1;",
        &[
            "ok SET standard_conforming_strings = off",
            "ok SELECT 'a\\'b'",
            "ok SELECT 1",
        ],
    );
}

#[test]
fn long_value_lists_are_sampled() {
    let text = format!(
        "INSERT INTO t VALUES {}(0) RETURNING a;\nSELECT 1;",
        "(1),\n".repeat(50_000)
    );
    let file = parsed(&text);
    assert_eq!(file.statements.len(), 2);
    let insert = &file.statements[0];
    let rows = insert.skipped_rows.unwrap();
    assert_eq!(rows.kept + rows.skipped, 50_001);
    let tree = insert.tree().unwrap();
    assert!(tree.nodes().count() < 30_000);
    let slice = &text[insert.range];
    assert_eq!(&slice[usize::from(rows.range.end())..], " RETURNING a");
    let last = tree
        .nodes()
        .filter(|node| !node.range().is_empty())
        .map(|node| node.range().end())
        .max()
        .unwrap();
    assert!(
        last > rows.range.end(),
        "what follows the rows is in the tree, at its true place"
    );
}

#[test]
fn other_long_statements_are_too_complex() {
    let text = format!("SELECT '{}';\nSELECT 1;", "x".repeat(2 << 20));
    check(
        &text,
        &[
            "too complex the statement is longer than 1 MB",
            "ok SELECT 1",
        ],
    );
}

#[track_caller]
fn check_removed(text: &str, expected: Option<&str>) {
    match &parsed(text).statements[0].parse {
        StatementParse::SyntaxError(error) => assert_eq!(error.removed_in, expected, "{text}"),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn syntax_of_earlier_versions_is_told_apart() {
    for (text, version) in [
        ("CREATE TABLE t (a int) WITH OIDS;", "12"),
        ("CREATE TABLE t WITH /* x */ OIDS AS SELECT 1", "12"),
        ("ALTER TABLE t SET WITH OIDS", "12"),
        ("COPY t WITH OIDS FROM stdin", "12"),
        (
            "CREATE FUNCTION f() RETURNS int AS 'a' LANGUAGE sql WITH (isStrict)",
            "11",
        ),
        ("SELECT (5 !) + 1", "14"),
        ("SELECT a ! FROM t", "14"),
        ("SELECT 5 !", "14"),
        ("SELECT * FROM t WHERE a=1and b", "15"),
        ("CREATE USER u UNENCRYPTED PASSWORD 'x'", "10"),
        ("CREATE USER u WITH CREATEUSER", "9.6"),
    ] {
        check_removed(text, Some(version));
    }
    for text in [
        "SELEC 1",
        "CREATE TABLE oids (oids int) WITH",
        "CREATE FUNCTION f() RETURNS int AS 'a' LANGUAGE sql WITH (x)",
        "SELECT 0x0g",
        "SELECT 1_000_",
        "SELECT ! FROM t",
    ] {
        check_removed(text, None);
    }
}
