//! How the project's statements use the schema: evidence for and against what a
//! rule suspects.

mod observe;

use pglint_catalog::{ColumnNumber, RelationId};
use pglint_semantic::resolve::Resolution;
use pglint_syntax::Tree;
use rustc_hash::FxHashMap;

/// What statements do with each column.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    columns: FxHashMap<(RelationId, ColumnNumber), ColumnUse>,
}

/// What statements do with one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnUse {
    /// A condition (WHERE, ON, HAVING, a filter or a CASE) mentions it.
    pub is_filtered: bool,
    /// A condition asks `IS NULL` or `IS NOT NULL` of it, alone or in `COALESCE`.
    pub is_null_tested: bool,
    /// An UPDATE sets it.
    pub is_updated: bool,
    /// A statement writes the literal NULL into it.
    pub is_set_to_null: bool,
}

impl Workload {
    /// What statements do with the column; nothing, when none mentions it.
    pub fn column(&self, relation: RelationId, column: ColumnNumber) -> ColumnUse {
        self.columns
            .get(&(relation, column))
            .copied()
            .unwrap_or_default()
    }

    /// Adds what one statement does.
    pub fn observe(&mut self, tree: &Tree, resolution: &Resolution) {
        observe::observe(self, tree, resolution);
    }

    /// Adds what another part of the project does.
    pub fn merge(&mut self, other: &Workload) {
        // Uses are combined with "or", so the order does not matter.
        #[allow(clippy::iter_over_hash_type, reason = "the result has no order")]
        for (column, used) in &other.columns {
            let own = self.columns.entry(*column).or_default();
            own.is_filtered |= used.is_filtered;
            own.is_null_tested |= used.is_null_tested;
            own.is_updated |= used.is_updated;
            own.is_set_to_null |= used.is_set_to_null;
        }
    }
}
