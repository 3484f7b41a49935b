//! The replayed catalog against what PostgreSQL 18.4 made of the same statements.
//!
//! `catalog/expected.json` was written by a real server: its catalog in the shape of
//! [`pglint_catalog::Catalog::to_json`], without what a server prints in its own
//! words (expressions), and the messages of the statements that it refused.

use pglint_semantic::lower::lower;
use pglint_semantic::replay::Replay;
use pglint_syntax::{ParseOptions, parse_file, with_large_stack};
use pglint_text::StatementId;
use serde_json::{Value, json};

const FILES: [&str; 2] = [
    include_str!("catalog/1_create.sql"),
    include_str!("catalog/2_change.sql"),
];

#[test]
fn the_catalog_is_the_servers() {
    let (catalog, refused) = with_large_stack(|| {
        let (replay, refused) = replay(&FILES);
        (replay.catalog.to_json(), refused)
    });
    let expected: Value = serde_json::from_str(include_str!("catalog/expected.json")).unwrap();
    assert_eq!(json!(refused), expected["refused"]);
    for key in ["tables", "views", "enums", "domains", "functions"] {
        check_objects(key, &reduced(&catalog[key]), &expected[key]);
    }
    assert_eq!(catalog["schemas"], expected["schemas"]);
    assert_eq!(catalog["sequences"], expected["sequences"]);
}

#[track_caller]
fn check_objects(key: &str, ours: &Value, theirs: &Value) {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (ours, theirs) = (list(ours), list(theirs));
    // One by one, so that a failure shows one object only.
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours, theirs, "{key}");
    }
    assert_eq!(ours.len(), theirs.len(), "{key}");
}

/// The SQL of the catalog, replayed, gives the catalog again, but for what the SQL
/// leaves out.
#[test]
fn the_sql_makes_the_catalog_anew() {
    let (catalog, sql) = with_large_stack(|| {
        let catalog = replay(&FILES).0.catalog;
        (catalog.to_json(), catalog.to_sql())
    });
    let (anew, refused) = with_large_stack(|| {
        let (replay, refused) = replay(&[&sql]);
        (replay.catalog.to_json(), refused)
    });
    assert_eq!(refused, [""; 0]);
    let tables = |catalog: &Value| -> Value {
        let tables = catalog["tables"].as_array().into_iter().flatten();
        // A partition's own indexes get the names that the server makes.
        let tables = tables.filter(|it| it["kind"] != "f" && it["is_partition"] == false);
        tables.map(written).collect()
    };
    check_objects("tables", &tables(&anew), &tables(&catalog));
    for key in ["views", "enums", "domains", "schemas", "sequences"] {
        assert_eq!(anew[key], catalog[key], "{key}");
    }
}

fn written(table: &Value) -> Value {
    let mut table = reduced(table);
    for key in ["policies", "triggers", "force_rls"] {
        table[key] = Value::Null;
    }
    // A column that a parent got late comes first in a new child.
    if let Some(columns) = table["columns"].as_array_mut() {
        columns.sort_by_key(|it| it["name"].to_string());
    }
    table
}

fn replay(files: &[&str]) -> (Replay, Vec<String>) {
    let mut replay = Replay::default();
    let mut refused = Vec::new();
    let mut id = 0;
    for text in files {
        for statement in parse_file(text, ParseOptions::default()).statements {
            id += 1;
            let tree = statement.tree().expect(&text[statement.range]);
            for change in lower(&tree, StatementId(id)) {
                refused.extend(replay.apply(&change).err().map(|it| it.message));
            }
        }
        replay.end_of_session();
    }
    (replay, refused)
}

/// Texts of expressions become whether there is one; what only a server has, such
/// as object ids, is left out.
fn reduced(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reduced).collect(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "opclass" | "collation" | "config"));
            let reduced = fields.map(|(key, value)| {
                let value = match key.as_str() {
                    "default" | "expressions" | "predicate" | "using" | "check" | "def" => {
                        json!(!value.is_null())
                    }
                    "foreign_keys" => own_keys(value),
                    _ => reduced(value),
                };
                (key.clone(), value)
            });
            Value::Object(reduced.collect())
        }
        other => other.clone(),
    }
}

fn is_inherited(value: &Value) -> bool {
    value["inherited"] == true
}

/// The server keeps a row for every partition that a key references.
fn own_keys(keys: &Value) -> Value {
    let keys = keys.as_array().into_iter().flatten();
    keys.filter(|it| !is_inherited(it)).map(reduced).collect()
}
