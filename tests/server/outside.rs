//! What a project's files take for granted, made before they are run: else a server
//! refuses whole statements for the sake of one name in them.

use std::collections::{BTreeMap, BTreeSet};

use pglint_catalog::{Catalog, Relation, UnknownReason, UnknownTarget, quote_identifier};
use pglint_project::{Analysis, Database};
use postgres::Client;

/// Extensions of PostgreSQL's own and pgvector, with words that only they explain.
const EXTENSIONS: [(&str, &[&str]); 7] = [
    ("citext", &["citext"]),
    ("hstore", &["hstore"]),
    ("ltree", &["ltree"]),
    ("pgcrypto", &["gen_random_bytes(", "gen_salt(", "digest("]),
    ("unaccent", &["unaccent("]),
    ("uuid-ossp", &["uuid_generate_v"]),
    ("vector", &["vector(", "halfvec("]),
];

/// Makes schemas, extensions and tables that files use and none of them makes; gives
/// the names of the tables. These belong to an extension, so that they are nobody's.
pub(crate) fn make(
    client: &mut Client,
    analysis: &Analysis,
    (database, catalog): (&Database, &Catalog),
) -> BTreeSet<String> {
    for schema in catalog.schemas() {
        let reason = schema.unknown.as_ref().map(|it| &it.reason);
        if matches!(
            reason,
            Some(UnknownReason::OutsideSchema | UnknownReason::Provided(_))
        ) {
            let name = quote_identifier(&schema.name);
            client
                .batch_execute(&format!("CREATE SCHEMA {name}"))
                .unwrap();
        }
    }
    let texts: Vec<&str> = { database.files.iter() }
        .map(|it| &*analysis.project.file(it.file).text)
        .collect();
    for (extension, words) in EXTENSIONS {
        let uses = |text: &&&str| words.iter().any(|word| text.contains(word));
        if texts.iter().any(|it| uses(&it)) && !catalog.extensions().any(|it| *it == *extension) {
            client
                .batch_execute(&format!("CREATE EXTENSION IF NOT EXISTS \"{extension}\""))
                .unwrap();
        }
    }
    let mut made = BTreeSet::new();
    let provided = catalog.tables().filter(|it| it.extension.is_some());
    let provided = provided.map(|it| (name(catalog, it), create_provided(catalog, it)));
    let referenced = referenced(catalog).into_iter();
    let referenced = referenced.map(|(name, keys)| (name.clone(), create(&name, &keys)));
    for schema in referenced_schemas(catalog) {
        let create = format!("CREATE SCHEMA IF NOT EXISTS {}", quote_identifier(schema));
        client.batch_execute(&create).unwrap();
    }
    for (name, create) in provided.chain(referenced) {
        if client.batch_execute(&create).is_ok() {
            made.insert(name);
        }
    }
    for name in &made {
        let owned = format!("ALTER EXTENSION plpgsql ADD TABLE {name}");
        client.batch_execute(&owned).unwrap();
    }
    made
}

/// The columns of a key, each with its type.
type Key = Vec<(String, String)>;

/// The tables that foreign keys refer to and that are not known, by `schema.name`, with
/// the keys that are referred to.
fn referenced(catalog: &Catalog) -> BTreeMap<String, BTreeSet<Key>> {
    let mut tables: BTreeMap<String, BTreeSet<Key>> = BTreeMap::new();
    for table in catalog.tables() {
        for (_, foreign_key) in table.foreign_keys() {
            let Some(target) = foreign_key.unknown_target.as_deref() else {
                continue;
            };
            let is_ours = catalog.relations().any(|it| it.name == target.name);
            let types = foreign_key
                .columns
                .iter()
                .map(|it| column_type(catalog, table, *it));
            let types: Vec<String> = types.collect();
            if let (Some(schema), false) = (&target.schema, is_ours) {
                let name = [quote_identifier(schema), quote_identifier(&target.name)].join(".");
                tables.entry(name).or_default().insert(key(target, types));
            }
        }
    }
    tables
}

/// Schemas of such tables, as far as no file makes them.
fn referenced_schemas(catalog: &Catalog) -> BTreeSet<&str> {
    let keys = catalog.tables().flat_map(|it| it.foreign_keys());
    let targets = keys.filter_map(|(_, key)| key.unknown_target.as_deref()?.schema.as_deref());
    targets
        .filter(|it| catalog.schema_named(it).is_none())
        .collect()
}

fn column_type(
    catalog: &Catalog,
    table: &Relation,
    column: pglint_catalog::ColumnNumber,
) -> String {
    let column = table.column(column);
    column.map_or_else(String::new, |it| catalog.format_type(&it.data_type))
}

/// Where the clause names no columns, those of the primary key are of the same types.
fn key(target: &UnknownTarget, types: Vec<String>) -> Key {
    let named = target.columns.iter().map(|it| it.to_string());
    let named: Vec<String> = match target.columns.is_empty() {
        true => (0..types.len()).map(|at| format!("key{at}")).collect(),
        false => named.collect(),
    };
    named.into_iter().zip(types).collect()
}

fn name(catalog: &Catalog, table: &Relation) -> String {
    let schema = catalog.schema(table.schema).map_or("", |it| &it.name);
    [quote_identifier(schema), quote_identifier(&table.name)].join(".")
}

/// `CREATE TABLE` of what the migration tool or its platform makes.
fn create_provided(catalog: &Catalog, table: &Relation) -> String {
    let columns = table.columns.iter().map(|column| {
        let not_null = if column.not_null.is_some() {
            " NOT NULL"
        } else {
            ""
        };
        let data_type = catalog.format_type(&column.data_type);
        let default = column.default.as_ref();
        let default =
            default.map(|it| format!(" DEFAULT {}", catalog.render(table, &it.expression)));
        let default = default.unwrap_or_default();
        format!(
            "{} {data_type}{not_null}{default}",
            quote_identifier(&column.name)
        )
    });
    let key = table.primary_key().map(|it| {
        let columns = it.columns();
        let columns = table
            .column_names(&columns)
            .map(|it| quote_identifier(it).into_owned());
        format!("PRIMARY KEY ({})", columns.collect::<Vec<_>>().join(", "))
    });
    let parts: Vec<String> = columns.chain(key).collect();
    format!(
        "CREATE TABLE {} ({})",
        name(catalog, table),
        parts.join(", ")
    )
}

/// `CREATE TABLE` with these keys, the first of them as its primary key.
fn create(name: &str, keys: &BTreeSet<Key>) -> String {
    let columns: BTreeMap<&String, &String> = keys.iter().flatten().map(|(c, t)| (c, t)).collect();
    let columns = columns
        .into_iter()
        .map(|(c, t)| format!("{} {t}", quote_identifier(c)));
    let mut is_primary = true;
    let keys = keys.iter().map(|key| {
        let columns: Vec<_> = key
            .iter()
            .map(|(column, _)| quote_identifier(column))
            .collect();
        let kind = if std::mem::take(&mut is_primary) {
            "PRIMARY KEY"
        } else {
            "UNIQUE"
        };
        format!("{kind} ({})", columns.join(", "))
    });
    let parts: Vec<String> = columns.chain(keys).collect();
    format!("CREATE TABLE {name} ({})", parts.join(", "))
}
