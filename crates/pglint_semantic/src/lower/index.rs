//! `CREATE INDEX` and index elements.

use super::{Emit, expression, name};
use crate::change::{Action, CreateIndex, ElementDefinition};
use pglint_catalog::Name;
use pglint_syntax::Node;
use pglint_syntax::ast::{self, SortByDir, SortByNulls};

pub(super) fn create_index(node: Node<'_, ast::IndexStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let index_name = name::optional(node.idxname());
    let relation = node.relation()?;
    let range = match &index_name {
        Some(index_name) => name::find(node.erase(), index_name),
        None => relation.range(),
    };
    let include = node.index_including_params().of::<ast::IndexElem>();
    let change = CreateIndex {
        name: index_name,
        range,
        relation: name::relation(relation),
        only: !relation.inh(),
        method: method(node.access_method()),
        unique: node.unique(),
        nulls_not_distinct: node.nulls_not_distinct(),
        if_not_exists: node.if_not_exists(),
        elements: node
            .index_params()
            .of::<ast::IndexElem>()
            .filter_map(element)
            .collect(),
        include: include.map(|it| it.name().into()).collect(),
        predicate: node.where_clause().map(expression::expression),
    };
    emit(range, Action::CreateIndex(Box::new(change)));
    Some(())
}

/// An index method; `rtree` is an old name of `gist` (`DefineIndex` in `indexcmds.c`).
fn method(name: &str) -> Name {
    match name {
        "" => Name::new_static("btree"),
        "rtree" => Name::new_static("gist"),
        name => name.into(),
    }
}

/// A column or expression of an index.
pub(super) fn element(node: Node<'_, ast::IndexElem>) -> Option<ElementDefinition> {
    let mut column = name::optional(node.name());
    let mut collation = node.collation().last().map(Name::from);
    if let Some((name, own)) = node.expr().and_then(column_in_parentheses) {
        (column, collation) = (Some(name), own);
    }
    let descending = node.ordering() == SortByDir::SortbyDesc;
    let nulls_first = match node.nulls_ordering() {
        SortByNulls::SortbyNullsFirst => true,
        SortByNulls::SortbyNullsLast => false,
        _ => descending,
    };
    let (label, expression) = match (&column, node.expr()) {
        (Some(column), _) => (column.clone(), None),
        (None, Some(expr)) => (expression::label(expr), Some(expression::boxed(expr))),
        (None, None) => return None,
    };
    Some(ElementDefinition {
        column,
        expression,
        label,
        operator_class: node.opclass().last().map(Name::from),
        collation,
        descending,
        nulls_first,
    })
}

/// `(column)` and `(column COLLATE collation)` are the column itself, with that
/// collation (`ComputeIndexAttrs` in `indexcmds.c`).
pub(super) fn column_in_parentheses(node: Node<'_>) -> Option<(Name, Option<Name>)> {
    let collate = node.cast::<ast::CollateClause>();
    let column = collate.map_or(Some(node), |it| it.arg())?;
    let name = column.cast::<ast::ColumnRef>()?.fields().last()?;
    let collation = collate.and_then(|it| it.collname().last());
    Some((name.into(), collation.map(Name::from)))
}
