//! Triggers and row-level security policies.

use crate::{Expression, FunctionId, Name, Origin, RelationId};

/// A trigger of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its name.
    pub name: Name,
    /// The function it calls. `None` when it is not known.
    pub function: Option<FunctionId>,
    /// The parts of its definition that name nothing else, as written.
    pub clauses: TriggerClauses,
    /// The other relation of a constraint trigger (`FROM`).
    pub referenced: Option<RelationId>,
    /// `FOR EACH ROW`: partitions get it too.
    pub for_each_row: bool,
    /// Whether it came from the partitioned table.
    pub inherited: bool,
    /// Its name in the statement.
    pub origin: Origin,
}

/// What `CREATE TRIGGER` says beside its name, its relation and its function: texts
/// without comments and with single spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TriggerClauses {
    /// `CREATE CONSTRAINT TRIGGER`.
    pub is_constraint: bool,
    /// From the trigger's name to `ON`: `BEFORE INSERT OR UPDATE OF a`.
    pub event: Name,
    /// From the relation to `EXECUTE`: `FOR EACH ROW WHEN (...)`.
    pub options: Name,
    /// The function's name as written.
    pub function: Name,
    /// The function's arguments: `('a', 1)`.
    pub arguments: Name,
}

/// A row-level security policy of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Its name.
    pub name: Name,
    /// The command it is for.
    pub command: PolicyCommand,
    /// `PERMISSIVE` (the default) or `RESTRICTIVE`.
    pub permissive: bool,
    /// The roles, `public` for all.
    pub roles: Vec<Name>,
    /// `USING`.
    pub using: Option<Expression>,
    /// `WITH CHECK`.
    pub with_check: Option<Expression>,
    /// Its name in the statement.
    pub origin: Origin,
}

/// The command that a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyCommand {
    /// `ALL`, the default.
    All,
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

impl PolicyCommand {
    /// `pg_policy.polcmd`.
    pub fn letter(self) -> char {
        match self {
            PolicyCommand::All => '*',
            PolicyCommand::Select => 'r',
            PolicyCommand::Insert => 'a',
            PolicyCommand::Update => 'w',
            PolicyCommand::Delete => 'd',
        }
    }
}
