//! The threads that analyse and answer, both with large stacks: parsing and
//! everything that walks a tree recurse as deeply as the SQL is nested.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use pglint_project::{Overlay, Workspace, decode_text, with_large_stack};

use crate::event::{Event, Events, Question};
use crate::reports;
use crate::snapshot::Snapshot;
use crate::unit::{AnalysedUnit, Finished, Job, Reading, UnitKey, analysed_path};

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

/// What is kept of a unit from one analysis to the next.
struct Kept {
    workspace: Workspace,
    unit: Option<Arc<AnalysedUnit>>,
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
                let result = catch_unwind(AssertUnwindSafe(|| analyse(of_unit, *job)));
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

/// `None` where nothing has changed.
fn analyse(kept: &mut Kept, job: Job) -> Option<Arc<AnalysedUnit>> {
    if job.reading == Reading::IfChanged && !kept.workspace.is_outdated() {
        return None;
    }
    let overlays = job.documents.iter().map(|document| Overlay {
        path: analysed_path(&document.uri),
        content: decode_text(&document.text),
    });
    let read_disk = job.reading != Reading::Nothing;
    let analysis = kept.workspace.analyse(overlays.collect(), read_disk);
    let unit = reports::unit(&job, analysis, kept.unit.as_deref());
    let unit = Arc::new(unit);
    kept.unit = Some(unit.clone());
    Some(unit)
}
