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
    /// The number of the type in PostgreSQL's `NodeTag`.
    pub(crate) tag: u16,
    /// The slots that are plain booleans and so take no word in the tree.
    pub(crate) flags: u32,
    /// The members of PostgreSQL's struct, in their order.
    pub(crate) members: &'static [CType],
    /// By slot.
    pub(crate) fields: &'static [FieldSpec],
}

/// One field of a kind of node.
pub(crate) struct FieldSpec {
    /// The place among the members of PostgreSQL's struct.
    pub(crate) member: u8,
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

/// The type of a member of a struct of PostgreSQL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CType {
    /// `bool`
    Bool,
    /// `char`
    Char,
    /// `int16`
    Short,
    /// `int`, `Oid` and others of 32 bits.
    Int,
    /// `long`
    Long,
    /// An enum that counts from this number. The tree counts from one.
    Enum(i8),
    /// An enum whose values are these letters.
    Letters(&'static str),
    /// `char *`
    Text,
    /// A pointer to anything else.
    Pointer,
    /// `union ValUnion`: `Integer`, `String` or another such node.
    Value,
    /// A struct within the struct, that of the kind with this number.
    Struct(u16),
}
