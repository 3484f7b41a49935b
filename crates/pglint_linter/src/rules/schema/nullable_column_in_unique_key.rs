use pglint_catalog::{Catalog, Column, Index, Relation};

use crate::describe::{index_phrase, is_judged, member, relation_name};
use crate::nullable::is_decided_elsewhere;
use crate::rule::prelude::*;

declare_rule! {
    /// A unique key of several columns of which one allows NULL.
    ///
    /// ## Why is this bad?
    /// Two NULLs are not equal, so rows with a NULL in one column of the key can repeat
    /// all the others: `UNIQUE (team_id, name)` keeps no two global names apart when
    /// `team_id` is NULL for them.
    ///
    /// Silent for keys of one column, and for those whose columns all allow NULL, which
    /// mean "unique where present"; for `NULLS NOT DISTINCT` (PostgreSQL 15) and a predicate
    /// that asks for the column; and where another unique index of the table looks after
    /// the NULLs, or keeps the other columns apart by itself.
    ///
    /// ```sql bad
    /// CREATE TABLE label (id bigint PRIMARY KEY, team_id bigint, name text NOT NULL, UNIQUE (team_id, name));
    /// --                                                                             ^^^^^^^^^^^^^^^^^^^^^^ unique constraint `label_team_id_name_key` of `label` lets rows repeat where `team_id` is NULL
    /// ```
    /// ```sql good
    /// CREATE TABLE label (id bigint PRIMARY KEY, team_id bigint, name text NOT NULL, UNIQUE NULLS NOT DISTINCT (team_id, name));
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS>
    name: "nullable-column-in-unique-key",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    let is_judged = is_judged(table) && index.valid && index.parent.is_none();
    if !is_judged || !index.unique || index.nulls_not_distinct || index.elements.len() < 2 {
        return None;
    }
    let catalog = cx.catalog();
    let columns = index.elements.iter().map(|element| table.column(element.column()?));
    let allows_null = |column: &Option<&Column>| column.is_some_and(|it| it.not_null.is_none());
    if columns.clone().all(|column| allows_null(&column)) || holds_key(table, index) {
        return None;
    }
    let column = columns
        .flatten()
        .find(|column| repeats(catalog, table, index, column))?;
    let message = format!(
        "{} of `{}` lets rows repeat where `{}` is NULL",
        index_phrase(table, index),
        relation_name(catalog, table),
        column.name,
    );
    let object = member(catalog, table, &index.name);
    let help = match cx.settings().has_version(15) {
        true => "Add NOT NULL to the column, or NULLS NOT DISTINCT to the key",
        false => "Add NOT NULL to the column",
    };
    let place = cx.latest_of(index.origin, column.lost_not_null);
    let diagnostic = cx.report(place, message);
    if place != index.origin {
        diagnostic.label(index.origin, "the key");
    }
    diagnostic
        .label(column.origin, "allows NULL")
        .help(help)
        .object(object);
    Some(())
}

/// Can rows with NULL in the column repeat the rest of the key?
fn repeats(catalog: &Catalog, table: &Relation, index: &Index, column: &Column) -> bool {
    let is_asked_for = index
        .predicate
        .as_ref()
        .is_some_and(|predicate| predicate.mentions(column.number));
    let has_other_key = table.indexes.iter().any(|other| {
        let in_predicate = other
            .predicate
            .as_ref()
            .is_some_and(|predicate| predicate.mentions(column.number));
        other.unique && other.id != index.id && (in_predicate || other.has_expressions())
    });
    column.not_null.is_none()
        && column.generated.is_none()
        && !is_asked_for
        && !has_other_key
        && !is_decided_elsewhere(catalog, table, column)
}

/// Are the other columns a key already, so that no two rows can repeat them?
fn holds_key(table: &Relation, index: &Index) -> bool {
    table.indexes.iter().any(|other| {
        other.unique
            && other.valid
            && other.predicate.is_none()
            && other.columns().is_some_and(|key| {
                key.iter().all(|number| {
                    index.mentions(*number)
                        && table.column(*number).is_some_and(Column::is_proven_not_null)
                })
            })
    })
}
