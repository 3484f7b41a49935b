use pglint_catalog::{Relation, TypeId};

use crate::describe::{member, own_columns, relation_name};
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
    let catalog = cx.catalog();
    for column in own_columns(table) {
        if column.data_type.element_id() != Some(TypeId::MONEY) {
            continue;
        }
        let message = format!(
            "`{}` of `{}` is money, which depends on a setting",
            column.name,
            relation_name(catalog, table),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.type_origin, message)
            .help("Use `numeric` with a column for the currency, or an integer of cents")
            .object(object);
    }
    Some(())
}
