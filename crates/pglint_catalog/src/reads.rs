//! What was asked of a catalog, so that an answer can be kept until the catalog
//! differs in what the answer was made from.

use std::collections::hash_set::Drain;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashSet, FxHasher};

use crate::Catalog;

/// One thing that was asked, as a number: facts about statements keep many of them.
///
/// Two questions may have the same number, which does no harm: an answer is then
/// looked for again although nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Read(u32);

/// What is asked is in the upper bits, the hash of about whom in the others.
const HASH_BITS: u32 = 29;

const OBJECT: u32 = 0;
const MENTIONS: u32 = 1;
const NAME: u32 = 2;
const UNKNOWN_NAME: u32 = 3;
const ALL: u32 = 4;

impl Read {
    /// The object of that number: all ids come from one sequence.
    pub fn object(id: u32) -> Read {
        Read::new(OBJECT, id)
    }

    /// Which objects mention the one of that number.
    pub fn mentions(id: u32) -> Read {
        Read::new(MENTIONS, id)
    }

    /// What a name stands for, whatever its kind, in any schema.
    pub fn name(name: &str) -> Read {
        Read::new(NAME, name)
    }

    /// Why something that is not there may have that name all the same.
    pub fn unknown_name(name: &str) -> Read {
        Read::new(UNKNOWN_NAME, name)
    }

    /// All objects of a kind.
    pub fn all() -> Read {
        Read::new(ALL, 0)
    }

    pub(crate) fn is_of_unknown_name(self) -> bool {
        self.0 >> HASH_BITS == UNKNOWN_NAME
    }

    fn new(what: u32, whom: impl Hash) -> Read {
        let mut hasher = FxHasher::default();
        whom.hash(&mut hasher);
        let hash = (hasher.finish() >> (64 - HASH_BITS)) as u32;
        Read(what << HASH_BITS | hash)
    }
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

    /// The same catalog, which notes down nothing.
    pub fn silent(self) -> Catalog {
        Catalog {
            reads: None,
            ..self
        }
    }

    pub(crate) fn note(&self, read: Read) {
        if let Some(reads) = &self.reads {
            reads.add(read);
        }
    }
}
