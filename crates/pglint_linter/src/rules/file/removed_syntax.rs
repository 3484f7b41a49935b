use pglint_syntax::{Statement, StatementParse};

use crate::rule::prelude::*;

declare_rule! {
    /// Syntax that PostgreSQL no longer understands.
    ///
    /// ## Why is this bad?
    /// The statement ran on a server of its time and fails on a server of today, so that
    /// a new database cannot be built from the files any more. What pglint cannot read
    /// it does not check either.
    ///
    /// ## When to ignore it
    /// In a migration that has run everywhere and that no new database begins with.
    ///
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY) WITH OIDS;
    /// --                                                ^^^^ syntax error at or near "OIDS" since PostgreSQL 12
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY) WITH (fillfactor = 70);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/release/12.0/>
    name: "removed-syntax",
    category: "file",
    severity: Warning,
    since: "0.1.0",
    check: Statement => check,
}

fn check(cx: &mut Cx<'_>, statement: &Statement) -> Option<()> {
    let StatementParse::SyntaxError(error) = &statement.parse else {
        return None;
    };
    let version = error.removed_in?;
    let message = format!("{} since PostgreSQL {version}", error.message);
    let help = format!("Write it without the syntax that PostgreSQL {version} took away");
    cx.report(error.range, message).help(help);
    Some(())
}
