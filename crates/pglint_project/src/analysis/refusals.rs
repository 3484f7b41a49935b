//! What a server would refuse of a migration history, as far as that is certain.
//!
//! The replay refuses much that a server would not: a history may go on from
//! tables that somebody else made, its tool may set another search path, dynamic
//! SQL may have dropped what is made again. Only what none of that explains is a
//! problem of the history.

use std::sync::Arc;

use pglint_catalog::{Catalog, Name, QualifiedName, SchemaId};
use pglint_semantic::change::{Action, DdlChange};
use pglint_semantic::replay::{Problem, ProblemKind};
use pglint_syntax::{is_placeholder_schema, is_unknown_name};
use rustc_hash::{FxHashMap, FxHashSet};

use super::changes::FileChanges;
use crate::project::DatabaseFile;

/// What was refused on the way, in the order of the replay.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refusals {
    found: Vec<Arc<Refused>>,
    /// The names of objects that refused statements were about: what is refused
    /// of them afterwards has the same cause.
    affected: FxHashSet<Name>,
    /// Did the first migration that makes anything lack something?
    goes_on: bool,
    /// Has any migration made a relation?
    has_begun: bool,
}

/// A change that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The changes of the statement, and which of them.
    pub(crate) changes: Arc<[DdlChange]>,
    pub(crate) index: usize,
    /// Is it a step of a migration forward?
    pub(crate) goes_up: bool,
    /// Why.
    pub(crate) problem: Problem,
}

impl Refusals {
    /// Takes note that a change was refused; `catalog` is what it met.
    pub(crate) fn add(this: &mut Arc<Refusals>, catalog: &Catalog, refused: Refused) {
        let problem = &refused.problem;
        let change = &refused.changes[refused.index];
        let about = change.action.changed().into_iter();
        let about = about.chain(change.action.made()).chain(&problem.about);
        let is_placeholder = |it: &QualifiedName| {
            let schema = it.schema.as_ref();
            schema.is_some_and(|it| is_placeholder_schema(it)) || is_unknown_name(&it.name)
        };
        // Which one that is may differ from step to step.
        if { about }.any(is_placeholder) {
            return;
        }
        if !this.has_begun && problem.kind == ProblemKind::Missing {
            Arc::make_mut(this).goes_on = true;
        }
        let names = names(change, problem);
        let is_known = |name: &&Name| !may_be_otherwise(catalog, name);
        let is_first = names.iter().all(|name| !this.affected.contains(*name));
        if is_first && names.iter().all(is_known) && !is_elsewhere(catalog, problem) {
            let this = Arc::make_mut(this);
            this.affected.extend(names.into_iter().cloned());
            this.found.push(refused.into());
        }
    }

    /// Takes note that a migration is over; `catalog` is what it left behind.
    pub(crate) fn end_of_migration<'c>(
        this: &mut Arc<Refusals>,
        catalog: impl FnOnce() -> &'c Catalog,
    ) {
        if !this.has_begun && catalog().relations().next().is_some() {
            Arc::make_mut(this).has_begun = true;
        }
    }

    /// Was nothing refused?
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty() && !self.goes_on
    }

    /// The problems that are certain, where the files of the database hold every
    /// step of its history.
    pub(crate) fn certain(&self, files: &[(&DatabaseFile, &FileChanges)]) -> Vec<Problem> {
        let made_by = |migrations: bool| -> Made<'_> {
            let files = files.iter().filter(|(it, _)| it.is_migration == migrations);
            let statements = files.flat_map(|(_, changes)| &changes.statements);
            let made = statements.flat_map(|it| &*it.changes).filter_map(made);
            let mut by_name = Made::default();
            made.for_each(|(schema, name)| by_name.entry(name).or_default().push(schema));
            by_name
        };
        let (by_migrations, by_others) = (made_by(true), made_by(false));
        let is_made = |about: &QualifiedName| {
            let schemas = by_migrations.get(&about.name);
            let is_there = |made: &Option<&Name>| {
                about.schema.is_none() || made.is_none() || about.schema.as_ref() == *made
            };
            schemas.is_some_and(|it| it.iter().any(is_there))
        };
        let missed: FxHashSet<&Name> = { self.found.iter() }
            .filter(|it| it.problem.kind == ProblemKind::Missing)
            .filter_map(|it| it.problem.about.as_ref())
            .filter(|about| !is_made(about))
            .map(|about| &about.name)
            .collect();
        let is_from_nothing = !self.goes_on && missed.len() <= MOST_NEVER_MADE;
        let is_certain = |problem: &Problem| match &problem.about {
            Some(about) if problem.kind == ProblemKind::Missing => {
                let is_relation = problem.sqlstate == "42P01";
                let is_own_schema = about
                    .schema
                    .as_ref()
                    .is_none_or(|it| it == "public" || by_migrations.contains_key(it));
                !by_others.contains_key(&about.name)
                    && !OF_TOOLS.contains(&about.name.as_str())
                    && (is_made(about) || is_relation && is_from_nothing && is_own_schema)
            }
            _ => true,
        };
        let certain = { self.found.iter() }.filter(|it| it.goes_up && is_certain(&it.problem));
        certain.map(|it| it.problem.clone()).collect()
    }
}

/// The names of what files make, and the schemas that are written before them.
type Made<'c> = FxHashMap<&'c Name, Vec<Option<&'c Name>>>;

/// A history that lacks more relations than these, which nothing in it ever
/// makes, goes on from a schema that is not in the files.
const MOST_NEVER_MADE: usize = 2;

/// The tables that migration tools, and extensions outside of the files, make.
pub(super) const OF_TOOLS: [&str; 20] = [
    "__diesel_schema_migrations",
    "__drizzle_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "_yoyo_migration",
    "ar_internal_metadata",
    "atlas_schema_revisions",
    "databasechangelog",
    "databasechangeloglock",
    "flyway_schema_history",
    "geography_columns",
    "geometry_columns",
    "goose_db_version",
    "gorp_migrations",
    "pgmigrations",
    "refinery_schema_history",
    "schema_migration",
    "schema_migrations",
    "schema_version",
    "spatial_ref_sys",
];

/// Could an object of that name be other than the catalog has it?
fn may_be_otherwise(catalog: &Catalog, name: &str) -> bool {
    let is_unsure = |it: &pglint_catalog::Relation| {
        it.name == name && (it.unknown.is_some() || it.schema == SchemaId::PG_TEMP)
    };
    catalog.unknown_name(name).is_some() || catalog.relations().any(is_unsure)
}

/// How the server refuses a foreign key without columns.
const NO_PRIMARY_KEY: &str = "there is no primary key for referenced table";

/// Is what is missed in another schema, which the tool may have in its search
/// path, or does another rule speak about it?
fn is_elsewhere(catalog: &Catalog, problem: &Problem) -> bool {
    let is_in_another_schema = |about: &QualifiedName| {
        about.schema.is_none() && catalog.relations().any(|it| it.name == about.name)
    };
    let is_missing = problem.kind == ProblemKind::Missing;
    // `foreign-key-target-not-unique`
    let has_no_key = problem.sqlstate == "42830" || problem.message.starts_with(NO_PRIMARY_KEY);
    has_no_key || is_missing && problem.about.as_ref().is_some_and(is_in_another_schema)
}

/// The objects that a refused change is about.
fn names<'a>(change: &'a DdlChange, problem: &'a Problem) -> Vec<&'a Name> {
    let mut names: Vec<&Name> = made(change).map(|(_, name)| name).into_iter().collect();
    match &change.action {
        Action::AlterTable(alter) => names.push(&alter.relation.name.name),
        Action::CreateIndex(create) => names.push(&create.relation.name.name),
        Action::CreateTrigger(create) => names.push(&create.relation.name.name),
        Action::Drop(drop) => names.extend(drop.targets.iter().map(|it| &it.name.name)),
        Action::Rename(rename) => names.push(&rename.target.name.name),
        Action::SetSchema { target, .. } => names.push(&target.name.name),
        Action::AlterEnum(alter) => names.push(&alter.name.name),
        Action::AlterDomain { name, .. } => names.push(&name.name),
        _ => {}
    }
    names.extend(problem.about.iter().map(|about| &about.name));
    names
}

/// The name of what a change makes, or gives a new name to, behind its schema's.
fn made(change: &DdlChange) -> Option<(Option<&Name>, &Name)> {
    let qualified = match &change.action {
        Action::CreateSchema { name, .. } => return Some((None, name)),
        Action::CreateTable(create) => &create.name.name,
        Action::CreateFromQuery(create) => &create.name.name,
        Action::CreateIndex(create) => {
            return Some((create.relation.name.schema.as_ref(), create.name.as_ref()?));
        }
        Action::CreateSequence(create) => &create.name.name,
        Action::CreateEnum { name, .. } | Action::CreateType { name, .. } => name,
        Action::CreateDomain(create) => &create.name,
        Action::CreateFunction(create) => &create.name,
        Action::Rename(rename) if rename.target.member.is_none() => {
            return Some((rename.target.name.schema.as_ref(), &rename.new_name));
        }
        _ => return None,
    };
    Some((qualified.schema.as_ref(), &qualified.name))
}
