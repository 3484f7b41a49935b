//! `textDocument/codeAction`.

use pglint_linter::diagnostic::{Diagnostic, FileRange};
use tower_lsp::lsp_types::{
    CodeActionKind, CodeActionOrCommand, CodeActionParams, CodeActionResponse,
};

use crate::actions::{self, Work};
use crate::capabilities::FIX_ALL;
use crate::from_lsp::wants;
use crate::offers;
use crate::snapshot::Snapshot;

pub(crate) fn code_action(
    snapshot: &Snapshot,
    params: &CodeActionParams,
) -> Option<CodeActionResponse> {
    let view = snapshot.file(&params.text_document.uri)?;
    let only = params.context.only.as_deref();
    let range = view.bytes(params.range);
    let mut actions = Vec::new();
    if wants(only, &CodeActionKind::QUICKFIX) {
        let here = |found: &&Diagnostic<FileRange>| found.location.range.intersect(range).is_some();
        for found in actions::diagnostics(&view).filter(here) {
            actions.extend(offers::of_diagnostic(&view, params, found));
        }
    }
    // Whoever asks for everything at one place does not mean the whole file.
    if only.is_some() && wants(only, &FIX_ALL) {
        let title = "Fix everything that is safe to fix".to_owned();
        actions.extend(offers::action(&view, params, title, FIX_ALL, Work::FixAll));
    }
    Some(
        actions
            .into_iter()
            .map(CodeActionOrCommand::CodeAction)
            .collect(),
    )
}
