use pglint_catalog::{Relation, TypeId};

use crate::describe::{member, relation_name};
use crate::nullable::nullable_columns;
use crate::rule::prelude::*;

declare_rule! {
    /// A boolean column that allows NULL, and so has three states.
    ///
    /// ## Why is this bad?
    /// Neither `WHERE flag` nor `WHERE NOT flag` finds the rows that hold NULL.
    ///
    /// Silent where the project writes NULL into the column or asks for it: then three
    /// states are meant.
    ///
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, is_admin boolean DEFAULT false);
    /// --                                           ^^^^^^^^ boolean `is_admin` of `account` allows NULL
    /// ```
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, is_admin boolean NOT NULL DEFAULT false);
    /// ALTER TABLE account ALTER COLUMN is_admin DROP NOT NULL;
    /// --                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ boolean `is_admin` of `account` allows NULL
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY, is_admin boolean NOT NULL DEFAULT false);
    /// ```
    /// ```sql good
    /// CREATE DOMAIN flag AS boolean NOT NULL;
    /// CREATE TABLE account (id bigint PRIMARY KEY, is_admin flag DEFAULT false);
    /// ```
    /// ```sql good
    /// CREATE TABLE answer (id bigint PRIMARY KEY, agrees boolean);
    /// SELECT id FROM answer WHERE agrees IS NULL;
    /// ```
    name: "nullable-boolean",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    for column in nullable_columns(cx, table) {
        if !catalog.base_type(&column.data_type).is(TypeId::BOOL) {
            continue;
        }
        let message = format!(
            "boolean `{}` of `{}` allows NULL",
            column.name,
            relation_name(catalog, table),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.nullable_origin(), message)
            .help("Make it `NOT NULL` and give it a default")
            .object(object);
    }
    Some(())
}
