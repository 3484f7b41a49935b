use pglint_catalog::{Relation, TypeId};

use crate::describe::{member, own_columns, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A list of values in a text column.
    ///
    /// ## Why is this bad?
    /// No index finds an element, no foreign key or check looks at one, and the day an
    /// element holds the separator itself the list falls apart.
    ///
    /// The evidence is a statement of the project that splits the column at commas,
    /// semicolons or bars, as `string_to_array(tags, ',')`, or looks for an element between
    /// them, as `',' || tags || ',' LIKE '%,sql,%'`. Names prove nothing.
    ///
    /// ```sql bad
    /// CREATE TABLE article (id bigint PRIMARY KEY, tags text NOT NULL);
    /// --                                           ^^^^ `tags` of `article` holds a list that queries take apart
    /// SELECT id FROM article WHERE 'sql' = ANY (string_to_array(tags, ','));
    /// ```
    /// ```sql good
    /// CREATE TABLE article (id bigint PRIMARY KEY, tags text NOT NULL, path text NOT NULL);
    /// SELECT id FROM article WHERE 'sql' = ANY (string_to_array(path, '/'));
    /// ```
    name: "multi-valued-column",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    for column in own_columns(table) {
        let is_text = matches!(
            catalog.base_type(&column.data_type).scalar_id(),
            Some(TypeId::TEXT | TypeId::VARCHAR | TypeId::BPCHAR)
        );
        if !is_text || !cx.workload().column(table.id, column.number).is_split {
            continue;
        }
        let message = format!(
            "`{}` of `{}` holds a list that queries take apart",
            column.name,
            relation_name(catalog, table),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.origin, message)
            .help("Give each element a row of a table of its own, or use an array")
            .object(object);
    }
    Some(())
}
