//! `cargo xtask oracle-compare`: our catalog against a real server's.
//!
//! TRUTH is the JSON that a server's catalog was written to: its `files`, relative
//! to DIR and in the order in which they were run, are replayed, and the result is
//! compared with its `catalogue` object field by field. Texts of expressions are
//! compared only for being there: the server prints them anew.

use pglint_catalog::Catalog;
use pglint_semantic::lower::lower;
use pglint_semantic::replay::{Problem, Replay};
use pglint_syntax::{ParseOptions, StatementParse, parse_file, with_large_stack};
use pglint_text::StatementId;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Runs the command with the arguments that follow its name.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let (before, arguments) = match arguments {
        ["--before", before, rest @ ..] => (Some(*before), rest),
        rest => (None, rest),
    };
    let [directory, truth] = arguments else {
        return Err("usage: cargo xtask oracle-compare [--before FILE] DIR TRUTH.json".to_owned());
    };
    let truth: Value = serde_json::from_str(&read(Path::new(truth))?)
        .map_err(|error| format!("{truth}: {error}"))?;
    let mut session = Session::default();
    if let Some(before) = before {
        session.run_file(before, &read(Path::new(before))?);
    }
    let given = session.replay.catalog.clone();
    for file in truth["files"].as_array().into_iter().flatten() {
        let file = file.as_str().unwrap_or_default();
        session.run_file(file, &read(&Path::new(directory).join(file))?);
    }
    for problem in &session.problems {
        println!("problem  {problem}");
    }
    let ours = without(session.replay.catalog.to_json(), &given);
    let differences = compare(&ours, &truth["catalogue"]);
    for difference in &differences {
        println!("differs  {difference}");
    }
    let unknown = session.replay.catalog.relations();
    println!(
        "{}: {} differences, {} problems, {} statements, {} unknown relations",
        truth["project"].as_str().unwrap_or_default(),
        differences.len(),
        session.problems.len(),
        session.statements,
        unknown.filter(|it| it.unknown.is_some()).count(),
    );
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[derive(Default)]
struct Session {
    replay: Replay,
    problems: Vec<String>,
    statements: u32,
}

impl Session {
    fn run_file(&mut self, name: &str, text: &str) {
        let file = with_large_stack(|| parse_file(text, ParseOptions::default()));
        for statement in &file.statements {
            self.statements += 1;
            let tree = match &statement.parse {
                StatementParse::Tree(tree) => tree,
                StatementParse::SyntaxError(error) => {
                    self.problems.push(format!("{name}: {}", error.message));
                    continue;
                }
                StatementParse::TooComplex { message, .. } => {
                    self.problems.push(format!("{name}: {message}"));
                    continue;
                }
                StatementParse::NotRead => {
                    self.problems.push(format!("{name}: not read"));
                    continue;
                }
            };
            let id = StatementId(self.statements);
            let changes = with_large_stack(|| lower(tree, id));
            for change in &changes {
                if let Err(Problem {
                    message, sqlstate, ..
                }) = self.replay.apply(change)
                {
                    self.problems.push(format!("{name}: {sqlstate} {message}"));
                }
            }
        }
        self.replay.end_of_session();
    }
}

/// Our catalog without what was there before.
fn without(mut ours: Value, given: &Catalog) -> Value {
    let given = given.to_json();
    for key in ["tables", "views", "functions"] {
        let names: BTreeSet<String> = items(&given[key]).map(object_name).collect();
        if let Some(list) = ours[key].as_array_mut() {
            list.retain(|it| !names.contains(&object_name(it)));
        }
    }
    ours
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn object_name(value: &Value) -> String {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    match value.get("args") {
        Some(_) => format!("{}.{}({})", text("schema"), text("name"), text("args")),
        None if value.is_string() => value.as_str().unwrap_or_default().to_owned(),
        None => format!("{}.{}", text("schema"), text("name")),
    }
}

fn compare(ours: &Value, theirs: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    for key in ["tables", "views", "enums", "domains", "functions"] {
        compare_lists(key, &ours[key], &theirs[key], &mut differences);
    }
    for key in ["schemas", "sequences"] {
        compare_values(key, &ours[key], &theirs[key], &mut differences);
    }
    differences
}

/// Lists of objects, matched by name.
fn compare_lists(path: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    let by_name = |list| -> BTreeMap<String, &Value> {
        items(list).map(|it| (object_name(it), it)).collect()
    };
    let (ours, theirs) = (by_name(ours), by_name(theirs));
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for name in names {
        let path = format!("{path} {name}");
        match (ours.get(name), theirs.get(name)) {
            (Some(ours), Some(theirs)) => compare_objects(&path, ours, theirs, out),
            (Some(_), None) => out.push(format!("{path}: only ours")),
            (None, _) => out.push(format!("{path}: missing")),
        }
    }
}

fn compare_objects(path: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    let (Some(ours), Some(theirs)) = (ours.as_object(), theirs.as_object()) else {
        return;
    };
    for (key, their) in theirs {
        let path = format!("{path} {key}");
        let our = ours.get(key).unwrap_or(&Value::Null);
        match key.as_str() {
            // Object ids mean nothing outside of their server.
            "opclass" | "collation" => {}
            "default" | "expressions" | "predicate" | "using" | "check" | "def" => {
                compare_values(&path, &json!(!our.is_null()), &json!(!their.is_null()), out);
            }
            "columns" if items(their).any(Value::is_object) => {
                compare_columns(&path, our, their, out);
            }
            "foreign_keys" => {
                compare_lists(
                    &path,
                    &without_inherited(our),
                    &without_inherited(their),
                    out,
                );
            }
            "unique" | "checks" | "indexes" | "policies" if their.is_array() => {
                compare_lists(&path, our, their, out);
            }
            // `CREATE FUNCTION ... SET` values are printed anew.
            "config" => compare_values(&path, &names_only(our), &names_only(their), out),
            _ => compare_values(&path, our, their, out),
        }
    }
}

/// The server keeps a row for each partition that a key references.
fn without_inherited(keys: &Value) -> Value {
    items(keys)
        .filter(|it| it["inherited"] != true)
        .cloned()
        .collect()
}

fn compare_columns(path: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    let names = |list| -> Value { items(list).map(|it| it["name"].clone()).collect() };
    compare_values(path, &names(ours), &names(theirs), out);
    let with_schema = |list: &Value| -> Value {
        items(list)
            .filter_map(|it| it.as_object().cloned())
            .map(|mut it: Map<String, Value>| {
                it.insert("schema".to_owned(), Value::Null);
                Value::Object(it)
            })
            .collect()
    };
    let mut inner = Vec::new();
    compare_lists(path, &with_schema(ours), &with_schema(theirs), &mut inner);
    out.extend(inner.into_iter().filter(|it| !it.ends_with("schema")));
}

fn names_only(config: &Value) -> Value {
    items(config)
        .filter_map(|it| it.as_str()?.split('=').next().map(Value::from))
        .collect()
}

fn compare_values(path: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    if ours != theirs {
        out.push(format!("{path}: {ours} is {theirs}"));
    }
}
