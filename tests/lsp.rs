//! The language server, through its protocol over an in-memory pipe.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "lsp/actions.rs"]
mod actions;
#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/edits.rs"]
mod edits;
#[path = "lsp/life.rs"]
mod life;
#[path = "lsp/model.rs"]
mod model;
#[path = "lsp/parity.rs"]
mod parity;
#[path = "lsp/projects.rs"]
mod projects;
#[path = "lsp/pull.rs"]
mod pull;
#[path = "lsp/reading.rs"]
mod reading;
