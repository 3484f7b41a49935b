//! Which columns allow NULL for no reason that the project shows.

use pglint_catalog::{Column, Relation};

use crate::Cx;
use crate::describe::is_judged;

/// The table's own columns that allow NULL although nothing in the project
/// speaks for it: no statement writes NULL there, asks for it, or says so in a
/// check.
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
        })
        .collect()
}

/// Does a check constraint say something of the column and NULL? It either
/// forbids NULL or counts on it.
fn is_tested_by_check(table: &Relation, column: &Column) -> bool {
    table.checks().any(|(_, check)| {
        check.mentions(column.number) && check.text.to_ascii_lowercase().contains("null")
    })
}
