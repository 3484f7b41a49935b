//! Changes that lack something, tried again.

use std::sync::Arc;

use pglint_catalog::{Catalog, Origin, SchemaId, SearchPath, Unknown, UnknownReason};
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
///
/// A schema that no file makes was made by whoever runs the files, for their
/// objects: these are known, and more may be in it.
pub(crate) fn retry(catalog: &mut Catalog, mut lacking: Vec<Lacking>, routines: &Routines) {
    retry_each(catalog, &mut lacking, routines);
    let outside = outside_schemas(catalog, &lacking);
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
    for (schema, origin) in outside {
        let reason = UnknownReason::OutsideSchema;
        catalog.mark_schema_unknown(schema, Unknown { reason, origin });
    }
}

/// Adds the schemas that changes want to make something in and that are not there.
fn outside_schemas(catalog: &mut Catalog, lacking: &[Lacking]) -> Vec<(SchemaId, Origin)> {
    let mut added = Vec::new();
    for each in lacking {
        let change = each.change();
        let (Some(made), false) = (change.action.made(), change.is_guarded) else {
            continue;
        };
        let Some(schema) = made.schema.as_ref().or(each.search_path.0.first()) else {
            continue;
        };
        if catalog.lookup_schema(schema).is_missing() {
            let origin = Origin {
                statement: change.statement,
                range: change.range,
            };
            added.push((catalog.add_schema(schema.clone(), origin), origin));
        }
    }
    added
}

/// Does it drop something in schemas that are there? When that is not there, it is
/// not tried again: it would take what is made behind it.
pub(crate) fn drops_where_it_could(action: &Action, catalog: &Catalog, path: &SearchPath) -> bool {
    let Action::Drop(drop) = action else {
        return false;
    };
    drop.targets.iter().all(|target| {
        let schema = target.name.schema.as_ref().or(path.0.first());
        schema.is_some_and(|it| !catalog.lookup_schema(it).is_missing())
    })
}

fn retry_each(catalog: &mut Catalog, lacking: &mut Vec<Lacking>, routines: &Routines) {
    loop {
        let before = lacking.len();
        lacking.retain(|each| {
            let mut session = session(catalog, each, routines);
            let outcome = session.apply_or_wait(each.change());
            *catalog = session.catalog;
            outcome.is_err_and(|problem| problem.kind == ProblemKind::Missing)
                && !drops_where_it_could(&each.change().action, catalog, &each.search_path)
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

/// Applies what can be applied of a change that lacks something; where code makes
/// it only if it can, all or nothing.
fn give_up(catalog: &mut Catalog, lacking: &Lacking, routines: &Routines) {
    let mut session = session(catalog, lacking, routines);
    // What even so fails is not in the catalog.
    let _ = match lacking.change().is_guarded {
        true => session.apply(lacking.change()),
        false => session.apply_anyway(lacking.change()),
    };
    *catalog = session.catalog;
}

/// A session on the catalog itself: a copy of it would be made anew with the
/// first change.
fn session(catalog: &mut Catalog, lacking: &Lacking, routines: &Routines) -> Replay {
    let mut session = Replay::new(std::mem::take(catalog), lacking.search_path.clone());
    session.routines = routines.clone();
    session
}

#[cfg(test)]
mod tests {
    use super::*;
    use pglint_catalog::Lookup;
    use pglint_semantic::lower::lower;
    use pglint_syntax::{ParseOptions, parse_file};
    use pglint_text::StatementId;

    /// The catalog after files that may come in any order.
    fn replayed(files: &[&str]) -> Catalog {
        let mut catalog = Catalog::builtin();
        let mut lacking = Vec::new();
        for text in files {
            let mut session = Replay::new(catalog, SearchPath::default());
            let statements = parse_file(text, ParseOptions::default()).statements;
            let trees = statements.iter().filter_map(|it| it.tree());
            for changes in trees.map(|tree| lower(&tree, StatementId(0))) {
                let changes: Arc<[DdlChange]> = changes.into();
                for index in 0..changes.len() {
                    let outcome = session.apply_or_wait(&changes[index]);
                    if outcome.is_err_and(|it| it.kind == ProblemKind::Missing) {
                        lacking.push(Lacking {
                            changes: changes.clone(),
                            index,
                            search_path: session.search_path.clone(),
                        });
                    }
                }
            }
            catalog = session.catalog;
        }
        retry(&mut catalog, lacking, &Routines::default());
        catalog
    }

    #[track_caller]
    fn has_primary_key(catalog: &Catalog, schema: &str, table: &str) -> bool {
        let table = catalog.lookup_relation(Some(schema), table, &SearchPath::default());
        table.found().unwrap().primary_key().is_some()
    }

    #[test]
    fn what_is_made_in_a_schema_from_outside_is_known() {
        let keys = "SET search_path = app, public; ALTER TABLE t ADD PRIMARY KEY (id);";
        let tables = "SET search_path = app, public; CREATE TABLE t (id int);";
        let catalog = replayed(&[keys, tables]);
        assert!(has_primary_key(&catalog, "app", "t"));
        let other = catalog.lookup_relation(Some("app"), "u", &SearchPath::default());
        assert!(matches!(other, Lookup::Unknown), "more may be in it");

        let qualified = [
            "CREATE UNIQUE INDEX i ON app.t (id); ALTER TABLE app.t ADD PRIMARY KEY USING INDEX i;",
            "CREATE TABLE app.t (id int);",
        ];
        assert!(has_primary_key(&replayed(&qualified), "app", "t"));
    }

    #[test]
    fn a_table_that_a_later_file_makes_is_waited_for() {
        let dynamic = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class LOOP EXECUTE 'CREATE TABLE ' || t || ' (a int)'; END LOOP; END $$;";
        let key = "DO $$ BEGIN ALTER TABLE t ADD PRIMARY KEY (id); END $$;";
        let catalog = replayed(&[dynamic, key, "CREATE TABLE t (id int);"]);
        assert!(has_primary_key(&catalog, "public", "t"));

        let reference =
            "DO $$ BEGIN CREATE TABLE t (id int PRIMARY KEY REFERENCES unknown); END $$;";
        assert!(has_primary_key(
            &replayed(&[dynamic, reference]),
            "public",
            "t"
        ));
    }

    #[test]
    fn a_schema_that_a_later_file_makes_is_waited_for() {
        let tables = "SET search_path = app, public; CREATE TABLE t (id int PRIMARY KEY);";
        let catalog = replayed(&[tables, "CREATE SCHEMA app;"]);
        assert!(has_primary_key(&catalog, "app", "t"));
        let other = catalog.lookup_relation(Some("app"), "u", &SearchPath::default());
        assert!(other.is_missing());
    }
}
