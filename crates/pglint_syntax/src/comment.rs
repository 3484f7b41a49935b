//! The comments of a file, in order.

use crate::token::{Token, TokenKind};
use pglint_text::{TextRange, TextSize};

/// One comment, a `--` line or a `/* ... */` block.
///
/// Comments between the parts of a continued string belong to the string and
/// are not listed, see [`Token::is_continued`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The half-open byte range in the file, comment marks included and a
    /// line's end not.
    pub range: TextRange,
    /// Whether it is a `/* ... */` comment.
    pub is_block: bool,
    /// Whether only white space stands before it on its line. Otherwise it
    /// trails something, be it another comment.
    pub own_line: bool,
}

impl Comment {
    /// The comment that is `token`, whose offsets are relative to `text`.
    pub(crate) fn new(text: &str, token: Token) -> Comment {
        // The scan ends at the first byte that is not blank, so that it costs
        // no more than the white space before the comment.
        let before = text[..usize::from(token.start())].bytes().rev();
        let first = before
            .into_iter()
            .find(|byte| !matches!(byte, b' ' | b'\t'));
        Comment {
            range: token.range(),
            is_block: token.kind == TokenKind::BlockComment,
            own_line: matches!(first, None | Some(b'\n' | b'\r')),
        }
    }

    /// The text between the comment's marks, untrimmed; `text` is the file.
    pub fn content<'t>(&self, text: &'t str) -> &'t str {
        let whole = &text[self.range];
        let body = &whole[2..];
        match self.is_block {
            true => body.strip_suffix("*/").unwrap_or(body),
            false => body,
        }
    }
}

/// The comments whose range starts inside `range`, from comments in file order.
pub fn comments_in(comments: &[Comment], range: TextRange) -> &[Comment] {
    let index_of = |offset: TextSize| comments.partition_point(|c| c.range.start() < offset);
    &comments[index_of(range.start())..index_of(range.end())]
}
