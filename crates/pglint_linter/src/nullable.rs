//! Which columns allow NULL for no reason that the project shows.

use pglint_catalog::{Catalog, Column, ConstraintKind, Expression, Relation, TypeId};

use crate::Cx;
use crate::describe::own_columns;
use crate::words::words;

/// The table's own columns that allow NULL although nothing in the project
/// speaks for it: no statement writes NULL there, asks for it, or says so in a
/// check, and no domain forbids it.
pub(crate) fn nullable_columns<'t>(cx: &Cx<'_>, table: &'t Relation) -> Vec<&'t Column> {
    let workload = cx.workload();
    own_columns(table)
        .filter(|column| {
            let used = workload.column(table.id, column.number);
            column.not_null.is_none()
                && column.generated.is_none()
                && !used.is_null_tested
                && !used.is_set_to_null
                && !is_decided_elsewhere(cx.catalog(), table, column)
        })
        .collect()
}

/// Does a check or the column's domain say something of the column and NULL?
pub(crate) fn is_decided_elsewhere(catalog: &Catalog, table: &Relation, column: &Column) -> bool {
    is_tested_by_check(table, column) || is_tested_by_domain(catalog, column)
}

/// Does a check constraint say something of the column and NULL? It either
/// forbids NULL or counts on it.
fn is_tested_by_check(table: &Relation, column: &Column) -> bool {
    table
        .checks()
        .any(|(_, check)| check.mentions(column.number) && speaks_of_null(check))
}

/// Does the column's domain forbid NULL, or say something of it?
fn is_tested_by_domain(catalog: &Catalog, column: &Column) -> bool {
    catalog.domains(&column.data_type).any(|domain| {
        let mut checks = domain.checks.iter();
        domain.not_null.is_some()
            || checks
                .any(|it| matches!(&it.kind, ConstraintKind::Check(check) if speaks_of_null(check)))
    })
}

fn speaks_of_null(check: &Expression) -> bool {
    check.text.to_ascii_lowercase().contains("null")
}

/// Does the column say when its row was made or last changed?
///
/// By its name and type. One for changes counts only with a default: without one,
/// NULL may well mean that the row was never changed.
pub(crate) fn is_audit_timestamp(catalog: &Catalog, column: &Column) -> bool {
    let base = catalog.base_type(&column.data_type);
    let is_time = [TypeId::TIMESTAMP, TypeId::TIMESTAMPTZ]
        .iter()
        .any(|id| base.is(*id));
    let words = words(&column.name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    is_time
        && match words.as_slice() {
            ["created" | "inserted", "at" | "on"] | ["date", "created"] => true,
            ["updated" | "modified", "at" | "on"] => column.has_default_value(),
            _ => false,
        }
}
