//! Where a statement that does not parse should rather have ended.
//!
//! A forgotten quote or bracket makes a statement swallow its neighbours. The
//! sign of a neighbour is a `;` at a line's end, followed by a line that starts
//! with a word that statements start with and is indented no deeper than the
//! broken statement.

use crate::keyword::{first_word, starts_statement};
use crate::lexer::size;
use crate::split::{StatementSpan, Terminator};
use crate::token::{Token, TokenKind};
use memchr::{memchr, memrchr};
use pglint_text::TextSize;

/// How many bytes are looked at after a `;` or before a statement.
const LOOK_AROUND: usize = 4096;

/// Where to cut `statement`, which has no tree: the offset after a `;` in it, or
/// `None` when the reason lies inside the statement.
///
/// A `;` between brackets is looked at always. A `;` inside a string counts only
/// when quotes are evidently out of step: a token never ends, or the statement
/// `is_refused` by the parser and ends where no new one starts. Function bodies
/// are full of such lines.
pub(crate) fn cut(text: &str, statement: &StatementSpan, is_refused: bool) -> Option<TextSize> {
    let base = usize::from(statement.range.start());
    let indent = indent_at(text, base);
    let unterminated = |token: &Token| token.is_unterminated();
    let out_of_step = statement.tokens.iter().any(unterminated)
        || is_refused && !is_in_step(text, statement, indent);
    let cut = statement.tokens.iter().find_map(|token| {
        let start = base + usize::from(token.start());
        let end = base + usize::from(token.end());
        match token.kind {
            TokenKind::Semicolon => is_followed(text, end, indent, starts_statement).then_some(end),
            _ if !out_of_step => None,
            TokenKind::DollarString if !closes_body(token.text(&text[base..])) => {
                next_line(text, start, end, indent, starts_definition)
            }
            _ if may_swallow(*token) => next_line(text, start, end, indent, starts_statement),
            _ => None,
        }
    });
    cut.map(size)
}

/// The offset after the first `;` in `text[from..to]` that a line follows which
/// starts a statement, whatever its indentation.
pub(crate) fn next_statement_line(text: &str, from: usize, to: usize) -> Option<usize> {
    next_line(text, from, to, usize::MAX, starts_statement)
}

/// Whether the word at `offset` starts a line, no deeper indented than the line
/// of the statement at `start`, and is one that a statement starts with.
pub(crate) fn is_statement_line(text: &str, start: usize, offset: usize) -> bool {
    let before = text[..offset].trim_end_matches([' ', '\t']);
    (before.is_empty() || before.ends_with('\n'))
        && offset - before.len() <= indent_at(text, start)
        && starts_statement(&text[offset..])
}

/// Statements that seldom stand at the left margin of function bodies.
fn starts_definition(text: &str) -> bool {
    let word = first_word(text);
    ["create", "alter", "drop", "comment", "grant", "revoke"]
        .iter()
        .any(|definition| word.eq_ignore_ascii_case(definition))
}

/// Whether what follows a dollar quote's first delimiter rather follows a
/// function body: the delimiter was meant to close one.
fn closes_body(dollar_string: &str) -> bool {
    let mut parts = dollar_string.splitn(3, '$');
    let rest = parts
        .nth(2)
        .unwrap_or_default()
        .trim_start_matches([' ', '\t']);
    rest.starts_with(';') || first_word(rest).eq_ignore_ascii_case("language")
}

fn may_swallow(token: Token) -> bool {
    let quoted = token.is_string() || token.is_identifier() && token.kind != TokenKind::Word;
    quoted || token.kind == TokenKind::BlockComment && token.is_unterminated()
}

/// Whether something new starts after `statement`, so that quotes opened in it
/// were evidently closed in it.
fn is_in_step(text: &str, statement: &StatementSpan, indent: usize) -> bool {
    if statement.terminator != Terminator::Semicolon {
        return true;
    }
    let end = usize::from(statement.terminator_range.end());
    let rest = text[end..].bytes().take(LOOK_AROUND);
    let is_last = { rest }.all(|byte| byte.is_ascii_whitespace());
    let starts_something = |rest: &str| {
        rest.starts_with(['\\', '(', '{']) || rest.starts_with("/*") || starts_statement(rest)
    };
    is_last || is_followed(text, end, indent, starts_something)
}

fn next_line(
    text: &str,
    from: usize,
    to: usize,
    indent: usize,
    is_start: fn(&str) -> bool,
) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut offset = from;
    while let Some(at) = memchr(b';', &bytes[offset..to]) {
        offset += at + 1;
        if is_followed(text, offset, indent, is_start) {
            return Some(offset);
        }
    }
    None
}

/// Whether nothing but a comment follows `offset` on its line, and the next line
/// that is neither blank nor a comment starts with what `is_start` accepts at
/// no more than `indent` blanks.
fn is_followed(text: &str, offset: usize, indent: usize, is_start: fn(&str) -> bool) -> bool {
    let bytes = text.as_bytes();
    let mut line = None;
    let mut at = offset;
    // The look-ahead has an end, so that looking after every `;` stays linear.
    while let Some(&byte) = bytes.get(at).filter(|_| at < offset + LOOK_AROUND) {
        match byte {
            b'\n' => line = Some(at + 1),
            b' ' | b'\t' | b'\r' => {}
            b'-' if bytes.get(at + 1) == Some(&b'-') => {
                let rest = &bytes[at..bytes.len().min(offset + LOOK_AROUND)];
                match memchr(b'\n', rest) {
                    Some(newline) => at += newline - 1,
                    None => return false,
                }
            }
            _ => {
                return line.is_some_and(|line| at - line <= indent) && is_start(&text[at..]);
            }
        }
        at += 1;
    }
    false
}

/// How many blanks the line of `offset` starts with. Lines are not followed back
/// further than [`LOOK_AROUND`]: what stands so far right counts as not indented.
fn indent_at(text: &str, offset: usize) -> usize {
    let bytes = &text.as_bytes()[offset.saturating_sub(LOOK_AROUND)..offset];
    let line = memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    bytes[line..].iter().take_while(is_blank).count()
}
