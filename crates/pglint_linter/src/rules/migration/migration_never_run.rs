use crate::history::{HistoryProblem, HistoryProblemKind};
use crate::rule::prelude::*;

declare_rule! {
    /// A file among the migrations that changes the schema and that the tool never runs.
    ///
    /// ## Why is this bad?
    /// Migration tools pass over what is not called as they expect, or what their plan
    /// does not list, without a word. The table that everybody believes to be there is
    /// missing.
    ///
    /// Dumps of the schema, and files that only read or fill tables, are not reported.
    ///
    /// ## When to ignore it
    /// Where something else runs the file.
    ///
    /// ```sql setup file=supabase/migrations/20240101000000_account.sql
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad file=supabase/migrations/orders.sql
    ///    CREATE TABLE orders (id bigint PRIMARY KEY);
    /// -- ^^^^^^ Supabase never runs this file, as its name is not `<digits>_<name>.sql`
    /// ```
    /// ```sql good file=supabase/migrations/20240102000000_orders.sql
    /// CREATE TABLE orders (id bigint PRIMARY KEY);
    /// ```
    name: "migration-never-run",
    category: "migration",
    severity: Warning,
    since: "0.1.0",
    check: History => check,
}

fn check(cx: &mut Cx<'_>, problem: &HistoryProblem) -> Option<()> {
    let HistoryProblemKind::NeverRun { why } = problem.kind else {
        return None;
    };
    let message = format!("{} never runs this file, {why}", problem.tool);
    cx.report(problem.location, message)
        .help("Rename it, list it, or keep it in another folder");
    Some(())
}
