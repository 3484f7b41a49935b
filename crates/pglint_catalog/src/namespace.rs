//! What names stand for in each schema.

use crate::by_hash::ByHash;
use crate::journal::Journal;
use crate::{Name, SchemaId};
use smallvec::SmallVec;

/// The names of one sort of objects, each in its schema. One look finds a name in all
/// schemas of a search path.
#[derive(Clone, Debug)]
pub(crate) struct Namespace<V> {
    by_name: ByHash<Name, InSchemas<V>>,
    pub(crate) journal: Journal<(SchemaId, Name), V>,
}

/// What a name stands for in the schemas that have it, in any order. Nearly always
/// there is one.
type InSchemas<V> = SmallVec<[(SchemaId, V); 1]>;

impl<V: Clone> Namespace<V> {
    /// What a name stands for in the schemas that have it, in any order.
    pub(crate) fn named(&self, name: &str) -> &[(SchemaId, V)] {
        self.by_name.get(name).map_or(&[], |it| it)
    }

    /// What a name stands for in a schema.
    pub(crate) fn get(&self, schema: SchemaId, name: &str) -> Option<&V> {
        in_schema(self.named(name), schema)
    }

    /// Makes a name in a schema stand for something else, or for nothing.
    pub(crate) fn set(&mut self, schema: SchemaId, name: &Name, new: Option<V>) {
        self.update(schema, name, |_| new);
    }

    /// Makes a name in a schema stand for what `change` makes of what it stands for.
    pub(crate) fn update(
        &mut self,
        schema: SchemaId,
        name: &Name,
        change: impl FnOnce(Option<V>) -> Option<V>,
    ) {
        let Namespace { by_name, journal } = self;
        by_name.update(name, |in_schemas| {
            let mut all = in_schemas.take().unwrap_or_default();
            let place = all.iter().position(|it| it.0 == schema);
            let old = place.map(|place| all.swap_remove(place).1);
            journal.note(|| ((schema, name.clone()), old.clone()));
            all.extend(change(old).map(|new| (schema, new)));
            *in_schemas = Some(all).filter(|all| !all.is_empty());
        });
    }

    /// Makes all names stand for what they did when the journal was opened.
    pub(crate) fn roll_back(&mut self) {
        for ((schema, name), old) in self.journal.take() {
            self.set(schema, &name, old);
        }
    }
}

impl<V> Default for Namespace<V> {
    fn default() -> Namespace<V> {
        Namespace {
            by_name: ByHash::default(),
            journal: Journal::default(),
        }
    }
}

/// What a name stands for in one of the schemas that have it.
pub(crate) fn in_schema<V>(in_schemas: &[(SchemaId, V)], schema: SchemaId) -> Option<&V> {
    let mut in_schemas = in_schemas.iter();
    in_schemas.find(|it| it.0 == schema).map(|it| &it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_something_else_in_each_schema() {
        let name = Name::from("a_name_that_is_too_long_for_the_inline_form");
        let mut names = Namespace::default();
        names.set(SchemaId::PUBLIC, &name, Some(1));
        names.set(SchemaId::PG_TEMP, &name, Some(2));
        assert_eq!(names.get(SchemaId::PUBLIC, &name), Some(&1));
        assert_eq!(names.get(SchemaId::PG_TEMP, &name), Some(&2));
        assert_eq!(names.get(SchemaId::PG_CATALOG, &name), None);
        names.set(SchemaId::PUBLIC, &name, None);
        assert_eq!(names.named(&name), [(SchemaId::PG_TEMP, 2)]);
    }

    #[test]
    fn what_is_rolled_back_was_never_there() {
        let name = Name::from("orders");
        let mut names = Namespace::default();
        names.set(SchemaId::PUBLIC, &name, Some(1));
        names.journal.open();
        names.set(SchemaId::PUBLIC, &name, None);
        names.set(SchemaId::PUBLIC, &name, Some(2));
        names.set(SchemaId::PG_TEMP, &name, Some(3));
        names.roll_back();
        assert_eq!(names.named(&name), [(SchemaId::PUBLIC, 1)]);
        // What comes after is there for good.
        names.set(SchemaId::PUBLIC, &name, Some(4));
        names.roll_back();
        assert_eq!(names.named(&name), [(SchemaId::PUBLIC, 4)]);
    }
}
