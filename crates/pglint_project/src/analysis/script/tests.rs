//! How statements are run, and what variables hold.

use super::*;
use pglint_syntax::{ParseOptions, parse_file, with_large_stack};

/// Compares how each statement is run: a letter a statement.
#[track_caller]
fn check(text: &str, expected: &str) {
    let parsed = with_large_stack(|| parse_file(text, ParseOptions::default()));
    let script = Script::read(text, &parsed);
    let runs = parsed
        .statements
        .iter()
        .map(|statement| match script.run_of(text, statement) {
            Run::Surely => 's',
            Run::Perhaps => 'p',
            Run::Never => 'n',
            Run::Elsewhere => 'e',
            Run::Generated => 'g',
        });
    assert_eq!(runs.collect::<String>(), expected, "{text}");
}

#[test]
fn branches() {
    check(
        "a;\n\\if :x\nb;\n\\elif :y\nc;\n\\else\nd;\n\\endif\ne;",
        "sppps",
    );
    check("\\if true\na;\n\\else\nb;\n\\endif\nc;", "sns");
    check("\\if off\na;\n\\elif :x\nb;\n\\else\nc;\n\\endif", "npp");
    check(
        "\\set x yes\n\\if :x\na;\n\\if :y\nb;\n\\endif\nc;\n\\endif",
        "sps",
    );
    check("\\if false\n\\if :y\nb;\n\\endif\n\\endif\nc;", "ns");
    check("\\if :x\na;", "p");
    check("{% if x %}a;{% endif %} b;", "ps");
}

#[test]
fn connections() {
    check("CREATE DATABASE d;\n\\c d\nCREATE TABLE t ();", "es");
    check("CREATE TABLE t ();\n\\c other\nCREATE TABLE u ();", "se");
    check(
        "\\c d\nCREATE TABLE t ();\n\\c d;\nCREATE TABLE u ();",
        "ss",
    );
    check(
        "\\c d\nCREATE TABLE t ();\n\\c - somebody\nCREATE TABLE u ();",
        "ss",
    );
    check(
        "\\c a\nCREATE TABLE t ();\n\\connect b\nCREATE TABLE u ();\n\\c a\nDROP TABLE t;",
        "ses",
    );
}

#[track_caller]
fn check_filled(text: &str, expected: Option<&str>) {
    let parsed = with_large_stack(|| parse_file(text, ParseOptions::default()));
    let script = Script::read(text, &parsed);
    let last = parsed.statements.last().unwrap();
    assert_eq!(script.filled_in(text, last).as_deref(), expected, "{text}");
}

#[test]
fn variables_are_filled_in_where_they_are_known() {
    check_filled(
        "\\set schema app\nSELECT :'schema' FROM :schema.t, :\"schema\".u",
        Some("SELECT 'app'     FROM app    .t, \"app\"    .u"),
    );
    check_filled("\\set s long_name\nSELECT * FROM :s.t", None);
    check_filled(
        "\\set schema app\n\\unset schema\nSELECT * FROM :schema.t",
        None,
    );
    check_filled("\\set schema :other\nSELECT * FROM :schema.t", None);
    check_filled(
        "\\if :x\n\\set schema app\n\\endif\nSELECT * FROM :schema.t",
        None,
    );
    check_filled(
        "\\set schema app\nSELECT 1 AS schema \\gset\nSELECT * FROM :schema.t",
        None,
    );
    check_filled(
        "\\set schema app\nSELECT * FROM :schema.t WHERE a = :b",
        None,
    );
    check_filled(
        "\\set umlaut ä\nSELECT * FROM :umlaut.t",
        Some("SELECT * FROM ä     .t"),
    );
}

#[test]
fn generated_statements() {
    check("SELECT 1 \\gexec\nSELECT 2 \\gset\nSELECT 3;", "gss");
}
