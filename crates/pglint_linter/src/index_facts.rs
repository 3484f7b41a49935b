//! Comparisons of indexes that several rules share.

use pglint_catalog::{Expression, Index, Relation};

/// The same definition: whatever one serves, the other serves as well, UNIQUE
/// aside.
pub(crate) fn same_definition(a: &Index, b: &Index) -> bool {
    a.method == b.method
        && a.elements.len() == b.elements.len()
        && a.include == b.include
        && same_predicate(a, b)
        && a.elements
            .iter()
            .zip(&b.elements)
            .all(|(a, b)| a.is_same_as(b))
}

/// The same rows are indexed.
pub(crate) fn same_predicate(a: &Index, b: &Index) -> bool {
    match (&a.predicate, &b.predicate) {
        (None, None) => true,
        (Some(a), Some(b)) => Expression::is_same_as(a, b),
        _ => false,
    }
}

/// Of two indexes with the same definition, is `index` the one to drop?
///
/// A constraint's index stays before a plain one, a unique index before another,
/// and else the older one.
pub(crate) fn is_the_spare_one(index: &Index, other: &Index) -> bool {
    let worth = |index: &Index| (index.constraint.is_some(), index.unique);
    match worth(index).cmp(&worth(other)) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Greater => false,
        std::cmp::Ordering::Equal => index.id > other.id,
    }
}

/// Another index of the table that makes `index` a duplicate which can go.
pub(crate) fn duplicated_by<'t>(table: &'t Relation, index: &Index) -> Option<&'t Index> {
    table.indexes.iter().find(|other| {
        other.id != index.id
            && other.valid
            && same_definition(index, other)
            && is_the_spare_one(index, other)
            && (!index.unique || other.unique)
            && (!index.unique
                || index.nulls_not_distinct == other.nulls_not_distinct
                    && is_deferrable(table, index) == is_deferrable(table, other))
    })
}

/// Is it behind a `DEFERRABLE` constraint? Such an index serves neither
/// `ON CONFLICT` nor foreign keys.
pub(crate) fn is_deferrable(table: &Relation, index: &Index) -> bool {
    let constraint = index.constraint.and_then(|id| table.constraint(id));
    constraint.is_some_and(|it| it.deferrable)
}

/// Is it the index behind the table's primary key?
pub(crate) fn is_of_primary_key(table: &Relation, index: &Index) -> bool {
    table
        .primary_key()
        .is_some_and(|key| index.constraint == Some(key.id))
}
