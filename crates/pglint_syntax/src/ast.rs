//! The node types of PostgreSQL's raw parse tree, under PostgreSQL's names.
//!
//! The types here are markers: `Node<'t, ast::AExpr>` is a handle to a node of
//! PostgreSQL's type `A_Expr`, with one method per field of it.

mod generated;

pub use generated::*;

/// A type of node.
pub trait Kind: Copy {
    /// Its number.
    const KIND: NodeKind;
}

/// Any type of node: what a field of PostgreSQL's type `Node *` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Any;

/// What the decoder and `children()` know of a kind of node.
pub(crate) struct KindInfo {
    /// PostgreSQL's name of the type.
    pub(crate) name: &'static str,
    /// The slots that are plain booleans and so take no word in the tree.
    pub(crate) flags: u32,
    /// By slot.
    pub(crate) fields: &'static [FieldSpec],
}

/// One field of a kind of node.
pub(crate) struct FieldSpec {
    /// The field's number in the protobuf message.
    pub(crate) number: u8,
    /// PostgreSQL's name, in snake case.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) shape: FieldShape,
}

impl FieldSpec {
    /// Is it a place in the text? `location` is a node's own; a few kinds keep
    /// places of their parts, too. (The `location` of a table space is a path.)
    pub(crate) fn is_location(&self) -> bool {
        let is_place = self.name.ends_with("location")
            || [
                "rexpr_list_start",
                "rexpr_list_end",
                "list_start",
                "list_end",
            ]
            .contains(&self.name);
        is_place && self.shape == FieldShape::Int
    }
}

/// What a field holds, and so what its word in the tree means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldShape {
    /// The presence bit is the value.
    Bool,
    /// A 32-bit integer or the number of an enum's value.
    Int,
    /// The number of a string.
    Str,
    /// The number of a node of any kind.
    Node,
    /// The number of a node of the kind with this number.
    Message(u16),
    /// The place of a list of node numbers.
    Nodes,
    /// The place of a list of string numbers.
    Names,
}
