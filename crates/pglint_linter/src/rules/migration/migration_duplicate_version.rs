use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// Two migrations with the same version.
    ///
    /// ## Why is this bad?
    /// Migration tools run every version once. Some refuse to run anything, others take
    /// the second file for one that has run already. It happens when two branches that
    /// each add a migration come together.
    ///
    /// Only tools that are known to tell migrations apart by their versions are judged;
    /// a way up and a way down belong together.
    ///
    /// ```sql setup file=0002_name.sql
    /// -- +goose Up
    /// ALTER TABLE account ADD COLUMN name text;
    /// ```
    /// ```sql bad file=002_phone.sql
    /// -- +goose Up
    ///    ALTER TABLE account ADD COLUMN phone text;
    /// -- ^^^^^ version `2` is that of `0002_name.sql`, too
    /// ```
    /// ```sql good file=0003_phone.sql
    /// -- +goose Up
    /// ALTER TABLE account ADD COLUMN phone text;
    /// ```
    name: "migration-duplicate-version",
    category: "migration",
    severity: Error,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::DuplicateVersion {
        version,
        earlier,
        place,
    } = &problem.kind
    else {
        return None;
    };
    let message = format!("version `{version}` is that of {earlier}, too");
    let help = format!(
        "Give one of them another version: {} runs every version once",
        problem.tool
    );
    cx.report(problem.location, message)
        .help(help)
        .label(*place, "the same version")
        .object(version.as_str());
    Some(())
}
