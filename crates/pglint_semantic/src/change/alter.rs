//! `ALTER`, `DROP`, `RENAME`: changes of objects that are there.

use super::{
    ColumnDefinition, ConstraintDefinition, IdentityDefinition, PartitionOf, RelationName,
    UnresolvedExpression, UnresolvedType,
};
use pglint_catalog::{Name, QualifiedName, RelationKind};
use pglint_text::TextRange;

/// `ALTER TABLE` and its kin.
#[derive(Clone, Debug)]
pub struct AlterTable {
    /// The relation.
    pub relation: RelationName,
    /// What the statement calls it: `ALTER VIEW`. `None` for `ALTER INDEX`.
    pub kind: Option<RelationKind>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// Without `ONLY`, children follow.
    pub recurse: bool,
    /// Its commands in order, each with its place.
    pub commands: Vec<(AlterTableCommand, TextRange)>,
}

/// A command of `ALTER TABLE`. Those that change nothing in the catalog
/// (statistics, storage, ownership, ...) are left out.
#[derive(Clone, Debug)]
pub enum AlterTableCommand {
    /// `ADD COLUMN`, with `IF NOT EXISTS`.
    AddColumn(Box<ColumnDefinition>, bool),
    /// `DROP COLUMN`.
    DropColumn {
        /// The column.
        name: Name,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `SET DEFAULT` or `DROP DEFAULT`.
    SetDefault(Name, Option<UnresolvedExpression>),
    /// `SET NOT NULL`.
    SetNotNull(Name),
    /// `DROP NOT NULL`.
    DropNotNull(Name),
    /// `SET EXPRESSION`.
    SetExpression(Name, UnresolvedExpression),
    /// `DROP EXPRESSION`, with `IF EXISTS`.
    DropExpression(Name, bool),
    /// `TYPE`.
    AlterType {
        /// The column.
        name: Name,
        /// Its new type.
        data_type: UnresolvedType,
        /// `COLLATE`.
        collation: Option<Name>,
    },
    /// `ADD CONSTRAINT`.
    AddConstraint(Box<ConstraintDefinition>),
    /// `DROP CONSTRAINT`.
    DropConstraint {
        /// The constraint.
        name: Name,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint(Name),
    /// `ALTER CONSTRAINT`.
    AlterConstraint {
        /// The constraint.
        name: Name,
        /// `DEFERRABLE` and `INITIALLY DEFERRED`, where the statement speaks of them.
        deferrability: Option<(bool, bool)>,
        /// `ENFORCED`, or `NOT ENFORCED`.
        enforced: Option<bool>,
        /// `NO INHERIT`, or `INHERIT`.
        no_inherit: Option<bool>,
    },
    /// `ADD GENERATED ... AS IDENTITY`.
    AddIdentity(Name, IdentityDefinition),
    /// `SET GENERATED`.
    SetIdentity(Name, bool),
    /// `DROP IDENTITY`, with `IF EXISTS`.
    DropIdentity(Name, bool),
    /// `ENABLE` or `DISABLE ROW LEVEL SECURITY`.
    RowSecurity(bool),
    /// `FORCE` or `NO FORCE ROW LEVEL SECURITY`.
    ForceRowSecurity(bool),
    /// `INHERIT`.
    Inherit(RelationName),
    /// `NO INHERIT`.
    NoInherit(RelationName),
    /// `ATTACH PARTITION`, also of an index.
    AttachPartition(RelationName, Option<PartitionOf>),
    /// `DETACH PARTITION`.
    DetachPartition(RelationName),
    /// `SET LOGGED` (`true`) or `SET UNLOGGED`.
    SetLogged(bool),
    /// `SET (...)`, as `name=value`.
    SetOptions(Vec<Name>),
    /// `RESET (...)`.
    ResetOptions(Vec<Name>),
}

/// Which sort of function a statement speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoutineKind {
    /// `FUNCTION`: anything but a procedure.
    Function,
    /// `PROCEDURE`.
    Procedure,
    /// `AGGREGATE`.
    Aggregate,
    /// `ROUTINE`: any.
    Routine,
}

/// The sorts of objects that `DROP`, `RENAME`, `SET SCHEMA` and `COMMENT` name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectKind {
    /// A schema.
    Schema,
    /// A relation of that kind.
    Relation(RelationKind),
    /// An index.
    Index,
    /// A type, a composite type included.
    Type,
    /// A domain.
    Domain,
    /// A function, procedure or aggregate.
    Function(RoutineKind),
    /// A trigger.
    Trigger,
    /// A policy.
    Policy,
    /// A column.
    Column,
    /// An attribute of a composite type.
    Attribute,
    /// A constraint of a table.
    TableConstraint,
    /// A constraint of a domain.
    DomainConstraint,
    /// An extension.
    Extension,
    /// A rule.
    Rule,
    /// Something that the catalog does not keep.
    Other,
}

/// An object that a statement names.
#[derive(Clone, Debug)]
pub struct Target {
    /// What sort.
    pub kind: ObjectKind,
    /// Its name; for a column, constraint, trigger or policy that of its
    /// relation or domain.
    pub name: QualifiedName,
    /// The column, constraint, trigger or policy.
    pub member: Option<Name>,
    /// A function's argument types. `None` when not written.
    pub arguments: Option<Vec<UnresolvedType>>,
    /// Where it is.
    pub range: TextRange,
}

/// `DROP`.
#[derive(Clone, Debug)]
pub struct Drop {
    /// The objects in order.
    pub targets: Vec<Target>,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// `CASCADE`.
    pub cascade: bool,
}

/// `ALTER ... RENAME`.
#[derive(Clone, Debug)]
pub struct Rename {
    /// What is renamed; a column, constraint and so on by its member.
    pub target: Target,
    /// Its new name.
    pub new_name: Name,
    /// `IF EXISTS`.
    pub if_exists: bool,
    /// Without `ONLY`, children follow.
    pub recurse: bool,
}
