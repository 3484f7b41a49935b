//! A statement's names, resolved when a rule first asks for them.

use std::cell::OnceCell;

use pglint_semantic::resolve::{Query, QueryId, Resolution, resolve};
use pglint_syntax::{Node, Tree};

use crate::StatementContext;

/// One query of a statement with everything around it.
#[derive(Clone, Copy)]
pub struct ResolvedQuery<'t> {
    /// The statement's tree.
    pub tree: &'t Tree,
    /// The statement's names.
    pub resolution: &'t Resolution,
    /// Which of the statement's queries.
    pub id: QueryId,
}

impl<'t> ResolvedQuery<'t> {
    /// The query.
    pub fn query(self) -> &'t Query {
        &self.resolution[self.id]
    }

    /// The query's node: `SelectStmt`, `UpdateStmt`, ... `None` never, but for a
    /// resolution of another tree.
    pub fn node(self) -> Option<Node<'t>> {
        self.tree.get(self.query().node)
    }
}

/// The resolution of a statement, made when it is first wanted: most statements
/// are DDL that no rule asks about.
pub(crate) struct Resolved<'a> {
    tree: &'a Tree,
    context: StatementContext<'a>,
    resolution: OnceCell<Resolution>,
}

impl<'a> Resolved<'a> {
    pub(crate) fn new(tree: &'a Tree, context: StatementContext<'a>) -> Resolved<'a> {
        Resolved {
            tree,
            context,
            resolution: OnceCell::new(),
        }
    }

    pub(crate) fn get(&self) -> &Resolution {
        self.resolution.get_or_init(|| {
            resolve(
                self.tree.root(),
                self.context.catalog,
                self.context.search_path,
            )
        })
    }
}
