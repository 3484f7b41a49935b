//! Holes that begin with a dollar sign.

use super::{Finder, Found, HoleKind, operator};
use crate::token::TokenKind;

impl Finder<'_> {
    /// `$name`, `$%name%$`; `${name}` is one token, unless its brace never closes.
    pub(super) fn dollar(&self, index: usize) -> Option<Found> {
        match self.adjacent(index + 1)? {
            TokenKind::Word => self.found(index, index + 1, HoleKind::Parameter),
            TokenKind::Operator if self.spelling(index + 1) == "%" => {
                let closes = self.adjacent(index + 2) == Some(TokenKind::Word)
                    && self.adjacent_is(index + 3, "%")
                    && self.adjacent_is(index + 4, "$");
                closes.then(|| self.found(index, index + 4, HoleKind::Text))?
            }
            _ => self.bracketed(index),
        }
    }

    /// pg-promise's `$<name>`, `$(name)`, `$[name]` and `$/name/`, with a modifier or
    /// without: `$<name:csv>`.
    fn bracketed(&self, index: usize) -> Option<Found> {
        let close = match self.spelling(index + 1) {
            "<" => ">",
            "(" => ")",
            "[" => "]",
            "/" => "/",
            _ => return None,
        };
        if self.adjacent(index + 2) != Some(TokenKind::Word) {
            return None;
        }
        let names = (index + 3..).take(operator::LONGEST_NAME);
        let mut names = names.take_while(|it| self.adjacent(*it).is_some());
        let last = names.find(|it| self.spelling(*it).ends_with(close))?;
        let is_raw = (index + 3..=last).any(|it| matches!(self.spelling(it), "raw" | "^"));
        let kind = match is_raw {
            true => HoleKind::Text,
            false => HoleKind::Parameter,
        };
        self.found(index, last, kind)
    }

    /// pg-promise's `$1:name`, `$1:csv`, `$1~`: a parameter and how it is written out.
    pub(super) fn formatted(&self, index: usize) -> Option<Found> {
        let (last, kind) = match self.adjacent(index + 1)? {
            TokenKind::Colon => match self.spelling(index + 2) {
                "name" | "alias" => (index + 2, HoleKind::Name),
                "csv" | "list" | "json" => (index + 2, HoleKind::Parameter),
                "raw" | "value" => (index + 2, HoleKind::Text),
                _ => return None,
            },
            // `$1~'x'` is PostgreSQL's own.
            TokenKind::Operator if self.ends_item(index + 2) => match self.spelling(index + 1) {
                "~" => (index + 1, HoleKind::Name),
                "^" | "#" => (index + 1, HoleKind::Text),
                _ => return None,
            },
            _ => return None,
        };
        self.found(index, last, kind)
    }

    /// Does something stand there that no operand begins with?
    fn ends_item(&self, index: usize) -> bool {
        matches!(
            self.kind(index),
            None | Some(
                TokenKind::Whitespace
                    | TokenKind::Comma
                    | TokenKind::Dot
                    | TokenKind::RightParen
                    | TokenKind::Semicolon
            )
        )
    }
}
