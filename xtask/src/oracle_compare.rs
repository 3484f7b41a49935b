//! `cargo xtask oracle-compare`: our catalog against one that a real server's was
//! written to.
//!
//! TRUTH is JSON with a server's `catalogue` after it has run the files of DIR as
//! their tool does. pglint finds the files and their order by itself, as for users;
//! of several databases the one that is most like the server's is compared.

#[path = "../../tests/server/compare.rs"]
mod compare;

use compare::{differences, items, object_name};
use pglint_project::{Analysis, Project, Request};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Runs the command with the arguments that follow its name.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let [directory, truth] = arguments else {
        return Err("usage: cargo xtask oracle-compare DIR TRUTH.json".to_owned());
    };
    let text = std::fs::read_to_string(truth).map_err(|error| format!("{truth}: {error}"))?;
    let truth: Value = serde_json::from_str(&text).map_err(|error| format!("{truth}: {error}"))?;
    let theirs = &truth["catalogue"];
    let analysis = Analysis::new(Project::read(&Request {
        working_directory: Path::new(directory).into(),
        paths: vec![".".into()],
        ..Request::default()
    }));
    let catalogs = analysis.catalogs.iter().map(|it| it.to_json());
    let compared = catalogs.max_by_key(|ours| likeness(ours, theirs));
    let found = differences(&compared.unwrap_or_default(), theirs);
    for difference in &found {
        println!("differs  {difference}");
    }
    println!(
        "{}: {} differences, {} databases",
        truth["project"].as_str().unwrap_or_default(),
        found.len(),
        analysis.catalogs.len(),
    );
    Ok(())
}

/// How many tables are in both, less those that are in ours alone.
fn likeness(ours: &Value, theirs: &Value) -> isize {
    let names = |catalog: &Value| -> BTreeSet<String> {
        items(&catalog["tables"]).map(object_name).collect()
    };
    let (ours, theirs) = (names(ours), names(theirs));
    let common = ours.intersection(&theirs).count() as isize;
    10 * common - (ours.len() as isize - common)
}
