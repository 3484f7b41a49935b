//! Which primary keys are counted up in a type that may run out.

use pglint_catalog::{Column, Relation, Sequence, Shape, TypeId};

use crate::Cx;

/// The sequence that gives the column its values, by identity or default, with
/// the relation that it is.
pub(crate) fn sequence_of<'c>(
    cx: &Cx<'c>,
    column: &Column,
) -> Option<(&'c Relation, &'c Sequence)> {
    let id = match (&column.identity, &column.default) {
        (Some(identity), _) => identity.sequence?,
        (None, Some(default)) => match default.expression.shape {
            Shape::NextValue(id) => id,
            _ => return None,
        },
        (None, None) => return None,
    };
    let relation = cx.catalog().relation(id)?;
    Some((relation, relation.sequence.as_ref()?))
}

/// Is the column a primary key, or part of one, that a sequence counts up in an
/// integer narrower than `bigint`? Not in a table that statements of the project
/// fill, and only with rows that they spell out: it stays as long as they are.
pub(crate) fn is_narrow_key(cx: &Cx<'_>, table: &Relation, column: &Column) -> bool {
    let Some(key) = table.primary_key().and_then(|it| it.key()) else {
        return false;
    };
    let is_counted_up = sequence_of(cx, column).is_some() || column.identity.is_some();
    let used = cx.workload().table(table.id);
    let is_list = used.has_fixed_rows && !used.has_other_rows;
    key.columns.contains(&column.number)
        && is_counted_up
        && !is_list
        && maximum(cx, column).is_some()
}

/// The largest value of an integer type narrower than `bigint`. `None` for others.
pub(crate) fn maximum(cx: &Cx<'_>, column: &Column) -> Option<i32> {
    maximum_of(cx.catalog().base_type(&column.data_type).scalar_id()?)
}

/// The same for a type's id.
pub(crate) fn maximum_of(id: TypeId) -> Option<i32> {
    match id {
        TypeId::INT4 => Some(i32::MAX),
        TypeId::INT2 => Some(i16::MAX.into()),
        _ => None,
    }
}
