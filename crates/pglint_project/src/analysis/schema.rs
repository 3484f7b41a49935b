//! The schema of a database: its files' changes, replayed in their order.

use std::sync::LazyLock;

use pglint_catalog::{Catalog, SearchPath};
use pglint_semantic::change::DdlChange;
use pglint_semantic::replay::{Problem, ProblemKind, Replay};
use pglint_text::{FileId, StatementId};
use rustc_hash::FxHashMap;

use super::changes::{
    FileChanges, is_dump, is_teardown, is_upgrade, makes_table, tables_of_migrations,
};
use super::refusals::Refusals;
use super::statements::Statements;
use crate::project::Database;

/// A database's catalog, and what statements on the way met.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// After all files.
    pub(crate) catalog: Catalog,
    /// After each migration.
    checkpoints: FxHashMap<FileId, Catalog>,
    /// The search path from each of these statements on, by their ids. It holds
    /// the first statement of every file.
    search_paths: Vec<(StatementId, SearchPath)>,
    /// What a server would certainly refuse of the migrations.
    pub(crate) problems: Vec<Problem>,
}

impl Schema {
    /// Replays the files of a database. Every file is a session of its own.
    /// `is_complete`: do the files hold every step of the history?
    ///
    /// Migrations run in their order, and each sees what the earlier ones have
    /// done. Other files may come in any order: what lacks something is tried
    /// again after the others.
    pub(crate) fn replay(
        files: &[FileChanges<'_>],
        statements: &Statements,
        is_complete: bool,
    ) -> Schema {
        let mut schema = Schema::default();
        let mut refusals = Refusals::default();
        let is_upgrade = is_upgrade(files);
        let tables = tables_of_migrations(files);
        let mut waiting = Vec::new();
        for changes in files {
            let file = changes.file;
            match file.is_migration && !is_upgrade {
                true => {
                    schema.replay_migration(changes, statements, &mut refusals);
                    let checkpoint = schema.catalog.clone();
                    schema.checkpoints.insert(file.file, checkpoint);
                }
                false => {
                    let is_replayed = match is_upgrade {
                        true => !file.is_migration && !is_teardown(changes),
                        false => !is_dump(changes, &tables) && !is_teardown(changes),
                    };
                    waiting.extend(schema.replay_plain(changes, is_replayed, statements));
                }
            }
        }
        schema.problems = refusals.certain(files, statements, is_complete);
        schema.retry(waiting);
        schema.search_paths.sort_by_key(|(statement, _)| *statement);
        schema
    }

    /// The catalog that the statements of a file meet: after the file itself in
    /// a history, else after all files.
    pub(crate) fn catalog_of(&self, file: FileId) -> &Catalog {
        self.checkpoints.get(&file).unwrap_or(&self.catalog)
    }

    /// The catalog that a migration meets. `None` for a file that is no step of the
    /// history.
    pub(crate) fn catalog_before(&self, database: &Database, file: FileId) -> Option<&Catalog> {
        static EMPTY: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);
        self.checkpoints.get(&file)?;
        let files = database.files.iter().map(|it| it.file);
        let earlier = files.take_while(|it| *it != file);
        let earlier = earlier.filter_map(|it| self.checkpoints.get(&it)).last();
        Some(earlier.unwrap_or(&EMPTY))
    }

    /// Where unqualified names of a statement are looked for.
    pub(crate) fn search_path_of(&self, statement: StatementId) -> Option<&SearchPath> {
        let next = self
            .search_paths
            .partition_point(|(first, _)| *first <= statement);
        let (_, search_path) = self.search_paths.get(next.checked_sub(1)?)?;
        Some(search_path)
    }

    /// Applies the changes of a migration, as far as they can be.
    fn replay_migration<'c>(
        &mut self,
        changes: &'c FileChanges<'_>,
        statements: &Statements,
        refusals: &mut Refusals<'c>,
    ) {
        self.catalog = self.run(changes, statements, |session, change| {
            let Err(problem) = session.apply(change) else {
                return;
            };
            let is_missing = problem.kind == ProblemKind::Missing;
            refusals.add(&session.catalog, change, problem);
            if is_missing {
                // What even so fails is not in the catalog.
                let _ = session.apply_anyway(change);
            }
        });
        refusals.end_of_migration(&self.catalog);
    }

    /// Applies the changes of another file, or follows its search path alone.
    /// Returns the changes that lack something, with the search path they stand
    /// under.
    fn replay_plain<'c>(
        &mut self,
        changes: &'c FileChanges<'_>,
        is_replayed: bool,
        statements: &Statements,
    ) -> Vec<Lacking<'c>> {
        let mut lacking = Vec::new();
        let catalog = self.run(changes, statements, |session, change| {
            let outcome = session.apply(change);
            if outcome.is_err_and(|problem| problem.kind == ProblemKind::Missing) {
                lacking.push(Lacking {
                    change,
                    search_path: session.search_path.clone(),
                });
            }
        });
        if !is_replayed {
            return Vec::new();
        }
        self.catalog = catalog;
        lacking
    }

    /// Runs the changes of a file in a session of its own and takes note of its
    /// search paths. Returns the catalog at its end.
    fn run<'c>(
        &mut self,
        changes: &'c FileChanges<'_>,
        statements: &Statements,
        mut apply: impl FnMut(&mut Replay, &'c DdlChange),
    ) -> Catalog {
        let mut session = Replay::new(self.catalog.clone(), SearchPath::default());
        if let Some((first, _)) = statements.of_file(changes.file.file).next() {
            self.search_paths.push((first, session.search_path.clone()));
        }
        for statement in &changes.statements {
            let before = session.search_path.clone();
            for change in &statement.changes {
                apply(&mut session, change);
            }
            if session.search_path != before {
                let next = StatementId(statement.statement.0 + 1);
                self.search_paths.push((next, session.search_path.clone()));
            }
        }
        session.catalog
    }

    /// Tries changes again as long as that helps. Then a table is made without
    /// what it lacks, so that what lacks this table can be tried again.
    fn retry(&mut self, mut lacking: Vec<Lacking<'_>>) {
        for _ in 0..MOST_TABLES_GIVEN_UP {
            self.retry_each(&mut lacking);
            let Some(table) = lacking.iter().position(|each| makes_table(each.change)) else {
                break;
            };
            self.give_up(lacking.remove(table));
        }
        for each in lacking {
            self.give_up(each);
        }
    }

    fn retry_each(&mut self, lacking: &mut Vec<Lacking<'_>>) {
        loop {
            let before = lacking.len();
            lacking.retain(|each| {
                let mut session = Replay::new(self.catalog.clone(), each.search_path.clone());
                let outcome = session.apply(each.change);
                self.catalog = session.catalog;
                outcome.is_err_and(|problem| problem.kind == ProblemKind::Missing)
            });
            if lacking.len() == before {
                return;
            }
        }
    }

    /// Applies what can be applied of a change that lacks something.
    fn give_up(&mut self, lacking: Lacking<'_>) {
        let mut session = Replay::new(self.catalog.clone(), lacking.search_path);
        // What even so fails is not in the catalog.
        let _ = session.apply_anyway(lacking.change);
        self.catalog = session.catalog;
    }
}

/// Keeps the time linear where very many tables lack something.
const MOST_TABLES_GIVEN_UP: usize = 100;

/// A change that refers to something that is not there.
struct Lacking<'c> {
    change: &'c DdlChange,
    search_path: SearchPath,
}
