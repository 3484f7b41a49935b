//! The language server: tower-lsp as a codec around one loop that owns the state.
//!
//! A handler of tower-lsp sends an `event::Event` and nothing else, so that
//! edits arrive in order whatever tower-lsp polls first. `state::State` takes
//! them one by one; `worker` threads with large stacks analyse and answer.
//! Rules and answers are made elsewhere; LSP types stay in here.

mod actions;
mod backend;
mod capabilities;
mod configuration;
mod document;
mod event;
mod from_lsp;
mod handlers;
mod offers;
mod outbox;
mod parent;
mod position;
mod reports;
mod schedule;
mod serve;
mod snapshot;
mod state;
mod tick;
mod to_lsp;
mod unit;
mod watch;
mod worker;

pub use backend::{RuleParams, RuleResult, SchemaParams, SchemaResult};
pub use serve::{End, serve};
