//! One token of SQL text and the questions a token can answer alone.

use pglint_text::{TextRange, TextSize};

/// What a [`Token`] is.
///
/// The kinds follow PostgreSQL's scanner (`scan.l`, version 18): wherever that
/// scanner succeeds, tokens other than white space have its boundaries. The
/// last eight kinds are not the server's but psql's, a template's or a driver's,
/// or a byte no rule takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TokenKind {
    /// A run of space, tab, newline, carriage return, form feed, vertical tab.
    Whitespace,
    /// `-- ...` up to, and without, the line's end.
    LineComment,
    /// `/* ... */`, nested ones included.
    BlockComment,
    /// `'...'`, also the quoted part of `N'...'`.
    String,
    /// `E'...'`, and `'...'` where `standard_conforming_strings` is off.
    EscapeString,
    /// `U&'...'`. A following `UESCAPE` is a token of its own.
    UnicodeString,
    /// `B'...'`.
    BitString,
    /// `X'...'`.
    HexString,
    /// `$$...$$` or `$tag$...$tag$`.
    DollarString,
    /// An unquoted identifier or a keyword; see [`Token::is_word`].
    Word,
    /// `"..."`.
    QuotedIdentifier,
    /// `U&"..."`.
    UnicodeIdentifier,
    /// An integer or decimal number, also `0x1F`, `0o17`, `0b11`, `1_000`.
    Number,
    /// `$1`.
    Parameter,
    /// An operator made of PostgreSQL's operator characters, such as `+`, `<>`
    /// or `->>`. `=>` is not one.
    Operator,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `.`
    Dot,
    /// `..`
    DotDot,
    /// `::`
    TypeCast,
    /// `:=`
    ColonEquals,
    /// `=>`
    EqualsGreater,
    /// A psql meta-command with its arguments, without the line's end.
    PsqlCommand,
    /// `\;`: psql sends a plain `;` to the server.
    PsqlSemicolon,
    /// The lines that follow `COPY ... FROM STDIN`, the closing `\.` included
    /// and its line's end not.
    CopyData,
    /// Rows of a long `VALUES` list that are not given to the parser.
    SkippedRows,
    /// A template's hole, where something else puts text in: `{{ x }}`, `${x}`,
    /// `#{x}`, `<%= x %>`.
    TemplateHole,
    /// A template's tag or comment, which puts in nothing itself: `{% if x %}`,
    /// `{# note #}`, `{{ end }}`, `<% end %>`.
    TemplateTag,
    /// A placeholder or hole of a statement that was parsed with something else
    /// in its place, see [`crate::Tree::masks`].
    Placeholder,
    /// A byte that starts no token, such as `{` or a lone `$`.
    Unknown,
}

/// One token: a half-open range of bytes and what it is.
///
/// Who hands out tokens says what their offsets are relative to: the text given
/// to [`crate::lex`], or the first byte of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    start: TextSize,
    length: TextSize,
    /// What the token is.
    pub kind: TokenKind,
    flags: u8,
}

impl Token {
    const UNTERMINATED: u8 = 1;
    const CONTINUED: u8 = 2;
    const MALFORMED: u8 = 4;

    /// A token over `range`, without flags.
    pub(crate) fn new(kind: TokenKind, range: TextRange) -> Token {
        Token {
            start: range.start(),
            length: range.len(),
            kind,
            flags: 0,
        }
    }

    /// The half-open byte range.
    pub fn range(self) -> TextRange {
        TextRange::at(self.start, self.length)
    }

    /// The offset of the first byte.
    pub fn start(self) -> TextSize {
        self.start
    }

    /// The offset after the last byte.
    pub fn end(self) -> TextSize {
        self.start + self.length
    }

    /// The token's spelling in the `text` its offsets are relative to.
    pub fn text(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// Whether this is the unquoted word `word` (lower case, ASCII), in any
    /// case, as PostgreSQL matches keywords.
    pub fn is_word(self, text: &str, word: &str) -> bool {
        self.kind == TokenKind::Word
            && usize::from(self.length) == word.len()
            && self.text(text).eq_ignore_ascii_case(word)
    }

    /// White space or a comment.
    pub fn is_trivia(self) -> bool {
        matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment
        )
    }

    /// `-- ...` or `/* ... */`.
    pub fn is_comment(self) -> bool {
        matches!(self.kind, TokenKind::LineComment | TokenKind::BlockComment)
    }

    /// A string constant of any spelling.
    pub fn is_string(self) -> bool {
        matches!(
            self.kind,
            TokenKind::String
                | TokenKind::EscapeString
                | TokenKind::UnicodeString
                | TokenKind::BitString
                | TokenKind::HexString
                | TokenKind::DollarString
        )
    }

    /// An identifier of any spelling, keywords included.
    pub fn is_identifier(self) -> bool {
        matches!(
            self.kind,
            TokenKind::Word | TokenKind::QuotedIdentifier | TokenKind::UnicodeIdentifier
        )
    }

    /// Whether the text ended before the closing quote, `*/`, `$tag$` or `\.`.
    pub fn is_unterminated(self) -> bool {
        self.flags & Token::UNTERMINATED != 0
    }

    /// Whether a string goes on after a line's end (`'a'` newline `'b'`), which
    /// PostgreSQL's scanner makes one token (manual, section 4.1.2.1): the
    /// token then reaches from the first quote to the last, white space and
    /// line comments between the parts included.
    pub fn is_continued(self) -> bool {
        self.flags & Token::CONTINUED != 0
    }

    /// Whether a number or parameter is one that PostgreSQL refuses, such as
    /// `12ab`, `0x` or `1e+` (since version 15).
    pub fn is_malformed(self) -> bool {
        self.flags & Token::MALFORMED != 0
    }

    /// The same token in a text that starts at `base` of the present one.
    pub(crate) fn relative_to(mut self, base: TextSize) -> Token {
        self.start -= base;
        self
    }

    pub(crate) fn unterminated(mut self, yes: bool) -> Token {
        self.flags |= if yes { Token::UNTERMINATED } else { 0 };
        self
    }

    pub(crate) fn continued(mut self, yes: bool) -> Token {
        self.flags |= if yes { Token::CONTINUED } else { 0 };
        self
    }

    pub(crate) fn malformed(mut self, yes: bool) -> Token {
        self.flags |= if yes { Token::MALFORMED } else { 0 };
        self
    }
}
