//! Real projects, replayed by pglint and by a server.
//!
//! `PGLINT_CORPUS` names a folder with a project in each of its folders;
//! `PGLINT_PROJECTS` names those to look at, separated by spaces, instead of all.
//! Every difference is printed, and in the end how many objects each rule is right
//! about. The test fails where pglint says what is not so: a difference at an object
//! that no refused statement is about, and that pglint does not call unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_catalog::Catalog;
use pglint_project::{Analysis, Database};
use pglint_syntax::{StatementParse, Terminator};
use postgres::Client;

use crate::catalogs::{analyse, server_catalog};
use crate::cluster::Cluster;
use crate::compare::differences;
use crate::outside;
use crate::run::{Refused, run_files};
use crate::why::Why;

/// The rules whose objects a server can list for any project.
const RULES: [&str; 5] = [
    "missing-primary-key",
    "unindexed-foreign-key",
    "duplicate-index",
    "redundant-index",
    "foreign-key-type-mismatch",
];

#[test]
fn the_corpus_is_as_the_server_has_it() {
    let Some(corpus) = std::env::var_os("PGLINT_CORPUS") else {
        return eprintln!("skipped: PGLINT_CORPUS names no folder of projects");
    };
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut unexplained = 0;
    let mut databases = 0;
    let mut tally = Tally::new();
    for folder in projects(Path::new(&corpus)) {
        let analysis = analyse(&folder);
        for (database, catalog) in analysis.project.databases.iter().zip(&analysis.catalogs) {
            databases += 1;
            let mut client = cluster.create_database(&format!("corpus{databases}"));
            unexplained += compare(&mut client, &analysis, database, catalog, &mut tally);
        }
    }
    for (rule, count) in &tally {
        println!("{rule}: {count:?}");
    }
    assert!(
        databases > 0,
        "no project in the folder that PGLINT_CORPUS names"
    );
    assert_eq!(unexplained, 0, "differences that nothing explains");
}

/// What a rule says beside what the server says, by the rule.
type Tally = BTreeMap<&'static str, Count>;

/// How many objects a rule and the server agree on or not.
#[derive(Debug, Default)]
struct Count {
    right: usize,
    /// It speaks and should not.
    wrong: usize,
    /// It should speak and does not.
    missed: usize,
    /// Either of both, at an object that is not to be known.
    unknown: usize,
}

fn projects(corpus: &Path) -> Vec<PathBuf> {
    chosen(corpus, |path| {
        let name = path.file_name()?.to_str()?;
        (path.is_dir() && !name.starts_with('.')).then_some(name)
    })
}

/// What is in a folder and has a name, in order; where `PGLINT_PROJECTS` is set, only
/// what that names.
pub(crate) fn chosen(folder: &Path, name: fn(&Path) -> Option<&str>) -> Vec<PathBuf> {
    let named = std::env::var("PGLINT_PROJECTS").unwrap_or_default();
    let named: Vec<&str> = named.split_whitespace().collect();
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|it| it.unwrap().path());
    let is_meant =
        |it: &PathBuf| name(it).is_some_and(|name| named.is_empty() || named.contains(&name));
    let mut paths: Vec<PathBuf> = paths.filter(is_meant).collect();
    paths.sort();
    paths
}

/// Prints how one database differs; returns how many differences nothing explains.
fn compare(
    client: &mut Client,
    analysis: &Analysis,
    database: &Database,
    catalog: &Catalog,
    tally: &mut Tally,
) -> usize {
    client
        .batch_execute("SET statement_timeout = '60s'")
        .unwrap();
    let outside = outside::make(client, analysis, (database, catalog));
    let refused = run_files(client, analysis, database);
    let why = Why::new(&refused, catalog);
    let rules = rule_differences(client, analysis, database, (&why, &outside), tally);
    let theirs = server_catalog(client);
    let mut found = differences(&catalog.to_json(), &theirs);
    found.extend(rules);
    let unexplained: Vec<&String> = found.iter().filter(|it| !why.explains(it)).collect();
    for difference in &unexplained {
        println!("  {}: {difference}", database.name);
    }
    let false_errors = false_syntax_errors(analysis, database, &refused);
    println!(
        "{}: {} tables, {} differences, {} explained, {} refused statements, {} false syntax errors",
        database.name,
        theirs["tables"].as_array().map_or(0, Vec::len),
        found.len(),
        found.len() - unexplained.len(),
        refused.len(),
        false_errors,
    );
    unexplained.len() + false_errors
}

/// What the server says of a rule's subject and pglint does not, or the reverse.
fn rule_differences(
    client: &mut Client,
    analysis: &Analysis,
    database: &Database,
    (why, outside): (&Why<'_>, &BTreeSet<String>),
    tally: &mut Tally,
) -> Vec<String> {
    let questions = crate::QUESTIONS
        .iter()
        .filter(|(rule, _)| RULES.contains(rule));
    let files: BTreeSet<_> = database.files.iter().map(|it| it.file).collect();
    let mut found = Vec::new();
    client.batch_execute("RESET search_path").unwrap();
    for (rule, question) in questions {
        let rows = client.query(*question, &[]).unwrap();
        let theirs = rows.iter().map(|row| row.get::<_, String>("object"));
        let is_outside = |object: &String| {
            let mut tables = outside.iter();
            tables.any(|table| {
                object
                    .strip_prefix(&**table)
                    .is_some_and(|it| it.is_empty() || it.starts_with('.'))
            })
        };
        let theirs: BTreeSet<String> = theirs.filter(|it| !is_outside(it)).collect();
        let ours = analysis.diagnostics();
        let ours = ours.filter(|it| it.rule == *rule && files.contains(&it.location.file));
        let ours: BTreeSet<String> = ours.filter_map(|it| it.object.clone()).collect();
        let count = tally.entry(rule).or_default();
        count.right += ours.intersection(&theirs).count();
        for object in ours.symmetric_difference(&theirs) {
            let is_ours = ours.contains(object);
            let what = if is_ours { "only ours" } else { "missing" };
            let difference = format!("{rule} {object}: {what}");
            match (why.explains(&difference), is_ours) {
                (true, _) => count.unknown += 1,
                (false, true) => count.wrong += 1,
                (false, false) => count.missed += 1,
            }
            found.push(difference);
        }
    }
    found
}

/// How many statements pglint cannot parse that the server can?
fn false_syntax_errors(analysis: &Analysis, database: &Database, refused: &[Refused]) -> usize {
    let no_sql = refused.iter().filter(|it| it.sqlstate == "42601");
    let no_sql: BTreeSet<&str> = no_sql.map(|it| &*it.statement).collect();
    let mut count = 0;
    for file in database
        .files
        .iter()
        .filter(|it| analysis.is_replayed(it.file))
    {
        let source = analysis.project.file(file.file);
        let mut statements = analysis.statements_of(file.file).peekable();
        while let Some((_, statement)) = statements.next() {
            // Without a semicolon a server gets it together with the next one.
            let is_whole =
                statement.terminator != Terminator::Missing || statements.peek().is_none();
            let is_error = is_whole && matches!(statement.parse, StatementParse::SyntaxError(_));
            let text = &source.text[statement.range];
            if is_error && !no_sql.contains(text) && file.sections.iter().all(|it| it.is_replayed())
            {
                println!("  {}: a syntax error only to us: {text}", source.name);
                count += 1;
            }
        }
    }
    count
}
