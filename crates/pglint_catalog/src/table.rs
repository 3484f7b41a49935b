//! Tables of objects that clones of a catalog share: by id, and by name.

use crate::{FunctionId, Name, RelationId, SchemaId, TypeId, id::FIRST_PROJECT_ID};
use rustc_hash::FxHasher;
use std::borrow::Borrow;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

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

/// An id of an object of the project. They all come from one sequence.
pub(crate) trait ObjectNumber: Copy {
    fn number(self) -> u32;
}

impl ObjectNumber for RelationId {
    fn number(self) -> u32 {
        self.0
    }
}

impl ObjectNumber for TypeId {
    fn number(self) -> u32 {
        self.0
    }
}

impl ObjectNumber for FunctionId {
    fn number(self) -> u32 {
        self.0
    }
}

/// How many entries a node has: a bit mask of the index picks one.
const WIDTH: usize = 64;

type Leaf<V> = [Option<Arc<V>>; WIDTH];
type Branch<V> = [Option<Arc<Leaf<V>>>; WIDTH];

/// Objects by id: an array of three levels, because ids are dense. Walking over it
/// is the order of creation. A change after a clone copies one node a level.
#[derive(Debug)]
pub(crate) struct ById<K, V> {
    branches: Arc<Vec<Option<Arc<Branch<V>>>>>,
    key: PhantomData<K>,
}

/// The places of an id in the three levels. `None` for an id of the server's.
fn places(id: impl ObjectNumber) -> Option<(usize, usize, usize)> {
    let index = id.number().checked_sub(FIRST_PROJECT_ID)? as usize;
    Some((index / WIDTH / WIDTH, index / WIDTH % WIDTH, index % WIDTH))
}

impl<K: ObjectNumber, V> ById<K, V> {
    pub(crate) fn new() -> ById<K, V> {
        ById {
            branches: Arc::default(),
            key: PhantomData,
        }
    }

    pub(crate) fn get(&self, id: &K) -> Option<&Arc<V>> {
        let (branch, leaf, slot) = places(*id)?;
        let branch = self.branches.get(branch)?.as_ref()?;
        branch[leaf].as_ref()?[slot].as_ref()
    }

    pub(crate) fn get_mut(&mut self, id: &K) -> Option<&mut Arc<V>> {
        // What is not there must not cost a copy.
        self.get(id)?;
        self.slot(*id)?.as_mut()
    }

    pub(crate) fn insert(&mut self, id: K, object: Arc<V>) {
        if let Some(slot) = self.slot(id) {
            *slot = Some(object);
        }
    }

    pub(crate) fn remove(&mut self, id: &K) {
        if self.get(id).is_some()
            && let Some(slot) = self.slot(*id)
        {
            *slot = None;
        }
    }

    /// All objects in the order of their ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Arc<V>> {
        let leaves = self.branches.iter().flatten().flat_map(|it| it.iter());
        leaves.flatten().flat_map(|leaf| leaf.iter()).flatten()
    }

    fn slot(&mut self, id: K) -> Option<&mut Option<Arc<V>>> {
        let (branch, leaf, slot) = places(id)?;
        let branches = Arc::make_mut(&mut self.branches);
        if branches.len() <= branch {
            branches.resize(branch + 1, None);
        }
        let new_branch = || Arc::new(std::array::from_fn(|_| None));
        let branch = Arc::make_mut(branches[branch].get_or_insert_with(new_branch));
        let new_leaf = || Arc::new(std::array::from_fn(|_| None));
        let leaf = Arc::make_mut(branch[leaf].get_or_insert_with(new_leaf));
        Some(&mut leaf[slot])
    }
}

impl<K, V> Clone for ById<K, V> {
    fn clone(&self) -> ById<K, V> {
        ById {
            branches: self.branches.clone(),
            key: PhantomData,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(index: u32) -> RelationId {
        RelationId(FIRST_PROJECT_ID + index)
    }

    fn all(table: &ById<RelationId, u32>) -> Vec<u32> {
        table.values().map(|it| **it).collect()
    }

    #[test]
    fn objects_come_in_the_order_of_their_ids() {
        let mut table = ById::new();
        for index in [70_000, 3, 4096, 64, 0] {
            table.insert(id(index), Arc::new(index));
        }
        assert_eq!(all(&table), [0, 3, 64, 4096, 70_000]);
        assert_eq!(table.get(&id(64)).map(|it| **it), Some(64));
        assert_eq!(table.get(&id(65)), None);
        assert_eq!(table.get(&RelationId(7)), None);
        table.remove(&id(64));
        assert_eq!(all(&table), [0, 3, 4096, 70_000]);
    }

    #[test]
    fn a_clone_stays_as_it_was() {
        let mut table = ById::new();
        table.insert(id(1), Arc::new(1));
        table.insert(id(5000), Arc::new(2));
        let before = table.clone();
        *Arc::make_mut(table.get_mut(&id(1)).unwrap()) = 10;
        table.insert(id(2), Arc::new(3));
        table.remove(&id(5000));
        assert_eq!(all(&before), [1, 2]);
        assert_eq!(all(&table), [10, 3]);
        assert!(table.get_mut(&id(9)).is_none());
    }

    #[test]
    fn a_name_is_found_without_a_copy() {
        let mut names: Namespace<u32> = ByName::new_with_hasher_and_ptr_kind(Default::default());
        let long = "a_name_that_is_too_long_for_the_inline_form";
        names.insert_mut((SchemaId::PUBLIC, long.into()), 1);
        assert_eq!(named(&names, SchemaId::PUBLIC, long), Some(&1));
        assert_eq!(named(&names, SchemaId::PG_TEMP, long), None);
    }
}
