//! How the project's statements use the schema: evidence for and against what a
//! rule suspects.

mod join;
mod observe;
mod value;

use std::collections::BTreeSet;

use pglint_catalog::{ColumnNumber, Name, RelationId};
use pglint_semantic::resolve::Resolution;
use pglint_syntax::Tree;
use rustc_hash::{FxHashMap, FxHashSet};

/// A column of a relation.
type BaseColumn = (RelationId, ColumnNumber);

/// What statements do with tables and columns.
#[derive(Clone, Debug, Default)]
pub struct Workload {
    columns: FxHashMap<BaseColumn, ColumnUse>,
    values: FxHashMap<BaseColumn, ColumnValues>,
    tables: FxHashMap<RelationId, TableUse>,
    /// Both directions of each pair.
    joined: FxHashMap<BaseColumn, BTreeSet<BaseColumn>>,
    /// Sorted columns.
    arbiters: FxHashSet<(RelationId, Vec<ColumnNumber>)>,
    named_arbiters: FxHashSet<Name>,
}

/// What statements do with one column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnUse {
    /// A condition (WHERE, ON, HAVING, a filter or a CASE) mentions it.
    pub is_filtered: bool,
    /// Something asks whether it is NULL: `IS NULL`, `IS TRUE`, `COALESCE` and the like.
    pub is_null_tested: bool,
    /// An UPDATE sets it.
    pub is_updated: bool,
    /// A statement writes the literal NULL into it.
    pub is_set_to_null: bool,
    /// A query takes it apart at commas, semicolons or bars, or looks for an
    /// element between them.
    pub is_split: bool,
}

/// The values that statements write into a column or compare it with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnValues {
    /// The string literals.
    pub literals: BTreeSet<Name>,
    /// Some value is not a literal.
    pub is_open: bool,
}

/// Which rows statements insert into a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableUse {
    /// Rows whose values all stand in the statement.
    pub has_fixed_rows: bool,
    /// Rows with values that come from elsewhere: parameters, other tables.
    pub has_other_rows: bool,
}

impl Workload {
    /// What statements do with the column; nothing, when none mentions it.
    pub fn column(&self, relation: RelationId, column: ColumnNumber) -> ColumnUse {
        self.columns
            .get(&(relation, column))
            .copied()
            .unwrap_or_default()
    }

    /// The values of a column. `None` when no statement shows any.
    pub fn values(&self, relation: RelationId, column: ColumnNumber) -> Option<&ColumnValues> {
        self.values.get(&(relation, column))
    }

    /// Which rows statements insert into the table.
    pub fn table(&self, relation: RelationId) -> TableUse {
        self.tables.get(&relation).copied().unwrap_or_default()
    }

    /// The columns of other FROM items that conditions or USING equate with the
    /// column, sorted.
    pub fn joined_with(
        &self,
        relation: RelationId,
        column: ColumnNumber,
    ) -> impl Iterator<Item = (RelationId, ColumnNumber)> + '_ {
        let joined = self.joined.get(&(relation, column));
        joined.into_iter().flatten().copied()
    }

    /// Does an ON CONFLICT rely on a unique key on these columns, or of that name?
    pub fn is_arbiter(&self, relation: RelationId, columns: &[ColumnNumber], name: &str) -> bool {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        self.arbiters.contains(&(relation, columns)) || self.named_arbiters.contains(name)
    }

    /// Adds what one statement does.
    pub fn observe(&mut self, tree: &Tree, resolution: &Resolution) {
        observe::observe(self, tree, resolution);
    }

    /// Adds what another part of the project does.
    pub fn merge(&mut self, other: &Workload) {
        // Uses are combined with "or" and sets joined, so the order does not matter.
        #![allow(clippy::iter_over_hash_type, reason = "the result has no order")]
        for (column, used) in &other.columns {
            let own = self.columns.entry(*column).or_default();
            own.is_filtered |= used.is_filtered;
            own.is_null_tested |= used.is_null_tested;
            own.is_updated |= used.is_updated;
            own.is_set_to_null |= used.is_set_to_null;
            own.is_split |= used.is_split;
        }
        for (column, values) in &other.values {
            let own = self.values.entry(*column).or_default();
            own.literals.extend(values.literals.iter().cloned());
            own.is_open |= values.is_open;
        }
        for (table, used) in &other.tables {
            let own = self.tables.entry(*table).or_default();
            own.has_fixed_rows |= used.has_fixed_rows;
            own.has_other_rows |= used.has_other_rows;
        }
        for (column, joined) in &other.joined {
            self.joined.entry(*column).or_default().extend(joined);
        }
        self.arbiters.extend(other.arbiters.iter().cloned());
        self.named_arbiters
            .extend(other.named_arbiters.iter().cloned());
    }
}
