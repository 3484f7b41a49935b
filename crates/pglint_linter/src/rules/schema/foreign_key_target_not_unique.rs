use pglint_catalog::{Catalog, ColumnNumber, Relation, SearchPath};

use crate::describe::{column_list, is_judged, relation_name, relation_sql};
use crate::rule::prelude::*;

declare_rule! {
    /// A foreign key to columns that no unique key covers.
    ///
    /// ## Why is this bad?
    /// PostgreSQL refuses the statement: "there is no unique constraint matching given
    /// keys". A partial unique index, one on an expression and one on more columns do not
    /// count.
    ///
    /// Silent where a later statement adds such a key: then only the order is wrong.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// CREATE UNIQUE INDEX account_email ON account (email) WHERE email <> '';
    /// ```
    /// ```sql bad
    /// CREATE TABLE invitation (
    ///     id bigint PRIMARY KEY,
    ///     email text NOT NULL REFERENCES account (email)
    /// --                      ^^^^^^^^^^^^^^^^^^^^^^^^^^ `account` has no unique key on (email)
    /// );
    /// ```
    /// ```sql good
    /// CREATE TABLE invitation (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account (id));
    /// CREATE INDEX ON invitation (account_id);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK>
    name: "foreign-key-target-not-unique",
    category: "schema",
    severity: Error,
    since: "0.1.0",
    check: Constraint => check,
}

fn check(cx: &mut Cx<'_>, constraint: Node<'_, ast::Constraint>) -> Option<()> {
    if constraint.contype() != ast::ConstrType::ConstrForeign {
        return None;
    }
    let statement = cx.statement()?;
    let path = statement.search_path;
    // What another version of the schema references had its own keys.
    if !statement.is_replayed {
        return None;
    }
    let catalog = cx.catalog();
    let (target, columns) = target(catalog, path, constraint)?;
    // The schema after all files must say the same, so that the order of the files
    // does not matter.
    let (last, last_columns) = self::target(cx.database().catalog, path, constraint)?;
    if may_be_unique(target, &columns) || may_be_unique(last, &last_columns) {
        return None;
    }
    let name = relation_name(catalog, target);
    let list = column_list(target, &columns);
    let sql = relation_sql(catalog, target);
    let object = catalog.qualified_name(target);
    let (message, help) = match columns.is_empty() {
        true => (
            format!("`{name}` has no primary key to reference"),
            "Name the columns of a unique key".to_owned(),
        ),
        false => (
            format!("`{name}` has no unique key on ({list})"),
            format!("Add one: `ALTER TABLE {sql} ADD UNIQUE ({list})`"),
        ),
    };
    cx.report(constraint, message)
        .label(target.origin, "the referenced table")
        .help(help)
        .object(object);
    Some(())
}

/// The referenced table and columns; no columns where the primary key is meant.
/// `None` where one is not known.
fn target<'c>(
    catalog: &'c Catalog,
    path: &SearchPath,
    constraint: Node<'_, ast::Constraint>,
) -> Option<(&'c Relation, Vec<ColumnNumber>)> {
    let name = constraint.pktable()?;
    let schema = Some(name.schemaname()).filter(|schema| !schema.is_empty());
    let table = catalog
        .lookup_relation(schema, name.relname(), path)
        .found()
        .filter(|table| is_judged(table))?;
    let columns: Option<Vec<ColumnNumber>> = constraint
        .pk_attrs()
        .map(|name| Some(table.column_named(name)?.number))
        .collect();
    Some((table, columns?))
}

/// Has or had the table a key that a reference to the columns can rely on?
fn may_be_unique(table: &Relation, columns: &[ColumnNumber]) -> bool {
    let had_primary = table.dropped_indexes.iter().any(|lost| lost.was_primary_key);
    if columns.is_empty() {
        return had_primary || table.primary_key().is_some();
    }
    let lost = table.dropped_indexes.iter().map(|lost| &lost.index);
    table.indexes.iter().chain(lost).any(|index| {
        index.unique
            && index.predicate.is_none()
            && index.columns().is_some_and(|own| {
                own.len() == columns.len() && own.iter().all(|column| columns.contains(column))
            })
    })
}
