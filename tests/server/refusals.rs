//! Statements that a server refuses: pglint's replay refuses the same ones, with
//! the same SQLSTATE and in the same words.

use pglint_semantic::lower::lower;
use pglint_semantic::replay::Replay;
use pglint_syntax::{ParseOptions, Statement, parse_file, with_large_stack};
use pglint_text::StatementId;

use crate::cluster::Cluster;

/// Small scripts, each for a database of its own, after a line that names it.
const SCRIPTS: &str = include_str!("refusals.sql");

/// Opens a script.
const NAME: &str = "-- script: ";

#[test]
fn replay_refuses_what_the_server_refuses() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut differences = Vec::new();
    let mut refused = 0;
    for script in SCRIPTS.split(NAME).skip(1) {
        let (name, text) = script.split_once('\n').unwrap();
        let mut client = cluster.create_database(name);
        let of_replay = with_large_stack(|| replay(text));
        for (statement, ours) in of_replay {
            let theirs = match client.batch_execute(&statement) {
                Ok(()) => None,
                Err(error) => {
                    let error = error.as_db_error().unwrap();
                    Some(format!("{} {}", error.code().code(), error.message()))
                }
            };
            refused += usize::from(theirs.is_some());
            if ours != theirs {
                differences.push(format!(
                    "{name}: {statement}\n  server {theirs:?}\n  pglint {ours:?}"
                ));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(refused >= 50, "the scripts hold only {refused} mistakes");
}

/// Each statement with what the replay says against it.
fn replay(text: &str) -> Vec<(String, Option<String>)> {
    let mut replay = Replay::default();
    let statements = parse_file(text, ParseOptions::default()).statements;
    let mut refuse = |(id, statement): (usize, Statement)| {
        let text = text[statement.range].to_owned();
        let changes = lower(statement.tree().expect(&text), StatementId(id as u32));
        // A server carries out all of a statement or nothing.
        let before = replay.clone();
        let problem = changes.iter().find_map(|change| replay.apply(change).err());
        if problem.is_some() {
            replay = before;
        }
        (
            text,
            problem.map(|it| format!("{} {}", it.sqlstate, it.message)),
        )
    };
    statements
        .into_iter()
        .enumerate()
        .map(&mut refuse)
        .collect()
}
