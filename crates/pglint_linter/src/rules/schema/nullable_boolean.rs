use pglint_catalog::{Column, Relation, TypeId};

use crate::columns::{Faulty, report_columns};
use crate::nullable::nullable_columns;
use crate::rule::prelude::*;

declare_rule! {
    /// A boolean column that allows NULL, and so has three states.
    ///
    /// ## Why is this bad?
    /// Neither `WHERE flag` nor `WHERE NOT flag` finds the rows that hold NULL.
    ///
    /// Silent where the project writes NULL into the column or asks for it: then three
    /// states are meant. Without a default it is advice only. Columns of one statement are
    /// reported together.
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
    let mut columns = nullable_columns(cx, table);
    columns.retain(|column| catalog.base_type(&column.data_type).is(TypeId::BOOL));
    let (with_default, without): (Vec<&Column>, Vec<&Column>) =
        columns.into_iter().partition(|it| it.has_default_value());
    for (columns, limit) in [(with_default, Severity::Error), (without, Severity::Info)] {
        let columns = columns.into_iter();
        let faulty: Vec<Faulty<'_>> = columns.map(|it| (it, it.nullable_origin())).collect();
        let help = match limit {
            Severity::Info => "Make it NOT NULL with a default, unless three states are meant",
            _ => "Make it NOT NULL",
        };
        report_columns(cx, table, limit, faulty, help, |columns| {
            let boolean = columns.form("boolean", "booleans");
            let allows = columns.form("allows", "allow");
            format!("{boolean} {} {allows} NULL", columns.text)
        });
    }
    Some(())
}
