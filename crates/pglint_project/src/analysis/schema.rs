//! The schema of a database: its files' changes, replayed in their order.

use std::sync::Arc;

use pglint_catalog::{Catalog, Difference, Read, Reads, SearchPath, Written};
use pglint_linter::{Diagnostic, Location};
use pglint_semantic::replay::{Problem, Routines};
use pglint_text::{FileId, StatementId, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::beginning::Beginning;
use super::changes::FileChanges;
use super::checkpoint::{Checkpoint, Edits};
use super::isolate::isolated;
use super::manner::{Manner, manners};
use super::refusals::Refusals;
use super::retry::{Lacking, retry};
use super::session::Run;
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
    /// Are there steps of a history?
    has_history: bool,
    /// What a server would certainly refuse of the migrations.
    pub(crate) problems: Vec<Problem>,
    /// What was changed after the last step.
    retried: Vec<Written>,
    /// What functions do that are called.
    routines: Routines,
    /// What is there before the first file.
    beginning: Beginning,
    /// In what the catalogs after the steps differ from those of the schema that
    /// this one was made from.
    difference: Difference,
}

/// A file that was replayed, and where that led.
#[derive(Debug)]
struct Step {
    replayed: Arc<Replayed>,
    /// After it: where the next file goes on.
    catalog: Checkpoint,
    /// What was refused of it and of the migrations before it.
    refusals: Arc<Refusals>,
}

/// What a file did when it was replayed.
#[derive(Debug)]
struct Replayed {
    changes: Arc<FileChanges>,
    manner: Manner,
    /// What it changed.
    written: Vec<Written>,
    /// The search paths of the file and of those that it includes.
    search_paths: FxHashMap<FileId, Vec<PathChange>>,
    /// What has to be tried again after the other files.
    lacking: Vec<Lacking>,
    /// Was anything refused of it?
    has_refused: bool,
    /// Where replaying it failed.
    failure: Option<Diagnostic>,
    /// What decides whether the same changes lead to the same in another catalog.
    reads: Box<[Read]>,
}

/// The search path after a statement of a file, or at its beginning (`None`); these
/// are in the order of the text.
pub(crate) type PathChange = (Option<StatementId>, SearchPath);

impl Schema {
    /// Replays the files of a database. Every file is a session of its own.
    /// `is_complete`: do the files hold every step of the history?
    /// `tool`: which one runs it?
    ///
    /// Migrations run in their order, and each sees what the earlier ones have
    /// done. Other files may come in any order: what lacks something is tried
    /// again after the others.
    ///
    /// Begins after those files that are the same in `before`, which must be of
    /// the same files, and repeats what later ones did where they meet nothing new.
    /// Returns `before` itself where all are the same.
    pub(crate) fn replay(
        files: &[(&DatabaseFile, Arc<FileChanges>)],
        is_complete: bool,
        tool: &str,
        before: Option<&Arc<Schema>>,
    ) -> Arc<Schema> {
        let known = before.map_or(&[][..], |before| &before.steps);
        // What decides about manners beside changes is the same in the same files.
        let is_same = |before: &&Arc<Schema>| {
            let pairs = files.iter().zip(known);
            before.is_complete == is_complete && known.len() == files.len() && { pairs }
                .all(|((_, changes), step)| Arc::ptr_eq(changes, &step.replayed.changes))
        };
        if let Some(before) = before.filter(is_same) {
            return before.clone();
        }
        let changes: Vec<_> = files.iter().map(|(file, it)| (*file, &**it)).collect();
        let manners = manners(&changes);
        let beginning = Beginning::new(tool, changes.iter().map(|(_, it)| *it));
        let begins_anew = before.is_some_and(|it| !it.beginning.is_same(&beginning));
        let known = if begins_anew { &[] } else { known };
        let steps = files.iter().zip(&manners).zip(known);
        let same = steps.take_while(|(((_, changes), manner), step)| step.does(changes, **manner));
        let same = same.count();
        let mut schema = Schema {
            steps: known[..same].to_vec(),
            by_file: steps_by_file(files),
            is_complete,
            has_history: manners.contains(&Manner::Migration),
            beginning,
            ..Schema::default()
        };
        let mut edits = Edits::default();
        if begins_anew {
            edits.difference = Difference::everything();
        }
        let steps = files.iter().zip(manners).enumerate().skip(same);
        for (place, ((file, changes), manner)) in steps {
            let known = known.get(place);
            let same = known.filter(|known| known.does(changes, manner));
            if same.is_some_and(|known| schema.carry_over(known, &mut edits)) {
                continue;
            }
            let step = schema.step(file.file, changes, manner);
            if let Some(known) = known {
                step.tell_difference(known, place, &mut edits);
            }
            schema.steps.push(Arc::new(step));
        }
        schema.difference = edits.difference;
        schema.catalog = schema.last_catalog();
        if let Some(last) = schema.steps.last().filter(|_| is_complete) {
            schema.problems = last.refusals.certain(&changes);
        }
        schema.retry();
        Arc::new(schema)
    }

    /// In what the catalogs of `self` and `before`, which it was made from, differ:
    /// those that files on the way met as well as the last ones.
    pub(crate) fn difference(&self, before: &Schema) -> Difference {
        if self.steps.len() != before.steps.len() || self.by_file != before.by_file {
            return Difference::everything();
        }
        let mut difference = self.difference.clone();
        let retried = before.retried.iter().chain(&self.retried);
        difference.add(&before.catalog, &self.catalog, retried);
        difference
    }

    /// The catalog that the statements of a file meet: after the file itself in
    /// a history, else after all files.
    pub(crate) fn catalog_of(&self, file: FileId) -> &Catalog {
        match self.step_of(file) {
            Some(step) if step.replayed.manner == Manner::Migration => step.catalog.get(),
            _ => &self.catalog,
        }
    }

    /// The catalog that a migration meets. `None` for a file that is no step of the
    /// history.
    pub(crate) fn catalog_before(&self, file: FileId) -> Option<&Catalog> {
        self.step_of(file)
            .filter(|step| step.replayed.manner == Manner::Migration)?;
        // Migrations come before all other files.
        let before = self.place_of(file)?.checked_sub(1);
        let beginning = &self.beginning.catalog;
        Some(before.map_or(beginning, |before| self.steps[before].catalog.get()))
    }

    /// Where unqualified names are looked for from each of these statements of a
    /// file on, each without itself. What comes before the first of them has the
    /// default.
    pub(crate) fn search_paths_of(&self, file: FileId) -> &[PathChange] {
        let step = self.step_of(file);
        let paths = step.and_then(|it| it.replayed.search_paths.get(&file));
        paths.map_or(&[], |paths| paths)
    }

    /// Is the file a dump of what the migrations make, and no part of the schema
    /// therefore?
    pub(crate) fn is_dump(&self, file: FileId) -> bool {
        self.step_of(file)
            .is_some_and(|step| step.replayed.manner == Manner::Dump)
    }

    /// Is the file replayed as a step of the history?
    pub(crate) fn is_step(&self, file: FileId) -> bool {
        self.step_of(file)
            .is_some_and(|step| step.replayed.manner == Manner::Migration)
    }

    /// The place in the database of the file that a file is run in: one that includes
    /// it, or its own.
    pub(crate) fn place_of(&self, file: FileId) -> Option<usize> {
        self.by_file.get(&file).copied()
    }

    /// What a file asks the schema to become.
    pub(crate) fn changes_of(&self, file: FileId) -> Option<&Arc<FileChanges>> {
        Some(&self.step_of(file)?.replayed.changes)
    }

    /// Was nothing refused of the migrations?
    pub(crate) fn is_clean(&self) -> bool {
        let last = self.steps.last();
        last.is_none_or(|step| step.refusals.is_empty())
    }

    /// Where replaying files failed.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &Diagnostic> {
        let steps = self.steps.iter();
        steps.filter_map(|step| step.replayed.failure.as_ref())
    }

    fn step_of(&self, file: FileId) -> Option<&Step> {
        self.steps.get(self.place_of(file)?).map(|step| &**step)
    }

    /// Do the file's statements make part of the schema?
    pub(crate) fn is_replayed(&self, file: FileId) -> bool {
        let step = self.step_of(file);
        step.is_some_and(|step| matches!(step.replayed.manner, Manner::Migration | Manner::Plain))
    }

    /// Replays one file after the steps so far, as far as its manner says.
    fn step(&self, file: FileId, changes: &Arc<FileChanges>, manner: Manner) -> Step {
        let mut before = self.last_catalog();
        // So that an edit of one file leaves the ids of the others as they are.
        before.leave_room();
        let reads = Reads::default();
        let run = || {
            let mut run = Run::new(file, before.noting(&reads), self.refusals());
            run.session.routines = self.routines.clone();
            run.is_without_history = !self.has_history;
            run.all(changes, manner);
            run
        };
        let location = changes.location().unwrap_or(Location::File {
            file,
            range: TextRange::default(),
        });
        let run = isolated(location, "replaying this file", changes, run);
        let (mut run, failure) = match run {
            Ok(run) => (run, None),
            Err(failure) => {
                let mut run = Run::new(file, before.noting(&reads), self.refusals());
                run.anything(location);
                (run, Some(*failure))
            }
        };
        let after = run.session.catalog.silent();
        if manner == Manner::Migration {
            Refusals::end_of_migration(&mut run.refusals, || &after);
        }
        let (mut catalog, lacking) = match manner {
            Manner::Migration | Manner::Plain => (after, run.lacking),
            Manner::Dump | Manner::SessionOnly => (before.clone(), Vec::new()),
        };
        let written = catalog.take_written();
        let mut reads: FxHashSet<Read> = reads.take();
        reads.extend(Catalog::questions_of(&before, &catalog, &written));
        Step {
            replayed: Arc::new(Replayed {
                changes: changes.clone(),
                manner,
                written,
                search_paths: run.search_paths,
                lacking,
                has_refused: run.has_refused,
                failure,
                reads: reads.into_iter().collect(),
            }),
            catalog: Checkpoint::new(catalog),
            refusals: run.refusals,
        }
    }

    /// Adds a step that does what `known` did, without replaying it. False where that
    /// may come to something else now.
    fn carry_over(&mut self, known: &Step, edits: &mut Edits) -> bool {
        let replayed = &known.replayed;
        if replayed.has_refused || replayed.failure.is_some() {
            return false;
        }
        let Some(catalog) = edits.carried_over(&known.catalog, &replayed.reads) else {
            return false;
        };
        let mut refusals = self.refusals();
        if replayed.manner == Manner::Migration {
            Refusals::end_of_migration(&mut refusals, || catalog.get());
        }
        self.steps.push(Arc::new(Step {
            replayed: replayed.clone(),
            catalog,
            refusals,
        }));
        true
    }

    /// The catalog after the steps so far.
    fn last_catalog(&self) -> Catalog {
        let last = self.steps.last().map(|step| step.catalog.get());
        last.unwrap_or(&self.beginning.catalog).clone()
    }

    fn refusals(&self) -> Arc<Refusals> {
        let last = self.steps.last();
        last.map(|step| step.refusals.clone()).unwrap_or_default()
    }

    /// Tries again what lacked something.
    fn retry(&mut self) {
        let lacking = { self.steps.iter() }.flat_map(|step| &step.replayed.lacking);
        let lacking = lacking.cloned().collect();
        self.catalog.leave_room();
        retry(&mut self.catalog, lacking, &self.routines);
        self.retried = self.catalog.take_written();
    }
}

impl Step {
    /// Is it that of these changes in this manner?
    fn does(&self, changes: &Arc<FileChanges>, manner: Manner) -> bool {
        Arc::ptr_eq(changes, &self.replayed.changes) && manner == self.replayed.manner
    }

    /// Tells in what the catalog after it differs from that after `old`, which was
    /// the same file's.
    fn tell_difference(&self, old: &Step, place: usize, edits: &mut Edits) {
        // A migration meets its own checkpoint, any other file the last catalog.
        if old.replayed.manner != self.replayed.manner {
            edits.difference = Difference::everything();
            return;
        }
        let old = (old.catalog.get(), &*old.replayed.written);
        edits.add(place, old, (self.catalog.get(), &self.replayed.written));
    }
}

/// The step in which each file is run: its own, or that of the file that includes it.
fn steps_by_file(files: &[(&DatabaseFile, Arc<FileChanges>)]) -> FxHashMap<FileId, usize> {
    let own = files
        .iter()
        .enumerate()
        .map(|(at, (file, _))| (file.file, at));
    let mut steps: FxHashMap<FileId, usize> = own.collect();
    for (at, (_, changes)) in files.iter().enumerate() {
        steps.extend(changes.moves.iter().map(|it| (it.file, at)));
    }
    steps
}
