//! Rows that a query looks up by a unique key.

use pglint_catalog::{Catalog, ColumnNumber, IndexTarget, Relation};
use pglint_semantic::resolve::FromItemId;
use pglint_syntax::{Node, ast};

use crate::ResolvedQuery;
use crate::condition::{is_equality, with_descendants};
use crate::query_facts::is_unique_key;

/// Is a row looked up by a unique key, be it from another table's foreign key?
pub(crate) fn is_looked_up(query: ResolvedQuery<'_>, id: FromItemId, table: &Relation) -> bool {
    let conditions = query.resolution.conditions(query.tree, query.id);
    let mut columns = query.equated_columns(id, &conditions, |_| true);
    columns.extend(query.merged_columns(id));
    for condition in &conditions {
        columns.extend(chosen_column(query, id, *condition));
    }
    is_unique_key(table, &columns) || equates_unique_expression(query, id, table, &conditions)
}

/// Is the item narrowed down by an index before other conditions are looked at: is a
/// column that one begins with equal to values that are the same for all rows, or to
/// those of a row that is looked up?
pub(crate) fn is_narrowed(
    catalog: &Catalog,
    query: ResolvedQuery<'_>,
    id: FromItemId,
    table: &Relation,
) -> bool {
    let is_one_row = |item: &FromItemId| {
        let item_of = &query.resolution[*item];
        let relation = item_of.relation().and_then(|it| catalog.relation(it));
        item_of.query != query.id || relation.is_some_and(|it| query.is_pinned(*item, it))
    };
    let is_fixed = |value| {
        let mentioned = query.mentioned_items(value);
        mentioned.is_some_and(|items| items.iter().all(is_one_row))
    };
    let filters = query.resolution.filters(query.tree, query.id);
    let mut columns = query.equated_columns(id, &filters, is_fixed);
    columns.extend(
        filters
            .iter()
            .filter_map(|it| chosen_column(query, id, *it)),
    );
    table.indexes.iter().any(|index| {
        let first = index.elements.first().and_then(|it| it.column());
        index.valid && first.is_some_and(|first| columns.contains(&first))
    })
}

/// The column of `column IN (...)` and `column = ANY (...)`.
fn chosen_column<'t>(
    query: ResolvedQuery<'t>,
    id: FromItemId,
    condition: Node<'t>,
) -> Option<ColumnNumber> {
    let chosen = if let Some(link) = condition.cast::<ast::SubLink>() {
        let is_any = link.sub_link_type() == ast::SubLinkType::AnySublink;
        let is_equality = matches!(link.oper_name().last(), None | Some("="));
        link.testexpr().filter(|_| is_any && is_equality)?
    } else {
        let comparison = condition.cast::<ast::AExpr>()?;
        let is_any = matches!(
            comparison.kind(),
            ast::AExprKind::AexprIn | ast::AExprKind::AexprOpAny
        );
        let is_equality = comparison.name().last() == Some("=");
        comparison.lexpr().filter(|_| is_any && is_equality)?
    };
    query.column_of(chosen, id)
}

/// `lower(email) = $1` where a full unique index is on an expression of `email`.
fn equates_unique_expression(
    query: ResolvedQuery<'_>,
    id: FromItemId,
    table: &Relation,
    conditions: &[Node<'_>],
) -> bool {
    let mentioned: Vec<ColumnNumber> = conditions
        .iter()
        .filter(|it| it.cast::<ast::AExpr>().is_some_and(is_equality))
        .filter_map(|it| query.tree.get(it.node_number()))
        .flat_map(with_descendants)
        .filter_map(|node| query.column_of(node, id))
        .collect();
    table.indexes.iter().any(|index| {
        index.unique
            && index.valid
            && index.predicate.is_none()
            && index.has_expressions()
            && index.elements.iter().all(|element| match &element.target {
                IndexTarget::Column(column) => mentioned.contains(column),
                IndexTarget::Expression(expression) => {
                    let mut columns = expression.columns().into_iter();
                    columns.all(|column| mentioned.contains(&column))
                }
            })
    })
}
