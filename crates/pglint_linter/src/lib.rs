//! Diagnostics, fixes, suppressions, settings and the rules.
//!
//! This crate does not know where text came from, how output looks, or threads.

pub mod diagnostic;

pub use diagnostic::{Applicability, Diagnostic, Edit, Fix, Label, Location, Severity};
