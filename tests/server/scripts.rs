//! Scripts of others, statement by statement: what the server accepts pglint's replay
//! accepts, and after each statement both have the same catalog.
//!
//! `PGLINT_SCRIPTS` names a folder of `.sql` files, each for a database of its own; a
//! file `test_setup.sql` among them is run before each other one. PostgreSQL's own
//! regression tests are the richest such folder. What the server refuses and pglint
//! accepts is undone and counted: rows, casts and operators are not known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_semantic::replay::Replay;
use pglint_syntax::{ParseOptions, StatementParse, parse_file};
use postgres::{Client, Statement};

use crate::catalogs::{ask_for_catalog, catalog_question};
use crate::cluster::Cluster;
use crate::compare::differences;
use crate::corpus::chosen;
use crate::refusals;
use crate::session::{Session, starts_with};
use crate::why::Why;

/// Statements that can change the catalog begin with one of these words.
const CHANGES: [&str; 9] = [
    "ALTER", "COMMENT", "CREATE", "DO", "DROP", "IMPORT", "RESET", "SELECT", "SET",
];

/// Statements that would end our own question to the server.
const ENDS: [&str; 2] = ["DEALLOCATE", "DISCARD ALL"];

/// Run first in each database.
const SETUP: &str = "test_setup.sql";

#[test]
fn scripts_leave_the_same_catalog() {
    let Some(folder) = std::env::var_os("PGLINT_SCRIPTS") else {
        return eprintln!("skipped: PGLINT_SCRIPTS names no folder of scripts");
    };
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = Path::new(&folder);
    let setup = statements(&folder.join(SETUP));
    let mut total = Total::default();
    for (number, path) in scripts(folder).iter().enumerate() {
        let mut client = cluster.create_database(&format!("script{number}"));
        let mut judge = Judge::new(&mut client, &mut total);
        judge.run(&setup, false);
        println!("{}", path.display());
        judge.run(&statements(path), true);
    }
    println!("{total:#?}");
    let wrong = total.refused_by_pglint + total.differences;
    assert_eq!(wrong, 0, "statements after which pglint is wrong");
}

fn scripts(folder: &Path) -> Vec<PathBuf> {
    chosen(folder, |path| {
        let is_script = path.extension().is_some_and(|it| it == "sql") && !path.ends_with(SETUP);
        path.file_stem()?.to_str().filter(|_| is_script)
    })
}

/// The statements that the parser takes; none where there is no such file.
fn statements(path: &Path) -> Vec<String> {
    let bytes = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let parsed = parse_file(&text, ParseOptions::default()).statements;
    let good = parsed
        .iter()
        .filter(|it| !matches!(it.parse, StatementParse::SyntaxError(_)));
    let texts = good.map(|it| text[it.range].to_owned());
    texts.filter(|it| is_whole(it)).collect()
}

/// Whether the parser takes it by itself too.
fn is_whole(statement: &str) -> bool {
    let parsed = parse_file(statement, ParseOptions::default()).statements;
    parsed.iter().all(|it| it.tree().is_some())
}

#[derive(Debug, Default)]
struct Total {
    statements: usize,
    refused_by_both: usize,
    /// The server accepts them.
    refused_by_pglint: usize,
    /// By SQLSTATE.
    refused_by_the_server: BTreeMap<String, usize>,
    /// Statements that leave a difference.
    differences: usize,
}

struct Judge<'c> {
    session: Session<'c>,
    question: Statement,
    replay: Replay,
    total: &'c mut Total,
    /// Differences that were told.
    told: BTreeSet<String>,
}

impl<'c> Judge<'c> {
    fn new(client: &'c mut Client, total: &'c mut Total) -> Judge<'c> {
        let question = catalog_question(client);
        client
            .batch_execute("RESET search_path; SET client_min_messages = error")
            .unwrap();
        Judge {
            session: Session::new(client),
            question,
            replay: Replay::default(),
            total,
            told: BTreeSet::new(),
        }
    }

    fn run(&mut self, statements: &[String], tells: bool) {
        for statement in statements {
            self.step(statement, tells);
        }
    }

    fn step(&mut self, statement: &str, tells: bool) {
        if ENDS.iter().any(|it| starts_with(statement, it)) {
            return;
        }
        let before = self.replay.clone();
        let theirs = self.session.run_or_refuse(statement).err();
        let ours = refusals::apply(&mut self.replay, statement);
        self.total.statements += 1;
        match (&ours, &theirs) {
            (Some(_), Some(_)) => self.total.refused_by_both += 1,
            (None, Some(theirs)) => {
                self.replay = before;
                if starts_with(statement, "COMMIT") || starts_with(statement, "END") {
                    // A constraint that was put off until here.
                    refusals::apply(&mut self.replay, "ROLLBACK");
                }
                let sqlstate = theirs.get(..5).unwrap_or_default().to_owned();
                *self
                    .total
                    .refused_by_the_server
                    .entry(sqlstate)
                    .or_default() += 1;
                if tells {
                    println!("== only the server refuses {statement}\n  {theirs}");
                }
            }
            (Some(ours), None) => {
                self.total.refused_by_pglint += usize::from(tells);
                println!("== only pglint refuses {statement}\n  {ours}");
            }
            (None, None) => {}
        }
        if tells && CHANGES.iter().any(|it| starts_with(statement, it)) {
            self.compare(statement);
        }
    }

    fn compare(&mut self, statement: &str) {
        let search_path = self.session.search_path();
        let theirs = ask_for_catalog(self.session.client, &self.question);
        let set = "SELECT set_config('search_path', $1, false)";
        self.session.client.execute(set, &[&search_path]).unwrap();
        let why = Why::new(&[], &self.replay.catalog);
        let mut found = differences(&self.replay.catalog.to_json(), &theirs);
        found.retain(|it| !why.explains(it) && self.told.insert(it.clone()));
        if !found.is_empty() {
            self.total.differences += 1;
            println!("== after {statement}\n  {}", found.join("\n  "));
        }
    }
}
