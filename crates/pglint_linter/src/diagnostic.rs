//! What a rule says, as plain data.

use pglint_text::{FileId, StatementId, TextRange};

/// How bad it is. Ordered: `Info < Warning < Error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Advice.
    Info,
    /// A proven hazard.
    Warning,
    /// It cannot work, or it loses or leaks data.
    Error,
}

impl Severity {
    /// The word that users read and write: `error`, `warning` or `info`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Where something is, while an analysis is going on.
///
/// Facts about a statement stay valid while the text above it is edited, hence
/// ranges relative to the statement. `pglint_project` turns every location into
/// a [`FileRange`] once, where an analysis leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// A half-open byte range relative to the start of a statement.
    Statement {
        /// The statement.
        statement: StatementId,
        /// Relative to the statement's first byte.
        range: TextRange,
    },
    /// A half-open byte range of a file, for what belongs to no statement:
    /// suppression comments, stray text.
    File {
        /// The file.
        file: FileId,
        /// Relative to the file's first byte.
        range: TextRange,
    },
}

/// A half-open byte range of a file: where a finished diagnostic points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileRange {
    /// The file.
    pub file: FileId,
    /// Relative to the file's first byte.
    pub range: TextRange,
}

/// One thing that is wrong, at one place.
///
/// `L` is [`Location`] inside an analysis and [`FileRange`] outside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic<L = Location> {
    /// The rule's name, `missing-primary-key`.
    pub rule: &'static str,
    /// After settings are applied.
    pub severity: Severity,
    /// The name or the clause in the statement that last made it true; never a
    /// whole statement.
    pub location: L,
    /// One clause in the present tense that names the object in backticks,
    /// without a full stop.
    pub message: String,
    /// Other places that explain it, also in other files.
    pub labels: Vec<Label<L>>,
    /// What to do, starting with a verb. `None` where the message says it all.
    pub help: Option<String>,
    /// `None` where no text edit can be offered.
    pub fix: Option<Fix<L>>,
    /// Dotted name of the thing concerned, schema first
    /// (`public.orders.orders_user_id_fkey`), for grouping and baselines.
    /// `None` where the diagnostic is about no named thing.
    pub object: Option<String>,
}

/// A place beside the primary one, and what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label<L = Location> {
    /// The place.
    pub location: L,
    /// A few words without a full stop: `table created here`.
    pub message: String,
}

/// May a fix be applied without a look? Ordered: `Safe < Unsafe < DisplayOnly`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Applicability {
    /// Cannot change what the statement does.
    Safe,
    /// Can change what the statement does; a person must agree.
    Unsafe,
    /// To be read only: it is not complete, or it belongs elsewhere.
    DisplayOnly,
}

impl Applicability {
    /// The word in machine-readable output: `safe`, `unsafe` or `display-only`.
    pub fn name(self) -> &'static str {
        match self {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::DisplayOnly => "display-only",
        }
    }
}

/// Text edits that mend what a diagnostic says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix<L = Location> {
    /// What it does, starting with a verb: ``Replace `= NULL` with `IS NULL` ``.
    pub title: String,
    /// May it be applied without a look?
    pub applicability: Applicability,
    /// Disjoint, each touching the fewest bytes, in the order of the text.
    pub edits: Vec<Edit<L>>,
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit<L = Location> {
    /// What is replaced; an empty range is an insertion.
    pub location: L,
    /// What is put there.
    pub text: String,
}

impl<L> Diagnostic<L> {
    /// The same diagnostic with every location converted. `None` where one of
    /// the primary or edit locations cannot be; labels that cannot are dropped.
    pub fn relocate<M>(self, convert: impl Fn(L) -> Option<M>) -> Option<Diagnostic<M>> {
        let fix = match self.fix {
            Some(fix) => Some(Fix {
                title: fix.title,
                applicability: fix.applicability,
                edits: fix
                    .edits
                    .into_iter()
                    .map(|edit| {
                        Some(Edit {
                            location: convert(edit.location)?,
                            text: edit.text,
                        })
                    })
                    .collect::<Option<_>>()?,
            }),
            None => None,
        };
        Some(Diagnostic {
            rule: self.rule,
            severity: self.severity,
            location: convert(self.location)?,
            message: self.message,
            labels: self
                .labels
                .into_iter()
                .filter_map(|label| {
                    Some(Label {
                        location: convert(label.location)?,
                        message: label.message,
                    })
                })
                .collect(),
            help: self.help,
            fix,
            object: self.object,
        })
    }
}
