//! What all statements of a database do with its schema, reported or not.

use std::sync::Arc;

use pglint_linter::{Diagnostic, UseRead, Workload};
use pglint_semantic::resolve::resolve;
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::{Statement, Tree};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::changes::LoweredFile;
use super::facts::{Fact, News, Notebook};
use super::isolate::{at_first_word, isolated};
use super::schema::{PathChange, Schema};
use super::situation::{Situation, Situations, situations};
use super::statements::{FileStatements, Statements};
use crate::project::{Database, DatabaseFile, Project};

/// The workload of a database, file by file.
#[derive(Debug, Default)]
pub(crate) struct Workloads {
    /// In the order of the database's files.
    pub(crate) files: Vec<Arc<FileUses>>,
    /// Of all files together.
    pub(crate) whole: Workload,
}

/// What the statements of one file do.
#[derive(Debug)]
pub(crate) struct FileUses {
    /// The statements that were read.
    pub(crate) statements: Arc<FileStatements>,
    sections: Vec<Section>,
    search_paths: Vec<PathChange>,
    is_replayed: bool,
    /// The situation of each; `None` for one that is never run.
    pub(crate) situations: Situations,
    /// What each does; `None` for one that does nothing whatever the catalog.
    uses: Vec<Option<Arc<Fact<Workload>>>>,
    /// What they do together.
    workload: Workload,
    /// Where that could not be found out.
    pub(crate) failures: Vec<Diagnostic>,
}

impl Workloads {
    /// Reads every statement that is ever run, but for what holds of `before`.
    /// Must run on threads with a large stack.
    pub(crate) fn observe(
        (project, database): (&Project, &Database),
        schema: &Schema,
        statements: &Statements,
        lowered: &[Arc<LoweredFile>],
        before: Option<(&Workloads, &News)>,
    ) -> Workloads {
        let observe = |(index, file): (usize, &DatabaseFile)| {
            let known = before.map(|(before, news)| (&before.files[index], news));
            let text = &project.file(file.file).text;
            FileUses::observe((file, text, &lowered[index]), schema, statements, known)
        };
        let files = database.files.par_iter().enumerate().map(observe);
        let files: Vec<_> = files.collect();
        let whole = match before {
            Some((before, _)) => before.updated(&files),
            None => {
                let mut whole = Workload::default();
                files.iter().for_each(|file| whole.merge(&file.workload));
                whole
            }
        };
        Workloads { files, whole }
    }

    /// The whole with other files.
    fn updated(&self, files: &[Arc<FileUses>]) -> Workload {
        let pairs = self.files.iter().zip(files);
        let edited = pairs.filter(|(old, new)| !Arc::ptr_eq(old, new));
        let questions: FxHashSet<UseRead> = edited
            .flat_map(|(old, new)| old.workload.differences(&new.workload))
            .collect();
        let mut whole = self.whole.clone();
        #[allow(clippy::iter_over_hash_type, reason = "each question stands alone")]
        for question in &questions {
            whole.update(question, files.iter().map(|file| &file.workload));
        }
        whole
    }
}

impl FileUses {
    fn observe(
        (file, text, lowered): (&DatabaseFile, &str, &LoweredFile),
        schema: &Schema,
        statements: &Statements,
        before: Option<(&Arc<FileUses>, &News)>,
    ) -> Arc<FileUses> {
        let own = &lowered.statements;
        let search_paths = schema.search_paths_of(file.file);
        let is_replayed = schema.is_replayed(file.file);
        let is_same = |(before, _): &(&Arc<FileUses>, &News)| {
            Arc::ptr_eq(&before.statements, own)
                && before.sections == file.sections
                && before.search_paths == search_paths
                && before.is_replayed == is_replayed
        };
        let same = before.filter(is_same);
        if let Some((before, _)) = same.filter(|(before, news)| before.all_hold(news)) {
            return before.clone();
        }
        let situations = match same {
            Some((before, _)) => before.situations.clone(),
            None => situations(file, lowered, (search_paths, is_replayed)),
        };
        let nothing = Workload::default();
        let notebook = Notebook::new(
            schema.catalog_of(file.file),
            &schema.catalog,
            &nothing,
            statements,
        );
        let mut uses = Vec::with_capacity(own.ids.len());
        let mut failures = Vec::new();
        for ((id, statement), situation) in own.iter().zip(&*situations) {
            let known = before.and_then(|(before, news)| {
                let index = before.statements.index_of(id)?;
                let is_same = before.situations[index] == *situation;
                let known = before.uses[index].as_ref().filter(|_| is_same);
                known.filter(|fact| fact.holds(news, false)).cloned()
            });
            let find_out = || {
                let situation = situation.as_deref()?;
                let text = &text[statement.range];
                let (location, _) = at_first_word(id, text);
                let uses = isolated(location, "resolving this statement", &text, || {
                    statement_uses(statement, situation, &notebook)
                });
                uses.map_err(|failure| failures.push(*failure)).ok()?
            };
            uses.push(known.or_else(find_out));
        }
        let mut workload = Workload::default();
        for fact in uses.iter().flatten() {
            workload.merge(&fact.value);
        }
        Arc::new(FileUses {
            statements: own.clone(),
            sections: file.sections.clone(),
            search_paths: search_paths.to_vec(),
            is_replayed,
            situations,
            uses,
            workload,
            failures,
        })
    }

    fn all_hold(&self, news: &News) -> bool {
        let facts = || self.uses.iter().flatten();
        news.catalog.is_empty() || facts().all(|fact| fact.holds(news, false))
    }
}

fn statement_uses(
    statement: &Statement,
    situation: &Situation,
    notebook: &Notebook<'_>,
) -> Option<Arc<Fact<Workload>>> {
    let tree: &Tree = statement.tree()?;
    if situation.direction == Direction::Down {
        return None;
    }
    let resolution = resolve(tree.root(), &notebook.met, &situation.search_path);
    let mut workload = Workload::default();
    workload.observe(tree, &resolution);
    Some(notebook.fact(workload))
}
