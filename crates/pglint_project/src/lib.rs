//! Files, migration order and the analysis of a whole project.
//!
//! This crate reads the disk (in `discover` alone) and knows which files make up
//! which database; it knows nothing of standard output, of colours or of an
//! editor's protocol.

mod analysis;
mod configuration;
mod database;
mod dialect;
pub mod discover;
mod fixing;
mod framework;
mod layout;
mod left_alone;
mod natural;
mod path;
mod pool;
mod project;
mod scope;
mod source;
mod step;
mod workspace;

pub use analysis::{Analysis, FileReport};
pub use configuration::{Overrides, ignore_object_edit, json_schema};
pub use discover::{Problem, watched_patterns};
pub use fixing::{FixedFile, FixedProject, fix};
pub use left_alone::LeftAlone;
pub use natural::{compare_names, compare_paths};
pub use path::absolute;
pub use pool::with_large_stack;
pub use project::{Database, DatabaseFile, History, Project};
pub use scope::{Overlay, Request, Scope, find_root, scopes};
pub use source::{Decoded, Gap, Position, SourceFile, decode, decode_text};
pub use workspace::Workspace;
