//! Template holes and tags, which something else replaces before the text is SQL.
//!
//! Only spellings that no SQL can hold are read here, so that what stands inside
//! them (quotes, semicolons) does not lead the splitter astray. What may also be
//! SQL (`:name`, `?`, `@name`, `%s`) is the business of [`crate::placeholder`].

use super::Lexer;
use crate::token::{Token, TokenKind};
use memchr::{memchr, memmem};

/// How far, in bytes, the end of a hole is looked for.
const LONGEST_HOLE: usize = 4096;

/// The same for `<% ... %>`, whose start is more often something else.
const LONGEST_TAG: usize = 512;

/// What Go templates say between `{{` and `}}` without putting in anything.
const GO_ACTIONS: [&str; 9] = [
    "if", "else", "end", "range", "with", "define", "block", "break", "continue",
];

impl Lexer<'_> {
    /// `{{ x }}`, `{{{ x }}}` (Jinja, Go, Mustache), `{% if x %}`, `{# note #}`
    /// (Jinja). A brace that opens none of them is a token of its own.
    pub(super) fn brace(&mut self) -> Token {
        let start = self.offset;
        let (kind, end) = match (self.byte(start + 1), self.byte(start + 2)) {
            (b'{', b'{') => (TokenKind::TemplateHole, self.hole_end(start + 3, b"}}}")),
            (b'{', _) => (self.double_brace_kind(), self.hole_end(start + 2, b"}}")),
            (b'%', _) => (TokenKind::TemplateTag, self.hole_end(start + 2, b"%}")),
            (b'#', _) => (TokenKind::TemplateTag, self.hole_end(start + 2, b"#}")),
            _ => (TokenKind::Unknown, None),
        };
        match end {
            Some(end) => self.finish(kind, end),
            None => self.finish(TokenKind::Unknown, start + 1),
        }
    }

    /// `${x}` or `#{x}`, whose brace is at `brace`.
    pub(super) fn braced_hole(&mut self, brace: usize) -> Option<Token> {
        let end = self.hole_end(brace + 1, b"}")?;
        let on_one_line = memchr(b'\n', &self.bytes[brace..end]).is_none();
        on_one_line.then(|| self.finish(TokenKind::TemplateHole, end))
    }

    /// The ERB tag at the present offset: `<%= x %>` puts text in, `<%- x %>` and
    /// a `<% x %>` that has its line for itself do not. Elsewhere `<%` is an
    /// operator (of the extension `pg_trgm`, for one).
    pub(super) fn erb_tag(&mut self) -> Option<Token> {
        let start = self.offset;
        let line = &self.bytes[start..self.bytes.len().min(start + LONGEST_TAG)];
        let line = &line[..memchr(b'\n', line).unwrap_or(line.len())];
        let end = 2 + memmem::find(line.get(2..)?, b"%>")? + 2;
        let kind = match line[2] {
            b'=' => TokenKind::TemplateHole,
            b'-' => TokenKind::TemplateTag,
            _ if line[end..].iter().all(u8::is_ascii_whitespace) && self.starts_line(start) => {
                TokenKind::TemplateTag
            }
            _ => return None,
        };
        Some(self.finish(kind, start + end))
    }

    fn double_brace_kind(&self) -> TokenKind {
        let rest = &self.bytes[self.offset + 2..];
        let rest = rest.strip_prefix(b"-").unwrap_or(rest).trim_ascii_start();
        let is_word = |byte: &&u8| byte.is_ascii_alphabetic();
        let word = &rest[..rest.iter().take(10).take_while(is_word).count()];
        let follows = rest
            .get(word.len())
            .is_some_and(|byte| !matches!(byte, b'.' | b'_' | b'('));
        let is_action = follows && GO_ACTIONS.iter().any(|action| action.as_bytes() == word);
        match rest.first() {
            Some(b'#' | b'/' | b'^' | b'!') => TokenKind::TemplateTag,
            _ if is_action => TokenKind::TemplateTag,
            _ => TokenKind::TemplateHole,
        }
    }

    /// The offset after the first `close` from `from` on, if it is not too far.
    fn hole_end(&mut self, from: usize, close: &'static [u8]) -> Option<usize> {
        let to = self.bytes.len().min(from + LONGEST_HOLE);
        // Where the last search found nothing, this one need not look again.
        let known = match self.searched {
            (last, searched) if last == close => searched.saturating_sub(close.len() - 1),
            _ => 0,
        };
        let start = from.max(known).min(to);
        match memmem::find(self.bytes.get(start..to)?, close) {
            Some(at) => Some(start + at + close.len()),
            None => {
                self.searched = (close, to);
                None
            }
        }
    }

    fn starts_line(&self, offset: usize) -> bool {
        let before = self.bytes[..offset].iter().rev();
        let blank = |byte: &&u8| !matches!(byte, b' ' | b'\t');
        { before }.find(blank).is_none_or(|byte| *byte == b'\n')
    }
}
