//! What each file of a database asks the schema to become.

use std::sync::Arc;

use pglint_catalog::UnknownReason;
use pglint_linter::{Diagnostic, Location};
use pglint_semantic::change::{Action, DdlChange, UnknownEffect};
use pglint_semantic::lower::{effect, lower, lower_masked};
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::ast::NodeKind;
use pglint_syntax::{ParseOptions, Statement, StatementParse, parse};
use pglint_text::{FileId, StatementId, TextRange, TextSize};

use super::isolate::{anything, at_first_word, isolated};
use super::script::{Run, Script};
use super::statements::FileStatements;
use crate::project::DatabaseFile;

/// The changes of a file, in the order in which they are run, those of the files
/// that it includes among them.
#[derive(Debug, Default)]
pub(crate) struct FileChanges {
    /// Those statements that change anything.
    pub(crate) statements: Vec<StatementChanges>,
    /// Where the session goes from one file to another, in the same order.
    pub(crate) moves: Vec<Move>,
}

/// The changes of a statement that has any.
#[derive(Clone, Debug)]
pub(crate) struct StatementChanges {
    pub(crate) statement: StatementId,
    pub(crate) changes: Arc<[DdlChange]>,
    /// Is it a step of a migration forward?
    pub(crate) goes_up: bool,
}

/// The session goes on in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// How many of the changing statements come before.
    pub(crate) before: usize,
    pub(crate) file: FileId,
    /// The statement of that file after which it goes on. `None` for its beginning.
    pub(crate) after: Option<StatementId>,
}

/// A file after lowering.
#[derive(Debug)]
pub(crate) struct LoweredFile {
    pub(crate) statements: Arc<FileStatements>,
    sections: Vec<Section>,
    /// What psql's commands make of it.
    pub(crate) script: Script,
    /// Each statement, in the order of the text.
    lowered: Vec<LoweredStatement>,
    /// What they change. The same allocation as before where that is the same.
    pub(crate) changes: Arc<FileChanges>,
}

/// What a statement is lowered to in one place.
#[derive(Clone, Debug)]
struct LoweredStatement {
    circumstances: Circumstances,
    /// `None` where there is nothing.
    changes: Option<Arc<[DdlChange]>>,
    /// Where lowering it failed.
    failure: Option<Arc<Diagnostic>>,
}

/// What decides, beside its text, what a statement is lowered to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Circumstances {
    /// The direction of the section. `None` outside of all sections.
    direction: Option<Direction>,
    /// Is its section left out on some condition?
    is_conditional: bool,
    run: Run,
    /// Its text with the values of variables, where they are known.
    filled_in: Option<String>,
}

impl LoweredFile {
    /// Lowers a file, but for statements that are in `before`. Must run on threads
    /// with a large stack.
    pub(crate) fn new(
        text: &str,
        file: &DatabaseFile,
        statements: &Arc<FileStatements>,
        before: Option<&Arc<LoweredFile>>,
    ) -> Arc<LoweredFile> {
        let is_same = |before: &&Arc<LoweredFile>| {
            Arc::ptr_eq(&before.statements, statements) && before.sections == file.sections
        };
        if let Some(before) = before.filter(is_same) {
            return before.clone();
        }
        let script = Script::read(text, &statements.parsed);
        let lower = |(id, statement): (StatementId, &Statement)| {
            let section = file.section_at(statement.range.start());
            let circumstances = Circumstances {
                direction: section.map(|section| section.direction),
                is_conditional: section.is_some_and(|section| section.is_conditional),
                run: script.run_of(text, statement),
                filled_in: script.filled_in(text, statement),
            };
            let known = before.and_then(|before| before.find(id));
            let known = known.filter(|known| known.circumstances == circumstances);
            known.cloned().unwrap_or_else(|| {
                let text = &text[statement.range];
                let (location, range) = at_first_word(id, text);
                let changes = isolated(location, "lowering this statement", &text, || {
                    statement_changes(text, &circumstances, id, statement)
                });
                let (changes, failure) = match changes {
                    Ok(changes) => (changes, None),
                    Err(failure) => (vec![unknown(anything(), range, id)], Some(failure)),
                };
                LoweredStatement {
                    circumstances,
                    changes: (!changes.is_empty()).then(|| changes.into()),
                    failure: failure.map(|failure| Arc::new(*failure)),
                }
            })
        };
        let lowered: Vec<LoweredStatement> = statements.iter().map(lower).collect();
        let changes = FileChanges::new(&statements.ids, &lowered);
        let known = before.map(|before| &before.changes);
        Arc::new(LoweredFile {
            statements: statements.clone(),
            sections: file.sections.clone(),
            script,
            lowered,
            changes: changes.shared(known),
        })
    }

    /// Is a statement of the file run in this database?
    pub(crate) fn is_run_here(&self, index: usize) -> bool {
        let lowered = self.lowered.get(index);
        lowered.is_none_or(|it| !matches!(it.circumstances.run, Run::Elsewhere | Run::Never))
    }

    /// Where lowering failed.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &Diagnostic> {
        let failures = self.lowered.iter().filter_map(|it| it.failure.as_deref());
        failures.chain(self.statements.failure.as_deref())
    }

    fn find(&self, id: StatementId) -> Option<&LoweredStatement> {
        self.lowered.get(self.statements.index_of(id)?)
    }
}

impl FileChanges {
    fn new(ids: &[StatementId], lowered: &[LoweredStatement]) -> FileChanges {
        let statements = ids.iter().zip(lowered);
        let statements = statements.filter_map(|(id, lowered)| {
            Some(StatementChanges {
                statement: *id,
                changes: lowered.changes.clone()?,
                goes_up: lowered.circumstances.direction == Some(Direction::Up),
            })
        });
        FileChanges {
            statements: statements.collect(),
            moves: Vec::new(),
        }
    }

    /// Where the first change is written. `None` where there is none.
    pub(crate) fn location(&self) -> Option<Location> {
        let first = self.statements.first()?.changes.first()?;
        let (statement, range) = (first.statement, first.range);
        Some(Location::Statement { statement, range })
    }

    /// The allocation that is known, where it holds the same.
    pub(crate) fn shared(self, known: Option<&Arc<FileChanges>>) -> Arc<FileChanges> {
        let known = known.filter(|known| known.is_same(&self));
        known.cloned().unwrap_or_else(|| self.into())
    }

    /// Does the file change the same, statement by statement?
    fn is_same(&self, other: &FileChanges) -> bool {
        let pairs = || self.statements.iter().zip(&other.statements);
        self.statements.len() == other.statements.len()
            && self.moves == other.moves
            && pairs().all(|(one, other)| one.is_same(other))
    }
}

impl StatementChanges {
    fn is_same(&self, other: &StatementChanges) -> bool {
        let unknown = |it: &StatementChanges| match &*it.changes {
            [change] => match &change.action {
                Action::Unknown(effect) => Some(effect.clone()),
                _ => None,
            },
            _ => None,
        };
        self.statement == other.statement
            && (Arc::ptr_eq(&self.changes, &other.changes)
                // What a missing file may do is told anew each time.
                || unknown(self).is_some_and(|own| Some(own) == unknown(other)))
    }
}

/// The changes of a statement, given its text and what it stands in.
fn statement_changes(
    text: &str,
    circumstances: &Circumstances,
    id: StatementId,
    statement: &Statement,
) -> Vec<DdlChange> {
    let Some(direction) = circumstances.direction else {
        return Vec::new();
    };
    if direction == Direction::Down || circumstances.run == Run::Never {
        return Vec::new();
    }
    let filled = { circumstances.filled_in.as_ref() }
        .and_then(|text| parse(text, ParseOptions::default()).ok());
    let changes = match (&statement.parse, filled) {
        (_, Some(tree)) => lower(&tree, id),
        // Rows are no part of the schema, and their trees may have to be made.
        (StatementParse::Tree(tree), _) if tree.shape().kind() == NodeKind::InsertStmt => {
            Vec::new()
        }
        (StatementParse::Tree(tree), _) if tree.shape().masks().is_empty() => {
            lower(&tree.get(), id)
        }
        (StatementParse::Tree(tree), _) => lower_masked(&tree.get(), id),
        _ => Vec::from_iter(may_do(text, UnknownReason::UnparsedStatement, id)),
    };
    let mut changes = as_run(circumstances.run, changes, text, id);
    if circumstances.is_conditional {
        guard(&mut changes);
    }
    if !direction.is_replayed() {
        changes.retain(is_of_the_session);
    }
    changes
}

/// What the changes of a statement come to, given how it is run.
fn as_run(run: Run, mut changes: Vec<DdlChange>, text: &str, id: StatementId) -> Vec<DdlChange> {
    match run {
        Run::Surely => {}
        Run::Never => changes.clear(),
        Run::Perhaps => {
            guard(&mut changes);
            let is_change = |it: &DdlChange| !is_of_the_session(it);
            let effect = { changes.iter().any(is_change) }
                .then(|| may_do(text, UnknownReason::Condition, id));
            changes.extend(effect.flatten());
        }
        // Its names may stand for something else here.
        Run::Elsewhere => {
            let effect =
                (!changes.is_empty()).then(|| may_do(text, UnknownReason::OtherDatabase, id));
            changes = Vec::from_iter(effect.flatten());
        }
        Run::Generated => changes.extend(may_do(text, UnknownReason::DynamicSql, id)),
    }
    changes
}

/// A failure of these is no problem.
fn guard(changes: &mut [DdlChange]) {
    for change in changes {
        change.is_guarded = true;
    }
}

/// What a statement may do that is not followed: whatever its words say.
fn may_do(text: &str, reason: UnknownReason, statement: StatementId) -> Option<DdlChange> {
    let range = TextRange::up_to(TextSize::of(text));
    Some(unknown(effect(text, reason)?, range, statement))
}

/// The change that is not known.
pub(super) fn unknown(
    effect: UnknownEffect,
    range: TextRange,
    statement: StatementId,
) -> DdlChange {
    DdlChange {
        statement,
        range,
        action: Action::Unknown(effect),
        is_guarded: false,
    }
}

/// A query's file makes no part of the schema, and still sets its search path.
pub(super) fn is_of_the_session(change: &DdlChange) -> bool {
    matches!(
        change.action,
        Action::SetSearchPath { .. } | Action::Transaction(_)
    )
}

impl DatabaseFile {
    /// The section that holds the byte at `offset`. `None` for text that is
    /// never run.
    pub(crate) fn section_at(&self, offset: TextSize) -> Option<&Section> {
        self.sections
            .iter()
            .find(|section| section.range.contains(offset))
    }
}
