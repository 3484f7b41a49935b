//! What is visible where: PostgreSQL's `ParseState` with its list of
//! `ParseNamespaceItem`s (parse_node.h, parse_relation.c).

use pglint_catalog::{Catalog, Name, SearchPath};
use pglint_syntax::{Node, Tree};
use smallvec::smallvec;

use super::resolution::{
    Clause, Column, ColumnReference, Columns, Cte, CteId, FromColumn, FromItem, FromItemId,
    FromItemKind, Query, QueryId, QueryKind, Reference, Resolution,
};

/// Names that an unqualified name may stand for when no column has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Parameters {
    /// There are none.
    #[default]
    None,
    /// The parameters of a function in language SQL, under these names; also the
    /// function's own name, with which they can be qualified.
    Known(Vec<Name>),
    /// Any name may be a variable, and may even come before columns, as in
    /// PL/pgSQL.
    Unknown,
}

/// The work in progress on one statement.
pub(super) struct Resolver<'a> {
    pub(super) tree: &'a Tree,
    pub(super) catalog: &'a Catalog,
    pub(super) search_path: &'a SearchPath,
    pub(super) parameters: &'a Parameters,
    pub(super) resolution: Resolution,
    /// By query number.
    pub(super) scopes: Vec<Scope>,
    /// By CTE number.
    pub(super) cte_states: Vec<CteState>,
}

/// What is visible in a query at the moment.
#[derive(Default)]
pub(super) struct Scope {
    pub(super) namespace: Vec<Visible>,
    /// Whether items that only LATERAL sees are visible now.
    pub(super) lateral_active: bool,
    /// The common tables of this level, the last one first to be found.
    pub(super) ctes: Vec<CteId>,
}

/// A FROM item in scope (`ParseNamespaceItem`).
#[derive(Clone, Debug)]
pub(super) struct Visible {
    pub(super) item: FromItemId,
    /// Whether `item.column` works.
    pub(super) by_name: bool,
    /// Whether its columns can be named without it.
    pub(super) columns: bool,
    /// Whether only LATERAL sees it for now.
    pub(super) lateral_only: bool,
    /// Whether LATERAL may refer to it.
    pub(super) lateral_allowed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CteState {
    Pending,
    Active,
    Done,
}

impl Visible {
    pub(super) fn new(item: FromItemId, by_name: bool, columns: bool) -> Visible {
        Visible {
            item,
            by_name,
            columns,
            lateral_only: false,
            lateral_allowed: true,
        }
    }

    /// Whether a look-up in this scope finds it at the moment.
    pub(super) fn is_active(&self, scope: &Scope) -> bool {
        !self.lateral_only || scope.lateral_active
    }
}

/// `setNamespaceLateralState`.
pub(super) fn set_lateral(namespace: &mut [Visible], lateral_only: bool, lateral_allowed: bool) {
    for visible in namespace {
        visible.lateral_only = lateral_only;
        visible.lateral_allowed = lateral_allowed;
    }
}

impl<'a> Resolver<'a> {
    /// A new level inside `parent`.
    pub(super) fn new_query<T>(
        &mut self,
        node: Node<'a, T>,
        kind: QueryKind,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let id = QueryId(self.resolution.queries.len() as u32);
        self.resolution.queries.push(Query {
            node: node.node_number(),
            kind,
            parent,
            clause: if parent.is_some() {
                clause
            } else {
                Clause::None
            },
            ctes: Vec::new(),
            from: Vec::new(),
            target: None,
            where_clause: None,
            having: None,
            columns: Columns::unknown(),
            assignments: Vec::new(),
        });
        self.scopes.push(Scope::default());
        id
    }

    pub(super) fn add_item(&mut self, item: FromItem) -> FromItemId {
        let id = FromItemId(self.resolution.from_items.len() as u32);
        self.resolution.from_items.push(item);
        id
    }

    pub(super) fn add_cte(&mut self, cte: Cte) -> CteId {
        let id = CteId(self.resolution.ctes.len() as u32);
        self.resolution.ctes.push(cte);
        self.cte_states.push(CteState::Pending);
        id
    }

    pub(super) fn query(&mut self, id: QueryId) -> &mut Query {
        &mut self.resolution.queries[id.0 as usize]
    }

    pub(super) fn item(&mut self, id: FromItemId) -> &mut FromItem {
        &mut self.resolution.from_items[id.0 as usize]
    }

    pub(super) fn cte(&mut self, id: CteId) -> &mut Cte {
        &mut self.resolution.ctes[id.0 as usize]
    }

    pub(super) fn scope(&mut self, id: QueryId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// The query and those around it, with their distance.
    pub(super) fn levels(&self, query: QueryId) -> impl Iterator<Item = (u32, QueryId)> {
        let levels = std::iter::successors(Some(query), |id| self.resolution[*id].parent);
        (0..).zip(levels)
    }

    /// The common table of that name and how many levels further out it is
    /// (`scanNameSpaceForCTE`).
    pub(super) fn find_cte(&self, query: QueryId, name: &str) -> Option<(u32, CteId)> {
        self.levels(query).find_map(|(level, id)| {
            let ctes = &self.scopes[id.0 as usize].ctes;
            let found = ctes.iter().rev();
            let mut found = found.filter(|cte| self.resolution[**cte].name == name);
            Some((level, *found.next()?))
        })
    }

    pub(super) fn record<T>(
        &mut self,
        node: Node<'a, T>,
        query: QueryId,
        clause: Clause,
        reference: Reference,
    ) {
        let index = self.resolution.references.len() as u32;
        let number = node.node_number();
        self.resolution.by_node.insert(number, index);
        self.resolution.references.push(ColumnReference {
            node: number,
            query,
            clause,
            reference,
        });
    }

    /// The columns of an item as somebody further out passes them on.
    pub(super) fn passed_on(&self, item: FromItemId) -> Columns {
        let columns = &self.resolution[item].columns;
        let known = (0..).zip(&columns.known).map(|(index, column)| Column {
            sources: smallvec![self.descend(FromColumn {
                from_item: item,
                index,
            })],
            expression: None,
            ..column.clone()
        });
        Columns {
            known: known.collect(),
            complete: columns.complete,
        }
    }

    /// The column of the item joined that a join's column passes on; a merged
    /// column stays one of the join.
    pub(super) fn descend(&self, column: FromColumn) -> FromColumn {
        let item = &self.resolution[column.from_item];
        let within_join = matches!(
            item.kind,
            FromItemKind::Join(_) | FromItemKind::MergedColumns(_)
        );
        match item.columns.known.get(column.index as usize) {
            Some(found) if within_join && found.sources.len() == 1 => {
                self.descend(found.sources[0])
            }
            _ => column,
        }
    }

    /// The same, but for a column to which the join's alias gives another name.
    pub(super) fn descend_by_name(&self, column: FromColumn) -> FromColumn {
        let inner = self.descend(column);
        let name = |it| self.resolution.column(it).map(|it| &it.name);
        if name(inner) == name(column) {
            inner
        } else {
            column
        }
    }

    /// Marks that an outer join can make all of an item NULL.
    pub(super) fn mark_nullable(&mut self, id: FromItemId) {
        let item = self.item(id);
        item.nullable = true;
        if let FromItemKind::Join(join) = &item.kind {
            let (left, right) = (join.left, join.right);
            self.mark_nullable(left);
            self.mark_nullable(right);
        }
    }
}
