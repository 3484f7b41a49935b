//! What helps suggest is SQL that PostgreSQL takes for the very object.
//!
//! The helps are those of all examples on the rules' pages and of all cases in
//! `tests/mdtest/`. The parser judges them always, a server where one is found.

use std::collections::BTreeSet;

use pglint_linter::rules;
use pglint_syntax::{ParseOptions, parse_file, with_large_stack};
use postgres::Client;
use postgres::error::SqlState;

use crate::cluster::Cluster;
use crate::mdtest;
use crate::support::{TestFile, diagnostics_of};

/// What SQL the helps about some files suggest, and the files.
struct Suggestions {
    files: Vec<TestFile>,
    statements: BTreeSet<String>,
}

fn suggestions() -> Vec<Suggestions> {
    let pages = rules::ALL.iter().map(|rule| rule.documentation.to_owned());
    let pages = pages.chain(mdtest::pages().into_iter().map(|(_, page)| page));
    let cases = pages.flat_map(|page| mdtest::cases(&page));
    let suggestions = cases.map(|files| Suggestions {
        statements: diagnostics_of(&files)
            .iter()
            .filter_map(|found| found.help.as_deref())
            .flat_map(statements)
            .collect(),
        files,
    });
    suggestions.filter(|it| !it.statements.is_empty()).collect()
}

/// The whole statements in backticks.
fn statements(help: &str) -> Vec<String> {
    let quoted = help.split('`').skip(1).step_by(2);
    let is_statement = |text: &&str| {
        ["CREATE ", "ALTER ", "DROP "]
            .iter()
            .any(|it| text.starts_with(it))
    };
    quoted.filter(is_statement).map(str::to_owned).collect()
}

#[test]
fn helps_suggest_what_the_parser_takes() {
    let suggestions = suggestions();
    assert!(suggestions.len() > 20, "helps suggest SQL");
    for sql in suggestions.iter().flat_map(|it| &it.statements) {
        let file = with_large_stack(|| parse_file(sql, ParseOptions::default()));
        let is_one = matches!(file.statements.as_slice(), [only] if only.tree().is_some());
        assert!(is_one, "{sql}");
    }
}

#[test]
fn helps_suggest_what_a_server_takes() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut refused = String::new();
    for (number, suggestion) in suggestions().iter().enumerate() {
        let mut client = cluster.create_database(&format!("helps_{number}"));
        let is_complete = run(&mut client, &suggestion.files);
        for sql in &suggestion.statements {
            let Err(error) = client.batch_execute(sql) else {
                continue;
            };
            // A bare server lacks `pg_trgm`.
            let message = error.as_db_error().map_or("", |it| it.message());
            let missing = [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_OBJECT];
            let is_missing = error.code().is_some_and(|code| missing.contains(code));
            if !message.contains("gin_trgm_ops") && (is_complete || !is_missing) {
                refused.push_str(&format!("{sql}\n  {message}\n"));
            }
        }
    }
    assert!(refused.is_empty(), "{refused}");
}

/// Runs the statements one by one. Some have parameters, are refused on purpose, or
/// need a younger server. `false` when a definition was refused.
fn run(client: &mut Client, files: &[TestFile]) -> bool {
    let mut is_complete = true;
    for text in files.iter().map(TestFile::text) {
        let parsed = with_large_stack(|| parse_file(text, ParseOptions::default()));
        for statement in parsed.statements {
            let sql = &text[std::ops::Range::<usize>::from(statement.range)];
            let is_definition = sql.starts_with("CREATE") || sql.starts_with("ALTER");
            is_complete &= client.batch_execute(sql).is_ok() || !is_definition;
        }
    }
    is_complete
}
