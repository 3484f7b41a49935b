//! When a unit is analysed, and what becomes of the result.
//!
//! A unit that is not being analysed is started at once; what happens meanwhile
//! is taken together into one more run. The client sees a result only through
//! [`State::finish`], where what has become outdated is dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use pglint_project::Project;
use tower_lsp::lsp_types::{
    MessageType, PublishDiagnosticsParams, Url, WorkDoneProgress, WorkDoneProgressBegin,
    WorkDoneProgressEnd,
};

use crate::event::Question;
use crate::outbox::Message;
use crate::snapshot::Snapshot;
use crate::state::State;
use crate::unit::{AnalysedUnit, Finished, Job, Reading, Report, UnitKey};

/// The state of a unit.
#[derive(Default)]
pub(crate) struct Unit {
    /// The newest result.
    analysed: Option<Arc<AnalysedUnit>>,
    /// What was read for the first analysis, while it takes its time.
    read: Option<Arc<Project>>,
    is_running: bool,
    /// What has to be done when the present run ends. `None` means nothing.
    wanted: Option<Reading>,
    /// What the client was last sent, by address.
    sent: BTreeMap<Url, Sent>,
}

/// What was sent of a file.
struct Sent {
    /// `None` for a file that was not open.
    version: Option<i32>,
    report: Arc<Report>,
}

impl PartialEq for Sent {
    fn eq(&self, other: &Sent) -> bool {
        self.version == other.version
            && (Arc::ptr_eq(&self.report, &other.report) || self.report == other.report)
    }
}

impl Unit {
    fn is_idle(&self) -> bool {
        !self.is_running && self.wanted.is_none()
    }
}

/// The token of the progress of a unit's first analysis.
fn progress_token(key: &UnitKey) -> String {
    let of_unit = match key {
        UnitKey::Folder(path) | UnitKey::Root(path) => path.display().to_string(),
        UnitKey::Alone(uri) => uri.to_string(),
    };
    format!("pglint/first-analysis of {of_unit}")
}

impl State {
    /// Analyses a unit, now or after its present run.
    pub(crate) fn want(&mut self, key: &UnitKey, reading: Reading) {
        let unit = self.units.entry(key.clone()).or_default();
        unit.wanted = unit.wanted.max(Some(reading));
        if !unit.is_running {
            self.start(key);
        }
    }

    /// Analyses all units.
    pub(crate) fn want_all(&mut self, reading: Reading) {
        let keys: Vec<_> = self.units.keys().cloned().collect();
        for key in keys {
            self.want(&key, reading);
        }
    }

    fn start(&mut self, key: &UnitKey) {
        let Some(unit) = self.units.get_mut(key) else {
            return;
        };
        let Some(reading) = unit.wanted.take() else {
            return;
        };
        unit.is_running = true;
        if unit.analysed.is_none() && self.client.progress {
            let begin = WorkDoneProgressBegin {
                title: "pglint: reading SQL files".to_owned(),
                ..WorkDoneProgressBegin::default()
            };
            let begin = WorkDoneProgress::Begin(begin);
            let token = progress_token(key);
            self.outbox.send(Message::Progress(token, begin));
        }
        let open = self.documents.values().filter(|open| open.unit == *key);
        self.workers.analyse(Job {
            key: key.clone(),
            documents: open.map(|open| open.document.clone()).collect(),
            reading,
            client: self.client.clone(),
        });
    }

    /// Takes the end of a run.
    pub(crate) fn finish(&mut self, finished: Finished) {
        if let Some(failure) = finished.failure {
            let line = format!("the analysis failed, please report it: {failure}");
            self.outbox.send(Message::Log(MessageType::ERROR, line));
        }
        let Some(unit) = self.units.get_mut(&finished.key) else {
            return;
        };
        unit.is_running = false;
        if unit.analysed.is_none() && self.client.progress {
            let end = WorkDoneProgress::End(WorkDoneProgressEnd::default());
            let token = progress_token(&finished.key);
            self.outbox.send(Message::Progress(token, end));
        }
        if let Some(analysed) = finished.unit {
            unit.read = None;
            let before = unit.analysed.replace(analysed.clone());
            match self.client.pulls_diagnostics {
                true => self.refresh(before.as_deref(), &analysed),
                false => self.send(&analysed),
            }
            if let Some(before) = before {
                self.workers.free(before);
            }
        }
        self.start(&finished.key);
        self.answer_waiting();
    }

    /// Takes what was read of a unit whose first analysis takes its time.
    pub(crate) fn have_read(&mut self, key: &UnitKey, project: Arc<Project>) {
        let Some(unit) = self.units.get_mut(key) else {
            return;
        };
        unit.read = Some(project);
        let open = self.documents.iter().filter(|(_, open)| open.unit == *key);
        let open: Vec<Url> = open.map(|(uri, _)| uri.clone()).collect();
        for uri in open {
            self.glance(&uri);
        }
    }

    /// Has a look at a document alone, where its unit is still being read. Clients
    /// that ask for diagnostics are not told that there will be more.
    pub(crate) fn glance(&mut self, uri: &Url) {
        let Some(open) = self.documents.get(uri) else {
            return;
        };
        let read = self.units.get(&open.unit).and_then(|it| it.read.clone());
        if let Some(project) = read.filter(|_| !self.client.pulls_diagnostics) {
            let job = Job {
                key: open.unit.clone(),
                documents: vec![open.document.clone()],
                reading: Reading::Nothing,
                client: self.client.clone(),
            };
            self.workers.glance(job, project);
        }
    }

    /// Sends what a glance has shown, unless more is known by now.
    pub(crate) fn take_glance(&mut self, glanced: &AnalysedUnit) {
        let unit = self.units.get(&glanced.key);
        if unit.is_some_and(|unit| unit.analysed.is_none()) {
            let messages = self.news(glanced);
            self.publish(messages);
        }
    }

    /// Sends what differs from what was sent, and empties what is gone.
    fn send(&mut self, analysed: &AnalysedUnit) {
        let mut messages = self.news(analysed);
        let Some(unit) = self.units.get_mut(&analysed.key) else {
            return;
        };
        let is_gone = |uri: &&Url| !analysed.reports.contains_key(uri);
        let gone: Vec<_> = unit.sent.keys().filter(is_gone).cloned().collect();
        for uri in gone {
            unit.sent.remove(&uri);
            messages.push(PublishDiagnosticsParams::new(uri, Vec::new(), None));
        }
        self.publish(messages);
    }

    /// What differs from what was sent, which counts as sent now. A document that
    /// was edited since is left out: its next run is on the way.
    fn news(&mut self, analysed: &AnalysedUnit) -> Vec<PublishDiagnosticsParams> {
        let Some(unit) = self.units.get_mut(&analysed.key) else {
            return Vec::new();
        };
        let mut messages = Vec::new();
        for (uri, report) in &analysed.reports {
            let version = analysed.documents.get(uri).map(|it| it.version);
            let open = self.documents.get(uri);
            if version != open.map(|open| open.document.version) {
                continue;
            }
            let report = report.clone();
            let sent = Sent { version, report };
            let is_known = unit.sent.get(uri) == Some(&sent);
            let is_empty = sent.report.diagnostics.is_empty();
            if is_known || (version.is_none() && is_empty && !unit.sent.contains_key(uri)) {
                continue;
            }
            let diagnostics = sent.report.diagnostics.clone();
            messages.push(PublishDiagnosticsParams::new(
                uri.clone(),
                diagnostics,
                version,
            ));
            match version.is_none() && is_empty {
                true => drop(unit.sent.remove(uri)),
                false => drop(unit.sent.insert(uri.clone(), sent)),
            }
        }
        messages
    }

    fn publish(&self, mut messages: Vec<PublishDiagnosticsParams>) {
        // Those that somebody looks at come first.
        messages.sort_by_key(|message| message.version.is_none());
        for params in messages {
            self.outbox.send(Message::Diagnostics(params));
        }
    }

    /// Tells a client that asks by itself to ask again, where diagnostics have
    /// changed of a file that it has not just edited.
    fn refresh(&mut self, before: Option<&AnalysedUnit>, now: &AnalysedUnit) {
        let Some(before) = before else { return };
        let is_edited = |uri: &Url| before.documents.get(uri) != now.documents.get(uri);
        let is_news = |(uri, report): (&Url, &Arc<Report>)| {
            let known = before.reports.get(uri);
            let known = known.map(|known| &known.result_id);
            known != Some(&report.result_id) && !is_edited(uri)
        };
        if before.reports.len() != now.reports.len() || now.reports.iter().any(is_news) {
            self.outbox.send(Message::RefreshDiagnostics);
        }
    }

    /// Drops a unit and clears its diagnostics.
    pub(crate) fn forget(&mut self, key: &UnitKey) {
        let Some(unit) = self.units.remove(key) else {
            return;
        };
        self.workers.forget(key.clone());
        for uri in unit.sent.into_keys() {
            let params = PublishDiagnosticsParams::new(uri, Vec::new(), None);
            self.outbox.send(Message::Diagnostics(params));
        }
        self.answer_waiting();
    }

    /// Hands the questions on that can be answered now.
    pub(crate) fn answer_waiting(&mut self) {
        for question in std::mem::take(&mut self.waiting) {
            if (question.is_cancelled)() {
                continue;
            }
            match self.snapshot(&question) {
                Some(snapshot) => self.workers.answer(question, snapshot),
                None => self.waiting.push(question),
            }
        }
    }

    /// What a question is answered from. `None` while the analysis is behind
    /// what the client knows.
    fn snapshot(&self, question: &Question) -> Option<Snapshot> {
        let open = question
            .document
            .as_ref()
            .and_then(|uri| self.documents.get(uri));
        let first = match open {
            Some(open) => {
                let unit = self.units.get(&open.unit)?;
                let known = unit.analysed.as_ref();
                let known = known.and_then(|it| it.documents.get(&open.document.uri));
                let is_known = known.is_some_and(|it| it.version == open.document.version);
                if !is_known && !unit.is_idle() {
                    return None;
                }
                unit.analysed.clone()
            }
            None if !self.units.values().all(Unit::is_idle) => return None,
            None => None,
        };
        let all = self.units.values().filter_map(|unit| unit.analysed.clone());
        Some(Snapshot {
            client: self.client.clone(),
            units: first.into_iter().chain(all).collect(),
        })
    }
}
