//! What several rules ask of a resolved query beyond what the resolver answers.

use pglint_catalog::{ColumnNumber, Relation};
use pglint_semantic::resolve::{
    FromColumn, FromItemId, FromItemKind, Join, QueryId, Reference, Resolution,
};
use pglint_syntax::{Node, ast};

use crate::condition::{is_equality, with_descendants, without_casts};

use crate::ResolvedQuery;

impl<'t> ResolvedQuery<'t> {
    /// The same for another query of the statement.
    pub(crate) fn with(self, id: QueryId) -> ResolvedQuery<'t> {
        ResolvedQuery { id, ..self }
    }

    /// Its FROM items with those of joins instead of the joins, in the order of
    /// the text; the target of UPDATE, DELETE and MERGE comes first.
    pub(crate) fn leaves(self) -> Vec<FromItemId> {
        let mut items = self.resolution.items_of(self.id);
        items.retain(|item| self.resolution[*item].join().is_none());
        items
    }

    /// Its joins, outer ones before those inside.
    pub(crate) fn joins(self) -> impl Iterator<Item = &'t Join> {
        let items = self.resolution.items_of(self.id).into_iter();
        items.filter_map(move |item| self.resolution[item].join())
    }

    /// The FROM items, of this query or of outer ones, that an expression
    /// mentions, in subqueries too. `None` when a name in it is not known.
    pub(crate) fn mentioned_items(self, expression: Node<'t>) -> Option<Vec<FromItemId>> {
        let mut items = Vec::new();
        for node in with_descendants(expression) {
            if node.is::<ast::ColumnRef>() {
                let reference = self.resolution.reference(node)?;
                items.extend(items_of_reference(self.resolution, reference)?);
            }
        }
        // Items of subqueries inside the expression are nobody's business here.
        items.retain(|item| self.sees(self.resolution[*item].query));
        Some(items)
    }

    /// Is it this query or one around it?
    fn sees(self, query: QueryId) -> bool {
        let mut queries = std::iter::successors(Some(self.id), |id| self.resolution[*id].parent);
        queries.any(|id| id == query)
    }

    /// The column of `item` that the expression is, casts aside. A merged column
    /// of USING is a column of each item joined.
    pub(crate) fn column_of(self, expression: Node<'t>, item: FromItemId) -> Option<ColumnNumber> {
        let column = self
            .resolution
            .referenced_column(without_casts(expression))?;
        let sources = expand(self.resolution, column);
        let own = sources.into_iter().find(|it| it.from_item == item)?;
        Some(self.resolution.column(own)?.origin?.1)
    }

    /// The columns of a table in FROM that `=`, in one of the conditions, makes
    /// equal to a value that `accept` takes.
    pub(crate) fn equated_columns(
        self,
        item: FromItemId,
        conditions: &[Node<'t>],
        accept: impl Fn(Node<'t>) -> bool,
    ) -> Vec<ColumnNumber> {
        let mut columns = Vec::new();
        for (left, right) in conditions.iter().flat_map(|it| equated_pairs(*it)) {
            for (column, value) in [(left, right), (right, left)] {
                if let Some(column) = self.column_of(column, item).filter(|_| accept(value)) {
                    columns.push(column);
                }
            }
        }
        columns
    }

    /// The columns of a table in FROM that USING or NATURAL make equal to another
    /// item's.
    pub(crate) fn merged_columns(self, item: FromItemId) -> Vec<ColumnNumber> {
        let leaf = &self.resolution[item];
        let joins = self.joins().filter(|join| {
            [join.left, join.right]
                .iter()
                .any(|side| leaves_of(self.resolution, *side).contains(&item))
        });
        joins
            .flat_map(|join| &join.merged)
            .filter_map(|name| Some(leaf.columns.lookup(name).found()?.origin?.1))
            .collect()
    }

    /// Do conditions pin the item to one row: has a unique key of the table a value
    /// that is the same for all rows of the query?
    pub(crate) fn is_pinned(self, item: FromItemId, table: &Relation) -> bool {
        let is_fixed = |value| {
            let mentioned = self.mentioned_items(value);
            mentioned.is_some_and(|items| {
                items
                    .iter()
                    .all(|item| self.resolution[*item].query != self.id)
            })
        };
        let filters = self.resolution.filters(self.tree, self.id);
        is_unique_key(table, &self.equated_columns(item, &filters, is_fixed))
    }
}

/// Are all columns of one of the table's full unique keys among these?
pub(crate) fn is_unique_key(table: &Relation, columns: &[ColumnNumber]) -> bool {
    table.indexes.iter().any(|index| {
        index.unique
            && index.valid
            && index.predicate.is_none()
            && index
                .columns()
                .is_some_and(|key| key.iter().all(|column| columns.contains(column)))
    })
}

/// What `=` makes equal: `a = b`, or `(a, b) = (c, d)` pair by pair.
fn equated_pairs(condition: Node<'_>) -> Vec<(Node<'_>, Node<'_>)> {
    let Some(equality) = condition.cast::<ast::AExpr>().filter(|it| is_equality(*it)) else {
        return Vec::new();
    };
    let (Some(left), Some(right)) = (equality.lexpr(), equality.rexpr()) else {
        return Vec::new();
    };
    match (left.cast::<ast::RowExpr>(), right.cast::<ast::RowExpr>()) {
        (Some(left), Some(right)) => left.args().zip(right.args()).collect(),
        _ => vec![(left, right)],
    }
}

/// The items that a join joins, in the order of the text; else the item itself.
pub(crate) fn leaves_of(resolution: &Resolution, item: FromItemId) -> Vec<FromItemId> {
    let mut leaves = Vec::new();
    let mut pending = vec![item];
    while let Some(item) = pending.pop() {
        match &resolution[item].kind {
            FromItemKind::Join(join) => pending.extend([join.right, join.left]),
            FromItemKind::MergedColumns(join) => pending.push(*join),
            _ => leaves.push(item),
        }
    }
    leaves
}

/// The column itself or, for one that a join merges, the columns of the items
/// joined.
fn expand(resolution: &Resolution, column: FromColumn) -> Vec<FromColumn> {
    let mut columns = Vec::new();
    let mut pending = vec![column];
    while let Some(column) = pending.pop() {
        let is_of_join = matches!(
            resolution[column.from_item].kind,
            FromItemKind::Join(_) | FromItemKind::MergedColumns(_)
        );
        match resolution.column(column) {
            Some(found) if is_of_join => pending.extend(&found.sources),
            _ => columns.push(column),
        }
    }
    columns
}

/// `None` when it is not known what the reference stands for.
fn items_of_reference(resolution: &Resolution, reference: &Reference) -> Option<Vec<FromItemId>> {
    match reference {
        Reference::Column { column, .. } => {
            let sources = expand(resolution, *column).into_iter();
            Some(sources.map(|source| source.from_item).collect())
        }
        Reference::SystemColumn { from_item, .. } | Reference::WholeRow { from_item, .. } => {
            Some(leaves_of(resolution, *from_item))
        }
        Reference::Star { .. } | Reference::Output { .. } | Reference::Parameter => {
            Some(Vec::new())
        }
        Reference::Ambiguous | Reference::Missing | Reference::Unknown => None,
    }
}
