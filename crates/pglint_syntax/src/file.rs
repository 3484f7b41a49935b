//! A file's text to its statements, each parsed or with the reason why not.

use crate::kept::{StatementTree, TreeRef};
use crate::lexer::{lex, range};
use crate::mask::masked_tokens;
use crate::outcome::{outcome, too_complex};
use crate::parse::ParseOptions;
use crate::placeholder::{Hole, HoleKind, Style, certain_holes, holes, with_dollar_names};
use crate::resync;
use crate::reuse::KnownStatements;
use crate::split::{Aside, Splitter, StatementSpan, Terminator};
use crate::template::Templates;
use crate::token::Token;
use crate::tree::Tree;
use crate::values::{SkippedRows, rows_to_skip, without_skipped};
use pglint_text::{TextRange, TextSize};
use std::sync::Arc;

/// How many bytes a statement may have to be parsed, skipped rows not counted.
const LONGEST_STATEMENT: usize = 1 << 20;

/// A file's statements and what stands between them.
#[derive(Debug, Default)]
pub struct ParsedFile {
    /// The statements in file order.
    pub statements: Vec<Statement>,
    /// Comments, psql commands, `COPY` data. Ranges are those of the file.
    pub aside: Aside,
}

impl ParsedFile {
    /// A file of which nothing is known: its text is one statement that is not read.
    pub fn not_read(text: &str) -> ParsedFile {
        let start = text.len() - text.trim_start().len();
        let range = range(start, text.trim_end().len().max(start));
        let statement = (!range.is_empty()).then(|| Statement {
            range,
            options: ParseOptions::default(),
            is_read_alone: false,
            terminator: Terminator::Missing,
            terminator_range: TextRange::empty(range.end()),
            skipped_rows: None,
            parse: StatementParse::NotRead,
        });
        ParsedFile {
            statements: Vec::from_iter(statement),
            aside: Aside::default(),
        }
    }
}

/// One statement. A clone shares its tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// From the first to the last significant token, terminator excluded:
    /// half-open bytes of the file. Never empty.
    pub range: TextRange,
    /// How the statement's text is read.
    pub(crate) options: ParseOptions,
    /// Does `parse` follow from the text alone, and not from what stands around?
    pub(crate) is_read_alone: bool,
    /// What ended the statement.
    pub terminator: Terminator,
    /// The range of the terminator, half-open bytes of the file; empty, after the
    /// last token, when it is missing.
    pub terminator_range: TextRange,
    /// Rows of a long `VALUES` list that are in no tree. `None` nearly always.
    pub skipped_rows: Option<SkippedRows>,
    /// The tree, or why there is none.
    pub parse: StatementParse,
}

/// The outcome of parsing one statement. All ranges are relative to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementParse {
    /// It parses.
    Tree(StatementTree),
    /// PostgreSQL refuses it.
    SyntaxError(SyntaxError),
    /// It is too long, or too deeply nested for the parser; it may be correct.
    TooComplex {
        /// Why: a clause without full stop.
        message: String,
        /// The statement's first token.
        range: TextRange,
    },
    /// It holds placeholders or template holes, and does not parse whatever is put
    /// in their place, for all we know because of them.
    NotRead,
}

/// What PostgreSQL's parser says against a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// PostgreSQL's message, such as ``syntax error at or near "FORM"``.
    pub message: String,
    /// The token at fault: half-open bytes relative to the statement. The last
    /// token where the statement ends too early, the first where PostgreSQL
    /// gives no place.
    pub range: TextRange,
    /// The version of PostgreSQL that took the syntax away, such as `12` for
    /// `WITH OIDS`. `None` for what is wrong in all versions, for all we know.
    pub removed_in: Option<&'static str>,
}

impl Statement {
    /// The statement's tree, which may be made anew each time; `None` when the
    /// statement was not parsed.
    pub fn tree(&self) -> Option<TreeRef<'_>> {
        self.parse.tree().map(StatementTree::get)
    }

    /// A tree that is the same but for the values of literals, and places in the
    /// text; it need not be made. `None` when the statement was not parsed.
    pub fn shape(&self) -> Option<&Tree> {
        self.parse.tree().map(StatementTree::shape)
    }

    /// Is `other`, whose text is the same, read in the same way?
    pub fn reads_as(&self, other: &Statement) -> bool {
        let is_same_tree = match (&self.parse, &other.parse) {
            (StatementParse::Tree(one), StatementParse::Tree(other)) => one.reads_as(other),
            (one, other) => one == other,
        };
        is_same_tree
            && self.options == other.options
            && self.terminator == other.terminator
            && self.skipped_rows == other.skipped_rows
    }

    /// Every token of the statement, without gaps, relative to its start. `text`
    /// is the statement's text.
    ///
    /// They are not kept, for they take five times the text, but read again.
    pub fn tokens(&self, text: &str) -> Vec<Token> {
        let mut tokens = lex(text, self.options);
        if let Some(rows) = self.skipped_rows {
            tokens = without_skipped(tokens, rows.range);
        }
        let masks = self.shape().map_or(&[][..], Tree::masks);
        if masks.is_empty() {
            return tokens;
        }
        let read_anew = with_dollar_names(text, &tokens, self.options);
        masked_tokens(&read_anew.unwrap_or(tokens), masks)
    }
}

impl StatementParse {
    fn tree(&self) -> Option<&StatementTree> {
        match self {
            StatementParse::Tree(tree) => Some(tree),
            _ => None,
        }
    }
}

/// Reads a file: any text, below 4 GiB, without byte-order mark.
///
/// Must run on a thread with a large stack, see [`crate::STACK_SIZE`]. `options`
/// hold at the file's start; `SET standard_conforming_strings` changes them.
///
/// A statement that does not parse costs no other one. Where a forgotten quote
/// or bracket made it swallow its neighbours, it is cut at the first `;` that a
/// line follows which starts a statement; where a `;` was forgotten and the rest
/// parses, it is cut before that line.
pub fn parse_file(text: &str, options: ParseOptions) -> ParsedFile {
    parse_file_again(
        &text.into(),
        options,
        &KnownStatements::default(),
        |spans, parse| spans.iter().map(parse).collect(),
    )
}

/// A statement that is not parsed yet, and how its text is read.
pub type Unparsed = (StatementSpan, ParseOptions);

/// Calls a function for each of some statements, which do not depend on each
/// other, and gives the results in the same order. All its threads must have a
/// large stack.
pub type ForEach =
    fn(&[Unparsed], &(dyn Fn(&Unparsed) -> Option<Statement> + Sync)) -> Vec<Option<Statement>>;

/// Reads a file as [`parse_file`] does, and parses no statement anew that is
/// `known`. `for_each` parses, on as many threads as it likes. Statements may keep
/// the text.
pub fn parse_file_again(
    text: &Arc<str>,
    options: ParseOptions,
    known: &KnownStatements<'_>,
    for_each: ForEach,
) -> ParsedFile {
    let mut reader = Reader {
        parser: Parser {
            text,
            known,
            style: Style::of(text),
        },
        splitter: Splitter::new(text, options),
        templates: Templates::default(),
        may_reread: Some(text.len().saturating_mul(4) + (1 << 20)),
        statements: Vec::new(),
    };
    reader.read(for_each);
    reader.statements.shrink_to_fit();
    let mut file = ParsedFile {
        statements: reader.statements,
        aside: reader.splitter.aside,
    };
    forgive_conditional(&mut file, text);
    file
}

/// What a template puts in under a condition may be the end of a statement, or
/// one of several ends: `{% if a %} DISABLE; {% else %} ENABLE; {% endif %}`.
fn forgive_conditional(file: &mut ParsedFile, text: &str) {
    let conditional = file.aside.conditional(text);
    let mut ranges = conditional.iter().peekable();
    for statement in &mut file.statements {
        while ranges
            .next_if(|it| it.end() <= statement.range.start())
            .is_some()
        {}
        let is_conditional = ranges
            .peek()
            .is_some_and(|it| it.start() < statement.range.end());
        if is_conditional && matches!(statement.parse, StatementParse::SyntaxError(_)) {
            statement.parse = StatementParse::NotRead;
            statement.is_read_alone = false;
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t>,
    templates: Templates,
    splitter: Splitter<'t>,
    /// How many bytes may still be read again after a cut; `None` when it was
    /// used up. It keeps the time linear whatever the text.
    may_reread: Option<usize>,
    statements: Vec<Statement>,
}

/// The most statements that are split before they are parsed.
const MOST_AHEAD: usize = 512;

/// About how many bytes at most are split before they are parsed.
const MOST_BYTES_AHEAD: usize = 1 << 20;

impl Reader<'_> {
    /// Splits some statements, parses them, goes on: from where one had to be cut,
    /// and then in small steps again, so that few are parsed in vain.
    fn read(&mut self, for_each: ForEach) {
        let mut count = 1;
        loop {
            let spans = self.next_spans(count);
            if spans.is_empty() {
                return;
            }
            let (parser, templates) = (self.parser, &self.templates);
            let parsed = for_each(&spans, &|(span, options)| {
                let parse = || parser.parse(span.clone(), *options, templates);
                (!never_ends(span)).then(parse)
            });
            let mut statements = spans.into_iter().zip(parsed);
            let is_cut = statements.any(|(span, parsed)| self.take(span, parsed));
            count = if is_cut {
                1
            } else {
                (2 * count).min(MOST_AHEAD)
            };
        }
    }

    fn next_spans(&mut self, count: usize) -> Vec<Unparsed> {
        let mut spans = Vec::new();
        let mut bytes = 0;
        while spans.len() < count && bytes < MOST_BYTES_AHEAD {
            let options = self.splitter.options();
            let Some(span) = self.splitter.next_statement() else {
                break;
            };
            bytes += usize::from(span.range.len());
            spans.push((span, options));
        }
        spans
    }

    /// Adds a statement, which is parsed unless it never ends. Was it cut, so that
    /// what comes after it has to be split anew?
    fn take(&mut self, (span, options): Unparsed, parsed: Option<Statement>) -> bool {
        // What never ends cannot parse, so it is not tried: it may be the rest
        // of the file.
        if parsed.is_none() && self.cut(&span, true, options) {
            return true;
        }
        let statement = parsed.unwrap_or_else(|| self.parse(span.clone(), options));
        let is_cut = match &statement.parse {
            StatementParse::TooComplex { .. } => self.cut(&span, false, options),
            StatementParse::SyntaxError(error) => {
                self.cut(&span, true, options) || self.cut_before(&span, error, options)
            }
            _ => false,
        };
        if !is_cut {
            self.push(statement);
        }
        is_cut
    }

    /// Cuts `span` after a `;` inside it, where there is a reason to.
    fn cut(&mut self, span: &StatementSpan, is_refused: bool, options: ParseOptions) -> bool {
        if self.may_reread.is_none() {
            return false;
        }
        let Some(offset) = resync::cut(self.parser.text, span, is_refused) else {
            return false;
        };
        let head = statement_between(self.parser.text, span.range.start(), offset, options);
        self.go_on_at(offset, span.range.end(), options);
        if let Some(head) = head {
            let head = self.parse(head, options);
            self.push(head);
        }
        true
    }

    /// Cuts `span` before the word that `error` is about, where that word starts
    /// a statement of its own and only the `;` before it is missing.
    fn cut_before(
        &mut self,
        span: &StatementSpan,
        error: &SyntaxError,
        options: ParseOptions,
    ) -> bool {
        let (start, end) = (span.range.start(), span.range.end());
        let offset = start + error.range.start();
        if self.may_reread.is_none()
            || offset == start
            || !resync::is_statement_line(self.parser.text, start.into(), offset.into())
        {
            return false;
        }
        let rest = statement_between(self.parser.text, offset, end, options);
        let rest = rest.map(|rest| self.parse(rest, options));
        if rest.is_none_or(|rest| rest.shape().is_none()) {
            return false;
        }
        let Some(head) = statement_between(self.parser.text, start, offset, options) else {
            return false;
        };
        if options.lines_end_statements {
            self.go_on_at(offset, end, options);
            let head = self.parse(head, options);
            self.push(head);
            return true;
        }
        let last = head.tokens.last().map(|token| token.range());
        let parse = StatementParse::SyntaxError(SyntaxError {
            message: error.message.clone(),
            range: last.unwrap_or_default(),
            removed_in: None,
        });
        self.go_on_at(offset, end, options);
        let mut head = statement(head, None, parse, options);
        head.is_read_alone = false;
        self.push(head);
        true
    }

    fn parse(&self, span: StatementSpan, options: ParseOptions) -> Statement {
        self.parser.parse(span, options, &self.templates)
    }

    fn go_on_at(&mut self, offset: TextSize, read_up_to: TextSize, options: ParseOptions) {
        let again = usize::from(read_up_to - offset);
        self.may_reread = self.may_reread.and_then(|left| left.checked_sub(again));
        self.splitter.restart(offset, options);
        if self.may_reread.is_none() {
            self.splitter.read_line_wise();
        }
    }

    fn push(&mut self, mut statement: Statement) {
        if let StatementParse::SyntaxError(error) = &statement.parse {
            let text = &self.parser.text[statement.range];
            let holes = holes(text, &statement.tokens(text), self.parser.style);
            if self.may_be_due_to(&holes, error) {
                statement.parse = StatementParse::NotRead;
                statement.is_read_alone = false;
            }
        }
        if let Some(tree) = statement.parse.tree() {
            self.templates.learn(tree, statement.options);
        }
        self.statements.push(statement);
    }

    /// Whether PostgreSQL might take the statement if the holes were filled. What
    /// comes before all of them is wrong in any case, except in templates.
    fn may_be_due_to(&self, holes: &[Hole], error: &SyntaxError) -> bool {
        let first = holes.first();
        first.is_some_and(|first| {
            self.parser.style.templated
                || first.kind == HoleKind::Tag
                || first.range.start < usize::from(error.range.end())
        })
    }
}

fn never_ends(span: &StatementSpan) -> bool {
    span.tokens.iter().any(|token| token.is_unterminated())
}

/// What is needed to parse a statement of a file, whichever it is.
#[derive(Clone, Copy)]
struct Parser<'t> {
    text: &'t Arc<str>,
    known: &'t KnownStatements<'t>,
    style: Style,
}

impl Parser<'_> {
    fn parse(
        self,
        mut span: StatementSpan,
        options: ParseOptions,
        templates: &Templates,
    ) -> Statement {
        let text = &self.text[span.range];
        if let Some(known) = self.known.find(text, options, self.style) {
            let parse = match &known.parse {
                StatementParse::Tree(tree) => {
                    StatementParse::Tree(tree.moved_to(self.text, span.range))
                }
                other => other.clone(),
            };
            return statement(span, known.skipped_rows, parse, options);
        }
        let skipped_rows = rows_to_skip(text, &span.tokens);
        let skipped = skipped_rows.map(|rows| rows.range);
        if let Some(skipped) = skipped {
            span.tokens = without_skipped(span.tokens, skipped);
        }
        let length = text.len() - skipped.map_or(0, |range| range.len().into());
        if length > LONGEST_STATEMENT {
            let parse = too_complex(&span.tokens, "the statement is longer than 1 MB");
            return statement(span, skipped_rows, parse, options);
        }
        let certain = certain_holes(text, &span.tokens, self.style);
        let template = (certain.is_empty() && skipped.is_none())
            .then(|| templates.find(text, &span.tokens, options));
        let parse = match template.flatten() {
            Some(template) => {
                StatementParse::Tree(StatementTree::alike(template, self.text, span.range))
            }
            None => outcome(text, &span.tokens, (self.style, certain), options),
        };
        statement(span, skipped_rows, parse, options)
    }
}

/// The first statement of `text[start..end]`, in the offsets of `text`.
fn statement_between(
    text: &str,
    start: TextSize,
    end: TextSize,
    options: ParseOptions,
) -> Option<StatementSpan> {
    let mut splitter = Splitter::new(&text[..usize::from(end)], options);
    splitter.restart(start, options);
    splitter.next_statement()
}

fn statement(
    span: StatementSpan,
    skipped_rows: Option<SkippedRows>,
    parse: StatementParse,
    options: ParseOptions,
) -> Statement {
    Statement {
        range: span.range,
        options,
        is_read_alone: true,
        terminator: span.terminator,
        terminator_range: span.terminator_range,
        skipped_rows,
        parse,
    }
}
