//! What queries give: names, types, nullability, origin.

use super::{SCHEMA, schema};
use crate::resolve::{Column, Nullability, created_columns, resolve};
use pglint_catalog::{Catalog, SearchPath};
use pglint_syntax::{ParseOptions, parse};

/// Checks the columns of a statement, one a line: its name, its type when known,
/// `not null`, `null` (when it can be) or nothing when that is not known, and the
/// column of the catalog that it passes on.
#[track_caller]
fn check(sql: &str, expected: &str) {
    let catalog = schema::catalog(SCHEMA);
    let tree = parse(sql, ParseOptions::default()).unwrap();
    let path = SearchPath::default();
    let columns = match created_columns(tree.root(), &catalog, &path) {
        Some(columns) => columns,
        None => resolve(tree.root(), &catalog, &path).queries[0]
            .columns
            .clone(),
    };
    let found = columns.known.iter().map(|it| print(&catalog, it));
    let mut found: Vec<String> = found.collect();
    found.extend((!columns.complete).then(|| "...".to_owned()));
    let expected: Vec<_> = expected
        .lines()
        .map(str::trim)
        .filter(|it| !it.is_empty())
        .collect();
    assert_eq!(found, expected, "found, expected");
}

fn print(catalog: &Catalog, column: &Column) -> String {
    let mut words = vec![column.name.to_string()];
    words.extend(column.data_type.as_ref().map(|it| catalog.format_type(it)));
    match column.nullability {
        Nullability::NotNull => words.push("not null".to_owned()),
        Nullability::Nullable => words.push("null".to_owned()),
        Nullability::Unknown => {}
    }
    if let Some((relation, number)) = column.origin {
        let relation = catalog.relation(relation).unwrap();
        let name = &relation.column(number).unwrap().name;
        words.push(format!("= {}.{name}", relation.name));
    }
    words.join(" ")
}

#[test]
fn columns_and_expressions() {
    check(
        "SELECT id, manager_id AS m, count(*), name || 'x', now(), 1, NULL, '', 1.5, true AND false,
           coalesce(manager_id, 0), deleted_at::date, CASE WHEN true THEN id END, id = 1, ARRAY[id],
           EXISTS (SELECT 1), (SELECT placed_at FROM orders)
         FROM users",
        "id integer not null = users.id
         m integer null = users.manager_id
         count bigint not null
         ?column? not null
         now timestamp with time zone not null
         ?column? integer not null
         ?column? null
         ?column? text not null
         ?column? numeric not null
         ?column? boolean
         coalesce integer not null
         deleted_at date null
         case integer
         ?column? boolean not null
         array integer[] not null
         exists boolean not null
         placed_at timestamp without time zone",
    );
}

#[test]
fn outer_joins_make_columns_nullable() {
    check(
        "SELECT u.id, o.id, s.id FROM users u LEFT JOIN orders o ON u.id = o.user_id
         FULL JOIN app.settings s ON true",
        "id integer null = users.id
         id integer null = orders.id
         id integer null = settings.id",
    );
    check(
        "SELECT u.id, o.id FROM users u LEFT JOIN orders o ON u.id = o.user_id",
        "id integer not null = users.id
         id integer null = orders.id",
    );
    check(
        "SELECT u.id, o.id, (SELECT u.id) FROM users u RIGHT JOIN orders o ON u.id = o.user_id",
        "id integer null = users.id
         id integer not null = orders.id
         id integer",
    );
}

#[test]
fn conditions_that_null_does_not_pass() {
    check(
        "SELECT manager_id, deleted_at, total, o.id FROM users u LEFT JOIN orders o ON o.user_id = u.id
         WHERE manager_id IS NOT NULL AND o.user_id > 0 AND (deleted_at IS NOT NULL OR total > 0)",
        "manager_id integer not null = users.manager_id
         deleted_at timestamp with time zone null = users.deleted_at
         total numeric null = orders.total
         id integer not null = orders.id",
    );
    check(
        "SELECT manager_id, total FROM users LEFT JOIN orders ON manager_id = 1 AND total = 1
         WHERE NOT total IN (SELECT 1) OR true",
        "manager_id integer null = users.manager_id
         total numeric null = orders.total",
    );
    check(
        "SELECT manager_id, total FROM users JOIN orders ON manager_id = total",
        "manager_id integer not null = users.manager_id
         total numeric not null = orders.total",
    );
}

#[test]
fn merged_columns() {
    let left = "id integer not null = users.id";
    check("SELECT id FROM users JOIN orders USING (id)", left);
    check("SELECT id FROM users LEFT JOIN orders USING (id)", left);
    let right = "id integer not null = orders.id";
    check("SELECT id FROM users RIGHT JOIN orders USING (id)", right);
    let full = "id integer not null";
    check("SELECT id FROM users FULL JOIN orders USING (id)", full);
    check(
        "SELECT u.manager_id FROM users u JOIN (SELECT 1 AS manager_id) m USING (manager_id)",
        "manager_id integer not null = users.manager_id",
    );
}

#[test]
fn set_operations_and_values() {
    check(
        "SELECT id, manager_id, name FROM users UNION SELECT id, user_id, 1 FROM orders",
        "id integer not null
         manager_id integer null
         name not null",
    );
    check(
        "SELECT manager_id, id FROM users INTERSECT SELECT id, NULL FROM orders",
        "manager_id integer not null
         id not null",
    );
    check(
        "SELECT id FROM users EXCEPT SELECT manager_id FROM users",
        "id integer not null",
    );
    check(
        "VALUES (1, 'a', NULL), (2, 'b', 3)",
        "column1 integer not null
         column2 text not null
         column3 null",
    );
}

#[test]
fn columns_are_passed_on() {
    check(
        "WITH c AS (SELECT id, name AS n FROM users) SELECT * FROM (SELECT * FROM c LEFT JOIN orders o (k) ON true) q",
        "id integer not null = users.id
         n text not null = users.name
         k integer null = orders.id
         user_id integer null = orders.user_id
         total numeric null = orders.total
         placed_at timestamp without time zone null = orders.placed_at",
    );
    check(
        "SELECT *, full_name AS f FROM active_users",
        "id integer = active_users.id
         full_name text = active_users.full_name
         f text = active_users.full_name",
    );
    check(
        "SELECT (u).*, id FROM users u",
        "id integer not null = users.id\n...",
    );
    check("SELECT * FROM pg_catalog.pg_class", "...");
}

#[test]
fn grouping_sets_make_their_columns_nullable() {
    check(
        "SELECT id, name FROM users GROUP BY ROLLUP (id), name",
        "id integer = users.id
         name text = users.name",
    );
}

#[test]
fn statements_that_make_relations() {
    check(
        "CREATE VIEW v (a) AS SELECT id, name FROM users",
        "a integer not null = users.id
         name text not null = users.name",
    );
    check(
        "CREATE TABLE t AS SELECT total FROM orders",
        "total numeric null = orders.total",
    );
    check(
        "SELECT id INTO t FROM orders",
        "id integer not null = orders.id",
    );
    check(
        "CREATE RECURSIVE VIEW r (n, m) AS SELECT 1, id FROM users UNION ALL SELECT n + 1, m FROM r",
        "n
         m integer",
    );
    check(
        "DELETE FROM users RETURNING id, old.name AS before",
        "id integer not null = users.id
         before text = users.name",
    );
}
