//! What of a catalog is not known, and why.

use crate::{Catalog, Relation, SchemaId, Unknown};

/// Something that may differ from what the catalog says.
#[derive(Clone, Copy, Debug)]
pub struct UnknownPart<'c> {
    /// What.
    pub subject: UnknownSubject<'c>,
    /// Why, and where.
    pub unknown: &'c Unknown,
}

/// What may differ from what the catalog says.
#[derive(Clone, Copy, Debug)]
pub enum UnknownSubject<'c> {
    /// Everything: whatever is not in the catalog may exist all the same.
    Everything,
    /// A schema may hold more than the catalog knows.
    Schema(&'c str),
    /// Any object of that name, in whatever schema.
    Name(&'c str),
    /// All about a relation.
    Relation(&'c crate::Relation),
    /// Which columns a relation has.
    Columns(&'c crate::Relation),
}

impl Catalog {
    /// Everything that is not known, the widest first, then by name. A name is left
    /// out where a relation of that name is told for the same reason.
    pub fn unknown_parts(&self) -> Vec<UnknownPart<'_>> {
        let everything = self.unknown.as_deref().map(|unknown| UnknownPart {
            subject: UnknownSubject::Everything,
            unknown,
        });
        let mut parts = Vec::from_iter(everything);
        parts.extend(self.schemas().filter_map(|it| {
            let subject = UnknownSubject::Schema(&it.name);
            let unknown = it.unknown.as_ref()?;
            Some(UnknownPart { subject, unknown })
        }));
        let relations = self.unknown_relations();
        let is_told = |name: &str, unknown: &Unknown| {
            relations.iter().any(|part| match part.subject {
                UnknownSubject::Relation(it) => it.name == name && part.unknown == unknown,
                _ => false,
            })
        };
        let names = self.unknown_names.iter();
        let mut names: Vec<_> = names
            .filter(|(name, unknown)| !is_told(name, unknown))
            .map(|(name, unknown)| UnknownPart {
                subject: UnknownSubject::Name(name),
                unknown,
            })
            .collect();
        names.sort_by_key(|part| match part.subject {
            UnknownSubject::Name(name) => name,
            _ => "",
        });
        parts.extend(names);
        parts.extend(relations);
        parts
    }

    fn unknown_relations(&self) -> Vec<UnknownPart<'_>> {
        let is_listed = |it: &&Relation| it.schema != SchemaId::PG_TEMP && it.extension.is_none();
        let listed = self.relations().filter(is_listed);
        let mut relations: Vec<_> = listed.collect();
        relations.sort_by_cached_key(|it| self.qualified_name(it));
        let parts = relations.into_iter().filter_map(|it| {
            let whole = it.unknown.as_ref();
            let (subject, unknown) = match whole {
                Some(unknown) => (UnknownSubject::Relation(it), unknown),
                None => (UnknownSubject::Columns(it), it.columns_unknown.as_ref()?),
            };
            Some(UnknownPart { subject, unknown })
        });
        parts.collect()
    }
}
