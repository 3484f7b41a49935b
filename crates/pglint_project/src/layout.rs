//! What `sqlc.yaml` and the like say about folders: which files are queries, and
//! which are for another database.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What the configuration files of query tools tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Files and folders of queries, absolute.
    queries: BTreeSet<PathBuf>,
    /// Files and folders for another database than PostgreSQL, with its name.
    others: Vec<(PathBuf, String)>,
    /// Files and folders of PostgreSQL's schemas, absolute.
    schemas: BTreeSet<PathBuf>,
}

/// A database in such a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Block {
    engine: String,
    schema: Vec<String>,
    queries: Vec<String>,
}

impl Layout {
    /// Reads the configuration files among the markers.
    pub(crate) fn new(markers: &BTreeSet<PathBuf>, read: &dyn Fn(&Path) -> String) -> Layout {
        let mut layout = Layout::default();
        for marker in markers {
            let blocks = match crate::framework::name_of(marker) {
                "sqlc.yaml" | "sqlc.yml" => read_yaml(&read(marker)),
                "sqlc.json" => read_json(&read(marker)),
                _ => continue,
            };
            let folder = marker.parent().unwrap_or(marker);
            blocks
                .into_iter()
                .for_each(|block| layout.add(folder, block));
        }
        let schemas = &layout.schemas;
        layout.others.retain(|(path, _)| !schemas.contains(path));
        layout
    }

    fn add(&mut self, folder: &Path, block: Block) {
        let path = |path: &String| {
            let path = path.split(['*', '?', '[']).next().unwrap_or_default();
            crate::path::absolute(folder, Path::new(path))
        };
        match &*block.engine {
            "" | "postgresql" => {
                self.schemas.extend(block.schema.iter().map(path));
                self.queries.extend(block.queries.iter().map(path));
            }
            engine => {
                let name = match engine {
                    "mysql" => "MySQL",
                    "sqlite" => "SQLite",
                    engine => engine,
                };
                let paths = block.schema.iter().chain(&block.queries);
                self.others.extend(paths.map(|it| (path(it), name.into())));
            }
        }
    }

    /// Is the file named as one of queries? A folder that holds the schema as
    /// well says nothing.
    pub(crate) fn is_query(&self, file: &Path) -> bool {
        let depth = |paths: &BTreeSet<PathBuf>| {
            let around = paths.iter().filter(|path| file.starts_with(path));
            around.map(|path| path.components().count()).max()
        };
        depth(&self.queries) > depth(&self.schemas)
    }

    /// The other database that the file is for.
    pub(crate) fn other_dialect(&self, file: &Path) -> Option<&str> {
        let is_mine = self
            .schemas
            .iter()
            .chain(&self.queries)
            .any(|path| file.starts_with(path));
        let mut others = self.others.iter();
        let (_, name) = others.find(|(path, _)| file.starts_with(path) && !is_mine)?;
        Some(name)
    }
}

/// Reads no more of YAML than sqlc's files use: a block begins with a dash and
/// a name, lists are in brackets or one a line.
fn read_yaml(text: &str) -> Vec<Block> {
    let mut blocks = vec![Block::default()];
    let mut list = String::new();
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or_default().trim();
        let item = line.strip_prefix("- ").map(str::trim);
        let (name, value) = match item.unwrap_or(line).split_once(':') {
            Some((name, value)) if !name.contains(['"', '\'']) => (name.trim(), value.trim()),
            _ => {
                if let (Some(item), Some(block)) = (item, blocks.last_mut()) {
                    set(block, &list, item);
                }
                continue;
            }
        };
        if item.is_some() {
            blocks.push(Block::default());
        }
        list = name.into();
        if let Some(block) = blocks.last_mut() {
            let values = value
                .trim_start_matches('[')
                .trim_end_matches(']')
                .split(',');
            values.for_each(|value| set(block, name, value));
        }
    }
    blocks
}

fn set(block: &mut Block, name: &str, value: &str) {
    let value = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() {
        return;
    }
    match name {
        "engine" => block.engine = value.into(),
        "schema" => block.schema.push(value.into()),
        "queries" => block.queries.push(value.into()),
        _ => {}
    }
}

fn read_json(text: &str) -> Vec<Block> {
    let file: Value = serde_json::from_str(text).unwrap_or_default();
    let lists = ["sql", "packages"].into_iter();
    let databases = lists.flat_map(|name| file[name].as_array().into_iter().flatten());
    databases
        .map(|database| {
            let mut block = Block::default();
            for name in ["engine", "schema", "queries"] {
                let value = &database[name];
                let values = value.as_array().into_iter().flatten().chain([value]);
                values
                    .filter_map(Value::as_str)
                    .for_each(|it| set(&mut block, name, it));
            }
            block
        })
        .collect()
}

/// Does the text begin as the query files of sqlc, aiosql, HugSQL and pgTyped
/// do: with a comment that names the first query?
pub(crate) fn is_query_text(text: &str) -> bool {
    let mut is_in_block = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let is_comment = is_in_block || line.starts_with("--") || line.starts_with("/*");
        is_in_block = (is_in_block || line.starts_with("/*")) && !line.contains("*/");
        let words = line.trim_start_matches(['-', '/', '*', ' ']);
        let mut names = ["name:", "name :", ":name ", "@name "].iter();
        match is_comment {
            true if names.any(|name| words.starts_with(name)) => return true,
            true => {}
            false => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "version: \"2\"\nsql:\n  - engine: \"postgresql\"\n    queries: \"db/queries\"\n    \
        schema:\n      - db/schema.sql  # first\n      - \"db/more\"\n    gen:\n      go:\n        package: db\n  \
        - schema: [lite/a.sql, lite/b.sql]\n    queries: lite/q.sql\n    engine: sqlite\n";

    fn layout(name: &str, text: &str) -> Layout {
        let markers = BTreeSet::from([Path::new("/r").join(name)]);
        Layout::new(&markers, &|_| text.to_owned())
    }

    #[test]
    fn both_formats() {
        let json = r#"{"version": "2", "sql": [
            {"engine": "postgresql", "queries": "db/queries", "schema": ["db/schema.sql", "db/more"]},
            {"engine": "sqlite", "queries": "lite/q.sql", "schema": ["lite/a.sql", "lite/b.sql"]}]}"#;
        for layout in [layout("sqlc.yaml", YAML), layout("sqlc.json", json)] {
            let is_query = |path: &str| layout.is_query(&Path::new("/r").join(path));
            assert!(is_query("db/queries/a.sql"));
            assert!(!is_query("db/schema.sql"));
            let other = |path: &str| layout.other_dialect(&Path::new("/r").join(path)).is_some();
            assert!(other("lite/a.sql") && other("lite/b.sql") && other("lite/q.sql"));
            assert!(!other("db/more/a.sql") && !other("c.sql"));
        }
    }

    #[test]
    fn the_first_comment_names_a_query() {
        for query in [
            "-- name: GetUser :one\nSELECT 1;",
            "\n-- a note\n-- name: all-users^\nSELECT 1;",
            "-- :name users :? :*\nSELECT 1",
            "/* @name GetUser */\nSELECT 1;",
            "/*\n  @name GetUser\n  @param ids -> (...)\n*/\nSELECT 1;",
        ] {
            assert!(is_query_text(query), "{query}");
        }
        for other in [
            "SELECT 1;\n-- name: x :one",
            "-- Name: users; Type: TABLE\nCREATE TABLE users ();",
            "-- names: x\nSELECT 1",
            "",
        ] {
            assert!(!is_query_text(other), "{other}");
        }
    }
}
