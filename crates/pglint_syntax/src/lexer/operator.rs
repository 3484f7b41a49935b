//! Operators, which end where PostgreSQL ends them (manual, section 4.1.3).

use super::{Lexer, OPERATOR};
use crate::token::{Token, TokenKind};

impl Lexer<'_> {
    /// The operator at the present offset.
    pub(super) fn operator(&mut self) -> Token {
        let start = self.offset;
        if let Some(template) = self.template(start) {
            return template;
        }
        let mut end = start + 1;
        while super::is_class(self.byte(end), OPERATOR) {
            if self.opens_template(end) {
                break;
            }
            // A comment ends the operator before it.
            if matches!(&self.bytes[end - 1..=end], b"/*" | b"--") && end - 1 > start {
                end -= 1;
                break;
            }
            end += 1;
        }
        let end = start + without_trailing_signs(&self.bytes[start..end]);
        let kind = match &self.bytes[start..end] {
            b"=>" => TokenKind::EqualsGreater,
            _ => TokenKind::Operator,
        };
        self.finish(kind, end)
    }

    fn template(&mut self, start: usize) -> Option<Token> {
        match &self.bytes[start..] {
            [b'#', b'{', ..] => self.braced_hole(start + 1),
            [b'<', b'%', ..] => self.erb_tag(),
            _ => None,
        }
    }

    /// Whether `#{` or `<%=` stands at `offset`, neither of which SQL holds.
    fn opens_template(&self, offset: usize) -> bool {
        matches!(
            &self.bytes[offset..],
            [b'#', b'{', ..] | [b'<', b'%', b'=', ..]
        )
    }
}

/// The length of `operator` without its trailing `+` and `-`, which only an
/// operator with one of ``~!@#^&|`?%`` may end in.
fn without_trailing_signs(operator: &[u8]) -> usize {
    let mut length = operator.len();
    let ends_in_sign = |length: usize| length > 1 && matches!(operator[length - 1], b'+' | b'-');
    if !ends_in_sign(length) || operator[..length - 1].iter().any(|&byte| is_special(byte)) {
        return length;
    }
    while ends_in_sign(length) {
        length -= 1;
    }
    length
}

fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%'
    )
}
