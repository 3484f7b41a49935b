//! A database schema as plain data: what a server would answer from `pg_catalog`.
//!
//! This crate knows no syntax tree and no statement beyond its id. Objects have
//! stable ids, columns a number; every reference between objects uses ids, so
//! that a rename never breaks one. Everything big is shared: cloning a
//! [`Catalog`] costs a few reference counts, which is what a checkpoint is.

mod builtin_types;
mod by_hash;
mod by_id;
mod catalog;
mod column;
mod constraint;
mod data_type;
mod dependency;
mod difference;
mod dump;
mod dump_diagram;
mod dump_dot;
mod dump_mermaid;
mod dump_sql;
mod edit;
mod expression;
mod function;
mod generated_name;
mod id;
mod index;
mod journal;
mod lookup;
mod mention;
mod name;
mod namespace;
mod origin;
mod reads;
mod relation;
mod repeat;
mod savepoint;
mod schema;
mod shared;
mod trigger;
mod unknowns;

pub use catalog::{Catalog, NamedRelation};
pub use column::{Column, ColumnDefault, GeneratedColumn, Identity, NotNull, NotNullCause};
pub use constraint::{
    Constraint, ConstraintKind, Exclusion, ForeignKey, ForeignKeyAction, Key, MatchType,
    UnknownTarget,
};
pub use data_type::{DataType, Domain, Modifier, Type, TypeCategory, TypeKind, TypeReference};
pub use dependency::{Dependent, Dependents};
pub use difference::{Difference, Written};
pub use expression::{ColumnSlot, Expression, NullTest, Shape};
pub use function::{Argument, ArgumentMode, Function, FunctionKind, Volatility};
pub use generated_name::{constraint_name_exists, make_object_name};
pub use id::{
    ColumnNumber, ConstraintId, FunctionId, IndexId, ObjectId, RelationId, SchemaId, TypeId,
};
pub use index::{DroppedIndex, Index, IndexElement, IndexTarget};
pub use lookup::Lookup;
pub use name::{Name, QualifiedName, SearchPath, quote_identifier, truncate_identifier};
pub use origin::{Origin, Unknown, UnknownReason};
pub use reads::{Log, Read, Reads};
pub use relation::{
    PartitionBound, PartitionKey, PartitionStrategy, Persistence, Relation, RelationKind, Sequence,
    View,
};
pub use savepoint::Savepoint;
pub use schema::Schema;
pub use shared::{Shared, SharedList};
pub use trigger::{Policy, PolicyCommand, Trigger, TriggerClauses};
pub use unknowns::{UnknownPart, UnknownSubject};
