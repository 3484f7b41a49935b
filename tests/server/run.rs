//! The files of a project, given to a server in pglint's order.

use pglint_project::{Analysis, Database, DatabaseFile};
use pglint_semantic::section::Section;
use postgres::Client;

/// A statement that the server refuses.
pub(crate) struct Refused {
    pub(crate) statement: String,
    pub(crate) sqlstate: String,
    /// Where unqualified names are looked for, as a setting.
    search_path: String,
}

/// Runs every statement that takes part in the replay, past those that the server
/// refuses. Among files that come in any order these are tried again after the
/// others.
pub(crate) fn run_files(
    client: &mut Client,
    analysis: &Analysis,
    database: &Database,
) -> Vec<Refused> {
    let mut refused = Vec::new();
    let mut waiting = Vec::new();
    for file in &database.files {
        if !analysis.is_replayed(file.file) {
            continue;
        }
        let mut session = Session {
            client,
            in_transaction: false,
        };
        for statement in statements(analysis, file) {
            let Err(sqlstate) = session.run(&statement) else {
                continue;
            };
            let refused = if file.is_migration {
                &mut refused
            } else {
                &mut waiting
            };
            refused.push(Refused {
                statement,
                sqlstate,
                search_path: session.search_path(),
            });
        }
        session.end();
    }
    loop {
        let before = waiting.len();
        waiting.retain(|it| !starts_with(&it.statement, "DROP"));
        waiting.retain(|it| {
            let set = "SELECT set_config('search_path', $1, false)";
            client.execute(set, &[&it.search_path]).unwrap();
            client.batch_execute(&it.statement).is_err()
        });
        if waiting.len() == before {
            break;
        }
    }
    client.batch_execute("RESET search_path").unwrap();
    refused.extend(waiting);
    refused
}

struct Session<'c> {
    client: &'c mut Client,
    in_transaction: bool,
}

impl Session<'_> {
    /// Runs one statement; one that fails leaves its transaction as it was.
    fn run(&mut self, statement: &str) -> Result<(), String> {
        // Files of data, other databases and the server itself are not for us.
        let is_foreign = [
            "COPY",
            "CREATE DATABASE",
            "DROP DATABASE",
            "ALTER SYSTEM",
            "VACUUM",
        ];
        if is_foreign.iter().any(|it| starts_with(statement, it)) {
            return Ok(());
        }
        let is_step = |words: &[&str]| words.iter().any(|it| starts_with(statement, it));
        if is_step(&["BEGIN", "START TRANSACTION"]) {
            self.in_transaction = true;
        } else if is_step(&["COMMIT", "END", "ROLLBACK", "ABORT"]) {
            self.in_transaction = false;
        } else if self.in_transaction {
            self.client.batch_execute("SAVEPOINT here").unwrap();
            let outcome = self.client.batch_execute(statement);
            if outcome.is_err() {
                self.client.batch_execute("ROLLBACK TO here").unwrap();
            }
            return outcome.map_err(sqlstate);
        }
        self.client.batch_execute(statement).map_err(sqlstate)
    }

    fn search_path(&mut self) -> String {
        let row = self.client.query_one("SHOW search_path", &[]).unwrap();
        row.get(0)
    }

    /// As at the end of a tool's connection.
    fn end(self) {
        let end = if self.in_transaction { "COMMIT" } else { "" };
        self.client.batch_execute(end).unwrap();
        self.client
            .batch_execute("RESET ALL; DISCARD TEMP; SET statement_timeout = '60s'")
            .unwrap();
    }
}

#[allow(clippy::needless_pass_by_value, reason = "a function for `map_err`")]
fn sqlstate(error: postgres::Error) -> String {
    error
        .code()
        .map_or_else(String::new, |it| it.code().to_owned())
}

/// Does the statement begin with these words, after its comments?
fn starts_with(statement: &str, words: &str) -> bool {
    let text = statement.trim_start();
    if let Some(comment) = text.strip_prefix("--") {
        return comment
            .split_once('\n')
            .is_some_and(|(_, rest)| starts_with(rest, words));
    }
    text.get(..words.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(words))
}

fn statements(analysis: &Analysis, file: &DatabaseFile) -> Vec<String> {
    let source = analysis.project.file(file.file);
    let sections = file.sections.iter().filter(|it| Section::is_replayed(it));
    let sections: Vec<_> = sections.collect();
    let statements = analysis.statements_of(file.file);
    let replayed = statements.filter(|(_, statement)| {
        let start = statement.range.start();
        sections.iter().any(|section| section.range.contains(start))
    });
    replayed
        .map(|(_, statement)| source.text[statement.range].to_owned())
        .collect()
}
