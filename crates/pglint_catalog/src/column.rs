//! Columns and what is known about their values.

use crate::{ColumnNumber, DataType, Expression, Name, Origin, RelationId};

/// A column of a relation (`pg_attribute`). What few columns have is boxed: a
/// schema may have hundreds of thousands of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its number.
    pub number: ColumnNumber,
    /// Its present name.
    pub name: Name,
    /// Its type.
    pub data_type: DataType,
    /// What made it NOT NULL. `None` when it is nullable.
    pub not_null: Option<NotNull>,
    /// The command that took NOT NULL away. `None` when it never was NOT NULL.
    pub lost_not_null: Option<Origin>,
    /// Its `DEFAULT`. `None` for a generated column and when there is none.
    pub default: Option<Box<ColumnDefault>>,
    /// `GENERATED ... AS IDENTITY`.
    pub identity: Option<Identity>,
    /// `GENERATED ALWAYS AS (...)`.
    pub generated: Option<Box<GeneratedColumn>>,
    /// A collation written with it, its schema left out. `None` means the
    /// type's own.
    pub collation: Option<Name>,
    /// The column's name where it was defined (or last renamed).
    pub origin: Origin,
    /// The type's name where it was given or last changed.
    pub type_origin: Origin,
    /// How many parents it is inherited from (`attinhcount`).
    pub inherited_from: u16,
    /// Whether the relation defines it itself (`attislocal`).
    pub is_local: bool,
    /// `COMMENT ON COLUMN`.
    pub comment: Option<Name>,
}

impl Column {
    /// Whether no row can hold NULL in it: a NOT NULL that is NOT VALID proves
    /// nothing.
    pub fn is_proven_not_null(&self) -> bool {
        self.not_null.as_ref().is_some_and(|it| it.validated)
    }

    /// What last made it nullable, for a column that is: the command that dropped
    /// NOT NULL, else its definition.
    pub fn nullable_origin(&self) -> Origin {
        self.lost_not_null.unwrap_or(self.origin)
    }

    /// Whether a row inserted without it gets a value: a default that is not
    /// NULL, an identity, or an expression.
    pub fn has_default_value(&self) -> bool {
        self.identity.is_some()
            || self.generated.is_some()
            || self
                .default
                .as_ref()
                .is_some_and(|default| default.expression.shape != crate::Shape::Null)
    }
}

/// What made a column NOT NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotNull {
    /// The constraint's name, as PostgreSQL 18 gives it.
    pub name: Name,
    /// Which clause it came from.
    pub cause: NotNullCause,
    /// `false` after `NOT VALID`, until it is validated.
    pub validated: bool,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// The clause.
    pub origin: Origin,
    /// Whether the relation says so itself, not only a parent.
    pub is_local: bool,
    /// How many parents say so.
    pub inherited_from: u16,
}

/// Which clause makes a column NOT NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotNullCause {
    /// `NOT NULL`, `SET NOT NULL`, or a named constraint.
    NotNull,
    /// It is in the primary key.
    PrimaryKey,
    /// `serial` and its kin.
    Serial,
    /// `AS IDENTITY`.
    Identity,
    /// A parent or the table that `LIKE` copies has it.
    Inherited,
}

/// The default of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnDefault {
    /// What is inserted.
    pub expression: Expression,
    /// The clause, or the type's name for `serial`.
    pub origin: Origin,
}

/// `GENERATED ... AS IDENTITY`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `ALWAYS` (`true`) or `BY DEFAULT`.
    pub always: bool,
    /// The sequence behind it. `None` when it is a parent's.
    pub sequence: Option<RelationId>,
    /// The clause.
    pub origin: Origin,
}

/// `GENERATED ALWAYS AS (expression) STORED` or, since PostgreSQL 18, `VIRTUAL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedColumn {
    /// How the value is made.
    pub expression: Expression,
    /// Kept on disk, or computed when read.
    pub stored: bool,
    /// The clause.
    pub origin: Origin,
}
