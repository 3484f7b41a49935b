use pglint_syntax::{Statement, StatementParse};

use crate::rule::prelude::*;

declare_rule! {
    /// A statement that is too long or too deeply nested to be read.
    ///
    /// ## Why is this bad?
    /// It may be correct, but pglint does not know what it does, and so cannot check it.
    /// Most come out of a generator, as an `IN` list of a hundred thousand values. Long
    /// `VALUES` lists are no problem.
    ///
    /// ```sql good
    /// SELECT 1 AS id;
    /// ```
    name: "statement-too-complex",
    category: "file",
    severity: Info,
    since: "0.1.0",
    check: Statement => check,
}

fn check(cx: &mut Cx<'_>, statement: &Statement) -> Option<()> {
    let StatementParse::TooComplex { message, range } = &statement.parse else {
        return None;
    };
    cx.report(*range, message.as_str());
    Some(())
}
