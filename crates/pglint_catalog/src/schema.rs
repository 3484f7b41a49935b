//! Schemas: the namespaces of all other objects.

use crate::{Name, Origin, SchemaId, Unknown, UnknownReason};

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

impl Schema {
    /// Whether the migration tool, or its platform, has made it.
    pub fn is_provided(&self) -> bool {
        let reason = self.unknown.as_ref().map(|it| &it.reason);
        matches!(reason, Some(UnknownReason::Provided(_)))
    }

    /// Whether its name is a placeholder, so that it may be any schema.
    pub fn is_placeholder(&self) -> bool {
        let reason = self.unknown.as_ref().map(|it| &it.reason);
        reason == Some(&UnknownReason::PlaceholderSchema)
    }
}
