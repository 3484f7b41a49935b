//! In which manner each file of a database takes part in its schema.

use pglint_semantic::change::{Action, AlterTableCommand, DdlChange};
use pglint_text::FileId;
use rustc_hash::FxHashSet;

use super::changes::{FileChanges, is_of_the_session};
use super::versions::{self, Plain};
use crate::project::DatabaseFile;

/// How a file is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As a step of the history: it sees what the steps before it have made.
    Migration,
    /// Among files that come in any order.
    Plain,
    /// The same as the next: it is a dump of what the migrations make.
    Dump,
    /// Its search path is followed and no more: another file makes the same.
    SessionOnly,
}

/// The manner of each file, given all files of the database in their order.
pub(crate) fn manners(files: &[(&DatabaseFile, &FileChanges)]) -> Vec<Manner> {
    let is_upgrade = is_upgrade(files);
    let of_migrations = made_by(migrations(files));
    let superseded = superseded(files);
    let manner = |(file, changes): &(&DatabaseFile, &FileChanges)| {
        let is_replayed = match (file.is_migration, is_upgrade) {
            _ if superseded.contains(&file.file) => false,
            (true, false) => return Manner::Migration,
            (true, true) => false,
            (false, false) if is_dump(changes, &of_migrations) => return Manner::Dump,
            (false, _) => !is_teardown(changes),
        };
        match is_replayed {
            true => Manner::Plain,
            false => Manner::SessionOnly,
        }
    };
    files.iter().map(manner).collect()
}

/// Which files are no part of the schema, because others hold a later version.
fn superseded(files: &[(&DatabaseFile, &FileChanges)]) -> FxHashSet<FileId> {
    let (migrations, plain): (Vec<_>, Vec<_>) = files.iter().partition(|it| it.0.is_migration);
    let (steps, others) = (looked_at(&migrations), looked_at(&plain));
    let are_superseded = versions::superseded(&others, &steps);
    let superseded = plain.iter().zip(are_superseded);
    let redone = migrations.iter().zip(versions::made_anew(&steps));
    superseded
        .chain(redone)
        .filter_map(|(file, is_superseded)| is_superseded.then_some(file.0.file))
        .collect()
}

fn looked_at<'c>(files: &[&(&'c DatabaseFile, &'c FileChanges)]) -> Vec<Plain<'c>> {
    let files = files.iter();
    files.map(|it| Plain::new(it.0, all(it.1))).collect()
}

fn migrations<'c>(
    files: &[(&DatabaseFile, &'c FileChanges)],
) -> impl Iterator<Item = &'c FileChanges> {
    let migrations = files.iter().filter(|(file, _)| file.is_migration);
    migrations.map(|(_, changes)| *changes)
}

/// Do the migrations only upgrade tables that other files of the database make?
/// Then those files are the schema, and the migrations led there from an older
/// one: replaying them as well would do everything twice.
fn is_upgrade(files: &[(&DatabaseFile, &FileChanges)]) -> bool {
    let mut made = FxHashSet::default();
    let mut lacking = FxHashSet::default();
    for change in migrations(files).flat_map(all) {
        match subject(change) {
            Some(Subject::Made(name)) => drop(made.insert(name)),
            Some(Subject::Altered(name)) if !made.contains(name) => drop(lacking.insert(name)),
            Some(Subject::Altered(_)) | None => {}
        }
    }
    let others = files.iter().filter(|(file, _)| !file.is_migration);
    let base = made_by(others.map(|(_, changes)| *changes));
    let supplied = lacking.intersection(&base).count();
    supplied * 2 > lacking.len()
}

/// Does a file beside the migrations make the same tables as they do? Then it is
/// a dump of what they led to, whatever it is called: one source of truth per
/// database.
fn is_dump(file: &FileChanges, of_migrations: &FxHashSet<&str>) -> bool {
    let made = made_by([file]);
    let common = made.iter().filter(|name| of_migrations.contains(*name));
    !made.is_empty() && common.count() * 2 >= made.len()
}

/// Does a file do nothing but drop? Among files that come in any order it takes
/// the schema down again, and is no part of it.
pub(super) fn is_teardown(file: &FileChanges) -> bool {
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

/// The bare name of the table or view that the change makes.
pub(crate) fn made_table(change: &DdlChange) -> Option<&str> {
    match subject(change)? {
        Subject::Made(name) => Some(name),
        Subject::Altered(_) => None,
    }
}

fn made_by<'c>(files: impl IntoIterator<Item = &'c FileChanges>) -> FxHashSet<&'c str> {
    let changes = files.into_iter().flat_map(all);
    changes.filter_map(made_table).collect()
}

pub(super) fn all(file: &FileChanges) -> impl Iterator<Item = &DdlChange> {
    let statements = file.statements.iter();
    statements.flat_map(|statement| statement.changes.iter())
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
