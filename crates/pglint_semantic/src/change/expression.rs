//! Expressions and type names before names are resolved.

use pglint_catalog::{Expression, Name, QualifiedName};
use pglint_text::TextRange;

/// An expression whose names are not yet resolved.
///
/// In [`expression`](UnresolvedExpression::expression), a column number is the
/// 1-based place in `columns`, and a relation's, function's or type's id the
/// 0-based place in the list of that sort here.
#[derive(Clone, Debug)]
pub struct UnresolvedExpression {
    /// The expression with places in the lists below instead of ids.
    pub expression: Expression,
    /// Column names, each once.
    pub columns: Vec<Name>,
    /// Relations that it names (`nextval('s')`, `'t'::regclass`).
    pub relations: Vec<QualifiedName>,
    /// Functions that it calls.
    pub functions: Vec<QualifiedName>,
    /// Types that it names.
    pub types: Vec<QualifiedName>,
    /// Where it is, relative to the statement.
    pub range: TextRange,
}

/// A type name that is not yet resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnresolvedType {
    /// The name as PostgreSQL's grammar gives it: `pg_catalog.int4` for
    /// `integer`. For `table.column%TYPE` the name of the table.
    pub name: QualifiedName,
    /// Modifiers as text: `10`, `2`, `Point`.
    pub modifiers: Box<[Name]>,
    /// Whether it is an array.
    pub array: bool,
    /// `SETOF`, in a function's result.
    pub set_of: bool,
    /// The column of `table.column%TYPE`.
    pub column_type_of: Option<Name>,
    /// Where it is, relative to the statement.
    pub range: TextRange,
}
