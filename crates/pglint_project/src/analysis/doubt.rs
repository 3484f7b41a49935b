//! Tables of one name that files for several databases make, each its own.
//!
//! Two services in one repository may both have `users`. Where nothing but the
//! tables themselves tells their schema files apart, neither is the table that
//! the other file means.

use pglint_catalog::{Catalog, Lookup, Name, Origin, Relation, SearchPath, Unknown, UnknownReason};
use pglint_semantic::change::{CreateTable, TableElement};
use rustc_hash::FxHashSet;

use super::changes::FileChanges;

/// Is not sure of a table any more that another file than `own` has made with
/// other columns than `create`, which stands at `origin`, would.
pub(super) fn doubt(
    catalog: &mut Catalog,
    path: &SearchPath,
    own: &FileChanges,
    create: &CreateTable,
    origin: Origin,
) {
    let name = &create.name.name;
    let known = catalog.lookup_relation(name.schema.as_deref(), &name.name, path);
    let (Lookup::Found(table), Some(columns)) = (known, columns(create)) else {
        return;
    };
    let mut statements = own.statements.iter();
    let is_own = statements.any(|it| it.statement == table.origin.statement);
    if is_own || columns == columns_of(table) {
        return;
    }
    let (id, reason) = (table.id, UnknownReason::OtherDefinition);
    catalog.mark_relation_unknown(id, Unknown { reason, origin });
}

/// The columns that a table would have. `None` where it takes some from elsewhere.
fn columns(create: &CreateTable) -> Option<FxHashSet<&Name>> {
    let is_alone =
        create.inherits.is_empty() && create.partition_of.is_none() && create.of_type.is_none();
    let own = create.elements.iter().filter_map(|element| match element {
        TableElement::Column(column) => Some(Some(&column.name)),
        TableElement::Constraint(_) => None,
        TableElement::Like(..) => Some(None),
    });
    is_alone.then(|| own.collect::<Option<_>>()).flatten()
}

fn columns_of(table: &Relation) -> FxHashSet<&Name> {
    table.columns.iter().map(|it| &it.name).collect()
}
