//! Where each node stands in the text.
//!
//! PostgreSQL's parser keeps for some nodes the place of one of their tokens
//! (the anchor: an operator, `::`, a name, a first keyword), never an end. The
//! rest is found again from the tokens:
//!
//! 1. Upwards, children before parents: a node reaches from the leftmost to the
//!    rightmost of its anchor and its children, grown until it cuts no bracket in
//!    two, and then over the tokens around it that belong to its kind and have
//!    no node (`END`, `IS NOT NULL`, the parentheses of a call).
//! 2. Downwards, parents before children: what can only be told from the
//!    surroundings, such as the commands of `ALTER TABLE`, which stand between
//!    commas, or where a query ends.
//! 3. A node that left no trace gets the range of its parent.
//!
//! So a range is whole tokens and lies in the parent's range; where it is not
//! exact it is too wide.

mod element;
mod expression;
mod from_item;
mod query;
mod tokens;
mod type_name;

use std::sync::LazyLock;

use crate::ParseOptions;
use crate::ast::{self, FieldShape, KINDS};
use crate::tree::{Node, Tree};
use tokens::{Place, Span, Tokens};

/// Gives every node its range.
pub(crate) fn recover(tree: &mut Tree, options: ParseOptions) {
    let Some(ranges) = byte_ranges(tree, options) else {
        return;
    };
    for (entry, (start, end)) in tree.entries.iter_mut().zip(ranges) {
        entry.start = start;
        entry.end = end;
    }
}

/// By node: the start and the end, not included. `None` for a text without tokens.
fn byte_ranges(tree: &Tree, options: ParseOptions) -> Option<Vec<(u32, u32)>> {
    let tokens = Tokens::new(&tree.text, options);
    let statement = tokens.statement()?;
    let mut recovery = Recovery {
        tree,
        tokens,
        spans: vec![None; tree.entries.len()],
    };
    recovery.go_up();
    recovery.go_down(statement);
    let spans = recovery.spans.iter();
    let bytes = spans.map(|span| recovery.tokens.bytes(span.unwrap_or(statement)));
    Some(bytes.collect())
}

struct Recovery<'t> {
    tree: &'t Tree,
    tokens: Tokens<'t>,
    /// By node: its tokens as far as they are known.
    spans: Vec<Option<Span>>,
}

impl<'t> Recovery<'t> {
    fn go_up(&mut self) {
        for id in (0..self.spans.len() as u32).rev() {
            let node = self.tree.node(id);
            let anchor = self.anchor(node);
            let known = self.anchor_and_children(node, anchor);
            let whole = self.whole(node, anchor, known);
            self.spans[id as usize] = match (known, whole) {
                (Some(known), Some(whole)) => Some(self.tokens.join(known, whole)),
                (known, whole) => whole.or(known),
            };
        }
    }

    fn go_down(&mut self, statement: Span) {
        if let Some(root) = self.spans.first_mut() {
            *root = Some(statement);
        }
        for id in 0..self.spans.len() as u32 {
            let node = self.tree.node(id);
            if let Some(parent) = node.parent() {
                let outer = self.span(parent).unwrap_or(statement);
                let inner = self.extent(node, outer);
                self.spans[id as usize] = match inner {
                    Some(inner) if outer.contains(inner) => Some(inner),
                    _ => Some(outer),
                };
            }
            self.place_children(node);
        }
    }

    /// The node with the tokens that belong to its kind, told from the tokens
    /// around the anchor and the children. `None` where nothing is to be added.
    fn whole(
        &mut self,
        node: Node<'t>,
        anchor: Option<Place>,
        known: Option<Span>,
    ) -> Option<Span> {
        self.expression(node, anchor, known)
            .or_else(|| self.type_name(node, anchor))
            .or_else(|| self.table_reference(node, anchor, known))
            .or_else(|| self.part_of_query(node, anchor, known))
            .or_else(|| self.element(node, anchor, known))
    }

    /// The node's tokens, once those of the parent, `outer`, are known.
    fn extent(&self, node: Node<'t>, outer: Span) -> Option<Span> {
        let known = self.span(node);
        self.statement_extent(node, known?, outer).or(known)
    }

    /// Places children that only their neighbours tell.
    fn place_children(&mut self, node: Node<'t>) {
        self.place_set_operands(node);
        self.place_elements(node);
    }

    fn anchor_and_children(&self, node: Node<'t>, anchor: Option<Place>) -> Option<Span> {
        let mut known = anchor.map(Span::one);
        for child in node.children() {
            if let Some(child) = self.span(child) {
                known = Some(match known {
                    Some(known) => self.tokens.join(known, child),
                    None => child,
                });
            }
        }
        known
    }

    /// The token that the parser's `location` names.
    ///
    /// Protocol buffers leave a zero out. The only node, apart from the
    /// statement itself, that can begin at byte 0 is a WITH clause; elsewhere
    /// an absent location is one that the grammar never sets.
    fn anchor(&self, node: Node<'t>) -> Option<Place> {
        let slot = LOCATIONS.get(node.node_kind() as usize).copied()??;
        let location = match node.word(slot) {
            Some(location) => u32::try_from(location.cast_signed()).ok()?,
            None if node.is::<ast::WithClause>() => 0,
            None => return None,
        };
        // A few nodes, made up by the grammar, stand where their operator does.
        let made_up = self.is_made_up_call(node, location);
        (!made_up).then(|| self.tokens.at_offset(location))?
    }

    fn span(&self, node: Node<'t>) -> Option<Span> {
        self.spans[node.node_number() as usize]
    }

    /// Sets the span of a node. Its own tokens, known before, stay in it.
    fn place(&mut self, node: Node<'t>, span: Span) {
        let id = node.node_number() as usize;
        self.spans[id] = Some(match self.spans[id] {
            Some(known) => self.tokens.join(known, span),
            None => span,
        });
    }
}

/// By kind: the slot of the field `location`. `None` for kinds without one.
static LOCATIONS: LazyLock<Vec<Option<usize>>> = LazyLock::new(|| {
    let slot = |info: &ast::KindInfo| {
        let is_location =
            |field: &ast::FieldSpec| field.name == "location" && field.shape == FieldShape::Int;
        info.fields.iter().position(is_location)
    };
    KINDS.iter().map(slot).collect()
});
