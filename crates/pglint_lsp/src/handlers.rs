//! One file a request: types of LSP to ours, the question, and back.

pub(crate) mod code_action;
pub(crate) mod code_action_resolve;
pub(crate) mod definition;
pub(crate) mod diagnostic;
pub(crate) mod document_symbol;
pub(crate) mod folding_range;
pub(crate) mod hover;
pub(crate) mod rule;
pub(crate) mod schema;
pub(crate) mod workspace_diagnostic;
pub(crate) mod workspace_symbol;
