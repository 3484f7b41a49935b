//! What running code does to the schema: a `DO` block, or a function that is called.
//!
//! Statements that surely run are lowered as if they stood alone, in the place where
//! they are written. Of the rest it is told what it may do.

use super::{Emit, code_block, dynamic, lower_node};
use crate::change::{Action, DdlChange};
use code_block::Embedded;
use pglint_catalog::{Function, Name, UnknownReason};
use pglint_syntax::{ParseOptions, lex, parse, split};
use pglint_text::{TextRange, TextSize};

/// The changes that a call of a function makes, in order. Their ranges are those of
/// the statement that made the function. Empty where it changes nothing, and where it
/// is not known what it does.
pub fn call(function: &Function) -> Vec<DdlChange> {
    let (Some(body), Some(origin)) = (&function.body, function.origin) else {
        return Vec::new();
    };
    let code = Code {
        language: &function.language,
        body,
        start: function.body_start,
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
}

/// How many bytes are parsed for one body: each statement with what is before it.
const MOST_BYTES: usize = 8 << 20;

impl Code<'_> {
    /// Emits what can be followed, then, for `whole`, what the rest may do.
    pub(super) fn follow(&self, reason: UnknownReason, whole: TextRange, emit: &mut Emit<'_>) {
        let mut rest = self.body.to_owned();
        if let Some(start) = self.start {
            let (embedded, handlers) = self.read();
            let length = usize::from(start) + self.body.len();
            let is_too_much = embedded.len() * length > MOST_BYTES;
            for statement in embedded.iter().filter(|_| !is_too_much) {
                if self.lower(*statement, start, emit).is_some() && statement.is_sure {
                    blank(&mut rest, statement.range);
                }
            }
            for range in handlers {
                blank(&mut rest, range);
            }
        }
        if let Some(effect) = dynamic::effect(&rest, reason) {
            emit(whole, Action::Unknown(effect));
        }
    }

    /// The statements of the body, and what is not run unless something fails.
    fn read(&self) -> (Vec<Embedded>, Vec<TextRange>) {
        match self.language {
            "plpgsql" => code_block::read(self.body),
            "sql" => {
                let statements = split(self.body, ParseOptions::default()).statements;
                let embedded = statements.into_iter().map(|it| Embedded {
                    range: it.range,
                    is_sure: true,
                });
                (embedded.collect(), Vec::new())
            }
            _ => (Vec::new(), Vec::new()),
        }
    }

    /// Lowers a statement of the body. What stands before it is blanked rather than
    /// cut, so that all ranges are those of the outer statement. Of one that may run
    /// or not, only calls are emitted.
    fn lower(&self, statement: Embedded, start: TextSize, emit: &mut Emit<'_>) -> Option<()> {
        let mut text = " ".repeat(usize::from(start + statement.range.start()));
        let written = &self.body[statement.range];
        match written
            .get(..7)
            .filter(|it| it.eq_ignore_ascii_case("perform"))
        {
            Some(_) => {
                text.push_str("SELECT ");
                text.push_str(&written[7..]);
            }
            None => text.push_str(written),
        }
        let tree = parse(&text, ParseOptions::default()).ok()?;
        lower_node(tree.root(), &mut |range, action| match action {
            _ if statement.is_sure => emit(range, action),
            Action::CallFunctions {
                functions,
                mentioned,
                ..
            } => emit(
                range,
                Action::CallFunctions {
                    functions,
                    mentioned,
                    is_sure: false,
                },
            ),
            _ => {}
        })
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
