//! What a rule may ask while it checks, and how it reports.

use pglint_catalog::{Catalog, Origin, SearchPath};
use pglint_semantic::replay::Problem;
use pglint_semantic::resolve::Resolution;
use pglint_semantic::section::Section;
use pglint_syntax::{Node, Statement};
use pglint_text::{FileId, StatementId, TextRange};

use crate::query::Resolved;
use crate::{Diagnostic, HistoryProblem, Location, Rule, Settings, Severity, Workload};

/// One database of a project, completely read: what all checks share.
#[derive(Clone, Copy)]
pub struct Database<'a> {
    /// The schema after all files.
    pub catalog: &'a Catalog,
    /// How the project's statements use the schema.
    pub workload: &'a Workload,
    /// The resolved settings.
    pub settings: &'a Settings,
    /// Which file each statement is in, and the order in which a database runs them.
    pub files: &'a dyn StatementFiles,
    /// What a server would certainly refuse of the migrations.
    pub problems: &'a [Problem],
    /// What the migration tool does unexpectedly.
    pub history: &'a [HistoryProblem],
}

/// Which file each statement is in.
pub trait StatementFiles: Sync {
    /// `None` for an id that was never given.
    fn file_of(&self, statement: StatementId) -> Option<FileId>;

    /// All statements of the file that a statement is in, itself included. Empty
    /// for an id that was never given.
    fn neighbours(&self, statement: StatementId) -> &[Statement];

    /// Does the database run `a` after `b`? Ids alone do not tell: a tool sorts
    /// its files in its own way.
    fn is_later(&self, a: StatementId, b: StatementId) -> bool;
}

/// Where a statement stands: what is known while it runs.
#[derive(Clone, Copy)]
pub struct StatementContext<'a> {
    /// The statement's id.
    pub id: StatementId,
    /// Its text: what the ranges of its nodes are relative to.
    pub text: &'a str,
    /// The section of the file that it belongs to.
    pub section: &'a Section,
    /// The schema that the statement meets. In a migration: after its file, so
    /// that what the file itself creates is known.
    pub catalog: &'a Catalog,
    /// Where its unqualified names are looked for.
    pub search_path: &'a SearchPath,
    /// Does its file make part of the schema? Not a dump beside migrations, nor
    /// another version of the schema.
    pub is_replayed: bool,
}

/// The context of a check.
pub struct Cx<'a> {
    pub(crate) rule: &'static Rule,
    pub(crate) severity: Severity,
    pub(crate) database: Database<'a>,
    pub(crate) statement: Option<StatementContext<'a>>,
    pub(crate) resolved: Option<&'a Resolved<'a>>,
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
}

impl<'a> Cx<'a> {
    /// The schema that the statement meets; for checks of the schema itself, the
    /// schema after all files.
    pub fn catalog(&self) -> &'a Catalog {
        self.statement
            .map_or(self.database.catalog, |statement| statement.catalog)
    }

    /// The database that is checked.
    pub fn database(&self) -> Database<'a> {
        self.database
    }

    /// How the project's statements use the schema.
    pub fn workload(&self) -> &'a Workload {
        self.database.workload
    }

    /// The resolved settings.
    pub fn settings(&self) -> &'a Settings {
        self.database.settings
    }

    /// The statement that is checked. `None` in checks of the schema.
    pub fn statement(&self) -> Option<StatementContext<'a>> {
        self.statement
    }

    /// The names of the checked statement. `None` in checks of the schema and of
    /// statements that could not be parsed.
    pub fn resolution(&self) -> Option<&'a Resolution> {
        self.resolved.map(Resolved::get)
    }

    /// Are both statements in the same file?
    pub fn is_same_file(&self, a: StatementId, b: StatementId) -> bool {
        let file = self.database.files.file_of(a);
        file.is_some() && file == self.database.files.file_of(b)
    }

    /// The place in the latest statement; of those in the same one, the first.
    pub fn latest_of(&self, first: Origin, others: impl IntoIterator<Item = Origin>) -> Origin {
        let files = self.database.files;
        let later =
            |last: Origin, other: Origin| match files.is_later(other.statement, last.statement) {
                true => other,
                false => last,
            };
        others.into_iter().fold(first, later)
    }

    /// Reports that something is wrong at `place`.
    ///
    /// The message is one clause in the present tense that names the object in
    /// backticks, without a full stop. The rest is added to what this returns.
    pub fn report(&mut self, place: impl Place, message: impl Into<String>) -> &mut Diagnostic {
        let location = place.location(self.statement.map(|statement| statement.id));
        self.diagnostics.push(Diagnostic {
            rule: self.rule.name,
            severity: self.severity,
            location,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            fix: None,
            object: None,
        });
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Where a node or range of the checked statement is.
    pub fn at(&self, place: impl Place) -> Location {
        place.location(self.statement.map(|it| it.id))
    }
}

/// Something that has a place.
pub trait Place {
    /// The place; `statement` is the one that is checked.
    fn location(self, statement: Option<StatementId>) -> Location;
}

impl Place for Location {
    fn location(self, _: Option<StatementId>) -> Location {
        self
    }
}

impl Place for Origin {
    fn location(self, _: Option<StatementId>) -> Location {
        Location::Statement {
            statement: self.statement,
            range: self.range,
        }
    }
}

impl<T> Place for Node<'_, T> {
    fn location(self, statement: Option<StatementId>) -> Location {
        self.range().location(statement)
    }
}

/// A range of the checked statement.
impl Place for TextRange {
    fn location(self, statement: Option<StatementId>) -> Location {
        // A check of the schema has no statement and reports at origins.
        let statement = statement.unwrap_or(StatementId(u32::MAX));
        Location::Statement {
            statement,
            range: self,
        }
    }
}

impl Diagnostic {
    /// Shows another place that explains it. Text: a few words, no full stop.
    pub fn label(&mut self, place: impl Place, message: impl Into<String>) -> &mut Diagnostic {
        let statement = match self.location {
            Location::Statement { statement, .. } => Some(statement),
            Location::File { .. } => None,
        };
        self.labels.push(crate::Label {
            location: place.location(statement),
            message: message.into(),
        });
        self
    }

    /// Says what to do. Starts with a verb, no full stop.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// Names the thing concerned: dotted, schema first.
    pub fn object(&mut self, object: impl Into<String>) -> &mut Diagnostic {
        self.object = Some(object.into());
        self
    }

    /// Lowers the severity of this one diagnostic.
    pub fn at_most(&mut self, severity: Severity) -> &mut Diagnostic {
        self.severity = self.severity.min(severity);
        self
    }

    /// Offers a fix.
    pub fn fix(&mut self, fix: crate::Fix) -> &mut Diagnostic {
        self.fix = Some(fix);
        self
    }
}
