//! How a statement that is refused in its middle leaves nothing behind.
//!
//! A clone of the catalog before each statement would do as well, but then every
//! change copies the nodes of the tables on its way, which costs more than all else.

use crate::catalog::Sorted;
use crate::{Catalog, Name, Schema, SchemaId, Unknown};
use std::sync::Arc;

/// Where a catalog may return to. What is changed seldom is kept as it was; tables of
/// which each statement changes much keep a journal.
#[derive(Debug)]
pub struct Savepoint {
    schemas: Sorted<SchemaId, Arc<Schema>>,
    schema_names: Sorted<Name, SchemaId>,
    extensions: Sorted<Name, SchemaId>,
    unknown_names: Sorted<Name, Arc<Unknown>>,
    unknown: Option<Arc<Unknown>>,
    next_id: u32,
}

impl Catalog {
    /// From now on what is changed can be taken back. There is one savepoint at a
    /// time.
    pub fn savepoint(&mut self) -> Savepoint {
        // What is mentioned now is mentioned again after the way back.
        self.end_change();
        self.relations.journal.open();
        self.names.journal.open();
        self.constraint_names.journal.open();
        self.types.journal.open();
        self.type_names.journal.open();
        self.functions.journal.open();
        self.function_names.journal.open();
        Savepoint {
            schemas: self.schemas.clone(),
            schema_names: self.schema_names.clone(),
            extensions: self.extensions.clone(),
            unknown_names: self.unknown_names.clone(),
            unknown: self.unknown.clone(),
            next_id: self.next_id,
        }
    }

    /// What was changed since the savepoint stays.
    pub fn release(&mut self, _: Savepoint) {
        self.relations.journal.close();
        self.names.journal.close();
        self.constraint_names.journal.close();
        self.types.journal.close();
        self.type_names.journal.close();
        self.functions.journal.close();
        self.function_names.journal.close();
    }

    /// Makes all objects what they were at the savepoint. What mentions them, and what
    /// was written, may hold more than it must, and is left as it is.
    pub fn roll_back_to(&mut self, savepoint: Savepoint) {
        self.relations.roll_back();
        self.names.roll_back();
        self.constraint_names.roll_back();
        self.types.roll_back();
        self.type_names.roll_back();
        self.functions.roll_back();
        self.function_names.roll_back();
        self.schemas = savepoint.schemas;
        self.schema_names = savepoint.schema_names;
        self.extensions = savepoint.extensions;
        self.unknown_names = savepoint.unknown_names;
        self.unknown = savepoint.unknown;
        self.next_id = savepoint.next_id;
    }
}
