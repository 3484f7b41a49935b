//! What each file of a database asks the schema to become.

use pglint_catalog::UnknownReason;
use pglint_semantic::change::{Action, AlterTableCommand, DdlChange};
use pglint_semantic::lower::{effect, lower};
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::{Statement, StatementParse};
use pglint_text::{StatementId, TextRange, TextSize};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::statements::Statements;
use crate::project::{Database, DatabaseFile, Project};

/// The changes of a file, in the order of the text.
#[derive(Debug)]
pub(crate) struct FileChanges<'d> {
    pub(crate) file: &'d DatabaseFile,
    pub(crate) statements: Vec<StatementChanges>,
}

/// The changes of a statement that has any.
#[derive(Debug)]
pub(crate) struct StatementChanges {
    pub(crate) statement: StatementId,
    pub(crate) changes: Vec<DdlChange>,
}

/// Lowers every file of a database. Must run on threads with a large stack.
pub(crate) fn changes<'d>(
    project: &Project,
    database: &'d Database,
    statements: &Statements,
) -> Vec<FileChanges<'d>> {
    let lower_file = |file: &'d DatabaseFile| {
        let text = &project.file(file.file).text;
        let conditional = statements.file(file.file).aside.conditional(text);
        let changes = statements.of_file(file.file).filter_map(|(id, statement)| {
            let mut changes = statement_changes(text, file, id, statement);
            let section = file.section_at(statement.range.start());
            let is_conditional =
                section.is_some_and(|it| it.is_conditional) || { conditional.iter() }
                    .any(|range| range.contains_range(statement.range));
            for change in changes.iter_mut().filter(|_| is_conditional) {
                change.is_guarded = true;
            }
            (!changes.is_empty()).then_some(StatementChanges {
                statement: id,
                changes,
            })
        });
        FileChanges {
            file,
            statements: changes.collect(),
        }
    };
    database.files.par_iter().map(lower_file).collect()
}

fn statement_changes(
    text: &str,
    file: &DatabaseFile,
    id: StatementId,
    statement: &Statement,
) -> Vec<DdlChange> {
    let Some(section) = file.section_at(statement.range.start()) else {
        return Vec::new();
    };
    let changes = match &statement.parse {
        _ if section.direction == Direction::Down => Vec::new(),
        // Where a placeholder stands in DDL, what it makes is not known.
        StatementParse::Tree(tree) if tree.masks().is_empty() => lower(tree, id),
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
fn is_of_the_session(change: &DdlChange) -> bool {
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

/// Do the migrations only upgrade tables that other files of the database make?
/// Then those files are the schema, and the migrations led there from an older
/// one: replaying them as well would do everything twice.
pub(crate) fn is_upgrade(files: &[FileChanges<'_>]) -> bool {
    let mut made = FxHashSet::default();
    let mut lacking = FxHashSet::default();
    for change in files.iter().filter(|it| it.file.is_migration).flat_map(all) {
        match subject(change) {
            Some(Subject::Made(name)) => drop(made.insert(name)),
            Some(Subject::Altered(name)) if !made.contains(name) => drop(lacking.insert(name)),
            Some(Subject::Altered(_)) | None => {}
        }
    }
    let base = made_by(files.iter().filter(|it| !it.file.is_migration));
    let supplied = lacking.intersection(&base).count();
    supplied * 2 > lacking.len()
}

/// The bare names of the tables that the migrations make.
pub(crate) fn tables_of_migrations<'c>(files: &'c [FileChanges<'_>]) -> FxHashSet<&'c str> {
    made_by(files.iter().filter(|it| it.file.is_migration))
}

/// Does a file beside the migrations make the same tables as they do? Then it is
/// a dump of what they led to, whatever it is called: one source of truth per
/// database.
pub(crate) fn is_dump(file: &FileChanges<'_>, of_migrations: &FxHashSet<&str>) -> bool {
    let made = made_by([file]);
    let common = made.iter().filter(|name| of_migrations.contains(*name));
    !made.is_empty() && common.count() * 2 >= made.len()
}

/// Does a file do nothing but drop? Among files that come in any order it takes
/// the schema down again, and is no part of it.
pub(crate) fn is_teardown(file: &FileChanges<'_>) -> bool {
    let mut changes = all(file)
        .filter(|change| !is_of_the_session(change))
        .peekable();
    changes.peek().is_some() && changes.all(drops)
}

fn drops(change: &DdlChange) -> bool {
    match &change.action {
        Action::Drop(_) => true,
        Action::AlterTable(alter) => alter.commands.iter().all(|(command, _)| {
            matches!(
                command,
                AlterTableCommand::DropColumn { .. } | AlterTableCommand::DropConstraint { .. }
            )
        }),
        _ => false,
    }
}

/// Does the change make a table or a view?
pub(crate) fn makes_table(change: &DdlChange) -> bool {
    matches!(subject(change), Some(Subject::Made(_)))
}

fn made_by<'c, 'd: 'c>(files: impl IntoIterator<Item = &'c FileChanges<'d>>) -> FxHashSet<&'c str> {
    let changes = files.into_iter().flat_map(all);
    changes
        .filter_map(|change| match subject(change) {
            Some(Subject::Made(name)) => Some(name),
            Some(Subject::Altered(_)) | None => None,
        })
        .collect()
}

fn all<'c>(file: &'c FileChanges<'_>) -> impl Iterator<Item = &'c DdlChange> {
    file.statements
        .iter()
        .flat_map(|statement| &statement.changes)
}

/// The table that a change is about, by its bare name.
enum Subject<'c> {
    Made(&'c str),
    Altered(&'c str),
}

fn subject(change: &DdlChange) -> Option<Subject<'_>> {
    match &change.action {
        Action::CreateTable(create) => Some(Subject::Made(&create.name.name.name)),
        Action::CreateFromQuery(create) => Some(Subject::Made(&create.name.name.name)),
        Action::AlterTable(alter) => Some(Subject::Altered(&alter.relation.name.name)),
        Action::CreateIndex(create) => Some(Subject::Altered(&create.relation.name.name)),
        _ => None,
    }
}
