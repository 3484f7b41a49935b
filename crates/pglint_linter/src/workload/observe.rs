//! What one statement does with columns.

use pglint_catalog::Lookup;
use pglint_semantic::resolve::{Clause, ColumnReference, FromColumn, Query, Reference, Resolution};
use pglint_syntax::ast::NodeKind;
use pglint_syntax::{Node, Tree, ast};

use super::value::is_split;
use super::{BaseColumn, ColumnUse, Workload};
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
    for (id, query) in resolution.queries() {
        observer.assignments(query);
        observer.inserted(query);
        observer.arbiter(query);
        observer.joins(id);
    }
}

pub(super) struct Observer<'a> {
    pub(super) workload: &'a mut Workload,
    pub(super) tree: &'a Tree,
    pub(super) resolution: &'a Resolution,
}

impl Observer<'_> {
    fn reference(&mut self, found: &ColumnReference) -> Option<()> {
        let Reference::Column { column, .. } = found.reference else {
            return None;
        };
        let node = self.tree.get(found.node)?;
        let is_filtered = is_condition(found.clause, node) || is_in_condition_of_expression(node);
        let is_null_tested = is_null_tested(node);
        let is_split = is_split(node);
        if is_filtered || is_null_tested || is_split {
            for origin in self.origins(column) {
                self.mark(origin, |used| {
                    used.is_filtered |= is_filtered;
                    used.is_null_tested |= is_null_tested;
                    used.is_split |= is_split;
                });
                if is_filtered && found.clause != Clause::Expression {
                    self.compared(origin, node);
                }
            }
        }
        Some(())
    }

    /// The columns of relations that a column passes on.
    pub(super) fn origins(&self, column: FromColumn) -> Vec<BaseColumn> {
        let base = self.resolution.base_columns(column).into_iter();
        base.filter_map(|column| self.resolution.column(column)?.origin)
            .collect()
    }

    pub(super) fn mark(&mut self, origin: BaseColumn, mark: impl Fn(&mut ColumnUse)) {
        mark(self.workload.column_mut(origin));
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
            self.mark((relation, column), |used| {
                used.is_updated = true;
                used.is_set_to_null |= is_null;
            });
            if let Some(value) = target.val() {
                self.written((relation, column), value);
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

/// Does something ask whether the column is NULL: `IS [NOT] NULL`, `IS [NOT] TRUE`,
/// `IS [NOT] DISTINCT FROM`, `COALESCE`, `num_nulls`?
fn is_null_tested(node: Node<'_>) -> bool {
    expressions_around(node).any(|(_, outer)| match outer.node_kind() {
        NodeKind::NullTest | NodeKind::BooleanTest | NodeKind::CoalesceExpr => true,
        NodeKind::FuncCall => outer.cast::<ast::FuncCall>().is_some_and(|call| {
            matches!(call.funcname().last(), Some("num_nulls" | "num_nonnulls"))
        }),
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

#[cfg(test)]
mod tests {
    use super::*;
    use pglint_catalog::SearchPath;
    use pglint_semantic::lower::lower;
    use pglint_semantic::replay::Replay;
    use pglint_semantic::resolve::resolve;
    use pglint_syntax::{ParseOptions, parse, with_large_stack};
    use pglint_text::StatementId;

    /// What the statement does with column `c` of `CREATE TABLE t (a int, c int)`.
    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let used = with_large_stack(|| {
            let mut replay = Replay::default();
            let create = "CREATE TABLE t (a int PRIMARY KEY, c int)";
            let create = parse(create, ParseOptions::default()).unwrap();
            for change in lower(&create, StatementId(0)) {
                replay.apply(&change).unwrap();
            }
            let tree = parse(sql, ParseOptions::default()).unwrap();
            let resolution = resolve(tree.root(), &replay.catalog, &SearchPath::default());
            let mut workload = Workload::default();
            workload.observe(&tree, &resolution);
            let table = replay.catalog.tables().next().unwrap();
            workload.column(table.id, table.column_named("c").unwrap().number)
        });
        let words = [
            (used.is_filtered, "filtered"),
            (used.is_null_tested, "null-tested"),
            (used.is_updated, "updated"),
            (used.is_set_to_null, "set-to-null"),
        ];
        let found: Vec<_> = words.iter().filter(|it| it.0).map(|it| it.1).collect();
        assert_eq!(found.join(" "), expected, "{sql}");
    }

    #[test]
    fn conditions_filter() {
        check("SELECT c FROM t ORDER BY c", "");
        check("SELECT a FROM t WHERE c = 1", "filtered");
        check("SELECT a FROM t WHERE c IS NULL", "filtered null-tested");
        check("SELECT count(*) FILTER (WHERE c > 1) FROM t", "filtered");
        check("SELECT CASE WHEN c = 1 THEN a END FROM t", "filtered");
        check("SELECT CASE WHEN a = 1 THEN c END FROM t", "");
        check(
            "SELECT 1 FROM (SELECT c AS d FROM t) q WHERE d = 1",
            "filtered",
        );
        check(
            "SELECT 1 FROM t x JOIN t y USING (a) WHERE y.c = 1",
            "filtered",
        );
        check("CREATE INDEX ON t (a) WHERE c = 1", "filtered");
        check("ALTER TABLE t ADD CHECK (c > 1)", "");
    }

    #[test]
    fn null_is_asked_for() {
        check("SELECT COALESCE(c, 0) FROM t", "null-tested");
        check("SELECT c IS DISTINCT FROM a FROM t", "null-tested");
    }

    #[test]
    fn null_is_written() {
        check("UPDATE t SET c = 1", "updated");
        check("UPDATE t SET c = NULL::int", "updated set-to-null");
        check("UPDATE t SET (a, c) = (1, NULL)", "updated set-to-null");
        check("INSERT INTO t VALUES (1, 2), (2, NULL)", "set-to-null");
        check("INSERT INTO t (c, a) VALUES (1, NULL)", "");
        check("INSERT INTO t (c) SELECT NULL", "set-to-null");
        check(
            "INSERT INTO t VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET c = NULL",
            "updated set-to-null",
        );
        check(
            "MERGE INTO t USING t s ON t.a = s.a WHEN MATCHED THEN UPDATE SET c = NULL",
            "updated set-to-null",
        );
    }
}
