//! The catalog of every fixture, as a server has it.
//!
//! The server writes `catalogs/NAME.json`; pglint is compared with these files, so
//! that this needs no server. Where there is one, the files are compared with it;
//! `PGLINT_UPDATE_EXPECTED=1` rewrites them.

use std::fs;
use std::path::{Path, PathBuf};

use pglint_project::{Analysis, Project, Request};
use postgres::{Client, Statement};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::compare::differences;
use crate::round_trip::{fixtures, is_18};
use crate::run::run_files;

#[test]
fn catalogs_are_as_expected() {
    let mut found = Vec::new();
    for folder in fixtures() {
        let path = expectation(&folder);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            !text.is_empty(),
            "{}: run `cargo xtask oracle --update`",
            path.display()
        );
        let expected: Vec<Value> = serde_json::from_str(&text).unwrap();
        let analysis = analyse(&folder);
        assert_eq!(
            analysis.catalogs.len(),
            expected.len(),
            "{}",
            folder.display()
        );
        for (catalog, expected) in analysis.catalogs.iter().zip(&expected) {
            let differences = differences(&catalog.to_json(), &expected["catalog"]);
            let name = expected["folder"].as_str().unwrap_or_default();
            found.extend(differences.iter().map(|it| format!("{name}: {it}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn expected_catalogs_are_what_the_server_has() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    if !is_18(&cluster) {
        return eprintln!("skipped: the fixtures need PostgreSQL 18");
    }
    let update = std::env::var_os("PGLINT_UPDATE_EXPECTED").is_some();
    for (index, folder) in fixtures().iter().enumerate() {
        let analysis = analyse(folder);
        let databases = analysis.project.databases.iter().enumerate();
        let theirs = databases.map(|(place, database)| {
            let mut client = cluster.create_database(&format!("catalog{index}_{place}"));
            run_files(&mut client, &analysis, database);
            json!({ "folder": database.name, "catalog": server_catalog(&mut client) })
        });
        let theirs: Vec<Value> = theirs.collect();
        let said = serde_json::to_string_pretty(&theirs).unwrap() + "\n";
        let path = expectation(folder);
        if update {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &said).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(expected == said, "{} is stale", path.display());
    }
}

pub(crate) fn analyse(folder: &Path) -> Analysis {
    Analysis::new(Project::read(&Request {
        working_directory: folder.into(),
        paths: vec![".".into()],
        ..Request::default()
    }))
}

/// The server's catalog in the shape of ours.
pub(crate) fn server_catalog(client: &mut Client) -> Value {
    let question = catalog_question(client);
    ask_for_catalog(client, &question)
}

/// What is asked for that, for those who ask often: a server takes longer to plan it
/// than to answer.
pub(crate) fn catalog_question(client: &mut Client) -> Statement {
    let question = include_str!("catalog.sql");
    let path = "SET search_path = pg_catalog";
    client.batch_execute(path).unwrap();
    client.prepare(question).unwrap()
}

pub(crate) fn ask_for_catalog(client: &mut Client, question: &Statement) -> Value {
    let path = "SET search_path = pg_catalog";
    client.batch_execute(path).unwrap();
    client.batch_execute("SET statement_timeout = 0").unwrap();
    let row = client.query_one(question, &[]).unwrap();
    serde_json::from_str(row.get("catalog")).unwrap()
}

fn expectation(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap().to_str().unwrap();
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/server/catalogs/{name}.json"))
}
