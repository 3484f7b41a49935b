//! The splitter against PostgreSQL's own parser.
#![allow(clippy::unwrap_used, reason = "tests")]

mod corpus;

use pglint_syntax::{ParseOptions, Split, Terminator, lex, split, with_large_stack};

fn split_of(text: &str) -> Split {
    split(text, ParseOptions::default())
}

fn statements_of(text: &str) -> Vec<&str> {
    split_of(text)
        .statements
        .iter()
        .map(|statement| &text[statement.range])
        .collect()
}

#[track_caller]
fn check(text: &str, statements: &[&str]) {
    assert_eq!(statements_of(text), statements, "{text:?}");
}

/// The statements by PostgreSQL's parser, cut to their significant tokens;
/// `None` when it refuses the text.
fn parsed(text: &str) -> Option<Vec<&str>> {
    let statements = pg_query::split_with_parser(text).ok()?;
    Some(statements.into_iter().map(without_trivia).collect())
}

fn without_trivia(text: &str) -> &str {
    let tokens = lex(text, ParseOptions::default());
    let mut significant = tokens.iter().filter(|token| !token.is_trivia());
    let Some(first) = significant.next() else {
        return "";
    };
    let last = significant.next_back().unwrap_or(first);
    &text[first.start().into()..last.end().into()]
}

/// For text that the server takes as it is: both must agree, too.
#[track_caller]
fn check_with_parser(text: &str, statements: &[&str]) {
    check(text, statements);
    assert_eq!(parsed(text).unwrap(), statements, "{text:?}");
}

#[test]
fn statements_end_at_semicolons() {
    check_with_parser("SELECT 1; SELECT 2", &["SELECT 1", "SELECT 2"]);
    check_with_parser(";;SELECT 1;;", &["SELECT 1"]);
    check_with_parser("", &[]);
    check_with_parser("-- a;\n/* b; */", &[]);
    check_with_parser(
        "-- a\nSELECT ';' /* x */; -- b\nSELECT $$;$$ -- c",
        &["SELECT ';'", "SELECT $$;$$"],
    );
    check_with_parser(
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); SELECT 1",
        &[
            "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
            "SELECT 1",
        ],
    );
    check("SELECT ); SELECT 1", &["SELECT )", "SELECT 1"]);
}

#[test]
fn atomic_bodies_hold_semicolons() {
    let function = "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 \
        ELSE CASE 1 WHEN 1 THEN 2 END END; SELECT 1 AS end; SELECT (CASE 1 WHEN 1 THEN 2 END); END";
    check_with_parser(&format!("{function}; SELECT 1"), &[function, "SELECT 1"]);
    let procedure = "create procedure p() begin atomic; insert into t values (1); end";
    check_with_parser(
        &format!("{procedure}; begin; end;"),
        &[procedure, "begin", "end"],
    );
    check_with_parser(
        "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT 1",
        &[
            "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "SELECT 1",
        ],
    );
}

#[test]
fn psql_commands_are_set_aside() {
    let text = "\\set x 1\nSELECT 1\n\\echo y\n+ 2 \\g out\nSELECT 3\\; SELECT 4 \\gset\n\\q";
    check(text, &["SELECT 1\n\\echo y\n+ 2", "SELECT 3", "SELECT 4"]);
    let split = split_of(text);
    let ends: Vec<_> = split
        .statements
        .iter()
        .map(|s| (s.terminator, &text[s.terminator_range]))
        .collect();
    assert_eq!(
        ends,
        [
            (Terminator::PsqlCommand, "\\g out"),
            (Terminator::PsqlSemicolon, "\\;"),
            (Terminator::PsqlCommand, "\\gset"),
        ]
    );
    let commands: Vec<_> = split
        .aside
        .psql_commands
        .iter()
        .map(|range| &text[*range])
        .collect();
    assert_eq!(
        commands,
        ["\\set x 1", "\\echo y", "\\g out", "\\gset", "\\q"]
    );
}

#[test]
fn a_psql_reset_throws_the_query_away() {
    check("SELECT (1 +\n\\r\nSELECT 2;", &["SELECT 2"]);
}

#[track_caller]
fn check_copy(text: &str, statements: &[&str], data: &[&str]) {
    check(text, statements);
    let found = split_of(text).aside.copy_data;
    let found: Vec<_> = found.iter().map(|range| &text[*range]).collect();
    assert_eq!(found, data, "{text:?}");
}

#[test]
fn copy_data_is_set_aside() {
    check_copy(
        "COPY t (a, b) FROM stdin WITH (FORMAT csv); -- why\n1;'x\n\\.\nSELECT 1;",
        &["COPY t (a, b) FROM stdin WITH (FORMAT csv)", "SELECT 1"],
        &["1;'x\n\\."],
    );
    check_copy(
        "\\copy t from stdin\n1\n\\.\nSELECT 1;",
        &["SELECT 1"],
        &["1\n\\."],
    );
    check_copy(
        "COPY t FROM STDIN\\; COPY u FROM STDIN;\n1\n\\.\n2\n\\.\nSELECT 1",
        &["COPY t FROM STDIN", "COPY u FROM STDIN", "SELECT 1"],
        &["1\n\\.", "2\n\\."],
    );
    check_copy(
        "COPY t FROM STDIN;\n\\.\n",
        &["COPY t FROM STDIN"],
        &["\\."],
    );
    check_copy(
        "COPY t FROM STDIN;\n1\n2",
        &["COPY t FROM STDIN"],
        &["1\n2"],
    );
    check_copy(
        "COPY t FROM STDIN;\n\nSELECT 1;",
        &["COPY t FROM STDIN", "SELECT 1"],
        &[],
    );
    check_copy(
        "COPY t FROM 'stdin'; SELECT 1;\n",
        &["COPY t FROM 'stdin'", "SELECT 1"],
        &[],
    );
    check_copy(
        "COPY (SELECT 1) FROM STDIN;\nSELECT 1;",
        &["COPY (SELECT 1) FROM STDIN", "SELECT 1"],
        &[],
    );
    check_copy(
        "COPY (SELECT 1 FROM stdin) TO STDOUT;\n1;",
        &["COPY (SELECT 1 FROM stdin) TO STDOUT", "1"],
        &[],
    );
}

#[test]
fn comments_are_listed() {
    let text = "-- a\nSELECT /* b */ 1; -- c\n  /* d */ -- e";
    let comments = split_of(text).aside.comments;
    let found: Vec<_> = comments
        .iter()
        .map(|c| (c.content(text), c.own_line, c.is_block))
        .collect();
    assert_eq!(
        found,
        [
            (" a", true, false),
            (" b ", false, true),
            (" c", false, false),
            (" d ", true, true),
            (" e", false, false),
        ]
    );
}

#[test]
fn tokens_cover_their_statement() {
    let text = "  SELECT a /* x */ ,\n b;  ";
    let statement = &split_of(text).statements[0];
    let slice = &text[statement.range];
    let mut offset = 0.into();
    for token in &statement.tokens {
        assert_eq!(token.start(), offset);
        offset = token.end();
    }
    assert_eq!(offset, statement.range.len());
    assert_eq!(statement.tokens[0].text(slice), "SELECT");
}

#[test]
fn strings_follow_the_setting_in_force() {
    check(
        "SET standard_conforming_strings TO off; SELECT 'a\\';'; RESET standard_conforming_strings; SELECT 'b\\';",
        &[
            "SET standard_conforming_strings TO off",
            "SELECT 'a\\';'",
            "RESET standard_conforming_strings",
            "SELECT 'b\\'",
        ],
    );
}

/// psql's part of a file as spaces, and a `;` where psql sends one.
fn for_the_server(text: &str) -> String {
    let split = split_of(text);
    let mut masked = text.as_bytes().to_vec();
    let aside = split
        .aside
        .psql_commands
        .iter()
        .chain(&split.aside.copy_data);
    for range in aside {
        masked[usize::from(range.start())..range.end().into()].fill(b' ');
    }
    for statement in &split.statements {
        if statement.terminator != Terminator::Missing {
            masked[usize::from(statement.terminator_range.start())] = b';';
            masked[usize::from(statement.terminator_range.start()) + 1
                ..statement.terminator_range.end().into()]
                .fill(b' ');
        }
    }
    String::from_utf8(masked).unwrap()
}

#[test]
fn the_corpus_is_split_like_postgresql_does() {
    let (mut compared, mut statements, mut refused, mut different) = (0, 0, 0, Vec::new());
    corpus::for_each_file(|path, text| {
        let masked = for_the_server(text);
        let Some(expected) = with_large_stack(|| parsed(&masked)) else {
            refused += 1;
            return;
        };
        let found = split_of(text);
        let found: Vec<_> = found.statements.iter().map(|s| &masked[s.range]).collect();
        compared += 1;
        statements += expected.len();
        if let Some(at) =
            (0..found.len().max(expected.len())).find(|&at| found.get(at) != expected.get(at))
        {
            different.push(format!(
                "{path}: {:?} for {:?}",
                found.get(at),
                expected.get(at)
            ));
        }
    });
    corpus::report(
        "splitter",
        &format!(
            "{compared} files, {statements} statements compared, {refused} files refused by PostgreSQL"
        ),
    );
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn byte_order_marks_of_joined_files_are_white_space() {
    let text = "SELECT 1;\n\u{feff}SELECT 2;\n\u{feff}-- x\nSELECT 'a\u{feff}'";
    let file = split(text, ParseOptions::default());
    let found = file
        .statements
        .iter()
        .map(|statement| &text[statement.range]);
    let expected = ["SELECT 1", "SELECT 2", "SELECT 'a\u{feff}'"];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}
