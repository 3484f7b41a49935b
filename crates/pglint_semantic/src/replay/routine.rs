//! What functions do, read once for all their calls.

use std::sync::{Arc, Mutex, PoisonError};

use pglint_catalog::{Function, Name, Origin, UnknownReason};
use rustc_hash::FxHashMap;

use crate::change::{CallArgument, DdlChange, UnknownEffect};
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
    /// Whether it may run text that it is given, or hand it on.
    runs_text: bool,
}

impl Routines {
    /// What a call with these arguments does.
    pub(super) fn get(&self, function: &Function, arguments: &[CallArgument]) -> Arc<Routine> {
        let routine = self.without_arguments(function);
        let mut constants = arguments.iter().filter_map(|it| it.constant.as_ref());
        let can_matter = match routine.changes.is_empty() {
            true => constants.any(|it| !lower::ddl_words(it).is_empty()),
            false => constants.next().is_some(),
        };
        match can_matter && routine.runs_text {
            true => Arc::new(read(function, arguments)),
            false => routine,
        }
    }

    /// Reads a function, unless that was done.
    fn without_arguments(&self, function: &Function) -> Arc<Routine> {
        let Some(origin) = function.origin else {
            return Arc::new(read(function, &[]));
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
        let routine = Arc::new(read(function, &[]));
        let mut routines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        routines.insert(origin, routine.clone());
        routine
    }
}

fn read(function: &Function, arguments: &[CallArgument]) -> Routine {
    let changes = lower::call(function, arguments);
    let code = function.body.as_deref().unwrap_or_default();
    let code = code.to_ascii_lowercase();
    let body = function.body.as_deref().filter(|_| !changes.is_empty());
    let reason = UnknownReason::FunctionCall(function.name.clone());
    Routine {
        function: function.clone(),
        effect: body.and_then(|body| lower::effect(body, reason)),
        search_path: lower::own_search_path(function),
        runs_text: ["execute", "perform", "call"]
            .iter()
            .any(|it| code.contains(it)),
        changes,
    }
}
