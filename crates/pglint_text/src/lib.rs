//! Ids, byte ranges and the line index: what every other crate says "where" with.
//!
//! This crate knows nothing of SQL, of files on a disk or of an editor's protocol.

mod id;
mod line_index;

pub use id::{FileId, StatementId};
pub use line_index::{LineColumn, LineIndex};
pub use text_size::{TextRange, TextSize};
