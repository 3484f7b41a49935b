//! Quoted things: strings, quoted identifiers, dollar quotes, comments, `$1`.

use super::{IDENTIFIER, Lexer, SPACE, TAG, is_class};
use crate::token::{Token, TokenKind};
use memchr::{memchr, memchr2, memmem};

impl Lexer<'_> {
    /// `'...'` or `U&'...'`, whose content starts at `content`: two quotes are
    /// one quote, a backslash is a backslash.
    pub(super) fn plain_string(&mut self, kind: TokenKind, content: usize) -> Token {
        self.string(kind, content, |lexer, from| lexer.closing(b'\'', from))
    }

    /// `B'...'` or `X'...'`, where two quotes are not one quote.
    pub(super) fn bit_string(&mut self, kind: TokenKind) -> Token {
        self.string(kind, self.offset + 2, |lexer, from| {
            memchr(b'\'', &lexer.bytes[from..]).map(|at| from + at + 1)
        })
    }

    /// `E'...'`: a backslash takes the next byte with it.
    pub(super) fn escape_string(&mut self, content: usize) -> Token {
        self.string(TokenKind::EscapeString, content, |lexer, mut from| {
            loop {
                let at = from + memchr2(b'\'', b'\\', lexer.bytes.get(from..)?)?;
                from = match (lexer.bytes[at], lexer.byte(at + 1)) {
                    (b'\\', _) | (b'\'', b'\'') => at + 2,
                    _ => return Some(at + 1),
                };
            }
        })
    }

    /// `"..."` or `U&"..."`, whose content starts at `content`.
    pub(super) fn quoted_identifier(&mut self, kind: TokenKind, content: usize) -> Token {
        let end = self.closing(b'"', content);
        self.finish(kind, end.unwrap_or(self.bytes.len()))
            .unterminated(end.is_none())
    }

    /// `$1`, `$$...$$`, `$tag$...$tag$` or a lone `$`.
    pub(super) fn dollar(&mut self) -> Token {
        let start = self.offset;
        let next = self.byte(start + 1);
        if next.is_ascii_digit() {
            return self.parameter();
        }
        if next == b'{'
            && let Some(hole) = self.braced_hole(start + 1)
        {
            return hole;
        }
        let delimiter_end = self.run_end(start + 1, TAG);
        if self.byte(delimiter_end) != b'$' {
            return self.finish(TokenKind::Unknown, start + 1);
        }
        // Looking for the delimiter as plain text agrees with `scan.l`, which
        // puts back the last `$` of every other `$...$` it meets.
        let content = delimiter_end + 1;
        let delimiter = &self.bytes[start..content];
        let end = memmem::find(&self.bytes[content..], delimiter)
            .map(|at| content + at + delimiter.len());
        self.finish(TokenKind::DollarString, end.unwrap_or(self.bytes.len()))
            .unterminated(end.is_none())
    }

    /// `-- ...` up to the line's end.
    pub(super) fn line_comment(&mut self) -> Token {
        let end = self.line_end(self.offset);
        self.finish(TokenKind::LineComment, end)
    }

    /// `/* ... */`, which nests.
    pub(super) fn block_comment(&mut self) -> Token {
        let mut depth = 1_u32;
        let mut offset = self.offset + 2;
        while depth > 0 {
            let Some(at) = memchr2(b'*', b'/', &self.bytes[offset..]) else {
                return self
                    .finish(TokenKind::BlockComment, self.bytes.len())
                    .unterminated(true);
            };
            let at = offset + at;
            offset = at + 2;
            match (self.bytes[at], self.byte(at + 1)) {
                (b'*', b'/') => depth -= 1,
                (b'/', b'*') => depth += 1,
                _ => offset = at + 1,
            }
        }
        self.finish(TokenKind::BlockComment, offset)
    }

    /// The offset of the first `\n` or `\r` from `from` on, or the text's end.
    pub(super) fn line_end(&self, from: usize) -> usize {
        memchr2(b'\n', b'\r', &self.bytes[from..]).map_or(self.bytes.len(), |at| from + at)
    }

    /// Reads a string's parts: `close` gives the offset after the closing quote
    /// of the part whose content starts at the given offset.
    fn string(
        &mut self,
        kind: TokenKind,
        content: usize,
        close: impl Fn(&Self, usize) -> Option<usize>,
    ) -> Token {
        let mut content = content;
        let mut continued = false;
        loop {
            let Some(end) = close(self, content) else {
                return self
                    .finish(kind, self.bytes.len())
                    .unterminated(true)
                    .continued(continued);
            };
            match self.continuation(end) {
                Some(next) => content = next,
                None => return self.finish(kind, end).continued(continued),
            }
            continued = true;
        }
    }

    /// The offset after the `quote` that closes a part, two of them being one.
    fn closing(&self, quote: u8, mut from: usize) -> Option<usize> {
        loop {
            let at = from + memchr(quote, self.bytes.get(from..)?)?;
            if self.byte(at + 1) != quote {
                return Some(at + 1);
            }
            from = at + 2;
        }
    }

    /// Where the next part's content starts when a string continues: after
    /// white space with at least one newline, line comments allowed, and a quote
    /// (`quotecontinue` of `scan.l`).
    fn continuation(&self, mut offset: usize) -> Option<usize> {
        let mut seen_newline = false;
        loop {
            match self.byte(offset) {
                b'\'' if seen_newline => return Some(offset + 1),
                b'-' if self.byte(offset + 1) == b'-' => offset = self.line_end(offset),
                b'\n' | b'\r' => {
                    seen_newline = true;
                    offset += 1;
                }
                byte if is_class(byte, SPACE) => offset += 1,
                _ => return None,
            }
        }
    }

    fn parameter(&mut self) -> Token {
        let mut end = self.offset + 1;
        while self.byte(end).is_ascii_digit() {
            end += 1;
        }
        // PostgreSQL refuses `$1a`, which pg_query's scanner reads as two tokens.
        let junk = self.byte(end) != b'$' && is_class(self.byte(end), IDENTIFIER);
        self.finish(TokenKind::Parameter, end).malformed(junk)
    }
}
