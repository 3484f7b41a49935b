use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// A migration that its tool runs at another place than its version says.
    ///
    /// ## Why is this bad?
    /// Some tools compare versions as text, so that `10` comes before `9`, and some as
    /// numbers, so that a date without a time comes before every date with one. The
    /// migration then meets a schema that it was not written for, or is left out
    /// because a later one has run.
    ///
    /// ```sql setup file=20240131120000_account.sql
    /// -- +goose Up
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad file=20240201_name.sql
    /// -- +goose Up
    ///    ALTER TABLE account ADD COLUMN name text;
    /// -- ^^^^^ runs before `20240131120000_account.sql`
    /// ```
    /// ```sql good file=20240201000000_name.sql
    /// -- +goose Up
    /// ALTER TABLE account ADD COLUMN name text;
    /// ```
    name: "migration-out-of-order",
    category: "migration",
    severity: Warning,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::OutOfOrder { what, help } = &problem.kind else {
        return None;
    };
    cx.report(problem.location, what.as_str()).help(help.as_str());
    Some(())
}
