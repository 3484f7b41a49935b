//! Answers to an editor's questions about SQL: plain data in, plain data out.
//!
//! Offsets and ranges are half-open bytes of a file's text. No protocol, no
//! threads; whoever asks must be on a thread with a large stack.

mod definition;
mod describe;
mod fold;
mod hover;
mod identifier;
mod rule_page;
mod subject;
mod suppress;
mod symbols;

#[cfg(test)]
mod tests;

pub use definition::definition;
pub use describe::schema_text;
pub use fold::{Fold, FoldKind, folds};
pub use hover::{Hover, hover};
pub use rule_page::rule_page;
pub use suppress::ignore_edit;
pub use symbols::{Symbol, SymbolKind, WorkspaceSymbol, document_symbols, workspace_symbols};
