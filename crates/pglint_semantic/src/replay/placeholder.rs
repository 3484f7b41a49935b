//! Schemas whose names are placeholders: each may be any schema, so a change of the
//! one may be a change of the other. And relations in whose names, in quotes, there is
//! one: what they are called nobody knows.

use std::sync::Arc;

use super::{Outcome, Replay};
use crate::change::{Action, DdlChange, ObjectKind, UnknownEffect};
use pglint_catalog::{Lookup, Name, Origin, QualifiedName, SchemaId, Unknown, UnknownReason};
use pglint_syntax::{is_placeholder_schema, is_unknown_name};

impl Replay {
    /// Makes the schema on first use: whoever fills in its name has made it before.
    pub(super) fn placeholder_schema(&mut self, name: &Name, origin: Origin) -> SchemaId {
        let id = self.catalog.add_schema(name.clone(), origin);
        let reason = UnknownReason::PlaceholderSchema;
        self.catalog
            .mark_schema_unknown(id, Unknown { reason, origin });
        id
    }

    /// After a relation has got a name with a placeholder in it, one of any name may be
    /// there.
    pub(super) fn named_by_placeholder(&mut self, change: &DdlChange) {
        let made = match &change.action {
            Action::Rename(rename) => Some(&rename.new_name),
            action => action.made().map(|it| &it.name),
        };
        if made.is_some_and(|it| is_unknown_name(it)) {
            let reason = UnknownReason::PlaceholderSchema;
            let origin = Origin {
                statement: change.statement,
                range: change.range,
            };
            let unknown = Arc::new(Unknown { reason, origin });
            self.catalog.mark_all_unknown(unknown);
        }
    }

    /// Whether a change is about a relation in whose name there is a placeholder, and
    /// that is not found: it may be any.
    pub(super) fn is_about_any(&self, change: &DdlChange) -> bool {
        let about = change.action.changed().into_iter();
        let mut named = about.filter(|it| is_unknown_name(&it.name));
        !self.in_any_order && named.any(|it| self.is_not_found(it))
    }

    /// What a change may be about besides: its object is not found for certain, while
    /// a schema of that kind has one of that name or is its own.
    pub(super) fn in_doubt(&self, change: &DdlChange) -> Vec<Name> {
        let about = change.action.changed().into_iter();
        let mut doubted = Vec::new();
        for name in about {
            let in_placeholder =
                is_in_placeholder(name) || self.catalog.has_in_placeholder_schema(&name.name);
            let is_open = self.catalog.unknown_name(&name.name).is_some();
            if (in_placeholder || is_open) && self.is_not_found(name) {
                doubted.extend(in_placeholder.then(|| name.name.clone()));
                doubted.extend(self.named_perhaps(change, &name.name));
            }
        }
        doubted
    }

    /// The relations whose names, with a placeholder in them, may be this name.
    fn named_perhaps(&self, change: &DdlChange, name: &str) -> Vec<Name> {
        let is_relation = |kind| matches!(kind, ObjectKind::Relation(_) | ObjectKind::Column);
        let is_of_relations = match &change.action {
            Action::Drop(drop) => drop.targets.iter().any(|it| is_relation(it.kind)),
            Action::Rename(rename) => is_relation(rename.target.kind),
            Action::SetSchema { target, .. } => is_relation(target.kind),
            _ => true,
        };
        if !is_of_relations {
            return Vec::new();
        }
        let relations = self.catalog.relations().map(|it| &it.name);
        let perhaps = relations.filter(|it| is_unknown_name(it) && *it != name);
        perhaps.cloned().collect()
    }

    /// What a change was about that failed in such a schema, or with such a relation:
    /// its constraints may well have other names than their generated ones.
    pub(super) fn failed_in_placeholder(change: &DdlChange) -> Vec<Name> {
        let about = change.action.changed().into_iter();
        let about = about.chain(change.action.made());
        let about = about.filter(|it| is_in_placeholder(it) || is_unknown_name(&it.name));
        about.map(|it| it.name.clone()).collect()
    }

    /// From now on nothing about objects of these names is certain, or about `any`.
    pub(super) fn doubt(&mut self, change: &DdlChange, names: Vec<Name>, any: bool) -> Outcome {
        let at = Origin {
            statement: change.statement,
            range: change.range,
        };
        let effect = UnknownEffect {
            reason: UnknownReason::PlaceholderSchema,
            names,
            creates_anything: false,
            changes_anything: any,
            takes_names: false,
        };
        self.mark_unknown(&effect, at)
    }

    fn is_not_found(&self, name: &QualifiedName) -> bool {
        let schema = name.schema.as_deref();
        let found = self
            .catalog
            .lookup_relation(schema, &name.name, &self.search_path);
        !matches!(found, Lookup::Found(_))
    }
}

fn is_in_placeholder(name: &QualifiedName) -> bool {
    name.schema.as_deref().is_some_and(is_placeholder_schema)
}
