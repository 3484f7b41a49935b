//! From the parser's structs straight to the packed tree.
//!
//! libpg_query offers its trees as protobuf messages, whose encoding takes ten times
//! as long as the parsing. So the structs are read where the parser has put them.
//! Their members are known from PostgreSQL's headers (`KINDS`), and where a member
//! is in a struct follows from the rules of C for the machine at hand.
#![allow(
    unsafe_code,
    reason = "reading structs of C; `KINDS` says what is where, and a test compares \
              the trees with the protobuf messages"
)]

use std::ffi::{CStr, c_char, c_int, c_long};
use std::marker::PhantomData;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::ast::{CType, FieldShape, KINDS, KindInfo, NodeKind};
use crate::placeholder::PlaceholderName;
use crate::tree::{Entry, NO_NODE, STAR, Tree};

/// How deep a tree may be, in steps from a node to a child. What walks trees needs
/// a stack that is as deep; it is about what the protobuf encoding allows.
const DEEPEST: u32 = 5_000;

/// A node, as the parser has made it.
pub(crate) type NodePointer = *const u8;

/// `List` of `pg_list.h`, up to what is read of it.
#[repr(C)]
pub(crate) struct List {
    tag: c_int,
    length: c_int,
    max_length: c_int,
    elements: *const NodePointer,
}

/// `RawStmt` of `parsenodes.h`, likewise.
#[repr(C)]
struct RawStmt {
    tag: c_int,
    statement: NodePointer,
}

/// The list of raw statements that PostgreSQL's `raw_parser` makes of a text, for as
/// long as its memory lives.
pub(crate) struct Statements<'m> {
    list: *const List,
    memory: PhantomData<&'m ()>,
}

impl Statements<'_> {
    /// # Safety
    /// `list` is null or a result of `raw_parser` that lives as long as the lifetime
    /// says.
    pub(crate) unsafe fn new(list: *const List) -> Self {
        Statements {
            list,
            memory: PhantomData,
        }
    }
}

/// What the parser has made of a text.
pub(crate) enum Decoded {
    /// No statement: the text was blank or all comment.
    Nothing,
    /// Exactly one statement. Ranges are not known yet.
    One(Tree),
    /// Several statements.
    Several,
    /// It is too deep.
    TooDeep,
    /// It holds a node that no raw parse tree holds.
    Malformed,
}

/// Why there is no tree.
enum Stop {
    TooDeep,
    Malformed,
}

/// Reads what the parser has made of `text`.
pub(crate) fn decode(
    statements: Statements<'_>,
    text: &str,
    schemas: &[PlaceholderName],
) -> Decoded {
    let mut builder = Builder {
        schemas,
        ..Builder::default()
    };
    // SAFETY: the list lives as long as `statements`, and its elements are `RawStmt`s.
    let outcome = match unsafe { elements(statements.list) } {
        [] => return Decoded::Nothing,
        [only] => unsafe { builder.node((*only.cast::<RawStmt>()).statement, 0, 0) },
        _ => return Decoded::Several,
    };
    match outcome {
        Ok(NO_NODE) | Err(Stop::Malformed) => Decoded::Malformed,
        Ok(_) => Decoded::One(builder.finish(text)),
        Err(Stop::TooDeep) => Decoded::TooDeep,
    }
}

/// # Safety
/// `list` is null or a list of pointers that lives as long as `'b`.
unsafe fn elements<'b>(list: *const List) -> &'b [NodePointer] {
    // SAFETY: a list that is there has `length` elements (`pg_list.h`).
    match unsafe { list.as_ref() } {
        Some(list) => unsafe {
            std::slice::from_raw_parts(list.elements, usize::try_from(list.length).unwrap_or(0))
        },
        None => &[],
    }
}

/// By kind, the offset of each member in PostgreSQL's struct, in bytes.
static OFFSETS: LazyLock<Vec<Box<[usize]>>> =
    LazyLock::new(|| KINDS.iter().map(|kind| layout(kind).0).collect());

/// By `NodeTag`, the place in `KINDS`.
static KIND_BY_TAG: LazyLock<Vec<Option<u16>>> = LazyLock::new(|| {
    let most = KINDS.iter().map(|kind| kind.tag).max().unwrap_or(0);
    let mut kinds = vec![None; usize::from(most) + 1];
    for (number, kind) in (0..).zip(&KINDS) {
        kinds[usize::from(kind.tag)] = Some(number);
    }
    kinds
});

/// The offsets of the members, the size and the alignment of a struct, by the rules
/// of C.
fn layout(kind: &KindInfo) -> (Box<[usize]>, usize, usize) {
    let (mut offset, mut alignment) = (0_usize, 1);
    let mut offsets = Vec::with_capacity(kind.members.len());
    for member in kind.members {
        let (size, own) = size_and_alignment(*member);
        offset = offset.next_multiple_of(own);
        offsets.push(offset);
        offset += size;
        alignment = alignment.max(own);
    }
    (
        offsets.into(),
        offset.next_multiple_of(alignment),
        alignment,
    )
}

fn size_and_alignment(member: CType) -> (usize, usize) {
    fn of<T>() -> (usize, usize) {
        (size_of::<T>(), align_of::<T>())
    }
    match member {
        CType::Bool | CType::Char => of::<u8>(),
        CType::Short => of::<i16>(),
        CType::Int | CType::Enum(_) | CType::Letters(_) => of::<c_int>(),
        CType::Long => of::<c_long>(),
        CType::Text | CType::Pointer => of::<NodePointer>(),
        CType::Value => {
            let (_, size, alignment) = layout(&KINDS[NodeKind::String as usize]);
            (size, alignment)
        }
        CType::Struct(kind) => {
            let (_, size, alignment) = layout(&KINDS[usize::from(kind)]);
            (size, alignment)
        }
    }
}

#[derive(Default)]
struct Builder<'b> {
    entries: Vec<Entry>,
    words: Vec<u32>,
    string_ends: Vec<u32>,
    strings: String,
    numbers: FxHashMap<&'b [u8], u32>,
    /// Elements of lists that are not complete yet.
    elements: Vec<u32>,
    /// What stands for a name in bytes that no text has.
    schemas: &'b [PlaceholderName],
}

impl<'b> Builder<'b> {
    /// Reads a node of any kind. Gives its number, `NO_NODE` for a null.
    ///
    /// # Safety
    /// `node` is null or a node of a raw parse tree that lives as long as `'b`.
    unsafe fn node(&mut self, node: NodePointer, parent: u32, depth: u32) -> Result<u32, Stop> {
        if node.is_null() {
            return Ok(NO_NODE);
        }
        // SAFETY: every node begins with its tag.
        let tag = unsafe { node.cast::<c_int>().read() };
        let kind = usize::try_from(tag)
            .ok()
            .and_then(|tag| KIND_BY_TAG.get(tag));
        let kind = kind.copied().flatten().ok_or(Stop::Malformed)?;
        unsafe { self.fields(kind, node, parent, depth) }
    }

    /// Reads a node of a kind that is known.
    ///
    /// # Safety
    /// `node` is a node of that kind, or what such nodes begin with.
    unsafe fn fields(
        &mut self,
        kind: u16,
        node: NodePointer,
        parent: u32,
        depth: u32,
    ) -> Result<u32, Stop> {
        if depth > DEEPEST {
            return Err(Stop::TooDeep);
        }
        let id = self.entries.len() as u32;
        self.entries.push(Entry {
            kind,
            parent,
            next: 0,
            data: 0,
            start: 0,
            end: 0,
        });
        let info = &KINDS[usize::from(kind)];
        let offsets = &OFFSETS[usize::from(kind)];
        let mut mask = 0u32;
        let mut values = [0u32; 32];
        for (slot, field) in info.fields.iter().enumerate() {
            let place = usize::from(field.member);
            // A list is its own member.
            let (member, c_type) = match info.members.get(place) {
                // SAFETY: the offset is that of a member of the struct.
                Some(c_type) => (unsafe { node.add(offsets[place]) }, *c_type),
                None => (node, CType::Struct(kind)),
            };
            let value = unsafe { self.field(field.shape, (member, c_type), id, depth)? };
            if let Some(value) = value {
                mask |= 1 << slot;
                values[slot] = value;
            }
        }
        let data = self.words.len() as u32;
        self.words.push(mask);
        for (slot, value) in values.iter().enumerate() {
            if mask & !info.flags & (1 << slot) != 0 {
                self.words.push(*value);
            }
        }
        let next = self.entries.len() as u32;
        let entry = &mut self.entries[id as usize];
        entry.data = data;
        entry.next = next;
        Ok(id)
    }

    /// Reads a field. `None` for one that is not set: false, zero, null, no text.
    ///
    /// # Safety
    /// The member is of that type, and lives as long as `'b`.
    unsafe fn field(
        &mut self,
        shape: FieldShape,
        (member, c_type): (NodePointer, CType),
        id: u32,
        depth: u32,
    ) -> Result<Option<u32>, Stop> {
        // SAFETY: `KINDS` says of which type a member is.
        Ok(unsafe {
            match shape {
                FieldShape::Bool => (member.read() != 0).then_some(1),
                FieldShape::Int => Some(integer(member, c_type)).filter(|value| *value != 0),
                FieldShape::Str => {
                    let bytes = bytes(member, c_type);
                    (!bytes.is_empty()).then(|| self.string(bytes))
                }
                FieldShape::Node => {
                    let node = self.node(pointer(member), id, depth + 1)?;
                    Some(node).filter(|node| *node != NO_NODE)
                }
                FieldShape::Message(kind) => {
                    let node = match c_type {
                        CType::Struct(_) => member,
                        CType::Value if is_of_kind(member, kind) => member,
                        CType::Value => return Ok(None),
                        _ => pointer(member),
                    };
                    if node.is_null() {
                        return Ok(None);
                    }
                    Some(self.fields(kind, node, id, depth + 1)?)
                }
                FieldShape::Nodes | FieldShape::Names => {
                    let list = match c_type {
                        CType::Struct(_) => member,
                        _ => pointer(member),
                    };
                    let elements = elements(list.cast::<List>());
                    if elements.is_empty() {
                        return Ok(None);
                    }
                    Some(self.list(shape, elements, id, depth)?)
                }
            }
        })
    }

    /// Writes a list as its length and its elements, and gives its place.
    ///
    /// # Safety
    /// The elements are null or nodes of a raw parse tree that live as long as `'b`.
    unsafe fn list(
        &mut self,
        shape: FieldShape,
        elements: &[NodePointer],
        id: u32,
        depth: u32,
    ) -> Result<u32, Stop> {
        let first = self.elements.len();
        for element in elements {
            let element = match shape {
                FieldShape::Names => unsafe { self.name(*element) },
                _ => unsafe { self.node(*element, id, depth + 1)? },
            };
            self.elements.push(element);
        }
        let place = self.words.len() as u32;
        self.words.push(elements.len() as u32);
        self.words.extend(self.elements.drain(first..));
        Ok(place)
    }

    /// An element of a list of names: a `String`, or the `A_Star` at the end of a
    /// column reference.
    ///
    /// # Safety
    /// `node` is null or a node of a raw parse tree that lives as long as `'b`.
    unsafe fn name(&mut self, node: NodePointer) -> u32 {
        const STRING: usize = NodeKind::String as usize;
        const VALUE: usize = 1;
        // SAFETY: a `String` has its value after its tag.
        unsafe {
            if node.is_null() || !is_of_kind(node, STRING as u16) {
                return STAR;
            }
            let value = node.add(OFFSETS[STRING][VALUE]);
            self.string(bytes(value, CType::Text))
        }
    }

    fn string(&mut self, bytes: &'b [u8]) -> u32 {
        if let Some(number) = self.numbers.get(bytes) {
            return *number;
        }
        let number = self.string_ends.len() as u32;
        match self.schemas.iter().find(|it| it.is_written_as(bytes)) {
            Some(schema) => self.strings.push_str(&schema.name),
            // An escape such as E'\xff' can make bytes that are no UTF-8.
            None => self.strings.push_str(&String::from_utf8_lossy(bytes)),
        }
        self.string_ends.push(self.strings.len() as u32);
        self.numbers.insert(bytes, number);
        number
    }

    fn finish(self, text: &str) -> Tree {
        Tree {
            text: text.into(),
            masks: Box::default(),
            entries: self.entries.into_boxed_slice(),
            words: self.words.into_boxed_slice(),
            string_ends: self.string_ends.into_boxed_slice(),
            strings: self.strings.into_boxed_str(),
        }
    }
}

/// # Safety
/// `member` is a pointer.
unsafe fn pointer(member: NodePointer) -> NodePointer {
    unsafe { member.cast::<NodePointer>().read() }
}

/// # Safety
/// `node` begins with a tag.
unsafe fn is_of_kind(node: NodePointer, kind: u16) -> bool {
    let tag = unsafe { node.cast::<c_int>().read() };
    tag == c_int::from(KINDS[usize::from(kind)].tag)
}

/// An integer's low 32 bits, or the number of an enum's value, counted from one.
///
/// # Safety
/// `member` is of the type `c_type`.
unsafe fn integer(member: NodePointer, c_type: CType) -> u32 {
    let value = match c_type {
        CType::Short => i64::from(unsafe { member.cast::<i16>().read() }),
        #[allow(clippy::useless_conversion, reason = "it has 32 bits on Windows")]
        CType::Long => i64::from(unsafe { member.cast::<c_long>().read() }),
        _ => i64::from(unsafe { member.cast::<c_int>().read() }),
    };
    match c_type {
        CType::Enum(first) => (value - i64::from(first) + 1) as u32,
        CType::Letters(letters) => {
            let place = letters
                .bytes()
                .position(|letter| i64::from(letter) == value);
            place.map_or(0, |place| place as u32 + 1)
        }
        _ => value as u32,
    }
}

/// The text of a string, or the letter of a `char`.
///
/// # Safety
/// `member` is of the type `c_type`, and what it is or points to lives as long
/// as `'b`.
unsafe fn bytes<'b>(member: NodePointer, c_type: CType) -> &'b [u8] {
    if c_type == CType::Char {
        let letter = unsafe { std::slice::from_raw_parts(member, 1) };
        return if letter == [0] { &[] } else { letter };
    }
    let text = unsafe { member.cast::<*const c_char>().read() };
    if text.is_null() {
        return &[];
    }
    unsafe { CStr::from_ptr(text) }.to_bytes()
}

#[cfg(test)]
mod tests;
