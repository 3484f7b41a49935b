//! A project's files, read the way PostgreSQL would, and what is wrong in them.

mod changes;
mod check;
mod history;
mod questions;
mod refusals;
mod schema;
mod statements;
mod workload;

use pglint_catalog::Catalog;
use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_syntax::{Statement, StatementParse};
use rayon::prelude::*;

use crate::natural::compare_names;
use crate::pool::with_large_stack;
use crate::project::Project;
use schema::Schema;
use statements::Statements;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What was analysed.
    pub project: Project,
    /// The schema of each database of the project after all its files.
    pub catalogs: Vec<Catalog>,
    /// In the natural order of the files' names, then of the text.
    pub diagnostics: Vec<Diagnostic<FileRange>>,
    /// What further questions are answered from.
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
    /// One a database.
    schemas: Vec<Schema>,
}

impl Analysis {
    /// Analyses a project.
    pub fn new(project: Project) -> Analysis {
        with_large_stack(|| analyse(project))
    }
}

fn analyse(project: Project) -> Analysis {
    let statements = Statements::parse(&project);
    let schemas: Vec<Schema> = project
        .databases
        .par_iter()
        .map(|database| {
            let changes = changes::changes(&project, database, &statements);
            Schema::replay(&changes, &statements, database.is_complete())
        })
        .collect();
    let mut diagnostics: Vec<_> = project
        .databases
        .par_iter()
        .zip(&schemas)
        .flat_map(|(database, schema)| check::check(&project, database, schema, &statements))
        .collect();
    sort(&project, &mut diagnostics);
    let reported = project.reported_files();
    let read = reported.iter().flat_map(|file| statements.of_file(*file));
    let is_unread = |statement: &Statement| matches!(statement.parse, StatementParse::NotRead);
    Analysis {
        diagnostics,
        catalogs: schemas
            .iter()
            .map(|schema| schema.catalog.clone())
            .collect(),
        notices: notices(&project),
        reported_files: reported.len(),
        statements: read.clone().count(),
        unread_statements: read.filter(|(_, it)| is_unread(it)).count(),
        details: Details {
            statements,
            schemas,
        },
        project,
    }
}

/// By the files' names, then by place, then by rule.
fn sort(project: &Project, diagnostics: &mut [Diagnostic<FileRange>]) {
    diagnostics.sort_by(|left, right| {
        let name = |found: &Diagnostic<FileRange>| &project.file(found.location.file).name;
        let place = |found: &Diagnostic<FileRange>| {
            (found.location.range.start(), found.location.range.end())
        };
        compare_names(name(left), name(right))
            .then_with(|| place(left).cmp(&place(right)))
            .then_with(|| left.rule.cmp(right.rule))
            .then_with(|| left.message.cmp(&right.message))
    });
}

fn notices(project: &Project) -> Vec<String> {
    let files = project
        .reported_files()
        .into_iter()
        .map(|file| project.file(file));
    let bytes = files.filter(|file| file.replaced_bytes > 0).map(|file| {
        let bytes = match file.replaced_bytes {
            1 => "one byte is".to_owned(),
            count => format!("{count} bytes are"),
        };
        let name = &file.name;
        format!("`{name}` is not UTF-8: {bytes} read as `?`, and nothing in it is fixed")
    });
    bytes.chain(project.left_alone_notice()).collect()
}
