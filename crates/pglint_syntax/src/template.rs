//! INSERTs that are alike but for their literals, of which a dump has thousands.
//!
//! PostgreSQL's grammar sees kinds of tokens, and its actions copy the value of a
//! literal without a look at it. So of two statements with the same tokens but for
//! the values of constants, the trees differ in these values and in places only:
//! the tree of one is the template of the other's, which needs no parser and is
//! not kept, since it can be made from its text at any time.
//!
//! What a value decides all the same is part of its kind here: whether an integer
//! is one to the scanner (`process_integer_literal` of `scan.l`), and whether the
//! tree leaves it out (zero, the empty string).

use std::borrow::Cow;
use std::sync::Arc;

use pglint_text::TextSize;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::ast::{self, FieldShape, NodeKind};
use crate::kept::StatementTree;
use crate::lexer::lex;
use crate::parse::ParseOptions;
use crate::token::{Token, TokenKind};
use crate::tree::{Entry, Node, STAR, Tree};

/// How many INSERTs of a file keep their trees: more than people write, few for a
/// dump.
const FIRST: usize = 256;

/// How many templates a file may have.
const MOST: usize = 1024;

/// A longer statement is no template, in tokens.
const LONGEST: usize = 4096;

/// The templates of a file.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    /// How many INSERTs there were.
    inserts: usize,
    by_key: FxHashMap<Box<[u8]>, Arc<Template>>,
}

impl Templates {
    /// The template of the statement `text`, which has no certain holes. `None`
    /// where none is known.
    pub(crate) fn find(
        &self,
        text: &str,
        tokens: &[Token],
        options: ParseOptions,
    ) -> Option<&Arc<Template>> {
        let may_be = !self.by_key.is_empty() && may_be_alike(text, tokens, options);
        may_be
            .then(|| self.by_key.get(&*key(text, tokens)))
            .flatten()
    }

    /// Takes a statement as the template of those to come, where it can be one.
    pub(crate) fn learn(&mut self, tree: &StatementTree, options: ParseOptions) {
        if tree.shape().kind() != NodeKind::InsertStmt {
            return;
        }
        self.inserts += 1;
        let Some(tree) = tree.as_kept() else {
            return;
        };
        if self.inserts <= FIRST || self.by_key.len() >= MOST || !tree.masks().is_empty() {
            return;
        }
        let tokens = lex(tree.text(), options);
        if may_be_alike(tree.text(), &tokens, options)
            && let Some(template) = Template::new(tree)
        {
            let key = key(tree.text(), &tokens).into();
            self.by_key.insert(key, Arc::new(template));
        }
    }
}

/// Without standard strings a backslash is more than itself, and the parser refuses
/// a NUL wherever it is.
fn may_be_alike(text: &str, tokens: &[Token], options: ParseOptions) -> bool {
    options.standard_conforming_strings
        && tokens.len() <= LONGEST
        && tokens.first().is_some_and(|it| it.is_word(text, "insert"))
        && !text.contains(['\0', '\u{feff}'])
}

/// What a literal may be replaced with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Literal {
    Zero,
    Integer,
    /// Also an integer that is too large for one.
    Float,
    EmptyString,
    String,
}

impl Literal {
    /// `None` for a token whose text has to be the same.
    fn of(text: &str, token: Token) -> Option<Literal> {
        let spelling = token.text(text);
        match token.kind {
            TokenKind::String if token.is_unterminated() || token.is_continued() => None,
            TokenKind::String if spelling == "''" => Some(Literal::EmptyString),
            TokenKind::String => Some(Literal::String),
            TokenKind::Number => {
                let after = text[usize::from(token.end())..].bytes().next();
                let stands_alone =
                    after.is_none_or(|it| it.is_ascii_whitespace() || b",)".contains(&it));
                stands_alone.then(|| Literal::of_number(spelling))?
            }
            _ => None,
        }
    }

    fn of_number(spelling: &str) -> Option<Literal> {
        let mut others = spelling.bytes().filter(|it| !it.is_ascii_digit());
        match (others.next(), others.next(), spelling.parse()) {
            (None, _, Ok(0_i32)) => Some(Literal::Zero),
            (None, _, Ok(_)) => Some(Literal::Integer),
            (None, _, Err(_)) | (Some(b'.'), None, _) => Some(Literal::Float),
            _ => None,
        }
    }
}

/// What statements have in common that are alike.
fn key(text: &str, tokens: &[Token]) -> Vec<u8> {
    const IN_NO_TEXT: u8 = 0xff;
    let mut key = Vec::with_capacity(text.len());
    for token in tokens.iter().filter(|token| !token.is_trivia()) {
        key.push(token.kind as u8);
        match Literal::of(text, *token) {
            Some(literal) => key.push(literal as u8),
            None => key.extend_from_slice(token.text(text).as_bytes()),
        }
        key.push(IN_NO_TEXT);
    }
    key
}

/// The tree of one statement, in terms of its tokens.
#[derive(Debug)]
pub(crate) struct Template {
    example: Arc<Tree>,
    /// By node: its first and its last token.
    spans: Box<[(u32, u32)]>,
    /// Words that are offsets in the text, and the tokens that stand there.
    locations: Box<[(u32, u32)]>,
    integers: Box<[(u32, Constant)]>,
    /// Words that are numbers of strings, in the order in which those are numbered.
    strings: Box<[(u32, Value)]>,
}

/// A literal that is a constant of its own.
#[derive(Clone, Copy, Debug)]
struct Constant {
    /// The place of the token, white space and comments not counted.
    token: u32,
    /// Does a minus before it belong to it (`doNegate` of `gram.y`)?
    is_negated: bool,
}

#[derive(Debug)]
enum Value {
    Same(Box<str>),
    Of(Constant),
}

impl Template {
    /// `None` for a statement with a literal that is not the value of a constant,
    /// such as the `3` of `float(3)`.
    fn new(tree: &Arc<Tree>) -> Option<Template> {
        let text = tree.text();
        let mut reading = Reading {
            text,
            tokens: significant(text),
            constants: FxHashMap::default(),
            locations: Vec::new(),
            integers: Vec::new(),
            strings: Vec::new(),
        };
        reading.read(tree.root())?;
        let literals = reading.tokens.iter();
        let literals = literals.filter(|token| Literal::of(text, **token).is_some());
        let owned: FxHashSet<u32> = reading.constants.values().map(|it| it.token).collect();
        if literals.count() != owned.len() || reading.constants.len() != owned.len() {
            return None;
        }
        let span = |entry: &Entry| {
            let first = reading.starting_at(entry.start)?;
            Some((first, reading.ending_at(entry.end)?))
        };
        Some(Template {
            spans: tree.entries.iter().map(span).collect::<Option<_>>()?,
            example: tree.clone(),
            locations: reading.locations.into(),
            integers: reading.integers.into(),
            strings: reading.strings.into(),
        })
    }

    /// The tree that it was made from.
    pub(crate) fn example(&self) -> &Tree {
        &self.example
    }

    /// The tree of a statement that is alike.
    pub(crate) fn tree(&self, text: &str) -> Tree {
        let tokens = significant(text);
        let mut words = self.example.words.clone();
        for (word, token) in &self.locations {
            words[*word as usize] = tokens[*token as usize].start().into();
        }
        for (word, constant) in &self.integers {
            words[*word as usize] = constant.integer(text, &tokens).cast_unsigned();
        }
        let mut numbered = Strings::default();
        for (word, value) in &self.strings {
            words[*word as usize] = numbered.number(match value {
                Value::Same(string) => Cow::Borrowed(string),
                Value::Of(constant) => constant.string(text, &tokens),
            });
        }
        let entries = self.example.entries.iter().zip(&self.spans);
        let entries = entries.map(|(entry, (first, last))| Entry {
            start: tokens[*first as usize].start().into(),
            end: tokens[*last as usize].end().into(),
            ..*entry
        });
        Tree {
            text: text.into(),
            masks: Box::default(),
            entries: entries.collect(),
            words,
            string_ends: numbered.ends.into(),
            strings: numbered.all.into(),
        }
    }
}

fn significant(text: &str) -> Vec<Token> {
    let mut tokens = lex(text, ParseOptions::default());
    tokens.retain(|token| !token.is_trivia());
    tokens
}

impl Constant {
    fn integer(self, text: &str, tokens: &[Token]) -> i32 {
        let value: i32 = self.spelling(text, tokens).parse().unwrap_or_default();
        if self.is_negated { -value } else { value }
    }

    /// The value of a string, or of a number that PostgreSQL keeps as text.
    fn string<'t>(self, text: &'t str, tokens: &[Token]) -> Cow<'t, str> {
        let spelling = self.spelling(text, tokens);
        let quoted = spelling.strip_prefix('\'');
        match quoted.and_then(|it| it.strip_suffix('\'')) {
            Some(content) if content.contains('\'') => content.replace("''", "'").into(),
            Some(content) => content.into(),
            None if self.is_negated => format!("-{spelling}").into(),
            None => spelling.into(),
        }
    }

    fn spelling<'t>(self, text: &'t str, tokens: &[Token]) -> &'t str {
        tokens[self.token as usize].text(text)
    }
}

/// Strings as the decoder numbers them: by their first use, each of them once.
#[derive(Default)]
struct Strings<'t> {
    numbers: FxHashMap<Cow<'t, str>, u32>,
    ends: Vec<u32>,
    all: String,
}

impl<'t> Strings<'t> {
    fn number(&mut self, string: Cow<'t, str>) -> u32 {
        if let Some(number) = self.numbers.get(&string) {
            return *number;
        }
        let number = self.ends.len() as u32;
        self.all.push_str(&string);
        self.ends.push(self.all.len() as u32);
        self.numbers.insert(string, number);
        number
    }
}

/// Reads a tree into a template, in the order in which it was decoded.
struct Reading<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    /// By the node that holds the value.
    constants: FxHashMap<u32, Constant>,
    locations: Vec<(u32, u32)>,
    integers: Vec<(u32, Constant)>,
    strings: Vec<(u32, Value)>,
}

impl Reading<'_> {
    fn read(&mut self, node: Node<'_>) -> Option<()> {
        if let Some(constant) = node.cast::<ast::AConst>() {
            self.constant(constant)?;
        }
        let own = self.constants.get(&node.node_number()).copied();
        for (slot, field) in node.info().fields.iter().enumerate() {
            let Some(word) = node.word_index(slot) else {
                continue;
            };
            match field.shape {
                FieldShape::Int if field.is_location() => self.location(word, node.int_at(slot))?,
                FieldShape::Int => self.integers.extend(own.map(|own| (word, own))),
                FieldShape::Str => {
                    let same = || Value::Same(node.str_at(slot).into());
                    self.strings.push((word, own.map_or_else(same, Value::Of)));
                }
                FieldShape::Names => self.names(node, slot),
                FieldShape::Node | FieldShape::Message(_) => self.read(node.node_at(slot)?)?,
                FieldShape::Nodes => {
                    for element in node.nodes_at(slot) {
                        self.read(element)?;
                    }
                }
                FieldShape::Bool => {}
            }
        }
        Some(())
    }

    /// Takes note of whose value the constant's is. `None` where it is no literal's
    /// although it stands at one.
    fn constant(&mut self, node: Node<'_, ast::AConst>) -> Option<()> {
        let place = self.starting_at(u32::try_from(node.location()).ok()?)?;
        let token = self.tokens[place as usize];
        let is_negated = token.kind == TokenKind::Operator && token.text(self.text) == "-";
        let constant = Constant {
            token: place + u32::from(is_negated),
            is_negated,
        };
        let token = *self.tokens.get(constant.token as usize)?;
        let Some(literal) = Literal::of(self.text, token) else {
            return Some(());
        };
        let (text, tokens) = (self.text, &self.tokens);
        let string = || constant.string(text, tokens);
        let (is_own, value) = match (node.ival(), node.fval(), node.sval()) {
            (Some(it), ..) => (it.ival() == constant.integer(text, tokens), it.erase()),
            (_, Some(it), _) => (it.fval() == string(), it.erase()),
            (.., Some(it)) => (it.sval() == string(), it.erase()),
            _ => return None,
        };
        let is_string = matches!(literal, Literal::String | Literal::EmptyString);
        let is_own = is_own && is_string == node.sval().is_some();
        is_own.then(|| self.constants.insert(value.node_number(), constant))?;
        Some(())
    }

    fn location(&mut self, word: u32, location: i32) -> Option<()> {
        if let Ok(location) = u32::try_from(location) {
            self.locations.push((word, self.starting_at(location)?));
        }
        Some(())
    }

    fn names(&mut self, node: Node<'_>, slot: usize) {
        let (first, names) = node.list_at(slot);
        for (word, number) in (first..).zip(names) {
            if *number != STAR {
                let name = node.tree().string(*number);
                self.strings.push((word, Value::Same(name.into())));
            }
        }
    }

    fn starting_at(&self, offset: u32) -> Option<u32> {
        let offset = TextSize::new(offset);
        let found = self.tokens.binary_search_by_key(&offset, |it| it.start());
        Some(found.ok()? as u32)
    }

    fn ending_at(&self, offset: u32) -> Option<u32> {
        let offset = TextSize::new(offset);
        let found = self.tokens.binary_search_by_key(&offset, |it| it.end());
        Some(found.ok()? as u32)
    }
}

#[cfg(test)]
mod tests;
