//! From byte offsets to lines and columns, at the edge of the program only.

use text_size::{TextRange, TextSize};

/// A place in a text as people count: lines and columns are 1-based, columns
/// are counted in characters (Unicode scalar values), not in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
}

/// The one conversion from byte offsets to lines and columns.
///
/// Lines end at `\n`; the `\r` of `\r\n` is the last character of its line.
#[derive(Clone, Debug)]
pub struct LineIndex {
    index: line_index::LineIndex,
    length: TextSize,
}

impl LineIndex {
    /// Reads the lines of `text`.
    pub fn new(text: &str) -> LineIndex {
        LineIndex {
            index: line_index::LineIndex::new(text),
            length: TextSize::of(text),
        }
    }

    /// The number of lines; a text that ends in `\n` has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.line_of(self.length)
    }

    /// The place of the byte at `offset`, which is clamped to the text's length
    /// and must be at a character boundary of the same `text`.
    pub fn line_column(&self, text: &str, offset: TextSize) -> LineColumn {
        let offset = offset.min(self.length);
        let line = self.line_of(offset);
        let start = self.line_start(line);
        let before = &text[TextRange::new(start, offset)];
        LineColumn {
            line,
            column: before.chars().count() as u32 + 1,
        }
    }

    /// The half-open byte range of the 1-based `line`, its line ending included.
    /// `None` past the last line.
    pub fn line_range(&self, line: u32) -> Option<TextRange> {
        let line = line.checked_sub(1)?;
        self.index.line(line).map(|range| {
            TextRange::new(
                u32::from(range.start()).into(),
                u32::from(range.end()).into(),
            )
        })
    }

    /// The 1-based line of the byte at `offset`.
    pub fn line_of(&self, offset: TextSize) -> u32 {
        let offset = offset.min(self.length);
        self.index.line_col(u32::from(offset).into()).line + 1
    }

    fn line_start(&self, line: u32) -> TextSize {
        self.line_range(line)
            .map_or(self.length, |range| range.start())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: u32, line: u32, column: u32) {
        let index = LineIndex::new(text);
        assert_eq!(
            index.line_column(text, offset.into()),
            LineColumn { line, column }
        );
    }

    #[test]
    fn columns_count_characters() {
        check("", 0, 1, 1);
        check("select 1", 7, 1, 8);
        check("é€😀x", 9, 1, 4);
        check("a\r\nbc", 4, 2, 2);
        check("a\n", 2, 2, 1);
    }

    #[test]
    fn offsets_past_the_end_are_clamped() {
        check("ab\nc", 99, 2, 2);
    }

    #[test]
    fn line_ranges_hold_their_line_ending() {
        let index = LineIndex::new("ab\nc");
        assert_eq!(
            index.line_range(1),
            Some(TextRange::new(0.into(), 3.into()))
        );
        assert_eq!(
            index.line_range(2),
            Some(TextRange::new(3.into(), 4.into()))
        );
        assert_eq!(index.line_range(3), None);
        assert_eq!(index.line_count(), 2);
    }
}
