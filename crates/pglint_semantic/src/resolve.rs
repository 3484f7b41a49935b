//! Name resolution: what every column reference of a statement stands for.
//!
//! It follows PostgreSQL's parse analysis (analyze.c, parse_clause.c,
//! parse_relation.c, parse_target.c) step by step, but never refuses anything:
//! what PostgreSQL would refuse is `Missing` or `Ambiguous`, and what depends on
//! things that the catalog cannot know is `Unknown`.

mod cte;
mod definition;
mod from;
mod function;
mod join;
mod nullability;
mod questions;
mod reference;
mod resolution;
mod scope;
mod select;
mod statement;
mod target_name;

#[cfg(test)]
mod tests;

use pglint_catalog::{Catalog, SearchPath};
use pglint_syntax::{Node, ast};

pub use questions::{Equality, Operand, conjuncts};
pub use resolution::{
    Assignment, Clause, Column, ColumnReference, Columns, Cte, CteId, FromColumn, FromItem,
    FromItemId, FromItemKind, Join, JoinKind, Nullability, Query, QueryId, QueryKind, Reference,
    Resolution, Sources,
};
pub use scope::Parameters;

/// Resolves the names of a statement: of a query, of the query inside CREATE VIEW,
/// CREATE TABLE AS, EXPLAIN, DECLARE, PREPARE or COPY, of the body of a function
/// (`BEGIN ATOMIC`), and of the expressions of policies, checks, generated
/// columns, indexes, triggers and rules. Nothing is found in other statements.
///
/// `catalog` is the schema that the statement meets; for DDL it may be the one
/// that it leaves.
pub fn resolve(root: Node<'_>, catalog: &Catalog, search_path: &SearchPath) -> Resolution {
    resolve_with(root, catalog, search_path, &Parameters::None)
}

/// The same for a statement of a function's body, where names can be parameters
/// or variables.
pub fn resolve_with(
    root: Node<'_>,
    catalog: &Catalog,
    search_path: &SearchPath,
    parameters: &Parameters,
) -> Resolution {
    let mut resolver = scope::Resolver {
        tree: root.tree(),
        catalog,
        search_path,
        parameters,
        resolution: Resolution::default(),
        scopes: Vec::new(),
        cte_states: Vec::new(),
    };
    resolver.root(root);
    resolver.resolution
}

/// The columns of the relation that CREATE VIEW, CREATE TABLE AS, CREATE
/// MATERIALIZED VIEW or SELECT INTO makes: name, type, nullability and the column
/// that each passes on. `None` for any other statement.
///
/// A type is given without its modifier where it is not that of a column.
pub fn created_columns(
    root: Node<'_>,
    catalog: &Catalog,
    search_path: &SearchPath,
) -> Option<Columns> {
    let names = created_names(root)?;
    let resolution = resolve(root, catalog, search_path);
    let mut columns = resolution.queries.into_iter().next()?.columns;
    columns.rename(names);
    Some(columns)
}

/// The names that the statement itself gives its columns.
fn created_names(root: Node<'_>) -> Option<Vec<&str>> {
    if let Some(view) = root.cast::<ast::ViewStmt>() {
        return Some(view.aliases().to_vec());
    }
    let into = match root.cast::<ast::CreateTableAsStmt>() {
        Some(create) => create.into(),
        None => root.cast::<ast::SelectStmt>()?.into_clause(),
    };
    Some(into?.col_names().to_vec())
}
