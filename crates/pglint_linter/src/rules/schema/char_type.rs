use pglint_catalog::{Column, Modifier, Relation, TypeId};

use crate::columns::{Faulty, report_columns};
use crate::describe::own_columns;
use crate::rule::prelude::*;

declare_rule! {
    /// A column of type `char(n)`.
    ///
    /// ## Why is this bad?
    /// Shorter values are filled with spaces, which some functions and operators see and
    /// others do not: `=` and `length` ignore them, `LIKE` does not. The type is neither
    /// smaller nor faster than `text`, and does not keep values from being too short.
    ///
    /// `char(1)` has nothing to fill, and the quoted `"char"`, a single byte, is another type:
    /// both are left alone. Columns of one statement are reported together.
    ///
    /// ```sql bad
    /// CREATE TABLE country (code char(2) PRIMARY KEY);
    /// --                         ^^^^^^^ `code` of `country` is character(2), which fills values with spaces
    /// ```
    /// ```sql good
    /// CREATE TABLE country (code text PRIMARY KEY CHECK (length(code) = 2), grade "char" NOT NULL);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/datatype-character.html>
    name: "char-type",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    // `bpchar` without a length does not fill with spaces, and a single character
    // leaves nothing to fill.
    let is_filled = |column: &&Column| {
        let data_type = &column.data_type;
        data_type.element_id() == Some(TypeId::BPCHAR)
            && matches!(data_type.modifier, Modifier::Length(length) if length > 1)
    };
    let columns = own_columns(table).filter(is_filled);
    let faulty: Vec<Faulty<'_>> = columns.map(|it| (it, it.type_origin)).collect();
    let help = "Use `text`, with a CHECK of the length if it matters";
    report_columns(cx, table, Severity::Error, faulty, help, |columns| {
        let name = catalog.format_type(&columns.first.data_type);
        let what = columns.form(&name, "of type char(n)");
        let is = columns.form("is", "are");
        format!("{} {is} {what}, which fills values with spaces", columns.text)
    });
    Some(())
}
