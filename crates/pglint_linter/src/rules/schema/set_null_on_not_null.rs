use pglint_catalog::{
    Catalog, Column, ColumnNumber, Constraint, ForeignKey, ForeignKeyAction, NotNull, Relation,
};

use crate::describe::{is_judged, member, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A foreign key that sets columns to NULL which are NOT NULL.
    ///
    /// ## Why is this bad?
    /// The action can never succeed: deleting a referenced row fails with "null value
    /// violates not-null constraint", and not with the error that names the reference.
    ///
    /// `ON DELETE SET NULL (column, ...)` is judged by the columns that it lists.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (
    ///     id bigint PRIMARY KEY,
    ///     account_id bigint NOT NULL REFERENCES account ON DELETE SET NULL
    /// --                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `orders_account_id_fkey` sets `account_id` of `orders` to NULL, but it is NOT NULL
    /// );
    /// CREATE INDEX ON orders (account_id);
    /// ```
    /// ```sql bad
    /// CREATE TABLE visit (id bigint PRIMARY KEY, account_id bigint REFERENCES account ON DELETE SET NULL);
    /// ALTER TABLE visit ALTER COLUMN account_id SET NOT NULL;
    /// --                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `visit_account_id_fkey` sets `account_id` of `visit` to NULL, but it is NOT NULL
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account ON DELETE SET NULL);
    /// CREATE INDEX ON orders (account_id);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK>
    name: "set-null-on-not-null",
    category: "schema",
    severity: Error,
    since: "0.1.0",
    check: ForeignKey => check,
}

fn check(
    cx: &mut Cx<'_>,
    table: &Relation,
    constraint: &Constraint,
    key: &ForeignKey,
) -> Option<()> {
    if !is_judged(table) || constraint.parent.is_some() || !constraint.enforced {
        return None;
    }
    let catalog = cx.catalog();
    let (column, not_null) = columns_set_to_null(key)
        .iter()
        .filter_map(|number| table.column(*number))
        .find_map(|column| Some((column, not_null_of(catalog, column)?)))?;
    let message = format!(
        "`{}` sets `{}` of `{}` to NULL, but it is NOT NULL",
        constraint.name,
        column.name,
        relation_name(catalog, table),
    );
    let help = format!("Drop NOT NULL of `{}`, or use another action", column.name);
    let object = member(catalog, table, &constraint.name);
    let place = cx.latest_of(constraint.origin, [not_null.origin]);
    let diagnostic = cx.report(place, message).help(help).object(object);
    match place == constraint.origin {
        true => diagnostic.label(not_null.origin, "made NOT NULL here"),
        false => diagnostic.label(constraint.origin, "foreign key declared here"),
    };
    Some(())
}

/// What forbids NULL: the column itself, or its domain.
fn not_null_of<'c>(catalog: &'c Catalog, column: &'c Column) -> Option<&'c NotNull> {
    let mut domains = catalog.domains(&column.data_type);
    let own = column.not_null.as_ref();
    own.or_else(|| domains.find_map(|domain| domain.not_null.as_ref()))
}

/// The columns that an action sets to NULL: those listed for DELETE, else all.
fn columns_set_to_null(key: &ForeignKey) -> &[ColumnNumber] {
    let on_delete = key.on_delete == ForeignKeyAction::SetNull;
    if key.on_update == ForeignKeyAction::SetNull || on_delete && key.on_delete_columns.is_empty() {
        &key.columns
    } else if on_delete {
        &key.on_delete_columns
    } else {
        &[]
    }
}
