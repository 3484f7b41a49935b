use crate::condition::is_inside;
use crate::rule::prelude::*;
use crate::whole_table::{WholeTable, is_filled_here, restricts, severity_limit};

declare_rule! {
    /// A DELETE that removes every row of its table.
    ///
    /// ## Why is this bad?
    /// Nearly always the WHERE was forgotten, and the rows are gone. Where it is meant,
    /// `TRUNCATE` says so, and is faster.
    ///
    /// A condition that always holds, as `WHERE true`, counts as none. Temporary tables,
    /// tables that have one row, and those that the same file creates or fills again are left
    /// alone; so is a DELETE whose rows are used further, in a common table or by RETURNING.
    /// In a migration, or a file that defines things as well, it is a warning at most.
    ///
    /// ```sql setup
    /// CREATE TABLE session (id bigint PRIMARY KEY, seen_at timestamptz NOT NULL);
    /// CREATE TABLE old_session (id bigint PRIMARY KEY, seen_at timestamptz NOT NULL);
    /// ```
    /// ```sql bad
    /// DELETE FROM session;
    /// --          ^^^^^^^ DELETE without WHERE removes every row of `session`
    /// ```
    /// ```sql bad
    /// DELETE FROM session WHERE true;
    /// --          ^^^^^^^ DELETE whose WHERE is always true removes every row of `session`
    /// ```
    /// ```sql good
    /// DELETE FROM session WHERE seen_at < now() - interval '30 days';
    /// ```
    /// ```sql good
    /// WITH moved AS (DELETE FROM session RETURNING *) INSERT INTO old_session SELECT id, seen_at FROM moved;
    /// ```
    /// ```sql good
    /// CREATE TEMPORARY TABLE chosen (id bigint);
    /// DELETE FROM chosen;
    /// ```
    name: "delete-without-where",
    category: "query",
    severity: Error,
    since: "0.1.0",
    check: DeleteStmt => check,
}

fn check(cx: &mut Cx<'_>, delete: Node<'_, ast::DeleteStmt>) -> Option<()> {
    let target = delete.relation()?;
    let moves_rows =
        delete.returning_clause().is_some() || is_inside::<ast::CommonTableExpr, _>(delete);
    if moves_rows || restricts(delete.where_clause()) || is_filled_here(cx, target.relname()) {
        return None;
    }
    let found = WholeTable::new(cx, target)?;
    let how = match delete.where_clause() {
        None => "DELETE without WHERE",
        Some(_) => "DELETE whose WHERE is always true",
    };
    let message = format!("{how} removes every row of `{}`", found.name);
    let limit = severity_limit(cx);
    let object = found.table.map(|table| cx.catalog().qualified_name(table));
    let diagnostic = cx
        .report(target, message)
        .at_most(limit)
        .help("Add a WHERE that says which rows are meant, or write `TRUNCATE`");
    diagnostic.object = object;
    Some(())
}
