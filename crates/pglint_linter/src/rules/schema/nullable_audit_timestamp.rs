use pglint_catalog::Relation;

use crate::describe::{member, relation_name};
use crate::nullable::{is_audit_timestamp, nullable_columns};
use crate::rule::prelude::*;

declare_rule! {
    /// A `created_at` or `updated_at` that allows NULL.
    ///
    /// ## Why is this bad?
    /// Every row was made at some moment. A row that does not say when is missing from
    /// every report over time, and sorts before or after all others.
    ///
    /// Silent where the project writes NULL into the column or asks for it. An
    /// `updated_at` without a default is left alone: there NULL may well mean that the
    /// row was never changed.
    ///
    /// ```sql bad
    /// CREATE TABLE account (
    ///     id bigint PRIMARY KEY,
    ///     created_at timestamptz DEFAULT now()
    /// --  ^^^^^^^^^^ `created_at` of `account` allows NULL
    /// );
    /// ```
    /// ```sql good
    /// CREATE TABLE account (
    ///     id bigint PRIMARY KEY,
    ///     created_at timestamptz NOT NULL DEFAULT now(),
    ///     updated_at timestamptz
    /// );
    /// ```
    name: "nullable-audit-timestamp",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    for column in nullable_columns(cx, table) {
        if !is_audit_timestamp(catalog, column) {
            continue;
        }
        let message = format!(
            "`{}` of `{}` allows NULL",
            column.name,
            relation_name(catalog, table),
        );
        let help = match column.has_default_value() {
            true => "Add NOT NULL",
            false => "Add `NOT NULL DEFAULT now()`",
        };
        let object = member(catalog, table, &column.name);
        cx.report(column.nullable_origin(), message).help(help).object(object);
    }
    Some(())
}
