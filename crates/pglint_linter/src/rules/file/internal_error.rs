use crate::Location;
use crate::diagnostic::Diagnostic;
use crate::rule::prelude::*;

declare_rule! {
    /// Something that pglint itself fails at.
    ///
    /// ## Why is this bad?
    /// It is a mistake in pglint, which nothing in the SQL should cause. What the message
    /// tells was not checked; everything else was. Please report it with the statement that
    /// it is about.
    ///
    /// ```sql good
    /// SELECT 1 AS id;
    /// ```
    name: "internal-error",
    category: "file",
    severity: Error,
    since: "0.1.0",
}

/// What is told where pglint panicked with `failure` while it did `step`, such as
/// `checking this statement`.
pub fn internal_error(location: Location, step: &str, failure: &str) -> Diagnostic {
    Diagnostic {
        rule: RULE.name,
        severity: RULE.severity,
        location,
        message: format!("pglint failed while {step}: {failure}"),
        labels: Vec::new(),
        help: Some("report it to the authors of pglint, with the statement".to_owned()),
        fix: None,
        object: None,
    }
}
