//! The closing line, and the same figures for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use pglint_linter::{Applicability, Severity};
use pglint_project::Analysis;
use serde::Serialize;

/// The figures of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    files: usize,
    statements: usize,
    unread_statements: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    /// Diagnostics with a safe or unsafe fix.
    fixable: usize,
    /// Those of them with a safe one.
    #[serde(skip)]
    fixable_safely: usize,
    /// How many diagnostics this run has fixed, which are counted nowhere else.
    fixed: usize,
    rules: BTreeMap<&'static str, usize>,
    milliseconds: u64,
}

impl Summary {
    pub(crate) fn new(analysis: &Analysis, elapsed: Duration, fixed: usize) -> Summary {
        let count = |severity| {
            let diagnostics = analysis.diagnostics();
            diagnostics
                .filter(|diagnostic| diagnostic.severity == severity)
                .count()
        };
        let fixable = |most: Applicability| {
            let diagnostics = analysis.diagnostics();
            let fixes = diagnostics.filter_map(|found| found.fix.as_ref());
            fixes.filter(|fix| fix.applicability <= most).count()
        };
        let mut rules = BTreeMap::new();
        for diagnostic in analysis.diagnostics() {
            *rules.entry(diagnostic.rule).or_default() += 1;
        }
        Summary {
            files: analysis.reported_files,
            statements: analysis.statements,
            unread_statements: analysis.unread_statements,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            fixable: fixable(Applicability::Unsafe),
            fixable_safely: fixable(Applicability::Safe),
            fixed,
            rules,
            milliseconds: elapsed.as_millis() as u64,
        }
    }

    /// `3 files, 17 statements: 1 error, 2 warnings, 0 infos (1 fixed) in 0.04 s`
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
        let fixes = self.fixes();
        if !fixes.is_empty() {
            write!(output, " ({})", fixes.join(", "))?;
        }
        writeln!(output, " in {:.2} s", self.milliseconds as f64 / 1000.0)
    }

    /// What was fixed, and which options fix more.
    fn fixes(&self) -> Vec<String> {
        let (safe, all) = (self.fixable_safely, self.fixable);
        let mut fixes = Vec::new();
        if self.fixed > 0 {
            fixes.push(format!("{} fixed", self.fixed));
        }
        if safe > 0 {
            fixes.push(format!("{safe} fixable with --fix"));
        }
        match (all - safe, fixes.is_empty()) {
            (0, _) => {}
            (count, true) => fixes.push(format!("{count} fixable with --fix --unsafe-fixes")),
            (count, false) => fixes.push(format!("{count} more with --unsafe-fixes")),
        }
        fixes
    }
}

fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
