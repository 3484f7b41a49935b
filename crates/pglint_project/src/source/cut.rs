//! Reads a file piece by piece and leaves out the data of `COPY ... FROM STDIN`.
//!
//! Most of a dump is data, which nothing here looks at. Only what is SQL is kept,
//! each data followed by its line `\.`, so that the text still holds the same
//! statements. Where it is not certain that something is data, it stays.

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr_iter, memmem, memrchr};
use pglint_syntax::{
    CopyData, ParseOptions, copy_data_end, find_copy_data, is_sql_rather_than_data,
};
use pglint_text::TextSize;

use super::Gap;

/// A file without its data.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    pub(crate) bytes: Vec<u8>,
    /// In the offsets of `bytes`.
    pub(crate) gaps: Vec<Gap>,
}

/// Reads all of `input`, `piece` bytes at a time; takes time in proportion to
/// its length, and memory for the SQL and a few pieces. It stops, with more
/// bytes than that, where the SQL has more than `longest`.
pub(crate) fn read(input: impl Read, piece: usize, longest: usize) -> io::Result<Cut> {
    let mut cutter = Cutter {
        input,
        piece,
        longest,
        is_at_end: false,
        cut: Cut::default(),
    };
    let mut place = Place::default();
    while let Some(data) = cutter.next_data(&mut place)? {
        place.start = cutter.cut_data(data)?;
    }
    Ok(cutter.cut)
}

struct Cutter<R> {
    input: R,
    piece: usize,
    longest: usize,
    is_at_end: bool,
    cut: Cut,
}

/// Where a statement may begin, and how it is read.
#[derive(Default)]
struct Place {
    start: usize,
    options: ParseOptions,
}

impl<R: Read> Cutter<R> {
    /// Reads on, about `length` bytes.
    fn read_on(&mut self, length: usize) -> io::Result<()> {
        if self.cut.bytes.len() > self.longest {
            self.is_at_end = true;
            return Ok(());
        }
        let mut piece = self.input.by_ref().take(length as u64);
        self.is_at_end = piece.read_to_end(&mut self.cut.bytes)? == 0;
        Ok(())
    }

    /// Reads on to the next data. `None` at the end of the file.
    fn next_data(&mut self, place: &mut Place) -> io::Result<Option<CopyData>> {
        let mut searched = place.start;
        while !self.is_at_end {
            let mut wanted = self.piece;
            if mentions_stdin(&self.cut.bytes[searched..]) {
                let text = text_of(&self.cut.bytes[place.start..]);
                let search = find_copy_data(&text, place.options);
                if let Some(data) = search.data {
                    let start = place.start + data.start;
                    return Ok(Some(CopyData { start, ..data }));
                }
                place.start += search.read_to;
                place.options = search.options;
                searched = place.start;
                // So much more that reading a long statement again stays linear.
                wanted = wanted.max(self.cut.bytes.len() - searched);
            } else {
                let tail = self.cut.bytes.len().saturating_sub(STDIN[0].len() - 1);
                searched = searched.max(tail);
            }
            self.read_on(wanted)?;
        }
        Ok(None)
    }

    /// Cuts data out. Returns where SQL goes on.
    fn cut_data(&mut self, data: CopyData) -> io::Result<usize> {
        let mut start = data.start;
        for _ in 0..data.blocks {
            match self.cut_block(start)? {
                Some(end) => start = end,
                None => return Ok(self.cut.bytes.len()),
            }
        }
        Ok(start)
    }

    /// Cuts the data of one `COPY` out. Returns where the line after its `\.`
    /// starts; `None` where the file ends before.
    fn cut_block(&mut self, start: usize) -> io::Result<Option<usize>> {
        let mut searched = start;
        let mut is_data = None;
        loop {
            let lines_end = match memrchr(b'\n', &self.cut.bytes[searched..]) {
                _ if self.is_at_end => self.cut.bytes.len(),
                Some(newline) => searched + newline + 1,
                None => searched,
            };
            let found = copy_data_end(&self.cut.bytes[..lines_end], searched);
            if let Some(end) = found {
                self.cut_out(start..end - END.len());
                let end = start + END.len();
                let newline = memchr(b'\n', &self.cut.bytes[end..]);
                return Ok(Some(newline.map_or(end, |newline| end + newline + 1)));
            }
            searched = lines_end;
            is_data = is_data.or_else(|| self.is_surely_data(start));
            if is_data == Some(true) {
                self.cut_out(start..searched);
                searched = start;
            }
            if self.is_at_end {
                return Ok(None);
            }
            self.read_on(self.piece)?;
        }
    }

    /// Whether lines that no `\.` ends are data, not SQL. `None` as long as too
    /// little has been read to tell.
    fn is_surely_data(&self, start: usize) -> Option<bool> {
        /// More than the longest word that SQL starts with.
        const ENOUGH: usize = 64;
        let lines = self.cut.bytes[start..].trim_ascii_start();
        if lines.len() < ENOUGH && !self.is_at_end {
            return None;
        }
        let beginning = &lines[..lines.len().min(ENOUGH)];
        Some(!is_sql_rather_than_data(&text_of(beginning)))
    }

    fn cut_out(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let Cut { bytes, gaps } = &mut self.cut;
        let lines = memchr_iter(b'\n', &bytes[range.clone()]).count();
        let at = TextSize::new(u32::try_from(range.start).unwrap_or(u32::MAX));
        let before = gaps.pop_if(|gap| gap.at == at);
        let before = before.or(gaps.last().copied()).unwrap_or_default();
        gaps.push(Gap {
            at,
            bytes: before.bytes + range.len() as u64,
            lines: before.lines.saturating_add(lines as u32),
        });
        bytes.drain(range);
    }
}

const END: &[u8] = b"\\.";

/// Nobody writes it in another case; what is not found is not cut.
const STDIN: [&[u8]; 2] = [b"stdin", b"STDIN"];

fn mentions_stdin(bytes: &[u8]) -> bool {
    STDIN.iter().any(|word| memmem::find(bytes, word).is_some())
}

/// The bytes as text of the same length.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => super::replace_bad_bytes(bytes).0.into(),
    }
}

#[cfg(test)]
mod tests {
    use pglint_syntax::{ParsedFile, StatementParse, parse_file, with_large_stack};
    use pglint_text::{FileId, TextRange};

    use super::super::{SourceFile, decode, decode_cut};
    use super::*;

    fn file(bytes: &[u8], piece: Option<usize>) -> SourceFile {
        let decoded = match piece {
            Some(piece) => decode_cut(read(bytes, piece, usize::MAX).unwrap()),
            None => decode(bytes.to_vec()),
        };
        SourceFile::new(FileId(0), "x.sql".into(), "x.sql".into(), decoded)
    }

    /// All that is read of a file, in its own bytes: the statements, with the
    /// lines and columns where they start, and the comments.
    fn outline(file: &SourceFile) -> Vec<String> {
        let parsed: ParsedFile =
            with_large_stack(|| parse_file(&file.text, ParseOptions::default()));
        let place = |range: TextRange| {
            let start = file.position(range.start());
            let end = file.position(range.end()).offset;
            format!("{}:{}: {}..{end}", start.line, start.column, start.offset)
        };
        let statements = parsed.statements.iter().map(|statement| {
            let is_tree = matches!(statement.parse, StatementParse::Tree(_));
            let text = &file.text[statement.range];
            format!("{} {is_tree} {text}", place(statement.range))
        });
        let comments = parsed.aside.comments.iter();
        let comments = comments.map(|it| format!("{} {}", place(it.range), &file.text[it.range]));
        statements.chain(comments).collect()
    }

    /// The file reads the same with and without its data, whatever pieces it is
    /// read in. What is left of it is `kept`.
    #[track_caller]
    fn check(sql: impl AsRef<[u8]>, kept: impl AsRef<[u8]>) {
        let (sql, kept) = (sql.as_ref(), kept.as_ref());
        let expected = outline(&file(sql, None));
        for piece in (1..=sql.len().min(70)).chain([1 << 20]) {
            let cut = read(sql, piece, usize::MAX).unwrap();
            let shown = String::from_utf8_lossy(&cut.bytes);
            assert_eq!(shown, String::from_utf8_lossy(kept), "pieces of {piece}");
            assert_eq!(outline(&file(sql, Some(piece))), expected, "{piece}");
        }
    }

    #[track_caller]
    fn check_kept(sql: impl AsRef<[u8]>) {
        check(&sql, &sql);
    }

    #[test]
    fn data_is_cut_up_to_the_line_that_ends_it() {
        check(
            "COPY t (a, b) FROM stdin;\n1\t'x;\n2\t\\.\n\\.\n\n-- on\nSELECT 1;\n",
            "COPY t (a, b) FROM stdin;\n\\.\n\n-- on\nSELECT 1;\n",
        );
        check(
            "COPY t FROM STDIN;\r\n1\r\n\\.\r\nSELECT é;\r\n",
            "COPY t FROM STDIN;\r\n\\.\r\nSELECT é;\r\n",
        );
        check_kept("COPY t FROM stdin;\n\\.\nSELECT 1;");
        check_kept("COPY t TO stdout; -- not stdin\nSELECT 1;");
    }

    #[test]
    fn options_may_take_several_lines() {
        check(
            "copy t\nfrom stdin\nwith (\n  format csv,\n  delimiter ';'\n); -- why\n1;\"x\n\\.\nSELECT 1",
            "copy t\nfrom stdin\nwith (\n  format csv,\n  delimiter ';'\n); -- why\n\\.\nSELECT 1",
        );
        check(
            "\\copy t from stdin\n1\n\\.\nSELECT 1;",
            "\\copy t from stdin\n\\.\nSELECT 1;",
        );
    }

    #[test]
    fn several_in_a_row() {
        check(
            "COPY t FROM stdin;\n1\n\\.\nCOPY u FROM stdin;\n2\n3\n\\.\nSELECT 1;",
            "COPY t FROM stdin;\n\\.\nCOPY u FROM stdin;\n\\.\nSELECT 1;",
        );
        check(
            "COPY t FROM STDIN\\; COPY u FROM STDIN;\n1\n\\.\nSELECT '\n\\.\nSELECT 1",
            "COPY t FROM STDIN\\; COPY u FROM STDIN;\n\\.\n\\.\nSELECT 1",
        );
    }

    #[test]
    fn what_only_looks_like_data_stays() {
        check_kept("SELECT 'COPY t FROM stdin;\n1\n\\.\n';");
        check_kept("/* COPY t FROM stdin;\n1\n\\.\n*/ SELECT 1;");
        check_kept("-- COPY t FROM stdin;\nSELECT 1;\n");
        check_kept("DO $$ COPY t FROM stdin;\n1\n\\.\n$$;");
        check_kept("COPY (SELECT stdin FROM t) TO STDOUT;\nSELECT 1;\n");
    }

    #[test]
    fn strings_with_backslashes_are_read_as_the_script_says() {
        check(
            "SET standard_conforming_strings = off;\nSELECT 'it\\'s';\nCOPY t FROM stdin;\n1\n\\.\n",
            "SET standard_conforming_strings = off;\nSELECT 'it\\'s';\nCOPY t FROM stdin;\n\\.\n",
        );
    }

    #[test]
    fn data_without_an_end_reaches_to_the_end_unless_sql_follows() {
        check("COPY t FROM stdin;\n1\n2\n", "COPY t FROM stdin;\n");
        check_kept("COPY t FROM stdin;\nSELECT 1;\nSELECT 2;\n");
        check_kept("COPY t FROM stdin;\n\n-- next\n\\echo\nSELECT 2;\n");
        // Rows may look like SQL, too.
        check(
            "COPY t FROM stdin;\nselect\n-- x\n\\.\nSELECT 1;",
            "COPY t FROM stdin;\n\\.\nSELECT 1;",
        );
    }

    #[test]
    fn a_byte_order_mark_and_other_encodings() {
        check(
            b"\xEF\xBB\xBFCOPY t FROM stdin;\n\xE9\n\\.\nSELECT 1;",
            b"\xEF\xBB\xBFCOPY t FROM stdin;\n\\.\nSELECT 1;",
        );
        check(
            b"SELECT 'caf\xE9';\nCOPY t FROM stdin;\n\xE9\xE8\n\\.\nSELECT '\xE9';",
            b"SELECT 'caf\xE9';\nCOPY t FROM stdin;\n\\.\nSELECT '\xE9';",
        );
    }

    #[test]
    fn long_data_takes_no_memory() {
        let row = "1\tx\n".repeat(1000);
        let data = row.repeat(1000);
        let sql = format!("COPY t FROM stdin;\n{data}\\.\nSELECT 1;");
        let cut = read(sql.as_bytes(), 4096, usize::MAX).unwrap();
        assert_eq!(cut.bytes, b"COPY t FROM stdin;\n\\.\nSELECT 1;");
        assert!(cut.bytes.capacity() < 16_384, "{}", cut.bytes.capacity());
        assert_eq!(cut.gaps.len(), 1);
        assert_eq!(
            (cut.gaps[0].bytes, cut.gaps[0].lines),
            (4_000_000, 1_000_000)
        );
    }

    #[test]
    fn more_than_can_be_read_is_not_read_on() {
        let cut = read(io::repeat(b'-'), 100, 1000).unwrap();
        assert!((1001..2000).contains(&cut.bytes.len()));
    }
}
