//! Diagnostics, fixes, suppressions, settings and the rules.
//!
//! This crate does not know where text came from, how output looks, or threads.

mod add_condition;
mod columns;
mod condition;
mod cx;
mod describe;
pub mod diagnostic;
mod fix;
mod groups;
mod history;
mod index_facts;
mod key_width;
mod lookup;
mod nullable;
mod query;
mod query_facts;
mod row_count;
mod rule;
pub mod rules;
mod run;
mod settings;
mod soft_delete;
mod suppression;
mod whole_table;
mod words;
mod workload;

pub use cx::{Cx, Database, Place, StatementContext, StatementFiles};
pub use diagnostic::{Applicability, Diagnostic, Edit, FileRange, Fix, Label, Location, Severity};
pub use fix::{applicable_fixes, apply_edits};
pub use history::{HistoryProblem, HistoryProblemKind};
pub use query::ResolvedQuery;
pub use rule::{Check, Rule};
pub use run::{RuleSet, check_history, check_schema, check_statement, check_table};
pub use settings::{IgnoredObject, Settings};
pub use suppression::Suppressions;
pub use workload::{ColumnUse, ColumnValues, TableUse, UseRead, Workload};
