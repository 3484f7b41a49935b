//! What an analysis finds out about one database.

use std::sync::Arc;

use pglint_catalog::SearchPath;
use pglint_linter::{RuleSet, Settings};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::changes::{FileChanges, LoweredFile};
use super::check::{Checks, Subject};
use super::drift::Drift;
use super::facts::News;
use super::history::Histories;
use super::include::splice;
use super::report::{Findings, Finished, finish};
use super::schema::Schema;
use super::statements::Statements;
use super::workload::Workloads;
use crate::project::{Database, DatabaseFile, Project};

/// All that is found out about a database, step by step. Each step needs those
/// before it, and keeps of its last result what still holds.
#[derive(Debug)]
pub(crate) struct AnalysedDatabase {
    settings: Arc<Settings>,
    /// In the order of the database's files.
    lowered: Vec<Arc<LoweredFile>>,
    /// The same with what is included where it is.
    changes: Vec<Arc<FileChanges>>,
    /// The schema.
    pub(crate) schema: Arc<Schema>,
    workloads: Workloads,
    histories: Histories,
    drift: Drift,
    checks: Checks,
    /// In the order of the database's files.
    pub(crate) finished: Vec<Option<Arc<Finished>>>,
}

impl AnalysedDatabase {
    /// Analyses a database. `before` must be of the same files in the same order.
    /// Must run on threads with a large stack.
    pub(crate) fn new(
        project: &Project,
        database: &Database,
        statements: &Statements,
        before: Option<&AnalysedDatabase>,
    ) -> AnalysedDatabase {
        let lowered = lower(project, database, statements, before);
        let known = before.map(|it| &*it.changes);
        let changes = splice(project, database, &lowered, known);
        let files = database.files.iter().zip(changes.iter().cloned());
        let files: Vec<(&DatabaseFile, _)> = files.collect();
        let tool = database.history.as_ref().map_or("", |it| it.framework);
        let known = before.map(|it| &it.schema);
        let schema = Schema::replay(&files, database.is_complete(), tool, known);
        let mut news = before.map(|it| News {
            catalog: match Arc::ptr_eq(&schema, &it.schema) {
                true => Default::default(),
                false => schema.difference(&it.schema),
            },
            workload: FxHashSet::default(),
        });
        let known = before.map(|it| &it.workloads);
        let known = known.zip(news.as_ref());
        let workloads =
            Workloads::observe((project, database), &schema, statements, &lowered, known);
        if let (Some(news), Some(before)) = (&mut news, before) {
            let old = &before.workloads.whole;
            news.workload = old.differences(&workloads.whole).collect();
            if before.settings != database.settings {
                *news = News::everything();
            }
        }
        let settings = &*database.settings;
        let rules = &RuleSet::new(settings);
        let subject = Subject {
            settings,
            rules,
            schema: &schema,
            statements,
            workloads: &workloads,
        };
        let known = before.map(|it| &it.checks);
        let checks = Checks::run(project, database, subject, known.zip(news.as_ref()));
        let findings = Findings {
            project,
            settings,
            rules,
            statements,
            checks: &checks,
        };
        let of_schema = checks.of_schema(&schema).cloned();
        let known = before.map(|it| &it.histories);
        let histories = Histories::read(project, database, statements, known);
        let known = before.filter(|it| Arc::ptr_eq(&schema, &it.schema));
        let known = known.map(|it| &it.drift);
        let drift = Drift::find(project, database, &schema, statements, known);
        let of_drift = histories.with_drift(database, &drift);
        let of_schema = of_schema.chain(subject.check_history(&of_drift));
        let failures = lowered.iter().flat_map(|it| it.failures());
        let failures = failures.chain(schema.failures());
        let failures = failures.chain(workloads.files.iter().flat_map(|it| it.failures()));
        let of_schema = of_schema.chain(failures.cloned());
        let of_schema = of_schema.filter_map(|it| statements.relocate(it));
        let known = before;
        let known = known.filter(|it| it.settings == database.settings);
        let known = known.map(|it| &*it.finished);
        let finished = finish(database, findings, of_schema, known);
        AnalysedDatabase {
            settings: database.settings.clone(),
            lowered,
            changes,
            schema,
            workloads,
            histories,
            drift,
            checks,
            finished,
        }
    }
}

impl AnalysedDatabase {
    /// Where unqualified names are looked for in a statement, given the places of
    /// its file in the database and of itself in the file. `None` for one that is
    /// never run.
    pub(crate) fn search_path(&self, file: usize, statement: usize) -> Option<&SearchPath> {
        let situations = &self.workloads.files.get(file)?.situations;
        let situation = situations.get(statement)?.as_ref()?;
        Some(&situation.search_path)
    }
}

/// Lowers the files that are new.
fn lower(
    project: &Project,
    database: &Database,
    statements: &Statements,
    before: Option<&AnalysedDatabase>,
) -> Vec<Arc<LoweredFile>> {
    let lower = |(index, file): (usize, &DatabaseFile)| {
        let text = &project.file(file.file).text;
        let own = statements.file(file.file);
        let known = before.map(|before| &before.lowered[index]);
        LoweredFile::new(text, file, own, known)
    };
    let files = database.files.par_iter().enumerate();
    files.map(lower).collect()
}
