//! In what two catalogs differ, as far as it matters to those who asked one of
//! them.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::edit::constraint_names;
use crate::reads::Read;
use crate::{Catalog, FunctionId, Name, RelationId, SchemaId, TypeId};

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Written {
    /// The object of that number.
    Object(u32),
    /// An extension, or a name that something unknown may have.
    Name(Name),
}

impl Catalog {
    /// Is `written` the same in both?
    pub fn is_same_in(&self, other: &Catalog, written: &Written) -> bool {
        match written {
            Written::Object(id) => {
                let (relation, function) = (RelationId(*id), FunctionId(*id));
                let (found_type, schema) = (TypeId(*id), SchemaId(*id));
                is_same(
                    self.relations.get(&relation),
                    other.relations.get(&relation),
                ) && is_same(self.types.get(&found_type), other.types.get(&found_type))
                    && is_same(
                        self.functions.get(&function),
                        other.functions.get(&function),
                    )
                    && is_same(self.schemas.get(&schema), other.schemas.get(&schema))
            }
            Written::Name(name) => {
                self.unknown_names.get(name) == other.unknown_names.get(name)
                    && self.extensions.get(name) == other.extensions.get(name)
            }
        }
    }

    /// What was changed since this was last asked, some of it several times.
    pub fn take_written(&mut self) -> Vec<Written> {
        let written = std::mem::replace(&mut self.written, rpds::List::new_sync());
        written.iter().cloned().collect()
    }

    pub(crate) fn wrote(&mut self, written: Written) {
        if self.written.first() != Some(&written) {
            self.written.push_front_mut(written);
        }
    }
}

/// In what catalogs differ: the questions that have other answers.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    questions: FxHashSet<Read>,
    /// Anything may have any name, or no longer.
    is_any_name: bool,
    is_everything: bool,
}

impl Difference {
    /// The difference between what has nothing in common.
    pub fn everything() -> Difference {
        Difference {
            is_everything: true,
            ..Difference::default()
        }
    }

    /// Adds in what `old` and `new` differ among `written`, which must hold all
    /// that was changed on either side since they were the same.
    pub fn add<'w>(
        &mut self,
        old: &Catalog,
        new: &Catalog,
        written: impl IntoIterator<Item = &'w Written>,
    ) {
        self.is_any_name |= old.unknown != new.unknown;
        let mut seen = FxHashSet::default();
        for written in written {
            if !seen.insert(written) || old.is_same_in(new, written) {
                continue;
            }
            match written {
                Written::Object(id) => self.add_object(*id, old, new),
                Written::Name(name) => {
                    if old.unknown_names.get(name) != new.unknown_names.get(name) {
                        self.questions.insert(Read::unknown_name(name));
                    }
                    if old.extensions.get(name) != new.extensions.get(name) {
                        self.questions.insert(Read::name(name));
                    }
                }
            }
        }
    }

    fn add_object(&mut self, id: u32, old: &Catalog, new: &Catalog) {
        self.questions.insert(Read::object(id));
        for catalog in [old, new] {
            let mentioned = catalog.mentioned_by(id).into_iter();
            self.questions.extend(mentioned.map(Read::mentions));
            let names = names(catalog, id);
            self.questions.extend(names.iter().map(|it| Read::name(it)));
        }
    }

    /// Is nothing different?
    pub fn is_empty(&self) -> bool {
        !self.is_everything && !self.is_any_name && self.questions.is_empty()
    }

    /// Could one of these questions be answered in another way?
    pub fn touches(&self, reads: &[Read]) -> bool {
        let is_touched = |read: &Read| {
            *read == Read::all()
                || self.is_any_name && read.is_of_unknown_name()
                || self.questions.contains(read)
        };
        self.is_everything || !self.is_empty() && reads.iter().any(is_touched)
    }
}

fn is_same<T: PartialEq>(old: Option<&Arc<T>>, new: Option<&Arc<T>>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => Arc::ptr_eq(old, new) || old == new,
        (None, None) => true,
        _ => false,
    }
}

/// The names that an object takes, those of a table's indexes and constraints too.
pub(crate) fn names(catalog: &Catalog, id: u32) -> Vec<Name> {
    let mut names = Vec::new();
    if let Some(relation) = catalog.relations.get(&RelationId(id)) {
        names.push(relation.name.clone());
        names.extend(relation.indexes.iter().map(|it| it.name.clone()));
        names.extend(constraint_names(relation).cloned());
    }
    names.extend(catalog.types.get(&TypeId(id)).map(|it| it.name.clone()));
    let function = catalog.functions.get(&FunctionId(id));
    names.extend(function.map(|it| it.name.clone()));
    let schema = catalog.schemas.get(&SchemaId(id));
    names.extend(schema.map(|it| it.name.clone()));
    names
}
