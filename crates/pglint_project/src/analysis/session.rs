//! The session in which a file is replayed, with the files that it includes.

use std::sync::Arc;

use pglint_catalog::{Catalog, SearchPath};
use pglint_linter::Location;
use pglint_semantic::change::Action;
use pglint_semantic::replay::{Problem, ProblemKind, Replay};
use pglint_text::{FileId, StatementId};
use rustc_hash::FxHashMap;

use super::changes::{FileChanges, Move, StatementChanges, unknown};
use super::doubt::doubt;
use super::isolate::anything;
use super::manner::Manner;
use super::refusals::{Refusals, Refused};
use super::retry::{Lacking, drops_where_it_could};
use super::schema::PathChange;

/// The session of one file.
pub(crate) struct Run {
    pub(crate) session: Replay,
    /// The file that is being run.
    file: FileId,
    pub(crate) search_paths: FxHashMap<FileId, Vec<PathChange>>,
    pub(crate) lacking: Vec<Lacking>,
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) has_refused: bool,
    /// Does no history tell which tables there are?
    pub(crate) is_without_history: bool,
}

impl Run {
    pub(crate) fn new(file: FileId, catalog: Catalog, refusals: Arc<Refusals>) -> Run {
        Run {
            session: Replay::new(catalog, SearchPath::default()),
            file,
            search_paths: FxHashMap::default(),
            lacking: Vec::new(),
            refusals,
            has_refused: false,
            is_without_history: false,
        }
    }

    pub(crate) fn all(&mut self, changes: &FileChanges, manner: Manner) {
        let mut moves = changes.moves.iter().peekable();
        for (index, statement) in changes.statements.iter().enumerate() {
            while let Some(next) = moves.next_if(|it| it.before <= index) {
                self.go_on(next);
            }
            self.statement(statement, changes, manner);
        }
        moves.for_each(|next| self.go_on(next));
    }

    /// Anything may be done.
    pub(crate) fn anything(&mut self, at: Location) {
        if let Location::Statement { statement, range } = at {
            // It cannot be refused.
            let _ = self.session.apply(&unknown(anything(), range, statement));
        }
    }

    fn statement(&mut self, statement: &StatementChanges, own: &FileChanges, manner: Manner) {
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
                        self.doubt(&change.action, own, &problem);
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
        // that. Where the schema is not there yet, all of this is done later.
        let (catalog, path) = (&self.session.catalog, &self.session.search_path);
        let drops = drops_where_it_could(&statement.changes[index].action, catalog, path);
        if problem.kind == ProblemKind::Missing && !drops {
            self.lacking.push(Lacking {
                changes: statement.changes.clone(),
                index,
                search_path: self.session.search_path.clone(),
            });
        }
    }
    /// A table that is there already may be another database's.
    fn doubt(&mut self, action: &Action, own: &FileChanges, problem: &Problem) {
        if let Action::CreateTable(create) = action
            && problem.kind == ProblemKind::Duplicate
            && self.is_without_history
        {
            let session = &mut self.session;
            let path = &session.search_path;
            doubt(&mut session.catalog, path, own, create, problem.origin);
        }
    }
}
