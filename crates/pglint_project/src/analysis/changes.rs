//! What each file of a database asks the schema to become.

use std::sync::Arc;

use pglint_catalog::UnknownReason;
use pglint_semantic::change::{Action, DdlChange};
use pglint_semantic::lower::{effect, lower, lower_masked};
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::{Statement, StatementParse};
use pglint_text::{StatementId, TextRange, TextSize};

use super::statements::FileStatements;
use crate::project::DatabaseFile;

/// The changes of a file, in the order of the text.
#[derive(Debug, Default)]
pub(crate) struct FileChanges {
    /// Those statements that change anything.
    pub(crate) statements: Vec<StatementChanges>,
}

/// The changes of a statement that has any.
#[derive(Clone, Debug)]
pub(crate) struct StatementChanges {
    pub(crate) statement: StatementId,
    pub(crate) changes: Arc<[DdlChange]>,
    /// Is it a step of a migration forward?
    pub(crate) goes_up: bool,
}

/// A file after lowering.
#[derive(Debug)]
pub(crate) struct LoweredFile {
    statements: Arc<FileStatements>,
    sections: Vec<Section>,
    /// Each statement, in the order of the text.
    lowered: Vec<LoweredStatement>,
    /// What they change. The same allocation as before where that is the same.
    pub(crate) changes: Arc<FileChanges>,
}

/// What a statement is lowered to in one place.
#[derive(Clone, Debug)]
struct LoweredStatement {
    /// The direction of the section. `None` outside of all sections.
    direction: Option<Direction>,
    /// Is it left out on some condition?
    is_conditional: bool,
    /// `None` where there is nothing.
    changes: Option<Arc<[DdlChange]>>,
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
        let conditional = statements.parsed.aside.conditional(text);
        let lower = |(id, statement): (StatementId, &Statement)| {
            let section = file.section_at(statement.range.start());
            let mut around = conditional.iter();
            let is_conditional = section.is_some_and(|section| section.is_conditional)
                || around.any(|range| range.contains_range(statement.range));
            let direction = section.map(|section| section.direction);
            let known = before.and_then(|before| before.find(id));
            let known = known.filter(|known| {
                known.direction == direction && known.is_conditional == is_conditional
            });
            known.cloned().unwrap_or_else(|| {
                let mut changes = statement_changes(text, section, id, statement);
                for change in changes.iter_mut().filter(|_| is_conditional) {
                    change.is_guarded = true;
                }
                LoweredStatement {
                    direction,
                    is_conditional,
                    changes: (!changes.is_empty()).then(|| changes.into()),
                }
            })
        };
        let lowered: Vec<LoweredStatement> = statements.iter().map(lower).collect();
        let changes = FileChanges::new(&statements.ids, &lowered);
        let known = before.map(|before| &before.changes);
        let known = known.filter(|known| known.is_same(&changes));
        Arc::new(LoweredFile {
            statements: statements.clone(),
            sections: file.sections.clone(),
            lowered,
            changes: known.cloned().unwrap_or_else(|| changes.into()),
        })
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
                goes_up: lowered.direction == Some(Direction::Up),
            })
        });
        FileChanges {
            statements: statements.collect(),
        }
    }

    /// Does the file change the same, statement by statement?
    fn is_same(&self, other: &FileChanges) -> bool {
        let is_same = |(one, other): (&StatementChanges, &StatementChanges)| {
            one.statement == other.statement && Arc::ptr_eq(&one.changes, &other.changes)
        };
        let (one, other) = (&self.statements, &other.statements);
        one.len() == other.len() && one.iter().zip(other).all(is_same)
    }
}

fn statement_changes(
    text: &str,
    section: Option<&Section>,
    id: StatementId,
    statement: &Statement,
) -> Vec<DdlChange> {
    let Some(section) = section else {
        return Vec::new();
    };
    let changes = match &statement.parse {
        _ if section.direction == Direction::Down => Vec::new(),
        StatementParse::Tree(tree) if tree.masks().is_empty() => lower(tree, id),
        StatementParse::Tree(tree) => lower_masked(tree, id),
        _ => Vec::from_iter(unread(&text[statement.range], id)),
    };
    match section.is_replayed() {
        true => changes,
        false => changes.into_iter().filter(is_of_the_session).collect(),
    }
}

/// What a statement may do that could not be parsed: whatever its words say.
fn unread(text: &str, statement: StatementId) -> Option<DdlChange> {
    let effect = effect(text, UnknownReason::UnparsedStatement)?;
    Some(DdlChange {
        statement,
        range: TextRange::up_to(TextSize::of(text)),
        action: Action::Unknown(effect),
        is_guarded: false,
    })
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
