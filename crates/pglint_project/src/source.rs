//! The text of a file and the way back from it to the bytes on the disk.

pub(crate) mod cut;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use pglint_linter::{Edit, FileRange, apply_edits};
use pglint_syntax::{ParseOptions, Token, TokenKind, lex};
use pglint_text::{FileId, LineIndex, TextSize};

use crate::project::Signs;
use cut::Cut;

/// A file as it is analysed: valid UTF-8 with nothing in it that is not SQL's.
#[derive(Debug)]
pub struct SourceFile {
    /// The file's number in its project.
    pub id: FileId,
    /// Absolute and free of `.` and `..`; for standard input the name it was given.
    pub path: PathBuf,
    /// What people are shown: relative to the working directory where the file
    /// is beneath it, with `/` between the parts.
    pub name: String,
    /// The text that the rest of pglint sees.
    pub text: Arc<str>,
    /// What was cut out of the text while reading, in the order of the text.
    pub gaps: Vec<Gap>,
    /// How many bytes were not UTF-8 and became `?` or `_`. Where this is not zero,
    /// no fix may be applied to the file.
    pub replaced_bytes: usize,
    /// Is the file UTF-16? Then its text is empty.
    pub is_utf16: bool,
    lines: OnceLock<LineIndex>,
    signs: OnceLock<Signs>,
}

/// A place where bytes of the file are missing from its text: a byte-order mark,
/// the data of a `COPY`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// The offset in the text before which the bytes are missing.
    pub at: TextSize,
    /// How many bytes are missing up to here, those of earlier gaps included.
    pub bytes: u64,
    /// How many line feeds are among them.
    pub lines: u32,
}

/// A place in the file on the disk, as people and programs are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// 0-based, in bytes of the file on the disk, a byte-order mark included.
    pub offset: u64,
}

impl SourceFile {
    /// A file that holds `decoded`.
    pub fn new(id: FileId, path: PathBuf, name: String, decoded: Decoded) -> SourceFile {
        SourceFile {
            id,
            path,
            name,
            text: decoded.text,
            gaps: decoded.gaps,
            replaced_bytes: decoded.replaced_bytes,
            is_utf16: decoded.is_utf16,
            lines: OnceLock::new(),
            signs: OnceLock::new(),
        }
    }

    /// What was made of the file's bytes.
    pub fn decoded(&self) -> Decoded {
        Decoded {
            text: self.text.clone(),
            gaps: self.gaps.clone(),
            replaced_bytes: self.replaced_bytes,
            is_utf16: self.is_utf16,
        }
    }

    /// What the text tells of its place among the files around it.
    pub(crate) fn signs(&self) -> &Signs {
        self.signs.get_or_init(|| Signs::of(&self.text))
    }

    /// The lines of the text.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Where the byte at `offset` of the text is in the file on the disk.
    /// An offset inside a character means the character's start.
    pub fn position(&self, offset: TextSize) -> Position {
        let mut offset = offset.min(TextSize::of(&*self.text));
        while !self.text.is_char_boundary(offset.into()) {
            offset -= TextSize::from(1);
        }
        let place = self.lines().line_column(&self.text, offset);
        let gaps = self.gaps.partition_point(|gap| gap.at <= offset);
        let missing = match gaps.checked_sub(1) {
            Some(last) => self.gaps[last],
            None => Gap::default(),
        };
        Position {
            line: place.line.saturating_add(missing.lines),
            column: place.column,
            offset: u64::from(u32::from(offset)) + missing.bytes,
        }
    }
}

/// Bytes made into text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Always UTF-8.
    pub text: Arc<str>,
    /// What was cut out.
    pub gaps: Vec<Gap>,
    /// How many bytes became `?` or `_`.
    pub replaced_bytes: usize,
    /// Are the bytes UTF-16? Then nothing of them is text, and all are counted as
    /// replaced.
    pub is_utf16: bool,
}

impl Decoded {
    /// The same text after edits that do not overlap. `None` where an edit would
    /// take away bytes that the text does not show.
    pub fn edited(&self, edits: &[&Edit<FileRange>]) -> Option<Decoded> {
        let mut gaps = self.gaps.clone();
        for (gap, old) in gaps.iter_mut().zip(&self.gaps) {
            for edit in edits {
                let range = edit.location.range;
                if range.start() < old.at && old.at < range.end() {
                    return None;
                }
                if range.end() <= old.at && range.start() < old.at {
                    gap.at = gap.at + TextSize::of(&*edit.text) - range.len();
                }
            }
        }
        Some(Decoded {
            text: apply_edits(&self.text, edits.iter().copied()).into(),
            gaps,
            replaced_bytes: self.replaced_bytes,
            is_utf16: self.is_utf16,
        })
    }

    /// The bytes of a file whose text was `before` and became this one through
    /// [`Decoded::edited`]; `original` are those that it holds. `None` where they
    /// are not what `before` was made of.
    pub fn encode(&self, before: &Decoded, original: &[u8]) -> Option<Vec<u8>> {
        if before.replaced_bytes > 0 || before.gaps.len() != self.gaps.len() {
            return None;
        }
        let mut bytes = Vec::with_capacity(original.len());
        let mut rest = original;
        let (mut old_to, mut new_to, mut missing) = (0, 0, 0);
        for (old, new) in before.gaps.iter().zip(&self.gaps) {
            let (old_at, new_at) = (usize::from(old.at), usize::from(new.at));
            rest = rest.strip_prefix(before.text.get(old_to..old_at)?.as_bytes())?;
            bytes.extend_from_slice(self.text.get(new_to..new_at)?.as_bytes());
            let length = usize::try_from(old.bytes - missing).ok()?;
            let (not_shown, after) = rest.split_at_checked(length)?;
            bytes.extend_from_slice(not_shown);
            (rest, old_to, new_to, missing) = (after, old_at, new_at, old.bytes);
        }
        bytes.extend_from_slice(self.text.get(new_to..)?.as_bytes());
        (rest == before.text.get(old_to..)?.as_bytes()).then_some(bytes)
    }
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What stands before UTF-16, which is no encoding of PostgreSQL's, neither of a server
/// nor of a client (manual, "Character Set Support").
const UTF16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];

/// Makes text of the bytes of a file: cuts a byte-order mark, as psql does, and
/// puts a character for every byte that is not UTF-8, so that all offsets stay true.
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let gaps = Vec::new();
    decode_cut(Cut { bytes, gaps })
}

/// The same for a file that data was cut out of.
pub(crate) fn decode_cut(cut: Cut) -> Decoded {
    let Cut { bytes, mut gaps } = cut;
    if UTF16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Decoded {
            text: "".into(),
            gaps: Vec::new(),
            replaced_bytes: bytes.len(),
            is_utf16: true,
        };
    }
    let (bytes, mark) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (rest.to_vec(), Some(byte_order_mark())),
        None => (bytes, None),
    };
    if let Some(mark) = mark {
        for gap in &mut gaps {
            gap.at -= TextSize::of('\u{FEFF}');
            gap.bytes += mark.bytes;
        }
        gaps.insert(0, mark);
    }
    let (text, replaced_bytes) = match String::from_utf8(bytes) {
        Ok(text) => (text, 0),
        Err(error) => replace_bad_bytes(error.as_bytes()),
    };
    Decoded {
        text: text.into(),
        gaps,
        replaced_bytes,
        is_utf16: false,
    }
}

/// The same for what is text already: the document of an editor.
pub fn decode_text(text: &Arc<str>) -> Decoded {
    match text.strip_prefix('\u{FEFF}') {
        Some(rest) => Decoded {
            text: rest.into(),
            gaps: vec![byte_order_mark()],
            replaced_bytes: 0,
            is_utf16: false,
        },
        None => Decoded {
            text: text.clone(),
            gaps: Vec::new(),
            replaced_bytes: 0,
            is_utf16: false,
        },
    }
}

fn byte_order_mark() -> Gap {
    Gap {
        at: TextSize::from(0),
        bytes: BYTE_ORDER_MARK.len() as u64,
        lines: 0,
    }
}

/// The bytes with `?` for each that is not UTF-8, or `_` in a name without quotes: to
/// PostgreSQL's scanner all bytes from 0x80 on are letters (`ident_start` in
/// `scan.l`). Also how many there are.
fn replace_bad_bytes(bytes: &[u8]) -> (String, usize) {
    let mut text = String::with_capacity(bytes.len());
    let mut bad = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        bad.extend(text.len()..text.len() + chunk.invalid().len());
        text.extend(chunk.invalid().iter().map(|_| '_'));
    }
    let mut replaced = text.clone().into_bytes();
    let mut tokens = lex(&text, ParseOptions::default()).into_iter().peekable();
    for at in bad.iter().copied() {
        while tokens.next_if(|it| usize::from(it.end()) <= at).is_some() {}
        if tokens.peek().is_some_and(|it| is_quoted(*it)) {
            replaced[at] = b'?';
        }
    }
    (String::from_utf8(replaced).unwrap_or(text), bad.len())
}

/// Does what the token is not depend on what is in it? In a `$tag$` it does.
fn is_quoted(token: Token) -> bool {
    token.is_comment()
        || token.is_string() && token.kind != TokenKind::DollarString
        || token.is_identifier() && token.kind != TokenKind::Word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], text: &str, replaced_bytes: usize, gaps: usize) {
        let decoded = decode(bytes.to_vec());
        assert_eq!(&*decoded.text, text);
        assert_eq!(decoded.replaced_bytes, replaced_bytes);
        assert_eq!(decoded.gaps.len(), gaps);
    }

    #[test]
    fn text_keeps_its_length() {
        check(b"", "", 0, 0);
        check(b"select 'caf\xE9'", "select 'caf?'", 1, 0);
        check(b"\xE2\x82 \xFF\xFE", "__ __", 4, 0);
        check(b"\xFF\xFEa\0", "", 4, 0);
        check(b"\xFE\xFF\0a\0\xE9", "", 6, 0);
        check(b"a\0b", "a\0b", 0, 0);
    }

    #[test]
    fn bad_bytes_are_letters_of_names() {
        check(
            b"select caf\xE9, \"\xE9\" from \xE9t\xE9 -- \xE9",
            "select caf_, \"?\" from _t_ -- ?",
            5,
            0,
        );
        check(b"$\xE9$ \xE9 $\xE9$ \xE9", "$_$ _ $_$ _", 4, 0);
    }

    #[test]
    fn a_byte_order_mark_is_cut_and_still_counted() {
        check(b"\xEF\xBB\xBFselect", "select", 0, 1);
        let decoded = decode(b"\xEF\xBB\xBFa\nb".to_vec());
        let file = SourceFile::new(FileId(0), "x.sql".into(), "x.sql".into(), decoded);
        let position = |offset: u32| {
            let place = file.position(offset.into());
            (place.line, place.column, place.offset)
        };
        assert_eq!(position(0), (1, 1, 3));
        assert_eq!(position(2), (2, 1, 5));
        assert_eq!(position(99), (2, 2, 6));
    }

    /// Edits the text behind `before`; each edit is first byte, last byte plus
    /// one, new text.
    #[track_caller]
    fn check_edits(before: &[u8], edits: &[(u32, u32, &str)], after: &[u8]) {
        let edit = |(start, end, text): &(u32, u32, &str)| Edit {
            location: FileRange {
                file: FileId(0),
                range: pglint_text::TextRange::new((*start).into(), (*end).into()),
            },
            text: (*text).to_owned(),
        };
        let edits: Vec<_> = edits.iter().map(edit).collect();
        let edits: Vec<_> = edits.iter().collect();
        let decoded = decode(before.to_vec());
        let edited = decoded.edited(&edits).unwrap();
        assert_eq!(edited, decode(after.to_vec()));
        assert_eq!(edited.encode(&decoded, before).unwrap(), after);
        // The same with data cut out.
        let data = b"COPY t FROM stdin;\n1\n2\n\\.\n";
        let with_data = |bytes: &[u8]| [bytes, b";\n", data, b"SELECT 1;\n"].concat();
        let read = |bytes: &[u8]| decode_cut(cut::read(bytes, 10, usize::MAX).unwrap());
        let decoded = read(&with_data(before));
        let edited = decoded.edited(&edits).unwrap();
        let encoded = edited.encode(&decoded, &with_data(before)).unwrap();
        assert_eq!(encoded, with_data(after));
        assert_eq!(edited.text, read(&encoded).text);
    }

    #[test]
    fn edits_keep_what_is_not_shown() {
        check_edits(b"a\r\nb\r\n", &[(0, 1, "xy")], b"xy\r\nb\r\n");
        check_edits(b"\xEF\xBB\xBFabc", &[(0, 2, "")], b"\xEF\xBB\xBFc");
        check_edits(
            b"\xEF\xBB\xBFabc",
            &[(0, 0, "x"), (3, 3, "y")],
            b"\xEF\xBB\xBFxabcy",
        );
        let is_refused = |before: &[u8], original: &[u8]| {
            let decoded = decode(before.to_vec());
            decoded.encode(&decoded, original).is_none()
        };
        assert!(is_refused(b"a", b"\xEF\xBB\xBFa"));
        assert!(is_refused(b"\xFF", b"\xFF"));
        assert!(is_refused(b"a", b"ab"));
    }

    #[test]
    fn an_offset_inside_a_character_is_its_start() {
        let file = SourceFile::new(
            FileId(0),
            "x.sql".into(),
            "x.sql".into(),
            decode("é".into()),
        );
        assert_eq!(file.position(1.into()).column, 1);
    }
}
