//! The catalog as SQL that makes it anew.

use crate::{
    Argument, ArgumentMode, Catalog, Column, Constraint, ConstraintKind, Expression, ForeignKey,
    Function, FunctionKind, Index, IndexElement, IndexTarget, Key, MatchType, Name,
    PartitionStrategy, Persistence, Relation, RelationKind, SchemaId, Shape, Type, TypeKind,
    Volatility, quote_identifier,
};
use std::fmt::Write;

impl Catalog {
    /// What `pglint catalog --format sql` prints: every object in the order of its
    /// creation, which is an order in which a server accepts them; indexes after
    /// all tables, foreign keys and triggers at the end.
    pub fn to_sql(&self) -> String {
        let mut out = String::from("SET check_function_bodies = false;\n\n");
        for schema in self.schemas().filter(|it| it.origin.is_some()) {
            let _ = writeln!(out, "CREATE SCHEMA {};", quote_identifier(&schema.name));
        }
        for (name, schema) in self.extensions.iter() {
            let schema = self.schema(**schema).map_or("public", |it| &it.name);
            let (name, schema) = (quote_identifier(name), quote_identifier(schema));
            let _ = writeln!(
                out,
                "CREATE EXTENSION IF NOT EXISTS {name} SCHEMA {schema};"
            );
        }
        for (_, text) in self.objects_in_order() {
            let _ = write!(out, "\n{text}");
        }
        for relation in self.listed() {
            self.write_parts(relation, &mut out);
        }
        for relation in self.listed() {
            self.write_links(relation, &mut out);
        }
        out
    }

    fn listed(&self) -> impl Iterator<Item = &Relation> {
        self.relations()
            .filter(|it| it.schema != SchemaId::PG_TEMP && it.extension.is_none())
    }

    /// Ids of all sorts are given in one sequence. Sequences go first: they need
    /// nothing, and the one of a `serial` column is younger than its table.
    fn objects_in_order(&self) -> Vec<(u32, String)> {
        let place = |it: &Relation| match it.kind {
            RelationKind::Sequence => 0,
            _ => it.id.0,
        };
        let relations = self.listed().map(|it| (place(it), self.relation_sql(it)));
        let types = self.types().filter(|it| it.extension.is_none());
        let types = types.map(|it| (it.id.0, self.type_sql(it)));
        let functions = self.functions().filter(|it| it.extension.is_none());
        let functions = functions.map(|it| (it.id.0, self.function_sql(it)));
        let mut all: Vec<_> = relations.chain(types).chain(functions).collect();
        all.sort_by_key(|(id, _)| *id);
        all.retain(|(_, text)| !text.is_empty());
        all
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
            TypeKind::Domain(domain) => {
                let mut out = format!("CREATE DOMAIN {name} AS {}", self.format_type(&domain.base));
                if let Some(default) = &domain.default {
                    let _ = write!(out, " DEFAULT {}", default.text);
                }
                if domain.not_null.is_some() {
                    out.push_str(" NOT NULL");
                }
                for check in &domain.checks {
                    let text = check.check().map_or("", |it| &it.text);
                    let check = quote_identifier(&check.name);
                    let _ = write!(out, " CONSTRAINT {check} CHECK ({text})");
                }
                out + ";\n"
            }
            TypeKind::Shell => format!("CREATE TYPE {name};\n"),
            TypeKind::Base | TypeKind::Composite(_) | TypeKind::Range | TypeKind::Pseudo => {
                String::new()
            }
        }
    }

    fn relation_sql(&self, relation: &Relation) -> String {
        let name = self.name_sql(relation.schema, &relation.name);
        match relation.kind {
            RelationKind::Sequence => match &relation.sequence {
                Some(sequence) if !sequence.is_identity => {
                    let data_type = self.format_type(&sequence.data_type);
                    format!("CREATE SEQUENCE {name} AS {data_type};\n")
                }
                _ => String::new(),
            },
            RelationKind::View | RelationKind::MaterializedView => {
                let Some(view) = &relation.view else {
                    return String::new();
                };
                let words = relation.kind.words().to_uppercase();
                let columns = relation.columns.iter().map(|it| quote_identifier(&it.name));
                let columns: Vec<_> = columns.collect();
                let columns = match columns.is_empty() {
                    true => String::new(),
                    false => format!(" ({})", columns.join(", ")),
                };
                format!("CREATE {words} {name}{columns} AS {};\n", view.query)
            }
            RelationKind::CompositeType => {
                let columns = relation
                    .columns
                    .iter()
                    .map(|it| self.column_sql(relation, it));
                format!("CREATE TYPE {name} AS ({});\n", list(columns))
            }
            // A server is needed that is not known here.
            RelationKind::ForeignTable => String::new(),
            RelationKind::Table | RelationKind::PartitionedTable => self.table_sql(relation),
        }
    }

    fn table_sql(&self, table: &Relation) -> String {
        let unlogged = match table.persistence {
            Persistence::Unlogged => "UNLOGGED ",
            Persistence::Permanent | Persistence::Temporary => "",
        };
        let name = self.name_sql(table.schema, &table.name);
        let parents: Vec<_> = table
            .inherits
            .iter()
            .filter_map(|id| self.relation(*id))
            .map(|it| self.name_sql(it.schema, &it.name))
            .collect();
        let mut out = format!("CREATE {unlogged}TABLE {name}");
        match &table.partition_bound {
            Some(bound) => {
                let _ = write!(out, " PARTITION OF {} {}", parents.join(", "), bound.text);
            }
            None => {
                let columns = table.columns.iter().filter(|it| it.is_local);
                let columns = columns.map(|it| self.column_sql(table, it));
                let checks = table
                    .constraints
                    .iter()
                    .filter(|it| it.is_local && it.validated);
                let checks = checks.filter_map(|it| self.check_sql(table, it));
                let _ = write!(out, " ({})", list(columns.chain(checks)));
                if !parents.is_empty() {
                    let _ = write!(out, " INHERITS ({})", parents.join(", "));
                }
            }
        }
        self.write_partition_key(table, &mut out);
        out + ";\n"
    }

    fn write_partition_key(&self, table: &Relation, out: &mut String) {
        let Some(key) = &table.partition_key else {
            return;
        };
        let strategy = match key.strategy {
            PartitionStrategy::List => "LIST",
            PartitionStrategy::Range => "RANGE",
            PartitionStrategy::Hash => "HASH",
        };
        let mut expressions = key.expressions.iter();
        let elements: Vec<_> = key
            .columns
            .iter()
            .map(|column| match column.and_then(|it| table.column(it)) {
                Some(column) => quote_identifier(&column.name).into_owned(),
                None => match expressions.next() {
                    Some(expression) => format!("({})", self.render(table, expression)),
                    None => String::new(),
                },
            })
            .collect();
        let _ = write!(out, " PARTITION BY {strategy} ({})", elements.join(", "));
    }

    fn column_sql(&self, relation: &Relation, column: &Column) -> String {
        let mut out = format!(
            "{} {}",
            quote_identifier(&column.name),
            self.format_type(&column.data_type)
        );
        if let Some(collation) = &column.collation {
            let _ = write!(out, " COLLATE {}", quote_identifier(collation));
        }
        if let Some(default) = &column.default {
            let text = match default.expression.shape {
                // The sequence may have been renamed since.
                Shape::NextValue(sequence) => self.next_value_sql(sequence),
                _ => None,
            };
            let text = text.unwrap_or_else(|| self.render(relation, &default.expression));
            let _ = write!(out, " DEFAULT {text}");
        }
        if let Some(generated) = &column.generated {
            let text = self.render(relation, &generated.expression);
            let kept = if generated.stored {
                "STORED"
            } else {
                "VIRTUAL"
            };
            let _ = write!(out, " GENERATED ALWAYS AS ({text}) {kept}");
        }
        if let Some(identity) = &column.identity {
            let when = if identity.always {
                "ALWAYS"
            } else {
                "BY DEFAULT"
            };
            let _ = write!(out, " GENERATED {when} AS IDENTITY");
        }
        if column.not_null.as_ref().is_some_and(|it| it.validated) {
            out.push_str(" NOT NULL");
        }
        out
    }

    fn next_value_sql(&self, sequence: crate::RelationId) -> Option<String> {
        let sequence = self.relation(sequence)?;
        let name = self.name_sql(sequence.schema, &sequence.name);
        Some(format!("nextval({})", literal(&name)))
    }

    fn check_sql(&self, relation: &Relation, constraint: &Constraint) -> Option<String> {
        let text = self.render(relation, constraint.check()?);
        let name = quote_identifier(&constraint.name);
        let no_inherit = if constraint.no_inherit {
            " NO INHERIT"
        } else {
            ""
        };
        Some(format!("CONSTRAINT {name} CHECK ({text}){no_inherit}"))
    }

    /// Keys, indexes, owners of sequences: what needs only its own table.
    fn write_parts(&self, relation: &Relation, out: &mut String) {
        let name = self.name_sql(relation.schema, &relation.name);
        for constraint in relation.constraints.iter().filter(|it| it.parent.is_none()) {
            let text = match &constraint.kind {
                ConstraintKind::PrimaryKey(key) => key_sql(relation, "PRIMARY KEY", key),
                ConstraintKind::Unique(key) => key_sql(relation, "UNIQUE", key),
                ConstraintKind::Exclusion(exclusion) => {
                    let Some(index) = relation.index(exclusion.index) else {
                        continue;
                    };
                    self.exclusion_sql(relation, index, &exclusion.operators)
                }
                ConstraintKind::ForeignKey(_) | ConstraintKind::Check(_) => continue,
            };
            let own = quote_identifier(&constraint.name);
            let deferrable = deferrable_sql(constraint);
            let _ = writeln!(
                out,
                "ALTER TABLE {name} ADD CONSTRAINT {own} {text}{deferrable};"
            );
        }
        for index in &relation.indexes {
            if index.constraint.is_none() && index.parent.is_none() {
                self.write_index(relation, index, out);
            }
        }
        if let Some(sequence) = &relation.sequence
            && let Some((owner, column)) = sequence.owned_by
            && let Some(owner) = self.relation(owner)
            && let Some(column) = owner.column(column)
            && !sequence.is_identity
        {
            let table = self.name_sql(owner.schema, &owner.name);
            let column = quote_identifier(&column.name);
            let _ = writeln!(out, "ALTER SEQUENCE {name} OWNED BY {table}.{column};");
        }
        if relation.row_security {
            let _ = writeln!(out, "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;");
        }
    }

    fn write_index(&self, relation: &Relation, index: &Index, out: &mut String) {
        let elements = index.elements.iter();
        let elements = elements.map(|it| self.element_sql(relation, it));
        let elements: Vec<_> = elements.collect();
        let _ = write!(
            out,
            "CREATE {}INDEX {} ON {}{} USING {} ({})",
            if index.unique { "UNIQUE " } else { "" },
            quote_identifier(&index.name),
            // It waits for the indexes of the partitions.
            if index.valid { "" } else { "ONLY " },
            self.name_sql(relation.schema, &relation.name),
            index.method,
            elements.join(", "),
        );
        out.push_str(&include_sql(relation, index));
        if index.nulls_not_distinct {
            out.push_str(" NULLS NOT DISTINCT");
        }
        if let Some(predicate) = &index.predicate {
            let _ = write!(out, " WHERE {}", self.render(relation, predicate));
        }
        out.push_str(";\n");
    }

    fn element_sql(&self, relation: &Relation, element: &IndexElement) -> String {
        let mut text = match &element.target {
            IndexTarget::Column(column) => {
                let column = relation.column(*column);
                quote_identifier(column.map_or("", |it| &it.name)).into_owned()
            }
            IndexTarget::Expression(expression) => {
                format!("({})", self.render(relation, expression))
            }
        };
        if let Some(collation) = &element.collation {
            let _ = write!(text, " COLLATE {}", quote_identifier(collation));
        }
        if let Some(operator_class) = &element.operator_class {
            let _ = write!(text, " {operator_class}");
        }
        if element.descending {
            text.push_str(" DESC");
        }
        if element.nulls_first != element.descending {
            let nulls = if element.nulls_first { "FIRST" } else { "LAST" };
            let _ = write!(text, " NULLS {nulls}");
        }
        text
    }

    fn exclusion_sql(&self, relation: &Relation, index: &Index, operators: &[Name]) -> String {
        let elements = index
            .elements
            .iter()
            .zip(operators)
            .map(|(element, operator)| {
                format!("{} WITH {operator}", self.element_sql(relation, element))
            });
        let elements: Vec<_> = elements.collect();
        let predicate = index.predicate.as_ref();
        let predicate = predicate.map(|it| format!(" WHERE ({})", self.render(relation, it)));
        format!(
            "EXCLUDE USING {} ({}){}{}",
            index.method,
            elements.join(", "),
            include_sql(relation, index),
            predicate.unwrap_or_default(),
        )
    }

    /// What needs other objects: foreign keys, and constraints that are not
    /// validated.
    fn write_links(&self, relation: &Relation, out: &mut String) {
        let name = self.name_sql(relation.schema, &relation.name);
        for column in &relation.columns {
            if let Some(not_null) = column.not_null.as_ref().filter(|it| !it.validated) {
                let constraint = quote_identifier(&not_null.name);
                let column = quote_identifier(&column.name);
                let _ = writeln!(
                    out,
                    "ALTER TABLE {name} ADD CONSTRAINT {constraint} NOT NULL {column} NOT VALID;"
                );
            }
        }
        for constraint in relation.constraints.iter().filter(|it| it.parent.is_none()) {
            let text = match &constraint.kind {
                ConstraintKind::ForeignKey(key) => self.foreign_key_sql(relation, constraint, key),
                ConstraintKind::Check(_) if !constraint.validated && constraint.is_local => {
                    self.check_sql(relation, constraint)
                }
                _ => None,
            };
            if let Some(text) = text {
                let deferrable = deferrable_sql(constraint);
                let valid = if constraint.validated {
                    ""
                } else {
                    " NOT VALID"
                };
                let _ = writeln!(out, "ALTER TABLE {name} ADD {text}{deferrable}{valid};");
            }
        }
    }

    fn foreign_key_sql(
        &self,
        relation: &Relation,
        constraint: &Constraint,
        key: &ForeignKey,
    ) -> Option<String> {
        let target = self.relation(key.target?)?;
        let mut out = format!(
            "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
            quote_identifier(&constraint.name),
            columns_sql(relation, &key.columns),
            self.name_sql(target.schema, &target.name),
            columns_sql(target, &key.target_columns),
        );
        if key.match_type == MatchType::Full {
            out.push_str(" MATCH FULL");
        }
        for (event, action) in [("UPDATE", key.on_update), ("DELETE", key.on_delete)] {
            if action != crate::ForeignKeyAction::NoAction {
                let _ = write!(out, " ON {event} {}", action.sql());
            }
        }
        if !key.on_delete_columns.is_empty() {
            let _ = write!(out, " ({})", columns_sql(relation, &key.on_delete_columns));
        }
        Some(out)
    }

    /// Functions in C and with a `BEGIN ATOMIC` body are left out, aggregates too.
    fn function_sql(&self, function: &Function) -> String {
        let Some(body) = &function.body else {
            return String::new();
        };
        let (word, returns) = match function.kind {
            FunctionKind::Procedure => ("PROCEDURE", String::new()),
            _ => ("FUNCTION", self.returns_sql(function)),
        };
        let inputs = function.arguments.iter();
        let inputs = inputs.filter(|it| it.mode != ArgumentMode::Table);
        let arguments: Vec<_> = inputs.map(|it| self.argument_sql(it)).collect();
        let mut out = format!(
            "CREATE {word} {}({}){returns} LANGUAGE {}",
            self.name_sql(function.schema, &function.name),
            arguments.join(", "),
            quote_identifier(&function.language),
        );
        match function.volatility {
            Volatility::Immutable => out.push_str(" IMMUTABLE"),
            Volatility::Stable => out.push_str(" STABLE"),
            Volatility::Volatile => {}
        }
        if function.strict {
            out.push_str(" STRICT");
        }
        if function.security_definer {
            out.push_str(" SECURITY DEFINER");
        }
        for setting in &function.configuration {
            if let Some((name, value)) = setting.split_once('=') {
                let _ = write!(out, " SET {name} TO {}", setting_sql(name, value));
            }
        }
        let tag = dollar_tag(body);
        let _ = writeln!(out, " AS {tag}{body}{tag};");
        out
    }

    fn argument_sql(&self, argument: &Argument) -> String {
        let mode = match argument.mode {
            ArgumentMode::In | ArgumentMode::Table => "",
            ArgumentMode::Out => "OUT ",
            ArgumentMode::InOut => "INOUT ",
            ArgumentMode::Variadic => "VARIADIC ",
        };
        let name = argument.name.as_deref().map(quote_identifier);
        let space = if name.is_some() { " " } else { "" };
        let data_type = self.format_type_without_modifier(&argument.data_type);
        let default = argument.default.as_ref().map(|it: &Expression| &it.text);
        let default = default.map_or(String::new(), |it| format!(" DEFAULT {it}"));
        format!(
            "{mode}{}{space}{data_type}{default}",
            name.unwrap_or_default()
        )
    }

    fn returns_sql(&self, function: &Function) -> String {
        let table = function.arguments.iter();
        let table = table.filter(|it| it.mode == ArgumentMode::Table);
        let table: Vec<_> = table.map(|it| self.argument_sql(it)).collect();
        if !table.is_empty() {
            return format!(" RETURNS TABLE ({})", table.join(", "));
        }
        let set = if function.returns_set { "SETOF " } else { "" };
        match &function.returns {
            Some(returns) => {
                format!(
                    " RETURNS {set}{}",
                    self.format_type_without_modifier(returns)
                )
            }
            None => String::new(),
        }
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

fn key_sql(relation: &Relation, words: &str, key: &Key) -> String {
    let nulls = match key.nulls_not_distinct {
        true => " NULLS NOT DISTINCT",
        false => "",
    };
    let overlaps = match key.without_overlaps {
        true => " WITHOUT OVERLAPS",
        false => "",
    };
    let columns = columns_sql(relation, &key.columns);
    let include = relation.index(key.index);
    let include = include.map_or(String::new(), |it| include_sql(relation, it));
    format!("{words}{nulls} ({columns}{overlaps}){include}")
}

fn include_sql(relation: &Relation, index: &Index) -> String {
    match index.include.is_empty() {
        true => String::new(),
        false => format!(" INCLUDE ({})", columns_sql(relation, &index.include)),
    }
}

fn deferrable_sql(constraint: &Constraint) -> &'static str {
    match (constraint.deferrable, constraint.initially_deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    }
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A search path is a list of names, another setting is one value.
fn setting_sql(name: &str, value: &str) -> String {
    match name {
        "search_path" => {
            let names: Vec<_> = value.split(", ").map(quote_identifier).collect();
            names.join(", ")
        }
        _ => literal(value),
    }
}

/// A dollar quote that the body does not hold.
fn dollar_tag(body: &str) -> String {
    let mut tag = "$$".to_owned();
    while body.contains(&tag) {
        tag.insert(1, 'x');
    }
    tag
}
