//! Takes what the rules found home to the files.

use std::sync::Arc;

use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_linter::{RuleSet, Settings, Suppressions};
use pglint_text::FileId;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::check::{Checks, FileChecks};
use super::statements::{FileStatements, Statements};
use crate::project::{Database, DatabaseFile, Project};

/// The diagnostics of a file, in the order of the text.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// The file.
    pub file: FileId,
    /// What is wrong in it. The same allocation as in the analysis before, where
    /// nothing about it has changed.
    pub diagnostics: Arc<Vec<Diagnostic<FileRange>>>,
}

/// A report, and what it was made of.
#[derive(Debug)]
pub(crate) struct Finished {
    settings: Arc<Settings>,
    statements: Arc<FileStatements>,
    checks: Arc<FileChecks>,
    /// What is wrong with the schema in this file.
    of_schema: Vec<Diagnostic<FileRange>>,
    /// May the text be edited?
    is_exact: bool,
    /// Other files that diagnostics point to, as they were.
    others: Vec<(FileId, Arc<FileStatements>)>,
    report: FileReport,
}

/// What the reports of a database are made of.
#[derive(Clone, Copy)]
pub(crate) struct Findings<'a> {
    pub(crate) project: &'a Project,
    pub(crate) settings: &'a Settings,
    pub(crate) rules: &'a RuleSet,
    pub(crate) statements: &'a Statements,
    pub(crate) checks: &'a Checks,
}

/// The reports of the reported files of a database; `of_schema` is what is wrong
/// with its schema. `before` must be of the same files.
pub(crate) fn finish(
    database: &Database,
    findings: Findings<'_>,
    of_schema: impl Iterator<Item = Diagnostic<FileRange>>,
    before: Option<&[Option<Arc<Finished>>]>,
) -> Vec<Option<Arc<Finished>>> {
    let mut by_file: FxHashMap<FileId, Vec<_>> = FxHashMap::default();
    for diagnostic in of_schema {
        let file = diagnostic.location.file;
        by_file.entry(file).or_default().push(diagnostic);
    }
    let files = database.files.iter().zip(&findings.checks.files);
    let files: Vec<_> = files
        .map(|(file, checks)| {
            let of_schema = by_file.remove(&file.file).unwrap_or_default();
            (file, checks, of_schema)
        })
        .collect();
    let finish = |(index, (file, checks, of_schema)): (usize, (_, &Option<_>, Vec<_>))| {
        let file: &DatabaseFile = file;
        let checks: &Arc<FileChecks> = checks.as_ref()?;
        let known = before.and_then(|before| before[index].as_ref());
        let known = known.filter(|known| known.holds(findings, file, checks, &of_schema));
        let made = || Arc::new(Finished::new(findings, file, checks.clone(), of_schema));
        Some(known.cloned().unwrap_or_else(made))
    };
    files.into_par_iter().enumerate().map(finish).collect()
}

impl Finished {
    /// The report.
    pub(crate) fn report(&self) -> &FileReport {
        &self.report
    }

    fn holds(
        &self,
        findings: Findings<'_>,
        own: &DatabaseFile,
        checks: &Arc<FileChecks>,
        of_schema: &[Diagnostic<FileRange>],
    ) -> bool {
        let file = self.report.file;
        let statements = findings.statements;
        let is_same = |(file, known): &(FileId, Arc<FileStatements>)| {
            Arc::ptr_eq(statements.file(*file), known)
        };
        Arc::ptr_eq(&self.checks, checks)
            && Arc::ptr_eq(statements.file(file), &self.statements)
            && self.settings == own.settings
            && self.others.iter().all(is_same)
            && self.is_exact == (findings.project.file(file).replaced_bytes == 0)
            && self.of_schema == of_schema
    }

    fn new(
        findings: Findings<'_>,
        database_file: &DatabaseFile,
        checks: Arc<FileChecks>,
        of_schema: Vec<Diagnostic<FileRange>>,
    ) -> Finished {
        let DatabaseFile { file, settings, .. } = database_file;
        let file = *file;
        let statements = findings.statements;
        let found = checks.diagnostics().cloned();
        let found = found.filter_map(|diagnostic| statements.relocate(diagnostic));
        let mut found: Vec<_> = found.chain(of_schema.iter().cloned()).collect();
        found.retain_mut(|it| settings.admit(it));
        let own = statements.file(file);
        let is_common = std::ptr::eq(&**settings, findings.settings);
        let rules = (!is_common).then(|| RuleSet::new(settings));
        let rules = rules.as_ref().unwrap_or(findings.rules);
        suppress(findings, rules, (file, own), &mut found);
        found.sort_by(|left, right| order(left).cmp(&order(right)));
        tell_once(&mut found, own.parsed.statements.len());
        let others = others(file, &found);
        let others = others
            .into_iter()
            .map(|it| (it, statements.file(it).clone()));
        Finished {
            settings: settings.clone(),
            statements: own.clone(),
            checks,
            of_schema,
            is_exact: findings.project.file(file).replaced_bytes == 0,
            others: others.collect(),
            report: FileReport {
                file,
                diagnostics: Arc::new(found),
            },
        }
    }
}

/// More syntax errors than these in a file have one cause, where they are in most of
/// its statements.
const MANY_SYNTAX_ERRORS: usize = 20;

/// Keeps one of many syntax errors, in their order: the file is for another database,
/// or no SQL at all.
fn tell_once(found: &mut Vec<Diagnostic<FileRange>>, statements: usize) {
    let is_error = |it: &Diagnostic<FileRange>| it.rule == "syntax-error";
    let count = found.iter().filter(|it| is_error(it)).count();
    if count <= MANY_SYNTAX_ERRORS || count * 2 <= statements {
        return;
    }
    let mut is_first = true;
    found.retain(|it| !is_error(it) || std::mem::take(&mut is_first));
    if let Some(first) = found.iter_mut().find(|it| is_error(it)) {
        first.help = Some(format!(
            "Exclude the file if it is for another database: PostgreSQL reads {} of its {statements} statements",
            statements.saturating_sub(count),
        ));
    }
}

/// By place, then by rule.
fn order(found: &Diagnostic<FileRange>) -> impl Ord + '_ {
    let range = found.location.range;
    (range.start(), range.end(), found.rule, &found.message)
}

/// The files that diagnostics of `file` point to beside it.
fn others(file: FileId, found: &[Diagnostic<FileRange>]) -> Vec<FileId> {
    let labels = found.iter().flat_map(|it| &it.labels);
    let edits = found.iter().flat_map(|it| &it.fix).flat_map(|it| &it.edits);
    let files = labels.map(|label| label.location.file);
    let mut files: Vec<FileId> = files.chain(edits.map(|it| it.location.file)).collect();
    files.sort_unstable();
    files.dedup();
    files.retain(|other| *other != file);
    files
}

/// Applies suppressions, and drops fixes where the text is not the file's.
fn suppress(
    findings: Findings<'_>,
    rules: &RuleSet,
    (file, statements): (FileId, &FileStatements),
    diagnostics: &mut Vec<Diagnostic<FileRange>>,
) {
    let source = findings.project.file(file);
    let parsed = &statements.parsed;
    let ranges: Vec<_> = parsed.statements.iter().map(|it| it.range).collect();
    Suppressions::read(&source.text, &parsed.aside.comments, &ranges).apply(
        file,
        &source.text,
        rules,
        diagnostics,
    );
    if source.replaced_bytes > 0 {
        for diagnostic in diagnostics {
            diagnostic.fix = None;
        }
    }
}
