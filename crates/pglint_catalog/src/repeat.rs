//! Makes the same difference to one catalog that is between two others: after an edit
//! in the middle of a history most later catalogs differ as the first one does.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::by_id::{ById, ObjectNumber};
use crate::catalog::Sorted;
use crate::difference::{Written, names};
use crate::edit::{constraint_names, count};
use crate::namespace::Namespace;
use crate::reads::Read;
use crate::{Catalog, FunctionId, Name, RelationId, SchemaId, TypeId};

impl Catalog {
    /// Makes the same difference to this catalog that is between two others, which
    /// differ at most in `written`.
    ///
    /// What this catalog is ahead of them must not touch what is written, nor the
    /// names of that: see [`Catalog::questions_of`]; and [`Catalog::goes_on_as`] holds
    /// between the two.
    pub fn repeat(&mut self, before: &Catalog, after: &Catalog, written: &FxHashSet<Written>) {
        #[allow(clippy::iter_over_hash_type, reason = "each object stands alone")]
        for written in written {
            match written {
                Written::Object(id) => self.repeat_object(*id, before, after),
                Written::Name(name) => {
                    self.wrote(written.clone());
                    copy(&mut self.unknown_names, before, after, name, |it| {
                        &it.unknown_names
                    });
                    copy(&mut self.extensions, before, after, name, |it| {
                        &it.extensions
                    });
                }
            }
        }
    }

    /// Do later changes that ask for nothing in which the two differ come to the same
    /// after both, with the same ids?
    pub fn goes_on_as(&self, other: &Catalog) -> bool {
        let next_id = |catalog: &Catalog| {
            let mut catalog = catalog.clone();
            catalog.leave_room();
            catalog.next_id
        };
        next_id(self) == next_id(other) && self.unknown == other.unknown
    }

    /// The questions whose answers decide whether a difference may be repeated after
    /// these things were changed between `before` and `after`.
    pub fn questions_of(before: &Catalog, after: &Catalog, written: &[Written]) -> Vec<Read> {
        let mut questions = Vec::new();
        for written in written {
            match written {
                Written::Object(id) => {
                    questions.push(Read::object(*id));
                    for catalog in [before, after] {
                        let names = names(catalog, *id);
                        questions.extend(names.iter().map(|name| Read::name(name)));
                    }
                }
                Written::Name(name) => {
                    questions.extend([Read::name(name), Read::unknown_name(name)]);
                }
            }
        }
        questions
    }

    fn repeat_object(&mut self, id: u32, before: &Catalog, after: &Catalog) {
        let schema = SchemaId(id);
        if before.schemas.contains_key(&schema) || after.schemas.contains_key(&schema) {
            self.repeat_schema(schema, before, after);
        }
        // A number may have come to be that of an object of another kind.
        self.begin_change(id);
        self.repeat_names(id, before, after);
        set(
            &mut self.relations,
            RelationId(id),
            &before.relations,
            &after.relations,
        );
        set(&mut self.types, TypeId(id), &before.types, &after.types);
        set(
            &mut self.functions,
            FunctionId(id),
            &before.functions,
            &after.functions,
        );
    }

    fn repeat_schema(&mut self, id: SchemaId, before: &Catalog, after: &Catalog) {
        for schema in [before, after].iter().filter_map(|it| it.schemas.get(&id)) {
            copy(&mut self.schema_names, before, after, &schema.name, |it| {
                &it.schema_names
            });
        }
        copy(&mut self.schemas, before, after, &id, |it| &it.schemas);
    }

    fn repeat_names(&mut self, id: u32, before: &Catalog, after: &Catalog) {
        let mut constraints: FxHashMap<(SchemaId, &Name), i32> = FxHashMap::default();
        for (catalog, change) in [(before, -1), (after, 1)] {
            if let Some(relation) = catalog.relations.get(&RelationId(id)) {
                let indexes = relation.indexes.iter().map(|it| &it.name);
                for name in indexes.chain([&relation.name]) {
                    let key = (relation.schema, name);
                    copy_name(&mut self.names, before, after, key, |it| &it.names);
                }
                for name in constraint_names(relation) {
                    *constraints.entry((relation.schema, name)).or_default() += change;
                }
            }
            if let Some(found) = catalog.types.get(&TypeId(id)) {
                let key = (found.schema, &found.name);
                copy_name(&mut self.type_names, before, after, key, |it| {
                    &it.type_names
                });
            }
            if let Some(function) = catalog.functions.get(&FunctionId(id)) {
                let key = (function.schema, &function.name);
                copy_name(&mut self.function_names, before, after, key, |it| {
                    &it.function_names
                });
            }
        }
        #[allow(clippy::iter_over_hash_type, reason = "each name is counted alone")]
        for ((schema, name), change) in constraints {
            if change != 0 {
                count(&mut self.constraint_names, schema, name, change);
            }
        }
    }
}

/// Makes the entry of a key what it became between `before` and `after`.
fn copy<K: Ord + Clone, V: Clone + PartialEq>(
    own: &mut Sorted<K, V>,
    before: &Catalog,
    after: &Catalog,
    key: &K,
    table: impl Fn(&Catalog) -> &Sorted<K, V>,
) {
    match table(after).get(key) {
        new if new == table(before).get(key) => {}
        Some(new) => own.insert_mut(key.clone(), new.clone()),
        None => drop(own.remove_mut(key)),
    }
}

/// Makes a name in a schema stand for what it came to stand for between `before` and
/// `after`.
fn copy_name<V: Clone + PartialEq>(
    own: &mut Namespace<V>,
    before: &Catalog,
    after: &Catalog,
    (schema, name): (SchemaId, &Name),
    names: impl Fn(&Catalog) -> &Namespace<V>,
) {
    let new = names(after).get(schema, name);
    if new != names(before).get(schema, name) {
        own.set(schema, name, new.cloned());
    }
}

/// Makes the object of an id what it became between `before` and `after`.
fn set<K: ObjectNumber, V>(own: &mut ById<K, V>, id: K, before: &ById<K, V>, after: &ById<K, V>) {
    match (before.get(&id), after.get(&id)) {
        (Some(old), Some(new)) if Arc::ptr_eq(old, new) => {}
        (_, Some(new)) => own.insert(id, new.clone()),
        (Some(_), None) => own.remove(&id),
        (None, None) => {}
    }
}
