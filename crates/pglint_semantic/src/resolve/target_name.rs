//! The name of an output column that has no alias.

use pglint_catalog::Name;
use pglint_syntax::Node;

use super::resolution::Resolution;
use crate::expression_name::expression_name;

/// The name that PostgreSQL gives a target without an alias. Subqueries in the
/// target must be resolved.
pub(super) fn target_name(resolution: &Resolution, target: Node<'_>) -> Name {
    let of_subquery = |query: Node<'_>| {
        let columns = &resolution[resolution.query_of(query)?].columns;
        Some(columns.known.first()?.name.clone())
    };
    expression_name(target, &of_subquery).unwrap_or(Name::new_static("?column?"))
}
