use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// A statement that the migration tool cuts into pieces.
    ///
    /// ## Why is this bad?
    /// goose and sql-migrate end a statement at every line whose last word ends in a
    /// semicolon, also inside the body of a function. The server gets half a function
    /// and refuses it.
    ///
    /// ```sql setup file=1_account.sql
    /// -- +goose Up
    /// CREATE TABLE account (id bigint PRIMARY KEY, changed_at timestamptz NOT NULL DEFAULT now());
    /// ```
    /// ```sql bad file=2_touch.sql
    /// -- +goose Up
    /// CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
    /// BEGIN
    ///     NEW.changed_at := now();
    /// --                         ^ goose ends the statement here, in the middle of it
    ///     RETURN NEW;
    /// END $$;
    /// ```
    /// ```sql good file=2_touch.sql
    /// -- +goose Up
    /// -- +goose StatementBegin
    /// CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
    /// BEGIN
    ///     NEW.changed_at := now();
    ///     RETURN NEW;
    /// END $$;
    /// -- +goose StatementEnd
    /// ```
    name: "split-statement",
    category: "migration",
    severity: Error,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::SplitStatement { marks } = problem.kind else {
        return None;
    };
    let message = format!("{} ends the statement here, in the middle of it", problem.tool);
    let (before, after) = marks;
    let help = format!("Put `{before}` before the statement and `{after}` after it");
    cx.report(problem.location, message).help(help);
    Some(())
}
