//! `pglint.toml` in the editor: what is wrong with it, told where the file is, so
//! that nobody wonders why it has no effect; and what code actions write into it.

use std::path::{Path, PathBuf};

use pglint_project::{Problem, Project, discover, find_root, ignore_object_edit};
use pglint_text::TextRange;
use tower_lsp::lsp_types::{
    CreateFile, Diagnostic, DiagnosticSeverity, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, Range, ResourceOp, TextDocumentEdit,
    TextEdit, Url, WorkspaceEdit,
};

use crate::capabilities::ClientFacts;
use crate::position::LineTable;
use crate::snapshot::FileView;
use crate::to_lsp::SOURCE;
use crate::unit::{UnitKey, path_of};

/// The mistakes of a project's configuration files by their addresses.
pub(crate) fn mistakes(key: &UnitKey, project: &Project) -> Vec<(Url, Diagnostic)> {
    let directory = key.request().working_directory;
    let mistake = |problem: &Problem| {
        let Problem::Configuration {
            path,
            line,
            column,
            reason,
        } = problem
        else {
            return None;
        };
        let uri = Url::from_file_path(directory.join(path)).ok()?;
        Some((uri, diagnostic(*line, *column, reason.clone())))
    };
    project.problems.iter().filter_map(mistake).collect()
}

/// From a place, 1-based, to the end of its line.
fn diagnostic(line: u32, column: u32, message: String) -> Diagnostic {
    /// A character beyond the end means the end (LSP 3.17, Position).
    const END_OF_LINE: u32 = i32::MAX as u32;
    let line = line.saturating_sub(1);
    let start = Position::new(line, column.saturating_sub(1));
    let range = Range::new(start, Position::new(line, END_OF_LINE));
    Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}

/// The edit of a file's `pglint.toml` after which `rule` leaves `object` alone.
/// `None` where the file has no project, or the client cannot create a
/// `pglint.toml` that is not there.
pub(crate) fn ignore_object(
    view: &FileView<'_>,
    rule: &str,
    object: &str,
) -> Option<WorkspaceEdit> {
    let folder = root(&path_of(&view.unit.uri(view.file)?)?, &view.unit.key)?;
    let uri = Url::from_file_path(folder.join(discover::CONFIGURATION)).ok()?;
    let client = view.client;
    let Some(text) = discover::configuration_text(&folder).ok()? else {
        return created(uri, ignore_object_edit("", rule, object)?.1, client);
    };
    let (at, new_text) = ignore_object_edit(&text, rule, object)?;
    let range = LineTable::new(&text).range(&text, TextRange::empty(at), client.encoding);
    let edits = vec![TextEdit { range, new_text }];
    Some(WorkspaceEdit::new([(uri, edits)].into()))
}

/// The folder whose `pglint.toml` counts for a file, or would.
fn root(path: &Path, key: &UnitKey) -> Option<PathBuf> {
    find_root(path).or_else(|| match key {
        UnitKey::Folder(folder) => Some(folder.clone()),
        UnitKey::Root(_) | UnitKey::Alone(_) => None,
    })
}

/// A new file.
fn created(uri: Url, new_text: String, client: &ClientFacts) -> Option<WorkspaceEdit> {
    let create = CreateFile {
        uri: uri.clone(),
        options: None,
        annotation_id: None,
    };
    let range = Range::default();
    let edit = TextDocumentEdit {
        text_document: OptionalVersionedTextDocumentIdentifier { uri, version: None },
        edits: vec![OneOf::Left(TextEdit { range, new_text })],
    };
    let operations = vec![
        DocumentChangeOperation::Op(ResourceOp::Create(create)),
        DocumentChangeOperation::Edit(edit),
    ];
    client.creates_files.then(|| WorkspaceEdit {
        document_changes: Some(DocumentChanges::Operations(operations)),
        ..WorkspaceEdit::default()
    })
}
