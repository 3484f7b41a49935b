//! Names and lists as messages show them.

use pglint_catalog::{
    Catalog, Column, ColumnNumber, Index, IndexTarget, Persistence, Relation, RelationKind,
    SchemaId, quote_identifier,
};

/// The relation's name as a user would write it: without `public`.
pub(crate) fn relation_name(catalog: &Catalog, relation: &Relation) -> String {
    if relation.schema == SchemaId::PUBLIC {
        relation.name.to_string()
    } else {
        catalog.qualified_name(relation)
    }
}

/// The relation's name as SQL needs it: quoted where it must be, but for a schema's
/// placeholder, in which quotes would hide it from what fills it in.
pub(crate) fn relation_sql(catalog: &Catalog, relation: &Relation) -> String {
    let name = quote_identifier(&relation.name);
    match catalog.schema(relation.schema) {
        Some(schema) if schema.is_placeholder() => format!("{}.{name}", schema.name),
        Some(schema) if schema.id != SchemaId::PUBLIC => {
            format!("{}.{name}", quote_identifier(&schema.name))
        }
        _ => name.into_owned(),
    }
}

/// `CONCURRENTLY ON orders`: what follows CREATE INDEX. A partitioned table's index
/// cannot be created concurrently (`DefineIndex` in `indexcmds.c`).
pub(crate) fn index_target(catalog: &Catalog, table: &Relation) -> String {
    let name = relation_sql(catalog, table);
    match table.kind {
        RelationKind::PartitionedTable => format!("ON {name}"),
        _ => format!("CONCURRENTLY ON {name}"),
    }
}

/// `user_id, account_id`, quoted where SQL needs it.
pub(crate) fn column_list(relation: &Relation, columns: &[ColumnNumber]) -> String {
    let names: Vec<_> = relation
        .column_names(columns)
        .map(quote_identifier)
        .collect();
    names.join(", ")
}

/// `user_id, (lower(email))`: what an index is on.
pub(crate) fn element_list(table: &Relation, index: &Index) -> String {
    let mut elements = Vec::with_capacity(index.elements.len());
    for element in &index.elements {
        elements.push(match &element.target {
            IndexTarget::Column(number) => column_list(table, &[*number]),
            IndexTarget::Expression(expression) => {
                let name = |number| table.column(number).map(|column| &*column.name);
                format!("({})", expression.render(name))
            }
        });
    }
    elements.join(", ")
}

/// `schema.table.name`: the dotted name of something that a relation has.
pub(crate) fn member(catalog: &Catalog, relation: &Relation, name: &str) -> String {
    format!("{}.{name}", catalog.qualified_name(relation))
}

/// Does the project itself keep rows in it, in full view of the catalog? Temporary
/// tables, tables of extensions and those that dynamic SQL may have changed are
/// nothing to judge.
pub(crate) fn is_judged(table: &Relation) -> bool {
    table.is_fully_known()
        && table.persistence != Persistence::Temporary
        && table.extension.is_none()
        && table.kind.is_table()
}

/// The columns that a judged table defines itself: not those of its parents.
pub(crate) fn own_columns(table: &Relation) -> impl Iterator<Item = &Column> {
    let is_own = is_judged(table) && !table.is_partition();
    table
        .columns
        .iter()
        .filter(move |column| is_own && column.inherited_from == 0)
}

/// The constraint that an index is behind, by its name and kind:
/// ``unique constraint `x` ``, else ``index `x` ``.
pub(crate) fn index_phrase(table: &Relation, index: &Index) -> String {
    let constraint = index.constraint.and_then(|id| table.constraint(id));
    match constraint {
        Some(constraint) if constraint.is_primary_key() => {
            format!("primary key `{}`", constraint.name)
        }
        Some(constraint) if constraint.key().is_some() => {
            format!("unique constraint `{}`", constraint.name)
        }
        Some(constraint) => format!("exclusion constraint `{}`", constraint.name),
        None if index.unique => format!("unique index `{}`", index.name),
        None => format!("index `{}`", index.name),
    }
}
