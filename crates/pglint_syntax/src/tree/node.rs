//! The handle with which everybody reads a tree.

use std::marker::PhantomData;

use pglint_text::TextRange;

use super::Tree;
use crate::ast::{Any, FieldShape, KINDS, Kind, KindInfo, NodeKind};

/// A node of a tree: a handle that is cheap to copy.
///
/// `Node<'t>` is a node of any kind; `Node<'t, ast::SelectStmt>` has that kind's
/// fields as methods.
pub struct Node<'t, T = Any> {
    tree: &'t Tree,
    id: u32,
    kind: PhantomData<T>,
}

impl<T> Clone for Node<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Node<'_, T> {}

/// The same node of the same tree.
impl<T, U> PartialEq<Node<'_, U>> for Node<'_, T> {
    fn eq(&self, other: &Node<'_, U>) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.id == other.id
    }
}

impl<T> Eq for Node<'_, T> {}

impl<T> std::fmt::Debug for Node<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?}@{:?} {:?}",
            self.node_kind(),
            self.range(),
            self.text()
        )
    }
}

impl<'t> Node<'t> {
    pub(crate) fn new(tree: &'t Tree, id: u32) -> Node<'t> {
        Node {
            tree,
            id,
            kind: PhantomData,
        }
    }
}

impl<'t, T> Node<'t, T> {
    /// The node's kind.
    pub fn node_kind(self) -> NodeKind {
        self.tree.kind_of(self.id)
    }

    /// This node as a node of kind `U`. `None` when it is of another kind.
    pub fn cast<U: Kind>(self) -> Option<Node<'t, U>> {
        self.is::<U>().then_some(Node {
            tree: self.tree,
            id: self.id,
            kind: PhantomData,
        })
    }

    /// Is it of kind `U`?
    pub fn is<U: Kind>(self) -> bool {
        self.node_kind() == U::KIND
    }

    /// This node as a node of any kind.
    pub fn erase(self) -> Node<'t> {
        Node::new(self.tree, self.id)
    }

    /// The tree that the node belongs to.
    pub fn tree(self) -> &'t Tree {
        self.tree
    }

    /// The node's number in its tree: parents have smaller numbers than their
    /// descendants.
    pub fn node_number(self) -> u32 {
        self.id
    }

    /// The numbers of the node and all its descendants: the node's own is the
    /// first.
    pub fn numbers(self) -> std::ops::Range<u32> {
        self.id..self.entry().next
    }

    /// `None` for the statement itself.
    pub fn parent(self) -> Option<Node<'t>> {
        let parent = self.entry().parent;
        (parent != self.id).then(|| self.tree.node(parent))
    }

    /// The parent, its parent, and so on up to the statement.
    pub fn ancestors(self) -> impl Iterator<Item = Node<'t>> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// The nodes directly below, in the order of the parser's fields.
    pub fn children(self) -> Children<'t> {
        Children {
            tree: self.tree,
            id: self.id + 1,
            end: self.entry().next,
        }
    }

    /// Every node below, parents before their children; not the node itself.
    pub fn descendants(self) -> impl Iterator<Item = Node<'t>> {
        (self.id + 1..self.entry().next).map(move |id| self.tree.node(id))
    }

    /// The node's half-open byte range in the statement.
    ///
    /// Exact for nearly all nodes; where the parser leaves no trace of a node's
    /// place it is the range of the nearest ancestor that has one.
    pub fn range(self) -> TextRange {
        self.tree.range_of(self.id)
    }

    /// The node's text as the user wrote it.
    pub fn text(self) -> &'t str {
        &self.tree.text[self.range()]
    }

    pub(crate) fn info(self) -> &'static KindInfo {
        &KINDS[usize::from(self.entry().kind)]
    }

    pub(crate) fn flag_at(self, slot: usize) -> bool {
        self.mask() & (1 << slot) != 0
    }

    pub(crate) fn int_at(self, slot: usize) -> i32 {
        self.word(slot).map_or(0, u32::cast_signed)
    }

    pub(crate) fn str_at(self, slot: usize) -> &'t str {
        self.word(slot).map_or("", |word| self.tree.string(word))
    }

    pub(crate) fn node_at(self, slot: usize) -> Option<Node<'t>> {
        self.word(slot).map(|word| self.tree.node(word))
    }

    pub(crate) fn message_at<U>(self, slot: usize) -> Option<Node<'t, U>> {
        self.word(slot).map(|word| Node {
            tree: self.tree,
            id: word,
            kind: PhantomData,
        })
    }

    pub(crate) fn nodes_at(self, slot: usize) -> Nodes<'t> {
        Nodes {
            tree: self.tree,
            words: self.list(slot),
        }
    }

    pub(crate) fn names_at(self, slot: usize) -> Names<'t> {
        Names {
            tree: self.tree,
            words: self.list(slot),
        }
    }

    /// The word of a field that is no flag. `None` when the field is not set.
    pub(crate) fn word(self, slot: usize) -> Option<u32> {
        let index = self.word_index(slot)?;
        Some(self.tree.words[index as usize])
    }

    /// Where that word is.
    pub(crate) fn word_index(self, slot: usize) -> Option<u32> {
        let mask = self.mask();
        if mask & (1 << slot) == 0 {
            return None;
        }
        let before = mask & ((1 << slot) - 1) & !self.info().flags;
        Some(self.entry().data + 1 + before.count_ones())
    }

    /// The words of a list, and where the first of them is.
    pub(crate) fn list_at(self, slot: usize) -> (u32, &'t [u32]) {
        let Some(start) = self.word(slot) else {
            return (0, &[]);
        };
        let length = self.tree.words[start as usize] as usize;
        let first = start as usize + 1;
        (start + 1, &self.tree.words[first..first + length])
    }

    fn list(self, slot: usize) -> &'t [u32] {
        self.list_at(slot).1
    }

    fn mask(self) -> u32 {
        self.tree.words[self.entry().data as usize]
    }

    fn entry(self) -> &'t super::Entry {
        &self.tree.entries[self.id as usize]
    }
}

impl<'t, T> Node<'t, T> {
    /// The same tree below, places in the text left aside: what a re-parse of the
    /// node's text must give.
    pub fn same_shape<U>(self, other: Node<'_, U>) -> bool {
        if self.node_kind() != other.node_kind() || self.mask() != other.mask() {
            return false;
        }
        self.info().fields.iter().enumerate().all(|(slot, field)| {
            if field.is_location() || !self.flag_at(slot) {
                return true;
            }
            match field.shape {
                FieldShape::Bool => true,
                FieldShape::Int => self.int_at(slot) == other.int_at(slot),
                FieldShape::Str => self.str_at(slot) == other.str_at(slot),
                FieldShape::Names => self.names_at(slot).eq(other.names_at(slot)),
                FieldShape::Node | FieldShape::Message(_) => {
                    match (self.node_at(slot), other.node_at(slot)) {
                        (Some(a), Some(b)) => a.same_shape(b),
                        (None, None) => true,
                        _ => false,
                    }
                }
                FieldShape::Nodes => {
                    let (a, b) = (self.nodes_at(slot), other.nodes_at(slot));
                    a.len() == b.len() && a.zip(b).all(|(a, b)| a.same_shape(b))
                }
            }
        })
    }
}

/// The nodes directly below a node.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree,
    id: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.id >= self.end {
            return None;
        }
        let node = self.tree.node(self.id);
        self.id = self.tree.entries[self.id as usize].next;
        Some(node)
    }
}

/// A list of nodes: what a field of PostgreSQL's type `List *` holds.
///
/// Empty elements, which a few fields such as an operator's missing left operand
/// have, are left out.
#[derive(Clone, Copy, Debug)]
pub struct Nodes<'t> {
    tree: &'t Tree,
    words: &'t [u32],
}

/// In a list of nodes, the element that is PostgreSQL's `NULL`.
pub(crate) const NO_NODE: u32 = u32::MAX;

impl<'t> Nodes<'t> {
    /// Has it no elements?
    pub fn is_empty(self) -> bool {
        self.words.is_empty()
    }

    /// The number of elements.
    pub fn len(self) -> usize {
        self.words.iter().filter(|word| **word != NO_NODE).count()
    }

    /// The first element.
    pub fn first(mut self) -> Option<Node<'t>> {
        self.next()
    }

    /// The last element.
    pub fn last(mut self) -> Option<Node<'t>> {
        self.next_back()
    }

    /// The element at a 0-based place.
    pub fn get(mut self, index: usize) -> Option<Node<'t>> {
        self.nth(index)
    }

    /// The elements of kind `U`; others are left out.
    pub fn of<U: Kind + 't>(self) -> impl Iterator<Item = Node<'t, U>> {
        self.filter_map(Node::cast)
    }
}

impl<'t> Iterator for Nodes<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        loop {
            let (first, rest) = self.words.split_first()?;
            self.words = rest;
            if *first != NO_NODE {
                return Some(self.tree.node(*first));
            }
        }
    }
}

impl DoubleEndedIterator for Nodes<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            let (last, rest) = self.words.split_last()?;
            self.words = rest;
            if *last != NO_NODE {
                return Some(self.tree.node(*last));
            }
        }
    }
}

/// A list of names: the parts of a qualified name, the columns of a key, ...
///
/// Names are as PostgreSQL keeps them: unquoted ones in lower case, quotes and
/// escapes gone.
#[derive(Clone, Copy, Debug)]
pub struct Names<'t> {
    tree: &'t Tree,
    words: &'t [u32],
}

/// In the fields of a column reference, the `*` at the end.
pub(crate) const STAR: u32 = u32::MAX;

impl<'t> Names<'t> {
    /// Has it no names? The `*` of `t.*` does not count.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The number of names. The `*` of `t.*` does not count.
    pub fn len(self) -> usize {
        self.words.len() - usize::from(self.has_star())
    }

    /// Is it a column reference that ends in `*`?
    pub fn has_star(self) -> bool {
        self.words.last() == Some(&STAR)
    }

    /// The first name.
    pub fn first(mut self) -> Option<&'t str> {
        self.next()
    }

    /// The last name.
    pub fn last(mut self) -> Option<&'t str> {
        self.next_back()
    }

    /// The only name. `None` when there are none or several.
    pub fn only(self) -> Option<&'t str> {
        (self.len() == 1).then(|| self.first()).flatten()
    }

    /// The name at a 0-based place.
    pub fn get(mut self, index: usize) -> Option<&'t str> {
        self.nth(index)
    }

    /// All names, in order.
    pub fn to_vec(self) -> Vec<&'t str> {
        self.collect()
    }
}

impl<'t> Iterator for Names<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        (*first != STAR).then(|| self.tree.string(*first))
    }
}

impl DoubleEndedIterator for Names<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (mut last, mut rest) = self.words.split_last()?;
        if *last == STAR {
            (last, rest) = rest.split_last()?;
        }
        self.words = rest;
        Some(self.tree.string(*last))
    }
}
