//! What functions do, read once for all their calls.

use std::sync::{Arc, Mutex, PoisonError};

use pglint_catalog::{Function, Name, Origin, UnknownReason};
use rustc_hash::FxHashMap;

use crate::change::{DdlChange, UnknownEffect};
use crate::lower;

/// The functions that were called so far. Clones share what they know, so that
/// every session of a replay can have one.
#[derive(Clone, Debug, Default)]
pub struct Routines(Arc<Mutex<FxHashMap<Origin, Arc<Routine>>>>);

/// A function's body.
#[derive(Debug)]
pub(super) struct Routine {
    /// What was read.
    function: Function,
    /// What a call does. Empty where it changes nothing.
    pub(super) changes: Vec<DdlChange>,
    /// What a call may do that perhaps goes to another function.
    pub(super) effect: Option<UnknownEffect>,
    /// The search path that it runs under, where it has one of its own.
    pub(super) search_path: Option<Vec<Name>>,
}

impl Routines {
    /// Reads a function, unless that was done.
    pub(super) fn get(&self, function: &Function) -> Arc<Routine> {
        let Some(origin) = function.origin else {
            return Arc::new(read(function));
        };
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&origin)
            .cloned();
        // One that was altered, or made by a statement that makes several, is another.
        if let Some(known) = known.filter(|it| it.function == *function) {
            return known;
        }
        let routine = Arc::new(read(function));
        let mut routines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        routines.insert(origin, routine.clone());
        routine
    }
}

fn read(function: &Function) -> Routine {
    let changes = lower::call(function);
    let body = function.body.as_deref().filter(|_| !changes.is_empty());
    let reason = UnknownReason::FunctionCall(function.name.clone());
    Routine {
        function: function.clone(),
        effect: body.and_then(|body| lower::effect(body, reason)),
        search_path: lower::own_search_path(function),
        changes,
    }
}
