//! Numbers that stand for files and statements.

/// A file of the project, or a document of an editor.
///
/// A plain number: where the text came from and what it is called is known to
/// `pglint_project` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A statement of the project.
///
/// The id says nothing of the statement's place: it stays the same while other
/// statements of its file are edited, so that facts about a statement can be
/// kept in ranges relative to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId(pub u32);
