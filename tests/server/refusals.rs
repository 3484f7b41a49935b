//! Statements that a server refuses: pglint's replay refuses the same ones, with
//! the same SQLSTATE and in the same words.

use pglint_semantic::lower::lower;
use pglint_semantic::replay::Replay;
use pglint_syntax::{ParseOptions, parse_file, with_large_stack};
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
        let mut replay = Replay::default();
        for statement in statements(text) {
            let ours = apply(&mut replay, &statement);
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

fn statements(text: &str) -> Vec<String> {
    let statements = parse_file(text, ParseOptions::default()).statements;
    let texts = statements.iter().map(|it| text[it.range].to_owned());
    texts.collect()
}

/// Carries out all of a statement, or nothing as a server does, and says why.
pub(crate) fn apply(replay: &mut Replay, statement: &str) -> Option<String> {
    with_large_stack(|| {
        let parsed = parse_file(statement, ParseOptions::default()).statements;
        let changes = parsed.iter().flat_map(|it| {
            let tree = it.tree().expect(statement);
            lower(&tree, StatementId(0))
        });
        let changes: Vec<_> = changes.collect();
        // One change is carried out as a whole, or not at all.
        let before = (changes.len() > 1).then(|| replay.clone());
        let problem = changes
            .iter()
            .find_map(|change| replay.apply(change).err())?;
        if let Some(before) = before {
            *replay = before;
        }
        Some(format!("{} {}", problem.sqlstate, problem.message))
    })
}
