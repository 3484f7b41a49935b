//! Data types: of columns, and the type objects themselves.

use crate::{
    Constraint, Expression, Name, NotNull, Origin, QualifiedName, RelationId, SchemaId, TypeId,
};

/// The type of a column, an argument or a domain's base, with its modifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DataType {
    /// Which type; for an array that of its elements.
    pub reference: TypeReference,
    /// `varchar(20)`, `numeric(10,2)` and the like.
    pub modifier: Modifier,
    /// Whether it is an array of that type. PostgreSQL does not tell one
    /// dimension from several.
    pub array: bool,
}

/// Which type an SQL type name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeReference {
    /// A type of the catalog.
    Known(TypeId),
    /// A name that the catalog does not know: of an unknown extension, made by
    /// dynamic SQL, or wrong.
    Unknown(Box<QualifiedName>),
    /// The type of a query's column that was not resolved.
    Undetermined,
}

/// A type modifier (`atttypmod`), read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// None was written and none is implied.
    None,
    /// The length of `character`, `character varying`, `bit`, `bit varying`, in
    /// characters or bits.
    Length(i32),
    /// The digits of the seconds of time and timestamp types.
    Precision(i32),
    /// `numeric(precision, scale)`.
    Numeric {
        /// Digits in all.
        precision: i32,
        /// Digits after the point; may be negative.
        scale: i32,
    },
    /// The fields and precision of an `interval`.
    Interval {
        /// `year to month` and the like; `None` when not restricted.
        fields: Option<Box<Name>>,
        /// Digits of the seconds.
        precision: Option<i32>,
    },
    /// The text between the parentheses for a type of an extension:
    /// `vector(1536)`, `geometry(Point,4326)`.
    Other(Box<Name>),
}

impl DataType {
    /// A type of the server without a modifier.
    pub fn builtin(id: TypeId) -> DataType {
        DataType {
            reference: TypeReference::Known(id),
            modifier: Modifier::None,
            array: false,
        }
    }

    /// The id when it is that type itself, not an array of it and not unknown.
    pub fn scalar_id(&self) -> Option<TypeId> {
        match self.reference {
            TypeReference::Known(id) if !self.array => Some(id),
            _ => None,
        }
    }

    /// Whether it is this type, with any modifier, and not an array.
    pub fn is(&self, id: TypeId) -> bool {
        self.scalar_id() == Some(id)
    }

    /// The id of the type or, for an array, of its elements. `None` when unknown.
    pub fn element_id(&self) -> Option<TypeId> {
        match self.reference {
            TypeReference::Known(id) => Some(id),
            TypeReference::Unknown(_) | TypeReference::Undetermined => None,
        }
    }
}

/// A type object (`pg_type`). Array types are not objects of their own here.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    /// Its id.
    pub id: TypeId,
    /// Its schema.
    pub schema: SchemaId,
    /// Its name in the schema; for built-in types `typname`, as `int4`.
    pub name: Name,
    /// What sort of type.
    pub kind: TypeKind,
    /// Its category.
    pub category: TypeCategory,
    /// What made it. `None` for types of the server.
    pub origin: Option<Origin>,
    /// The extension it belongs to.
    pub extension: Option<Name>,
    /// `COMMENT ON TYPE` or `DOMAIN`.
    pub comment: Option<Name>,
}

/// `pg_type.typcategory`: the letters of table "typcategory Codes" in the
/// manual's chapter on `pg_type`, as `N` for numeric types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeCategory(pub char);

/// What sort of type it is.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeKind {
    /// A base type: of the server, of an extension, or of `CREATE TYPE (INPUT ...)`.
    Base,
    /// `CREATE TYPE name` alone, to be filled later.
    Shell,
    /// An enum's labels in their order.
    Enum(Vec<Name>),
    /// A domain.
    Domain(Box<Domain>),
    /// The row type of a relation, or a composite type, whose columns are the
    /// columns of that relation.
    Composite(RelationId),
    /// A range type, with its options as written: `(subtype = float8)`; empty for
    /// those of the server, their multiranges included.
    Range(Name),
    /// The multirange type that came with that range type.
    Multirange(TypeId),
    /// A pseudo-type as `trigger` or `record`.
    Pseudo,
}

/// A domain over another type.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    /// The type below; may be a domain itself.
    pub base: DataType,
    /// A collation written with it, its schema left out. `None` means the type's own.
    pub collation: Option<Name>,
    /// `NOT NULL` of the domain.
    pub not_null: Option<NotNull>,
    /// `DEFAULT` of the domain.
    pub default: Option<Expression>,
    /// Its check constraints.
    pub checks: Vec<Constraint>,
}
