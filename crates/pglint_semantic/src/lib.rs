//! What SQL means: DDL lowered to changes, changes replayed into a catalog,
//! names of queries resolved against it.
//!
//! This crate knows nothing of rules, severities, messages or the order of files.

pub mod change;
mod expression_name;
pub mod lower;
pub mod replay;
pub mod resolve;
pub mod section;
pub mod types;
