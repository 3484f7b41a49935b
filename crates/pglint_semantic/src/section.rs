//! What a part of a file is for: which way it migrates, in which transaction.
//!
//! Plain data. `pglint_project` cuts files into sections, as the migration tool
//! that runs them would; rules ask the section and never a global flag.

use pglint_text::TextRange;

/// Which way a section changes the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// A step forward on a database that may hold data.
    Up,
    /// The way back. Parsed, never replayed: hardly anybody ever runs it.
    Down,
    /// Run again whenever its text changes: views, functions, policies.
    Repeatable,
    /// Builds a database from nothing: a schema file or a dump.
    Snapshot,
    /// Statements that a program sends; not part of the schema.
    Query,
}

/// How the statements of a section reach the server.
///
/// Several statements that are sent as one string run in one implicit
/// transaction even without a BEGIN (PostgreSQL manual, "Multiple Statements in
/// a Simple Query").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transaction {
    /// The migration tool opens a transaction around the section.
    Wrapped,
    /// The section is sent as one string: an implicit transaction as soon as it
    /// holds more than one statement.
    Implicit,
    /// Each statement is sent on its own and commits by itself.
    PerStatement,
    /// Nothing is known of how the section is run.
    None,
}

/// A part of a file with one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Half-open byte range of the file. Sections of a file are disjoint and in
    /// the order of the text; what lies in none of them is never run.
    pub range: TextRange,
    /// Which way it goes.
    pub direction: Direction,
    /// How it is run.
    pub transaction: Transaction,
    /// The version as the migration tool writes it, `20240131`; `None` where
    /// the file has none.
    pub version: Option<String>,
    /// Does something that the files do not tell decide whether it is run: a
    /// precondition, a context?
    pub is_conditional: bool,
}

impl Direction {
    /// Do sections of this direction take part in the replay of the schema?
    pub fn is_replayed(self) -> bool {
        !matches!(self, Direction::Down | Direction::Query)
    }
}

impl Section {
    /// Does the section take part in the replay of the schema?
    pub fn is_replayed(&self) -> bool {
        self.direction.is_replayed()
    }
}
