use pglint_catalog::{Relation, TypeId};

use crate::columns::{Faulty, report_columns};
use crate::describe::own_columns;
use crate::rule::prelude::*;

declare_rule! {
    /// A column of type `money`.
    ///
    /// ## Why is this bad?
    /// It does not keep the currency. How many digits follow the point, and how text is
    /// read and written, depends on `lc_monetary` of whoever connects: a dump that is
    /// restored under another setting may change the amounts.
    ///
    /// ```sql bad
    /// CREATE TABLE invoice (id bigint PRIMARY KEY, total money NOT NULL);
    /// --                                                 ^^^^^ `total` of `invoice` is money, which depends on a setting
    /// ```
    /// ```sql good
    /// CREATE TABLE invoice (id bigint PRIMARY KEY, total numeric(12, 2) NOT NULL, currency text NOT NULL);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/datatype-money.html>
    name: "money-type",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let columns =
        own_columns(table).filter(|it| it.data_type.element_id() == Some(TypeId::MONEY));
    let faulty: Vec<Faulty<'_>> = columns.map(|it| (it, it.type_origin)).collect();
    let help = "Use `numeric` with a column for the currency, or an integer of cents";
    report_columns(cx, table, Severity::Error, faulty, help, |columns| {
        let is = columns.form("is", "are");
        format!("{} {is} money, which depends on a setting", columns.text)
    });
    Some(())
}
