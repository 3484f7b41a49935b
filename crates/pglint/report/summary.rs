//! The closing line, and the same figures for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use pglint_linter::{Applicability, Severity};
use pglint_project::Analysis;
use serde::Serialize;

/// The figures of a run.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    files: usize,
    statements: usize,
    unread_statements: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    fixable: usize,
    rules: BTreeMap<&'static str, usize>,
    milliseconds: u64,
}

impl Summary {
    pub(super) fn new(analysis: &Analysis, elapsed: Duration) -> Summary {
        let count = |severity| {
            let diagnostics = analysis.diagnostics.iter();
            diagnostics
                .filter(|diagnostic| diagnostic.severity == severity)
                .count()
        };
        let fixes = analysis
            .diagnostics
            .iter()
            .filter_map(|found| found.fix.as_ref());
        let mut rules = BTreeMap::new();
        for diagnostic in &analysis.diagnostics {
            *rules.entry(diagnostic.rule).or_default() += 1;
        }
        Summary {
            files: analysis.reported_files,
            statements: analysis.statements,
            unread_statements: analysis.unread_statements,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            fixable: fixes
                .filter(|fix| fix.applicability != Applicability::DisplayOnly)
                .count(),
            rules,
            milliseconds: elapsed.as_millis() as u64,
        }
    }

    /// `3 files, 17 statements: 1 error, 2 warnings, 0 infos (1 fixable) in 0.04 s`
    pub(super) fn print(&self, output: &mut dyn Write) -> io::Result<()> {
        write!(
            output,
            "{}, {}",
            counted(self.files, "file"),
            counted(self.statements, "statement")
        )?;
        if self.unread_statements > 0 {
            write!(output, " ({} not read)", self.unread_statements)?;
        }
        write!(
            output,
            ": {}, {}, {}",
            counted(self.errors, "error"),
            counted(self.warnings, "warning"),
            counted(self.infos, "info")
        )?;
        if self.fixable > 0 {
            write!(output, " ({} fixable)", self.fixable)?;
        }
        writeln!(output, " in {:.2} s", self.milliseconds as f64 / 1000.0)
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
