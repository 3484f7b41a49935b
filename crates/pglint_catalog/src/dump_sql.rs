//! The catalog as SQL that makes it anew.

mod comment;
mod constraint;
mod function;
mod order;
mod relation;
mod security;

use crate::{Catalog, Name, Relation, Schema, SchemaId, Shape, Type, TypeKind, quote_identifier};
use std::fmt::Write;

impl Catalog {
    /// What `pglint catalog --format sql` prints: every object in the order of its
    /// creation, or later where it needs a younger one; indexes after all tables,
    /// then foreign keys, policies, triggers and comments.
    ///
    /// A server accepts it. Foreign tables, functions in C and base types are left
    /// out: what is behind them is not in SQL.
    pub fn to_sql(&self) -> String {
        let mut out = Script::default();
        out.text.push_str("SET check_function_bodies = false;\n\n");
        let is_made = |it: &&Schema| it.origin.is_some() && self.has_own(it);
        for schema in self.schemas().filter(is_made) {
            let _ = writeln!(
                out.text,
                "CREATE SCHEMA {};",
                quote_identifier(&schema.name)
            );
        }
        self.write_extensions(&mut out.text);
        self.write_roles(&mut out.text);
        for object in self.objects_in_order() {
            out.add(self, object.schema, &format!("\n{}", object.sql));
        }
        let relations = self.children_first();
        let steps = [
            Catalog::write_parts,
            Catalog::write_links,
            Catalog::write_validity,
            Catalog::write_security,
        ];
        for step in steps {
            for relation in &relations {
                let mut text = String::new();
                step(self, relation, &mut text);
                out.add(self, relation.schema, &text);
            }
        }
        self.write_comments(&mut out.text);
        out.text
    }

    /// Has the project made it, or something in it?
    fn has_own(&self, schema: &Schema) -> bool {
        let is_in = |it: SchemaId| it == schema.id;
        let mut relations = self.relations().filter(|it| it.extension.is_none());
        // The row type of a relation is the relation.
        let is_row = |it: &Type| matches!(it.kind, TypeKind::Composite(_));
        !schema.is_provided()
            || relations.any(|it| is_in(it.schema))
            || { self.types() }.any(|it| is_in(it.schema) && !is_row(it))
            || self.functions().any(|it| is_in(it.schema))
    }

    fn write_extensions(&self, out: &mut String) {
        for (name, schema) in self.extensions.iter() {
            let schema = self.schema(*schema).map_or("public", |it| &it.name);
            let (name, schema) = (quote_identifier(name), quote_identifier(schema));
            let _ = writeln!(
                out,
                "CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {schema} CASCADE;"
            );
        }
    }

    fn listed(&self) -> impl Iterator<Item = &Relation> {
        self.relations()
            .filter(|it| it.schema != SchemaId::PG_TEMP && it.extension.is_none())
    }

    fn name_sql(&self, schema: SchemaId, name: &str) -> String {
        let schema = self.schema(schema).map_or("", |it| it.name.as_str());
        format!("{}.{}", quote_identifier(schema), quote_identifier(name))
    }

    fn type_sql(&self, found: &Type) -> String {
        let name = self.name_sql(found.schema, &found.name);
        match &found.kind {
            TypeKind::Enum(labels) => {
                let labels: Vec<_> = labels.iter().map(|it| literal(it)).collect();
                format!("CREATE TYPE {name} AS ENUM ({});\n", labels.join(", "))
            }
            TypeKind::Domain(domain) => self.domain_sql(&name, domain),
            TypeKind::Shell => format!("CREATE TYPE {name};\n"),
            TypeKind::Range(options) => format!("CREATE TYPE {name} AS RANGE {options};\n"),
            // A multirange type comes with its range type.
            TypeKind::Base | TypeKind::Composite(_) | TypeKind::Multirange(_) => String::new(),
            TypeKind::Pseudo => String::new(),
        }
    }

    fn domain_sql(&self, name: &str, domain: &crate::Domain) -> String {
        let mut out = format!("CREATE DOMAIN {name} AS {}", self.format_type(&domain.base));
        if let Some(collation) = &domain.collation {
            let _ = write!(out, " COLLATE {}", quote_identifier(collation));
        }
        if let Some(default) = &domain.default {
            let text = &default.text;
            let _ = match default.shape {
                Shape::Null | Shape::Constant => write!(out, " DEFAULT {text}"),
                _ => write!(out, " DEFAULT ({text})"),
            };
        }
        if let Some(not_null) = &domain.not_null {
            let not_null = quote_identifier(&not_null.name);
            let _ = write!(out, " CONSTRAINT {not_null} NOT NULL");
        }
        let mut later = String::new();
        for check in &domain.checks {
            let text = check.check().map_or("", |it| &it.text);
            let own = quote_identifier(&check.name);
            let clause = format!("CONSTRAINT {own} CHECK ({text})");
            let _ = match check.validated {
                true => write!(out, " {clause}"),
                false => writeln!(later, "ALTER DOMAIN {name} ADD {clause} NOT VALID;"),
            };
        }
        format!("{out};\n{later}")
    }
}

/// SQL text, and the search path that it has set: the texts of expressions, views
/// and functions name things as their authors did.
#[derive(Default)]
struct Script {
    text: String,
    path_of: Option<SchemaId>,
}

impl Script {
    /// Adds text that is about an object in a schema: names in it without a schema
    /// are looked for there first, then in `public`, then everywhere.
    fn add(&mut self, catalog: &Catalog, schema: SchemaId, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        if self.path_of != Some(schema) {
            self.path_of = Some(schema);
            let first = [schema, SchemaId::PUBLIC];
            let rest = catalog.schemas().map(|it| it.id);
            let rest = rest.filter(|it| it.0 > SchemaId::PUBLIC.0 && *it != schema);
            let mut path: Vec<_> = first.into_iter().chain(rest).collect();
            path.dedup();
            let names = path.iter().filter_map(|it| catalog.schema(*it));
            let names: Vec<_> = names.map(|it| quote_identifier(&it.name)).collect();
            let _ = writeln!(self.text, "\nSET search_path = {};", names.join(", "));
        }
        self.text.push_str(text);
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.map(|it| format!("\n    {it}")).collect();
    match items.is_empty() {
        true => String::new(),
        false => items.join(",") + "\n",
    }
}

fn columns_sql(relation: &Relation, columns: &[crate::ColumnNumber]) -> String {
    let names: Vec<_> = relation
        .column_names(columns)
        .map(quote_identifier)
        .collect();
    names.join(", ")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `WITH (a=b)`, a blank before it.
fn options_sql(options: &[Name]) -> String {
    let options = options.iter().map(|it| match it.split_once('=') {
        Some((name, value)) => format!("{name}={}", literal(value)),
        None => it.to_string(),
    });
    let options: Vec<_> = options.collect();
    match options.is_empty() {
        true => String::new(),
        false => format!(" WITH ({})", options.join(", ")),
    }
}
