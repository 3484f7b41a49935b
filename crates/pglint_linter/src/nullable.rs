//! Which columns allow NULL for no reason that the project shows.

use pglint_catalog::{Catalog, Column, ConstraintKind, Expression, Relation};

use crate::Cx;
use crate::describe::is_judged;

/// The table's own columns that allow NULL although nothing in the project
/// speaks for it: no statement writes NULL there, asks for it, or says so in a
/// check, and no domain forbids it.
pub(crate) fn nullable_columns<'t>(cx: &Cx<'_>, table: &'t Relation) -> Vec<&'t Column> {
    if !is_judged(table) || table.is_partition() {
        return Vec::new();
    }
    let workload = cx.workload();
    table
        .columns
        .iter()
        .filter(|column| {
            let used = workload.column(table.id, column.number);
            column.not_null.is_none()
                && column.inherited_from == 0
                && column.generated.is_none()
                && !used.is_null_tested
                && !used.is_set_to_null
                && !is_tested_by_check(table, column)
                && !is_tested_by_domain(cx.catalog(), column)
        })
        .collect()
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
