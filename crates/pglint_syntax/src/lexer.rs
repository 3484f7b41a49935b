//! Text to tokens, by the rules of PostgreSQL's scanner (`scan.l`, version 18)
//! and, for backslash commands, of psql (`psqlscan.l`, `psqlscanslash.l`).
//!
//! The lexer never fails and its tokens cover every byte. It keeps no state
//! between tokens but what it looked for in vain, so it can be started at any
//! token boundary. `COPY` data and
//! statement boundaries are the splitter's business.
//!
//! Four representations worth knowing:
//! - A continued string (`'a'` newline `'b'`) is one token, as in PostgreSQL.
//! - `N'x'` is the word `N` and the string `'x'`, as in PostgreSQL.
//! - A psql variable (`:name`, `:'name'`, `:"name"`) is a colon and what
//!   follows it, because the server reads `a[1:n]` and `JSON_OBJECT('k':v)` so,
//!   and psql leaves variables alone that are not set.
//! - A template's hole or tag, such as `{{ x }}`, is one token; no SQL holds one.

mod number;
mod operator;
mod psql;
mod string;
mod template;

use crate::parse::ParseOptions;
use crate::token::{Token, TokenKind};
use pglint_text::{TextRange, TextSize};

/// All tokens of `text`, which must be shorter than 4 GiB.
///
/// Their offsets are relative to `text`. Nothing is known of statements here:
/// the lines after a `COPY ... FROM STDIN` are read like SQL, see
/// [`crate::split`].
pub fn lex(text: &str, options: ParseOptions) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    tokens.extend(Lexer::new(text, 0, options));
    tokens
}

/// The tokens of a text from some token boundary on.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'t> {
    bytes: &'t [u8],
    offset: usize,
    pub(crate) options: ParseOptions,
    /// The end of a template's hole that was looked for last in vain, and how far.
    searched: (&'static [u8], usize),
}

impl<'t> Lexer<'t> {
    /// Reads `text` from the byte `offset` on, which must be a token boundary.
    pub(crate) fn new(text: &'t str, offset: usize, options: ParseOptions) -> Lexer<'t> {
        Lexer {
            bytes: text.as_bytes(),
            offset,
            options,
            searched: (&[], 0),
        }
    }

    /// The offset of the next token.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    fn byte(&self, offset: usize) -> u8 {
        // A NUL stands for "past the end"; a real NUL starts no token either.
        self.bytes.get(offset).copied().unwrap_or(0)
    }

    fn run_end(&self, mut offset: usize, class: u8) -> usize {
        while offset < self.bytes.len() && CLASSES[usize::from(self.bytes[offset])] & class != 0 {
            offset += 1;
        }
        offset
    }

    fn finish(&mut self, kind: TokenKind, end: usize) -> Token {
        let token = Token::new(kind, range(self.offset, end));
        self.offset = end;
        token
    }

    fn word(&mut self) -> Token {
        let end = self.run_end(self.offset + 1, IDENTIFIER);
        self.finish(TokenKind::Word, end)
    }

    /// A letter can also open a string: `E'`, `B'`, `X'`, `U&'`, `U&"`.
    fn word_or_prefix(&mut self, first: u8) -> Token {
        let start = self.offset;
        match (first | 0x20, self.byte(start + 1)) {
            (b'e', b'\'') => self.escape_string(start + 2),
            (b'b', b'\'') => self.bit_string(TokenKind::BitString),
            (b'x', b'\'') => self.bit_string(TokenKind::HexString),
            (b'u', b'&') => match self.byte(start + 2) {
                b'\'' => self.plain_string(TokenKind::UnicodeString, start + 3),
                b'"' => self.quoted_identifier(TokenKind::UnicodeIdentifier, start + 3),
                _ => self.word(),
            },
            _ => self.word(),
        }
    }

    fn colon(&mut self) -> Token {
        match self.byte(self.offset + 1) {
            b':' => self.finish(TokenKind::TypeCast, self.offset + 2),
            b'=' => self.finish(TokenKind::ColonEquals, self.offset + 2),
            _ => self.finish(TokenKind::Colon, self.offset + 1),
        }
    }

    fn dot(&mut self) -> Token {
        match self.byte(self.offset + 1) {
            b'.' => self.finish(TokenKind::DotDot, self.offset + 2),
            b'0'..=b'9' => self.number(),
            _ => self.finish(TokenKind::Dot, self.offset + 1),
        }
    }

    fn single(&mut self, first: u8) -> Token {
        let kind = match first {
            b'(' => TokenKind::LeftParen,
            b')' => TokenKind::RightParen,
            b'[' => TokenKind::LeftBracket,
            b']' => TokenKind::RightBracket,
            b',' => TokenKind::Comma,
            b';' => TokenKind::Semicolon,
            _ => TokenKind::Unknown,
        };
        self.finish(kind, self.offset + 1)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let first = *self.bytes.get(self.offset)?;
        let next = self.byte(self.offset + 1);
        Some(match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                let end = self.run_end(self.offset + 1, SPACE);
                self.finish(TokenKind::Whitespace, end)
            }
            b'b' | b'B' | b'e' | b'E' | b'u' | b'U' | b'x' | b'X' => self.word_or_prefix(first),
            0xef if self.bytes[self.offset..].starts_with(BYTE_ORDER_MARK) => {
                let end = self.offset + BYTE_ORDER_MARK.len();
                self.finish(TokenKind::Whitespace, end)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => self.number(),
            b'\'' if self.options.standard_conforming_strings => {
                self.plain_string(TokenKind::String, self.offset + 1)
            }
            b'\'' => self.escape_string(self.offset + 1),
            b'"' => self.quoted_identifier(TokenKind::QuotedIdentifier, self.offset + 1),
            b'$' => self.dollar(),
            b'-' if next == b'-' => self.line_comment(),
            b'/' if next == b'*' => self.block_comment(),
            b'.' => self.dot(),
            b':' => self.colon(),
            b'\\' => self.psql_command(),
            b'{' => self.brace(),
            _ if is_class(first, OPERATOR) => self.operator(),
            _ => self.single(first),
        })
    }
}

/// Where files were joined it may stand at the start of a statement. (PostgreSQL
/// takes it for a letter.)
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Bits of [`CLASSES`].
const SPACE: u8 = 1;
const IDENTIFIER: u8 = 2;
const OPERATOR: u8 = 4;
const TAG: u8 = 8;

fn is_class(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// The character classes `space`, `ident_cont`, `op_chars`, `dolq_cont` of `scan.l`.
static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => IDENTIFIER | TAG,
            b'$' => IDENTIFIER,
            b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' => OPERATOR,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'<' | b'>' | b'=' => OPERATOR,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// A byte offset. Texts of 4 GiB and more are not read, so none is cut short.
pub(crate) fn size(offset: usize) -> TextSize {
    TextSize::new(u32::try_from(offset).unwrap_or(u32::MAX))
}

/// The half-open range between two byte offsets.
pub(crate) fn range(start: usize, end: usize) -> TextRange {
    TextRange::new(size(start), size(end))
}
