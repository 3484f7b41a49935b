//! `workspace/diagnostic`: every file that is reported, open or not.

use std::collections::BTreeMap;

use tower_lsp::lsp_types::{
    FullDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport, Url,
    WorkspaceDiagnosticParams, WorkspaceDiagnosticReport, WorkspaceDiagnosticReportResult,
    WorkspaceDocumentDiagnosticReport, WorkspaceFullDocumentDiagnosticReport,
    WorkspaceUnchangedDocumentDiagnosticReport,
};

use crate::snapshot::Snapshot;
use crate::unit::Report;

pub(crate) fn diagnostic(
    snapshot: &Snapshot,
    params: WorkspaceDiagnosticParams,
) -> WorkspaceDiagnosticReportResult {
    let mut previous: BTreeMap<Url, String> = params
        .previous_result_ids
        .into_iter()
        .map(|previous| (previous.uri, previous.value))
        .collect();
    let mut items = Vec::new();
    for unit in &snapshot.units {
        for (uri, report) in &unit.reports {
            let version = unit.documents.get(uri).map(|it| i64::from(it.version));
            let previous = previous.remove(uri);
            items.push(item(uri, version, report, previous));
        }
    }
    // What is left was reported once and is gone.
    let gone = Report {
        result_id: String::new(),
        diagnostics: Vec::new(),
    };
    items.extend(
        previous
            .into_keys()
            .map(|uri| item(&uri, None, &gone, None)),
    );
    WorkspaceDiagnosticReport { items }.into()
}

fn item(
    uri: &Url,
    version: Option<i64>,
    report: &Report,
    previous: Option<String>,
) -> WorkspaceDocumentDiagnosticReport {
    let (uri, result_id) = (uri.clone(), report.result_id.clone());
    if previous.as_ref() == Some(&result_id) {
        return WorkspaceDocumentDiagnosticReport::Unchanged(
            WorkspaceUnchangedDocumentDiagnosticReport {
                uri,
                version,
                unchanged_document_diagnostic_report: UnchangedDocumentDiagnosticReport {
                    result_id,
                },
            },
        );
    }
    WorkspaceDocumentDiagnosticReport::Full(WorkspaceFullDocumentDiagnosticReport {
        uri,
        version,
        full_document_diagnostic_report: FullDocumentDiagnosticReport {
            result_id: Some(result_id),
            items: report.diagnostics.clone(),
        },
    })
}
