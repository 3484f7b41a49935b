//! Where a statement that does not parse should rather have ended.
//!
//! A forgotten quote or bracket makes a statement swallow its neighbours. The
//! sign of a neighbour is a `;` at a line's end, followed by a line that starts
//! with a word that statements start with and is indented no deeper than the
//! broken statement.

use crate::keyword::{first_word, is_statement_word, starts_statement};
use crate::split::{StatementSpan, Terminator};
use crate::token::{Token, TokenKind};
use memchr::{memchr, memrchr};
use pglint_text::TextSize;

/// How many bytes are looked at after a `;` or before a statement.
const LOOK_AROUND: usize = 4096;

/// Where to cut `statement`, which does not parse: the offset after a `;` in it,
/// or `None` when the mistake lies inside the statement.
///
/// A `;` between brackets is looked at always. A `;` inside a string or a
/// comment counts only when the quotes are evidently out of step: a token never
/// ends, or the statement ends where no new one starts. Function bodies are
/// full of such lines.
pub(crate) fn cut(text: &str, statement: &StatementSpan) -> Option<TextSize> {
    let indent = indent_at(text, usize::from(statement.range.start()));
    let out_of_step = is_out_of_step(text, statement, indent);
    let base = usize::from(statement.range.start());
    statement
        .tokens
        .iter()
        .find_map(|token| {
            let start = base + usize::from(token.start());
            let end = base + usize::from(token.end());
            match token.kind {
                TokenKind::Semicolon => is_followed(text, end, indent, is_any).then_some(end),
                _ if !out_of_step => None,
                TokenKind::DollarString => next_line(text, start, end, indent, is_definition),
                _ if may_swallow(*token) => next_line(text, start, end, indent, is_any),
                _ => None,
            }
        })
        .and_then(|offset| TextSize::try_from(offset).ok())
}

/// The offset after the first `;` in `text[from..to]` that a line follows which
/// starts a statement, whatever its indentation.
pub(crate) fn next_statement_line(text: &str, from: usize, to: usize) -> Option<usize> {
    next_line(text, from, to, usize::MAX, is_any)
}

/// Whether the word at `offset` starts a line, no deeper indented than the line
/// of the statement at `start`, and is one that a statement starts with.
pub(crate) fn is_statement_line(text: &str, start: usize, offset: usize) -> bool {
    let before = text[..offset].trim_end_matches([' ', '\t']);
    (before.is_empty() || before.ends_with('\n'))
        && offset - before.len() <= indent_at(text, start)
        && starts_statement(&text[offset..])
}

fn is_any(word: &str) -> bool {
    is_statement_word(word)
}

/// Words that start statements at the left margin of function bodies seldom.
fn is_definition(word: &str) -> bool {
    ["create", "alter", "drop", "comment", "grant", "revoke"]
        .iter()
        .any(|definition| word.eq_ignore_ascii_case(definition))
}

fn may_swallow(token: Token) -> bool {
    let quoted = token.is_string() || token.is_identifier() && token.kind != TokenKind::Word;
    quoted || token.kind == TokenKind::BlockComment && token.is_unterminated()
}

/// Whether quotes are out of step after `statement`.
fn is_out_of_step(text: &str, statement: &StatementSpan, indent: usize) -> bool {
    let unterminated = |token: &Token| token.is_unterminated();
    statement.tokens.iter().any(unterminated)
        || statement.terminator == Terminator::Semicolon && {
            let end = usize::from(statement.terminator_range.end());
            let at_end = text[end..]
                .bytes()
                .take(1 << 10)
                .all(|byte| byte.is_ascii_whitespace());
            !at_end && !is_followed(text, end, indent, is_any)
        }
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
/// that is neither blank nor a comment starts with a word of `is_start` at no
/// more than `indent` blanks.
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
                return line.is_some_and(|line| at - line <= indent)
                    && is_start(first_word(&text[at..]));
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
