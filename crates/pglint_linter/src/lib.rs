//! Diagnostics, fixes, suppressions, settings and the rules.
//!
//! This crate does not know where text came from, how output looks, or threads.

mod cx;
mod describe;
pub mod diagnostic;
mod index_facts;
mod nullable;
mod query;
mod rule;
pub mod rules;
mod run;
mod settings;
mod soft_delete;
mod suppression;
mod workload;

pub use cx::{Cx, Database, Place, StatementContext, StatementFiles};
pub use diagnostic::{Applicability, Diagnostic, Edit, FileRange, Fix, Label, Location, Severity};
pub use query::ResolvedQuery;
pub use rule::{Check, Rule};
pub use run::{RuleSet, check_schema, check_statement};
pub use settings::Settings;
pub use suppression::Suppressions;
pub use workload::{ColumnUse, Workload};
