//! Which tables, FROM items and queries have one row at most.

use pglint_catalog::{Catalog, Expression, FunctionKind, IndexTarget, Relation, Shape, TypeId};
use pglint_semantic::resolve::{FromItemId, FromItemKind, QueryKind};
use pglint_syntax::{Node, ast};

use crate::ResolvedQuery;
use crate::condition::literal;

/// How many queries inside each other are looked into.
const DEPTH: u32 = 20;

/// Is it a table that is made for one row: a unique column that a check limits to
/// one value, a boolean primary key, or a unique index on a constant?
pub(crate) fn is_single_row_table(catalog: &Catalog, table: &Relation) -> bool {
    let mut keys = table
        .indexes
        .iter()
        .filter(|index| index.unique && index.predicate.is_none());
    keys.any(|index| match index.elements.as_slice() {
        [element] => match &element.target {
            IndexTarget::Expression(expression) => expression.shape == Shape::Constant,
            IndexTarget::Column(number) => {
                let is_boolean = table
                    .column(*number)
                    .is_some_and(|it| catalog.base_type(&it.data_type).is(TypeId::BOOL));
                let mut checks = table.checks().map(|(_, check)| check);
                is_boolean || checks.any(|it| it.mentions(*number) && allows_one_value(it))
            }
        },
        _ => false,
    })
}

/// `CHECK (only)`, `CHECK (id = 1)`.
fn allows_one_value(check: &Expression) -> bool {
    if matches!(check.shape, Shape::BooleanTest(..)) {
        return true;
    }
    let [slot] = check.slots.as_slice() else {
        return false;
    };
    let (start, end) = (slot.range.start().into(), slot.range.end().into());
    let (Some(before), Some(after)) = (check.text.get(..start), check.text.get(end..)) else {
        return false;
    };
    let bare = |text: &str| {
        text.trim_matches(|c: char| c == '(' || c == ')' || c == ' ')
            .to_owned()
    };
    let value = match (bare(before).as_str(), bare(after).as_str()) {
        ("", after) => after.strip_prefix('=').map(bare),
        (before, "") => before.strip_suffix('=').map(bare),
        _ => None,
    };
    value.is_some_and(|value| {
        let value = value.split("::").next().unwrap_or_default();
        let is_number = !value.is_empty() && value.bytes().all(|it| it.is_ascii_digit());
        let is_string = value.len() > 1 && value.starts_with('\'') && value.ends_with('\'');
        is_number || is_string && value.matches('\'').count() == 2
    })
}

/// Has the FROM item one row at most, whatever it is joined to? Functions and
/// `VALUES` count as well: whoever writes them knows how many rows there are. So
/// do views, of whose rows nothing is known. `None`: it is not known what it is.
pub(crate) fn is_single_row_item(
    catalog: &Catalog,
    query: ResolvedQuery<'_>,
    item: FromItemId,
) -> Option<bool> {
    single_row_item(catalog, query, item, 0)
}

fn single_row_item(
    catalog: &Catalog,
    query: ResolvedQuery<'_>,
    item: FromItemId,
    depth: u32,
) -> Option<bool> {
    match query.resolution[item].kind {
        FromItemKind::Relation(id) => {
            let table = catalog.relation(id)?;
            let is_single = !table.kind.is_table()
                || is_single_row_table(catalog, table)
                || query.is_pinned(item, table);
            Some(is_single)
        }
        FromItemKind::Subquery(id) => Some(gives_one_row(catalog, query.with(id), depth)),
        FromItemKind::Cte(id) => {
            let inner = query.resolution[id].query?;
            Some(gives_one_row(catalog, query.with(inner), depth))
        }
        FromItemKind::Missing | FromItemKind::Unknown => None,
        _ => Some(true),
    }
}

fn gives_one_row(catalog: &Catalog, query: ResolvedQuery<'_>, depth: u32) -> bool {
    if depth > DEPTH {
        return true;
    }
    let own = query.query();
    let is_each_pinned = || {
        let mut leaves = query.leaves().into_iter();
        leaves.all(|item| single_row_item(catalog, query, item, depth + 1) != Some(false))
    };
    match own.kind {
        QueryKind::Values => true,
        QueryKind::Select => {
            let node = query.node().and_then(|node| node.cast::<ast::SelectStmt>());
            node.is_none_or(|select| {
                select.from_clause().is_empty()
                    || has_limit_one(select)
                    || aggregates_all(catalog, select)
            }) || is_each_pinned()
        }
        QueryKind::Update | QueryKind::Delete => is_each_pinned(),
        QueryKind::Insert => inserts_one_row(query),
        _ => false,
    }
}

fn inserts_one_row(query: ResolvedQuery<'_>) -> bool {
    let insert = query.node().and_then(|node| node.cast::<ast::InsertStmt>());
    let source = insert.and_then(|insert| insert.select_stmt());
    let select = source.and_then(|source| source.cast::<ast::SelectStmt>());
    select.is_none_or(|select| select.values_lists().len() == 1)
}

fn has_limit_one(select: Node<'_, ast::SelectStmt>) -> bool {
    let limit = select.limit_count().and_then(literal);
    limit
        .and_then(|limit| limit.ival())
        .is_some_and(|limit| limit.ival() == 1)
}

/// Is it an aggregate over all rows: one without GROUP BY?
fn aggregates_all(catalog: &Catalog, select: Node<'_, ast::SelectStmt>) -> bool {
    if !select.group_clause().is_empty() {
        return false;
    }
    select.having_clause().is_some()
        || select
            .target_list()
            .any(|target| holds_aggregate(catalog, target))
}

fn holds_aggregate(catalog: &Catalog, node: Node<'_>) -> bool {
    if node.is::<ast::SubLink>() {
        return false;
    }
    let is_aggregate = node
        .cast::<ast::FuncCall>()
        .is_some_and(|call| is_aggregate(catalog, call));
    is_aggregate || node.children().any(|child| holds_aggregate(catalog, child))
}

fn is_aggregate(catalog: &Catalog, call: Node<'_, ast::FuncCall>) -> bool {
    let Some(name) = call.funcname().last() else {
        return false;
    };
    let is_own = || {
        catalog
            .functions()
            .any(|it| it.kind == FunctionKind::Aggregate && it.name == name)
    };
    call.over().is_none()
        && (call.agg_star()
            || call.agg_distinct()
            || call.agg_within_group()
            || call.agg_filter().is_some()
            || !call.agg_order().is_empty()
            || AGGREGATES.contains(&name)
            || is_own())
}

/// The aggregates of the server (manual, "Aggregate Functions", PostgreSQL 18).
const AGGREGATES: &[&str] = &[
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "every",
    "json_agg",
    "json_agg_strict",
    "json_object_agg",
    "json_object_agg_strict",
    "json_object_agg_unique",
    "json_object_agg_unique_strict",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "jsonb_object_agg_unique",
    "jsonb_object_agg_unique_strict",
    "max",
    "min",
    "range_agg",
    "range_intersect_agg",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
];
