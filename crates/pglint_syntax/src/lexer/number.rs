//! Numbers: `numeric`, `real` and the integers of `scan.l`, and their junk.

use super::{IDENTIFIER, Lexer};
use crate::token::{Token, TokenKind};

impl Lexer<'_> {
    /// A number that starts at the present offset with a digit, or with a dot
    /// before a digit.
    pub(super) fn number(&mut self) -> Token {
        let start = self.offset;
        let end = self
            .radix_integer(start)
            .unwrap_or_else(|| self.decimal(start));
        match (self.byte(end), self.byte(end + 1)) {
            (b'e' | b'E', b'+' | b'-') => self.finish(TokenKind::Number, end + 2).malformed(true),
            (b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.., _) => {
                let end = self.run_end(end, IDENTIFIER);
                self.finish(TokenKind::Number, end).malformed(true)
            }
            _ => self.finish(TokenKind::Number, end),
        }
    }

    fn is_radix_prefix(&self, start: usize) -> bool {
        self.byte(start) == b'0'
            && matches!(
                self.byte(start + 1),
                b'x' | b'X' | b'o' | b'O' | b'b' | b'B'
            )
    }

    /// The end of `0x1F`, `0o17` or `0b11`; `None` when none is there.
    fn radix_integer(&self, start: usize) -> Option<usize> {
        if !self.is_radix_prefix(start) {
            return None;
        }
        let is_digit: fn(u8) -> bool = match self.byte(start + 1) | 0x20 {
            b'x' => |byte| byte.is_ascii_hexdigit(),
            b'o' => |byte| matches!(byte, b'0'..=b'7'),
            _ => |byte| matches!(byte, b'0' | b'1'),
        };
        let end = self.digits(start + 2, true, is_digit);
        (end > start + 2).then_some(end)
    }

    /// The end of an integer or decimal number, exponent included.
    fn decimal(&self, start: usize) -> usize {
        let is_digit = |byte: u8| byte.is_ascii_digit();
        let mut end = self.digits(start, false, is_digit);
        // `1..10` is `1`, `..`, `10`.
        if self.byte(end) == b'.' && self.byte(end + 1) != b'.' {
            end = self.digits(end + 1, false, is_digit);
        }
        if matches!(self.byte(end), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(end + 1), b'+' | b'-'));
            let digits = end + 1 + sign;
            if self.byte(digits).is_ascii_digit() {
                end = self.digits(digits, false, is_digit);
            }
        }
        end
    }

    /// The end of digits that single underscores may part; one may also lead
    /// them after a radix prefix.
    fn digits(&self, mut offset: usize, mut underscore: bool, is_digit: fn(u8) -> bool) -> usize {
        loop {
            if is_digit(self.byte(offset)) {
                offset += 1;
            } else if underscore && self.byte(offset) == b'_' && is_digit(self.byte(offset + 1)) {
                offset += 2;
            } else {
                return offset;
            }
            underscore = true;
        }
    }
}
