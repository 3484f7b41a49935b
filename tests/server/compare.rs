//! Two catalogs compared field by field: pglint's and a server's.
//!
//! Texts of expressions are compared only for being there: the server prints them
//! anew.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn object_name(value: &Value) -> String {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    match value.get("args") {
        Some(_) => format!("{}.{}({})", text("schema"), text("name"), text("args")),
        None if value.is_string() => value.as_str().unwrap_or_default().to_owned(),
        None => format!("{}.{}", text("schema"), text("name")),
    }
}

/// One line for each field in which our catalog is not theirs.
pub(crate) fn differences(ours: &Value, theirs: &Value) -> Vec<String> {
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
            // Who runs the files is not in them.
            "roles" if items(our).any(|it| it == "current_user" || it == "session_user") => {}
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
