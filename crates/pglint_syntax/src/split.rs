//! Tokens to statements.
//!
//! A statement ends at a `;` outside parentheses and outside the body of a
//! `BEGIN ATOMIC ... END` routine, at psql's `\;` (which the server sees as
//! `;`), at a psql command that sends the query (`\g` and its family), at a line
//! that is a delimiter of Liquibase's, or at the text's end. Empty statements are none. Set aside are comments, psql commands
//! and the data lines of `COPY ... FROM STDIN`.

pub(crate) mod copy;
mod delimiter;
mod watch;

use crate::comment::Comment;
use crate::lexer::{Lexer, range};
use crate::parse::ParseOptions;
use crate::resync;
use crate::token::{Token, TokenKind};
use pglint_text::{TextRange, TextSize};
use watch::Watch;

/// A text's statements and what stands between them.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// The statements in file order.
    pub statements: Vec<StatementSpan>,
    /// What belongs to no statement.
    pub aside: Aside,
}

/// What the splitter sets aside, each list in file order. All ranges are
/// half-open byte ranges of the file.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// All comments, those inside statements too.
    pub comments: Vec<Comment>,
    /// psql's backslash commands with their arguments, those inside statements
    /// too; `\;` is not one.
    pub psql_commands: Vec<TextRange>,
    /// Tags and comments of templates, such as `{% if x %}`, those inside
    /// statements too.
    pub template_tags: Vec<TextRange>,
    /// The data of each `COPY ... FROM STDIN`, the closing `\.` included.
    pub copy_data: Vec<TextRange>,
}

/// What ended a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminator {
    /// `;`, or another delimiter of the tool that reads the file.
    Semicolon,
    /// psql's `\;`, which sends the statement in one message with the next.
    PsqlSemicolon,
    /// A psql command that sends the query, such as `\g` or `\gset`.
    PsqlCommand,
    /// Nothing: the text ended, or the statement was cut short where a later
    /// one begins (see [`crate::parse_file`]).
    Missing,
}

/// One statement before it is parsed.
#[derive(Clone, Debug)]
pub struct StatementSpan {
    /// From the first to the last significant token, terminator excluded:
    /// half-open bytes of the file. Never empty.
    pub range: TextRange,
    /// Every token inside `range`, relative to its start, without gaps.
    pub tokens: Vec<Token>,
    /// What ended the statement.
    pub terminator: Terminator,
    /// The range of the `;`, `\;` or psql command that ended the statement;
    /// empty, after the last token, when nothing did. Bytes of the file.
    pub terminator_range: TextRange,
}

/// The statements of `text`, as if each of them would parse.
pub fn split(text: &str, options: ParseOptions) -> Split {
    let mut splitter = Splitter::new(text, options);
    let mut statements = Vec::new();
    while let Some(statement) = splitter.next_statement() {
        statements.push(statement);
    }
    Split {
        statements,
        aside: splitter.aside,
    }
}

/// Reads statement after statement, and can be told to go on elsewhere.
pub(crate) struct Splitter<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// What was set aside up to the present offset.
    pub(crate) aside: Aside,
    /// Tokens of the present statement, relative to `base`.
    tokens: Vec<Token>,
    base: TextSize,
    /// How many of `tokens` there are up to the last significant one.
    significant: usize,
    watch: Watch,
    /// `COPY ... FROM STDIN` statements sent whose data has not come yet, and
    /// those that wait, after a `\;`, to be sent.
    copies_sent: u32,
    copies_unsent: u32,
    /// From this offset on no line ends `COPY` data.
    no_data_end_from: usize,
    /// Whether statements end at the next line that starts one, come what may.
    line_wise: bool,
    /// What ends statements beside `;` where it is alone on its line.
    delimiter: Option<&'t str>,
}

impl<'t> Splitter<'t> {
    pub(crate) fn new(text: &'t str, options: ParseOptions) -> Splitter<'t> {
        Splitter {
            text,
            lexer: Lexer::new(text, 0, options),
            aside: Aside::default(),
            tokens: Vec::new(),
            base: TextSize::new(0),
            significant: 0,
            watch: Watch::default(),
            copies_sent: 0,
            copies_unsent: 0,
            no_data_end_from: usize::MAX,
            line_wise: false,
            delimiter: delimiter::of(text),
        }
    }

    /// Goes on at `offset`, with `options`, as if a statement had just ended
    /// there, and forgets what was set aside after it. A token must be able to
    /// start there.
    pub(crate) fn restart(&mut self, offset: TextSize, options: ParseOptions) {
        self.lexer = Lexer::new(self.text, usize::from(offset), options);
        self.copies_sent = 0;
        self.copies_unsent = 0;
        self.clear();
        if self.line_wise {
            self.limit_to_next_line();
        }
        let aside = &mut self.aside;
        let comments = aside
            .comments
            .partition_point(|comment| comment.range.start() < offset);
        aside.comments.truncate(comments);
        if let Some(last) = aside.comments.last_mut() {
            let end = last.range.end().min(offset);
            last.range = TextRange::new(last.range.start(), end);
        }
        let is_before = |range: &TextRange| range.start() < offset;
        let commands = aside.psql_commands.partition_point(is_before);
        aside.psql_commands.truncate(commands);
        let tags = aside.template_tags.partition_point(is_before);
        aside.template_tags.truncate(tags);
        let data = aside.copy_data.partition_point(is_before);
        aside.copy_data.truncate(data);
    }

    /// From now on ends every statement, and any string or bracket in it, where
    /// a later line starts a statement: no byte is then read twice.
    pub(crate) fn read_line_wise(&mut self) {
        self.line_wise = true;
        self.limit_to_next_line();
    }

    /// How the text is read at the present offset.
    pub(crate) fn options(&self) -> ParseOptions {
        self.lexer.options
    }

    /// The next statement; `None` at the text's end.
    pub(crate) fn next_statement(&mut self) -> Option<StatementSpan> {
        loop {
            let Some(token) = self.lexer.next() else {
                let ended = self.end_statement(Terminator::Missing, None);
                if ended.is_some() || self.lexer.offset() == self.text.len() {
                    return ended;
                }
                self.limit_to_next_line();
                continue;
            };
            if let Some(statement) = self.take(token) {
                return Some(statement);
            }
        }
    }

    fn limit_to_next_line(&mut self) {
        let start = self.lexer.offset();
        let end = resync::next_statement_line(self.text, start, self.text.len());
        let text = &self.text[..end.unwrap_or(self.text.len())];
        self.lexer = Lexer::new(text, start, self.lexer.options);
    }

    /// Takes the next token; gives the statement that it ends, if any.
    fn take(&mut self, token: Token) -> Option<StatementSpan> {
        match token.kind {
            TokenKind::Whitespace => self.take_whitespace(token),
            TokenKind::TemplateTag => {
                self.aside.template_tags.push(token.range());
                self.push(token, false);
            }
            TokenKind::LineComment | TokenKind::BlockComment => {
                self.aside.comments.push(Comment::new(self.text, token));
                // PostgreSQL refuses a comment that never ends, so it is part of
                // what does not parse.
                self.push(token, token.is_unterminated());
            }
            TokenKind::PsqlCommand => return self.take_psql_command(token),
            TokenKind::PsqlSemicolon => {
                return self.end_statement(Terminator::PsqlSemicolon, Some(token));
            }
            TokenKind::Semicolon if self.watch.is_top_level() => {
                return self.end_statement(Terminator::Semicolon, Some(token));
            }
            _ if delimiter::is_at(self.text, token, self.delimiter) => {
                return self.end_statement(Terminator::Semicolon, Some(token));
            }
            _ => {
                self.watch.take(self.text, token);
                self.push(token, true);
            }
        }
        None
    }

    fn take_whitespace(&mut self, token: Token) {
        match self.copy_data_start(token) {
            Some(start) => self.take_copy_data(start),
            None => self.push(token, false),
        }
    }

    /// Where data begins, if the next token is the white space before it.
    fn copy_data_start(&self, token: Token) -> Option<usize> {
        if self.copies_sent == 0 || !self.tokens.is_empty() || token.kind != TokenKind::Whitespace {
            return None;
        }
        let newline = token.text(self.text).find('\n')?;
        Some(usize::from(token.start()) + newline + 1)
    }

    /// Goes on to the next data, which is not read; `None` where the text ends
    /// before. Tells `ended` where each statement ends that no data follows.
    pub(crate) fn next_copy_data(
        &mut self,
        mut ended: impl FnMut(usize, ParseOptions),
    ) -> Option<copy::CopyData> {
        loop {
            let token = self.lexer.next()?;
            if let Some(start) = self.copy_data_start(token) {
                let blocks = self.copies_sent;
                return Some(copy::CopyData { start, blocks });
            }
            let has_ended = self.take(token).is_some();
            if has_ended && self.copies_sent + self.copies_unsent == 0 {
                ended(self.lexer.offset(), self.options());
            }
        }
    }

    fn take_copy_data(&mut self, mut start: usize) {
        while self.copies_sent > 0 {
            self.copies_sent -= 1;
            let end = self.copy_data_end(start);
            if end > start {
                self.aside.copy_data.push(range(start, end));
            }
            start = end;
            if self.copies_sent > 0 {
                start += self.text[end..].find('\n').map_or(0, |at| at + 1);
            }
        }
        // The data may reach beyond a line-wise limit.
        self.lexer = Lexer::new(self.text, start, self.lexer.options);
        if self.line_wise {
            self.limit_to_next_line();
        }
    }

    fn copy_data_end(&mut self, start: usize) -> usize {
        let end = if start < self.no_data_end_from {
            copy::copy_data_end(self.text.as_bytes(), start)
        } else {
            None
        };
        end.unwrap_or_else(|| {
            // Looking for an end that is not there is done once a file.
            self.no_data_end_from = self.no_data_end_from.min(start);
            copy::endless_data_end(self.text, start)
        })
    }

    fn take_psql_command(&mut self, token: Token) -> Option<StatementSpan> {
        self.aside.psql_commands.push(token.range());
        let command = token.text(self.text);
        if copy::is_psql_copy_from_stdin(command) {
            self.copies_sent += 1;
        }
        if sends_query(command) {
            return self.end_statement(Terminator::PsqlCommand, Some(token));
        }
        if discards_query(command) {
            self.clear();
        } else {
            self.push(token, false);
        }
        None
    }

    fn push(&mut self, token: Token, significant: bool) {
        if self.tokens.is_empty() {
            if !significant {
                return;
            }
            self.base = token.start();
        }
        self.tokens.push(token.relative_to(self.base));
        if significant {
            self.significant = self.tokens.len();
        }
    }

    fn end_statement(
        &mut self,
        terminator: Terminator,
        token: Option<Token>,
    ) -> Option<StatementSpan> {
        let reads_data = u32::from(self.watch.reads_copy_data());
        self.copies_unsent += reads_data;
        if terminator != Terminator::PsqlSemicolon {
            self.copies_sent += self.copies_unsent;
            self.copies_unsent = 0;
        }
        self.tokens.truncate(self.significant);
        let (terminator, token) = self.or_last_semicolon(terminator, token);
        let end = self.base + self.tokens.last()?.end();
        if let Some(on) =
            watch::standard_conforming_strings(&self.text[self.base.into()..], &self.tokens)
        {
            self.lexer.options.standard_conforming_strings = on;
        }
        let statement = StatementSpan {
            range: TextRange::new(self.base, end),
            tokens: self.tokens.clone(),
            terminator,
            terminator_range: token.map_or(TextRange::empty(end), Token::range),
        };
        self.clear();
        Some(statement)
    }

    /// A `;` inside brackets that nobody closed ends the last statement.
    fn or_last_semicolon(
        &mut self,
        terminator: Terminator,
        token: Option<Token>,
    ) -> (Terminator, Option<Token>) {
        let is_last = |token: &Token| token.kind == TokenKind::Semicolon;
        if terminator != Terminator::Missing || self.tokens.len() < 2 {
            return (terminator, token);
        }
        let Some(last) = self.tokens.pop_if(|token| is_last(token)) else {
            return (terminator, token);
        };
        while self.tokens.pop_if(|token| token.is_trivia()).is_some() {}
        let last = Token::new(last.kind, last.range() + self.base);
        (Terminator::Semicolon, Some(last))
    }

    fn clear(&mut self) {
        self.tokens.clear();
        self.significant = 0;
        self.watch = Watch::default();
    }
}

/// The name of a psql command, without the backslash.
pub(crate) fn psql_command_name(command: &str) -> &str {
    let name = command.trim_start_matches('\\');
    let end = name.find(|c: char| c.is_ascii_whitespace() || c == '\\');
    &name[..end.unwrap_or(name.len())]
}

/// Whether psql sends the query it has gathered (`PSQL_CMD_SEND` in psql's
/// `command.c`; psql 18).
fn sends_query(command: &str) -> bool {
    let name = psql_command_name(command);
    matches!(name, "g" | "gx" | "gset" | "gexec" | "gdesc" | "crosstabview" | "watch" | "parse" | "sendpipeline")
        // `\g(format=...)` has no space before its options.
        || name.starts_with("g(") || name.starts_with("gx(")
}

/// Whether psql throws away the query it has gathered.
fn discards_query(command: &str) -> bool {
    matches!(psql_command_name(command), "r" | "reset")
}
