//! Where the thing under the cursor was defined.

use pglint_linter::FileRange;
use pglint_project::Analysis;
use pglint_text::{FileId, TextSize};

use crate::subject::subject_at;

/// The names in the statements that made it what it is called now, in any file;
/// several for an overloaded function.
pub fn definition(analysis: &Analysis, file: FileId, offset: TextSize) -> Vec<FileRange> {
    let found = subject_at(analysis, file, offset);
    let origins = found.map(|found| found.origins()).unwrap_or_default();
    origins
        .into_iter()
        .filter_map(|origin| analysis.place(origin))
        .collect()
}
