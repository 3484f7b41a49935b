//! What is not SQL but is replaced before the server sees it: placeholders of
//! drivers, variables of psql, holes of templates.
//!
//! Nearly all of it is looked for only in statements that do not parse: `:n`,
//! `?` and `@` also are PostgreSQL's own (`a[1:n]`, jsonb's `?`, `@ x`). The
//! exceptions would parse to something that nobody meant, see [`certain_holes`].

mod dollar;
mod operator;
mod schema;
mod style;
mod table;

use crate::lexer::{Lexer, range};
use crate::parse::ParseOptions;
use crate::split::psql_command_name;
use crate::token::{Token, TokenKind};
pub(crate) use operator::ends_no_operand;
pub(crate) use schema::PlaceholderName;
pub use schema::{is_named_hole, is_placeholder_schema};
use std::ops::Range;
pub(crate) use style::Style;

/// One thing to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole {
    /// Bytes, relative to the statement.
    pub(crate) range: Range<usize>,
    /// What it stands for.
    pub(crate) kind: HoleKind,
}

/// What a hole stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HoleKind {
    /// A value, or several in a list, most likely; a name, maybe.
    Parameter,
    /// A string constant: psql's `:'name'`.
    String,
    /// A name: psql's `:"name"`.
    Name,
    /// Any text.
    Text,
    /// Nothing: a template's tag, a psql condition.
    Tag,
}

/// The holes of the statement that is `text`, in order, given that it does not
/// parse.
pub(crate) fn holes(text: &str, tokens: &[Token], style: Style) -> Vec<Hole> {
    Finder {
        text,
        tokens,
        style,
    }
    .all(Finder::hole)
}

/// The holes that must be replaced even where the statement parses: it would say
/// something else. They are sqlc's calls (`sqlc.arg(name)`), which are no
/// functions, `@name`, which is not the operator `@`, and templates' tags.
pub(crate) fn certain_holes(text: &str, tokens: &[Token], style: Style) -> Vec<Hole> {
    if !style.may_have_certain_holes() {
        return Vec::new();
    }
    Finder {
        text,
        tokens,
        style,
    }
    .all(Finder::certain_hole)
}

/// The tokens of a statement that holds a `$name$` which opens no dollar quote,
/// for none closes: the name is a template's hole, and what follows is read anew.
/// `None` for other statements.
pub(crate) fn with_dollar_names(
    text: &str,
    tokens: &[Token],
    options: ParseOptions,
) -> Option<Vec<Token>> {
    const MOST: usize = 16;
    let is_open = |token: &Token| token.kind == TokenKind::DollarString && token.is_unterminated();
    let mut tokens = tokens.to_vec();
    let count = tokens.len();
    for _ in 0..MOST {
        let Some(last) = tokens.pop_if(|token| is_open(token)) else {
            break;
        };
        let start = usize::from(last.start());
        let length = text[start + 1..].find('$')? + 2;
        let rest = start + length;
        // A forgotten closing quote, which is another mistake, stands before a
        // line's end as a rule.
        if length == 2
            || text[rest..]
                .trim_start_matches(' ')
                .starts_with(['\n', '\r'])
        {
            return None;
        }
        tokens.push(Token::new(TokenKind::TemplateHole, range(start, rest)));
        tokens.extend(Lexer::new(text, rest, options));
    }
    (tokens.len() > count).then_some(tokens)
}

struct Finder<'t> {
    text: &'t str,
    tokens: &'t [Token],
    style: Style,
}

/// A hole and the index of the first token after it.
type Found = (Hole, usize);

impl Finder<'_> {
    fn all(&self, hole_at: impl Fn(&Self, usize, bool) -> Option<Found>) -> Vec<Hole> {
        let mut holes = Vec::new();
        let mut brackets = Brackets::default();
        let mut index = 0;
        while let Some(token) = self.tokens.get(index) {
            brackets.take(self, index, *token);
            match hole_at(self, index, brackets.in_subscript()) {
                Some((hole, next)) => {
                    holes.push(hole);
                    index = next.max(index + 1);
                }
                None => index += 1,
            }
        }
        holes
    }

    fn hole(&self, index: usize, in_subscript: bool) -> Option<Found> {
        let token = self.tokens[index];
        match token.kind {
            TokenKind::TemplateHole => self.found(index, index, HoleKind::Text),
            TokenKind::Unknown if self.spelling(index) == "$" => self.dollar(index),
            TokenKind::Unknown if self.spelling(index) == "{" => self.brace(index),
            TokenKind::Colon if !in_subscript => self.variable(index),
            TokenKind::Parameter if !in_subscript => self.formatted(index),
            TokenKind::Operator => self.operator(index),
            TokenKind::PsqlCommand => {
                let name = psql_command_name(self.spelling(index));
                let is_condition = matches!(name, "if" | "elif" | "else" | "endif");
                is_condition.then(|| self.found(index, index, HoleKind::Tag))?
            }
            _ => self.certain_hole(index, in_subscript),
        }
    }

    fn certain_hole(&self, index: usize, _: bool) -> Option<Found> {
        match self.tokens[index].kind {
            TokenKind::TemplateTag => self.found(index, index, HoleKind::Tag),
            TokenKind::Word if self.style.sqlc => self.sqlc_call(index),
            TokenKind::Operator if self.style.at_sign => self.named_argument(index),
            _ => None,
        }
    }

    /// `sqlc.arg(name)`, `sqlc.narg(name)`, `sqlc.slice('name')`, `sqlc.embed(t)`
    fn sqlc_call(&self, index: usize) -> Option<Found> {
        if !self.tokens[index].is_word(self.text, "sqlc")
            || self.kind(index + 1) != Some(TokenKind::Dot)
            || self.kind(index + 3) != Some(TokenKind::LeftParen)
        {
            return None;
        }
        let kind = match self.spelling(index + 2) {
            "arg" | "narg" | "slice" => HoleKind::Parameter,
            "embed" => HoleKind::Text,
            _ => return None,
        };
        let close = |token: &Token| token.kind == TokenKind::RightParen;
        let arguments = self.tokens[index + 4..].iter();
        let length = { arguments }.take(operator::LONGEST_NAME).position(close)?;
        self.found(index, index + 4 + length, kind)
    }

    /// `{}`, `{0}`, `{name}`, `{a.b}`
    fn brace(&self, index: usize) -> Option<Found> {
        let is_name = |index: &usize| {
            matches!(
                self.kind(*index),
                Some(TokenKind::Word | TokenKind::Number | TokenKind::Dot)
            )
        };
        let names = (index + 1..).take(operator::LONGEST_NAME);
        let name = names.take_while(is_name).count();
        let close = index + 1 + name;
        let closes = close < self.tokens.len() && self.spelling(close) == "}";
        closes.then(|| self.found(index, close, HoleKind::Text))?
    }

    /// `:name`, `:'name'`, `:"name"`, `:1`, and the longer spellings of HugSQL
    /// (`:i:name`, `:v*:name`) and pgTyped (`:name!`).
    fn variable(&self, index: usize) -> Option<Found> {
        // `JSON_OBJECT('k':v)`
        if index > 0 && self.tokens[index - 1].is_string() {
            return None;
        }
        if let Some(hugsql) = self.hugsql_parameter(index) {
            return Some(hugsql);
        }
        let kind = match self.adjacent(index + 1)? {
            TokenKind::Word | TokenKind::Number => HoleKind::Parameter,
            TokenKind::String | TokenKind::EscapeString => HoleKind::String,
            TokenKind::QuotedIdentifier => HoleKind::Name,
            _ => return None,
        };
        let mut last = index + 1;
        while self.style.hugsql
            && self.adjacent_is(last + 1, "-")
            && self.adjacent(last + 2) == Some(TokenKind::Word)
        {
            last += 2;
        }
        if kind == HoleKind::Parameter && self.adjacent_is(last + 1, "!") {
            last += 1;
        }
        self.found(index, last, kind)
    }

    /// `:v:name`, `:i*:name`, `:sql:name`
    fn hugsql_parameter(&self, index: usize) -> Option<Found> {
        if self.adjacent(index + 1)? != TokenKind::Word {
            return None;
        }
        let kind = match self.spelling(index + 1) {
            "v" | "value" | "l" | "list" | "t" | "tuple" => HoleKind::Parameter,
            "i" | "identifier" => HoleKind::Name,
            "sql" | "snip" | "snippet" => HoleKind::Text,
            _ => return None,
        };
        let colon = index + 2 + usize::from(self.adjacent_is(index + 2, "*"));
        if self.adjacent(colon) != Some(TokenKind::Colon)
            || self.adjacent(colon + 1) != Some(TokenKind::Word)
        {
            return None;
        }
        let mut last = colon + 1;
        while self.adjacent_is(last + 1, "-") && self.adjacent(last + 2) == Some(TokenKind::Word) {
            last += 2;
        }
        self.found(index, last, kind)
    }

    /// The hole from the token `first` to the token `last`, both included.
    fn found(&self, first: usize, last: usize, kind: HoleKind) -> Option<Found> {
        let start = self.tokens.get(first)?.start();
        self.found_from(start.into(), last, kind)
    }

    /// The hole from the byte `start` to the end of the token `last`.
    fn found_from(&self, start: usize, last: usize, kind: HoleKind) -> Option<Found> {
        let end = usize::from(self.tokens.get(last)?.end());
        let range = start..end;
        Some((Hole { range, kind }, last + 1))
    }

    fn kind(&self, index: usize) -> Option<TokenKind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    /// The kind of a token, unless white space stands before it: that is a token.
    fn adjacent(&self, index: usize) -> Option<TokenKind> {
        self.kind(index)
            .filter(|kind| *kind != TokenKind::Whitespace)
    }

    fn adjacent_is(&self, index: usize, spelling: &str) -> bool {
        index < self.tokens.len() && self.spelling(index) == spelling
    }

    fn spelling(&self, index: usize) -> &str {
        self.tokens
            .get(index)
            .map_or("", |token| token.text(self.text))
    }

    /// The nearest token before, or after, `index` that is no white space.
    fn significant(&self, mut indexes: impl Iterator<Item = usize>) -> Option<usize> {
        indexes.find(|index| !self.tokens[*index].is_trivia())
    }
}

/// The brackets around a token.
#[derive(Default)]
struct Brackets {
    /// By open bracket: whether it is a subscript's, where `:` parts the bounds
    /// of a slice.
    open: Vec<bool>,
}

impl Brackets {
    fn take(&mut self, finder: &Finder<'_>, index: usize, token: Token) {
        match token.kind {
            TokenKind::LeftParen => self.open.push(false),
            TokenKind::LeftBracket => {
                let before = finder.significant((0..index).rev());
                let is_array = before.is_none_or(|before| {
                    let token = finder.tokens[before];
                    token.is_word(finder.text, "array")
                        || matches!(token.kind, TokenKind::Comma | TokenKind::LeftBracket)
                });
                self.open.push(!is_array);
            }
            TokenKind::RightParen | TokenKind::RightBracket => {
                self.open.pop();
            }
            _ => {}
        }
    }

    fn in_subscript(&self) -> bool {
        self.open.last().copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests;
