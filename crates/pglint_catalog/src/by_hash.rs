//! Values by key, in a table that clones of a catalog share.

use rustc_hash::FxBuildHasher;
use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

/// How many bits of a hash pick an entry of a branch.
const BITS: u32 = 3;
const WIDTH: usize = 1 << BITS;
/// How many levels of branches a hash can tell apart.
const LEVELS: u32 = u32::BITS / BITS;
/// A leaf of so many entries becomes a branch.
const FULL: usize = 8;

#[derive(Clone, Debug)]
enum Node<K, V> {
    Branch(Arc<[Option<Node<K, V>>; WIDTH]>),
    Leaf(Arc<Vec<Entry<K, V>>>),
}

#[derive(Clone, Debug)]
struct Entry<K, V> {
    hash: u32,
    key: K,
    value: V,
}

/// Values by key, for look-ups only: a tree of arrays by the key's hash. A change after
/// a clone copies one node a level; another one writes in place.
#[derive(Clone, Debug)]
pub(crate) struct ByHash<K, V> {
    root: Node<K, V>,
}

impl<K: Eq + Hash + Clone, V: Clone> ByHash<K, V> {
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let hash = hash(key);
        let mut node = &self.root;
        let mut level = 0;
        loop {
            match node {
                Node::Branch(nodes) => node = nodes[place(hash, level)].as_ref()?,
                Node::Leaf(entries) => {
                    let mut entries = entries.iter();
                    let found = entries.find(|it| it.is_of(hash, key))?;
                    return Some(&found.value);
                }
            }
            level += 1;
        }
    }

    /// Changes the value of a key, which may have none before and after it.
    pub(crate) fn update(&mut self, key: &K, change: impl FnOnce(&mut Option<V>)) {
        let hash = hash(key);
        let entries = self.leaf_mut(hash);
        let place = entries.iter().position(|it| it.is_of(hash, key));
        let (key, mut value) = match place.map(|place| entries.swap_remove(place)) {
            Some(entry) => (entry.key, Some(entry.value)),
            None => (key.clone(), None),
        };
        change(&mut value);
        entries.extend(value.map(|value| Entry { hash, key, value }));
    }

    /// The leaf that has the keys of a hash, with room for one more.
    fn leaf_mut(&mut self, hash: u32) -> &mut Vec<Entry<K, V>> {
        let mut node = &mut self.root;
        let mut level = 0;
        loop {
            node.split_if_full(level);
            match node {
                Node::Branch(nodes) => {
                    let next = &mut Arc::make_mut(nodes)[place(hash, level)];
                    node = next.get_or_insert_default();
                }
                Node::Leaf(entries) => return Arc::make_mut(entries),
            }
            level += 1;
        }
    }
}

impl<K: Clone, V: Clone> Node<K, V> {
    fn split_if_full(&mut self, level: u32) {
        let Node::Leaf(entries) = self else {
            return;
        };
        if entries.len() < FULL || level == LEVELS {
            return;
        }
        let mut leaves = [const { Vec::new() }; WIDTH];
        for entry in std::mem::take(Arc::make_mut(entries)) {
            leaves[place(entry.hash, level)].push(entry);
        }
        let leaves = leaves.map(|leaf| (!leaf.is_empty()).then(|| Node::Leaf(Arc::new(leaf))));
        *self = Node::Branch(Arc::new(leaves));
    }
}

impl<K, V> Entry<K, V> {
    fn is_of<Q: Eq + ?Sized>(&self, hash: u32, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.hash == hash && self.key.borrow() == key
    }
}

impl<K, V> Default for Node<K, V> {
    fn default() -> Node<K, V> {
        Node::Leaf(Arc::default())
    }
}

impl<K, V> Default for ByHash<K, V> {
    fn default() -> ByHash<K, V> {
        ByHash {
            root: Node::default(),
        }
    }
}

fn hash(key: &(impl Hash + ?Sized)) -> u32 {
    FxBuildHasher.hash_one(key) as u32
}

/// The entry of a branch that has so many levels above it.
fn place(hash: u32, level: u32) -> usize {
    (hash >> (BITS * level)) as usize % WIDTH
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::Hasher;

    #[test]
    fn a_value_is_found_until_it_is_taken_out() {
        let mut table = ByHash::default();
        for key in 0..1000u32 {
            table.update(&key, |it| *it = Some(key * 2));
        }
        table.update(&7, |it| *it = Some(1));
        table.update(&8, |it| *it = None);
        table.update(&1000, |it| *it = None);
        let found = |key: &u32| table.get(key).copied();
        assert_eq!(
            [7, 8, 999, 1000].map(|key| found(&key)),
            [Some(1), None, Some(1998), None]
        );
    }

    #[test]
    fn a_clone_stays_as_it_was() {
        let mut table = ByHash::default();
        for key in 0..100u32 {
            table.update(&key, |it| *it = Some(key));
        }
        let before = table.clone();
        table.update(&1, |it| *it = it.map(|it| it + 10));
        table.update(&2, |it| *it = None);
        table.update(&100, |it| *it = Some(100));
        assert_eq!(
            [1, 2, 100].map(|key| before.get(&key).copied()),
            [Some(1), Some(2), None]
        );
        assert_eq!(
            [1, 2, 100].map(|key| table.get(&key).copied()),
            [Some(11), None, Some(100)]
        );
    }

    /// A key whose hash is that of all others.
    #[derive(Clone, PartialEq, Eq)]
    struct Clash(u32);

    impl Hash for Clash {
        fn hash<H: Hasher>(&self, state: &mut H) {
            0.hash(state);
        }
    }

    #[test]
    fn keys_of_one_hash_are_told_apart() {
        let mut table = ByHash::default();
        for key in 0..50 {
            table.update(&Clash(key), |it| *it = Some(key));
        }
        assert_eq!(table.get(&Clash(49)), Some(&49));
        assert_eq!(table.get(&Clash(50)), None);
    }
}
