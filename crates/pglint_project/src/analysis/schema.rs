//! The schema of a database: its files' changes, replayed in their order.

use std::sync::{Arc, LazyLock};

use pglint_catalog::{Catalog, Difference, Read, Reads, SearchPath, Written};
use pglint_linter::{Diagnostic, Location};
use pglint_semantic::change::Action;
use pglint_semantic::replay::{Problem, ProblemKind, Replay, Routines};
use pglint_text::{FileId, StatementId, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::changes::{FileChanges, Move, StatementChanges, unknown};
use super::isolate::{anything, isolated};
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
    /// What functions do that are called.
    routines: Routines,
    /// In what the catalogs after the steps differ from those of the schema that
    /// this one was made from.
    difference: Difference,
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
    /// The search paths of the file and of those that it includes.
    search_paths: FxHashMap<FileId, Vec<PathChange>>,
    /// What has to be tried again after the other files.
    lacking: Vec<Lacking>,
    /// What was refused of it and of the migrations before it.
    refusals: Arc<Refusals>,
    /// Was anything refused of it?
    has_refused: bool,
    /// Where replaying it failed.
    failure: Option<Arc<Diagnostic>>,
    /// What decides whether the same changes lead to the same in another catalog.
    reads: Box<[Read]>,
}

/// The search path after a statement of a file, or at its beginning (`None`); these
/// are in the order of the text.
pub(crate) type PathChange = (Option<StatementId>, SearchPath);

impl Schema {
    /// Replays the files of a database. Every file is a session of its own.
    /// `is_complete`: do the files hold every step of the history?
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
        before: Option<&Arc<Schema>>,
    ) -> Arc<Schema> {
        let known = before.map_or(&[][..], |before| &before.steps);
        // What decides about manners beside changes is the same in the same files.
        let is_same = |before: &&Arc<Schema>| {
            let pairs = files.iter().zip(known);
            before.is_complete == is_complete && known.len() == files.len() && { pairs }
                .all(|((_, changes), step)| Arc::ptr_eq(changes, &step.changes))
        };
        if let Some(before) = before.filter(is_same) {
            return before.clone();
        }
        let changes: Vec<_> = files.iter().map(|(file, it)| (*file, &**it)).collect();
        let manners = manners(&changes);
        let steps = files.iter().zip(&manners).zip(known);
        let same = steps.take_while(|(((_, changes), manner), step)| {
            Arc::ptr_eq(changes, &step.changes) && **manner == step.manner
        });
        let same = same.count();
        let mut schema = Schema {
            steps: known[..same].to_vec(),
            by_file: steps_by_file(files),
            is_complete,
            ..Schema::default()
        };
        if let Some(last) = schema.steps.last() {
            schema.catalog = last.catalog.clone();
        }
        let mut met = match same.checked_sub(1) {
            Some(last) => known[last].catalog.clone(),
            None => Catalog::builtin(),
        };
        let steps = files.iter().zip(manners).enumerate().skip(same);
        for (at, ((file, changes), manner)) in steps {
            let known = known.get(at);
            let is_repeated = known.is_some_and(|known| {
                let is_same = Arc::ptr_eq(changes, &known.changes) && manner == known.manner;
                is_same && schema.repeat(&met, known)
            });
            if !is_repeated {
                schema.step(file.file, changes, manner);
                schema.add_difference(known);
            }
            if let Some(known) = known {
                met = known.catalog.clone();
            }
        }
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
        let before = self.place_of(file)?.checked_sub(1);
        Some(before.map_or(&EMPTY, |before| &self.steps[before].catalog))
    }

    /// Where unqualified names are looked for from each of these statements of a
    /// file on, each without itself. What comes before the first of them has the
    /// default.
    pub(crate) fn search_paths_of(&self, file: FileId) -> &[PathChange] {
        let paths = self.step_of(file).and_then(|it| it.search_paths.get(&file));
        paths.map_or(&[], |paths| paths)
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

    /// The place in the database of the file that a file is run in: one that includes
    /// it, or its own.
    pub(crate) fn place_of(&self, file: FileId) -> Option<usize> {
        self.by_file.get(&file).copied()
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

    /// Where replaying files failed.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &Diagnostic> {
        let steps = self.steps.iter();
        steps.filter_map(|step| step.failure.as_deref())
    }

    fn step_of(&self, file: FileId) -> Option<&Step> {
        self.steps.get(self.place_of(file)?).map(|step| &**step)
    }

    /// Do the file's statements make part of the schema?
    pub(crate) fn is_replayed(&self, file: FileId) -> bool {
        let step = self.step_of(file);
        step.is_some_and(|step| matches!(step.manner, Manner::Migration | Manner::Plain))
    }

    /// Replays one file, as far as its manner says.
    fn step(&mut self, file: FileId, changes: &Arc<FileChanges>, manner: Manner) {
        // So that an edit of one file leaves the ids of the others as they are.
        self.catalog.leave_room();
        let before = self.catalog.clone();
        let reads = Reads::default();
        let run = || {
            let mut run = Run::new(file, before.noting(&reads), self.refusals());
            run.session.routines = self.routines.clone();
            run.all(changes, manner);
            run
        };
        let location = changes.location().unwrap_or(Location::File {
            file,
            range: TextRange::default(),
        });
        let (mut run, failure) = match isolated(location, "replaying this file", changes, run) {
            Ok(run) => (run, None),
            Err(failure) => {
                let run = Run::new(file, before.noting(&reads), self.refusals());
                (run, Some(Arc::new(*failure)))
            }
        };
        if failure.is_some() {
            run.anything(location);
        }
        let catalog = run.session.catalog.silent();
        if manner == Manner::Migration {
            Refusals::end_of_migration(&mut run.refusals, &catalog);
        }
        let mut lacking = Vec::new();
        if matches!(manner, Manner::Migration | Manner::Plain) {
            self.catalog = catalog;
            lacking = run.lacking;
        }
        let written = self.catalog.take_written();
        let mut reads: FxHashSet<Read> = reads.take();
        reads.extend(Catalog::questions_of(&before, &self.catalog, &written));
        self.steps.push(Arc::new(Step {
            changes: changes.clone(),
            manner,
            catalog: self.catalog.clone(),
            written,
            search_paths: run.search_paths,
            lacking,
            refusals: run.refusals,
            has_refused: run.has_refused,
            failure,
            reads: reads.into_iter().collect(),
        }));
    }

    /// Does what `known` did, which met the catalog `met`, without replaying it.
    /// False where that may come to something else now.
    fn repeat(&mut self, met: &Catalog, known: &Step) -> bool {
        let has_trouble = known.has_refused || known.failure.is_some();
        if has_trouble || self.difference.touches(&known.reads) {
            return false;
        }
        let (mut catalog, mut met) = (self.catalog.clone(), met.clone());
        catalog.leave_room();
        met.leave_room();
        if !catalog.repeat(&met, &known.catalog, &known.written) {
            return false;
        }
        let mut refusals = self.refusals();
        if known.manner == Manner::Migration {
            Refusals::end_of_migration(&mut refusals, &catalog);
        }
        let written = catalog.take_written();
        self.catalog = catalog;
        self.steps.push(Arc::new(Step {
            changes: known.changes.clone(),
            manner: known.manner,
            catalog: self.catalog.clone(),
            written,
            search_paths: known.search_paths.clone(),
            lacking: known.lacking.clone(),
            refusals,
            has_refused: false,
            failure: None,
            reads: known.reads.clone(),
        }));
        true
    }

    /// Adds in what the last step differs from what it was.
    fn add_difference(&mut self, known: Option<&Arc<Step>>) {
        let (Some(old), Some(new)) = (known, self.steps.last()) else {
            return;
        };
        // A migration meets its own checkpoint, any other file the last catalog.
        if old.manner != new.manner {
            self.difference = Difference::everything();
            return;
        }
        let written = old.written.iter().chain(&new.written);
        self.difference.add(&old.catalog, &new.catalog, written);
    }

    fn refusals(&self) -> Arc<Refusals> {
        let last = self.steps.last();
        last.map(|step| step.refusals.clone()).unwrap_or_default()
    }

    /// Tries again what lacked something.
    fn retry(&mut self) {
        let lacking = self.steps.iter().flat_map(|step| &step.lacking);
        let lacking = lacking.cloned().collect();
        self.catalog.leave_room();
        retry(&mut self.catalog, lacking, &self.routines);
        self.retried = self.catalog.take_written();
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

/// The session of one file.
struct Run {
    session: Replay,
    /// The file that is being run.
    file: FileId,
    search_paths: FxHashMap<FileId, Vec<PathChange>>,
    lacking: Vec<Lacking>,
    refusals: Arc<Refusals>,
    has_refused: bool,
}

impl Run {
    fn new(file: FileId, catalog: Catalog, refusals: Arc<Refusals>) -> Run {
        Run {
            session: Replay::new(catalog, SearchPath::default()),
            file,
            search_paths: FxHashMap::default(),
            lacking: Vec::new(),
            refusals,
            has_refused: false,
        }
    }

    fn all(&mut self, changes: &FileChanges, manner: Manner) {
        let mut moves = changes.moves.iter().peekable();
        for (index, statement) in changes.statements.iter().enumerate() {
            while let Some(next) = moves.next_if(|it| it.before <= index) {
                self.go_on(next);
            }
            self.statement(statement, manner);
        }
        moves.for_each(|next| self.go_on(next));
    }

    /// Anything may be done.
    fn anything(&mut self, at: Location) {
        if let Location::Statement { statement, range } = at {
            // It cannot be refused.
            let _ = self.session.apply(&unknown(anything(), range, statement));
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
            self.path_from(Some(statement.statement));
        }
    }

    fn go_on(&mut self, next: &Move) {
        self.file = next.file;
        self.path_from(next.after);
    }

    /// Takes note of the search path after a statement of the file that is run.
    fn path_from(&mut self, after: Option<StatementId>) {
        let paths = self.search_paths.entry(self.file).or_default();
        paths.pop_if(|(known, _)| *known == after);
        paths.push((after, self.session.search_path.clone()));
    }

    fn refused(&mut self, statement: &StatementChanges, index: usize, problem: Problem) {
        self.has_refused = true;
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
