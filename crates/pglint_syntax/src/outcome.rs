//! One statement's text to the outcome of parsing it: what is hidden from the
//! parser, which holes are tried, and what a refusal means.

use std::borrow::Cow;

use pglint_text::{TextRange, TextSize};

use crate::file::{StatementParse, SyntaxError};
use crate::kept::StatementTree;
use crate::lexer::range;
use crate::mask::{Outcome, parse_with_holes};
use crate::parse::{ParseError, ParseOptions, parse};
use crate::placeholder::{Hole, Style, holes, with_dollar_names};
use crate::removed::removed_in;
use crate::token::{Token, TokenKind};

/// Parses the text of one statement, which has these `certain` holes. It must not be
/// longer than the parser can take.
pub(crate) fn outcome(
    text: &str,
    tokens: &[Token],
    (style, certain): (Style, Vec<Hole>),
    options: ParseOptions,
) -> StatementParse {
    let sql = for_the_server(text, tokens);
    if !certain.is_empty() {
        let all = holes(text, tokens, style);
        for holes in [certain, all] {
            if let Outcome::Tree(tree) =
                parse_with_holes(text, tokens, &sql, (style, holes), options)
            {
                return StatementParse::Tree(StatementTree::kept(tree));
            }
        }
    }
    match parse(&sql, options) {
        Ok(tree) => StatementParse::Tree(StatementTree::kept(tree)),
        Err(error) => masked_outcome(text, &sql, tokens, style, error, options),
    }
}

/// The outcome for a statement that does not parse as it stands.
fn masked_outcome(
    text: &str,
    sql: &str,
    tokens: &[Token],
    style: Style,
    error: ParseError,
    options: ParseOptions,
) -> StatementParse {
    if !matches!(error, ParseError::Syntax { .. }) {
        return refusal(text, tokens, error);
    }
    let read_anew = with_dollar_names(text, tokens, options);
    let tokens = read_anew.as_deref().unwrap_or(tokens);
    let holes = holes(text, tokens, style);
    if holes.is_empty() {
        return refusal(text, tokens, error);
    }
    match parse_with_holes(text, tokens, sql, (style, holes), options) {
        Outcome::Tree(tree) => StatementParse::Tree(StatementTree::kept(tree)),
        Outcome::Refused(furthest) => refusal(text, tokens, furthest.unwrap_or(error)),
    }
}

fn refusal(text: &str, tokens: &[Token], error: ParseError) -> StatementParse {
    match error {
        ParseError::Syntax { message, offset } => {
            StatementParse::SyntaxError(syntax_error(text, tokens, &message, offset))
        }
        ParseError::TooComplex { message } => too_complex(tokens, &message),
        // PostgreSQL finds another number of statements than the splitter.
        ParseError::Empty | ParseError::Several => {
            too_complex(tokens, "where the statement ends is not clear")
        }
    }
}

/// The outcome for a statement that is not read, and may be correct.
pub(crate) fn too_complex(tokens: &[Token], message: &str) -> StatementParse {
    StatementParse::TooComplex {
        message: message.to_owned(),
        range: tokens
            .first()
            .map(|token| token.range())
            .unwrap_or_default(),
    }
}

/// The statement with spaces in place of psql commands and skipped rows, so that
/// offsets stay.
fn for_the_server<'t>(text: &'t str, tokens: &[Token]) -> Cow<'t, str> {
    let is_hidden = |token: &&Token| {
        use TokenKind::{PsqlCommand, SkippedRows, TemplateTag};
        matches!(token.kind, PsqlCommand | SkippedRows | TemplateTag)
    };
    let mut sql = Cow::Borrowed(text);
    for token in tokens.iter().filter(is_hidden) {
        let range = usize::from(token.start())..usize::from(token.end());
        let spaces = " ".repeat(range.len());
        sql.to_mut().replace_range(range, &spaces);
    }
    sql
}

fn syntax_error(
    text: &str,
    tokens: &[Token],
    message: &str,
    offset: Option<TextSize>,
) -> SyntaxError {
    let offset = offset.unwrap_or_default();
    let index = tokens.partition_point(|token| token.end() <= offset);
    let token = tokens.get(index).or(tokens.last());
    let range = token.map_or(TextRange::default(), |token| {
        first_line(text, token.range())
    });
    SyntaxError {
        removed_in: removed_in(
            text,
            tokens,
            index.min(tokens.len().saturating_sub(1)),
            message,
        ),
        message: shortened(message),
        range,
    }
}

/// A token that never ends is marked where it starts.
fn first_line(text: &str, token: TextRange) -> TextRange {
    let line = text[token].lines().next().map_or(0, str::len);
    let start = usize::from(token.start());
    range(start, start + line.max(1))
}

/// PostgreSQL quotes the whole rest of the text when a string never ends.
fn shortened(message: &str) -> String {
    const LONGEST: usize = 200;
    let line = message.lines().next().unwrap_or_default();
    if line.len() == message.len() && line.len() <= LONGEST {
        return message.to_owned();
    }
    let short: String = line.chars().take(LONGEST).collect();
    format!("{short} ...\"")
}
