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
        let line_end = self.psql_line_end(start);
        let name_end = self.name_end(start + 1, line_end);
        let end = if takes_whole_line(&self.bytes[start + 1..name_end]) {
            line_end
        } else {
            self.arguments_end(name_end, line_end)
        };
        self.finish(TokenKind::PsqlCommand, end)
    }

    /// psql reads line by line, and a line ends at `\n`; a `\r` before it is
    /// white space.
    fn psql_line_end(&self, from: usize) -> usize {
        let end = memchr(b'\n', &self.bytes[from..]).map_or(self.bytes.len(), |at| from + at);
        match self.bytes[from..end].last() {
            Some(b'\r') => end - 1,
            _ => end,
        }
    }

    fn name_end(&self, from: usize, line_end: usize) -> usize {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\\';
        self.bytes[from..line_end]
            .iter()
            .position(ends)
            .map_or(line_end, |at| from + at)
    }

    fn arguments_end(&self, mut offset: usize, line_end: usize) -> usize {
        while offset < line_end {
            let byte = self.bytes[offset];
            match byte {
                b'\\' if self.byte(offset + 1) == b'\\' => return offset + 2,
                b'\\' => return offset,
                b'\'' | b'"' | b'`' => offset = self.argument_quote_end(offset, line_end),
                _ => offset += 1,
            }
        }
        line_end
    }

    fn argument_quote_end(&self, start: usize, line_end: usize) -> usize {
        let quote = self.bytes[start];
        let mut offset = start + 1;
        while offset < line_end {
            let byte = self.bytes[offset];
            offset += if byte == b'\\' && quote == b'\'' {
                2
            } else {
                1
            };
            if byte == quote {
                break;
            }
        }
        offset.min(line_end)
    }
}

/// Commands whose argument is the whole rest of the line, backslashes included
/// (`psql`'s `command.c`, `OT_WHOLE_LINE`).
fn takes_whole_line(name: &[u8]) -> bool {
    matches!(
        name,
        b"!" | b"copy" | b"h" | b"help" | b"ef" | b"ev" | b"sf" | b"sf+" | b"sv" | b"sv+"
    )
}
