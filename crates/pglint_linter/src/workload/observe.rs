//! What one statement does with columns.

use pglint_catalog::{ColumnNumber, Lookup, RelationId};
use pglint_semantic::resolve::{
    Clause, ColumnReference, FromColumn, Query, QueryKind, Reference, Resolution,
};
use pglint_syntax::ast::NodeKind;
use pglint_syntax::{Node, Tree, ast};

use super::{ColumnUse, Workload};
use crate::condition::{is_inside, is_null};

/// Adds what the statement does to what is known.
pub(super) fn observe(workload: &mut Workload, tree: &Tree, resolution: &Resolution) {
    let mut observer = Observer {
        workload,
        tree,
        resolution,
    };
    for reference in &resolution.references {
        observer.reference(reference);
    }
    for query in &resolution.queries {
        observer.assignments(query);
        observer.inserted_nulls(query);
    }
}

struct Observer<'a> {
    workload: &'a mut Workload,
    tree: &'a Tree,
    resolution: &'a Resolution,
}

impl Observer<'_> {
    fn reference(&mut self, found: &ColumnReference) -> Option<()> {
        let Reference::Column { column, .. } = found.reference else {
            return None;
        };
        let node = self.tree.get(found.node)?;
        let is_filtered = is_condition(found.clause, node) || is_in_condition_of_expression(node);
        let is_null_tested = is_null_tested(node);
        if is_filtered || is_null_tested {
            for column in self.resolution.base_columns(column) {
                self.mark(column, |used| {
                    used.is_filtered |= is_filtered;
                    used.is_null_tested |= is_null_tested;
                });
            }
        }
        Some(())
    }

    fn mark(&mut self, column: FromColumn, mark: impl Fn(&mut ColumnUse)) {
        let found = self.resolution.column(column);
        if let Some(origin) = found.and_then(|column| column.origin) {
            self.mark_origin(origin, mark);
        }
    }

    fn mark_origin(&mut self, origin: (RelationId, ColumnNumber), mark: impl Fn(&mut ColumnUse)) {
        mark(self.workload.columns.entry(origin).or_default());
    }

    /// SET of UPDATE, MERGE and ON CONFLICT.
    fn assignments(&mut self, query: &Query) -> Option<()> {
        let relation = self.resolution[query.target?].relation()?;
        for assignment in &query.assignments {
            let Lookup::Found(column) = assignment.column else {
                continue;
            };
            let target = self.tree.get(assignment.node);
            let Some(target) = target.and_then(|node| node.cast::<ast::ResTarget>()) else {
                continue;
            };
            if !is_update(target) {
                continue;
            }
            let is_null = target.val().is_some_and(assigns_null);
            self.mark_origin((relation, column), |used| {
                used.is_updated = true;
                used.is_set_to_null |= is_null;
            });
        }
        Some(())
    }

    /// NULL among the values of INSERT: of its rows, or of its SELECT.
    fn inserted_nulls(&mut self, query: &Query) -> Option<()> {
        if query.kind != QueryKind::Insert {
            return None;
        }
        let insert = self.tree.get(query.node)?.cast::<ast::InsertStmt>()?;
        let select = insert.select_stmt()?.cast::<ast::SelectStmt>()?;
        let target = &self.resolution[query.target?];
        let relation = target.relation()?;
        let columns: Vec<Option<ColumnNumber>> = if insert.cols().is_empty() {
            let known = target.columns.known.iter();
            known.map(|column| Some(column.origin?.1)).collect()
        } else {
            let listed = query.assignments.iter().filter(|assignment| {
                let target = self.tree.get(assignment.node);
                target.is_some_and(|node| node.parent().is_some_and(|it| it == insert))
            });
            listed.map(|it| it.column.found()).collect()
        };
        let rows = select.values_lists().of::<ast::List>();
        let rows = rows.map(|row| row.items().collect::<Vec<_>>());
        let targets = select.target_list().of::<ast::ResTarget>();
        let targets: Vec<Node<'_>> = targets.filter_map(|target| target.val()).collect();
        for row in rows.chain([targets]) {
            for (value, column) in row.into_iter().zip(&columns) {
                if let Some(column) = column.filter(|_| is_null(value)) {
                    self.mark_origin((relation, column), |used| used.is_set_to_null = true);
                }
            }
        }
        Some(())
    }
}

/// A clause that decides which rows count. A check constraint only says what rows
/// may look like.
fn is_condition(clause: Clause, node: Node<'_>) -> bool {
    match clause {
        Clause::Where | Clause::On | Clause::Having | Clause::When | Clause::OnConflict => true,
        Clause::Expression => !is_inside::<ast::Constraint, _>(node),
        _ => false,
    }
}

/// The expressions around a node, from the inside out, up to the query.
fn expressions_around(node: Node<'_>) -> impl Iterator<Item = (Node<'_>, Node<'_>)> {
    let outer = node
        .ancestors()
        .take_while(|it| !matches!(it.node_kind(), NodeKind::SelectStmt | NodeKind::ResTarget));
    let inner = std::iter::once(node).chain(node.ancestors());
    inner.zip(outer)
}

/// In the condition of a CASE, or in the FILTER of an aggregate.
fn is_in_condition_of_expression(node: Node<'_>) -> bool {
    expressions_around(node).any(|(inner, outer)| {
        if let Some(when) = outer.cast::<ast::CaseWhen>() {
            return when.expr().is_some_and(|it| it == inner);
        }
        let call = outer.cast::<ast::FuncCall>();
        call.and_then(|call| call.agg_filter())
            .is_some_and(|filter| filter == inner)
    })
}

/// Does something ask whether the column is NULL: `IS [NOT] NULL`,
/// `IS [NOT] DISTINCT FROM`, `COALESCE`?
fn is_null_tested(node: Node<'_>) -> bool {
    expressions_around(node).any(|(_, outer)| match outer.node_kind() {
        NodeKind::NullTest | NodeKind::CoalesceExpr => true,
        NodeKind::AExpr => outer.cast::<ast::AExpr>().is_some_and(|it| {
            matches!(
                it.kind(),
                ast::AExprKind::AexprDistinct | ast::AExprKind::AexprNotDistinct
            )
        }),
        _ => false,
    })
}

/// Is it an assignment to a row that exists, not a column of INSERT?
fn is_update(target: Node<'_, ast::ResTarget>) -> bool {
    let Some(parent) = target.parent() else {
        return false;
    };
    let is_merge_update = parent
        .cast::<ast::MergeWhenClause>()
        .is_some_and(|when| when.command_type() == ast::CmdType::CmdUpdate);
    parent.is::<ast::UpdateStmt>() || parent.is::<ast::OnConflictClause>() || is_merge_update
}

/// `SET a = NULL`, `SET (a, b) = (1, NULL)`.
fn assigns_null(value: Node<'_>) -> bool {
    let Some(part) = value.cast::<ast::MultiAssignRef>() else {
        return is_null(value);
    };
    let row = part
        .source()
        .and_then(|source| source.cast::<ast::RowExpr>());
    let place = usize::try_from(part.colno() - 1).ok();
    row.zip(place)
        .and_then(|(row, place)| row.args().get(place))
        .is_some_and(is_null)
}
