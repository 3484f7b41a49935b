//! What names stand for, in tables that clones of a catalog share.

use crate::{Name, SchemaId};
use rustc_hash::FxHasher;
use std::borrow::Borrow;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// For look-ups only; never walked over.
pub(crate) type ByName<K, V> =
    rpds::HashTrieMap<K, V, archery::ArcTK, BuildHasherDefault<FxHasher>>;

/// The names of one sort of objects, each in its schema.
pub(crate) type Namespace<V> = ByName<(SchemaId, Name), V>;

/// A key of a [`Namespace`] whose name may be borrowed: looking for a long name
/// must not make a copy of it.
pub(crate) trait NameKey {
    fn parts(&self) -> (SchemaId, &str);
}

impl NameKey for (SchemaId, Name) {
    fn parts(&self) -> (SchemaId, &str) {
        (self.0, &self.1)
    }
}

impl NameKey for (SchemaId, &str) {
    fn parts(&self) -> (SchemaId, &str) {
        *self
    }
}

impl<'k> Borrow<dyn NameKey + 'k> for (SchemaId, Name) {
    fn borrow(&self) -> &(dyn NameKey + 'k) {
        self
    }
}

impl Hash for dyn NameKey + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl PartialEq for dyn NameKey + '_ {
    fn eq(&self, other: &dyn NameKey) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for dyn NameKey + '_ {}

/// What a name in a schema stands for.
pub(crate) fn named<'n, V>(names: &'n Namespace<V>, schema: SchemaId, name: &str) -> Option<&'n V> {
    names.get(&(schema, name) as &dyn NameKey)
}

/// An empty table by name.
pub(crate) fn by_name<K: Eq + Hash, V>() -> ByName<K, V> {
    // A change after a clone copies the nodes on its way: narrow ones cost less.
    const DEGREE: u8 = 16;
    ByName::new_with_hasher_and_degree_and_ptr_kind(Default::default(), DEGREE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_without_a_copy() {
        let mut names: Namespace<u32> = by_name();
        let long = "a_name_that_is_too_long_for_the_inline_form";
        names.insert_mut((SchemaId::PUBLIC, long.into()), 1);
        assert_eq!(named(&names, SchemaId::PUBLIC, long), Some(&1));
        assert_eq!(named(&names, SchemaId::PG_TEMP, long), None);
    }
}
