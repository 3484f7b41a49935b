//! The schema of a database: its files' changes, replayed in their order.

use std::sync::{Arc, LazyLock};

use pglint_catalog::{Catalog, Difference, SearchPath, Written};
use pglint_semantic::change::Action;
use pglint_semantic::replay::{Problem, ProblemKind, Replay};
use pglint_text::{FileId, StatementId};
use rustc_hash::FxHashMap;

use super::changes::{FileChanges, StatementChanges};
use super::manner::{Manner, manners};
use super::refusals::{Refusals, Refused};
use super::retry::{Lacking, retry};
use crate::project::DatabaseFile;

/// A database's catalog, and what statements on the way met.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// After all files.
    pub(crate) catalog: Catalog,
    /// The files in their order.
    steps: Vec<Arc<Step>>,
    by_file: FxHashMap<FileId, usize>,
    /// Do the files hold every step of the history?
    is_complete: bool,
    /// What a server would certainly refuse of the migrations.
    pub(crate) problems: Vec<Problem>,
    /// What was changed after the last step.
    retried: Vec<Written>,
}

/// A file that was replayed, and where that led.
#[derive(Debug)]
struct Step {
    changes: Arc<FileChanges>,
    manner: Manner,
    /// After it: where the next file goes on.
    catalog: Catalog,
    /// What it changed.
    written: Vec<Written>,
    /// The search path after each of these statements, in the order of the text.
    search_paths: Vec<(StatementId, SearchPath)>,
    /// What has to be tried again after the other files.
    lacking: Vec<Lacking>,
    /// What was refused of it and of the migrations before it.
    refusals: Arc<Refusals>,
}

impl Schema {
    /// Replays the files of a database. Every file is a session of its own.
    /// `is_complete`: do the files hold every step of the history?
    ///
    /// Migrations run in their order, and each sees what the earlier ones have
    /// done. Other files may come in any order: what lacks something is tried
    /// again after the others.
    ///
    /// Begins after those files that are the same in `before`, which must be of
    /// the same files. Returns `before` itself where all are.
    pub(crate) fn replay(
        files: &[(&DatabaseFile, Arc<FileChanges>)],
        is_complete: bool,
        before: Option<&Arc<Schema>>,
    ) -> Arc<Schema> {
        let changes: Vec<_> = files.iter().map(|(file, it)| (*file, &**it)).collect();
        let manners = manners(&changes);
        let known = before.map_or(&[][..], |before| &before.steps);
        let steps = files.iter().zip(&manners).zip(known);
        let same = steps.take_while(|(((_, changes), manner), step)| {
            Arc::ptr_eq(changes, &step.changes) && **manner == step.manner
        });
        let same = same.count();
        let is_same = |before: &&Arc<Schema>| {
            before.steps.len() == same && files.len() == same && before.is_complete == is_complete
        };
        if let Some(before) = before.filter(is_same) {
            return before.clone();
        }
        let by_file = files.iter().enumerate().map(|(at, it)| (it.0.file, at));
        let mut schema = Schema {
            steps: known[..same].to_vec(),
            by_file: by_file.collect(),
            is_complete,
            ..Schema::default()
        };
        if let Some(last) = schema.steps.last() {
            schema.catalog = last.catalog.clone();
        }
        for ((_, changes), manner) in files.iter().zip(manners).skip(same) {
            schema.step(changes, manner);
        }
        if let Some(last) = schema.steps.last().filter(|_| is_complete) {
            schema.problems = last.refusals.certain(&changes);
        }
        schema.retry();
        Arc::new(schema)
    }

    /// In what the catalogs of `self` and `before` differ, those that files on
    /// the way met as well as the last ones.
    pub(crate) fn difference(&self, before: &Schema) -> Difference {
        let mut difference = Difference::default();
        if self.steps.len() != before.steps.len() {
            return Difference::everything();
        }
        for (old, new) in before.steps.iter().zip(&self.steps) {
            if Arc::ptr_eq(old, new) {
                continue;
            }
            // A migration meets its own checkpoint, any other file the last catalog.
            if old.manner != new.manner {
                return Difference::everything();
            }
            let written = old.written.iter().chain(&new.written);
            difference.add(&old.catalog, &new.catalog, written);
        }
        let retried = before.retried.iter().chain(&self.retried);
        difference.add(&before.catalog, &self.catalog, retried);
        difference
    }

    /// The catalog that the statements of a file meet: after the file itself in
    /// a history, else after all files.
    pub(crate) fn catalog_of(&self, file: FileId) -> &Catalog {
        match self.step_of(file) {
            Some(step) if step.manner == Manner::Migration => &step.catalog,
            _ => &self.catalog,
        }
    }

    /// The catalog that a migration meets. `None` for a file that is no step of the
    /// history.
    pub(crate) fn catalog_before(&self, file: FileId) -> Option<&Catalog> {
        static EMPTY: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);
        self.step_of(file)
            .filter(|step| step.manner == Manner::Migration)?;
        // Migrations come before all other files.
        let before = self.by_file.get(&file)?.checked_sub(1);
        Some(before.map_or(&EMPTY, |before| &self.steps[before].catalog))
    }

    /// Where unqualified names are looked for from each of these statements of a
    /// file on, each without itself. What comes before the first of them has the
    /// default.
    pub(crate) fn search_paths_of(&self, file: FileId) -> &[(StatementId, SearchPath)] {
        self.step_of(file).map_or(&[], |step| &step.search_paths)
    }

    /// Is the file a dump of what the migrations make, and no part of the schema
    /// therefore?
    pub(crate) fn is_dump(&self, file: FileId) -> bool {
        self.step_of(file)
            .is_some_and(|step| step.manner == Manner::Dump)
    }

    /// Is the file replayed as a step of the history?
    pub(crate) fn is_step(&self, file: FileId) -> bool {
        self.step_of(file)
            .is_some_and(|step| step.manner == Manner::Migration)
    }

    /// What a file asks the schema to become.
    pub(crate) fn changes_of(&self, file: FileId) -> Option<&Arc<FileChanges>> {
        Some(&self.step_of(file)?.changes)
    }

    /// Was nothing refused of the migrations?
    pub(crate) fn is_clean(&self) -> bool {
        let last = self.steps.last();
        last.is_none_or(|step| step.refusals.is_empty())
    }

    fn step_of(&self, file: FileId) -> Option<&Step> {
        let place = *self.by_file.get(&file)?;
        self.steps.get(place).map(|step| &**step)
    }

    /// Do the file's statements make part of the schema?
    pub(crate) fn is_replayed(&self, file: FileId) -> bool {
        let step = self.step_of(file);
        step.is_some_and(|step| matches!(step.manner, Manner::Migration | Manner::Plain))
    }

    /// Replays one file, as far as its manner says.
    fn step(&mut self, changes: &Arc<FileChanges>, manner: Manner) {
        // So that an edit of one file leaves the ids of the others as they are.
        self.catalog.leave_room();
        let refusals = self.steps.last().map(|step| step.refusals.clone());
        let mut run = Run::new(self.catalog.clone(), refusals.unwrap_or_default());
        for statement in &changes.statements {
            run.statement(statement, manner);
        }
        if manner == Manner::Migration {
            Refusals::end_of_migration(&mut run.refusals, &run.session.catalog);
        }
        let mut lacking = Vec::new();
        if matches!(manner, Manner::Migration | Manner::Plain) {
            self.catalog = run.session.catalog;
            lacking = run.lacking;
        }
        let written = self.catalog.take_written();
        self.steps.push(Arc::new(Step {
            changes: changes.clone(),
            manner,
            catalog: self.catalog.clone(),
            written,
            search_paths: run.search_paths,
            lacking,
            refusals: run.refusals,
        }));
    }

    /// Tries again what lacked something.
    fn retry(&mut self) {
        let lacking = self.steps.iter().flat_map(|step| &step.lacking);
        let lacking = lacking.cloned().collect();
        self.catalog.leave_room();
        retry(&mut self.catalog, lacking);
        self.retried = self.catalog.take_written();
    }
}

/// The session of one file.
struct Run {
    session: Replay,
    search_paths: Vec<(StatementId, SearchPath)>,
    lacking: Vec<Lacking>,
    refusals: Arc<Refusals>,
}

impl Run {
    fn new(catalog: Catalog, refusals: Arc<Refusals>) -> Run {
        Run {
            session: Replay::new(catalog, SearchPath::default()),
            search_paths: Vec::new(),
            lacking: Vec::new(),
            refusals,
        }
    }

    fn statement(&mut self, statement: &StatementChanges, manner: Manner) {
        let before = self.session.search_path.clone();
        for (index, change) in statement.changes.iter().enumerate() {
            match manner {
                Manner::Migration => {
                    if let Err(problem) = self.session.apply(change) {
                        self.refused(statement, index, problem);
                    }
                }
                Manner::Plain | Manner::Dump | Manner::SessionOnly => {
                    if let Err(problem) = self.session.apply_or_wait(change) {
                        self.postponed(statement, index, &problem);
                    }
                }
            }
        }
        if self.session.search_path != before {
            let after = (statement.statement, self.session.search_path.clone());
            self.search_paths.push(after);
        }
    }

    fn refused(&mut self, statement: &StatementChanges, index: usize, problem: Problem) {
        let is_missing = problem.kind == ProblemKind::Missing;
        let refused = Refused {
            changes: statement.changes.clone(),
            index,
            goes_up: statement.goes_up,
            problem,
        };
        Refusals::add(&mut self.refusals, &self.session.catalog, refused);
        if is_missing {
            // What even so fails is not in the catalog.
            let _ = self.session.apply_anyway(&statement.changes[index]);
        }
    }

    fn postponed(&mut self, statement: &StatementChanges, index: usize, problem: &Problem) {
        // What a file drops is to make way for what it makes: later it would take
        // that.
        let drops = matches!(statement.changes[index].action, Action::Drop(_));
        if problem.kind == ProblemKind::Missing && !drops {
            self.lacking.push(Lacking {
                changes: statement.changes.clone(),
                index,
                search_path: self.session.search_path.clone(),
            });
        }
    }
}
