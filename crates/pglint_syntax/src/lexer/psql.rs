//! psql's backslash commands (psql's manual page, "Meta-Commands").

use super::Lexer;
use crate::token::{Token, TokenKind};
use memchr::memchr;

impl Lexer<'_> {
    /// `\;`, or `\name` with its arguments: to the line's end, or to the next
    /// unquoted backslash; a `\\` that parts the command from more SQL on the
    /// same line belongs to it.
    pub(super) fn psql_command(&mut self) -> Token {
        let start = self.offset;
        match self.byte(start + 1) {
            b';' => return self.finish(TokenKind::PsqlSemicolon, start + 2),
            b':' => return self.finish(TokenKind::PsqlCommand, start + 2),
            _ => {}
        }
        let name_end = self.name_end(start + 1);
        let end = if takes_whole_line(&self.bytes[start + 1..name_end]) {
            self.psql_line_end(name_end)
        } else {
            self.arguments_end(name_end)
        };
        self.finish(TokenKind::PsqlCommand, end)
    }

    /// psql reads line by line, and a line ends at `\n`; a `\r` before it is
    /// white space.
    fn is_psql_line_end(&self, offset: usize) -> bool {
        matches!(
            &self.bytes[offset..],
            [] | [b'\n', ..] | [b'\r'] | [b'\r', b'\n', ..]
        )
    }

    fn psql_line_end(&self, from: usize) -> usize {
        let end = memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |at| from + at);
        match self.bytes[from..end].last() {
            Some(b'\r') => end - 1,
            _ => end,
        }
    }

    fn name_end(&self, from: usize) -> usize {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\\';
        let end = self.bytes[from..].iter().position(ends);
        end.map_or(self.bytes.len(), |at| from + at)
    }

    fn arguments_end(&self, mut offset: usize) -> usize {
        while !self.is_psql_line_end(offset) {
            let byte = self.bytes[offset];
            match byte {
                b'\\' if self.byte(offset + 1) == b'\\' => return offset + 2,
                b'\\' => return offset,
                b'\'' | b'"' | b'`' => offset = self.argument_quote_end(offset),
                _ => offset += 1,
            }
        }
        offset
    }

    fn argument_quote_end(&self, start: usize) -> usize {
        let quote = self.bytes[start];
        let mut offset = start + 1;
        while !self.is_psql_line_end(offset) {
            let byte = self.bytes[offset];
            offset += 1;
            if byte == quote {
                break;
            }
            if byte == b'\\' && quote == b'\'' && !self.is_psql_line_end(offset) {
                offset += 1;
            }
        }
        offset
    }
}

/// Commands whose argument is the whole rest of the line, backslashes included
/// (`psql`'s `command.c`, `OT_WHOLE_LINE`).
fn takes_whole_line(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"copy")
        || matches!(
            name,
            b"!" | b"h" | b"help" | b"ef" | b"ev" | b"sf" | b"sf+" | b"sv" | b"sv+"
        )
}
