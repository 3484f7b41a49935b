//! Keeps a panic about one file to that file.
//!
//! Nothing in a text should make pglint panic. Where it happens all the same, the
//! file gets a diagnostic, what it may have done to the schema is unknown, and all
//! other files are as they would be.

use std::any::Any;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pglint_catalog::UnknownReason;
use pglint_linter::rules::internal_error;
use pglint_linter::{Diagnostic, Location};
use pglint_semantic::change::UnknownEffect;
use pglint_text::{StatementId, TextRange, TextSize};

/// Does `work`, which is what `step` says, about what is at `location` and given by
/// `subject`. Nothing of what it was changing may be used after a panic.
pub(crate) fn isolated<T>(
    location: Location,
    step: &str,
    subject: &dyn Debug,
    work: impl FnOnce() -> T,
) -> Result<T, Box<Diagnostic>> {
    let work = || {
        strike(step, subject);
        work()
    };
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|panic| Box::new(internal_error(location, step, message(&*panic))))
}

/// The range of the first word of a text.
pub(crate) fn first_word(text: &str) -> TextRange {
    let rest = text.trim_start();
    let word = rest.split_whitespace().next().unwrap_or_default();
    TextRange::at(TextSize::of(text) - TextSize::of(rest), TextSize::of(word))
}

/// The location of the first word of a statement, and its range there.
pub(crate) fn at_first_word(statement: StatementId, text: &str) -> (Location, TextRange) {
    let range = first_word(text);
    (Location::Statement { statement, range }, range)
}

/// What may have been done where nobody knows what was.
pub(crate) fn anything() -> UnknownEffect {
    UnknownEffect {
        reason: UnknownReason::UnparsedStatement,
        names: Vec::new(),
        creates_anything: true,
        changes_anything: true,
        takes_names: false,
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without message")
}

/// Panics in tests where the subject names the step: `fails while lowering`.
#[cfg(test)]
fn strike(step: &str, subject: &dyn Debug) {
    let word = format!("fails_{}", step.replace(' ', "_"));
    assert!(!format!("{subject:?}").contains(&word), "struck");
}

#[cfg(not(test))]
fn strike(_step: &str, _subject: &dyn Debug) {}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use crate::{Analysis, Overlay, Request, Workspace, decode_text};

    const FILES: [(&str, &str); 3] = [
        (
            "migrations/001_a.sql",
            "CREATE TABLE a (id bigint PRIMARY KEY, at timestamp);\n",
        ),
        (
            "migrations/002_b.sql",
            "CREATE TABLE b (id bigint PRIMARY KEY);\nSELECT 1 = NULL;\n",
        ),
        (
            "migrations/003_c.sql",
            "CREATE TABLE c (id bigint);\nSELECT 2 = NULL;\n",
        ),
    ];

    /// The name of the file, the rule and the line of each diagnostic.
    fn told(analysis: &Analysis) -> Vec<String> {
        let diagnostics = analysis.diagnostics().map(|found| {
            let file = analysis.project.file(found.location.file);
            let line = file.position(found.location.range.start()).line;
            format!("{} {} {line}", file.name, found.rule)
        });
        diagnostics.collect()
    }

    /// What is said where the text of the second file holds `struck`, in an analysis
    /// of its own and after edits; and that it is as before once that is gone.
    fn check(struck: &str, expected: &[&str]) {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for (name, text) in FILES {
            write(name, text);
        }
        let request = Request {
            working_directory: directory.path().into(),
            paths: vec![directory.path().into()],
            ..Request::default()
        };
        let (name, text) = FILES[1];
        let bad = text.replace("TABLE b", &format!("TABLE {struck}"));
        let mut workspace = Workspace::new(request.clone());
        let mut with = |text: &str| {
            let overlay = Overlay {
                path: directory.path().join(Path::new(name)),
                content: decode_text(&Arc::from(text)),
            };
            told(&workspace.analyse(vec![overlay], false))
        };
        let before = with(text);
        assert_eq!(with(&bad), expected, "{struck} after an edit");
        assert_eq!(with(&format!("{bad}\n")), expected, "{struck} after two");
        assert_eq!(with(text), before, "{struck} gone");
        write(name, &bad);
        let fresh = Analysis::new(crate::Project::read(&request));
        assert_eq!(told(&fresh), expected, "{struck}");
    }

    #[test]
    fn a_panic_costs_one_file_a_diagnostic() {
        let (a, c) = ("migrations/001_a.sql", "migrations/003_c.sql");
        let first = format!("{a} timestamp-without-time-zone 1");
        let (third, last) = (
            format!("{c} missing-primary-key 1"),
            format!("{c} null-comparison 2"),
        );
        let failed = "migrations/002_b.sql internal-error 1";
        let second = "migrations/002_b.sql null-comparison 2";
        let all = [&*first, failed, second, &third, &last];
        check("fails_checking_this_statement", &all);
        check("fails_checking_this_table", &all);
        check("fails_resolving_this_statement", &all);
        // Here the words of the text tell what the file may do to the schema.
        check("fails_reading_this_file", &[&first, failed, &third, &last]);
        // Here it may do anything to what was there before.
        check(
            "fails_lowering_this_statement",
            &[failed, second, &third, &last],
        );
        check(
            "fails_replaying_this_file",
            &[failed, second, &third, &last],
        );
    }
}
