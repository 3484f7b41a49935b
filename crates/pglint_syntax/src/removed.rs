//! Syntax that earlier versions of PostgreSQL took.

use crate::token::{Token, TokenKind};

/// The version, as people write it, that took away the syntax in `text` at which
/// PostgreSQL stops. `None` for what no version has taken, for all we know.
/// `error` is the index of the token that the message is about.
pub(crate) fn removed_in(
    text: &str,
    tokens: &[Token],
    error: usize,
    message: &str,
) -> Option<&'static str> {
    let at = Near {
        text,
        tokens,
        error,
    };
    let is_role_option = |option: &str| message == format!("unrecognized role option \"{option}\"");
    // The release notes' sections "Migration to Version ..." name each of them.
    if at.is_oids() {
        Some("12")
    } else if at.is_function_attributes() {
        Some("11")
    } else if at.is_factorial() {
        Some("14")
    } else if message.starts_with("trailing junk after numeric literal") && at.is_before_a_word() {
        Some("15")
    } else if message.starts_with("UNENCRYPTED PASSWORD") {
        Some("10")
    } else if is_role_option("createuser") || is_role_option("nocreateuser") {
        Some("9.6")
    } else {
        None
    }
}

struct Near<'t> {
    text: &'t str,
    tokens: &'t [Token],
    error: usize,
}

impl Near<'_> {
    /// `CREATE TABLE ... WITH OIDS`, `ALTER TABLE ... SET WITH OIDS`,
    /// `COPY ... WITH OIDS`
    fn is_oids(&self) -> bool {
        let starts = ["create", "alter", "copy", "select", "with"];
        let is_start = |token: &Token| starts.iter().any(|word| token.is_word(self.text, word));
        let after_with = self.is("oids", 0) && (self.is("with", -1) || self.is("binary", -1));
        let at_with = self.is("with", 0) && self.is("oids", 1);
        self.tokens.first().is_some_and(is_start) && (after_with || at_with)
    }

    /// `CREATE FUNCTION ... WITH (isStrict, isCachable)`
    fn is_function_attributes(&self) -> bool {
        self.is("with", 0)
            && self
                .tokens
                .first()
                .is_some_and(|token| token.is_word(self.text, "create"))
            && self
                .token(1)
                .is_some_and(|token| token.kind == TokenKind::LeftParen)
            && (self.is("isstrict", 2) || self.is("iscachable", 2))
    }

    /// `5 !`, the last operator that stood after its operand.
    fn is_factorial(&self) -> bool {
        let is_operator = |distance: isize| {
            let token = self.token(distance);
            token.is_some_and(|token| {
                token.kind == TokenKind::Operator && token.text(self.text) == "!"
            })
        };
        let is_operand = |distance: isize| {
            let token = self.token(distance);
            token.is_some_and(|token| {
                matches!(token.kind, TokenKind::Number | TokenKind::RightParen)
                    || token.is_identifier() && !token.is_word(self.text, "select")
            })
        };
        is_operator(0) && is_operand(-1) || is_operator(-1) && is_operand(-2)
    }

    /// `1AND`, `2FROM`: a number and a word, which once were two tokens.
    fn is_before_a_word(&self) -> bool {
        let token = self.token(0);
        let spelling = token.map_or("", |token| token.text(self.text));
        let word = spelling.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        !spelling.starts_with("0x") && word.starts_with(|c: char| c.is_ascii_alphabetic())
    }

    fn is(&self, word: &str, distance: isize) -> bool {
        self.token(distance)
            .is_some_and(|token| token.is_word(self.text, word))
    }

    /// The token that is so many significant ones from the one at fault.
    fn token(&self, distance: isize) -> Option<Token> {
        let is_significant = |token: &&Token| !token.is_trivia();
        let count = distance.unsigned_abs();
        let token = match distance {
            0 => self.tokens.get(self.error),
            1.. => {
                let after = self.tokens.get(self.error + 1..)?.iter();
                { after }.filter(is_significant).nth(count - 1)
            }
            _ => {
                let before = self.tokens.get(..self.error)?.iter().rev();
                { before }.filter(is_significant).nth(count - 1)
            }
        };
        token.copied()
    }
}
