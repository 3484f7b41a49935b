//! Extensions: the types that common ones bring, and what others leave unknown.

use super::{Outcome, Problem, Replay};
use pglint_catalog::{
    Name, ObjectId, Origin, SchemaId, Type, TypeCategory, TypeId, TypeKind, Unknown, UnknownReason,
};

/// Extensions whose types are all listed and which bring no relations, with
/// their types and these types' categories. Sources: the extensions' own SQL
/// scripts (PostgreSQL's `contrib`, pgvector).
#[rustfmt::skip]
static KNOWN: &[(&str, &[(&str, char)])] = &[
    ("amcheck", &[]),
    ("autoinc", &[]),
    ("bloom", &[]),
    ("btree_gin", &[]),
    ("btree_gist", &[]),
    ("citext", &[("citext", 'S')]),
    ("cube", &[("cube", 'U')]),
    ("dblink", &[]),
    ("dict_int", &[]),
    ("dict_xsyn", &[]),
    ("earthdistance", &[("earth", 'U')]),
    ("file_fdw", &[]),
    ("fuzzystrmatch", &[]),
    ("hstore", &[("hstore", 'U'), ("ghstore", 'U')]),
    ("insert_username", &[]),
    ("intagg", &[]),
    ("intarray", &[("query_int", 'U'), ("intbig_gkey", 'U')]),
    ("isn", &[("ean13", 'U'), ("isbn13", 'U'), ("ismn13", 'U'), ("issn13", 'U'), ("isbn", 'U'), ("ismn", 'U'), ("issn", 'U'), ("upc", 'U')]),
    ("lo", &[("lo", 'U')]),
    ("ltree", &[("ltree", 'U'), ("lquery", 'U'), ("ltxtquery", 'U'), ("ltree_gist", 'U')]),
    ("moddatetime", &[]),
    ("pageinspect", &[]),
    ("pg_trgm", &[("gtrgm", 'U')]),
    ("pgcrypto", &[]),
    ("pgrowlocks", &[]),
    ("pgstattuple", &[]),
    ("plpgsql", &[]),
    ("postgres_fdw", &[]),
    ("refint", &[]),
    ("seg", &[("seg", 'U')]),
    ("tablefunc", &[("tablefunc_crosstab_2", 'C'), ("tablefunc_crosstab_3", 'C'), ("tablefunc_crosstab_4", 'C')]),
    ("tcn", &[]),
    ("tsm_system_rows", &[]),
    ("tsm_system_time", &[]),
    ("unaccent", &[]),
    ("uuid-ossp", &[]),
    ("vector", &[("vector", 'U'), ("halfvec", 'U'), ("sparsevec", 'U')]),
    ("xml2", &[]),
];

/// Types of extensions that bring more than is listed here.
static OTHER_TYPES: &[&str] = &[
    "box2d",
    "box3d",
    "geography",
    "geometry",
    "raster",
    "topogeometry",
];

/// Whether a type of that name comes with an extension that many projects
/// take for granted.
pub(super) fn is_extension_type(name: &str) -> bool {
    let mut listed = KNOWN.iter().flat_map(|(_, types)| types.iter());
    listed.any(|(known, _)| *known == name) || OTHER_TYPES.contains(&name)
}

impl Replay {
    pub(super) fn create_extension(
        &mut self,
        name: &Name,
        schema: Option<&Name>,
        if_not_exists: bool,
        at: Origin,
    ) -> Outcome {
        if self.catalog.extensions().any(|it| it == name) {
            if if_not_exists {
                return Ok(());
            }
            let message = format!("extension \"{name}\" already exists");
            return Err(Problem::exists(at, message));
        }
        let schema = match schema {
            Some(schema) => match self.catalog.schema_named(schema) {
                Some(schema) => schema.id,
                None => self.catalog.add_schema(schema.clone(), at),
            },
            None => {
                let mut path = self.search_path.0.iter();
                let first = path.find_map(|it| self.catalog.schema_named(it));
                first.map_or(SchemaId::PUBLIC, |it| it.id)
            }
        };
        self.catalog.add_extension(name.clone(), schema);
        let known = KNOWN.iter().find(|(known, _)| *known == name.as_str());
        match known {
            Some((_, types)) => self.add_extension_types(name, types, schema),
            None => {
                let unknown = Unknown {
                    reason: UnknownReason::Extension(name.clone()),
                    origin: at,
                };
                self.catalog.mark_schema_unknown(schema, unknown);
            }
        }
        Ok(())
    }

    fn add_extension_types(&mut self, name: &Name, types: &[(&str, char)], schema: SchemaId) {
        for (type_name, category) in types {
            let id = TypeId(self.catalog.next_id());
            self.catalog.insert_type(Type {
                id,
                schema,
                name: Name::new(type_name),
                kind: TypeKind::Base,
                category: TypeCategory(*category),
                origin: None,
                extension: Some(name.clone()),
                comment: None,
            });
        }
    }

    /// Forgets the extension. Its types are to be dropped with it.
    pub(super) fn drop_extension(&mut self, name: &Name) -> Vec<ObjectId> {
        let types = self.catalog.types();
        let own = types.filter(|it| it.extension.as_ref() == Some(name));
        let own = own.map(|it| ObjectId::Type(it.id)).collect();
        self.catalog.remove_extension(name);
        own
    }
}
