//! What a tree says of placeholders and template holes.

use super::{Node, Tree};
use crate::ast::{self, NodeKind};
use crate::mask::{Mask, MaskKind};
use pglint_text::TextRange;
use std::ops::Range;

impl Tree {
    /// The placeholders and template holes that the parser saw something else in
    /// place of, in order. Empty for a statement that is all SQL.
    pub fn masks(&self) -> &[Mask] {
        &self.masks
    }

    /// Whether a mask overlaps `range`, half-open bytes of the statement. Nothing
    /// should be reported there.
    pub fn is_masked(&self, range: TextRange) -> bool {
        let overlaps =
            |mask: &Mask| mask.range.start() < range.end() && range.start() < mask.range.end();
        self.masks.iter().any(overlaps)
    }

    /// Whether the statement is made by a template: a hole may hold whole clauses
    /// and a tag may leave some out, so what is not in the tree may well be in the
    /// statement.
    pub fn is_templated(&self) -> bool {
        self.masks.iter().any(|mask| mask.kind == MaskKind::Text)
    }

    /// Widens, or narrows, to `mask` the ends of nodes that lie in `extent`, the
    /// bytes that were written for it.
    pub(crate) fn widen(&mut self, extent: Range<usize>, mask: &Range<usize>) {
        for entry in &mut self.entries {
            let (start, end) = (entry.start as usize, entry.end as usize);
            if extent.start <= start && start < extent.end {
                entry.start = mask.start as u32;
            }
            if extent.start < end && end <= extent.end {
                entry.end = mask.end as u32;
            }
        }
    }

    /// Makes `ParamRef`s of the column references that are one name, which starts
    /// at one of `starts`.
    pub(crate) fn make_parameters(&mut self, starts: &[u32]) {
        const NUMBER_AND_LOCATION: [&str; 2] = ["number", "location"];
        if starts.is_empty() {
            return;
        }
        for id in 0..self.entries.len() as u32 {
            let Some(column) = self.node(id).cast::<ast::ColumnRef>() else {
                continue;
            };
            let location = column.location();
            let starts_here = |location: u32| starts.binary_search(&location).is_ok();
            if column.fields().only().is_none()
                || column.fields().has_star()
                || !u32::try_from(location).is_ok_and(starts_here)
            {
                continue;
            }
            debug_assert_eq!(field_names(NodeKind::ParamRef), NUMBER_AND_LOCATION);
            // The words of a column reference are its mask, `fields` and
            // `location`: the mask and one field take no more.
            let entry = &mut self.entries[id as usize];
            let data = entry.data as usize;
            entry.kind = NodeKind::ParamRef as u16;
            self.words[data] = 1 << 1;
            self.words[data + 1] = location.cast_unsigned();
        }
    }
}

fn field_names(kind: NodeKind) -> Vec<&'static str> {
    let fields = ast::KINDS[kind as usize].fields.iter();
    fields.map(|field| field.name).collect()
}

impl<T> Node<'_, T> {
    /// Whether a placeholder or a template's hole is in the node, or the node in
    /// it: a name or a value of it is not known.
    pub fn overlaps_mask(self) -> bool {
        self.tree().is_masked(self.range())
    }
}
