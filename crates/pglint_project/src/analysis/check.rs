//! Runs the rules on a database.

use std::sync::Arc;

use pglint_catalog::{Relation, RelationId};
use pglint_linter::{
    Database as CheckedDatabase, Diagnostic, HistoryProblem, Location, RuleSet, Settings,
    StatementContext, check_history, check_statement, check_table,
};
use pglint_syntax::Statement;
use pglint_text::{FileId, StatementId};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::facts::{Fact, News};
use super::isolate::{at_first_word, isolated};
use super::schema::Schema;
use super::situation::{Situation, Situations};
use super::statements::{FileStatements, Statements};
use super::workload::{FileUses, Workloads};
use crate::project::{Database, DatabaseFile, Project};

type Found = Arc<Fact<Vec<Diagnostic>>>;
type Notebook<'a> = super::facts::Notebook<'a, Vec<Diagnostic>>;

/// What the rules say about a database, before suppressions.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    /// In the order of the database's files. `None` for one that is not reported.
    pub(crate) files: Vec<Option<Arc<FileChecks>>>,
    /// What is wrong with each table of the schema after all files.
    tables: Arc<FxHashMap<RelationId, Found>>,
}

/// What the rules say about the statements of one file.
#[derive(Debug)]
pub(crate) struct FileChecks {
    statements: Arc<FileStatements>,
    situations: Situations,
    /// Of each statement; `None` for one that is never run.
    found: Vec<Option<Found>>,
}

/// What all checks of a database share.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) rules: &'a RuleSet,
    pub(crate) schema: &'a Schema,
    pub(crate) statements: &'a Statements,
    pub(crate) workloads: &'a Workloads,
}

impl Checks {
    /// Checks a database, but for what holds of `before`. Must run on threads
    /// with a large stack.
    pub(crate) fn run(
        project: &Project,
        database: &Database,
        subject: Subject<'_>,
        before: Option<(&Checks, &News)>,
    ) -> Checks {
        let check = |(index, file): (usize, &DatabaseFile)| {
            let known = before.and_then(|(before, news)| {
                let known = before.files[index].as_ref()?;
                Some((known, news))
            });
            let text = &project.file(file.file).text;
            let uses = &subject.workloads.files[index];
            file.is_reported
                .then(|| FileChecks::run((file, text), uses, subject, known))
        };
        let files = database.files.par_iter().enumerate().map(check);
        Checks {
            files: files.collect(),
            tables: tables(subject, before),
        }
    }

    /// What is wrong with the schema, table by table.
    pub(crate) fn of_schema(&self, schema: &Schema) -> impl Iterator<Item = &Diagnostic> {
        let tables = schema.catalog.tables();
        let found = tables.filter_map(|table| self.tables.get(&table.id));
        found.flat_map(|found| &found.value)
    }
}

impl FileChecks {
    /// What is wrong, statement by statement.
    pub(crate) fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.found.iter().flatten().flat_map(|found| &found.value)
    }

    fn run(
        (file, text): (&DatabaseFile, &str),
        uses: &FileUses,
        subject: Subject<'_>,
        before: Option<(&Arc<FileChecks>, &News)>,
    ) -> Arc<FileChecks> {
        let own = &uses.statements;
        let is_edited = before.is_none_or(|(before, _)| before.statements.ids != own.ids);
        let is_same = |(before, news): &(&Arc<FileChecks>, &News)| {
            Arc::ptr_eq(&before.statements, own)
                && (Arc::ptr_eq(&before.situations, &uses.situations)
                    || before.situations == uses.situations)
                && before.all_hold(news)
        };
        if let Some((before, _)) = before.filter(is_same) {
            return before.clone();
        }
        let notebook = subject.notebook(file.file);
        let mut found = Vec::with_capacity(own.ids.len());
        for ((id, statement), situation) in own.iter().zip(&*uses.situations) {
            let known = before.and_then(|(before, news)| {
                let index = before.statements.index_of(id)?;
                let is_same = before.situations[index] == *situation;
                let known = before.found[index].as_ref().filter(|_| is_same);
                known.filter(|fact| fact.holds(news, is_edited)).cloned()
            });
            let check = || {
                let situation = situation.as_deref()?;
                check((file, text), (id, statement), situation, subject, &notebook)
            };
            found.push(known.or_else(check));
        }
        Arc::new(FileChecks {
            statements: own.clone(),
            situations: uses.situations.clone(),
            found,
        })
    }

    fn all_hold(&self, news: &News) -> bool {
        let facts = || self.found.iter().flatten();
        news.is_empty() || facts().all(|fact| fact.holds(news, false))
    }
}

fn check(
    (file, text): (&DatabaseFile, &str),
    (id, statement): (StatementId, &Statement),
    situation: &Situation,
    subject: Subject<'_>,
    notebook: &Notebook<'_>,
) -> Option<Found> {
    let text = text.get(std::ops::Range::from(statement.range))?;
    let context = StatementContext {
        id,
        text,
        section: file.section_at(statement.range.start())?,
        catalog: &notebook.met,
        search_path: &situation.search_path,
        is_replayed: situation.is_replayed,
    };
    let checked = subject.checked(notebook);
    let (location, _) = at_first_word(id, text);
    let found = isolated(location, "checking this statement", &text, || {
        check_statement(subject.rules, checked, context, statement)
    });
    Some(notebook.fact(found.unwrap_or_else(|failure| vec![*failure])))
}

impl<'a> Subject<'a> {
    fn notebook(&self, file: FileId) -> Notebook<'a> {
        Notebook::new(
            self.schema.catalog_of(file),
            &self.schema.catalog,
            &self.workloads.whole,
            self.statements,
        )
    }

    fn checked<'n>(&'n self, notebook: &'n Notebook<'_>) -> CheckedDatabase<'n> {
        CheckedDatabase {
            catalog: &notebook.last,
            workload: &notebook.workload,
            settings: self.settings,
            files: &notebook.files,
            problems: &[],
            history: &[],
        }
    }

    /// What is wrong with the way to the schema. It is looked at anew each time.
    pub(crate) fn check_history(&self, history: &[HistoryProblem]) -> Vec<Diagnostic> {
        let database = CheckedDatabase {
            catalog: &self.schema.catalog,
            workload: &self.workloads.whole,
            settings: self.settings,
            files: self.statements,
            problems: &self.schema.problems,
            history,
        };
        check_history(self.rules, database)
    }
}

/// How many tables share a notebook, which costs as much as some checks.
const TABLES_AT_A_TIME: usize = 32;

fn tables(
    subject: Subject<'_>,
    before: Option<(&Checks, &News)>,
) -> Arc<FxHashMap<RelationId, Found>> {
    if let Some((before, _)) = before.filter(|(_, news)| news.is_empty()) {
        return before.tables.clone();
    }
    let tables: Vec<&Relation> = subject.schema.catalog.tables().collect();
    let check = |tables: &[&Relation]| {
        let last = &subject.schema.catalog;
        let workload = &subject.workloads.whole;
        let notebook = Notebook::new(last, last, workload, subject.statements);
        let check = |table: &&Relation| {
            let known = before.and_then(|(before, news)| {
                let known = before.tables.get(&table.id)?;
                known.holds(news, true).then(|| known.clone())
            });
            let found = known.unwrap_or_else(|| {
                notebook.look_at(table.id.0);
                let checked = subject.checked(&notebook);
                let location = Location::Statement {
                    statement: table.origin.statement,
                    range: table.origin.range,
                };
                let found = isolated(location, "checking this table", &table.name, || {
                    check_table(subject.rules, checked, table)
                });
                notebook.fact(found.unwrap_or_else(|failure| vec![*failure]))
            });
            (table.id, found)
        };
        tables.iter().map(check).collect::<Vec<_>>()
    };
    let found = tables.par_chunks(TABLES_AT_A_TIME).flat_map_iter(check);
    Arc::new(found.collect::<Vec<_>>().into_iter().collect())
}
