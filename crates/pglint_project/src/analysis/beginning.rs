//! What is in a database before the first file runs: the table in which a migration
//! tool keeps its books, and what a platform brings along.
//!
//! Nothing of it is the project's: it is neither judged nor printed. But files may refer
//! to it, and what they make of it is then known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use pglint_catalog::{
    Catalog, Name, Origin, Relation, RelationId, Schema, SchemaId, Unknown, UnknownReason,
};
use pglint_semantic::change::{Action, DdlChange};
use pglint_semantic::lower::lower;
use pglint_semantic::replay::Replay;
use pglint_syntax::{ParseOptions, parse_file};
use pglint_text::{StatementId, TextRange, TextSize};

use super::changes::FileChanges;
use super::manner::all;
use crate::framework::{Provides, providers};

/// Where all of it stands: in no file.
const NOWHERE: Origin = Origin {
    statement: StatementId(u32::MAX),
    range: TextRange::empty(TextSize::new(0)),
};

/// What is there already when the first file runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beginning {
    /// With that and nothing else in it.
    pub(crate) catalog: Catalog,
    /// What of it is not there, as files make it: the schema as written, and the name.
    left_out: BTreeSet<(Option<Name>, Name)>,
}

impl Beginning {
    /// What the tool of that name finds or makes, but for what files make themselves.
    pub(crate) fn new<'c>(tool: &str, files: impl Iterator<Item = &'c FileChanges>) -> Beginning {
        static ALL: LazyLock<BTreeMap<&str, Catalog>> = LazyLock::new(|| {
            let all = providers().map(|(name, provides)| (name, catalog(name, &provides)));
            all.collect()
        });
        let Some(known) = ALL.get(tool) else {
            return Beginning::default();
        };
        let mut beginning = Beginning {
            catalog: known.clone(),
            left_out: BTreeSet::new(),
        };
        for (schema, name) in files.flat_map(all).filter_map(made) {
            beginning.leave_out(schema, name);
        }
        beginning.catalog.take_written();
        beginning
    }

    /// Leaves out what an object of the files would be; `schema` is as written, and
    /// `None` for a schema itself as well.
    fn leave_out(&mut self, schema: Option<&Name>, name: &Name) {
        let own = |schema: SchemaId| self.catalog.schema(schema).map(|it| &it.name);
        let is_named = |it: &Relation| {
            it.name == *name && schema.is_none_or(|written| own(it.schema) == Some(written))
        };
        let is_made = |it: &&Schema| schema.is_none() && is_provided(it) && it.name == *name;
        let made = self.catalog.schemas().find(is_made).map(|it| it.id);
        let relations = self.catalog.relations();
        let relations = relations.filter(|it| is_named(it) || Some(it.schema) == made);
        let relations: Vec<RelationId> = relations.map(|it| it.id).collect();
        if made.is_some() || !relations.is_empty() {
            self.left_out.insert((schema.cloned(), name.clone()));
        }
        for relation in relations {
            self.catalog.remove_relation(relation);
        }
        if let Some(schema) = made {
            self.catalog.remove_schema(schema);
        }
    }

    /// Is it the same as another one of the same tool?
    pub(crate) fn is_same(&self, other: &Beginning) -> bool {
        self.left_out == other.left_out
    }
}

/// The name of what a change makes that a tool may make as well.
fn made(change: &DdlChange) -> Option<(Option<&Name>, &Name)> {
    match &change.action {
        Action::CreateSchema { name, .. } => Some((None, name)),
        action => action.made().map(|it| (it.schema.as_ref(), &it.name)),
    }
}

fn is_provided(schema: &Schema) -> bool {
    schema
        .origin
        .is_some_and(|it| it.statement == NOWHERE.statement)
}

fn catalog(name: &'static str, provides: &Provides) -> Catalog {
    let mut replay = Replay::default();
    let statements = parse_file(provides.sql, ParseOptions::default()).statements;
    for tree in statements.iter().filter_map(|it| it.tree()) {
        for change in lower(&tree, NOWHERE.statement) {
            let applied = replay.apply(&change);
            debug_assert!(applied.is_ok(), "{name}: {applied:?}");
        }
    }
    let mut catalog = replay.catalog;
    let unknown = || Unknown {
        reason: UnknownReason::Provided(Name::new_static(name)),
        origin: NOWHERE,
    };
    let relations: Vec<RelationId> = catalog.relations().map(|it| it.id).collect();
    for relation in relations {
        if let Some(relation) = catalog.relation_mut(relation) {
            relation.extension = Some(Name::new_static(name));
            relation.columns_unknown = provides.may_have_more.then(unknown);
        }
    }
    let schemas = catalog.schemas().filter(|it| is_provided(it));
    let schemas: Vec<SchemaId> = schemas.map(|it| it.id).collect();
    for schema in schemas {
        catalog.mark_schema_unknown(schema, unknown());
    }
    catalog
}

#[cfg(test)]
mod tests {
    use super::*;
    use pglint_catalog::{Lookup, SearchPath};

    /// What is known of a table at the beginning.
    fn columns(beginning: &Beginning, schema: &str, name: &str) -> Option<Vec<String>> {
        let catalog = &beginning.catalog;
        match catalog.lookup_relation(Some(schema), name, &SearchPath::default()) {
            Lookup::Found(table) => {
                Some(table.columns.iter().map(|it| it.name.to_string()).collect())
            }
            _ => None,
        }
    }

    #[test]
    fn all_of_it_is_valid_and_nobodys() {
        for (name, _) in providers() {
            let beginning = Beginning::new(name, std::iter::empty());
            let schemas = beginning.catalog.schemas();
            assert!(
                schemas
                    .filter(|it| is_provided(it))
                    .all(Schema::is_provided)
            );
            let mut relations = beginning.catalog.relations();
            assert!(relations.all(|it| it.extension.as_deref() == Some(name)));
            let json = beginning.catalog.to_json();
            assert_eq!(json["tables"], serde_json::json!([]));
            assert_eq!(json["schemas"], serde_json::json!(["public"]));
        }
    }

    #[test]
    fn what_files_make_is_theirs() {
        let mut beginning = Beginning::new("Supabase", std::iter::empty());
        assert_eq!(
            columns(&beginning, "auth", "users"),
            Some(vec!["id".into()])
        );
        let before = beginning.clone();
        beginning.leave_out(Some(&Name::new("app")), &Name::new("users"));
        assert!(beginning.is_same(&before));
        beginning.leave_out(None, &Name::new("auth"));
        assert_eq!(columns(&beginning, "auth", "users"), None);
        assert!(columns(&beginning, "storage", "buckets").is_some());
        assert!(!beginning.is_same(&before));
        beginning.leave_out(Some(&Name::new("storage")), &Name::new("buckets"));
        assert_eq!(columns(&beginning, "storage", "buckets"), None);
        let same = beginning.clone();
        beginning.leave_out(None, &Name::new("another"));
        assert!(beginning.is_same(&same));
    }
}
