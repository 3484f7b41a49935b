//! Which tables delete softly: by a column's name and type, and by what the
//! project does with it.

use pglint_catalog::{Catalog, Column, ColumnNumber, Relation, TypeId, quote_identifier};

use crate::{Settings, Workload};

/// The columns that say that a row of the table counts as deleted: mostly none
/// or one, but some tables keep both a flag and a moment.
///
/// They have one of the configured names, in any spelling of its words
/// (`deletedAt`), and a fitting type (a nullable timestamp or date, or a boolean),
/// *and* the project treats them so: a query, view, policy or index predicate
/// filters by them, or an UPDATE sets them.
pub(crate) fn deletion_columns<'t>(
    catalog: &Catalog,
    settings: &Settings,
    workload: &Workload,
    table: &'t Relation,
) -> Vec<&'t Column> {
    let is_named = |column: &Column| {
        let mut names = settings.soft_delete_columns.iter();
        names.any(|name| letters(name).eq(letters(&column.name)))
    };
    let columns = table.columns.iter().filter(|column| {
        is_named(column)
            && has_fitting_type(catalog, column)
            && is_treated_so(workload, table, column)
    });
    columns.collect()
}

/// A name without underscores and capitals.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|letter| *letter != '_');
    letters.map(|letter| letter.to_ascii_lowercase())
}

fn has_fitting_type(catalog: &Catalog, column: &Column) -> bool {
    let base = catalog.base_type(&column.data_type);
    if base.is(TypeId::BOOL) {
        return true;
    }
    let is_time = [TypeId::TIMESTAMP, TypeId::TIMESTAMPTZ, TypeId::DATE]
        .iter()
        .any(|id| base.is(*id));
    is_time && column.not_null.is_none()
}

fn is_treated_so(workload: &Workload, table: &Relation, column: &Column) -> bool {
    let used = workload.column(table.id, column.number);
    used.is_filtered || used.is_updated || has_partial_index(table, column.number)
}

fn has_partial_index(table: &Relation, column: ColumnNumber) -> bool {
    table.indexes.iter().any(|index| {
        index
            .predicate
            .as_ref()
            .is_some_and(|predicate| predicate.mentions(column))
    })
}

/// The condition that a row is not deleted, with the name of its FROM item.
pub(crate) fn live_condition(deletion: &Column, from_item: Option<&str>) -> String {
    let column = quote_identifier(&deletion.name);
    let column = match from_item {
        Some(item) => format!("{}.{column}", quote_identifier(item)),
        None => column.into_owned(),
    };
    match (deletion.data_type.is(TypeId::BOOL), &deletion.not_null) {
        (true, Some(_)) => format!("NOT {column}"),
        (true, None) => format!("{column} IS NOT TRUE"),
        (false, _) => format!("{column} IS NULL"),
    }
}
