//! WITH: `transformWithClause` of parse_cte.c.

use pglint_catalog::Name;
use pglint_syntax::{Node, ast};

use super::resolution::{Clause, Column, Columns, Cte, CteId, QueryId};
use super::scope::{CteState, Resolver};

impl<'a> Resolver<'a> {
    /// Resolves all common tables of a WITH and makes them visible.
    pub(super) fn with_clause(&mut self, query: QueryId, with: Option<Node<'a, ast::WithClause>>) {
        let Some(with) = with else { return };
        let recursive = with.recursive();
        let mut ids = Vec::new();
        for node in with.ctes().of::<ast::CommonTableExpr>() {
            ids.push(self.add_cte(Cte {
                node: node.node_number(),
                name: Name::new(node.ctename()),
                owner: query,
                query: None,
                recursive,
                columns: Columns::unknown(),
                added_columns: 0,
            }));
        }
        self.query(query).ctes.clone_from(&ids);
        if recursive {
            self.scope(query).ctes.clone_from(&ids);
        }
        for id in ids {
            self.finish_cte(id);
            if !recursive {
                self.scope(query).ctes.push(id);
            }
        }
    }

    /// Resolves a common table that was not yet: under RECURSIVE one can be named
    /// before its own place in the list.
    pub(super) fn finish_cte(&mut self, id: CteId) {
        if self.cte_states[id.0 as usize] != CteState::Pending {
            return;
        }
        self.cte_states[id.0 as usize] = CteState::Active;
        let cte = &self.resolution[id];
        let owner = cte.owner;
        let node = self.tree.get(cte.node);
        let node = node.and_then(|it| it.cast::<ast::CommonTableExpr>());
        let inner = node.and_then(|it| it.ctequery());
        if let (Some(node), Some(inner)) = (node, inner) {
            let inner = self.statement(inner, Some(owner), Clause::With, Some(id));
            let columns = inner.map(|it| self.resolution[it].columns.clone());
            let columns = columns.unwrap_or_default();
            self.cte(id).query = inner;
            self.set_columns(id, node, columns);
        }
        self.cte_states[id.0 as usize] = CteState::Done;
    }

    /// What a recursive term sees: the columns of the term that is not recursive
    /// (`determineRecursiveColTypes`).
    pub(super) fn set_recursive_columns(&mut self, id: CteId, first_operand: QueryId) {
        let cte = &self.resolution[id];
        let node = self.tree.get(cte.node);
        let node = node.and_then(|it| it.cast::<ast::CommonTableExpr>());
        if let Some(node) = node.filter(|_| cte.recursive) {
            let mut columns = self.resolution[first_operand].columns.clone();
            for column in &mut columns.known {
                *column = Column {
                    data_type: column.data_type.take(),
                    ..Column::named(column.name.clone())
                };
            }
            self.set_columns(id, node, columns);
        }
    }

    fn set_columns(
        &mut self,
        id: CteId,
        node: Node<'a, ast::CommonTableExpr>,
        mut columns: Columns,
    ) {
        for column in &mut columns.known {
            column.expression = None;
        }
        columns.rename(node.aliascolnames());
        let added = added_columns(node);
        self.cte(id).added_columns = added.len();
        columns.known.extend(added);
        self.cte(id).columns = columns;
    }
}

/// The columns of SEARCH, then those of CYCLE.
fn added_columns(node: Node<'_, ast::CommonTableExpr>) -> Vec<Column> {
    let mut added = Vec::new();
    if let Some(search) = node.search_clause() {
        added.push(Column::named(search.search_seq_column()));
    }
    if let Some(cycle) = node.cycle_clause() {
        added.push(Column::named(cycle.cycle_mark_column()));
        added.push(Column::named(cycle.cycle_path_column()));
    }
    added
}
