//! What a migration tool makes of a project's files, where that is hardly what
//! was meant. `pglint_project` knows the tools and finds it; rules put it into
//! words.

use crate::Location;

/// One thing that a migration tool does unexpectedly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryProblem {
    /// The directive or statement, or the first word of a file that is meant as
    /// a whole.
    pub location: Location,
    /// The migration tool: `goose`.
    pub tool: &'static str,
    /// What it does.
    pub kind: HistoryProblemKind,
}

/// What a migration tool does unexpectedly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryProblemKind {
    /// An earlier migration has the same version.
    DuplicateVersion {
        /// As the tool compares it.
        version: String,
        /// The earlier one, as the end of a sentence: its name in backticks.
        earlier: String,
        /// Where it is.
        place: Location,
    },
    /// The tool counts from 1 without gaps, and this version is missing before
    /// the file.
    VersionGap {
        /// The first one that is missing.
        missing: u64,
    },
    /// The file runs at a place where it was hardly meant to run.
    OutOfOrder {
        /// One clause without the file's name: ``runs before `9_a.sql` ``.
        what: String,
        /// How the tool orders, as advice: begins with a verb.
        help: String,
    },
    /// The tool does not run the file.
    NeverRun {
        /// Why, after a comma: `as its name is not ...`.
        why: &'static str,
    },
    /// A comment looks like a directive of the tool and is none.
    IneffectiveDirective {
        /// The comment.
        directive: String,
        /// When it would be one, after a colon: `sqlx reads it only ...`.
        why: String,
    },
    /// A dump of the schema differs from what the migrations make.
    DumpDrift {
        /// What differs: ``column `public.account.email` ``.
        object: String,
        /// What it is in the dump; `None` where it is missing there.
        in_dump: Option<String>,
        /// What it is after the migrations; `None` where they do not make it.
        by_migrations: Option<String>,
        /// Where the migrations make it.
        place: Option<Location>,
    },
    /// The tool ends a statement at a semicolon inside of it.
    SplitStatement {
        /// What to put before and after the statement.
        marks: (&'static str, &'static str),
    },
}
