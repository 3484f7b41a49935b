//! The code actions that are offered for a diagnostic.

use pglint_linter::Applicability;
use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_project::discover::CONFIGURATION;
use tower_lsp::lsp_types::{
    self as lsp, CodeAction, CodeActionKind, CodeActionParams, Command, NumberOrString,
};

use crate::actions::{self, ActionData, Work};
use crate::capabilities::EXPLAIN_RULE;
use crate::snapshot::FileView;
use crate::to_lsp;

/// Its fix, the ways to ignore it, and an explanation.
pub(crate) fn of_diagnostic(
    view: &FileView<'_>,
    params: &CodeActionParams,
    found: &Diagnostic<FileRange>,
) -> Vec<CodeAction> {
    let rule = found.rule;
    let quick = |title, work| action(view, params, title, CodeActionKind::QUICKFIX, work);
    let ignore = |offset: Option<u32>| Work::Ignore {
        rule: rule.to_owned(),
        offset,
    };
    let start = found.location.range.start().into();
    let mut actions = Vec::from_iter(fix(view, params, found));
    let title = format!("Ignore {rule} for this statement");
    actions.extend(quick(title, ignore(Some(start))));
    let title = format!("Ignore {rule} in this file");
    actions.extend(quick(title, ignore(None)));
    if let Some(object) = found.object.clone() {
        let title = format!("Ignore {rule} for {object} in {CONFIGURATION}");
        let rule = rule.to_owned();
        actions.extend(quick(title, Work::IgnoreObject { rule, object }));
    }
    if view.client.explains_rules {
        actions.push(explain(rule));
    }
    let range = view.range(found.location.range);
    let is_same = |it: &&lsp::Diagnostic| {
        it.range == range && it.code == Some(NumberOrString::String(rule.to_owned()))
    };
    let same = params.context.diagnostics.iter().find(is_same);
    for action in &mut actions {
        action.diagnostics = same.map(|same| vec![same.clone()]);
    }
    actions
}

fn fix(
    view: &FileView<'_>,
    params: &CodeActionParams,
    found: &Diagnostic<FileRange>,
) -> Option<CodeAction> {
    let fix = found.fix.as_ref()?;
    if fix.applicability == Applicability::DisplayOnly {
        return None;
    }
    let work = Work::Fix {
        rule: found.rule.to_owned(),
        start: found.location.range.start().into(),
        end: found.location.range.end().into(),
    };
    let title = to_lsp::fix_title(&fix.title, fix.applicability);
    let action = action(view, params, title, CodeActionKind::QUICKFIX, work)?;
    Some(CodeAction {
        is_preferred: Some(fix.applicability == Applicability::Safe),
        ..action
    })
}

fn explain(rule: &str) -> CodeAction {
    let title = format!("Explain {rule}");
    let arguments = Some(vec![rule.into()]);
    CodeAction {
        title: title.clone(),
        kind: Some(CodeActionKind::QUICKFIX),
        command: Some(Command::new(title, EXPLAIN_RULE.to_owned(), arguments)),
        ..CodeAction::default()
    }
}

/// An action of this document. `None` where there would be nothing to do.
pub(crate) fn action(
    view: &FileView<'_>,
    params: &CodeActionParams,
    title: String,
    kind: CodeActionKind,
    work: Work,
) -> Option<CodeAction> {
    let edit = actions::edit(view, &work)?;
    let data = ActionData {
        uri: params.text_document.uri.clone(),
        version: view.unit.version(view.file),
        work,
    };
    let resolves = view.client.resolves_edits;
    Some(CodeAction {
        title,
        kind: Some(kind),
        edit: (!resolves).then_some(edit),
        data: resolves.then(|| serde_json::to_value(data).ok()).flatten(),
        ..CodeAction::default()
    })
}
