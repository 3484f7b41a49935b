//! What all statements of a database do with its schema, reported or not.

use std::ops::Range;
use std::sync::Arc;

use pglint_linter::{Diagnostic, UseRead, Workload};
use pglint_semantic::resolve::resolve;
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::Statement;
use pglint_syntax::ast::NodeKind;
use pglint_text::StatementId;
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
    /// In the order of the text.
    runs: Vec<Run>,
    /// What they do together.
    workload: Workload,
}

/// Statements that follow each other and of which is known what they do together:
/// one, or some of many INSERTs. A dump has more of those than anybody could edit,
/// and what each of them does would take more memory than its text.
#[derive(Debug)]
struct Run {
    /// Their places among the statements of the file.
    places: Range<usize>,
    /// What they do; `None` where that is nothing whatever the catalog.
    uses: Option<Arc<Fact<Uses>>>,
}

/// What statements do.
#[derive(Debug, Default)]
struct Uses {
    workload: Workload,
    /// Where that could not be found out.
    failures: Vec<Diagnostic>,
}

impl PartialEq for Uses {
    fn eq(&self, other: &Uses) -> bool {
        let mut differences = self.workload.differences(&other.workload);
        differences.next().is_none() && self.failures == other.failures
    }
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
        let read = |places: Range<usize>| {
            let known = before.and_then(|(before, news)| {
                let known = before.run_of(&own.ids[places.clone()])?;
                let is_same = before.situations[known.places.clone()] == situations[places.clone()];
                let known = known.uses.as_ref().filter(|_| is_same);
                known.filter(|fact| fact.holds(news, false)).cloned()
            });
            let find_out = || run_uses(text, own, places.clone(), &situations, &notebook);
            let uses = known.or_else(find_out);
            Run { places, uses }
        };
        let runs: Vec<Run> = runs(own).into_iter().map(read).collect();
        let mut workload = Workload::default();
        for fact in runs.iter().flat_map(|run| &run.uses) {
            workload.merge(&fact.value.workload);
        }
        Arc::new(FileUses {
            statements: own.clone(),
            sections: file.sections.clone(),
            search_paths: search_paths.to_vec(),
            is_replayed,
            situations,
            runs,
            workload,
        })
    }

    /// Where it could not be found out what statements do.
    pub(crate) fn failures(&self) -> impl Iterator<Item = &Diagnostic> {
        let uses = self.runs.iter().flat_map(|run| &run.uses);
        uses.flat_map(|fact| &fact.value.failures)
    }

    /// The run of these statements; `None` where it had others.
    fn run_of(&self, ids: &[StatementId]) -> Option<&Run> {
        let place = self.statements.index_of(*ids.first()?)?;
        let search = self
            .runs
            .binary_search_by_key(&place, |run| run.places.start);
        let run = &self.runs[search.ok()?];
        (self.statements.ids[run.places.clone()] == *ids).then_some(run)
    }

    fn all_hold(&self, news: &News) -> bool {
        let facts = || self.runs.iter().flat_map(|run| &run.uses);
        news.catalog.is_empty() || facts().all(|fact| fact.holds(news, false))
    }
}

/// About how many INSERTs at most are a run. So many different values of a column are
/// more than a workload lists, which then keeps none of them (`ColumnValues`).
const LONGEST_RUN: u32 = 64;

/// The places of the runs of a file. They end where ids do so that an edit leaves
/// those around it as they are.
fn runs(statements: &FileStatements) -> Vec<Range<usize>> {
    let is_insert = |statement: &Statement| {
        let tree = statement.shape();
        tree.is_some_and(|tree| tree.kind() == NodeKind::InsertStmt)
    };
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut follows_insert = false;
    for (place, (id, statement)) in statements.iter().enumerate() {
        let is_insert = is_insert(statement);
        let goes_on = is_insert && follows_insert && id.0 % LONGEST_RUN != 0;
        match runs.last_mut().filter(|_| goes_on) {
            Some(run) => run.end = place + 1,
            None => runs.push(place..place + 1),
        }
        follows_insert = is_insert;
    }
    runs
}

fn run_uses(
    text: &str,
    statements: &FileStatements,
    places: Range<usize>,
    situations: &Situations,
    notebook: &Notebook<'_, Uses>,
) -> Option<Arc<Fact<Uses>>> {
    let mut together: Option<Uses> = None;
    for place in places {
        let (id, statement) = (statements.ids[place], &statements.parsed.statements[place]);
        let Some(situation) = situations[place].as_deref() else {
            continue;
        };
        let text = &text[statement.range];
        let (location, _) = at_first_word(id, text);
        let found = isolated(location, "resolving this statement", &text, || {
            statement_uses(statement, situation, notebook)
        });
        match (found, &mut together) {
            (Ok(None), _) => {}
            (Ok(Some(workload)), Some(uses)) => uses.workload.merge(&workload),
            (Ok(Some(workload)), None) => {
                let failures = Vec::new();
                together = Some(Uses { workload, failures });
            }
            (Err(failure), _) => together.get_or_insert_default().failures.push(*failure),
        }
    }
    Some(notebook.fact(together?))
}

fn statement_uses(
    statement: &Statement,
    situation: &Situation,
    notebook: &Notebook<'_, Uses>,
) -> Option<Workload> {
    let tree = statement.tree()?;
    if situation.direction == Direction::Down {
        return None;
    }
    let resolution = resolve(tree.root(), &notebook.met, &situation.search_path);
    let mut workload = Workload::default();
    workload.observe(&tree, &resolution);
    Some(workload)
}
