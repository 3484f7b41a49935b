//! Schemas whose names are placeholders: each may be any schema, so a change of the
//! one may be a change of the other.

use super::{Outcome, Replay};
use crate::change::{DdlChange, UnknownEffect};
use pglint_catalog::{Lookup, Name, Origin, QualifiedName, SchemaId, Unknown, UnknownReason};
use pglint_syntax::is_placeholder_schema;

impl Replay {
    /// Makes the schema on first use: whoever fills in its name has made it before.
    pub(super) fn placeholder_schema(&mut self, name: &Name, origin: Origin) -> SchemaId {
        let id = self.catalog.add_schema(name.clone(), origin);
        let reason = UnknownReason::PlaceholderSchema;
        self.catalog
            .mark_schema_unknown(id, Unknown { reason, origin });
        id
    }

    /// What a change may be about besides: its object is not found for certain, while
    /// a schema of that kind has one of that name or is its own.
    pub(super) fn in_doubt(&self, change: &DdlChange) -> Vec<Name> {
        let mut about = change.action.changed();
        about.retain(|name| self.may_be_another(name));
        about.into_iter().map(|it| it.name.clone()).collect()
    }

    /// What a change was about that failed in such a schema.
    pub(super) fn failed_in_placeholder(change: &DdlChange) -> Vec<Name> {
        let about = change.action.changed().into_iter();
        let about = about.chain(change.action.made());
        let about = about.filter(|it| is_in_placeholder(it));
        about.map(|it| it.name.clone()).collect()
    }

    /// From now on nothing about objects of these names is certain.
    pub(super) fn doubt(&mut self, change: &DdlChange, names: Vec<Name>) -> Outcome {
        let at = Origin {
            statement: change.statement,
            range: change.range,
        };
        let effect = UnknownEffect {
            reason: UnknownReason::PlaceholderSchema,
            names,
            creates_anything: false,
            changes_anything: false,
            takes_names: false,
        };
        self.mark_unknown(&effect, at)
    }

    fn may_be_another(&self, name: &QualifiedName) -> bool {
        let may_be = is_in_placeholder(name) || self.catalog.has_in_placeholder_schema(&name.name);
        let schema = name.schema.as_deref();
        may_be
            && matches!(
                { &self.catalog }.lookup_relation(schema, &name.name, &self.search_path),
                Lookup::Unknown
            )
    }
}

fn is_in_placeholder(name: &QualifiedName) -> bool {
    name.schema.as_deref().is_some_and(is_placeholder_schema)
}
