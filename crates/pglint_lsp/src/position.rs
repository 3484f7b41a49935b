//! LSP positions: 0-based lines, and columns in the code units that client and
//! server agreed on.
//!
//! Not [`pglint_text::LineIndex`]: in LSP a lone `\r` ends a line too, and no
//! position lies inside a line's ending.

use tower_lsp::lsp_types::{Position, PositionEncodingKind, Range};

use pglint_text::{TextRange, TextSize};

/// The code units that columns count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum PositionEncoding {
    /// Bytes.
    Utf8,
    /// What every client understands.
    #[default]
    Utf16,
    /// Characters (Unicode scalar values).
    Utf32,
}

impl PositionEncoding {
    /// The cheapest for us of those that the client offers, in its order of
    /// preference where that leaves a choice.
    pub(crate) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> PositionEncoding {
        let known = offered.into_iter().flatten().filter_map(|kind| match kind {
            kind if *kind == PositionEncodingKind::UTF8 => Some(PositionEncoding::Utf8),
            kind if *kind == PositionEncodingKind::UTF16 => Some(PositionEncoding::Utf16),
            kind if *kind == PositionEncodingKind::UTF32 => Some(PositionEncoding::Utf32),
            _ => None,
        });
        let known: Vec<_> = known.collect();
        match known.contains(&PositionEncoding::Utf8) {
            true => PositionEncoding::Utf8,
            false => known.first().copied().unwrap_or_default(),
        }
    }

    /// The name in the protocol.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            PositionEncoding::Utf8 => PositionEncodingKind::UTF8,
            PositionEncoding::Utf16 => PositionEncodingKind::UTF16,
            PositionEncoding::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, text: &str) -> u32 {
        let units = match self {
            _ if text.is_ascii() => text.len(),
            PositionEncoding::Utf8 => text.len(),
            PositionEncoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            PositionEncoding::Utf32 => text.chars().count(),
        };
        units as u32
    }

    /// How many bytes of `line` are before column `column`; a column inside a
    /// character means its start, one past the end means the end.
    fn bytes(self, line: &str, column: u32) -> usize {
        let mut left = column as usize;
        for (offset, character) in line.char_indices() {
            let units = match self {
                PositionEncoding::Utf8 => character.len_utf8(),
                PositionEncoding::Utf16 => character.len_utf16(),
                PositionEncoding::Utf32 => 1,
            };
            if left < units {
                return offset;
            }
            left -= units;
        }
        line.len()
    }
}

/// The lines of a text.
#[derive(Clone, Debug)]
pub(crate) struct LineTable {
    /// The offset of the first byte of each line; the first is 0.
    starts: Vec<u32>,
}

impl LineTable {
    /// Finds the lines of `text`, which end at `\n`, `\r\n` and `\r`.
    pub(crate) fn new(text: &str) -> LineTable {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        LineTable {
            starts: std::iter::once(0)
                .chain(ends.map(|at| at as u32 + 1))
                .collect(),
        }
    }

    /// The line's first byte and the byte after its last one, its ending left
    /// out. `None` past the last line.
    fn content(&self, text: &str, line: u32) -> Option<(usize, usize)> {
        let start = *self.starts.get(line as usize)? as usize;
        let next = self.starts.get(line as usize + 1);
        let end = next.map_or(text.len(), |next| *next as usize);
        let content = text[start..end].trim_end_matches(['\n', '\r']);
        // Only the ending itself is cut: no line holds another `\r` or `\n`.
        Some((start, start + content.len()))
    }

    /// The 0-based line of the byte at `offset`.
    pub(crate) fn line_of(&self, offset: usize) -> u32 {
        let next = self
            .starts
            .partition_point(|start| *start as usize <= offset);
        next.saturating_sub(1) as u32
    }

    /// The position of the byte at `offset`, clamped to the text, to the start
    /// of a character and to the end of a line's content.
    pub(crate) fn position(
        &self,
        text: &str,
        offset: usize,
        encoding: PositionEncoding,
    ) -> Position {
        let offset = floor(text, offset);
        let line = self.line_of(offset);
        let (start, end) = self.content(text, line).unwrap_or((0, 0));
        Position {
            line,
            character: encoding.units(&text[start..offset.min(end)]),
        }
    }

    /// The range of half-open bytes.
    pub(crate) fn range(&self, text: &str, range: TextRange, encoding: PositionEncoding) -> Range {
        Range {
            start: self.position(text, range.start().into(), encoding),
            end: self.position(text, range.end().into(), encoding),
        }
    }

    /// The offset of the byte at `position`: a column past the end of its line
    /// means the line's end, a line past the last one the text's end.
    pub(crate) fn offset(
        &self,
        text: &str,
        position: Position,
        encoding: PositionEncoding,
    ) -> usize {
        match self.content(text, position.line) {
            Some((start, end)) => start + encoding.bytes(&text[start..end], position.character),
            None => text.len(),
        }
    }

    /// The bytes of a range; one that ends before it starts is empty.
    pub(crate) fn bytes(&self, text: &str, range: Range, encoding: PositionEncoding) -> TextRange {
        let start = self.offset(text, range.start, encoding);
        let end = self.offset(text, range.end, encoding).max(start);
        TextRange::new(size(start), size(end))
    }
}

/// The start of the character that the byte at `offset` is in.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// An offset of a text below 4 GiB.
pub(crate) fn size(offset: usize) -> TextSize {
    TextSize::try_from(offset).unwrap_or(TextSize::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `offset` is at `line` and `columns`, which are in UTF-8, UTF-16, UTF-32;
    /// and these lead back to it.
    #[track_caller]
    fn check(text: &str, offset: usize, line: u32, columns: [u32; 3]) {
        use PositionEncoding::{Utf8, Utf16, Utf32};
        let lines = LineTable::new(text);
        for (encoding, character) in [Utf8, Utf16, Utf32].into_iter().zip(columns) {
            let position = Position { line, character };
            assert_eq!(lines.position(text, offset, encoding), position);
            assert_eq!(lines.offset(text, position, encoding), offset);
        }
    }

    #[test]
    fn columns_count_code_units() {
        check("", 0, 0, [0, 0, 0]);
        check("é€😀x", 9, 0, [9, 4, 3]);
        check("é€😀x", 10, 0, [10, 5, 4]);
        check("a\né", 4, 1, [2, 1, 1]);
    }

    #[test]
    fn lines_end_in_three_ways() {
        check("a\rb\r\nc\nd", 2, 1, [0, 0, 0]);
        check("a\rb\r\nc\nd", 5, 2, [0, 0, 0]);
        check("a\rb\r\nc\nd", 7, 3, [0, 0, 0]);
        check("a\r", 2, 1, [0, 0, 0]);
    }

    #[test]
    fn what_no_text_has_is_clamped() {
        let text = "é😀\r\nb";
        let lines = LineTable::new(text);
        let utf16 = PositionEncoding::Utf16;
        let offset = |line, character| lines.offset(text, Position { line, character }, utf16);
        assert_eq!(offset(0, 99), 6);
        assert_eq!(offset(0, 2), 2, "inside a surrogate pair");
        assert_eq!(offset(7, 0), 9);
        let position = |offset| lines.position(text, offset, utf16);
        assert_eq!(position(7), Position::new(0, 3), "inside the line's ending");
        assert_eq!(position(4), Position::new(0, 1), "inside a character");
    }

    #[test]
    fn the_encoding_is_one_that_the_client_offers() {
        let negotiate =
            |offered: &[PositionEncodingKind]| PositionEncoding::negotiate(Some(offered));
        let (utf16, utf32) = (PositionEncodingKind::UTF16, PositionEncodingKind::UTF32);
        assert_eq!(PositionEncoding::negotiate(None), PositionEncoding::Utf16);
        assert_eq!(negotiate(&[]), PositionEncoding::Utf16);
        assert_eq!(
            negotiate(std::slice::from_ref(&utf32)),
            PositionEncoding::Utf32
        );
        assert_eq!(
            negotiate(&[utf16, utf32, PositionEncodingKind::UTF8]),
            PositionEncoding::Utf8
        );
    }
}
