//! What all statements of a database do with its schema, reported or not.

use pglint_linter::Workload;
use pglint_semantic::resolve::resolve;
use pglint_semantic::section::Direction;
use pglint_syntax::Statement;
use pglint_text::StatementId;
use rayon::prelude::*;

use super::schema::Schema;
use super::statements::Statements;
use crate::project::{Database, DatabaseFile};

/// Reads every statement that is ever run. Must run on threads with a large
/// stack.
pub(crate) fn workload(database: &Database, schema: &Schema, statements: &Statements) -> Workload {
    let of_files: Vec<Workload> = database
        .files
        .par_iter()
        .map(|file| of_file(file, schema, statements))
        .collect();
    let mut workload = Workload::default();
    for part in &of_files {
        workload.merge(part);
    }
    workload
}

fn of_file(file: &DatabaseFile, schema: &Schema, statements: &Statements) -> Workload {
    let mut workload = Workload::default();
    let mut observe = |id: StatementId, statement: &Statement| {
        let section = file.section_at(statement.range.start())?;
        let tree = statement.tree()?;
        if section.direction != Direction::Down {
            let search_path = schema.search_path_of(id)?;
            let catalog = schema.catalog_of(file.file);
            let resolution = resolve(tree.root(), catalog, search_path);
            workload.observe(tree, &resolution);
        }
        Some(())
    };
    for (id, statement) in statements.of_file(file.file) {
        // `None` only says that there is nothing to observe.
        let _ = observe(id, statement);
    }
    workload
}
