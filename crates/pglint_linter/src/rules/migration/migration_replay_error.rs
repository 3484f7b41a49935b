use pglint_catalog::{Lookup, NamedRelation, Origin, SearchPath};
use pglint_semantic::replay::{Problem, ProblemKind};

use crate::rule::prelude::*;

declare_rule! {
    /// A migration that PostgreSQL refuses after those before it.
    ///
    /// ## Why is this bad?
    /// It fails wherever the migrations run one after the other: on a new database, in
    /// tests, on every server that is not there yet. The message and its SQLSTATE are
    /// PostgreSQL's own.
    ///
    /// Only what is certain is reported: nothing in files that come in any order, and
    /// nothing that dynamic SQL, an extension, a step in another language or a schema
    /// that the project does not make could explain. What follows from one refused
    /// statement is not reported again.
    ///
    /// ```sql setup file=0001_account.sql
    /// -- +goose Up
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// ```
    /// ```sql bad file=0002_email.sql
    /// -- +goose Up
    /// ALTER TABLE account ADD COLUMN email text;
    /// --                  ^^^^^^^^^^^^^^^^^^^^^ column "email" of relation "account" already exists (SQLSTATE 42701)
    /// ```
    /// ```sql bad file=0002_order.sql
    /// -- +goose Up
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES acount);
    /// --                                                                                ^^^^^^ relation "acount" does not exist (SQLSTATE 42P01)
    /// ```
    /// ```sql good file=0002_email.sql
    /// -- +goose Up
    /// ALTER TABLE account ADD COLUMN IF NOT EXISTS email text;
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/errcodes-appendix.html>
    name: "migration-replay-error",
    category: "migration",
    severity: Error,
    since: "0.1.0",
    check: Problem => check,
}

fn check(cx: &mut Cx<'_>, problem: &Problem) -> Option<()> {
    let other = other_place(cx, problem);
    let message = format!("{} (SQLSTATE {})", problem.message, problem.sqlstate);
    let diagnostic = cx.report(problem.origin, message);
    if let Some(about) = &problem.about {
        diagnostic.object(about.to_string());
    }
    if let Some(other) = other {
        let words = match problem.kind {
            ProblemKind::Missing => "created here, later",
            _ => "created here",
        };
        diagnostic.label(other, words);
    }
    Some(())
}

/// Where that which is there already, or not yet, is made.
fn other_place(cx: &Cx<'_>, problem: &Problem) -> Option<Origin> {
    let about = problem.about.as_ref()?;
    let catalog = cx.catalog();
    let path = SearchPath::default();
    let found = match catalog.lookup_named(about.schema.as_deref(), &about.name, &path) {
        Lookup::Found(NamedRelation::Relation(id)) => catalog.relation(id)?.origin,
        Lookup::Found(NamedRelation::Index(id, index)) => catalog.index(id, index)?.origin,
        Lookup::Missing | Lookup::Unknown => return None,
    };
    let files = cx.database().files;
    let is_later = files.is_later(found.statement, problem.origin.statement);
    let is_itself = found.statement == problem.origin.statement;
    (is_later == (problem.kind == ProblemKind::Missing) && !is_itself).then_some(found)
}
