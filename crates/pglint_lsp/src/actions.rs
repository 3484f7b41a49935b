//! Code actions before they have an edit: what they do, as data that the client
//! hands back when one is chosen.

use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_linter::{Applicability, Fix, applicable_fixes};
use pglint_text::{TextRange, TextSize};
use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::{CodeAction, Url, WorkspaceEdit};

use crate::configuration;
use crate::snapshot::FileView;
use crate::to_lsp;

/// What an action does to a document of a certain state.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct ActionData {
    /// The document.
    pub(crate) uri: Url,
    /// The version that it was offered for. `None` where it was not open.
    pub(crate) version: Option<i32>,
    /// What it does.
    pub(crate) work: Work,
}

/// What an action does.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Work {
    /// Applies the fix of one diagnostic.
    Fix {
        /// The diagnostic's rule.
        rule: String,
        /// Its first byte.
        start: u32,
        /// The byte after its last one.
        end: u32,
    },
    /// Applies all safe fixes of the document.
    FixAll,
    /// Adds a suppression comment.
    Ignore {
        /// The rule that is not to report.
        rule: String,
        /// A byte of the diagnostic. `None` for the whole file.
        offset: Option<u32>,
    },
    /// Adds an object to those that `pglint.toml` lets a rule leave alone.
    IgnoreObject {
        /// The rule that is not to report.
        rule: String,
        /// The object, as diagnostics name it.
        object: String,
    },
}

/// The document that an action was offered for. `None` for an action that is
/// not ours.
pub(crate) fn document(action: &CodeAction) -> Option<Url> {
    data(action).map(|data| data.uri)
}

/// What an action does. `None` for an action that is not ours.
pub(crate) fn data(action: &CodeAction) -> Option<ActionData> {
    serde_json::from_value(action.data.clone()?).ok()
}

/// The edit of an action. `None` where there is nothing to do any more.
pub(crate) fn edit(view: &FileView<'_>, work: &Work) -> Option<WorkspaceEdit> {
    let edits = match work {
        Work::IgnoreObject { rule, object } => {
            return configuration::ignore_object(view, rule, object);
        }
        Work::Fix { rule, start, end } => {
            let range = TextRange::new((*start).into(), (*end).max(*start).into());
            let mut found = diagnostics(view);
            let found = found.find(|it| it.rule == rule && it.location.range == range)?;
            edits_of(found.fix.as_ref()?)
        }
        Work::FixAll => fix_all(view),
        Work::Ignore { rule, offset } => {
            let parsed = view.unit.analysis.parsed(view.file);
            let offset = offset.map(TextSize::from);
            let edit = pglint_ide::ignore_edit(view.text(), parsed, rule, offset);
            let (at, text) = edit?;
            let place = FileRange {
                file: view.file,
                range: TextRange::empty(at),
            };
            vec![(place, text)]
        }
    };
    match edits.is_empty() {
        true => None,
        false => to_lsp::workspace_edit(view.unit, &edits, view.client),
    }
}

/// The diagnostics of a file, in the order of the text.
pub(crate) fn diagnostics<'v>(
    view: &'v FileView<'_>,
) -> impl Iterator<Item = &'v Diagnostic<FileRange>> {
    let found = view.unit.analysis.diagnostics_of(view.file);
    found.into_iter().flat_map(|found| found.iter())
}

fn edits_of(fix: &Fix<FileRange>) -> Vec<(FileRange, String)> {
    let edits = fix.edits.iter();
    edits
        .map(|edit| (edit.location, edit.text.clone()))
        .collect()
}

/// The edits of all safe fixes that go together.
fn fix_all(view: &FileView<'_>) -> Vec<(FileRange, String)> {
    let fixes = applicable_fixes(diagnostics(view), Applicability::Safe);
    fixes.into_iter().flat_map(edits_of).collect()
}
