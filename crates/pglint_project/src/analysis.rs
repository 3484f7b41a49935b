//! A project's files, read the way PostgreSQL would, and what is wrong in them.
//!
//! An analysis is made from nothing, or from the one before it, of which it keeps
//! what still holds. The result is the same, so nothing else has to know.

mod beginning;
mod changes;
mod check;
mod checkpoint;
mod database;
mod doubt;
mod drift;
mod extension_scripts;
mod facts;
mod glance;
mod history;
mod identity;
mod include;
mod isolate;
mod manner;
mod questions;
mod refusals;
mod report;
mod retry;
mod schema;
mod script;
mod session;
mod situation;
mod statements;
mod upgrade_scripts;
mod versions;
mod workload;

use std::sync::Arc;

use pglint_catalog::Catalog;
use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_text::FileId;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::natural::compare_names;
use crate::pool::with_large_stack;
use crate::project::{Database, Project};
use database::AnalysedDatabase;
pub use report::FileReport;
use statements::Statements;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What was analysed.
    pub project: Project,
    /// The schema of each database of the project after all its files.
    pub catalogs: Vec<Catalog>,
    /// The reported files with what is wrong in them, in the natural order of
    /// their names.
    pub reports: Vec<FileReport>,
    /// What further questions, and the next analysis, are answered from.
    pub details: Details,
    /// What users should know and no rule says, one sentence each.
    pub notices: Vec<String>,
    /// How many files diagnostics are reported for.
    pub reported_files: usize,
    /// How many statements those files hold.
    pub statements: usize,
    /// How many of them could not be read for a reason that is no mistake.
    pub unread_statements: usize,
}

/// What the questions to an [`Analysis`] are answered from.
#[derive(Debug, Default)]
pub struct Details {
    statements: Statements,
    /// In the order of the project's databases.
    databases: Vec<AnalysedDatabase>,
}

impl Analysis {
    /// Analyses a project.
    pub fn new(project: Project) -> Analysis {
        with_large_stack(|| analyse(project, None))
    }

    /// Analyses the project as it has become. What still holds is kept, and the
    /// result is equal to that of [`Analysis::new`].
    pub fn again(&self, project: Project) -> Analysis {
        with_large_stack(|| analyse(project, Some(self)))
    }

    /// Everything that is wrong, in the natural order of the files' names, then
    /// of the text.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic<FileRange>> {
        self.reports.iter().flat_map(|report| &*report.diagnostics)
    }
}

fn analyse(project: Project, before: Option<&Analysis>) -> Analysis {
    let known = before.map(|before| (&before.project, &before.details.statements));
    let statements = Statements::parse(&project, known);
    let before = before.filter(|before| has_same_files(&before.project, &project));
    let analyse = |(index, database): (usize, &Database)| {
        let known = before.map(|before| &before.details.databases[index]);
        AnalysedDatabase::new(&project, database, &statements, known)
    };
    let databases = project.databases.par_iter().enumerate();
    let databases: Vec<_> = databases.map(analyse).collect();
    let reports = reports(&project, &databases, before);
    let read = || reports.iter().map(|it| statements.file(it.file));
    let catalogs = databases.iter().map(|it| it.schema.catalog.clone());
    Analysis {
        catalogs: catalogs.collect(),
        notices: notices(&project),
        reported_files: reports.len(),
        statements: read().map(|file| file.ids.len()).sum(),
        unread_statements: read().map(|file| file.unread).sum(),
        reports,
        details: Details {
            statements,
            databases,
        },
        project,
    }
}

/// Do the databases have the same files, in the same order and for the same
/// purpose?
fn has_same_files(one: &Project, other: &Project) -> bool {
    let has_same_paths = one.files.len() == other.files.len()
        && one.files.iter().zip(&other.files).all(|(one, other)| {
            Arc::ptr_eq(one, other) || one.path == other.path && one.name == other.name
        });
    let is_same = |(one, other): (&Database, &Database)| {
        let files = one.files.iter().zip(&other.files);
        one.history == other.history && one.files.len() == other.files.len() && { files }
            .all(|(one, other)| one.file == other.file && one.is_migration == other.is_migration)
    };
    let databases = one.databases.iter().zip(&other.databases);
    has_same_paths && one.databases.len() == other.databases.len() && { databases }.all(is_same)
}

/// The reports, in the natural order of the files' names: that of `before` where
/// there is one.
fn reports(
    project: &Project,
    databases: &[AnalysedDatabase],
    before: Option<&Analysis>,
) -> Vec<FileReport> {
    let finished = databases.iter().flat_map(|database| &database.finished);
    let reports = finished.flatten().map(|finished| finished.report());
    let by_file: FxHashMap<FileId, &FileReport> = reports.clone().map(|it| (it.file, it)).collect();
    let known = before.map_or(&[][..], |before| &before.reports);
    let in_order = known.iter().filter_map(|it| by_file.get(&it.file).copied());
    let mut sorted: Vec<FileReport> = in_order.cloned().collect();
    if sorted.len() < by_file.len() {
        sorted = reports.cloned().collect();
        let name = |report: &FileReport| &project.file(report.file).name;
        sorted.sort_by(|left, right| compare_names(name(left), name(right)));
    }
    sorted
}

fn notices(project: &Project) -> Vec<String> {
    let files = project
        .reported_files()
        .into_iter()
        .map(|file| project.file(file));
    let bytes = files.filter(|file| file.replaced_bytes > 0).map(|file| {
        let name = &file.name;
        if file.is_utf16 {
            return format!(
                "`{name}` is UTF-16, which psql does not read: nothing in it is checked; save it as UTF-8"
            );
        }
        let bytes = match file.replaced_bytes {
            1 => "one byte is".to_owned(),
            count => format!("{count} bytes are"),
        };
        format!(
            "`{name}` is not UTF-8: {bytes} read as `?`, or `_` in names, and nothing in it is fixed"
        )
    });
    bytes.chain(project.left_alone_notice()).collect()
}
