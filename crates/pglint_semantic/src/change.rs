//! What one DDL statement asks for, as owned data: names as written, not resolved.
//!
//! `lower` makes these from a tree, `replay` folds them into a catalog. They
//! depend on the text of their statement alone, so they can be cached by it.

mod about;
mod alter;
mod expression;
mod place;
mod table;

pub use alter::{AlterTable, AlterTableCommand, Drop, ObjectKind, Rename, RoutineKind, Target};
pub use expression::{UnresolvedExpression, UnresolvedType};
pub(crate) use place::put_at;
pub use table::{
    ColumnDefinition, ConstraintDefinition, ConstraintRequest, CreateIndex, CreateTable,
    ElementDefinition, ExclusionDefinition, ForeignKeyDefinition, IdentityDefinition,
    KeyDefinition, LikeOptions, PartitionBy, PartitionOf, TableElement,
};

use std::sync::Arc;

use pglint_catalog::{
    ArgumentMode, DataType, FunctionKind, Name, Persistence, PolicyCommand, QualifiedName,
    RelationKind, TriggerClauses, UnknownReason, Volatility,
};
use pglint_syntax::Tree;
use pglint_text::{StatementId, TextRange, TextSize};

/// One change of the schema (or of the session that makes such changes).
#[derive(Clone, Debug)]
pub struct DdlChange {
    /// The statement it comes from.
    pub statement: StatementId,
    /// The name of the object that it is about, relative to the statement.
    pub range: TextRange,
    /// What it asks for.
    pub action: Action,
    /// Whether code stands around it (a `DO` block) that makes it run only when it
    /// can, or catches its failure: then its failure is no problem.
    pub is_guarded: bool,
}

/// A relation's name in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationName {
    /// As written.
    pub name: QualifiedName,
    /// Where, relative to the statement.
    pub range: TextRange,
}

/// What a DDL statement asks for.
#[derive(Clone, Debug)]
pub enum Action {
    /// `SET search_path`; `None` resets it.
    SetSearchPath {
        /// The schemas; `"$user"` is left out.
        schemas: Option<Vec<Name>>,
        /// How long it holds.
        scope: SettingScope,
    },
    /// `BEGIN`, `COMMIT`, ...
    Transaction(TransactionStep),
    /// `CREATE SCHEMA`; its elements follow as changes of their own between
    /// this and [`Action::EndOfSchema`].
    CreateSchema {
        /// Its name.
        name: Name,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// The end of the elements of `CREATE SCHEMA`.
    EndOfSchema,
    /// `CREATE TABLE`, also foreign, and the columns of a composite type.
    CreateTable(Box<CreateTable>),
    /// `CREATE TABLE ... AS`, `SELECT INTO`, `CREATE MATERIALIZED VIEW`,
    /// `CREATE VIEW`.
    CreateFromQuery(Box<CreateFromQuery>),
    /// `ALTER TABLE` and its kin for views, indexes, sequences, composite types.
    AlterTable(AlterTable),
    /// `CREATE INDEX`.
    CreateIndex(Box<CreateIndex>),
    /// `CREATE SEQUENCE`.
    CreateSequence(SequenceDefinition),
    /// `ALTER SEQUENCE`.
    AlterSequence(SequenceDefinition),
    /// `CREATE TYPE ... AS ENUM`.
    CreateEnum {
        /// Its name.
        name: QualifiedName,
        /// Its labels in order.
        labels: Vec<Name>,
    },
    /// `ALTER TYPE ... ADD VALUE` or `RENAME VALUE`.
    AlterEnum(AlterEnum),
    /// `CREATE DOMAIN`.
    CreateDomain(Box<CreateDomain>),
    /// `ALTER DOMAIN`.
    AlterDomain {
        /// Its name.
        name: QualifiedName,
        /// What is changed.
        command: Box<DomainCommand>,
    },
    /// `CREATE TYPE` of another sort.
    CreateType {
        /// Its name.
        name: QualifiedName,
        /// Base, shell or range.
        sort: NewType,
    },
    /// `CREATE FUNCTION`, `PROCEDURE` or `AGGREGATE`.
    CreateFunction(Box<CreateFunction>),
    /// `ALTER FUNCTION` with options.
    AlterFunction {
        /// Which function.
        target: Target,
        /// `SECURITY DEFINER` or `INVOKER`, when it says so.
        security_definer: Option<bool>,
        /// `SET name = value`.
        configuration: Vec<Name>,
        /// `RESET ALL` or `RESET name`.
        reset: bool,
    },
    /// `CREATE TRIGGER`.
    CreateTrigger(Box<CreateTrigger>),
    /// `CREATE POLICY`.
    CreatePolicy(Box<CreatePolicy>),
    /// `ALTER POLICY`: only what is there is changed.
    AlterPolicy(Box<CreatePolicy>),
    /// `COMMENT ON`.
    Comment {
        /// What.
        target: Target,
        /// The text; `None` removes it.
        text: Option<Name>,
    },
    /// `CREATE EXTENSION`.
    CreateExtension {
        /// Its name.
        name: Name,
        /// `SCHEMA`.
        schema: Option<Name>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `DROP`.
    Drop(Drop),
    /// `ALTER ... RENAME`.
    Rename(Rename),
    /// `ALTER ... SET SCHEMA`.
    SetSchema {
        /// What.
        target: Target,
        /// Where to.
        schema: Name,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `CREATE RULE ... ON SELECT DO INSTEAD` turns a table into a view; other
    /// rules change nothing that the catalog keeps.
    CreateSelectRule(RelationName),
    /// Functions called at top level: `SELECT f('t')`, `CALL p()`.
    CallFunctions {
        /// The calls.
        calls: Vec<FunctionCall>,
        /// Names in the strings of the statement, which it may hand to them.
        mentioned: Vec<Name>,
        /// Whether the call surely happens: not where a condition or a loop inside a
        /// routine decides.
        is_sure: bool,
    },
    /// Something that cannot be followed.
    Unknown(UnknownEffect),
}

/// A call of a function or procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionCall {
    /// What is called.
    pub name: QualifiedName,
    /// What it is given, as written.
    pub arguments: Vec<CallArgument>,
}

/// What a call gives to a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallArgument {
    /// The parameter, for `name => value`. `None` where the place decides.
    pub name: Option<Name>,
    /// The SQL of a value that is known before it runs. `None` for any other.
    pub constant: Option<Name>,
}

/// How long a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingScope {
    /// `SET LOCAL`: until the transaction ends.
    Transaction,
    /// `SET`: until the session ends.
    Session,
    /// `ALTER DATABASE` or `ALTER ROLE ... SET`: for all later sessions.
    LaterSessions,
}

/// A step of transaction control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TransactionStep {
    /// `BEGIN` or `START TRANSACTION`.
    Begin,
    /// `COMMIT`.
    Commit,
    /// `ROLLBACK`.
    Rollback,
    /// `SAVEPOINT`.
    Savepoint(Name),
    /// `RELEASE SAVEPOINT`.
    Release(Name),
    /// `ROLLBACK TO SAVEPOINT`.
    RollbackTo(Name),
}

/// A relation made by a query.
#[derive(Clone, Debug)]
pub struct CreateFromQuery {
    /// Its name.
    pub name: RelationName,
    /// A table, view or materialized view.
    pub kind: RelationKind,
    /// `TEMPORARY` or `UNLOGGED`.
    pub persistence: Persistence,
    /// `ON COMMIT DROP`.
    pub on_commit_drop: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// Column names in parentheses after its name; may be fewer than columns.
    pub aliases: Vec<Name>,
    /// The query's columns as far as the query alone tells them. `None` when a
    /// `*` or the like hides their number.
    pub outputs: Option<Vec<OutputColumn>>,
    /// The query as written.
    pub query: Name,
    /// Where the query is.
    pub query_range: TextRange,
    /// The relations that it reads.
    pub reads: Vec<QualifiedName>,
    /// The functions that it calls.
    pub functions: Vec<QualifiedName>,
    /// The types that it names.
    pub types: Vec<QualifiedName>,
    /// The statement's tree and the number of its node there, where the query has
    /// to be resolved: for a view, and where `outputs` does not tell.
    pub tree: Option<(Arc<Tree>, u32)>,
    /// Options as `name=value`.
    pub options: Vec<Name>,
}

/// A column that a query's target list makes.
#[derive(Clone, Debug)]
pub enum OutputColumn {
    /// A column under a name that the query tells.
    Named {
        /// The name.
        name: Name,
        /// Its type. `None` when the query does not tell.
        data_type: Option<OutputType>,
    },
    /// `*` or `t.*` of these relations, in order.
    AllOf(Vec<QualifiedName>),
}

/// How the type of a query's column comes about.
#[derive(Clone, Debug)]
pub enum OutputType {
    /// A cast.
    Named(UnresolvedType),
    /// A type of the server.
    Builtin(DataType),
    /// That of this column of the one of these relations that has it.
    Column(Vec<QualifiedName>, Name),
    /// NULL or a string literal: that of what it is together with, else `text`.
    Any,
    /// The one that all of these have.
    Common(Vec<OutputType>),
    /// That of the greatest or least of such values.
    Extreme(Box<OutputType>),
}

/// `CREATE SEQUENCE` or `ALTER SEQUENCE`.
#[derive(Clone, Debug)]
pub struct SequenceDefinition {
    /// Its name.
    pub name: RelationName,
    /// `IF NOT EXISTS`, or `IF EXISTS` of `ALTER`.
    pub lenient: bool,
    /// `TEMPORARY` or `UNLOGGED`.
    pub persistence: Persistence,
    /// `AS type`.
    pub data_type: Option<UnresolvedType>,
    /// `OWNED BY table.column`; `Some(None)` is `OWNED BY NONE`.
    pub owned_by: Option<Option<(QualifiedName, Name)>>,
}

/// `ALTER TYPE` of an enum.
#[derive(Clone, Debug)]
pub struct AlterEnum {
    /// Its name.
    pub name: QualifiedName,
    /// The label to be renamed. `None` when one is added.
    pub old: Option<Name>,
    /// The new label.
    pub new: Name,
    /// The label beside which it is added, and whether after it.
    pub neighbor: Option<(Name, bool)>,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
}

/// `CREATE DOMAIN`.
#[derive(Clone, Debug)]
pub struct CreateDomain {
    /// Its name.
    pub name: QualifiedName,
    /// The type below.
    pub data_type: UnresolvedType,
    /// `COLLATE`, its schema left out.
    pub collation: Option<Name>,
    /// `NOT NULL` and `CHECK`.
    pub constraints: Vec<ConstraintDefinition>,
    /// `DEFAULT`.
    pub default: Option<UnresolvedExpression>,
}

/// A command of `ALTER DOMAIN`.
#[derive(Clone, Debug)]
pub enum DomainCommand {
    /// `SET DEFAULT` or `DROP DEFAULT`.
    SetDefault(Option<UnresolvedExpression>),
    /// `SET NOT NULL`.
    SetNotNull,
    /// `DROP NOT NULL`.
    DropNotNull,
    /// `ADD`.
    AddConstraint(ConstraintDefinition),
    /// `DROP CONSTRAINT`, with `IF EXISTS`.
    DropConstraint(Name, bool),
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint(Name),
}

/// A sort of `CREATE TYPE` without columns or labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewType {
    /// `(INPUT = ...)`.
    Base,
    /// The name alone.
    Shell,
    /// `AS RANGE`, with its options as written.
    Range {
        /// Its options as written, in their parentheses.
        options: Name,
        /// The name that they give the multirange type.
        multirange: Option<QualifiedName>,
    },
}

/// `CREATE FUNCTION` and its kin.
#[derive(Clone, Debug)]
pub struct CreateFunction {
    /// Its name.
    pub name: QualifiedName,
    /// What sort of routine.
    pub kind: FunctionKind,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// Its arguments, those of `RETURNS TABLE` included.
    pub arguments: Vec<ArgumentDefinition>,
    /// `RETURNS`.
    pub returns: Option<UnresolvedType>,
    /// `SETOF` or `RETURNS TABLE`.
    pub returns_set: bool,
    /// Lower case.
    pub language: Name,
    /// `VOLATILE` when not written.
    pub volatility: Volatility,
    /// `SECURITY DEFINER`.
    pub security_definer: bool,
    /// `STRICT`.
    pub strict: bool,
    /// `SET name = value`.
    pub configuration: Vec<Name>,
    /// The source text.
    pub body: Option<Name>,
    /// Where the source text begins in the statement. `None` where it does not stand
    /// there as it is.
    pub body_start: Option<TextSize>,
    /// The options of an aggregate, or a `BEGIN ATOMIC` or `RETURN` body, as written.
    pub definition: Option<Name>,
    /// `PARALLEL`, `COST`, `ROWS`, `LEAKPROOF`, as written.
    pub planner_options: Vec<Name>,
    /// Words of its body that begin DDL, lower case.
    pub ddl_words: Vec<Name>,
}

/// An argument of a new function.
#[derive(Clone, Debug)]
pub struct ArgumentDefinition {
    /// Its name.
    pub name: Option<Name>,
    /// In which direction.
    pub mode: ArgumentMode,
    /// Its type.
    pub data_type: UnresolvedType,
    /// Its default.
    pub default: Option<UnresolvedExpression>,
}

/// `CREATE TRIGGER`.
#[derive(Clone, Debug)]
pub struct CreateTrigger {
    /// Its name.
    pub name: Name,
    /// Its relation.
    pub relation: RelationName,
    /// The function it calls.
    pub function: QualifiedName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// The other relation of a constraint trigger.
    pub referenced: Option<RelationName>,
    /// The rest of the statement.
    pub clauses: TriggerClauses,
    /// `FOR EACH ROW`: on a partitioned table its partitions get it too.
    pub row: bool,
}

/// `CREATE POLICY` or `ALTER POLICY`.
#[derive(Clone, Debug)]
pub struct CreatePolicy {
    /// Its name.
    pub name: Name,
    /// Its relation.
    pub relation: RelationName,
    /// `FOR`.
    pub command: PolicyCommand,
    /// `AS PERMISSIVE` or `RESTRICTIVE`.
    pub permissive: bool,
    /// `TO`.
    pub roles: Vec<Name>,
    /// `USING`.
    pub using: Option<UnresolvedExpression>,
    /// `WITH CHECK`.
    pub with_check: Option<UnresolvedExpression>,
}

/// What code that cannot be followed may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownEffect {
    /// Why it cannot be followed.
    pub reason: UnknownReason,
    /// Names that the code may create, change or drop: relations of these names
    /// are no longer certain, and look-ups of them that find nothing are `Unknown`.
    pub names: Vec<Name>,
    /// Whether it may make things under names that are put together at run time:
    /// no look-up that finds nothing is certain any more.
    pub creates_anything: bool,
    /// Whether it may change or drop things that are not told by name.
    pub changes_anything: bool,
    /// Whether it changes things under names that it is given: those that the
    /// call of a function mentions count as well.
    pub takes_names: bool,
}
