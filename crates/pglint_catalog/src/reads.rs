//! What was asked of a catalog, so that an answer can be kept until the catalog
//! differs in what the answer was made from.

use std::collections::hash_set::Drain;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashSet;

use crate::{Catalog, Name};

/// One thing that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Read {
    /// The object of that number: all ids come from one sequence.
    Object(u32),
    /// Which objects mention the one of that number.
    Mentions(u32),
    /// What a name stands for, whatever its kind, in any schema.
    Name(Name),
    /// Why something that is not there may have that name all the same.
    UnknownName(Name),
    /// All objects of a kind.
    All,
}

/// Where a catalog notes down what it is asked.
pub type Reads = Log<Read>;

/// A set that grows through shared references, each element once. Clones share it.
pub struct Log<T>(Arc<Mutex<FxHashSet<T>>>);

impl<T: Eq + Hash> Log<T> {
    /// Adds an element.
    pub fn add(&self, element: T) {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        set.insert(element);
    }

    /// Empties the set. The elements come in no order.
    pub fn take<C: FromIterator<T>>(&self) -> C {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let elements: Drain<'_, T> = set.drain();
        elements.collect()
    }
}

impl<T> Clone for Log<T> {
    fn clone(&self) -> Log<T> {
        Log(self.0.clone())
    }
}

impl<T> Default for Log<T> {
    fn default() -> Log<T> {
        Log(Arc::default())
    }
}

impl<T> fmt::Debug for Log<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Catalog {
    /// The same catalog, which notes down in `reads` what it is asked.
    pub fn noting(&self, reads: &Reads) -> Catalog {
        Catalog {
            reads: Some(reads.clone()),
            ..self.clone()
        }
    }

    pub(crate) fn note(&self, read: impl FnOnce() -> Read) {
        if let Some(reads) = &self.reads {
            reads.add(read());
        }
    }
}
