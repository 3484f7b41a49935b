//! What is wrong with a `pglint.toml`, told where the file is, so that nobody
//! wonders why it has no effect.

use pglint_project::{Problem, Project};
use tower_lsp::lsp_types::{Diagnostic, DiagnosticSeverity, Position, Range, Url};

use crate::to_lsp::SOURCE;
use crate::unit::UnitKey;

/// The mistakes of a project's configuration files by their addresses.
pub(crate) fn mistakes(key: &UnitKey, project: &Project) -> Vec<(Url, Diagnostic)> {
    let directory = key.request().working_directory;
    let mistake = |problem: &Problem| {
        let Problem::Configuration {
            path,
            line,
            column,
            reason,
        } = problem
        else {
            return None;
        };
        let uri = Url::from_file_path(directory.join(path)).ok()?;
        Some((uri, diagnostic(*line, *column, reason.clone())))
    };
    project.problems.iter().filter_map(mistake).collect()
}

/// From a place, 1-based, to the end of its line.
fn diagnostic(line: u32, column: u32, message: String) -> Diagnostic {
    /// A character beyond the end means the end (LSP 3.17, Position).
    const END_OF_LINE: u32 = i32::MAX as u32;
    let line = line.saturating_sub(1);
    let start = Position::new(line, column.saturating_sub(1));
    let range = Range::new(start, Position::new(line, END_OF_LINE));
    Diagnostic {
        range,
        severity: Some(DiagnosticSeverity::ERROR),
        source: Some(SOURCE.to_owned()),
        message,
        ..Diagnostic::default()
    }
}
