//! SQL whose comments say what the column reference above the carets stands for.

mod change;
mod columns;
mod cte;
mod definition;
mod questions;
mod schema;
mod select;

use pglint_catalog::{Catalog, SearchPath};
use pglint_syntax::{Node, ParseOptions, Tree, ast, parse, with_large_stack};

use super::{FromColumn, FromItemId, FromItemKind, Reference, Resolution, resolve};

/// Two tables and a view that most tests read.
const SCHEMA: &str = "
    CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, manager_id int, deleted_at timestamptz);
    CREATE TABLE orders (id int PRIMARY KEY, user_id int NOT NULL, total numeric, placed_at timestamp);
    CREATE SCHEMA app;
    CREATE TABLE app.settings (id int PRIMARY KEY, value text);
    CREATE VIEW active_users AS SELECT id, name AS full_name FROM users WHERE deleted_at IS NULL";

/// Checks the statement in [`SCHEMA`]: a comment line `-- ^^^^ users.id` states
/// what the reference above the carets stands for.
#[track_caller]
fn check(sql: &str) {
    check_in(SCHEMA, sql);
}

#[track_caller]
fn check_in(ddl: &str, sql: &str) {
    let (found, expected) = with_large_stack(|| {
        let catalog = schema::catalog(ddl);
        let tree = parse(sql, ParseOptions::default()).unwrap();
        let resolution = resolve(tree.root(), &catalog, &SearchPath::default());
        let printer = Printer {
            resolution: &resolution,
            catalog: &catalog,
            tree: &tree,
        };
        let expected = annotations(sql);
        let found = expected.iter().map(|it| printer.at(it));
        let found: Vec<String> = found.collect();
        let expected: Vec<String> = expected.into_iter().map(|it| it.expected).collect();
        (found, expected)
    });
    assert!(!found.is_empty(), "no annotations");
    assert_eq!(found, expected, "found, expected");
}

struct Annotation {
    /// The byte where the carets begin, and the text above them.
    offset: usize,
    text: String,
    expected: String,
}

fn annotations(sql: &str) -> Vec<Annotation> {
    let mut found = Vec::new();
    let (mut line_start, mut code) = (0, (0, ""));
    for line in sql.split('\n') {
        match line.trim_start().strip_prefix("--") {
            Some(comment) if comment.trim_start().starts_with('^') => {
                let start = line.find('^').unwrap();
                let length = line[start..].bytes().take_while(|it| *it == b'^').count();
                let expected = line[start + length..].trim().to_owned();
                found.push(Annotation {
                    offset: code.0 + start,
                    text: code.1[start..start + length].replace(' ', ""),
                    expected,
                });
            }
            _ => code = (line_start, line),
        }
        line_start += line.len() + 1;
    }
    found
}

struct Printer<'a> {
    resolution: &'a Resolution,
    catalog: &'a Catalog,
    tree: &'a Tree,
}

impl Printer<'_> {
    fn at(&self, annotation: &Annotation) -> String {
        let columns = self
            .tree
            .nodes()
            .filter_map(|it| it.cast::<ast::ColumnRef>());
        let mut columns = columns.filter(|it| it.location() as usize == annotation.offset);
        let Some(node) = columns.find(|it| written(*it) == annotation.text.replace('"', "")) else {
            return format!("no column reference {}", annotation.text);
        };
        match self.resolution.reference(node.erase()) {
            Some(reference) => self.print(reference),
            None => "not resolved".to_owned(),
        }
    }

    fn print(&self, reference: &Reference) -> String {
        match reference {
            Reference::Column { column, level } => self.column(*column) + &outer(*level),
            Reference::SystemColumn { from_item, level } => {
                format!(
                    "system column of {}{}",
                    self.item(*from_item),
                    outer(*level)
                )
            }
            Reference::WholeRow { from_item, level } => {
                format!("row of {}{}", self.item(*from_item), outer(*level))
            }
            Reference::Star { columns, complete } => {
                let mut columns: Vec<_> = columns.iter().map(|it| self.column(*it)).collect();
                columns.extend((!complete).then(|| "...".to_owned()));
                columns.join(", ")
            }
            Reference::Output { column, .. } => format!("output {}", column + 1),
            Reference::Parameter => "parameter".to_owned(),
            Reference::Ambiguous => "ambiguous".to_owned(),
            Reference::Missing => "missing".to_owned(),
            Reference::Unknown => "unknown".to_owned(),
        }
    }

    fn column(&self, column: FromColumn) -> String {
        let found = self.resolution.column(column).unwrap();
        let item = &self.resolution[column.from_item];
        match item.kind {
            FromItemKind::Join(_) => {
                let sides = found.sources.iter().map(|it| self.column(*it));
                format!("merged {}", sides.collect::<Vec<_>>().join(" and "))
            }
            _ => format!("{}.{}", self.item(column.from_item), found.name),
        }
    }

    /// The name, with that of the relation where an alias hides it.
    fn item(&self, id: FromItemId) -> String {
        let item = &self.resolution[id];
        let name = item.name.as_deref().unwrap_or("unnamed");
        let relation = item.relation().and_then(|it| self.catalog.relation(it));
        match relation {
            Some(relation) if relation.name != name => format!("{name}({})", relation.name),
            _ => name.to_owned(),
        }
    }
}

fn outer(level: u32) -> String {
    match level {
        0 => String::new(),
        level => format!(", {level} out"),
    }
}

fn written(node: Node<'_, ast::ColumnRef>) -> String {
    let mut names = node.fields().to_vec();
    if node.fields().has_star() {
        names.push("*");
    }
    names.join(".")
}
