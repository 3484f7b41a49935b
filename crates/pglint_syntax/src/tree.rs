//! The parse tree of one statement: packed, owned, immutable.
//!
//! A node is a row in `Tree::entries` and a few 32-bit words: a mask that says
//! which fields are present, then a word for each of them. So a field that a
//! statement does not use, which is most of them, costs nothing.
//! Rows are in pre-order: a node's descendants are the rows that follow it.

mod mask;
mod node;

pub use node::{Children, Names, Node, Nodes};
pub(crate) use node::{NO_NODE, STAR};

use crate::ast::{Any, NODE_KINDS, NodeKind};
use crate::mask::Mask;
use pglint_text::{TextRange, TextSize};

/// The parse tree of one statement, with the statement's text.
#[derive(Clone, PartialEq, Eq)]
pub struct Tree {
    pub(crate) text: Box<str>,
    pub(crate) masks: Box<[Mask]>,
    pub(crate) entries: Box<[Entry]>,
    pub(crate) words: Box<[u32]>,
    /// Where each string ends in `strings`; it begins where the one before ends.
    pub(crate) string_ends: Box<[u32]>,
    pub(crate) strings: Box<str>,
}

/// The row of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// A place in `NODE_KINDS` and `KINDS`.
    pub(crate) kind: u16,
    /// The row of the parent; the root's is its own.
    pub(crate) parent: u32,
    /// The row after the last descendant.
    pub(crate) next: u32,
    /// Where the node's words begin: its mask, then its fields.
    pub(crate) data: u32,
    /// Half-open byte range in the statement's text.
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Tree {
    /// The statement itself: `SelectStmt`, `CreateStmt`, ...
    pub fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// The kind of the statement.
    pub fn kind(&self) -> NodeKind {
        self.root().node_kind()
    }

    /// The statement's text, to which every range of the tree is relative.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every node, parents before their children.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.entries.len() as u32).map(|id| self.node(id))
    }

    /// The node of a number (see [`Node::node_number`]). `None` when there are not
    /// that many.
    pub fn get(&self, number: u32) -> Option<Node<'_>> {
        ((number as usize) < self.entries.len()).then(|| self.node(number))
    }

    /// The number of bytes that the tree keeps, its text not counted.
    pub fn memory(&self) -> usize {
        size_of::<Tree>()
            + size_of_val(&*self.entries)
            + size_of_val(&*self.words)
            + size_of_val(&*self.string_ends)
            + self.strings.len()
    }

    pub(crate) fn node(&self, id: u32) -> Node<'_, Any> {
        Node::new(self, id)
    }

    pub(crate) fn kind_of(&self, id: u32) -> NodeKind {
        NODE_KINDS[usize::from(self.entries[id as usize].kind)]
    }

    pub(crate) fn range_of(&self, id: u32) -> TextRange {
        let entry = &self.entries[id as usize];
        TextRange::new(TextSize::new(entry.start), TextSize::new(entry.end))
    }

    pub(crate) fn string(&self, number: u32) -> &str {
        let number = number as usize;
        let start = match number.checked_sub(1) {
            Some(before) => self.string_ends[before] as usize,
            None => 0,
        };
        &self.strings[start..self.string_ends[number] as usize]
    }
}

impl std::fmt::Debug for Tree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tree({:?})", self.root())
    }
}
