//! Ids of catalog objects: given once, never reused, not changed by a rename.

/// A schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub u32);

impl SchemaId {
    /// `pg_catalog`, whose types and functions every search finds first.
    pub const PG_CATALOG: SchemaId = SchemaId(1);
    /// The session's temporary schema, which searches for relations and types
    /// look into before any other.
    pub const PG_TEMP: SchemaId = SchemaId(2);
    /// `information_schema`.
    pub const INFORMATION_SCHEMA: SchemaId = SchemaId(3);
    /// `public`, as a new database has it.
    pub const PUBLIC: SchemaId = SchemaId(4);
}

/// A table, view, materialized view, sequence, foreign table or composite type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationId(pub u32);

/// A column of its relation: 1-based, in the order of creation. A dropped
/// column's number is never used again (`pg_attribute.attnum`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnNumber(pub u16);

/// A constraint of a relation or domain; unique in the whole catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConstraintId(pub u32);

/// An index; unique in the whole catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndexId(pub u32);

/// A data type. Types of the server itself have PostgreSQL's own OIDs, those of
/// the project begin at 16384 (`FirstNormalObjectId`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl TypeId {
    /// `boolean`.
    pub const BOOL: TypeId = TypeId(16);
    /// `bytea`.
    pub const BYTEA: TypeId = TypeId(17);
    /// `name`.
    pub const NAME: TypeId = TypeId(19);
    /// `bigint`.
    pub const INT8: TypeId = TypeId(20);
    /// `smallint`.
    pub const INT2: TypeId = TypeId(21);
    /// `integer`.
    pub const INT4: TypeId = TypeId(23);
    /// `text`.
    pub const TEXT: TypeId = TypeId(25);
    /// `oid`.
    pub const OID: TypeId = TypeId(26);
    /// `json`.
    pub const JSON: TypeId = TypeId(114);
    /// `real`.
    pub const FLOAT4: TypeId = TypeId(700);
    /// `double precision`.
    pub const FLOAT8: TypeId = TypeId(701);
    /// `money`.
    pub const MONEY: TypeId = TypeId(790);
    /// `character`.
    pub const BPCHAR: TypeId = TypeId(1042);
    /// `character varying`.
    pub const VARCHAR: TypeId = TypeId(1043);
    /// `date`.
    pub const DATE: TypeId = TypeId(1082);
    /// `time without time zone`.
    pub const TIME: TypeId = TypeId(1083);
    /// `timestamp without time zone`.
    pub const TIMESTAMP: TypeId = TypeId(1114);
    /// `timestamp with time zone`.
    pub const TIMESTAMPTZ: TypeId = TypeId(1184);
    /// `interval`.
    pub const INTERVAL: TypeId = TypeId(1186);
    /// `time with time zone`.
    pub const TIMETZ: TypeId = TypeId(1266);
    /// `bit`.
    pub const BIT: TypeId = TypeId(1560);
    /// `bit varying`.
    pub const VARBIT: TypeId = TypeId(1562);
    /// `numeric`.
    pub const NUMERIC: TypeId = TypeId(1700);
    /// `trigger`, what trigger functions return.
    pub const TRIGGER: TypeId = TypeId(2279);
    /// `regclass`.
    pub const REGCLASS: TypeId = TypeId(2205);
    /// `uuid`.
    pub const UUID: TypeId = TypeId(2950);
    /// `jsonb`.
    pub const JSONB: TypeId = TypeId(3802);

    /// Whether the server itself brings it (all of schema `pg_catalog`).
    pub fn is_builtin(self) -> bool {
        self.0 < FIRST_PROJECT_ID
    }
}

/// Where ids of the project's own objects begin.
pub(crate) const FIRST_PROJECT_ID: u32 = 16384;

/// A function, procedure, aggregate or window function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub u32);

/// Any object that another can depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectId {
    /// A schema.
    Schema(SchemaId),
    /// A whole relation.
    Relation(RelationId),
    /// One column of a relation.
    Column(RelationId, ColumnNumber),
    /// A constraint of a relation.
    Constraint(RelationId, ConstraintId),
    /// An index of a relation.
    Index(RelationId, IndexId),
    /// A type.
    Type(TypeId),
    /// A function.
    Function(FunctionId),
}
