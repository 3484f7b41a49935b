//! The catalog as JSON, in the shape that a query of `pg_catalog` has.

use crate::{
    Catalog, Column, ColumnNumber, Constraint, ConstraintKind, ForeignKey, Index, IndexElement,
    IndexTarget, MatchType, Persistence, Relation, RelationKind, SchemaId, Type, TypeKind,
    UnknownTarget,
};
use serde_json::{Value, json};

impl Catalog {
    /// What `pglint catalog --format json` prints: tables with all that belongs
    /// to them, views, enums, domains, functions, schemas and sequences, sorted by schema
    /// and name. Temporary objects and those of extensions are left out.
    pub fn to_json(&self) -> Value {
        json!({
            "tables": self.sorted(|it| it.kind.is_table() || it.kind == RelationKind::ForeignTable, |it| self.table_json(it)),
            "views": self.sorted(
                |it| matches!(it.kind, RelationKind::View | RelationKind::MaterializedView),
                |it| self.view_json(it),
            ),
            "enums": self.sorted_types(|it| match &it.kind {
                TypeKind::Enum(labels) => Some(json!({
                    "schema": self.schema_name(it.schema), "name": it.name.as_str(), "labels": strings(labels),
                })),
                _ => None,
            }),
            "domains": self.sorted_types(|it| match &it.kind {
                TypeKind::Domain(_) => Some(json!(self.qualify(it.schema, &it.name))),
                _ => None,
            }),
            "functions": self.functions_json(),
            "schemas": self.schemas_json(),
            "sequences": self.relations().filter(|it| it.kind == RelationKind::Sequence && is_listed(it)).count(),
        })
    }

    fn schema_name(&self, id: SchemaId) -> &str {
        self.schema(id).map_or("", |it| it.name.as_str())
    }

    fn sorted(
        &self,
        choose: impl Fn(&Relation) -> bool,
        json: impl Fn(&Relation) -> Value,
    ) -> Vec<Value> {
        let mut chosen: Vec<_> = self
            .relations()
            .filter(|it| is_listed(it) && choose(it))
            .collect();
        chosen.sort_by_key(|it| (self.schema_name(it.schema), it.name.as_str()));
        chosen.into_iter().map(json).collect()
    }

    fn sorted_types(&self, json: impl Fn(&Type) -> Option<Value>) -> Vec<Value> {
        let mut chosen: Vec<_> = self
            .types()
            .filter(|it| it.extension.is_none() && it.schema != SchemaId::PG_TEMP)
            .collect();
        chosen.sort_by_key(|it| (self.schema_name(it.schema), it.name.as_str()));
        chosen.into_iter().filter_map(json).collect()
    }

    fn table_json(&self, table: &Relation) -> Value {
        json!({
            "schema": self.schema_name(table.schema),
            "name": table.name.as_str(),
            "kind": table.kind.letter().to_string(),
            "is_partition": table.is_partition(),
            "unlogged": table.persistence == Persistence::Unlogged,
            "inherits": non_empty(table.inherits.iter().filter_map(|id| Some(self.qualified_name(self.relation(*id)?)))),
            "rls": table.row_security,
            "force_rls": table.force_row_security,
            "columns": table.columns.iter().map(|it| self.column_json(table, it)).collect::<Vec<_>>(),
            "primary_key": table.primary_key().map(|it| json!({
                "name": it.name.as_str(),
                "columns": names(table, &it.columns()),
            })),
            "unique": by_name(table.unique_constraints().map(|it| json!({
                "name": it.name.as_str(),
                "deferrable": it.deferrable,
                "columns": names(table, &it.columns()),
            }))),
            "foreign_keys": by_name(table.foreign_keys().map(|(constraint, key)| self.foreign_key_json(table, constraint, key))),
            "checks": by_name(table.checks().map(|(constraint, check)| json!({
                "name": constraint.name.as_str(),
                "def": format!("CHECK ({})", self.render(table, check)),
                "validated": constraint.validated,
            }))),
            "exclusions": sorted_names(table.constraints.iter().filter(|it| matches!(it.kind, ConstraintKind::Exclusion(_))).map(|it| &it.name)),
            "indexes": by_name(table.indexes.iter().map(|it| self.index_json(table, it))),
            "policies": by_name(table.policies.iter().map(|it| json!({
                "name": it.name.as_str(),
                "cmd": it.command.letter().to_string(),
                "permissive": it.permissive,
                "roles": strings(&it.roles),
                "using": it.using.as_ref().map(|it| self.render(table, it)),
                "check": it.with_check.as_ref().map(|it| self.render(table, it)),
            }))),
            "triggers": sorted_names(table.triggers.iter().map(|it| &it.name)),
        })
    }

    fn column_json(&self, table: &Relation, column: &Column) -> Value {
        let default = match (&column.generated, &column.default) {
            (Some(generated), _) => Some(&generated.expression),
            (None, Some(default)) => Some(&default.expression),
            (None, None) => None,
        };
        json!({
            "name": column.name.as_str(),
            "type": self.format_type(&column.data_type),
            "not_null": column.not_null.is_some(),
            "default": default.map(|it| self.render(table, it)),
            "identity": column.identity.map(|it| if it.always { "a" } else { "d" }),
            "generated": column.generated.as_ref().map(|it| if it.stored { "s" } else { "v" }),
        })
    }

    fn foreign_key_json(
        &self,
        table: &Relation,
        constraint: &Constraint,
        key: &ForeignKey,
    ) -> Value {
        let target = key.target.and_then(|id| self.relation(id));
        let unknown = key.unknown_target.as_deref();
        let types = |relation: &Relation, columns: &[ColumnNumber]| -> Vec<String> {
            let columns = columns.iter().filter_map(|it| relation.column(*it));
            columns.map(|it| self.format_type(&it.data_type)).collect()
        };
        json!({
            "name": constraint.name.as_str(),
            "columns": names(table, &key.columns),
            "ref_table": match target {
                Some(target) => Some(self.qualified_name(target)),
                None => unknown.and_then(UnknownTarget::qualified_name),
            },
            "ref_columns": match target {
                Some(target) if unknown.is_none() => Some(names(target, &key.target_columns)),
                _ => unknown.and_then(UnknownTarget::column_names),
            },
            "types": types(table, &key.columns),
            "ref_types": target
                .filter(|_| unknown.is_none())
                .map(|it| types(it, &key.target_columns)),
            "on_delete": key.on_delete.letter().to_string(),
            "on_update": key.on_update.letter().to_string(),
            "match": match key.match_type { MatchType::Simple => "s", MatchType::Full => "f" },
            "validated": constraint.validated,
            "deferrable": constraint.deferrable,
            "inherited": constraint.parent.is_some(),
        })
    }

    fn index_json(&self, table: &Relation, index: &Index) -> Value {
        let expressions: Vec<_> = index
            .elements
            .iter()
            .filter_map(|element| match &element.target {
                IndexTarget::Expression(expression) => Some(self.render(table, expression)),
                IndexTarget::Column(_) => None,
            })
            .collect();
        let constraint = index.constraint.and_then(|id| table.constraint(id));
        json!({
            "name": index.name.as_str(),
            "method": index.method.as_str(),
            "unique": index.unique,
            "primary": constraint.is_some_and(Constraint::is_primary_key),
            "valid": index.valid,
            "columns": index.elements.iter().map(|it| column_name(table, it)).collect::<Vec<_>>(),
            "include": non_empty(table.column_names(&index.include).map(str::to_owned)),
            "expressions": (!expressions.is_empty()).then(|| expressions.join(", ")),
            "predicate": index.predicate.as_ref().map(|it| self.render(table, it)),
            "opclass": index.elements.iter().map(|it| it.operator_class.as_deref()).collect::<Vec<_>>(),
            "collation": index.elements.iter().map(|it| it.collation.as_deref()).collect::<Vec<_>>(),
            "option": index.elements.iter().map(option_bits).collect::<Vec<_>>().join(" "),
            "nulls_not_distinct": index.nulls_not_distinct,
            "constraint": constraint.map(|it| it.name.as_str()),
        })
    }

    fn view_json(&self, view: &Relation) -> Value {
        json!({
            "schema": self.schema_name(view.schema),
            "name": view.name.as_str(),
            "kind": view.kind.letter().to_string(),
            "options": non_empty(view.options.iter().map(|it| it.to_string())),
            "columns": if view.columns_unknown.is_some() {
                Value::Null
            } else {
                view.columns.iter().map(|it| it.name.as_str()).collect()
            },
        })
    }

    fn functions_json(&self) -> Vec<Value> {
        let mut functions: Vec<_> = self
            .functions()
            .filter(|it| it.extension.is_none() && it.schema != SchemaId::PG_TEMP)
            .collect();
        functions.sort_by_key(|it| (self.schema_name(it.schema), it.name.as_str(), it.id));
        functions
            .into_iter()
            .map(|it| {
                json!({
                    "schema": self.schema_name(it.schema),
                    "name": it.name.as_str(),
                    "args": self.identity_arguments(it),
                    "kind": it.kind.letter().to_string(),
                    "language": it.language.as_str(),
                    "security_definer": it.security_definer,
                    "config": non_empty(it.configuration.iter().map(|it| it.to_string())),
                })
            })
            .collect()
    }

    /// The arguments as `pg_get_function_identity_arguments` prints them.
    pub fn identity_arguments(&self, function: &crate::Function) -> String {
        use crate::{ArgumentMode, FunctionKind};
        let arguments = function.arguments.iter();
        let arguments = arguments.filter(|it| it.mode != ArgumentMode::Table);
        let printed: Vec<_> = arguments
            .map(|it| {
                let mode = match it.mode {
                    ArgumentMode::InOut => "INOUT ",
                    ArgumentMode::Variadic => "VARIADIC ",
                    ArgumentMode::Out => "OUT ",
                    ArgumentMode::In if function.kind == FunctionKind::Procedure => "IN ",
                    ArgumentMode::In | ArgumentMode::Table => "",
                };
                let name = it.name.as_deref().map(crate::quote_identifier);
                let space = if name.is_some() { " " } else { "" };
                format!(
                    "{mode}{}{space}{}",
                    name.unwrap_or_default(),
                    self.format_type_without_modifier(&it.data_type)
                )
            })
            .collect();
        printed.join(", ")
    }

    fn schemas_json(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .schemas()
            .filter(|it| !it.is_provided())
            .map(|it| it.name.as_str())
            .filter(|name| !name.starts_with("pg_") && *name != "information_schema")
            .collect();
        names.sort_unstable();
        names
    }

    /// An expression's text under the present names of its relation's columns.
    pub fn render(&self, relation: &Relation, expression: &crate::Expression) -> String {
        expression.render(|number| Some(relation.column(number)?.name.as_str()))
    }
}

fn is_listed(relation: &Relation) -> bool {
    relation.schema != SchemaId::PG_TEMP && relation.extension.is_none()
}

fn names<'a>(relation: &'a Relation, columns: &'a [ColumnNumber]) -> Vec<&'a str> {
    relation.column_names(columns).collect()
}

fn column_name<'a>(table: &'a Relation, element: &IndexElement) -> Option<&'a str> {
    Some(table.column(element.column()?)?.name.as_str())
}

/// `pg_index.indoption`: 1 for `DESC`, 2 for `NULLS FIRST`.
fn option_bits(element: &IndexElement) -> String {
    (u8::from(element.descending) + 2 * u8::from(element.nulls_first)).to_string()
}

fn strings(names: &[crate::Name]) -> Vec<&str> {
    names.iter().map(crate::Name::as_str).collect()
}

fn sorted_names<'a>(names: impl Iterator<Item = &'a crate::Name>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.map(crate::Name::as_str).collect();
    names.sort_unstable();
    names
}

fn non_empty(items: impl Iterator<Item = String>) -> Option<Vec<String>> {
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then_some(items)
}

fn by_name(items: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut items: Vec<_> = items.collect();
    items.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    items
}
