use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// A hole in the numbers of migrations, where the migration tool allows none.
    ///
    /// ## Why is this bad?
    /// tern counts its migrations from 1 and refuses to run any as soon as a number is
    /// missing.
    ///
    /// ```sql setup file=001_account.sql
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ---- create above / drop below ----
    /// DROP TABLE account;
    /// ```
    /// ```sql bad file=003_name.sql
    ///    ALTER TABLE account ADD COLUMN name text;
    /// -- ^^^^^ migration `2` is missing before this one
    /// ```
    /// ```sql good file=002_name.sql
    /// ALTER TABLE account ADD COLUMN name text;
    /// ```
    name: "migration-version-gap",
    category: "migration",
    severity: Error,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::VersionGap { missing } = problem.kind else {
        return None;
    };
    let message = format!("migration `{missing}` is missing before this one");
    let help = format!(
        "Number the migrations without gaps: {} refuses to run any",
        problem.tool
    );
    cx.report(problem.location, message).help(help);
    Some(())
}
