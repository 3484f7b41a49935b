use crate::rule::prelude::*;

declare_rule! {
    /// A suppression comment that says nothing pglint understands, or names a rule that does not exist.
    ///
    /// ## Why is this bad?
    /// It suppresses nothing, although somebody believed that it does.
    ///
    /// ```sql bad
    /// -- pglint: ignore[slect-star] typing error
    /// --                ^^^^^^^^^^ there is no rule `slect-star`
    /// SELECT id FROM account;
    /// ```
    /// ```sql bad
    /// -- pglint: ignore
    /// -- ^^^^^^^^^^^^^^ `ignore` names no rule; write `ignore[RULE]`
    /// SELECT id FROM account;
    /// ```
    /// ```sql good
    /// -- pglint: ignore[select-star] the export wants every column
    /// SELECT * FROM account;
    /// ```
    name: "malformed-suppression",
    category: "file",
    severity: Warning,
    since: "0.1.0",
}
