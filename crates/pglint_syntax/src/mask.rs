//! Legal text of the same length in place of holes, so that a statement with
//! placeholders parses and every offset stays true.
//!
//! A hole has a shape for each thing that may stand in its place: a name, a list,
//! a constant, nothing. The shapes are tried in an order that the neighbours
//! suggest; where the parser then stops tells which hole has the wrong one.

use crate::lexer::range;
use crate::parse::{MaskedText, ParseError, ParseOptions, parse_masked};
use crate::placeholder::{Hole, HoleKind, PlaceholderName, Style, ends_no_operand};
use crate::split::psql_command_name;
use crate::token::{Token, TokenKind};
use crate::tree::Tree;
use pglint_text::{TextRange, TextSize};
use std::ops::Range;

/// A stretch of a statement that is no SQL yet: a placeholder or a template's
/// hole. The parser saw something else in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Half-open bytes, relative to the statement.
    pub range: TextRange,
    /// What it stands for.
    pub kind: MaskKind,
}

/// What a [`Mask`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskKind {
    /// A parameter that a driver or psql fills in: `?`, `:name`, `@name`, `%s`,
    /// `sqlc.arg(name)`. Where an expression may stand it is a `ParamRef` with
    /// the number 0.
    Parameter,
    /// Any text, or none: a template's hole or tag. What the statement says
    /// beside it, such as which tables it reads, is not known.
    Text,
}

/// In a name of a tree, stands for a byte that is not known.
pub const UNKNOWN_CHARACTER: char = '\u{fffd}';

/// Whether a name, as a tree has it, is not the one that the server will see: a
/// placeholder or a template's hole is in it.
pub fn is_unknown_name(name: &str) -> bool {
    const HOLES: [&str; 4] = ["{{", "${", "#{", "<%="];
    name.contains(UNKNOWN_CHARACTER)
        || HOLES.iter().any(|hole| name.contains(hole))
        || name.len() > 2 && name.starts_with('@') && name.ends_with('@')
}

/// What is put in place of a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// A name of bytes that no text has, see [`UNKNOWN_CHARACTER`].
    Name,
    /// White space.
    Nothing,
    /// A name in parentheses.
    List,
    /// A string constant.
    String,
    /// An integer constant.
    Number,
    /// An operator that does not exist.
    Operator,
    /// A name, and `=` in place of the `IN` before it, where a list does not fit.
    Equals,
}

const AFTER_ITEM: &[Shape] = &[Shape::Nothing, Shape::Name, Shape::Operator, Shape::List];
const TEXT: &[Shape] = &[
    Shape::Name,
    Shape::Nothing,
    Shape::List,
    Shape::Number,
    Shape::String,
    Shape::Operator,
];
const PARAMETER: &[Shape] = &[
    Shape::Name,
    Shape::List,
    Shape::Number,
    Shape::String,
    Shape::Equals,
];

fn shapes(text: &str, tokens: &[Token], hole: &Hole) -> &'static [Shape] {
    match hole.kind {
        HoleKind::Parameter => PARAMETER,
        HoleKind::String => &[Shape::String, Shape::Name],
        HoleKind::Name => &[Shape::Name, Shape::List, Shape::Nothing],
        HoleKind::Tag => &[Shape::Nothing],
        HoleKind::Text if follows_item(text, tokens, hole) => AFTER_ITEM,
        HoleKind::Text => TEXT,
    }
}

/// Words that are followed by a name or an expression, beside those of
/// [`ends_no_operand`].
const BEFORE_NAMES: [&str; 34] = [
    "add",
    "aggregate",
    "alter",
    "analyze",
    "check",
    "cluster",
    "collate",
    "column",
    "concurrently",
    "constraint",
    "create",
    "database",
    "domain",
    "drop",
    "exists",
    "function",
    "index",
    "insert",
    "lateral",
    "of",
    "only",
    "over",
    "procedure",
    "references",
    "rename",
    "role",
    "schema",
    "sequence",
    "table",
    "trigger",
    "truncate",
    "type",
    "vacuum",
    "view",
];

/// Whether `token` is a word that a name follows.
pub(crate) fn precedes_name(text: &str, token: Token) -> bool {
    BEFORE_NAMES.iter().any(|word| token.is_word(text, word))
}

/// Whether something complete stands before the hole, so that it may well be
/// nothing: the start of a statement, a name, a constant, a bracket.
fn follows_item(text: &str, tokens: &[Token], hole: &Hole) -> bool {
    let start = hole.range.start;
    let count = tokens.partition_point(|token| usize::from(token.end()) <= start);
    let Some(before) = tokens[..count].iter().rfind(|token| !token.is_trivia()) else {
        return !text[hole.range.end..].starts_with('.');
    };
    let touches = usize::from(before.end()) == start;
    match before.kind {
        TokenKind::RightParen | TokenKind::RightBracket => true,
        TokenKind::Word if touches => false,
        TokenKind::Word => !ends_no_operand(text, *before) && !precedes_name(text, *before),
        TokenKind::TemplateHole => !touches,
        _ => before.is_identifier() || before.is_string() || before.kind == TokenKind::Number,
    }
}

/// How a search for legal text ended.
pub(crate) enum Outcome {
    /// The statement parses; the tree has its masks.
    Tree(Tree),
    /// It does not, whatever stands for the holes: of the parser's complaints the
    /// one furthest on. `None` when nothing was tried.
    Refused(Option<ParseError>),
}

/// Parses `text`, with `holes` that are not empty.
///
/// Where tags of a template part alternatives, the first of them is also tried
/// alone.
pub(crate) fn parse_with_holes(
    text: &str,
    tokens: &[Token],
    sql: &str,
    (style, holes): (Style, Vec<Hole>),
    options: ParseOptions,
) -> Outcome {
    // With a quote that never closes it cannot parse.
    if tokens.iter().any(|token| token.is_unterminated()) {
        return Outcome::Refused(None);
    }
    let alternatives = without_alternatives(text, tokens, &holes);
    let search = |holes| Search::new(text, tokens, sql, (style, holes), options).run();
    let first = search(holes);
    match (first, alternatives) {
        (Outcome::Refused(error), Some(holes)) => match search(holes) {
            Outcome::Refused(_) => Outcome::Refused(error),
            tree => tree,
        },
        (first, _) => first,
    }
}

/// The holes, grown over what stands between `else` and `end`. `None` when no tag
/// says `else`.
fn without_alternatives(text: &str, tokens: &[Token], holes: &[Hole]) -> Option<Vec<Hole>> {
    let is_tag = |hole: &&Hole| hole.kind == HoleKind::Tag;
    let mut grown: Vec<Hole> = Vec::new();
    let mut skips_from = None;
    for hole in holes {
        let word = tag_word(&text[hole.range.clone()]);
        let is_tag = is_tag(&hole);
        match skips_from {
            None if is_tag && (word.starts_with("els") || word == "elif") => {
                skips_from = Some(hole.range.start);
            }
            Some(start) if is_tag && word.starts_with("end") => {
                let range = start..hole.range.end;
                let kind = HoleKind::Tag;
                grown.push(Hole { range, kind });
                skips_from = None;
            }
            Some(_) => {}
            None => grown.push(hole.clone()),
        }
    }
    let has_grown = grown.len() < holes.len() && !tokens.is_empty();
    has_grown.then_some(grown)
}

/// The first word of a tag: `else` of `{%- else %}`, `{{ else }}`, `\else`.
fn tag_word(tag: &str) -> &str {
    if tag.starts_with('\\') {
        return psql_command_name(tag);
    }
    let rest = tag.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = rest.find(|c: char| !c.is_alphanumeric());
    &rest[..end.unwrap_or(rest.len())]
}

struct Search<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// `text` without what is never given to the parser.
    sql: &'t str,
    holes: Vec<Hole>,
    shapes: Vec<&'static [Shape]>,
    /// By hole: the place of the present shape in its list.
    tried: Vec<usize>,
    /// See [`Style::loops`].
    has_loops: bool,
    options: ParseOptions,
}

/// Statements with more holes are not tried.
const MOST_HOLES: usize = 500;

/// How often a statement is parsed, and how many bytes of it.
const MOST_ATTEMPTS: usize = 48;
const MOST_BYTES: usize = 1 << 20;

impl<'t> Search<'t> {
    fn new(
        text: &'t str,
        tokens: &'t [Token],
        sql: &'t str,
        (style, holes): (Style, Vec<Hole>),
        options: ParseOptions,
    ) -> Search<'t> {
        let shapes = holes.iter().map(|hole| shapes(text, tokens, hole));
        Search {
            text,
            tokens,
            sql,
            shapes: shapes.collect(),
            tried: vec![0; holes.len()],
            holes,
            has_loops: style.loops,
            options,
        }
    }

    fn run(&mut self) -> Outcome {
        if self.holes.len() > MOST_HOLES {
            return Outcome::Refused(None);
        }
        let attempts = (MOST_BYTES / self.text.len().max(1)).clamp(1, MOST_ATTEMPTS);
        let mut furthest = None;
        for _ in 0..attempts {
            let error = match self.attempt() {
                Ok(tree) => return Outcome::Tree(tree),
                Err(error) => error,
            };
            let offset = offset_of(&error);
            if furthest
                .as_ref()
                .is_none_or(|known| offset_of(known) <= offset)
            {
                furthest = Some(error);
            }
            if !offset.is_some_and(|offset| self.advance(offset)) {
                break;
            }
        }
        Outcome::Refused(furthest)
    }

    fn attempt(&self) -> Result<Tree, ParseError> {
        let (sql, names) = self.masked();
        let parameters: Vec<_> = self.parameters().collect();
        let named = |hole: &&Hole| names.contains(&hole.range);
        let named = self.holes.iter().filter(named).map(|hole| &hole.range);
        let schemas = PlaceholderName::all(self.text, self.has_loops, named);
        let masked = MaskedText {
            sql: &sql,
            unknown: &names,
            schemas: &schemas,
            parameters: &parameters,
        };
        let mut tree = parse_masked(&masked, self.options)?;
        tree.text = self.text.into();
        tree.masks = masks(&self.holes);
        for (index, mask) in self.holes.iter().enumerate() {
            tree.widen(self.extent(index), &mask.range);
        }
        Ok(tree)
    }

    /// The text with the present shapes, and the bytes in it that are not known.
    fn masked(&self) -> (String, Vec<Range<usize>>) {
        let mut sql = self.sql.to_owned();
        let mut names = Vec::new();
        for (index, hole) in self.holes.iter().enumerate() {
            let shape = self.shapes[index][self.tried[index]];
            self.put(&mut sql, &mut names, shape, hole);
        }
        (sql, names)
    }

    /// Writes a shape into a hole; `names` gets the bytes that are not known.
    fn put(&self, sql: &mut String, names: &mut Vec<Range<usize>>, shape: Shape, hole: &Hole) {
        let Range { start, end } = hole.range;
        let length = end - start;
        let (with, name) = match shape {
            Shape::Name => (unknown(length), start..end),
            Shape::Nothing => (" ".repeat(length), start..start),
            Shape::List => {
                let list = self.list_range(&hole.range);
                let content = list.start + 1..list.end - 1;
                sql.replace_range(list, &format!("({})", unknown(content.len())));
                names.push(content);
                return;
            }
            Shape::String => (format!("'{}'", unknown(length - 2)), start..start),
            Shape::Number => (format!("{:<length$}", "0"), start..start),
            Shape::Operator => (format!("{:<length$}", "`"), start..start),
            Shape::Equals => {
                if let Some(word) = self.word_in_before(start) {
                    sql.replace_range(word, "= ");
                }
                (unknown(length), start..end)
            }
        };
        sql.replace_range(start..end, &with);
        names.push(name);
    }

    /// The bytes that the present shape of a hole takes.
    fn extent(&self, index: usize) -> Range<usize> {
        let hole = &self.holes[index].range;
        match self.shapes[index][self.tried[index]] {
            Shape::List => self.list_range(hole),
            _ => hole.clone(),
        }
    }

    /// Where the parser may find fault with the present shape of a hole.
    fn first_byte(&self, index: usize) -> usize {
        let start = self.extent(index).start;
        let equals = self.shapes[index][self.tried[index]] == Shape::Equals;
        let word = self.word_in_before(start).filter(|_| equals);
        word.map_or(start, |word| word.start)
    }

    fn fits(&self, shape: Shape, hole: &Range<usize>) -> bool {
        match shape {
            Shape::List => self.list_range(hole).len() >= 3,
            Shape::String => hole.len() >= 2,
            Shape::Equals => hole.len() < 3,
            _ => true,
        }
    }

    /// A short hole takes a blank after it, and one before it, for a list.
    fn list_range(&self, hole: &Range<usize>) -> Range<usize> {
        let is_blank = |offset: usize| {
            let byte = self.sql.as_bytes().get(offset);
            byte.is_some_and(u8::is_ascii_whitespace)
        };
        let Range { mut start, mut end } = *hole;
        if end - start < 3 && is_blank(end) {
            end += 1;
        }
        if end - start < 3 && start > 0 && is_blank(start - 1) {
            start -= 1;
        }
        start..end
    }

    fn word_in_before(&self, offset: usize) -> Option<Range<usize>> {
        let count = self
            .tokens
            .partition_point(|token| usize::from(token.end()) <= offset);
        let before = self.tokens[..count]
            .iter()
            .rfind(|token| !token.is_trivia())?;
        let is_in = before.is_word(self.text, "in");
        is_in.then(|| before.start().into()..before.end().into())
    }

    /// The starts of the holes that are parameters.
    fn parameters(&self) -> impl Iterator<Item = u32> {
        let is_parameter = |hole: &&Hole| hole.kind == HoleKind::Parameter;
        let holes = self.holes.iter().filter(is_parameter);
        holes.filter_map(|hole| u32::try_from(hole.range.start).ok())
    }

    /// Gives the hole at, or last before, `offset` its next shape; when it has
    /// none left, the hole before it. `false` when there is nothing left to try.
    fn advance(&mut self, offset: TextSize) -> bool {
        let offset = usize::from(offset);
        let is_before = |index: &usize| self.first_byte(*index) <= offset;
        let count = (0..self.holes.len()).take_while(is_before).count();
        for index in (0..count).rev().take(3) {
            let shapes = self.shapes[index];
            let next = (self.tried[index] + 1..shapes.len())
                .find(|next| self.fits(shapes[*next], &self.holes[index].range));
            if let Some(next) = next {
                self.tried[index] = next;
                return true;
            }
            self.tried[index] = 0;
        }
        false
    }
}

fn unknown(length: usize) -> String {
    // A letter that neither opens a string nor makes a keyword.
    "q".repeat(length)
}

fn offset_of(error: &ParseError) -> Option<TextSize> {
    match error {
        ParseError::Syntax { offset, .. } => *offset,
        _ => None,
    }
}

fn masks(holes: &[Hole]) -> Box<[Mask]> {
    let mask = |hole: &Hole| Mask {
        range: range(hole.range.start, hole.range.end),
        kind: match hole.kind {
            HoleKind::Parameter | HoleKind::String | HoleKind::Name => MaskKind::Parameter,
            HoleKind::Text | HoleKind::Tag => MaskKind::Text,
        },
    };
    holes.iter().map(mask).collect()
}

/// The tokens with one of kind `Placeholder` in place of those in each mask. What
/// stands outside of masks stays, parts of operators too.
pub(crate) fn masked_tokens(tokens: &[Token], masks: &[Mask]) -> Vec<Token> {
    let mut masked = Vec::with_capacity(tokens.len());
    let mut masks = masks.iter().peekable();
    for token in tokens {
        let mut rest = token.range();
        while let Some(mask) = masks.next_if(|mask| mask.range.start() < rest.end()) {
            if rest.start() < mask.range.start() {
                let before = TextRange::new(rest.start(), mask.range.start());
                masked.push(Token::new(token.kind, before));
            }
            masked.push(Token::new(TokenKind::Placeholder, mask.range));
            let end = mask.range.end().max(rest.start());
            rest = TextRange::new(end.min(rest.end()), rest.end());
        }
        let done = masked.last().map_or(TextSize::new(0), |last| last.end());
        let start = rest.start().max(done);
        if rest == token.range() && start == rest.start() {
            masked.push(*token);
        } else if start < rest.end() {
            masked.push(Token::new(token.kind, TextRange::new(start, rest.end())));
        }
    }
    masked
}

#[cfg(test)]
mod tests;
