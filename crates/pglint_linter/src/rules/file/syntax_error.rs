use pglint_syntax::{Statement, StatementParse};

use crate::rule::prelude::*;

declare_rule! {
    /// PostgreSQL refuses the statement.
    ///
    /// ## Why is this bad?
    /// It does nothing but fail, and pglint cannot know what it was meant to do. The
    /// message is that of PostgreSQL's own parser. The statements around it are checked
    /// all the same.
    ///
    /// ```sql bad
    /// SELECT id FORM account;
    /// --             ^^^^^^^ syntax error at or near "account"
    /// ```
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL;
    /// --                                                          ^^^^ syntax error at end of input
    /// ```
    /// ```sql good
    /// SELECT 1 AS id;
    /// ```
    name: "syntax-error",
    category: "file",
    severity: Error,
    since: "0.1.0",
    check: Statement => check,
}

fn check(cx: &mut Cx<'_>, statement: &Statement) -> Option<()> {
    let StatementParse::SyntaxError(error) = &statement.parse else {
        return None;
    };
    if error.removed_in.is_some() {
        // `removed-syntax` speaks.
        return None;
    }
    cx.report(error.range, error.message.as_str());
    Some(())
}
