//! Holes that PostgreSQL's scanner takes for operators, or for their ends: `?`,
//! `@name`, `%s`, `%name%`, `&name`, backquotes.

use super::{Finder, Found, Hole, HoleKind};
use crate::mask::precedes_name;
use crate::token::{Token, TokenKind};
use memchr::{memchr, memmem};

/// How many tokens a name in parentheses may have, and how many bytes a tag.
pub(super) const LONGEST_NAME: usize = 16;
const LONGEST_TAG: usize = 512;

impl Finder<'_> {
    pub(super) fn operator(&self, index: usize) -> Option<Found> {
        let spelling = self.spelling(index);
        if spelling.contains('`') {
            return self.backquoted(index);
        }
        if spelling.starts_with("<%") {
            return self.erb(index);
        }
        if spelling == "<" {
            return self.to_be_filled_in(index);
        }
        match spelling.as_bytes().last()? {
            b'@' => self.named_argument(index).or_else(|| self.at_name(index)),
            b'%' => self.percent(index).or_else(|| self.percents(index)),
            b'&' if self.adjacent(index + 1) == Some(TokenKind::Word) => {
                self.found_from(self.last_byte(index), index + 1, HoleKind::Text)
            }
            _ if spelling.contains('?') => self.question_mark(index),
            _ => None,
        }
    }

    /// `<name>`, as manuals write what the reader has to put in. No two comparisons
    /// can follow each other (`gram.y`: `%nonassoc`), so it is never SQL.
    fn to_be_filled_in(&self, index: usize) -> Option<Found> {
        let is_name = self.adjacent(index + 1) == Some(TokenKind::Word);
        let closes = is_name && self.adjacent_is(index + 2, ">");
        closes.then(|| self.found(index, index + 2, HoleKind::Text))?
    }

    /// `@name` where an operand is due and a name stands: not `@ x`, not
    /// `@f(x)`, not `@t.x`, which are absolute values.
    pub(super) fn named_argument(&self, index: usize) -> Option<Found> {
        let spelling = self.spelling(index);
        let is_prefix = match spelling {
            "@" => !self.follows_operand(index),
            "=@" | "<@" | ">@" | "<=@" | ">=@" | "<>@" | "!=@" | "||@" | "+@" | "-@" | "*@" => {
                spelling != "<@"
            }
            _ => false,
        };
        let is_operand = self.adjacent(index + 1) == Some(TokenKind::Word)
            && !matches!(
                self.adjacent(index + 2),
                Some(TokenKind::LeftParen | TokenKind::Dot)
            )
            && !self.spelling(index + 2).starts_with('@');
        (is_prefix && is_operand)
            .then(|| self.found_from(self.last_byte(index), index + 1, HoleKind::Parameter))?
    }

    /// `@extschema@`, `@extschema:name@`, or `@name` in any place.
    fn at_name(&self, index: usize) -> Option<Found> {
        if self.adjacent(index + 1)? != TokenKind::Word {
            return None;
        }
        let mut close = index + 2;
        if self.adjacent(close) == Some(TokenKind::Colon)
            && self.adjacent(close + 1) == Some(TokenKind::Word)
        {
            close += 2;
        }
        let start = self.last_byte(index);
        if self.spelling(close).starts_with('@') {
            let end = usize::from(self.tokens[close].start()) + 1;
            let kind = HoleKind::Text;
            let range = start..end;
            return Some((Hole { range, kind }, close + 1));
        }
        let is_operator = matches!(self.spelling(index), "<@" | "@@" | "~@")
            || self.follows_operand(index) && !self.follows_name_word(index);
        (!is_operator).then(|| self.found_from(start, index + 1, HoleKind::Parameter))?
    }

    /// `%s`, `%(name)s`, `%1$s`
    fn percent(&self, index: usize) -> Option<Found> {
        let is_letter = |index: usize| {
            self.adjacent(index) == Some(TokenKind::Word) && self.spelling(index).len() == 1
        };
        let last = match self.adjacent(index + 1)? {
            TokenKind::Word if is_letter(index + 1) => index + 1,
            TokenKind::LeftParen => {
                let is_close = |token: &Token| token.kind == TokenKind::RightParen;
                let rest = self.tokens[index + 2..].iter().take(LONGEST_NAME);
                let close = index + 2 + { rest }.position(is_close)?;
                close + usize::from(is_letter(close + 1))
            }
            TokenKind::Number if self.adjacent_is(index + 2, "$") && is_letter(index + 3) => {
                index + 3
            }
            _ => return None,
        };
        self.found_from(self.last_byte(index), last, HoleKind::Parameter)
    }

    /// `%name%` where an operand or a name is due: not `a %b% c`, which divides.
    fn percents(&self, index: usize) -> Option<Found> {
        let is_name = matches!(self.spelling(index), "%" | "=%")
            && self.adjacent(index + 1) == Some(TokenKind::Word)
            && self.spelling(index + 2).starts_with('%');
        let divides = self.spelling(index) == "%"
            && self.follows_operand(index)
            && !self.follows_name_word(index);
        let end = usize::from(self.tokens.get(index + 2)?.start()) + 1;
        let range = self.last_byte(index)..end;
        let kind = HoleKind::Text;
        (is_name && !divides).then_some((Hole { range, kind }, index + 3))
    }

    /// `?`, `?1`, `??`, `=?`; not the operators of jsonb between two operands.
    fn question_mark(&self, index: usize) -> Option<Found> {
        let spelling = self.spelling(index);
        let start = usize::from(self.tokens[index].start());
        let kind = HoleKind::Parameter;
        if !spelling.ends_with('?') {
            let is_operator = !spelling.starts_with('?') || self.follows_operand(index);
            let range = start..start + 1;
            return (!is_operator).then_some((Hole { range, kind }, index + 1));
        }
        let is_whole = spelling == "?" || spelling == "??";
        if is_whole && self.follows_operand(index) && self.precedes_operand(index) {
            return None;
        }
        let start = if is_whole {
            start
        } else {
            self.last_byte(index)
        };
        let last = match self.adjacent(index + 1) {
            Some(TokenKind::Number) if spelling.len() == 1 => index + 1,
            _ => index,
        };
        self.found_from(start, last, kind)
    }

    /// `` `name` ``
    fn backquoted(&self, index: usize) -> Option<Found> {
        let spelling = self.spelling(index);
        let start = usize::from(self.tokens[index].start()) + spelling.find('`')?;
        let length = 1 + self.text[start + 1..].find(['`', '\n'])?;
        let end = start + length + 1;
        let closes = self.text.as_bytes()[end - 1] == b'`';
        let after = |token: &Token| usize::from(token.start()) < end;
        let next = self.tokens.partition_point(after);
        let hole = Hole {
            range: start..end,
            kind: HoleKind::Text,
        };
        (closes && length > 1).then_some((hole, next))
    }

    /// `<% ... %>` on a line with other things.
    fn erb(&self, index: usize) -> Option<Found> {
        let start = usize::from(self.tokens[index].start());
        let length = self.text.len().min(start + LONGEST_TAG) - start;
        let line = &self.text.as_bytes()[start..start + length];
        let line = &line[..memchr(b'\n', line).unwrap_or(length)];
        let end = start + memmem::find(line.strip_prefix(b"<%")?, b"%>")? + 4;
        let before = |token: &Token| usize::from(token.start()) < end;
        let next = self.tokens.partition_point(before);
        let kind = HoleKind::Tag;
        Some((
            Hole {
                range: start..end,
                kind,
            },
            next,
        ))
    }

    fn last_byte(&self, index: usize) -> usize {
        usize::from(self.tokens[index].end()) - 1
    }

    fn follows_operand(&self, index: usize) -> bool {
        let before = self.significant((0..index).rev());
        before.is_some_and(|before| {
            let kind = self.tokens[before].kind;
            matches!(kind, TokenKind::RightParen | TokenKind::RightBracket)
                || self.is_operand(before)
        })
    }

    /// `CREATE TABLE @schema.t`
    fn follows_name_word(&self, index: usize) -> bool {
        let before = self.significant((0..index).rev());
        before.is_some_and(|before| precedes_name(self.text, self.tokens[before]))
    }

    fn precedes_operand(&self, index: usize) -> bool {
        let after = self.significant(index + 1..self.tokens.len());
        after.is_some_and(|after| {
            self.tokens[after].kind == TokenKind::LeftParen || self.is_operand(after)
        })
    }

    fn is_operand(&self, index: usize) -> bool {
        let token = self.tokens[index];
        token.is_string()
            || matches!(
                token.kind,
                TokenKind::Number | TokenKind::Parameter | TokenKind::TemplateHole
            )
            || token.is_identifier() && !ends_no_operand(self.text, token)
    }
}

/// Words that no operand ends in: an operand follows them.
const BEFORE_OPERANDS: [&str; 40] = [
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "by",
    "case",
    "default",
    "distinct",
    "else",
    "except",
    "from",
    "group",
    "having",
    "ilike",
    "in",
    "interval",
    "into",
    "is",
    "join",
    "like",
    "limit",
    "not",
    "offset",
    "on",
    "or",
    "order",
    "returning",
    "select",
    "set",
    "similar",
    "some",
    "then",
    "to",
    "update",
    "using",
    "values",
    "when",
    "where",
];

/// Whether `token` is a word that an operand follows.
pub(crate) fn ends_no_operand(text: &str, token: Token) -> bool {
    BEFORE_OPERANDS.iter().any(|word| token.is_word(text, word))
}
