//! `CREATE TABLE`, `CREATE INDEX` and what they are made of.

use super::{RelationName, UnresolvedExpression, UnresolvedType};
use pglint_catalog::{
    ForeignKeyAction, MatchType, Name, PartitionStrategy, Persistence, QualifiedName, RelationKind,
};
use pglint_text::TextRange;

/// `CREATE TABLE`, `CREATE FOREIGN TABLE` or `CREATE TYPE ... AS (...)`.
#[derive(Clone, Debug)]
pub struct CreateTable {
    /// Its name.
    pub name: RelationName,
    /// Table, partitioned table, foreign table or composite type.
    pub kind: RelationKind,
    /// `TEMPORARY` or `UNLOGGED`.
    pub persistence: Persistence,
    /// `ON COMMIT DROP`.
    pub on_commit_drop: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Columns, constraints and `LIKE` in the order of the text.
    pub elements: Box<[TableElement]>,
    /// `INHERITS`.
    pub inherits: Vec<RelationName>,
    /// `PARTITION OF`.
    pub partition_of: Option<PartitionOf>,
    /// `PARTITION BY`.
    pub partition_by: Option<PartitionBy>,
    /// `OF type`.
    pub of_type: Option<QualifiedName>,
    /// Storage parameters as `name=value`.
    pub options: Vec<Name>,
}

/// An element between the parentheses of `CREATE TABLE`.
#[derive(Clone, Debug)]
pub enum TableElement {
    /// A column.
    Column(Box<ColumnDefinition>),
    /// A constraint.
    Constraint(Box<ConstraintDefinition>),
    /// `LIKE`.
    Like(Box<RelationName>, LikeOptions),
}

/// What `LIKE` copies beside names, types and NOT NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LikeOptions {
    /// `INCLUDING COMMENTS`.
    pub comments: bool,
    /// `INCLUDING CONSTRAINTS`: checks.
    pub constraints: bool,
    /// `INCLUDING DEFAULTS`.
    pub defaults: bool,
    /// `INCLUDING GENERATED`.
    pub generated: bool,
    /// `INCLUDING IDENTITY`.
    pub identity: bool,
    /// `INCLUDING INDEXES`: also keys.
    pub indexes: bool,
}

/// A column of `CREATE TABLE` or `ADD COLUMN`. What few columns have is boxed.
#[derive(Clone, Debug)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: Name,
    /// The name's place.
    pub range: TextRange,
    /// Its type; for `serial` the integer type behind it. `None` in
    /// `CREATE TABLE ... OF` and `PARTITION OF`, where it is given.
    pub data_type: Option<UnresolvedType>,
    /// `serial` and its kin.
    pub serial: bool,
    /// `COLLATE`.
    pub collation: Option<Name>,
    /// `DEFAULT`.
    pub default: Option<Box<UnresolvedExpression>>,
    /// `GENERATED ALWAYS AS (...)`, and whether `STORED`.
    pub generated: Option<Box<(UnresolvedExpression, bool)>>,
    /// `GENERATED ... AS IDENTITY`.
    pub identity: Option<Box<IdentityDefinition>>,
    /// `NULL` written out, with its place.
    pub null: Option<TextRange>,
    /// NOT NULL, keys, checks and references written with the column, in order.
    pub constraints: Box<[ConstraintDefinition]>,
}

/// `GENERATED ... AS IDENTITY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityDefinition {
    /// `ALWAYS` or `BY DEFAULT`.
    pub always: bool,
    /// `SEQUENCE NAME`.
    pub sequence_name: Option<QualifiedName>,
    /// The clause's place.
    pub range: TextRange,
}

/// A constraint as a statement asks for it.
#[derive(Clone, Debug)]
pub struct ConstraintDefinition {
    /// `None` when PostgreSQL makes the name.
    pub name: Option<Name>,
    /// The clause's place.
    pub range: TextRange,
    /// What it asks for.
    pub request: ConstraintRequest,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// `false` for `NOT VALID`.
    pub validated: bool,
    /// `false` for `NOT ENFORCED`.
    pub enforced: bool,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// `ALTER TABLE ONLY`: children do not get it.
    pub only: bool,
}

/// What a constraint asks for.
#[derive(Clone, Debug)]
pub enum ConstraintRequest {
    /// `NOT NULL` of a column.
    NotNull(Name),
    /// `PRIMARY KEY`.
    PrimaryKey(KeyDefinition),
    /// `UNIQUE`.
    Unique(KeyDefinition),
    /// `CHECK`.
    Check(Box<UnresolvedExpression>),
    /// `FOREIGN KEY` or `REFERENCES`.
    ForeignKey(Box<ForeignKeyDefinition>),
    /// `EXCLUDE`.
    Exclusion(Box<ExclusionDefinition>),
}

/// An exclusion constraint as asked for.
#[derive(Clone, Debug)]
pub struct ExclusionDefinition {
    /// The access method; `gist` when not written.
    pub method: Name,
    /// Its elements.
    pub elements: Vec<ElementDefinition>,
    /// The operator for each of them.
    pub operators: Vec<Name>,
    /// `INCLUDE`.
    pub include: Vec<Name>,
    /// `WHERE`.
    pub predicate: Option<UnresolvedExpression>,
}

/// A primary key or unique key as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDefinition {
    /// Its columns; empty with `using_index`.
    pub columns: Vec<Name>,
    /// `INCLUDE`.
    pub include: Vec<Name>,
    /// `USING INDEX`.
    pub using_index: Option<Name>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WITHOUT OVERLAPS`.
    pub without_overlaps: bool,
}

/// A foreign key as asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKeyDefinition {
    /// Its columns.
    pub columns: Vec<Name>,
    /// The referenced relation.
    pub target: RelationName,
    /// The referenced columns; empty means the primary key.
    pub target_columns: Vec<Name>,
    /// `MATCH`.
    pub match_type: MatchType,
    /// `ON DELETE`.
    pub on_delete: ForeignKeyAction,
    /// `ON UPDATE`.
    pub on_update: ForeignKeyAction,
    /// The columns of `ON DELETE SET NULL (...)`.
    pub on_delete_columns: Vec<Name>,
}

/// `PARTITION OF`, or the command `ATTACH PARTITION` seen from the partition.
#[derive(Clone, Debug)]
pub struct PartitionOf {
    /// The bound as written.
    pub text: Name,
    /// `DEFAULT`.
    pub is_default: bool,
    /// The bound's place.
    pub range: TextRange,
}

/// `PARTITION BY`.
#[derive(Clone, Debug)]
pub struct PartitionBy {
    /// How.
    pub strategy: PartitionStrategy,
    /// Columns and expressions in order.
    pub elements: Vec<ElementDefinition>,
}

/// `CREATE INDEX`.
#[derive(Clone, Debug)]
pub struct CreateIndex {
    /// `None` when PostgreSQL makes the name.
    pub name: Option<Name>,
    /// The name's place, or the statement's.
    pub range: TextRange,
    /// The indexed relation.
    pub relation: RelationName,
    /// `ON ONLY`.
    pub only: bool,
    /// The access method; `btree` when not written.
    pub method: Name,
    /// `UNIQUE`.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// Its elements in order.
    pub elements: Vec<ElementDefinition>,
    /// `INCLUDE`.
    pub include: Vec<Name>,
    /// `WHERE`.
    pub predicate: Option<UnresolvedExpression>,
}

/// One element of an index, an exclusion constraint or a partition key.
#[derive(Clone, Debug)]
pub struct ElementDefinition {
    /// The column. `None` for an expression.
    pub column: Option<Name>,
    /// The expression. `None` for a column.
    pub expression: Option<Box<UnresolvedExpression>>,
    /// What an expression is called in a generated name
    /// (`FigureIndexColname` in `parse_target.c`).
    pub label: Name,
    /// The operator class, without schema.
    pub operator_class: Option<Name>,
    /// The collation, without schema.
    pub collation: Option<Name>,
    /// `DESC`.
    pub descending: bool,
    /// Whether NULLs come first.
    pub nulls_first: bool,
}
