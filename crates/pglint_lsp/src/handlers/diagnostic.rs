//! `textDocument/diagnostic`.

use tower_lsp::lsp_types::{
    DocumentDiagnosticParams, DocumentDiagnosticReport, DocumentDiagnosticReportResult,
    FullDocumentDiagnosticReport, RelatedFullDocumentDiagnosticReport,
    RelatedUnchangedDocumentDiagnosticReport, UnchangedDocumentDiagnosticReport,
};

use crate::snapshot::Snapshot;

pub(crate) fn diagnostic(
    snapshot: &Snapshot,
    params: &DocumentDiagnosticParams,
) -> DocumentDiagnosticReportResult {
    let uri = &params.text_document.uri;
    let report = snapshot.units.iter().find_map(|unit| unit.reports.get(uri));
    let (result_id, items) = match report {
        Some(report) if params.previous_result_id.as_ref() == Some(&report.result_id) => {
            let unchanged = UnchangedDocumentDiagnosticReport {
                result_id: report.result_id.clone(),
            };
            let report = RelatedUnchangedDocumentDiagnosticReport {
                related_documents: None,
                unchanged_document_diagnostic_report: unchanged,
            };
            return DocumentDiagnosticReport::Unchanged(report).into();
        }
        Some(report) => (Some(report.result_id.clone()), report.diagnostics.clone()),
        None => (None, Vec::new()),
    };
    DocumentDiagnosticReport::Full(RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: FullDocumentDiagnosticReport { result_id, items },
    })
    .into()
}
