use pglint_catalog::{Modifier, Relation, TypeId};

use crate::describe::{member, own_columns, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A column of type `char(n)`.
    ///
    /// ## Why is this bad?
    /// Shorter values are filled with spaces, which some functions and operators see and
    /// others do not: `=` and `length` ignore them, `LIKE` does not. The type is neither
    /// smaller nor faster than `text`, and does not keep values from being too short.
    ///
    /// The quoted `"char"`, a single byte, is another type and left alone.
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
    for column in own_columns(table) {
        let data_type = &column.data_type;
        // `bpchar` without a length does not fill with spaces.
        let has_length = matches!(data_type.modifier, Modifier::Length(_));
        if data_type.element_id() != Some(TypeId::BPCHAR) || !has_length {
            continue;
        }
        let message = format!(
            "`{}` of `{}` is {}, which fills values with spaces",
            column.name,
            relation_name(catalog, table),
            catalog.format_type(data_type),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.type_origin, message)
            .help("Use `text`, with a CHECK of the length if it matters")
            .object(object);
    }
    Some(())
}
