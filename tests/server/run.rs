//! The files of a project, given to a server in pglint's order.

use pglint_project::{Analysis, Database, DatabaseFile};
use pglint_semantic::section::Section;
use postgres::Client;

use crate::session::{Session, starts_with};

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
        let mut session = Session::new(client);
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
