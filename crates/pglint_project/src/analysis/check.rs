//! Runs the rules on a database and takes the result home to its files.

use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_linter::{
    Database as CheckedDatabase, RuleSet, StatementContext, Suppressions, check_history,
    check_schema, check_statement,
};
use pglint_text::FileId;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::schema::Schema;
use super::statements::Statements;
use super::workload::workload;
use crate::project::{Database, DatabaseFile, Project};

/// Everything that is wrong in the reported files of a database.
pub(crate) fn check(
    project: &Project,
    database: &Database,
    schema: &Schema,
    statements: &Statements,
) -> Vec<Diagnostic<FileRange>> {
    let settings = &*database.settings;
    let rules = &RuleSet::new(settings);
    let workload = workload(database, schema, statements);
    let history = super::history::problems(project, database, statements);
    let checked = CheckedDatabase {
        catalog: &schema.catalog,
        workload: &workload,
        settings,
        files: statements,
        problems: &schema.problems,
        history: &history,
    };
    let mut by_file: FxHashMap<FileId, Vec<Diagnostic<FileRange>>> = FxHashMap::default();
    let of_database = check_schema(rules, checked).into_iter();
    for diagnostic in of_database.chain(check_history(rules, checked)) {
        if let Some(diagnostic) = statements.relocate(diagnostic) {
            let file = diagnostic.location.file;
            by_file.entry(file).or_default().push(diagnostic);
        }
    }
    let reported: Vec<(&DatabaseFile, Vec<_>)> = database
        .reported()
        .map(|file| (file, by_file.remove(&file.file).unwrap_or_default()))
        .collect();
    let check_file = |(file, of_schema): (&DatabaseFile, Vec<_>)| {
        let text = &project.file(file.file).text;
        let mut found = check_statements((file, text), schema, statements, rules, checked);
        found.extend(of_schema);
        found.retain(|it| !settings.ignores(it.rule, it.object.as_deref()));
        finish(project, file.file, statements, rules, found)
    };
    reported.into_par_iter().flat_map(check_file).collect()
}

fn check_statements(
    (file, text): (&DatabaseFile, &str),
    schema: &Schema,
    statements: &Statements,
    rules: &RuleSet,
    checked: CheckedDatabase<'_>,
) -> Vec<Diagnostic<FileRange>> {
    let check = |(id, statement): (_, &pglint_syntax::Statement)| {
        let context = StatementContext {
            id,
            text: text.get(std::ops::Range::from(statement.range))?,
            section: file.section_at(statement.range.start())?,
            catalog: schema.catalog_of(file.file),
            search_path: schema.search_path_of(id)?,
        };
        Some(check_statement(rules, checked, context, statement))
    };
    statements
        .of_file(file.file)
        .filter_map(check)
        .flatten()
        .filter_map(|diagnostic| statements.relocate(diagnostic))
        .collect()
}

/// Applies suppressions, and drops fixes where the text is not the file's.
fn finish(
    project: &Project,
    file: FileId,
    statements: &Statements,
    rules: &RuleSet,
    mut diagnostics: Vec<Diagnostic<FileRange>>,
) -> Vec<Diagnostic<FileRange>> {
    let parsed = statements.file(file);
    let source = project.file(file);
    let ranges: Vec<_> = parsed.statements.iter().map(|it| it.range).collect();
    Suppressions::read(&source.text, &parsed.aside.comments, &ranges).apply(
        file,
        &source.text,
        rules,
        &mut diagnostics,
    );
    if source.replaced_bytes > 0 {
        for diagnostic in &mut diagnostics {
            diagnostic.fix = None;
        }
    }
    diagnostics
}
