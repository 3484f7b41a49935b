//! A finished analysis as the client will be told of it. What has not changed
//! since the one before is not made again.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::sync::{Arc, OnceLock};

use pglint_project::{Analysis, FileReport};
use rustc_hash::FxHasher;
use tower_lsp::lsp_types::{Diagnostic, Url};

use crate::capabilities::ClientFacts;
use crate::configuration::mistakes;
use crate::to_lsp;
use crate::unit::{AnalysedDocument, AnalysedUnit, FileTable, Job, Report, analysed_path};

/// The result of a job; `before` is that of the job before.
pub(crate) fn unit(
    job: &Job,
    analysis: Arc<Analysis>,
    before: Option<&AnalysedUnit>,
) -> AnalysedUnit {
    let table = table(job, &analysis, before);
    let documents = job.documents.iter().filter_map(|document| {
        let analysed = AnalysedDocument {
            version: document.version,
            file: *table.by_path.get(&analysed_path(&document.uri))?,
        };
        Some((document.uri.clone(), analysed))
    });
    let before = before.filter(|before| Arc::ptr_eq(&before.table, &table));
    let mut unit = AnalysedUnit {
        key: job.key.clone(),
        documents: documents.collect(),
        lines: lines(&analysis, before),
        table,
        analysis,
        reports: BTreeMap::new(),
    };
    unit.reports = reports(&unit, before, &job.client);
    let known = before.map(|before| &before.analysis.project);
    for (uri, _) in known.into_iter().flat_map(|it| mistakes(&job.key, it)) {
        unit.reports.remove(&uri);
    }
    for (uri, mistake) in mistakes(&job.key, &unit.analysis.project) {
        unit.reports.insert(uri, Arc::new(report_of(vec![mistake])));
    }
    unit
}

/// Which files there are, and their addresses.
fn table(job: &Job, analysis: &Analysis, before: Option<&AnalysedUnit>) -> Arc<FileTable> {
    let files = &analysis.project.files;
    let open = || job.documents.iter().map(|document| &document.uri);
    let is_same = |before: &&AnalysedUnit| {
        let known = &before.analysis.project.files;
        known.len() == files.len()
            && known
                .iter()
                .zip(files)
                .all(|(old, new)| Arc::ptr_eq(old, new) || old.path == new.path)
            && before.table.open.iter().eq(open())
    };
    if let Some(before) = before.filter(is_same) {
        return before.table.clone();
    }
    let mut table = FileTable {
        by_path: files.iter().map(|it| (it.path.clone(), it.id)).collect(),
        addresses: files
            .iter()
            .map(|it| Url::from_file_path(&it.path).ok())
            .collect(),
        open: open().cloned().collect(),
    };
    for uri in open() {
        if let Some(file) = table.by_path.get(&analysed_path(uri)) {
            table.addresses[file.0 as usize] = Some(uri.clone());
        }
    }
    Arc::new(table)
}

fn lines(
    analysis: &Analysis,
    before: Option<&AnalysedUnit>,
) -> Vec<OnceLock<Arc<crate::position::LineTable>>> {
    let lines = analysis
        .project
        .files
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let known = before.filter(|before| {
                let known = &before.analysis.project.files[index];
                Arc::ptr_eq(&known.text, &file.text)
            });
            known.map_or_else(OnceLock::new, |before| before.lines[index].clone())
        });
    lines.collect()
}

/// The reports by their addresses. `before` must be of the same files and open
/// documents.
fn reports(
    unit: &AnalysedUnit,
    before: Option<&AnalysedUnit>,
    client: &ClientFacts,
) -> BTreeMap<Url, Arc<Report>> {
    let new = &unit.analysis.reports;
    let old = before.map_or(&[][..], |before| &before.analysis.reports);
    let has_same_files =
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.file == new.file);
    let old = if has_same_files { old } else { &[] };
    let mut reports = match before.filter(|_| has_same_files) {
        Some(before) => before.reports.clone(),
        None => BTreeMap::new(),
    };
    for (index, report) in new.iter().enumerate() {
        let known = old.get(index);
        if known.is_some_and(|old| Arc::ptr_eq(&old.diagnostics, &report.diagnostics)) {
            continue;
        }
        if let Some(uri) = unit.uri(report.file) {
            reports.insert(uri, Arc::new(self::report(unit, report, client)));
        }
    }
    reports
}

fn report(unit: &AnalysedUnit, report: &FileReport, client: &ClientFacts) -> Report {
    let diagnostics = report.diagnostics.iter();
    let diagnostics = diagnostics.map(|found| to_lsp::diagnostic(unit, found, client));
    report_of(diagnostics.collect())
}

fn report_of(diagnostics: Vec<Diagnostic>) -> Report {
    Report {
        result_id: result_id(&diagnostics),
        diagnostics,
    }
}

/// A hash of what is sent.
fn result_id(diagnostics: &[Diagnostic]) -> String {
    let mut hasher = FxHasher::default();
    let text = serde_json::to_vec(diagnostics).unwrap_or_default();
    hasher.write(&text);
    format!("{:x}-{}", hasher.finish(), diagnostics.len())
}
