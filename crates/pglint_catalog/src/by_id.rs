//! Objects by id, in a table that clones of a catalog share.

use crate::journal::Journal;
use crate::{FunctionId, RelationId, TypeId, id::FIRST_PROJECT_ID};
use std::sync::Arc;

/// An id of an object of the project. They all come from one sequence.
pub(crate) trait ObjectNumber: Copy + PartialEq {
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

/// How many bits of an index pick an entry of a node.
const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;

#[derive(Debug)]
enum Node<V> {
    Branch([Option<Arc<Node<V>>>; WIDTH]),
    Leaf([Option<Arc<V>>; WIDTH]),
}

/// Objects by id: a tree of arrays, because ids are dense but for gaps. Walking over
/// it is the order of creation. A change after a clone copies one node a level.
#[derive(Debug)]
pub(crate) struct ById<K, V> {
    root: Option<Arc<Node<V>>>,
    /// How many levels there are above the leaves.
    height: u32,
    pub(crate) journal: Journal<K, Arc<V>>,
}

/// The place of an id. `None` for an id of the server's.
fn index(id: impl ObjectNumber) -> Option<usize> {
    Some(id.number().checked_sub(FIRST_PROJECT_ID)? as usize)
}

/// The entry of a node that is `level` levels above the leaves.
fn entry(index: usize, level: u32) -> usize {
    (index >> (BITS * level)) % WIDTH
}

impl<K: ObjectNumber, V> ById<K, V> {
    pub(crate) fn new() -> ById<K, V> {
        ById {
            root: None,
            height: 0,
            journal: Journal::default(),
        }
    }

    pub(crate) fn get(&self, id: &K) -> Option<&Arc<V>> {
        let index = index(*id)?;
        if index >> (BITS * self.height) >= WIDTH {
            return None;
        }
        let mut node = self.root.as_ref()?;
        let mut level = self.height;
        loop {
            match &**node {
                Node::Branch(nodes) => node = nodes[entry(index, level)].as_ref()?,
                Node::Leaf(objects) => return objects[entry(index, 0)].as_ref(),
            }
            level = level.saturating_sub(1);
        }
    }

    pub(crate) fn get_mut(&mut self, id: &K) -> Option<&mut Arc<V>> {
        // What is not there must not cost a copy.
        let object = self.get(id)?;
        if self.journal.lacks(id) {
            let old = object.clone();
            self.journal.note(|| (*id, Some(old)));
        }
        self.slot(*id)?.as_mut()
    }

    pub(crate) fn insert(&mut self, id: K, object: Arc<V>) {
        self.set(id, Some(object));
    }

    pub(crate) fn remove(&mut self, id: &K) {
        if self.get(id).is_some() {
            self.set(*id, None);
        }
    }

    /// Makes all objects what they were when the journal was opened.
    pub(crate) fn roll_back(&mut self) {
        for (id, old) in self.journal.take() {
            self.set(id, old);
        }
    }

    fn set(&mut self, id: K, object: Option<Arc<V>>) {
        if let Some(slot) = self.slot(id) {
            let old = std::mem::replace(slot, object);
            self.journal.note(|| (id, old));
        }
    }

    /// All objects in the order of their ids.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Arc<V>> {
        let mut values = Values {
            branches: Vec::new(),
            leaf: [].iter(),
        };
        if let Some(root) = &self.root {
            values.enter(root);
        }
        values
    }

    fn slot(&mut self, id: K) -> Option<&mut Option<Arc<V>>> {
        let index = index(id)?;
        while index >> (BITS * self.height) >= WIDTH {
            let below = self.root.take();
            self.root = below.map(|below| {
                let mut nodes = [const { None }; WIDTH];
                nodes[0] = Some(below);
                Arc::new(Node::Branch(nodes))
            });
            self.height += 1;
        }
        let mut level = self.height;
        let mut node = self.root.get_or_insert_with(|| Node::new(level));
        loop {
            match Arc::make_mut(node) {
                Node::Branch(nodes) => {
                    let next = &mut nodes[entry(index, level)];
                    level = level.saturating_sub(1);
                    node = next.get_or_insert_with(|| Node::new(level));
                }
                Node::Leaf(objects) => return Some(&mut objects[entry(index, 0)]),
            }
        }
    }
}

impl<V> Node<V> {
    /// An empty node that is `level` levels above the leaves.
    fn new(level: u32) -> Arc<Node<V>> {
        Arc::new(match level {
            0 => Node::Leaf([const { None }; WIDTH]),
            _ => Node::Branch([const { None }; WIDTH]),
        })
    }
}

impl<V> Clone for Node<V> {
    fn clone(&self) -> Node<V> {
        match self {
            Node::Branch(nodes) => Node::Branch(nodes.clone()),
            Node::Leaf(objects) => Node::Leaf(objects.clone()),
        }
    }
}

impl<K: Clone, V> Clone for ById<K, V> {
    fn clone(&self) -> ById<K, V> {
        ById {
            root: self.root.clone(),
            height: self.height,
            journal: self.journal.clone(),
        }
    }
}

/// Walks over the objects of a table.
struct Values<'t, V> {
    /// What is left of each branch on the way to the leaf.
    branches: Vec<std::slice::Iter<'t, Option<Arc<Node<V>>>>>,
    leaf: std::slice::Iter<'t, Option<Arc<V>>>,
}

impl<'t, V> Values<'t, V> {
    fn enter(&mut self, node: &'t Node<V>) {
        match node {
            Node::Branch(nodes) => self.branches.push(nodes.iter()),
            Node::Leaf(objects) => self.leaf = objects.iter(),
        }
    }
}

impl<'t, V> Iterator for Values<'t, V> {
    type Item = &'t Arc<V>;

    fn next(&mut self) -> Option<&'t Arc<V>> {
        loop {
            if let Some(object) = self.leaf.by_ref().flatten().next() {
                return Some(object);
            }
            match self.branches.last_mut()?.by_ref().flatten().next() {
                Some(node) => self.enter(node),
                None => drop(self.branches.pop()),
            }
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
    fn what_is_rolled_back_was_never_there() {
        let mut table = ById::new();
        table.insert(id(1), Arc::new(1));
        table.insert(id(2), Arc::new(2));
        table.journal.open();
        *Arc::make_mut(table.get_mut(&id(1)).unwrap()) = 10;
        *Arc::make_mut(table.get_mut(&id(1)).unwrap()) = 11;
        table.remove(&id(2));
        table.insert(id(3), Arc::new(3));
        assert_eq!(all(&table), [11, 3]);
        table.roll_back();
        assert_eq!(all(&table), [1, 2]);
    }
}
