//! Which statement made a fact true, and why some facts cannot be known.

use crate::Name;
use pglint_text::{StatementId, TextRange};

/// The statement that last made a fact true, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The statement.
    pub statement: StatementId,
    /// The name or clause, as a half-open byte range relative to the statement's
    /// first byte.
    pub range: TextRange,
}

/// Something that the catalog cannot follow, and what it may have touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Why it cannot be followed.
    pub reason: UnknownReason,
    /// Where.
    pub origin: Origin,
}

/// Why a part of the catalog is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// SQL text put together at run time: `EXECUTE` in a `DO` block.
    DynamicSql,
    /// A statement that could not be read.
    UnparsedStatement,
    /// An extension whose objects are not known.
    Extension(Name),
    /// A call of a function of the project whose body changes the schema.
    FunctionCall(Name),
    /// A function that is not known was called at top level.
    UnknownFunctionCall(Name),
    /// A file that psql includes (`\i`) and that is not among the files.
    MissingFile(Name),
    /// A condition decides whether it happens (`\if`, a template's tag).
    Condition,
    /// It happens in another database (`\connect`).
    OtherDatabase,
    /// `IMPORT FOREIGN SCHEMA`.
    ForeignSchema,
    /// The columns of a query that could not be resolved, as in
    /// `CREATE TABLE ... AS`.
    QueryColumns,
    /// It is made from a relation or type that is itself not known.
    DependsOnUnknown(Name),
    /// A schema that no file makes.
    OutsideSchema,
    /// The migration tool of that name, or the platform that it belongs to, makes it.
    Provided(Name),
    /// A schema whose name is a placeholder: it may be any schema.
    PlaceholderSchema,
    /// Another file makes a table of that name with other columns: the two are
    /// hardly for one database.
    OtherDefinition,
}
