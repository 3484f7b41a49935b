//! The shape of a `pglint.toml`, for the parser and, as JSON Schema, for editors.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use pglint_linter::{Severity, rules};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use toml::Spanned;

/// What a project decides about pglint.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(title = "pglint.toml")]
pub(super) struct File {
    /// Rules or categories that run. Without it, all.
    #[serde(default)]
    #[schemars(with = "Vec<RuleOrCategory>")]
    pub(super) select: Vec<Spanned<String>>,
    /// Rules or categories that do not run; or rules and the one object that each
    /// leaves alone.
    #[serde(default)]
    #[schemars(with = "Vec<Ignore>")]
    pub(super) ignore: Vec<Spanned<Ignore>>,
    /// Severities, instead of the rules' own.
    #[serde(default)]
    #[schemars(with = "Severities")]
    pub(super) severity: BTreeMap<Spanned<String>, Level>,
    /// Files that nothing is reported about; they still count as a part of the
    /// schema. Patterns as in a `.gitignore` beside this file.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) exclude: Vec<Spanned<String>>,
    /// What is different in some files. Where several match, later ones win.
    #[serde(default)]
    #[schemars(with = "Vec<Override>")]
    pub(super) overrides: Vec<Override>,
    /// The oldest major version of PostgreSQL that the project runs on. Without
    /// it, the newest that pglint knows.
    #[serde(default)]
    #[schemars(with = "u8", range(min = 10, max = 18))]
    pub(super) pg_version: Option<Spanned<u8>>,
    /// Columns that say that a row counts as deleted, instead of the usual names.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) soft_delete_columns: Option<Vec<String>>,
}

/// What is different in some files.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Override {
    /// Patterns as in a `.gitignore` beside this file.
    #[schemars(with = "Vec<String>")]
    pub(super) files: Vec<Spanned<String>>,
    /// Rules or categories that run, instead of the project's.
    #[serde(default)]
    #[schemars(with = "Vec<RuleOrCategory>")]
    pub(super) select: Option<Vec<Spanned<String>>>,
    /// Rules or categories that do not run, beside the project's.
    #[serde(default)]
    #[schemars(with = "Vec<RuleOrCategory>")]
    pub(super) ignore: Vec<Spanned<String>>,
    /// Severities, before the project's.
    #[serde(default)]
    #[schemars(with = "Severities")]
    pub(super) severity: BTreeMap<Spanned<String>, Level>,
}

/// A rule, or a rule for one object: `"select-star"`, `{ rule = "...", object = "..." }`.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum Ignore {
    Rule(#[schemars(with = "RuleOrCategory")] String),
    Object(IgnoreObject),
}

/// A rule and the one object that it leaves alone.
#[derive(serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IgnoreObject {
    /// The rule's name.
    #[schemars(with = "RuleName")]
    pub(super) rule: String,
    /// The object's dotted name, schema first, as JSON output gives it.
    pub(super) object: String,
    /// Why; for people.
    #[serde(default, rename = "reason")]
    #[schemars(with = "String")]
    pub(super) _reason: String,
}

#[derive(Clone, Copy, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warning,
    Info,
}

/// The JSON Schema of a `pglint.toml`, which editors check and complete by.
pub fn json_schema() -> Value {
    let generator = schemars::generate::SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<File>().to_value();
    tidy(&mut schema);
    schema
}

/// Makes one line of each description, and drops default values: those of the
/// parser, such as an empty list, say something else than those of pglint.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.shift_remove("default");
            if let Some(Value::String(text)) = members.get_mut("description") {
                *text = text.replace('\n', " ");
            }
            members.values_mut().for_each(tidy);
        }
        Value::Array(values) => values.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// By hand, because an untagged enum would hide what is wrong inside a table.
impl<'de> Deserialize<'de> for Ignore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ignore, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Ignore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rule's name, or a table with `rule` and `object`")
            }

            fn visit_str<E>(self, name: &str) -> Result<Ignore, E> {
                Ok(Ignore::Rule(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Ignore, A::Error> {
                let object = IgnoreObject::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Ignore::Object(object))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Level {
    pub(super) fn severity(self) -> Severity {
        match self {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Info,
        }
    }
}

/// In the schema: one of the rules' names.
struct RuleName;

/// In the schema: a level for each of some rules.
struct Severities;

/// In the schema: the name of a rule or category.
struct RuleOrCategory;

impl JsonSchema for RuleName {
    fn schema_name() -> Cow<'static, str> {
        "RuleName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = rules::ALL.iter().map(|rule| rule.name).collect();
        json_schema!({ "enum": names })
    }
}

impl JsonSchema for Severities {
    fn schema_name() -> Cow<'static, str> {
        "Severities".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": generator.subschema_for::<RuleName>(),
            "additionalProperties": generator.subschema_for::<Level>(),
        })
    }
}

impl JsonSchema for RuleOrCategory {
    fn schema_name() -> Cow<'static, str> {
        "RuleOrCategory".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names = rules::ALL.iter().map(|rule| rule.name);
        let names: Vec<_> = rules::categories().into_iter().chain(names).collect();
        json_schema!({ "enum": names })
    }
}
