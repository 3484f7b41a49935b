use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// A comment that is meant for the migration tool, and that the tool does not take for a directive.
    ///
    /// ## Why is this bad?
    /// The tool does not do what the comment asks for: the migration runs inside of a
    /// transaction, or the way down runs together with the way up.
    ///
    /// ```sql setup file=1_account.sql
    /// -- migrate:up
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad file=2_index.sql
    /// -- migrate:up transaction: false
    /// --            ^^^^^^^^^^^^^^^^^^ `transaction: false` has no effect: dbmate takes it only as `transaction:false`
    /// CREATE INDEX CONCURRENTLY ON account (id);
    /// ```
    /// ```sql good file=2_index.sql
    /// -- migrate:up transaction:false
    /// CREATE INDEX CONCURRENTLY ON account (id);
    /// ```
    name: "ineffective-directive",
    category: "migration",
    severity: Warning,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::IneffectiveDirective { directive, why } = &problem.kind else {
        return None;
    };
    let message = format!("`{directive}` has no effect: {why}");
    cx.report(problem.location, message);
    Some(())
}
