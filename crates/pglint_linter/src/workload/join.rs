//! Which columns statements equate with those of other FROM items, and which
//! unique keys they rely on.

use pglint_catalog::ColumnNumber;
use pglint_semantic::resolve::{FromColumn, FromItemId, Query, QueryId};
use pglint_syntax::{Node, ast};

use super::observe::Observer;
use crate::condition::{is_equality, without_casts};

impl Observer<'_> {
    /// `a.x = b.y` in ON, WHERE and HAVING, and the columns of USING.
    pub(super) fn joins(&mut self, query: QueryId) {
        for condition in self.resolution.conditions(self.tree, query) {
            // `None`: it equates no two columns.
            let _ = self.equality(condition);
        }
        for item in self.resolution.items_of(query) {
            let Some(join) = self.resolution[item].join() else {
                continue;
            };
            for name in &join.merged {
                let _ = self.merged(join.left, join.right, name);
            }
        }
    }

    fn equality(&mut self, condition: Node<'_>) -> Option<()> {
        let equality = condition
            .cast::<ast::AExpr>()
            .filter(|it| is_equality(*it))?;
        let left = self.column(equality.lexpr()?)?;
        let right = self.column(equality.rexpr()?)?;
        self.joined(left, right);
        Some(())
    }

    fn column(&self, expression: Node<'_>) -> Option<FromColumn> {
        self.resolution.referenced_column(without_casts(expression))
    }

    fn merged(&mut self, left: FromItemId, right: FromItemId, name: &str) -> Option<()> {
        let column = |item: FromItemId| {
            let known = &self.resolution[item].columns.known;
            let index = known.iter().position(|column| column.name == name)?;
            Some(FromColumn {
                from_item: item,
                index: u32::try_from(index).ok()?,
            })
        };
        let (left, right) = (column(left)?, column(right)?);
        self.joined(left, right);
        Some(())
    }

    fn joined(&mut self, left: FromColumn, right: FromColumn) {
        // Two columns of one row say nothing of another table.
        if left.from_item == right.from_item {
            return;
        }
        // A column that several others feed (of UNION, of a merged join) may be
        // equal to one of them only.
        let (left, right) = (self.origins(left), self.origins(right));
        if let ([left], [right]) = (left.as_slice(), right.as_slice()) {
            for (one, other) in [(left, right), (right, left)] {
                let used = self.workload.used_mut(one.0);
                used.joined.entry(one.1).or_default().insert(*other);
            }
        }
    }

    /// The unique key that ON CONFLICT names.
    pub(super) fn arbiter(&mut self, query: &Query) -> Option<()> {
        let insert = self.tree.get(query.node)?.cast::<ast::InsertStmt>()?;
        let target = &self.resolution[query.target?];
        let relation = target.relation()?;
        let infer = insert.on_conflict_clause()?.infer()?;
        if !infer.conname().is_empty() {
            let name = infer.conname().into();
            self.workload.named_arbiters.insert(name);
        }
        let elements = infer.index_elems().of::<ast::IndexElem>();
        let columns: Option<Vec<ColumnNumber>> = elements
            .map(|element| Some(target.columns.lookup(element.name()).found()?.origin?.1))
            .collect();
        let mut columns = columns?;
        columns.sort_unstable();
        self.workload.used_mut(relation).arbiters.insert(columns);
        Some(())
    }
}
