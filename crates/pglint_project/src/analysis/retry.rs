//! Changes that lack something, tried again.

use std::sync::Arc;

use pglint_catalog::{Catalog, SearchPath};
use pglint_semantic::change::{
    Action, ConstraintDefinition, ConstraintRequest, CreateTable, DdlChange, TableElement,
};
use pglint_semantic::replay::{ProblemKind, Replay, Routines};
use rustc_hash::FxHashSet;

use super::manner::made_table;

/// A change that refers to something that is not there.
#[derive(Clone, Debug)]
pub(crate) struct Lacking {
    /// The changes of a statement, and which of them.
    pub(crate) changes: Arc<[DdlChange]>,
    pub(crate) index: usize,
    /// The search path that it stands under.
    pub(crate) search_path: SearchPath,
}

impl Lacking {
    fn change(&self) -> &DdlChange {
        &self.changes[self.index]
    }
}

/// Tries changes again as long as that helps. Then a table is made without what
/// no other change makes, so that what lacks this table can be tried again.
pub(crate) fn retry(catalog: &mut Catalog, mut lacking: Vec<Lacking>, routines: &Routines) {
    loop {
        retry_each(catalog, &mut lacking, routines);
        let hopeless = hopeless(&lacking);
        if hopeless.is_empty() {
            break;
        }
        // From the last on, so that the places of the others stay the same.
        let tables: Vec<_> = hopeless
            .into_iter()
            .rev()
            .map(|it| lacking.remove(it))
            .collect();
        for table in tables.into_iter().rev() {
            give_up(catalog, &table, routines);
        }
    }
    for each in lacking {
        give_up(catalog, &each, routines);
    }
}

fn retry_each(catalog: &mut Catalog, lacking: &mut Vec<Lacking>, routines: &Routines) {
    loop {
        let before = lacking.len();
        lacking.retain(|each| {
            let mut session = session(catalog, each, routines);
            let outcome = session.apply_or_wait(each.change());
            *catalog = session.catalog;
            outcome.is_err_and(|problem| problem.kind == ProblemKind::Missing)
        });
        if lacking.len() == before {
            return;
        }
    }
}

/// The places of the tables that wait for no other of these changes; of the
/// first table where they wait for each other.
fn hopeless(lacking: &[Lacking]) -> Vec<usize> {
    let made: FxHashSet<&str> = lacking
        .iter()
        .filter_map(|it| made_table(it.change()))
        .collect();
    let is_hopeless = |each: &Lacking| match &each.change().action {
        Action::CreateTable(create) => {
            let own = &create.name.name.name;
            needs(create)
                .iter()
                .all(|it| it == own || !made.contains(it))
        }
        Action::CreateFromQuery(create) => {
            let mut reads = create.reads.iter();
            reads.all(|it| !made.contains(&*it.name))
        }
        _ => false,
    };
    let tables = || {
        let tables = lacking.iter().enumerate();
        tables.filter(|(_, it)| made_table(it.change()).is_some())
    };
    let found: Vec<usize> = tables()
        .filter(|(_, it)| is_hopeless(it))
        .map(|it| it.0)
        .collect();
    match found.is_empty() {
        true => tables().map(|it| it.0).take(1).collect(),
        false => found,
    }
}

/// The bare names of the relations that a table cannot be made without.
fn needs(create: &CreateTable) -> Vec<&str> {
    let mut needs: Vec<&str> = create.inherits.iter().map(|it| &*it.name.name).collect();
    for element in &create.elements {
        match element {
            TableElement::Column(column) => {
                needs.extend(column.constraints.iter().filter_map(target))
            }
            TableElement::Constraint(constraint) => needs.extend(target(constraint)),
            TableElement::Like(relation, _) => needs.push(&relation.name.name),
        }
    }
    needs
}

fn target(constraint: &ConstraintDefinition) -> Option<&str> {
    match &constraint.request {
        ConstraintRequest::ForeignKey(key) => Some(&key.target.name.name),
        _ => None,
    }
}

/// Applies what can be applied of a change that lacks something; nothing where
/// code makes it only if it can.
fn give_up(catalog: &mut Catalog, lacking: &Lacking, routines: &Routines) {
    if lacking.change().is_guarded {
        return;
    }
    let mut session = session(catalog, lacking, routines);
    // What even so fails is not in the catalog.
    let _ = session.apply_anyway(lacking.change());
    *catalog = session.catalog;
}

/// A session on the catalog itself: a copy of it would be made anew with the
/// first change.
fn session(catalog: &mut Catalog, lacking: &Lacking, routines: &Routines) -> Replay {
    let mut session = Replay::new(std::mem::take(catalog), lacking.search_path.clone());
    session.routines = routines.clone();
    session
}
