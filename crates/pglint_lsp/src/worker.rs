//! The threads that analyse and answer, both with large stacks: parsing and
//! everything that walks a tree recurse as deeply as the SQL is nested.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use pglint_project::{Analysis, Overlay, Project, Workspace, decode_text, with_large_stack};

use crate::document::Document;
use crate::event::{Event, Events, Question};
use crate::reports;
use crate::snapshot::Snapshot;
use crate::unit::{AnalysedUnit, Finished, Job, Reading, UnitKey, analysed_path};

/// The way to the threads, which end when it is dropped.
pub(crate) struct Workers {
    jobs: Sender<Order>,
    glances: Sender<(Job, Arc<Project>)>,
    questions: Sender<(Question, Snapshot)>,
    outdated: Sender<Arc<AnalysedUnit>>,
}

enum Order {
    Analyse(Box<Job>),
    Forget(UnitKey),
}

impl Workers {
    /// Starts the threads.
    pub(crate) fn new(events: Events) -> Workers {
        let (jobs, orders) = channel();
        let (glances, wanted) = channel();
        let (questions, asked) = channel();
        let (outdated, freed) = channel();
        let of_glances = events.clone();
        std::thread::spawn(move || analyse_all(&orders, &events));
        std::thread::spawn(move || glance_at_all(&wanted, &of_glances));
        std::thread::spawn(move || answer_all(&asked));
        std::thread::spawn(move || freed.into_iter().for_each(drop));
        Workers {
            jobs,
            glances,
            questions,
            outdated,
        }
    }

    /// Frees an analysis, which takes a tenth of the time that the next one takes,
    /// while nobody waits for it.
    pub(crate) fn free(&self, unit: Arc<AnalysedUnit>) {
        let _ = self.outdated.send(unit);
    }

    /// Looks at the one document of a job, which belongs to that project, while the
    /// project is analysed. [`Event::Glanced`] tells the end.
    pub(crate) fn glance(&self, job: Job, project: Arc<Project>) {
        let _ = self.glances.send((job, project));
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

fn glance_at_all(wanted: &Receiver<(Job, Arc<Project>)>, events: &Events) {
    for (job, project) in wanted {
        // A panic comes again, and is told, when the whole project is analysed.
        let unit = catch_unwind(AssertUnwindSafe(|| glance(&job, &project)));
        if let Ok(Some(unit)) = unit {
            let _ = events.send(Event::Glanced(Arc::new(unit)));
        }
    }
}

/// `None` where the document's text changes more than itself, or is not reported.
fn glance(job: &Job, project: &Project) -> Option<AnalysedUnit> {
    let document = job.documents.first()?;
    let path = analysed_path(&document.uri);
    let file = project.files.iter().find(|file| file.path == path)?.id;
    let project = project.with_text(file, decode_text(&document.text))?;
    let analysis = Analysis::glance(&project, file)?;
    Some(reports::unit(job, Arc::new(analysis), None))
}

/// What is kept of a unit from one analysis to the next.
struct Kept {
    workspace: Workspace,
    unit: Option<Arc<AnalysedUnit>>,
}

impl Kept {
    /// Were the documents of a job analysed, as they are?
    fn has_same_documents(&self, job: &Job) -> bool {
        let Some(unit) = &self.unit else { return false };
        let is_known = |document: &Document| {
            let known = unit.documents.get(&document.uri);
            known.is_some_and(|known| known.version == document.version)
        };
        unit.documents.len() == job.documents.len() && job.documents.iter().all(is_known)
    }
}

fn analyse_all(orders: &Receiver<Order>, events: &Events) {
    let mut kept: BTreeMap<UnitKey, Kept> = BTreeMap::new();
    for order in orders {
        match order {
            Order::Forget(key) => drop(kept.remove(&key)),
            Order::Analyse(job) => {
                let key = job.key.clone();
                let of_unit = kept.entry(key.clone()).or_insert_with(|| Kept {
                    workspace: Workspace::new(key.request()),
                    unit: None,
                });
                let result = catch_unwind(AssertUnwindSafe(|| analyse(of_unit, *job, events)));
                let (unit, failure) = match result {
                    Ok(unit) => (unit, None),
                    Err(panic) => {
                        kept.remove(&key);
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

/// How many bytes of SQL can be analysed before anybody gets impatient.
const SHORT_PROJECT: usize = 1 << 20;

/// `None` where nothing has changed.
fn analyse(kept: &mut Kept, job: Job, events: &Events) -> Option<Arc<AnalysedUnit>> {
    let read_disk = match job.reading {
        Reading::Nothing => false,
        Reading::IfChanged => kept.workspace.is_outdated(),
        Reading::Everything => true,
    };
    if job.reading == Reading::IfChanged && !read_disk && kept.has_same_documents(&job) {
        return None;
    }
    let overlays = job.documents.iter().map(|document| Overlay {
        path: analysed_path(&document.uri),
        content: decode_text(&document.text),
    });
    let is_first = kept.unit.is_none();
    let tell = |project: &Project| {
        let bytes: usize = project.files.iter().map(|file| file.text.len()).sum();
        if is_first && bytes > SHORT_PROJECT {
            let _ = events.send(Event::Read(job.key.clone(), Arc::new(project.clone())));
        }
    };
    let overlays = overlays.collect();
    let analysis = kept.workspace.analyse_telling(overlays, read_disk, tell);
    let unit = reports::unit(&job, analysis, kept.unit.as_deref());
    let unit = Arc::new(unit);
    kept.unit = Some(unit.clone());
    Some(unit)
}
