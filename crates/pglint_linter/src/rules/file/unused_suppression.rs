use crate::rule::prelude::*;

declare_rule! {
    /// A suppression comment whose rule reports nothing where the comment applies.
    ///
    /// Only rules that ran are judged: with `--select` or `--ignore`, comments
    /// about the other rules are left alone.
    ///
    /// ## Why is this bad?
    /// What it once allowed is gone; what it hides next may be a real mistake.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// ```
    /// ```sql bad
    /// -- pglint: ignore[select-star] the export wants every column
    /// --                ^^^^^^^^^^^ `select-star` reports nothing here
    /// SELECT id FROM account;
    /// ```
    /// ```sql fixed
    /// SELECT id FROM account;
    /// ```
    /// ```sql bad
    /// -- pglint: ignore[select-star, null-comparison] the export wants every column
    /// --                             ^^^^^^^^^^^^^^^ `null-comparison` reports nothing here
    /// SELECT * FROM account;
    /// ```
    /// ```sql fixed
    /// -- pglint: ignore[select-star] the export wants every column
    /// SELECT * FROM account;
    /// ```
    /// ```sql good
    /// -- pglint: ignore[select-star] the export wants every column
    /// SELECT * FROM account;
    /// ```
    /// ```sql good
    /// -- pglint: ignore-file[unused-suppression] generated with its comments
    /// -- pglint: ignore[select-star]
    /// SELECT id FROM account;
    /// ```
    name: "unused-suppression",
    category: "file",
    severity: Warning,
    since: "0.1.0",
}
