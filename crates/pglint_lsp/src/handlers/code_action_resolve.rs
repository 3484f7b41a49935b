//! `codeAction/resolve`: the edit of an action that was chosen.

use tower_lsp::lsp_types::CodeAction;

use crate::actions;
use crate::snapshot::Snapshot;

/// An action whose document has changed since is given back without an edit.
pub(crate) fn resolve(snapshot: &Snapshot, mut action: CodeAction) -> CodeAction {
    if let Some(data) = actions::data(&action) {
        let view = snapshot.file(&data.uri);
        let view = view.filter(|view| view.unit.version(view.file) == data.version);
        action.edit = view.and_then(|view| actions::edit(&view, &data.work));
    }
    action
}
