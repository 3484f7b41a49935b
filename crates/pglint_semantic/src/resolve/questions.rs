//! What rules ask about resolved queries.

use pglint_catalog::RelationId;
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::{Node, Tree};

use super::resolution::{
    Clause, ColumnReference, FromColumn, FromItemId, FromItemKind, JoinKind, QueryId, QueryKind,
    Reference, Resolution,
};

/// `column = something` among the conditions of a query.
#[derive(Clone, Debug)]
pub struct Equality<'t> {
    /// The comparison.
    pub node: Node<'t>,
    /// The column on one side.
    pub column: FromColumn,
    /// The other side.
    pub operand: Operand<'t>,
}

/// The other side of an equality.
#[derive(Clone, Debug)]
pub enum Operand<'t> {
    /// A column, of the same query or of one around it.
    Column(FromColumn),
    /// A literal or a parameter, cast or not.
    Constant(Node<'t>),
    /// Anything else.
    Other(Node<'t>),
}

/// The operands of AND at the top of a condition; the condition itself when it is
/// no AND.
pub fn conjuncts(condition: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut waiting = vec![condition];
    while let Some(node) = waiting.pop() {
        let and = node
            .cast::<ast::BoolExpr>()
            .filter(|it| it.boolop() == ast::BoolExprType::AndExpr);
        match and {
            Some(and) => waiting.extend(and.args().rev()),
            None => found.push(node),
        }
    }
    found
}

fn is_outside_targets(clause: Clause) -> bool {
    !matches!(clause, Clause::Target | Clause::Returning)
}

impl Resolution {
    /// All items below the FROM of a query, joins included, left before right,
    /// the target of UPDATE, DELETE and MERGE first (and not that of INSERT).
    pub fn items_of(&self, query: QueryId) -> Vec<FromItemId> {
        let has_target = !matches!(self[query].kind, QueryKind::Insert);
        let target = self[query].target.filter(|_| has_target);
        let mut found: Vec<_> = target.into_iter().collect();
        let mut waiting: Vec<_> = self[query].from.iter().rev().copied().collect();
        while let Some(id) = waiting.pop() {
            found.push(id);
            if let Some(join) = self[id].join() {
                waiting.extend([join.right, join.left]);
            }
        }
        found
    }

    /// The relations of the catalog among them.
    pub fn relations_of(&self, query: QueryId) -> Vec<(FromItemId, RelationId)> {
        let items = self.items_of(query).into_iter();
        items
            .filter_map(|id| Some((id, self[id].relation()?)))
            .collect()
    }

    /// Whether the statement names the relation anywhere.
    pub fn names_relation(&self, relation: RelationId) -> bool {
        let mut items = self.from_items.iter();
        items.any(|item| item.relation() == Some(relation))
    }

    /// The conditions that every row of the query fulfils: WHERE, and ON of inner
    /// joins that are not on the side of an outer join that can be NULL. ANDs are
    /// taken apart.
    pub fn filters<'t>(&self, tree: &'t Tree, query: QueryId) -> Vec<Node<'t>> {
        let on = self.certain_inner_joins(query).into_iter();
        let on = on.filter_map(|id| self[id].join()?.on);
        let numbers = self[query].where_clause.into_iter().chain(on);
        numbers
            .filter_map(|number| tree.get(number))
            .flat_map(conjuncts)
            .collect()
    }

    /// All conditions of the query: WHERE, every ON, HAVING. ANDs are taken apart.
    pub fn conditions<'t>(&self, tree: &'t Tree, query: QueryId) -> Vec<Node<'t>> {
        let on = self.items_of(query).into_iter();
        let on = on.filter_map(|id| self[id].join()?.on);
        let where_clause = self[query].where_clause.into_iter();
        let numbers = where_clause.chain(on).chain(self[query].having);
        numbers
            .filter_map(|number| tree.get(number))
            .flat_map(conjuncts)
            .collect()
    }

    /// The conditions of the query that mention the column, or something that
    /// passes it on.
    pub fn conditions_on<'t>(
        &self,
        tree: &'t Tree,
        query: QueryId,
        column: FromColumn,
    ) -> Vec<Node<'t>> {
        let mut conditions = self.conditions(tree, query);
        conditions.retain(|condition| self.mentions(*condition, column));
        conditions
    }

    /// Whether an expression mentions the column, directly or through a subquery,
    /// join or common table that passes it on.
    pub fn mentions(&self, expression: Node<'_>, column: FromColumn) -> bool {
        let numbers = expression.numbers();
        let within = self.references.iter();
        let mut within = within.filter(|it| numbers.contains(&it.node));
        within.any(|it| self.stands_for(&it.reference, column))
    }

    /// Whether anything outside of target lists and RETURNING mentions the column,
    /// directly or through what passes it on: a filter, a join, GROUP BY, ORDER
    /// BY, SET, ... A whole row counts as a mention of each column, and so does
    /// `item.name` that is not known, which may be a function of the row; another name
    /// that could not be resolved is one of each column of that name.
    pub fn mentions_outside_targets(&self, tree: &Tree, column: FromColumn) -> bool {
        let Some(name) = self.column(column).map(|it| &it.name) else {
            return false;
        };
        self.references.iter().any(|it| match &it.reference {
            Reference::Star { .. } => false,
            Reference::Unknown | Reference::Ambiguous => {
                let node = tree.get(it.node).and_then(|it| it.cast::<ast::ColumnRef>());
                let item = &self[column.from_item].name;
                is_outside_targets(it.clause)
                    && node.is_some_and(|it| {
                        let fields = it.fields();
                        fields.last() == Some(name)
                            || fields.len() == 2 && fields.first() == item.as_deref()
                    })
            }
            reference => {
                is_outside_targets(self.clause_of(it)) && self.stands_for(reference, column)
            }
        })
    }

    /// In which clause of the query that owns its FROM item a reference stands: for
    /// one in a subquery, the clause that the subquery is in.
    pub fn clause_of(&self, reference: &ColumnReference) -> Clause {
        let owner = match &reference.reference {
            Reference::Column { column, .. } => self[column.from_item].query,
            Reference::SystemColumn { from_item, .. } | Reference::WholeRow { from_item, .. } => {
                self[*from_item].query
            }
            _ => reference.query,
        };
        let (mut query, mut clause) = (reference.query, reference.clause);
        while query != owner {
            clause = self[query].clause;
            match self[query].parent {
                Some(parent) => query = parent,
                None => break,
            }
        }
        clause
    }

    /// The conditions `column = ...` that every row fulfils; one entry for each
    /// side that is a column.
    pub fn equalities<'t>(&self, tree: &'t Tree, query: QueryId) -> Vec<Equality<'t>> {
        let mut found = Vec::new();
        for node in self.filters(tree, query) {
            let Some(equals) = node.cast::<ast::AExpr>() else {
                continue;
            };
            let is_equality =
                equals.kind() == ast::AExprKind::AexprOp && equals.name().only() == Some("=");
            let (Some(left), Some(right), true) = (equals.lexpr(), equals.rexpr(), is_equality)
            else {
                continue;
            };
            for (one, other) in [(left, right), (right, left)] {
                if let Some(column) = self.referenced_column(one) {
                    let operand = self.operand(other);
                    found.push(Equality {
                        node,
                        column,
                        operand,
                    });
                }
            }
        }
        found
    }

    fn operand<'t>(&self, node: Node<'t>) -> Operand<'t> {
        if let Some(column) = self.referenced_column(node) {
            return Operand::Column(column);
        }
        let mut current = node;
        while let Some(inner) = current.cast::<ast::TypeCast>().and_then(|it| it.arg()) {
            current = inner;
        }
        match current.node_kind() {
            NodeKind::AConst | NodeKind::ParamRef => Operand::Constant(node),
            _ => Operand::Other(node),
        }
    }

    /// The column that a `ColumnRef` stands for.
    pub fn referenced_column(&self, node: Node<'_>) -> Option<FromColumn> {
        match self.reference(node)? {
            Reference::Column { column, .. } => Some(*column),
            _ => None,
        }
    }

    /// The columns of relations that a column passes on, through joins, subqueries
    /// and common tables. Empty when it is an expression.
    pub fn base_columns(&self, column: FromColumn) -> Vec<FromColumn> {
        let mut found = Vec::new();
        let mut waiting = vec![column];
        let mut seen = Vec::new();
        while let Some(column) = waiting.pop() {
            if seen.contains(&column) {
                continue;
            }
            seen.push(column);
            match self[column.from_item].kind {
                FromItemKind::Relation(_) => found.push(column),
                _ => waiting.extend(self.sources(column).iter().rev()),
            }
        }
        found
    }

    /// Whether a reference stands for the column or for what passes it on.
    pub fn stands_for(&self, reference: &Reference, column: FromColumn) -> bool {
        match reference {
            Reference::Column { column: found, .. } => self.passes_on(*found, column),
            Reference::WholeRow { from_item, .. } => {
                let count = self[*from_item].columns.known.len() as u32;
                (0..count).any(|index| {
                    let from_item = *from_item;
                    self.passes_on(FromColumn { from_item, index }, column)
                })
            }
            Reference::Output {
                query,
                column: index,
            } => {
                let output = self[*query].columns.known.get(*index as usize);
                let sources = output.into_iter().flat_map(|it| &it.sources);
                sources
                    .copied()
                    .any(|source| self.passes_on(source, column))
            }
            _ => false,
        }
    }

    /// Whether `outer` is the column or passes it on.
    fn passes_on(&self, outer: FromColumn, column: FromColumn) -> bool {
        let mut waiting = vec![outer];
        let mut seen = Vec::new();
        while let Some(current) = waiting.pop() {
            if current == column {
                return true;
            }
            if !seen.contains(&current) {
                seen.push(current);
                waiting.extend(self.sources(current));
            }
        }
        false
    }

    fn sources(&self, column: FromColumn) -> &[FromColumn] {
        self.column(column).map_or(&[], |it| &it.sources)
    }

    /// The inner joins whose condition every row of the query fulfils.
    pub(super) fn certain_inner_joins(&self, query: QueryId) -> Vec<FromItemId> {
        let mut found = Vec::new();
        let mut waiting = self[query].from.clone();
        while let Some(id) = waiting.pop() {
            let Some(join) = self[id].join() else {
                continue;
            };
            match join.kind {
                JoinKind::Inner => {
                    found.push(id);
                    waiting.extend([join.left, join.right]);
                }
                JoinKind::Left => waiting.push(join.left),
                JoinKind::Right => waiting.push(join.right),
                JoinKind::Full => {}
            }
        }
        found
    }
}
