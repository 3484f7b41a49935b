//! What running code does to the schema: a `DO` block, or a function that is called.
//!
//! Statements that surely run are lowered as if they stood alone, in the place where
//! they are written. Of the rest it is told what it may do.

use super::constant::{Value, Variables};
use super::{Emit, call as calls, code_block, dynamic, lower_node};
use crate::change::{Action, CallArgument, DdlChange, put_at};
use code_block::{Block, Embedded};
use pglint_catalog::{Function, Name, UnknownReason};
use pglint_syntax::{ParseOptions, lex, parse, split};
use pglint_text::{TextRange, TextSize};
use std::borrow::Cow;

/// The changes that a call of a function with these arguments makes, in order. Their
/// ranges are those of the statement that made the function. Empty where it changes
/// nothing, and where it is not known what it does.
pub fn call(function: &Function, arguments: &[CallArgument]) -> Vec<DdlChange> {
    let (Some(body), Some(origin)) = (&function.body, function.origin) else {
        return Vec::new();
    };
    let code = Code {
        language: &function.language,
        body,
        start: function.body_start,
        variables: calls::parameters(function, arguments),
    };
    let mut changes = Vec::new();
    let reason = UnknownReason::FunctionCall(function.name.clone());
    code.follow(reason, origin.range, &mut |range, action| {
        changes.push(DdlChange {
            statement: origin.statement,
            range,
            action,
            is_guarded: true,
        });
    });
    changes
}

/// Source text.
pub(super) struct Code<'t> {
    /// Lower case.
    pub(super) language: &'t str,
    pub(super) body: &'t str,
    /// Where the body begins in its statement. `None` where it does not stand there as
    /// it is, because of escapes: then nothing is followed.
    pub(super) start: Option<TextSize>,
    /// The parameters whose value is known.
    pub(super) variables: Variables,
}

/// How many bytes are parsed for one body: each statement with what is before it.
const MOST_BYTES: usize = 8 << 20;

impl Code<'_> {
    /// Emits what can be followed, then, for `whole`, what the rest may do.
    pub(super) fn follow(&self, reason: UnknownReason, whole: TextRange, emit: &mut Emit<'_>) {
        let mut rest = self.body.to_owned();
        if let Some(start) = self.start {
            let block = self.read();
            let length = usize::from(start) + self.body.len();
            let is_too_much = block.embedded.len() * length > MOST_BYTES;
            let mut unknown = block.unknown;
            let mut followed = Vec::new();
            for statement in block.embedded.iter().filter(|_| !is_too_much) {
                let outcome = match &statement.sql {
                    Some(sql) => lower_computed(sql, statement, start, emit),
                    None => self.lower(statement, start, emit),
                };
                match outcome.is_some() && statement.is_sure {
                    true => followed.push(statement.range),
                    false => unknown.push(statement.range),
                }
            }
            // Of what runs several times, all has to be known.
            followed.retain(|it| !unknown.contains(it));
            // What is run and not known may be what the call hands in.
            let is_open = !unknown.is_empty();
            for range in followed.into_iter().chain(block.handlers) {
                blank(&mut rest, range);
            }
            let values = self.variables.values().filter(|_| is_open);
            for text in values.filter_map(Value::as_text) {
                rest.push_str("; ");
                rest.push_str(text);
            }
        }
        if let Some(effect) = dynamic::effect(&rest, reason) {
            emit(whole, Action::Unknown(effect));
        }
    }

    /// What there is in the body.
    fn read(&self) -> Block {
        match self.language {
            "plpgsql" => code_block::read(self.body, self.variables.clone()),
            "sql" => {
                let statements = split(self.body, ParseOptions::default()).statements;
                let embedded = statements.into_iter().map(|it| Embedded {
                    range: it.range,
                    is_sure: true,
                    sql: None,
                });
                Block {
                    embedded: embedded.collect(),
                    ..Block::default()
                }
            }
            _ => Block::default(),
        }
    }

    /// Lowers a statement of the body. What stands before it is blanked rather than
    /// cut, so that all ranges are those of the outer statement. Of one that may run
    /// or not, only calls are emitted.
    fn lower(&self, statement: &Embedded, start: TextSize, emit: &mut Emit<'_>) -> Option<()> {
        let mut text = " ".repeat(usize::from(start + statement.range.start()));
        text.push_str(&as_query(&self.body[statement.range]));
        let tree = parse(&text, ParseOptions::default()).ok()?;
        lower_node(tree.root(), &mut |range, action| {
            if let Some(action) = as_sure(action, statement.is_sure) {
                emit(range, action);
            }
        })
    }
}

/// Lowers what a statement puts together, as if all of it stood where that is.
fn lower_computed(
    sql: &str,
    statement: &Embedded,
    start: TextSize,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let place = statement.range + start;
    let sql = as_query(sql);
    let mut actions = Vec::new();
    for part in split(&sql, ParseOptions::default()).statements {
        let tree = parse(&sql[part.range], ParseOptions::default()).ok()?;
        lower_node(tree.root(), &mut |_, action| actions.push(action))?;
    }
    for action in &mut actions {
        put_at(action, place)?;
    }
    let actions = actions.into_iter();
    for action in actions.filter_map(|it| as_sure(it, statement.is_sure)) {
        emit(place, action);
    }
    Some(())
}

/// `SELECT` in place of `PERFORM`.
fn as_query(statement: &str) -> Cow<'_, str> {
    let word = statement.get(..7);
    match word.filter(|it| it.eq_ignore_ascii_case("perform")) {
        Some(_) => format!("SELECT {}", &statement[7..]).into(),
        None => statement.into(),
    }
}

/// Of what may run or not, only calls.
fn as_sure(action: Action, is_sure: bool) -> Option<Action> {
    match action {
        _ if is_sure => Some(action),
        Action::CallFunctions {
            calls, mentioned, ..
        } => Some(Action::CallFunctions {
            calls,
            mentioned,
            is_sure: false,
        }),
        _ => None,
    }
}

/// Puts as many spaces as there were bytes.
fn blank(text: &mut String, range: TextRange) {
    let spaces = " ".repeat(range.len().into());
    text.replace_range(std::ops::Range::<usize>::from(range), &spaces);
}

/// Where a body begins in the text of its statement. `None` where no literal holds it
/// as it is.
pub(super) fn body_start(text: &str, body: &str) -> Option<TextSize> {
    let tokens = lex(text, ParseOptions::default());
    let literals = tokens.iter().filter(|it| it.is_string());
    let mut places = literals.filter_map(|it| code_block::inside(*it, text));
    let place = places.find(|it| &text[*it] == body)?;
    Some(place.start())
}

/// The search path that a function runs under. `None` where it has none of its own.
pub fn own_search_path(function: &Function) -> Option<Vec<Name>> {
    let mut settings = function.configuration.iter();
    let value = settings.find_map(|it| it.strip_prefix("search_path="))?;
    let names = value
        .split(", ")
        .filter(|it| *it != "$user" && !it.is_empty());
    Some(names.map(Name::from).collect())
}
