//! The catalog: all objects by id and by name.

use crate::builtin_types::{builtin_type, builtin_types};
use crate::by_id::ById;
use crate::difference::Written;
use crate::mention::Mentions;
use crate::namespace::{Namespace, in_schema};
use crate::reads::{Read, Reads};
use crate::{
    DataType, Domain, Function, FunctionId, Index, IndexId, Lookup, Modifier, Name, QualifiedName,
    Relation, RelationId, Schema, SchemaId, SearchPath, Type, TypeId, TypeKind, TypeReference,
    Unknown,
};
use rustc_hash::FxHashMap;
use std::sync::{Arc, LazyLock};

/// A table of few or rarely changed things.
pub(crate) type Sorted<K, V> = rpds::RedBlackTreeMapSync<K, V>;

/// A database schema at one moment of its history.
///
/// Cloning costs a few reference counts; two clones share all that is the same.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Sorted by id, so that walking over it is the order of creation.
    pub(crate) schemas: Sorted<SchemaId, Arc<Schema>>,
    pub(crate) schema_names: Sorted<Name, SchemaId>,
    pub(crate) relations: ById<RelationId, Relation>,
    pub(crate) names: Namespace<NamedRelation>,
    /// How many constraints of that name are in the schema, NOT NULL included.
    pub(crate) constraint_names: Namespace<u32>,
    pub(crate) types: ById<TypeId, Type>,
    pub(crate) type_names: Namespace<TypeId>,
    pub(crate) functions: ById<FunctionId, Function>,
    pub(crate) function_names: Namespace<Arc<Vec<FunctionId>>>,
    pub(crate) extensions: Sorted<Name, SchemaId>,
    /// Names that code which cannot be followed mentions beside DDL words.
    pub(crate) unknown_names: Sorted<Name, Arc<Unknown>>,
    /// Set when anything at all may have been made by anybody.
    pub(crate) unknown: Option<Arc<Unknown>>,
    pub(crate) next_id: u32,
    pub(crate) mentions: Mentions,
    /// The object that was last given out to be changed; what it mentions now is
    /// not in `mentions` yet.
    pub(crate) changing: Option<u32>,
    /// What was changed since [`Catalog::take_written`], the last first.
    pub(crate) written: rpds::ListSync<Written>,
    /// Where every question is noted down. `None` nearly always.
    pub(crate) reads: Option<Reads>,
}

/// What a name in the namespace of relations stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedRelation {
    /// A table, view, sequence or composite type.
    Relation(RelationId),
    /// An index of that relation.
    Index(RelationId, IndexId),
}

impl Default for Catalog {
    fn default() -> Catalog {
        Catalog::builtin()
    }
}

impl Catalog {
    /// All schemas in the order of creation, `pg_catalog`, `pg_temp` and
    /// `information_schema` first.
    pub fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.note(Read::all());
        self.schemas.values().map(|it| &**it)
    }

    /// The schema of an id. `None` after it was dropped.
    pub fn schema(&self, id: SchemaId) -> Option<&Schema> {
        self.note(Read::object(id.0));
        self.schemas.get(&id).map(|it| &**it)
    }

    /// The schema of that name.
    pub fn lookup_schema(&self, name: &str) -> Lookup<&Schema> {
        match self.schema_named(name) {
            Some(schema) => Lookup::Found(schema),
            None if self.unknown_name(name).is_some() => Lookup::Unknown,
            None => Lookup::Missing,
        }
    }

    /// The schema of that name, without regard to what is unknown.
    pub fn schema_named(&self, name: &str) -> Option<&Schema> {
        let id = match name {
            // Every search begins with these, and no command moves them.
            "pg_temp" => SchemaId::PG_TEMP,
            "pg_catalog" => SchemaId::PG_CATALOG,
            _ => {
                self.note(Read::name(name));
                *self.schema_names.get(name)?
            }
        };
        self.schema(id)
    }

    /// All relations in the order of creation.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.note(Read::all());
        self.relations.values().map(|it| &**it)
    }

    /// All tables, partitioned tables and foreign tables, temporary ones left
    /// out, in the order of creation.
    pub fn tables(&self) -> impl Iterator<Item = &Relation> {
        self.relations().filter(|it| {
            (it.kind.is_table() || it.kind == crate::RelationKind::ForeignTable)
                && it.schema != SchemaId::PG_TEMP
        })
    }

    /// The relation of an id. `None` after it was dropped.
    pub fn relation(&self, id: RelationId) -> Option<&Relation> {
        self.note(Read::object(id.0));
        self.relations.get(&id).map(|it| &**it)
    }

    /// The index of an id, searched in the given relation.
    pub fn index(&self, relation: RelationId, index: IndexId) -> Option<&Index> {
        self.relation(relation)?.index(index)
    }

    /// The relation that a query's name stands for; an index is none.
    pub fn lookup_relation(
        &self,
        schema: Option<&str>,
        name: &str,
        path: &SearchPath,
    ) -> Lookup<&Relation> {
        self.lookup_named(schema, name, path)
            .and_then(|named| match named {
                NamedRelation::Relation(id) => match self.relation(id) {
                    Some(relation) => Lookup::Found(relation),
                    None => Lookup::Missing,
                },
                NamedRelation::Index(..) => Lookup::Missing,
            })
    }

    /// The relation or index that a name stands for.
    pub fn lookup_named(
        &self,
        schema: Option<&str>,
        name: &str,
        path: &SearchPath,
    ) -> Lookup<NamedRelation> {
        self.search(schema, name, path, self.names.named(name), None)
    }

    /// The relation or index of that name in one schema, without regard to what
    /// is unknown.
    pub fn named_in_schema(&self, schema: SchemaId, name: &str) -> Option<NamedRelation> {
        self.note(Read::name(name));
        self.names.get(schema, name).copied()
    }

    /// The relation of that name in one schema, without regard to what is unknown.
    pub fn relation_in_schema(&self, schema: SchemaId, name: &str) -> Option<&Relation> {
        match self.named_in_schema(schema, name)? {
            NamedRelation::Relation(id) => self.relation(id),
            NamedRelation::Index(..) => None,
        }
    }

    /// The foreign keys of all relations that reference this one.
    pub fn foreign_keys_to(
        &self,
        target: RelationId,
    ) -> impl Iterator<Item = (&Relation, &crate::Constraint, &crate::ForeignKey)> {
        self.related(target).flat_map(move |relation| {
            relation
                .foreign_keys()
                .filter(move |(_, key)| key.target == Some(target))
                .map(move |(constraint, key)| (relation, constraint, key))
        })
    }

    /// The types of the project in the order of creation, row types included.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.note(Read::all());
        self.types.values().map(|it| &**it)
    }

    /// The type of an id, also one of the server. `None` after it was dropped.
    pub fn data_type(&self, id: TypeId) -> Option<&Type> {
        if id.is_builtin() {
            let types = builtin_types();
            let index = types.binary_search_by_key(&id, |it| it.id).ok()?;
            return types.get(index);
        }
        self.note(Read::object(id.0));
        self.types.get(&id).map(|it| &**it)
    }

    /// The type that a name stands for. Names that only SQL's grammar knows
    /// (`integer`, `double precision`) are not type names: the parser has made
    /// `int4`, `float8` of them.
    pub fn lookup_type(
        &self,
        schema: Option<&str>,
        name: &str,
        path: &SearchPath,
    ) -> Lookup<&Type> {
        let named = self.type_names.named(name);
        let found = self.search(schema, name, path, named, builtin_type_named(name));
        found.and_then(|id| match self.data_type(id) {
            Some(found) => Lookup::Found(found),
            None => Lookup::Missing,
        })
    }

    /// The functions of the project in the order of creation.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.note(Read::all());
        self.functions.values().map(|it| &**it)
    }

    /// The function of an id. `None` after it was dropped.
    pub fn function(&self, id: FunctionId) -> Option<&Function> {
        self.note(Read::object(id.0));
        self.functions.get(&id).map(|it| &**it)
    }

    /// All functions of the project under that name in one schema.
    pub fn functions_in_schema(&self, schema: SchemaId, name: &str) -> Vec<&Function> {
        self.note(Read::name(name));
        let ids = self.function_names.get(schema, name);
        ids.into_iter()
            .flat_map(|ids| ids.iter())
            .filter_map(|id| self.function(*id))
            .collect()
    }

    /// The functions that a call's name may mean, in the order of the search
    /// path. `Unknown` rather than `Missing` when there is none: the server's own
    /// functions are not listed here.
    pub fn lookup_functions(
        &self,
        schema: Option<&str>,
        name: &str,
        path: &SearchPath,
    ) -> Lookup<Vec<&Function>> {
        let mut found = Vec::new();
        let mut add = |schema: &str| {
            self.note(Read::name(schema));
            if let Some(id) = self.schema_names.get(schema) {
                found.extend(self.functions_in_schema(*id, name));
            }
        };
        match schema {
            Some(schema) => add(schema),
            None => path.search_order().for_each(add),
        }
        if found.is_empty() {
            Lookup::Unknown
        } else {
            Lookup::Found(found)
        }
    }

    /// Names of the extensions that were created, sorted.
    pub fn extensions(&self) -> impl Iterator<Item = &Name> {
        self.note(Read::all());
        self.extensions.keys()
    }

    /// Why a name may stand for something that the catalog does not know.
    pub fn unknown_name(&self, name: &str) -> Option<&Unknown> {
        self.note(Read::unknown_name(name));
        let named = self.unknown_names.get(name);
        named.or(self.unknown.as_ref()).map(|it| &**it)
    }

    /// `schema.name` of a relation, as diagnostics name objects.
    pub fn qualified_name(&self, relation: &Relation) -> String {
        self.qualify(relation.schema, &relation.name)
    }

    /// `schema.name` of anything in a schema.
    pub fn qualify(&self, schema: SchemaId, name: &str) -> String {
        match self.schema(schema) {
            Some(schema) => format!("{}.{name}", schema.name),
            None => name.to_owned(),
        }
    }

    /// The type as `format_type` prints it with `search_path` set to
    /// `pg_catalog`: types of the project always have their schema.
    pub fn format_type(&self, data_type: &DataType) -> String {
        let mut out = match &data_type.reference {
            TypeReference::Known(id) => match builtin_type(*id) {
                Some(builtin) => format_builtin(builtin.oid, builtin.display, &data_type.modifier),
                None => match self.data_type(*id) {
                    Some(found) => {
                        let name = QualifiedName {
                            schema: Some(found.schema)
                                .filter(|it| *it != SchemaId::PG_TEMP)
                                .and_then(|it| Some(self.schema(it)?.name.clone())),
                            name: found.name.clone(),
                        };
                        quoted(&name) + &modifier_text(&data_type.modifier)
                    }
                    None => "???".to_owned(),
                },
            },
            // A placeholder stands for its name.
            TypeReference::Unknown(name) if is_unknown_name(&name.name) => "unknown".to_owned(),
            TypeReference::Unknown(name) => quoted(name) + &modifier_text(&data_type.modifier),
            TypeReference::Undetermined => "unknown".to_owned(),
        };
        if data_type.array {
            out.push_str("[]");
        }
        out
    }

    /// The type as `format_type` prints it where modifiers are not known, as in a
    /// function's signature: `character` rather than `bpchar`.
    pub fn format_type_without_modifier(&self, data_type: &DataType) -> String {
        let printed = self.format_type(&DataType {
            modifier: Modifier::None,
            ..data_type.clone()
        });
        match data_type.element_id() {
            Some(TypeId::BPCHAR) => printed.replace("bpchar", "character"),
            Some(TypeId::BIT) => printed.replace("\"bit\"", "bit"),
            _ => printed,
        }
    }

    /// The type under all domains, with the modifier of the lowest one.
    pub fn base_type<'a>(&'a self, data_type: &'a DataType) -> &'a DataType {
        let mut current = data_type;
        // A domain can only be made over an older type, but a bound costs little.
        for _ in 0..100 {
            let domain = match current.scalar_id().and_then(|id| self.data_type(id)) {
                Some(Type {
                    kind: TypeKind::Domain(domain),
                    ..
                }) => domain,
                _ => break,
            };
            current = &domain.base;
        }
        current
    }

    /// The domains that the type is made of, the type itself first; empty when it
    /// is none, as for an array of a domain.
    pub fn domains<'a>(&'a self, data_type: &'a DataType) -> impl Iterator<Item = &'a Domain> {
        let domain_of = |data_type: &DataType| match &self.data_type(data_type.scalar_id()?)?.kind {
            TypeKind::Domain(domain) => Some(&**domain),
            _ => None,
        };
        // A domain can only be made over an older type, but a bound costs little.
        std::iter::successors(domain_of(data_type), move |domain| domain_of(&domain.base)).take(100)
    }

    /// Looks for a name, which stands for something in each schema of `named`, and in
    /// `pg_catalog`.
    fn search<T: Copy>(
        &self,
        schema: Option<&str>,
        name: &str,
        path: &SearchPath,
        named: &[(SchemaId, T)],
        builtin: Option<T>,
    ) -> Lookup<T> {
        self.note(Read::name(name));
        if let Some(schema) = schema {
            return match self.lookup_schema(schema) {
                Lookup::Found(schema) => self.search_schema(schema, name, named, builtin),
                // A schema that the project never makes is somebody else's.
                Lookup::Missing | Lookup::Unknown => Lookup::Unknown,
            };
        }
        if let Some((schema, found)) = self.first_on_path(path, named, builtin) {
            let is_own = self
                .schemas
                .get(&schema)
                .is_some_and(|it| it.is_placeholder());
            // The search path may well begin with the placeholder's schema.
            return match !is_own && self.is_in_placeholder_schema(named) {
                true => Lookup::Unknown,
                false => Lookup::Found(found),
            };
        }
        let mut may_exist = false;
        for schema in path.search_order() {
            may_exist |= match self.schema_named(schema) {
                // A schema that the project never makes is somebody else's.
                None => true,
                // The relations of `pg_catalog` are not listed, but all begin so.
                Some(schema) if schema.id == SchemaId::PG_CATALOG => name.starts_with("pg_"),
                Some(schema) => schema.unknown.is_some(),
            };
        }
        if may_exist
            || self.unknown_name(name).is_some()
            || is_unknown_name(name)
            || self.is_in_placeholder_schema(named)
        {
            Lookup::Unknown
        } else {
            Lookup::Missing
        }
    }

    /// Whether a schema whose name is a placeholder has a relation of that name.
    pub fn has_in_placeholder_schema(&self, name: &str) -> bool {
        self.note(Read::name(name));
        self.is_in_placeholder_schema(self.names.named(name))
    }

    /// What a name stands for in the first schema of a search path that has it, and
    /// that schema.
    fn first_on_path<T: Copy>(
        &self,
        path: &SearchPath,
        named: &[(SchemaId, T)],
        builtin: Option<T>,
    ) -> Option<(SchemaId, T)> {
        // One that is made, renamed or dropped may have the name.
        path.0.iter().for_each(|it| self.note(Read::name(it)));
        let place = |schema| path.place_of(&self.schemas.get(&schema)?.name);
        let builtin = builtin.map(|it| (SchemaId::PG_CATALOG, it));
        let all = builtin.iter().chain(named);
        let found = all.filter_map(|(schema, it)| Some((place(*schema)?, (*schema, *it))));
        let (_, first) = found.min_by_key(|(place, _)| *place)?;
        Some(first)
    }

    /// Whether a schema has it whose name is a placeholder.
    fn is_in_placeholder_schema<T>(&self, named: &[(SchemaId, T)]) -> bool {
        let mut schemas = named.iter().filter_map(|(id, _)| self.schemas.get(id));
        schemas.any(|it| it.is_placeholder())
    }

    fn search_schema<T: Copy>(
        &self,
        schema: &Schema,
        name: &str,
        named: &[(SchemaId, T)],
        builtin: Option<T>,
    ) -> Lookup<T> {
        let builtin = builtin.filter(|_| schema.id == SchemaId::PG_CATALOG);
        match builtin.or(in_schema(named, schema.id).copied()) {
            Some(found) => Lookup::Found(found),
            None if schema.unknown.is_some()
                || self.unknown_name(name).is_some()
                || is_unknown_name(name)
                // This schema may be what the placeholder stands for.
                || self.is_in_placeholder_schema(named) =>
            {
                Lookup::Unknown
            }
            None if is_unlisted(schema.id) => Lookup::Unknown,
            None => Lookup::Missing,
        }
    }
}

/// Whether a placeholder stands in the name, in bytes that no name has or by its text.
fn is_unknown_name(name: &str) -> bool {
    const HOLES: [&str; 4] = ["{{", "${", "#{", "<%="];
    name.contains(char::REPLACEMENT_CHARACTER) || HOLES.iter().any(|it| name.contains(it))
}

/// The server's own relations and functions are not listed.
fn is_unlisted(schema: SchemaId) -> bool {
    matches!(schema, SchemaId::PG_CATALOG | SchemaId::INFORMATION_SCHEMA)
}

fn builtin_type_named(name: &str) -> Option<TypeId> {
    static BY_NAME: LazyLock<FxHashMap<&'static str, TypeId>> = LazyLock::new(|| {
        let types = builtin_types().iter();
        types.map(|it| (it.name.as_str(), it.id)).collect()
    });
    BY_NAME.get(name).copied()
}

fn quoted(name: &QualifiedName) -> String {
    let own = crate::quote_identifier(&name.name);
    match &name.schema {
        Some(schema) => format!("{}.{own}", crate::quote_identifier(schema)),
        None => own.into_owned(),
    }
}

fn modifier_text(modifier: &Modifier) -> String {
    match modifier {
        Modifier::None => String::new(),
        Modifier::Length(n) | Modifier::Precision(n) => format!("({n})"),
        Modifier::Numeric { precision, scale } => format!("({precision},{scale})"),
        Modifier::Interval { fields, precision } => {
            let fields = fields.iter().map(|fields| format!(" {fields}"));
            let precision = precision.iter().map(|precision| format!("({precision})"));
            fields.chain(precision).collect()
        }
        Modifier::Other(text) => format!("({text})"),
    }
}

/// The modifier of `timestamp(3) without time zone` stands inside the name.
fn format_builtin(oid: u32, display: &str, modifier: &Modifier) -> String {
    let id = TypeId(oid);
    let modifier_text = modifier_text(modifier);
    match display.split_once(' ') {
        Some((word, rest))
            if matches!(
                id,
                TypeId::TIME | TypeId::TIMETZ | TypeId::TIMESTAMP | TypeId::TIMESTAMPTZ
            ) =>
        {
            format!("{word}{modifier_text} {rest}")
        }
        // Without a length these are types of their own, as long as the value.
        _ if id == TypeId::BPCHAR && *modifier != Modifier::None => {
            format!("character{modifier_text}")
        }
        _ if id == TypeId::BIT && *modifier != Modifier::None => format!("bit{modifier_text}"),
        _ => format!("{display}{modifier_text}"),
    }
}
