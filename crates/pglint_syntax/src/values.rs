//! Long `INSERT ... VALUES` lists, which are cut before they are parsed.
//!
//! A tree of a thousand like rows tells no more than one of a hundred, and costs
//! a hundred times its text in memory while it is built.

use crate::lexer::range;
use crate::token::{Token, TokenKind};
use pglint_text::TextRange;

/// Statements shorter than this, in bytes, are parsed whole.
const LONG_STATEMENT: usize = 64 << 10;

/// How many bytes of rows are kept, and the row that reaches beyond.
const KEPT_BYTES: usize = 16 << 10;

/// The rows of a `VALUES` list that are not in the tree. Errors in them are not
/// found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedRows {
    /// From after the last row that is kept to the end of the last row: half-open
    /// bytes relative to the statement. The commas before and between the
    /// skipped rows are inside.
    pub range: TextRange,
    /// How many rows come before it, at least one.
    pub kept: u32,
    /// How many rows are inside it, at least one.
    pub skipped: u32,
}

/// The rows to skip in the statement that is `text`; `None` where it is short or
/// no `INSERT` with a `VALUES` list of its own.
pub(crate) fn rows_to_skip(text: &str, tokens: &[Token]) -> Option<SkippedRows> {
    if text.len() < LONG_STATEMENT {
        return None;
    }
    let first = tokens.first()?;
    if !first.is_word(text, "insert") && !first.is_word(text, "with") {
        return None;
    }
    let mut rows = rows(text, tokens);
    let start = rows.next()?;
    let mut kept = 1;
    let mut kept_end = start.end();
    let mut skipped = 0;
    let mut end = kept_end;
    for row in rows {
        end = row.end();
        if skipped == 0 && usize::from(end - start.start()) <= KEPT_BYTES {
            kept += 1;
            kept_end = end;
        } else {
            skipped += 1;
        }
    }
    (skipped > 0).then_some(SkippedRows {
        range: range(kept_end.into(), end.into()),
        kept,
        skipped,
    })
}

/// The parenthesised rows after the first `VALUES` outside parentheses.
fn rows<'a>(text: &'a str, tokens: &'a [Token]) -> impl Iterator<Item = TextRange> + 'a {
    let mut significant = tokens.iter().filter(|token| !token.is_trivia());
    let mut depth = 0;
    let values = significant.find(|token| {
        depth = depth_after(depth, **token);
        depth == 0 && token.is_word(text, "values")
    });
    let mut expected = values.map(|_| TokenKind::LeftParen);
    std::iter::from_fn(move || {
        let open = significant
            .next()
            .filter(|token| Some(token.kind) == expected)?;
        let mut depth = 1;
        let close = significant.find(|token| {
            depth = depth_after(depth, **token);
            depth == 0
        })?;
        // Without a comma there is no further row, whatever comes then.
        let comma = significant
            .next()
            .is_some_and(|token| token.kind == TokenKind::Comma);
        expected = expected.filter(|_| comma);
        Some(TextRange::new(open.start(), close.end()))
    })
}

fn depth_after(depth: u32, token: Token) -> u32 {
    match token.kind {
        TokenKind::LeftParen => depth + 1,
        TokenKind::RightParen => depth.saturating_sub(1),
        _ => depth,
    }
}

/// Puts one token in place of those inside the skipped rows.
pub(crate) fn without_skipped(tokens: Vec<Token>, skipped: TextRange) -> Vec<Token> {
    let from = tokens.partition_point(|token| token.start() < skipped.start());
    let to = tokens.partition_point(|token| token.end() <= skipped.end());
    let mut short = Vec::with_capacity(tokens.len() - (to - from) + 1);
    short.extend_from_slice(&tokens[..from]);
    short.push(Token::new(TokenKind::SkippedRows, skipped));
    short.extend_from_slice(&tokens[to..]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ParseOptions, lex};

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, u32, u32)>) {
        let tokens = lex(text, ParseOptions::default());
        let found = rows_to_skip(text, &tokens);
        let tail = |rows: &SkippedRows| {
            (
                &text[usize::from(rows.range.end())..],
                rows.kept,
                rows.skipped,
            )
        };
        assert_eq!(found.as_ref().map(tail), expected);
        if let Some(rows) = found {
            let short = without_skipped(tokens, rows.range);
            let mut offset = 0.into();
            for token in &short {
                assert_eq!(token.start(), offset);
                offset = token.end();
            }
            assert_eq!(usize::from(offset), text.len());
        }
    }

    #[test]
    fn long_lists_keep_a_sample_and_the_tail() {
        let rows = "(1, ')', (2)),\n".repeat(10_000);
        check(
            &format!("INSERT INTO t (a, b, c) VALUES {rows}(3, 4, 5) ON CONFLICT DO NOTHING"),
            Some((" ON CONFLICT DO NOTHING", 1092, 8909)),
        );
        check(
            &format!("WITH x AS (VALUES (1), (2)) INSERT INTO t VALUES {rows}(3, 4, 5)"),
            Some(("", 1092, 8909)),
        );
    }

    #[test]
    fn everything_else_is_kept() {
        let rows = "(1, 2),\n".repeat(10_000);
        check("INSERT INTO t VALUES (1), (2)", None);
        check(&format!("SELECT * FROM (VALUES {rows}(1, 2)) AS t"), None);
        check(
            &format!("INSERT INTO t SELECT * FROM (VALUES {rows}(1, 2)) AS t"),
            None,
        );
        check(
            &format!("INSERT INTO t VALUES ('{}')", "x".repeat(100_000)),
            None,
        );
    }
}
