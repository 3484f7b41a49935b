//! The catalogs after each file of a database.
//!
//! An edit in the middle of a history changes a few objects in all later catalogs.
//! Hardly any of these is ever asked for, so it is written down how they come about,
//! and each is worked out when it is wanted.

use std::sync::{Arc, OnceLock};

use pglint_catalog::{Catalog, Difference, Read, Written};
use rustc_hash::FxHashSet;

/// The catalog after a file.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    /// The catalog as it was before some edit of an earlier file.
    base: Catalog,
    /// What that has changed. `None` for nothing.
    edit: Option<Arc<Edit>>,
    /// The base with the edit, once somebody has asked.
    edited: OnceLock<Catalog>,
}

/// What the catalog after a file was, and what it became.
#[derive(Debug)]
struct Edit {
    /// Which file of the database it is.
    place: usize,
    before: Catalog,
    after: Catalog,
    /// Whatever differs between the two.
    written: FxHashSet<Written>,
}

/// Edits with more objects than this are not joined any more.
const MOST_WRITTEN: usize = 1_000;

impl Checkpoint {
    pub(crate) fn new(catalog: Catalog) -> Checkpoint {
        Checkpoint {
            base: catalog,
            edit: None,
            edited: OnceLock::new(),
        }
    }

    /// The catalog.
    pub(crate) fn get(&self) -> &Catalog {
        let Some(edit) = &self.edit else {
            return &self.base;
        };
        self.edited.get_or_init(|| {
            let mut catalog = self.base.clone();
            catalog.repeat(&edit.before, &edit.after, &edit.written);
            catalog.take_written();
            catalog
        })
    }
}

/// What has become different on the way, while the files of a database are replayed
/// again.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// In what the catalogs differ.
    pub(crate) difference: Difference,
    /// Whatever was changed by files that were replayed.
    written: FxHashSet<Written>,
    /// What the last file that was replayed did. `None` where the next one has to be
    /// replayed in any case.
    last: Option<Arc<Edit>>,
    /// An earlier edit, and the same followed by the last one.
    joined: Option<(Arc<Edit>, Arc<Edit>)>,
}

impl Edits {
    /// Takes note that the file at `place` was replayed, and of the catalogs after it
    /// with what it changed: those that it led to earlier, and those of now.
    pub(crate) fn add(
        &mut self,
        place: usize,
        (before, was_written): (&Catalog, &[Written]),
        (after, is_written): (&Catalog, &[Written]),
    ) {
        let written = || was_written.iter().chain(is_written);
        self.written.extend(written().cloned());
        self.difference.add(before, after, written());
        self.last = after.goes_on_as(before).then(|| {
            let is_different = |it: &&Written| !before.is_same_in(after, it);
            Arc::new(Edit {
                place,
                before: before.clone(),
                after: after.clone(),
                written: self.written.iter().filter(is_different).cloned().collect(),
            })
        });
    }

    /// What a catalog has become after a file that does the same as before. `None`
    /// where the file may do something else: `reads` is what it asks.
    pub(crate) fn carried_over(
        &mut self,
        known: &Checkpoint,
        reads: &[Read],
    ) -> Option<Checkpoint> {
        let last = self.last.clone()?;
        if self.difference.touches(reads) {
            return None;
        }
        let pending = known.edit.as_ref().filter(|pending| {
            // Of edits of one file, the first and the last catalog say it all.
            pending.place == last.place
                && pending.written.len() < MOST_WRITTEN
                && known.edited.get().is_none()
        });
        let (base, edit) = match pending {
            Some(pending) => (&known.base, self.join(pending, &last)),
            None => (known.get(), last),
        };
        Some(Checkpoint {
            base: base.clone(),
            edit: Some(edit),
            edited: OnceLock::new(),
        })
    }

    fn join(&mut self, first: &Arc<Edit>, last: &Arc<Edit>) -> Arc<Edit> {
        if let Some((known, joined)) = &self.joined
            && Arc::ptr_eq(known, first)
        {
            return joined.clone();
        }
        let joined = Arc::new(Edit {
            place: last.place,
            before: first.before.clone(),
            after: last.after.clone(),
            written: first.written.union(&last.written).cloned().collect(),
        });
        self.joined = Some((first.clone(), joined.clone()));
        joined
    }
}
