use pglint_catalog::{Index, Relation};

use crate::describe::{index_phrase, is_judged, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A table without a primary key, after all migrations.
    ///
    /// ## Why is this bad?
    /// Nothing keeps the same row from being stored twice, a single row cannot be
    /// addressed, and logical replication cannot update or delete rows of the table.
    ///
    /// Only the final schema counts: a primary key that a later file adds is fine, one
    /// that a later file drops is not. Partitions are judged by their partitioned
    /// table; temporary and foreign tables are left alone. Where a unique key over
    /// NOT NULL columns could serve, it is advice only.
    ///
    /// ```sql bad
    /// CREATE TABLE visit (page text NOT NULL, seen_at timestamptz NOT NULL);
    /// --           ^^^^^ table `visit` has no primary key
    /// ```
    /// ```sql bad
    /// CREATE TABLE country (code text NOT NULL UNIQUE);
    /// --           ^^^^^^^ table `country` has a unique key but no primary key
    /// ```
    /// ```sql bad
    /// CREATE TABLE visit (id bigint CONSTRAINT visit_key PRIMARY KEY);
    /// ALTER TABLE visit DROP CONSTRAINT visit_key;
    /// --                ^^^^^^^^^^^^^^^^^^^^^^^^^ table `visit` has no primary key
    /// ```
    /// ```sql good
    /// CREATE TABLE visit (id bigint, page text NOT NULL);
    /// ALTER TABLE visit ADD PRIMARY KEY (id);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS>
    name: "missing-primary-key",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    if !is_judged(table) || table.is_partition() || table.primary_key().is_some() {
        return None;
    }
    let catalog = cx.catalog();
    let name = relation_name(catalog, table);
    let object = catalog.qualified_name(table);
    let lost = table
        .dropped_indexes
        .iter()
        .rev()
        .find(|lost| lost.was_primary_key);
    let place = lost.map_or(table.origin, |lost| lost.origin);
    let substitute = table.indexes.iter().find(|index| could_serve(table, index));
    let message = match substitute {
        Some(_) => format!("table `{name}` has a unique key but no primary key"),
        None => format!("table `{name}` has no primary key"),
    };
    let diagnostic = cx.report(place, message).object(object);
    if lost.is_some() {
        diagnostic.label(table.origin, "table created here");
    }
    match substitute {
        Some(index) => diagnostic
            .at_most(Severity::Info)
            .label(index.origin, "this key could serve")
            .help(format!("Make {} the primary key", index_phrase(table, index))),
        None => diagnostic.help(
            "Add one, for example `id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`",
        ),
    };
    Some(())
}

/// Could the index be a primary key's? All its columns are NOT NULL.
fn could_serve(table: &Relation, index: &Index) -> bool {
    index.unique
        && index.valid
        && index.predicate.is_none()
        && index.columns().is_some_and(|columns| {
            columns.iter().all(|column| {
                table
                    .column(*column)
                    .is_some_and(|column| column.is_proven_not_null())
            })
        })
}
