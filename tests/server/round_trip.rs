//! The SQL that `pglint catalog` prints, given to a server, makes the same catalog
//! as the files themselves.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pglint_project::{Analysis, Project, Request};
use postgres::Client;

use crate::cluster::Cluster;
use crate::run::run_files;

/// Every folder below `fixtures` that is a project; but for the histories, which hold what
/// migration tools and servers refuse.
pub(crate) fn fixtures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    let files = files.filter_entry(|entry| entry.file_name() != "histories");
    let markers = files.filter_map(|entry| {
        let entry = entry.unwrap();
        let folder = entry.path().parent().unwrap().to_owned();
        // What is planted there a server refuses.
        let is_refused = folder.components().any(|it| it.as_os_str() == "histories");
        (entry.file_name() == "pglint.toml" && !is_refused).then_some(folder)
    });
    markers.collect()
}

#[test]
fn sql_of_the_catalog_makes_the_same_schema() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    if !is_18(&cluster) {
        return eprintln!("skipped: the fixtures need PostgreSQL 18");
    }
    let mut differences = Vec::new();
    let mut databases = 0;
    for folder in fixtures() {
        let analysis = Analysis::new(Project::read(&Request {
            working_directory: folder.clone(),
            paths: vec![".".into()],
            ..Request::default()
        }));
        let found = analysis.project.databases.iter().zip(&analysis.catalogs);
        for (database, catalog) in found {
            databases += 1;
            let mut original = cluster.create_database(&format!("original{databases}"));
            run_files(&mut original, &analysis, database);
            let mut copy = cluster.create_database(&format!("copy{databases}"));
            let sql = catalog.to_sql();
            let what = format!("{}: {}", folder.display(), database.name);
            if let Err(error) = copy.batch_execute(&sql) {
                differences.push(format!("{what}: {error:?}\n{sql}"));
                continue;
            }
            let (original, copy) = (facts(&mut original), facts(&mut copy));
            let lost = original
                .difference(&copy)
                .map(|fact| format!("{what}: lost {fact}"));
            let added = copy
                .difference(&original)
                .map(|fact| format!("{what}: added {fact}"));
            differences.extend(lost.chain(added));
        }
    }
    assert!(databases > 25, "{databases} databases");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

pub(crate) fn is_18(cluster: &Cluster) -> bool {
    let mut client = cluster.create_database("version");
    let version = client.query_one("SHOW server_version_num", &[]).unwrap();
    version.get::<_, String>(0).parse::<u32>().unwrap() >= 180_000
}

fn facts(client: &mut Client) -> BTreeSet<String> {
    client.batch_execute("RESET search_path").unwrap();
    let rows = client.query(include_str!("catalogue.sql"), &[]).unwrap();
    rows.iter().map(|row| row.get("fact")).collect()
}

/// Keeps the fixture for every sort of object from losing one unnoticed.
#[test]
fn the_fixture_of_all_objects_has_them_all() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/objects");
    let texts = fs::read_dir(folder).unwrap();
    let texts = texts.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let text: String = texts.collect();
    for words in [
        "ATTACH PARTITION",
        "AS RANGE",
        "BEGIN ATOMIC",
        "CREATE AGGREGATE",
        "CREATE CONSTRAINT TRIGGER",
        "CREATE DOMAIN",
        "CREATE MATERIALIZED VIEW",
        "CREATE POLICY",
        "CREATE PROCEDURE",
        "EXCLUDE USING",
        "INHERITS",
        "NOT ENFORCED",
        "NOT VALID",
    ] {
        assert!(text.contains(words), "{words}");
    }
}
