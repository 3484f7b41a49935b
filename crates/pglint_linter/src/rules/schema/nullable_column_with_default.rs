use pglint_catalog::{Relation, TypeId};

use crate::columns::{Faulty, report_columns};
use crate::nullable::{is_audit_timestamp, nullable_columns};
use crate::rule::prelude::*;

declare_rule! {
    /// A column that has a default but still allows NULL.
    ///
    /// ## Why is this bad?
    /// The default says that there always is a value; without NOT NULL an explicit NULL
    /// still gets in, and every query has to reckon with it.
    ///
    /// Silent where the project writes NULL into the column or asks for it, and for
    /// booleans, `created_at` and `updated_at`, which have rules of their own. Columns of one
    /// statement are reported together.
    ///
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, credit integer DEFAULT 0);
    /// --                                                                  ^ `credit` of `account` has a default but allows NULL
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY, credit integer NOT NULL DEFAULT 0);
    /// ```
    name: "nullable-column-with-default",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    let mut faulty: Vec<Faulty<'_>> = Vec::new();
    for column in nullable_columns(cx, table) {
        let has_own_rule = catalog.base_type(&column.data_type).is(TypeId::BOOL)
            || is_audit_timestamp(catalog, column);
        let default = column.default.as_ref().filter(|_| !has_own_rule);
        if let Some(default) = default.filter(|_| column.has_default_value()) {
            faulty.push((column, cx.latest_of(default.origin, column.lost_not_null)));
        }
    }
    let help = "Add NOT NULL, or drop the default where NULL has a meaning";
    report_columns(cx, table, Severity::Error, faulty, help, |columns| {
        let what = columns.form("has a default but allows", "have defaults but allow");
        format!("{} {what} NULL", columns.text)
    });
    Some(())
}
