//! Schemas: the namespaces of all other objects.

use crate::{Name, Origin, SchemaId, Unknown};

/// A schema (`pg_namespace`).
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Its id.
    pub id: SchemaId,
    /// Its name.
    pub name: Name,
    /// Set when objects that the catalog does not know may be in it: a name that
    /// is not found there is then [`Unknown`](crate::Lookup::Unknown).
    pub unknown: Option<Unknown>,
    /// `CREATE SCHEMA`. `None` for those that a new database has.
    pub origin: Option<Origin>,
    /// `COMMENT ON SCHEMA`.
    pub comment: Option<Name>,
}
