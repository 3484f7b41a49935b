//! Random scripts of DDL: pglint's replay accepts and refuses what the server does,
//! and is left with the same catalog.
//!
//! A script that fails is made as short as it can be and printed. To look at others
//! than those that are always tried: `PGLINT_SEEDS=1000..2000`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use pglint_semantic::replay::Replay;
use postgres::{Client, Statement};
use serde_json::Value;

use crate::catalogs::{ask_for_catalog, catalog_question};
use crate::cluster::Cluster;
use crate::compare::differences;
use crate::grammar::{Grammar, Random};
use crate::refusals;
use crate::round_trip::is_18;
use crate::session::Session;

const GRAMMAR: &str = include_str!("grammar.txt");

/// What is tried when nothing else is asked for.
const SEEDS: Range<u64> = 0..200;

/// What the server says in words of these, and pglint does not.
const NOT_KNOWN: &[&str] = &[
    // Steps of transactions: nobody knows whether a file runs inside of one.
    "25P01 ",
    "3B001 ",
    // Rows are not known, nor what constants and expressions are worth.
    "22P02 ",
    "23514 ",
    // Operators and functions of expressions are not looked up, nor casts.
    "42883 ",
    "42804 default for column ",
    "0A000 generation expression uses user-defined type",
    "42611 cannot specify USING when altering type of generated column",
    // What one CREATE TABLE says twice in different words.
    "42601 conflicting ",
    "42611 child column ",
    // Bounds of partitions are kept as text.
    "42P17 partition ",
    // The server's own mistake.
    "XX000 ",
    // Sequences that defaults name are not looked for: scripts of other programs
    // often make them.
    "42P01 relation \"s\" does not exist",
];

/// Leaves nothing of the script before.
const EMPTY: &str = "ROLLBACK; RESET ALL; DISCARD TEMP; SET client_min_messages = error;
    DROP SCHEMA IF EXISTS public, app CASCADE; CREATE SCHEMA public";

/// How a script begins.
const FIRST: &[&str] = &[
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

/// How many statements follow.
const LENGTH: usize = 25;

#[test]
fn random_scripts_leave_the_same_catalog() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    if !is_18(&cluster) {
        return eprintln!("skipped: the scripts need PostgreSQL 18");
    }
    let mut server = Server::new(cluster.create_database("random"));
    let grammar = Grammar::new(GRAMMAR);
    // By what differs, so that one mistake is told once: how often, the shortest.
    let mut failures: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut refused = 0;
    for seed in seeds() {
        let mut random = Random::new(seed);
        let names = FIRST
            .iter()
            .chain(std::iter::repeat_n(&"statement", LENGTH));
        let script: Vec<String> = names
            .map(|name| grammar.generate(name, &mut random))
            .collect();
        let outcome = server.judge(&script);
        refused += outcome.refused;
        let Some(difference) = outcome.difference else {
            continue;
        };
        let (count, shortest) = failures.entry(difference.kind.clone()).or_default();
        *count += 1;
        if *count == 1 {
            *shortest = server.shrink(script, &difference);
            let _ = write!(shortest, "(seed {seed})");
        }
    }
    println!("{} scripts, {refused} statements refused", seeds().count());
    let mut failures: Vec<_> = failures.into_iter().collect();
    failures.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let report: String = failures
        .iter()
        .map(|(_, (count, text))| format!("== {count} times\n{text}\n"))
        .collect();
    assert!(failures.is_empty(), "{report}");
}

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("PGLINT_SEEDS") else {
        return SEEDS;
    };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

/// What became of a script.
struct Outcome {
    /// How many statements the server refused.
    refused: usize,
    /// The first thing that differs.
    difference: Option<Difference>,
}

struct Difference {
    /// The same for the same mistake, more or less.
    kind: String,
    text: String,
    /// How many statements lead to it.
    length: usize,
}

/// A connection to a database that each script begins with anew.
struct Server {
    client: Client,
    question: Statement,
}

impl Server {
    fn new(mut client: Client) -> Server {
        let question = catalog_question(&mut client);
        Server { client, question }
    }

    fn judge(&mut self, script: &[String]) -> Outcome {
        self.client.batch_execute(EMPTY).unwrap();
        let mut replay = Replay::default();
        let mut session = Session::new(&mut self.client);
        let mut refused = 0;
        for (place, statement) in script.iter().enumerate() {
            let before = replay.clone();
            let ours = refusals::apply(&mut replay, statement);
            let theirs = session.run_or_refuse(statement).err();
            refused += usize::from(theirs.is_some());
            if ours.is_none() && theirs.is_some() {
                replay = before;
                if is_not_known(statement, &theirs) || !has_schemas(session.client) {
                    continue;
                }
            }
            if ours.is_some() != theirs.is_some() {
                let difference = Difference::of_refusal(statement, &ours, &theirs, place + 1);
                return Outcome::new(refused, Some(difference));
            }
        }
        session.end();
        let theirs = ask_for_catalog(&mut self.client, &self.question);
        let mut found = differences(&replay.catalog.to_json(), &theirs);
        // A type that a query gives and replay does not follow is no difference; SQL
        // cannot make such a column.
        let count = found.len();
        found.retain(|it| !it.contains(" type: \"unknown\" is "));
        if count == 0 {
            found = self.round_trip(&replay, &theirs);
        }
        Outcome::new(refused, Difference::of_catalogs(&found, script.len()))
    }

    /// What is lost on the way through the SQL that `pglint catalog` prints.
    fn round_trip(&mut self, replay: &Replay, original: &Value) -> Vec<String> {
        let sql = replay.catalog.to_sql();
        self.client.batch_execute(EMPTY).unwrap();
        if let Err(error) = self.client.batch_execute(&sql) {
            let error = error.as_db_error().unwrap();
            return vec![format!(
                "the SQL of the catalog: {}\n{sql}",
                error.message()
            )];
        }
        let copy = ask_for_catalog(&mut self.client, &self.question);
        let found = differences(&copy, original);
        let found = found.iter().map(|it| format!("by SQL: {it}\n{sql}"));
        found.collect()
    }

    /// The script without all statements that the difference does not need.
    fn shrink(&mut self, mut script: Vec<String>, difference: &Difference) -> String {
        script.truncate(difference.length);
        let mut text = difference.text.clone();
        let mut at = script.len();
        while at > 0 {
            at -= 1;
            let mut shorter = script.clone();
            shorter.remove(at);
            let outcome = self.judge(&shorter);
            if let Some(same) = outcome.difference.filter(|it| it.kind == difference.kind) {
                script = shorter;
                text = same.text;
            }
        }
        let statements = script.iter().map(|it| format!("{it};\n"));
        statements.collect::<String>() + &text
    }
}

impl Outcome {
    fn new(refused: usize, difference: Option<Difference>) -> Outcome {
        Outcome {
            refused,
            difference,
        }
    }
}

impl Difference {
    fn of_refusal(
        statement: &str,
        ours: &Option<String>,
        theirs: &Option<String>,
        length: usize,
    ) -> Difference {
        let who = match ours {
            Some(_) => "only pglint",
            None => "only the server",
        };
        let words: Vec<&str> = statement.split_whitespace().take(2).collect();
        let words = words.join(" ");
        Difference {
            kind: format!("{who} {words} {} {}", general(ours), general(theirs)),
            text: format!("{who} refuses {statement}\n  server {theirs:?}\n  pglint {ours:?}"),
            length,
        }
    }

    fn of_catalogs(found: &[String], length: usize) -> Option<Difference> {
        let first = found.first()?;
        let words: Vec<&str> = first.split(' ').filter(|it| !it.contains('.')).collect();
        Some(Difference {
            kind: words.join(" "),
            text: found.join("\n"),
            length,
        })
    }
}

/// Whether this is a refusal that pglint is known to lack.
fn is_not_known(statement: &str, theirs: &Option<String>) -> bool {
    let theirs = theirs.as_deref().unwrap_or_default();
    let is_listed = NOT_KNOWN.iter().any(|it| theirs.contains(it));
    // The rules of queries tell what is wrong with the query of a view.
    let has = |it: &&str| statement.contains(it) || statement.starts_with("SELECT");
    let is_of_query = [" AS SELECT", " AS WITH"].iter().any(has);
    is_listed || is_of_query
}

fn has_schemas(client: &mut Client) -> bool {
    let question =
        "SELECT to_regnamespace('app') IS NOT NULL AND to_regnamespace('public') IS NOT NULL";
    client.query_one(question, &[]).unwrap().get(0)
}

/// A message without the names in it.
fn general(message: &Option<String>) -> String {
    let message = message.as_deref().unwrap_or("accepted");
    message.split('"').step_by(2).collect()
}
