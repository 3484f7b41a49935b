//! The threads that analyse and answer, both with large stacks: parsing and
//! everything that walks a tree recurse as deeply as the SQL is nested.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use pglint_project::{Analysis, Overlay, Workspace, decode_text, with_large_stack};
use pglint_text::FileId;
use rustc_hash::{FxHashMap, FxHasher};
use tower_lsp::lsp_types::Url;

use crate::capabilities::ClientFacts;
use crate::document::Document;
use crate::event::{Event, Events, Question};
use crate::position::LineTable;
use crate::snapshot::Snapshot;
use crate::to_lsp;
use crate::unit::{
    AnalysedDocument, AnalysedUnit, Finished, Job, Reading, Report, UnitKey, analysed_path,
};

/// The way to the threads, which end when it is dropped.
pub(crate) struct Workers {
    jobs: Sender<Order>,
    questions: Sender<(Question, Snapshot)>,
}

enum Order {
    Analyse(Box<Job>),
    Forget(UnitKey),
}

impl Workers {
    /// Starts the threads.
    pub(crate) fn new(events: Events) -> Workers {
        let (jobs, orders) = channel();
        let (questions, asked) = channel();
        std::thread::spawn(move || analyse_all(&orders, &events));
        std::thread::spawn(move || answer_all(&asked));
        Workers { jobs, questions }
    }

    /// Analyses; [`Event::Finished`] tells the end.
    pub(crate) fn analyse(&self, job: Job) {
        let _ = self.jobs.send(Order::Analyse(Box::new(job)));
    }

    /// Frees what is kept of a unit.
    pub(crate) fn forget(&self, key: UnitKey) {
        let _ = self.jobs.send(Order::Forget(key));
    }

    /// Answers a question.
    pub(crate) fn answer(&self, question: Question, snapshot: Snapshot) {
        let _ = self.questions.send((question, snapshot));
    }
}

fn answer_all(asked: &Receiver<(Question, Snapshot)>) {
    for (question, snapshot) in asked {
        if (question.is_cancelled)() {
            continue;
        }
        // A panic drops the way back, which answers with an internal error.
        let answer = || with_large_stack(|| (question.answer)(&snapshot));
        let _ = catch_unwind(AssertUnwindSafe(answer));
    }
}

fn analyse_all(orders: &Receiver<Order>, events: &Events) {
    let mut workspaces: BTreeMap<UnitKey, Workspace> = BTreeMap::new();
    for order in orders {
        match order {
            Order::Forget(key) => drop(workspaces.remove(&key)),
            Order::Analyse(job) => {
                let key = job.key.clone();
                let workspace = workspaces
                    .entry(key.clone())
                    .or_insert_with(|| Workspace::new(key.request()));
                let result = catch_unwind(AssertUnwindSafe(|| analyse(workspace, *job)));
                let (unit, failure) = match result {
                    Ok(unit) => (unit, None),
                    Err(panic) => {
                        workspaces.remove(&key);
                        (None, Some(panic_message(&*panic)))
                    }
                };
                let finished = Finished { key, unit, failure };
                if events.send(Event::Finished(Box::new(finished))).is_err() {
                    return;
                }
            }
        }
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without message").to_owned()
}

/// `None` where nothing has changed.
fn analyse(workspace: &mut Workspace, job: Job) -> Option<Arc<AnalysedUnit>> {
    if job.reading == Reading::IfChanged && !workspace.is_outdated() {
        return None;
    }
    let overlays = job.documents.iter().map(|document| Overlay {
        path: analysed_path(&document.uri),
        content: decode_text(&document.text),
    });
    let analysis = workspace.analyse(overlays.collect(), job.reading != Reading::Nothing);
    Some(Arc::new(unit(
        job.key,
        analysis,
        &job.documents,
        &job.client,
    )))
}

fn unit(
    key: UnitKey,
    analysis: Arc<Analysis>,
    documents: &[Document],
    client: &ClientFacts,
) -> AnalysedUnit {
    let files: FxHashMap<_, _> = analysis
        .project
        .files
        .iter()
        .map(|file| (file.path.clone(), file.id))
        .collect();
    let documents = documents.iter().filter_map(|document| {
        let analysed = AnalysedDocument {
            version: document.version,
            file: *files.get(&analysed_path(&document.uri))?,
        };
        Some((document.uri.clone(), analysed))
    });
    let mut unit = AnalysedUnit {
        key,
        documents: documents.collect(),
        files,
        analysis,
        reports: BTreeMap::new(),
    };
    unit.reports = reports(&unit, client);
    unit
}

fn reports(unit: &AnalysedUnit, client: &ClientFacts) -> BTreeMap<Url, Arc<Report>> {
    let mut lines: FxHashMap<FileId, LineTable> = FxHashMap::default();
    let mut found: FxHashMap<FileId, Vec<_>> = FxHashMap::default();
    for diagnostic in unit.analysis.diagnostics() {
        let file = diagnostic.location.file;
        let lines = lines.entry(file).or_insert_with(|| unit.lines(file));
        let diagnostic = to_lsp::diagnostic(unit, lines, diagnostic, client);
        found.entry(file).or_default().push(diagnostic);
    }
    let reported = unit.analysis.project.reported_files();
    let reports = reported.into_iter().filter_map(|file| {
        let diagnostics = found.remove(&file).unwrap_or_default();
        let report = Report {
            result_id: result_id(&diagnostics),
            diagnostics,
        };
        Some((unit.uri(file)?, Arc::new(report)))
    });
    reports.collect()
}

/// A hash of what is sent.
fn result_id(diagnostics: &[tower_lsp::lsp_types::Diagnostic]) -> String {
    use std::hash::Hasher;
    let mut hasher = FxHasher::default();
    let text = serde_json::to_vec(diagnostics).unwrap_or_default();
    hasher.write(&text);
    format!("{:x}-{}", hasher.finish(), diagnostics.len())
}
