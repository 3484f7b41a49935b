//! [`DdlChange`]s folded into a [`Catalog`], as a server would carry them out.
//!
//! A change that the server would refuse is not applied at all, and says why:
//! [`Replay::apply`] answers with a [`Problem`]. Callers choose what to do next.
//! A migration history reports it. A directory of files in any order keeps the
//! changes whose problem is a missing object and tries them again after the
//! others, until nothing more applies ([`Replay::apply_or_wait`]). What still
//! fails may be given to [`Replay::apply_anyway`], which leaves out what is missing
//! rather than the whole statement, so that a table of which one reference leads
//! nowhere is still known.

mod alter_column;
mod alter_constraint;
mod alter_table;
mod constraint;
mod create_table;
mod drop;
mod extension;
mod function;
mod index;
mod inherit;
mod key;
mod kind;
mod like;
mod object;
mod only;
mod partition;
mod placeholder;
mod problem;
mod query;
mod rename;
mod resolve;
mod routine;
mod routine_name;
mod sequence;
mod session;
mod types;
mod unknown;

use crate::change::{
    Action, AlterTableCommand, ColumnDefinition, ConstraintDefinition, ConstraintRequest, DdlChange,
};
use pglint_catalog::{Catalog, Name, Origin, RelationId, SearchPath};
use pglint_text::TextRange;

pub use problem::{Problem, ProblemKind};
pub use routine::Routines;

/// A catalog in the making, and the session that makes it.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The catalog so far; a clone of it is a checkpoint.
    pub catalog: Catalog,
    /// The search path at this moment.
    pub search_path: SearchPath,
    /// What the search path is without `SET`.
    default_search_path: SearchPath,
    /// The search path to return to when the transaction ends.
    outer_search_path: Option<SearchPath>,
    /// What `ROLLBACK` returns to.
    before_transaction: Option<Box<(Catalog, SearchPath)>>,
    /// What `ROLLBACK TO` returns to, the latest last.
    savepoints: Vec<(Name, Catalog, SearchPath)>,
    /// The tables of this transaction that are `ON COMMIT DROP`.
    dropped_at_commit: Vec<RelationId>,
    /// The search paths outside of `CREATE SCHEMA` with elements.
    outside_schema: Vec<SearchPath>,
    /// What functions do that are called. Sessions of one replay may share it.
    pub routines: Routines,
    /// How many calls the present one is inside of.
    call_depth: u32,
    /// How many calls the present statement has made, those inside of calls included.
    calls: u32,
    /// Whether parts that refer to missing objects are left out rather than
    /// refused.
    lenient: bool,
    /// Whether what is missing may still be made by a later statement.
    in_any_order: bool,
}

impl Default for Replay {
    fn default() -> Replay {
        Replay::new(Catalog::builtin(), SearchPath::default())
    }
}

/// The result of carrying out a change or a part of one.
type Outcome<T = ()> = Result<T, Problem>;

impl Replay {
    /// Goes on from a catalog, in a new session with that search path.
    pub fn new(catalog: Catalog, search_path: SearchPath) -> Replay {
        Replay {
            catalog,
            default_search_path: search_path.clone(),
            search_path,
            outer_search_path: None,
            before_transaction: None,
            savepoints: Vec::new(),
            dropped_at_commit: Vec::new(),
            outside_schema: Vec::new(),
            routines: Routines::default(),
            call_depth: 0,
            calls: 0,
            lenient: false,
            in_any_order: false,
        }
    }

    /// Carries out one change, or nothing of it when the server would refuse it. The
    /// failure of a guarded change is no problem.
    pub fn apply(&mut self, change: &DdlChange) -> Result<(), Problem> {
        match self.try_apply(change) {
            Err(_) if change.is_guarded => Ok(()),
            outcome => outcome,
        }
    }

    fn try_apply(&mut self, change: &DdlChange) -> Result<(), Problem> {
        let savepoint = is_compound(&change.action).then(|| self.catalog.savepoint());
        let mut in_doubt = self.in_doubt(change);
        let is_about_any = self.is_about_any(change);
        let outcome = self.carry_out(change);
        match savepoint {
            Some(savepoint) if outcome.is_err() => self.catalog.roll_back_to(savepoint),
            Some(savepoint) => self.catalog.release(savepoint),
            None => {}
        }
        match &outcome {
            Ok(()) => self.named_by_placeholder(change),
            Err(_) => in_doubt.extend(Replay::failed_in_placeholder(change)),
        }
        if is_about_any || !in_doubt.is_empty() && !self.in_any_order {
            self.doubt(change, in_doubt, is_about_any)?;
        }
        outcome
    }

    /// Carries out as much of a change as can be, for one that [`Replay::apply`]
    /// refused: references to missing tables and types are kept without target.
    pub fn apply_anyway(&mut self, change: &DdlChange) -> Result<(), Problem> {
        self.lenient = true;
        let outcome = self.apply(change);
        self.lenient = false;
        outcome
    }

    /// Carries out one change among changes whose order is not known: what needs a
    /// schema or an extension that is not there is refused as well, since a later
    /// one may make it, and so is a guarded change.
    pub fn apply_or_wait(&mut self, change: &DdlChange) -> Result<(), Problem> {
        self.in_any_order = true;
        let outcome = self.try_apply(change);
        self.in_any_order = false;
        outcome
    }

    fn carry_out(&mut self, change: &DdlChange) -> Outcome {
        let at = Origin {
            statement: change.statement,
            range: change.range,
        };
        match &change.action {
            Action::SetSearchPath { schemas, scope } => {
                self.set_search_path(schemas.as_deref(), *scope)
            }

            Action::Transaction(step) => self.transaction(step),
            Action::CreateSchema {
                name,
                if_not_exists,
            } => self.create_schema(name, *if_not_exists, at),
            Action::EndOfSchema => self.end_of_schema(),
            Action::CreateTable(create) => self.create_table(create, at),
            Action::CreateFromQuery(create) => self.create_from_query(create, at),
            Action::AlterTable(alter) => self.alter_table(alter, at),
            Action::CreateIndex(create) => self.create_index(create, at),
            Action::CreateSequence(create) => self.create_sequence(create, at),
            Action::AlterSequence(alter) => self.alter_sequence(alter, at),
            Action::CreateEnum { name, labels } => self.create_enum(name, labels, at),
            Action::AlterEnum(alter) => self.alter_enum(alter, at),
            Action::CreateDomain(create) => self.create_domain(create, at),
            Action::AlterDomain { name, command } => self.alter_domain(name, command, at),
            Action::CreateType { name, sort } => self.create_type(name, sort, at),
            Action::CreateFunction(create) => self.create_function(create, at),
            Action::AlterFunction {
                target,
                security_definer,
                configuration,
                reset,
            } => self.alter_function(target, *security_definer, configuration, *reset, at),
            Action::CreateTrigger(create) => self.create_trigger(create, at),
            Action::CreatePolicy(create) => self.create_policy(create, at),
            Action::AlterPolicy(alter) => self.alter_policy(alter, at),
            Action::Comment { target, text } => self.comment(target, text.as_ref(), at),
            Action::CreateExtension {
                name,
                schema,
                if_not_exists,
                cascade: _,
            } => self.create_extension(name, schema.as_ref(), *if_not_exists, at),
            Action::Drop(drop) => self.drop(drop, at),
            Action::Rename(rename) => self.rename(rename, at),
            Action::SetSchema {
                target,
                schema,
                if_exists,
            } => self.set_schema(target, schema, *if_exists, at),
            Action::CreateSelectRule(relation) => self.create_select_rule(relation, at),
            Action::CallFunctions {
                calls,
                mentioned,
                is_sure,
            } => self.call_functions(calls, mentioned, *is_sure, at),
            Action::Unknown(effect) => self.mark_unknown(effect, at),
        }
    }
}

/// Whether a change is made in several steps, a later one of which may fail.
fn is_compound(action: &Action) -> bool {
    match action {
        Action::AlterTable(alter) => match &*alter.commands {
            [(AlterTableCommand::AddColumn(definition, _), _)] => !is_plain(definition),
            _ => true,
        },
        Action::CreateTable(_)
        | Action::CreateFromQuery(_)
        | Action::Drop(_)
        | Action::CreateType { .. } => true,
        _ => false,
    }
}

/// Whether a column is there for good once it is added, in the children too: nothing
/// that is written with it can be refused.
fn is_plain(definition: &ColumnDefinition) -> bool {
    let mut constraints = definition.constraints.iter();
    let is_not_null = |it: &ConstraintDefinition| {
        matches!(it.request, ConstraintRequest::NotNull(_)) && it.name.is_none() && !it.no_inherit
    };
    definition.generated.is_none()
        && definition.identity.is_none()
        && !definition.serial
        && constraints.all(is_not_null)
}

/// The origin of a part of a change.
fn within(at: Origin, range: TextRange) -> Origin {
    Origin { range, ..at }
}

/// Names joined with `_` as in generated names of keys and indexes
/// (`ChooseIndexNameAddition` in `indexcmds.c`).
fn joined<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    let mut out = String::new();
    for name in names {
        if out.len() >= 64 {
            break;
        }
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(name);
    }
    out
}
