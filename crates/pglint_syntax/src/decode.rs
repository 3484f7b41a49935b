//! From the parser's protobuf bytes straight to the packed tree.
//!
//! The crate's own protobuf types are never built: they take up to 88 times the
//! text, and decoding them stops at a hundred levels. The wire format is simple
//! (<https://protobuf.dev/programming-guides/encoding/>): a key whose low three
//! bits are the wire type and whose rest is the field number, then a varint or a
//! length and that many bytes.

use rustc_hash::FxHashMap;

use crate::ast::{FieldShape, KIND_BY_TAG, KINDS};
use crate::placeholder::PlaceholderSchema;
use crate::tree::{Entry, Tree};

/// In a list of nodes, the element that is PostgreSQL's `NULL`; in a list of
/// names, the `*` of a column reference.
const NOTHING: u32 = u32::MAX;

/// What the bytes of a parse result hold.
pub(crate) enum Decoded {
    /// No statement: the text was blank or all comment.
    Nothing,
    /// Exactly one statement. Ranges are not known yet.
    One(Tree),
    /// Several statements.
    Several,
    /// The bytes are not what `pg_query.proto` says, or hold a node that no raw
    /// parse tree holds.
    Malformed,
}

/// Reads a serialized `ParseResult`.
pub(crate) fn decode<'b>(bytes: &'b [u8], text: &str, schemas: &'b [PlaceholderSchema]) -> Decoded {
    const STATEMENTS: u64 = 2;
    const STATEMENT_NODE: u64 = 1;
    let mut statements = fields(bytes).filter(|field| field.number == STATEMENTS);
    let Some(statement) = statements.next() else {
        return Decoded::Nothing;
    };
    if statements.next().is_some() {
        return Decoded::Several;
    }
    let mut builder = Builder {
        schemas,
        ..Builder::default()
    };
    let node = fields(statement.bytes).find(|field| field.number == STATEMENT_NODE);
    match node.and_then(|node| builder.node(node.bytes, 0)) {
        Some(NOTHING) | None => Decoded::Malformed,
        Some(_) => Decoded::One(builder.finish(text)),
    }
}

/// One field of a message.
struct Field<'b> {
    number: u64,
    /// The value of a varint; 0 for others.
    value: u64,
    /// The content of a length-delimited field; empty for others.
    bytes: &'b [u8],
}

/// The fields of a message, as far as it is well formed.
fn fields(mut bytes: &[u8]) -> impl Iterator<Item = Field<'_>> {
    const VARINT: u64 = 0;
    const LENGTH_DELIMITED: u64 = 2;
    std::iter::from_fn(move || {
        let key = varint(&mut bytes)?;
        let (number, wire_type) = (key >> 3, key & 7);
        let value = varint(&mut bytes)?;
        match wire_type {
            VARINT => Some(Field {
                number,
                value,
                bytes: &[],
            }),
            LENGTH_DELIMITED => {
                let (content, rest) = bytes.split_at_checked(usize::try_from(value).ok()?)?;
                bytes = rest;
                Some(Field {
                    number,
                    value: 0,
                    bytes: content,
                })
            }
            _ => None,
        }
    })
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[derive(Default)]
struct Builder<'b> {
    entries: Vec<Entry>,
    words: Vec<u32>,
    string_ends: Vec<u32>,
    strings: String,
    numbers: FxHashMap<&'b [u8], u32>,
    /// What stands for a name in bytes that no text has.
    schemas: &'b [PlaceholderSchema],
}

impl<'b> Builder<'b> {
    /// Reads a message `Node`: a oneof over all kinds. Gives the node's number,
    /// `NOTHING` for an empty one, `None` for one that a raw parse never makes.
    fn node(&mut self, bytes: &'b [u8], parent: u32) -> Option<u32> {
        let Some(field) = fields(bytes).next() else {
            return Some(NOTHING);
        };
        let kind = *KIND_BY_TAG.get(usize::try_from(field.number).ok()?)?;
        if kind == u16::MAX {
            return None;
        }
        self.message(kind, field.bytes, parent)
    }

    fn message(&mut self, kind: u16, bytes: &'b [u8], parent: u32) -> Option<u32> {
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
        let mut mask = 0u32;
        let mut values = [0u32; 32];
        let mut elements: Vec<(usize, u32)> = Vec::new();
        for field in fields(bytes) {
            let Some(slot) = info
                .fields
                .iter()
                .position(|each| u64::from(each.number) == field.number)
            else {
                continue;
            };
            let value = match info.fields[slot].shape {
                FieldShape::Bool if field.value == 0 => continue,
                FieldShape::Bool => 1,
                FieldShape::Int => field.value as u32,
                FieldShape::Str if field.bytes.is_empty() => continue,
                FieldShape::Str => self.string(field.bytes),
                FieldShape::Node => match self.node(field.bytes, id)? {
                    NOTHING => continue,
                    node => node,
                },
                FieldShape::Message(kind) => self.message(kind, field.bytes, id)?,
                FieldShape::Nodes => {
                    let element = self.node(field.bytes, id)?;
                    elements.push((slot, element));
                    0
                }
                FieldShape::Names => {
                    let element = self.name(field.bytes);
                    elements.push((slot, element));
                    0
                }
            };
            mask |= 1 << slot;
            values[slot] = value;
        }
        self.lists(elements, &mut values);
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
        Some(id)
    }

    /// Writes the lists of a node, each as its length and its elements, and puts
    /// their places into the node's values.
    fn lists(&mut self, mut elements: Vec<(usize, u32)>, values: &mut [u32; 32]) {
        elements.sort_by_key(|(slot, _)| *slot);
        for list in elements.chunk_by(|a, b| a.0 == b.0) {
            values[list[0].0] = self.words.len() as u32;
            self.words.push(list.len() as u32);
            self.words.extend(list.iter().map(|(_, element)| element));
        }
    }

    /// An element of a list of names: a message `Node` that holds a `String`, or
    /// the `A_Star` at the end of a column reference.
    fn name(&mut self, bytes: &'b [u8]) -> u32 {
        const STRING_VALUE: u64 = 1;
        let node = fields(bytes).next();
        let is_string = node.as_ref().is_some_and(|node| {
            usize::try_from(node.number)
                .ok()
                .and_then(|tag| KIND_BY_TAG.get(tag))
                .and_then(|kind| KINDS.get(usize::from(*kind)))
                .is_some_and(|info| info.name == "String")
        });
        match node {
            Some(node) if is_string => {
                let value = fields(node.bytes).find(|field| field.number == STRING_VALUE);
                self.string(value.map_or(&[], |field| field.bytes))
            }
            _ => NOTHING,
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
