//! Our types to those of LSP.

use pglint_linter::diagnostic::{Diagnostic, FileRange, Label};
use pglint_linter::{Applicability, Severity, rules};
use tower_lsp::lsp_types::{
    self as lsp, CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    NumberOrString, OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit,
    Url, WorkspaceEdit,
};

use crate::capabilities::ClientFacts;
use crate::position::PositionEncoding;
use crate::unit::AnalysedUnit;

/// The name under which clients show us.
pub(crate) const SOURCE: &str = "pglint";

/// The rules whose diagnostics mean that the text can go.
const UNNECESSARY: [&str; 1] = ["unused-suppression"];

/// A diagnostic.
pub(crate) fn diagnostic(
    unit: &AnalysedUnit,
    found: &Diagnostic<FileRange>,
    client: &ClientFacts,
) -> lsp::Diagnostic {
    let text = &unit.source(found.location.file).text;
    let lines = unit.lines(found.location.file);
    lsp::Diagnostic {
        range: lines.range(text, found.location.range, client.encoding),
        severity: Some(severity(found.severity)),
        code: Some(NumberOrString::String(found.rule.to_owned())),
        code_description: code_description(found.rule, client),
        source: Some(SOURCE.to_owned()),
        message: message(found, client),
        related_information: related(unit, &found.labels, client),
        tags: tags(found.rule, client),
        data: None,
    }
}

/// The page about a rule.
fn code_description(rule: &str, client: &ClientFacts) -> Option<CodeDescription> {
    let address = rules::find(rule)
        .filter(|_| client.code_description)?
        .reference()?;
    let href = Url::parse(address).ok()?;
    Some(CodeDescription { href })
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// The message and, on lines of their own, the help and the labels that the
/// client cannot show elsewhere.
fn message(found: &Diagnostic<FileRange>, client: &ClientFacts) -> String {
    let mut message = found.message.clone();
    if let Some(help) = &found.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    if !client.related_information {
        for label in &found.labels {
            message.push_str("\nnote: ");
            message.push_str(&label.message);
        }
    }
    message
}

fn related(
    unit: &AnalysedUnit,
    labels: &[Label<FileRange>],
    client: &ClientFacts,
) -> Option<Vec<DiagnosticRelatedInformation>> {
    if !client.related_information || labels.is_empty() {
        return None;
    }
    let related = labels.iter().filter_map(|label| {
        Some(DiagnosticRelatedInformation {
            location: location(unit, label.location, client.encoding)?,
            message: label.message.clone(),
        })
    });
    Some(related.collect())
}

fn tags(rule: &str, client: &ClientFacts) -> Option<Vec<DiagnosticTag>> {
    let is_tagged = client.diagnostic_tags && UNNECESSARY.contains(&rule);
    is_tagged.then(|| vec![DiagnosticTag::UNNECESSARY])
}

/// A place in a file of the unit. `None` for a file without address.
pub(crate) fn location(
    unit: &AnalysedUnit,
    place: FileRange,
    encoding: PositionEncoding,
) -> Option<lsp::Location> {
    let text = &unit.source(place.file).text;
    let lines = unit.lines(place.file);
    Some(lsp::Location {
        uri: unit.uri(place.file)?,
        range: lines.range(text, place.range, encoding),
    })
}

/// Edits of the unit's files, each with its new text. `None` for a file without
/// address.
pub(crate) fn workspace_edit(
    unit: &AnalysedUnit,
    edits: &[(FileRange, String)],
    client: &ClientFacts,
) -> Option<WorkspaceEdit> {
    let mut files: Vec<_> = edits.iter().map(|(place, _)| place.file).collect();
    files.sort();
    files.dedup();
    let mut documents = Vec::new();
    for file in files {
        let (text, lines) = (&unit.source(file).text, unit.lines(file));
        let of_file = edits.iter().filter(|(place, _)| place.file == file);
        let edits = of_file.map(|(place, new)| TextEdit {
            range: lines.range(text, place.range, client.encoding),
            new_text: new.clone(),
        });
        documents.push((
            unit.uri(file)?,
            unit.version(file),
            edits.collect::<Vec<_>>(),
        ));
    }
    Some(match client.versioned_edits {
        true => WorkspaceEdit {
            document_changes: Some(lsp::DocumentChanges::Edits(
                documents.into_iter().map(versioned).collect(),
            )),
            ..WorkspaceEdit::default()
        },
        false => WorkspaceEdit {
            changes: Some(
                documents
                    .into_iter()
                    .map(|(uri, _, edits)| (uri, edits))
                    .collect(),
            ),
            ..WorkspaceEdit::default()
        },
    })
}

fn versioned((uri, version, edits): (lsp::Url, Option<i32>, Vec<TextEdit>)) -> TextDocumentEdit {
    TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(OneOf::Left).collect(),
    }
}

/// The title of a fix: an unsafe one says so.
pub(crate) fn fix_title(title: &str, applicability: Applicability) -> String {
    match applicability {
        Applicability::Safe | Applicability::DisplayOnly => title.to_owned(),
        Applicability::Unsafe => format!("{title} (unsafe)"),
    }
}
