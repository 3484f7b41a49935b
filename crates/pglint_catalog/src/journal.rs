//! What the entries of one table were, so that changes can be taken back.

/// What entries of a table were before they were changed, in the order of the
/// changes.
#[derive(Clone, Debug)]
pub(crate) struct Journal<K, V> {
    is_open: bool,
    entries: Vec<(K, Option<V>)>,
}

impl<K, V> Journal<K, V> {
    pub(crate) fn open(&mut self) {
        self.is_open = true;
    }

    /// Notes down what an entry was, if anybody wants to know.
    pub(crate) fn note(&mut self, entry: impl FnOnce() -> (K, Option<V>)) {
        if self.is_open {
            self.entries.push(entry());
        }
    }

    /// Forgets what was noted down.
    pub(crate) fn close(&mut self) {
        self.is_open = false;
        self.entries.clear();
    }

    /// What has to be put back, one after the other.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (K, Option<V>)> + use<K, V> {
        self.is_open = false;
        std::mem::take(&mut self.entries).into_iter().rev()
    }
}

impl<K, V> Default for Journal<K, V> {
    fn default() -> Journal<K, V> {
        Journal {
            is_open: false,
            entries: Vec::new(),
        }
    }
}

impl<K: PartialEq, V> Journal<K, V> {
    /// Whether somebody wants to know what an entry is, before it is changed in place.
    /// One that was noted down lately is shared with the journal no longer; of one that
    /// is noted down twice the first counts.
    pub(crate) fn lacks(&self, key: &K) -> bool {
        const LATELY: usize = 8;
        let mut latest = self.entries.iter().rev().take(LATELY);
        self.is_open && !latest.any(|(noted, _)| noted == key)
    }
}
