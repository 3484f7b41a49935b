//! Constraints, indexes, and the owners of sequences.

use super::{Catalog, columns_sql};
use crate::{
    ColumnNumber, Constraint, ConstraintKind, ForeignKey, Index, IndexElement, IndexTarget, Key,
    MatchType, Name, Relation, quote_identifier,
};
use std::fmt::Write;

impl Catalog {
    pub(super) fn check_sql(&self, relation: &Relation, constraint: &Constraint) -> Option<String> {
        let text = self.render(relation, constraint.check()?);
        let name = quote_identifier(&constraint.name);
        let inherit = if constraint.no_inherit {
            " NO INHERIT"
        } else {
            ""
        };
        let enforced = if constraint.enforced {
            ""
        } else {
            " NOT ENFORCED"
        };
        Some(format!(
            "CONSTRAINT {name} CHECK ({text}){inherit}{enforced}"
        ))
    }

    /// Keys, indexes, owners of sequences: what needs only its own table.
    pub(super) fn write_parts(&self, relation: &Relation, out: &mut String) {
        let name = self.name_sql(relation.schema, &relation.name);
        for constraint in &relation.constraints {
            let text = match &constraint.kind {
                ConstraintKind::PrimaryKey(_) if primary_key_inside(relation).is_some() => continue,
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
            if index.constraint.is_none() {
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
        let predicate = index.predicate.as_deref();
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
    pub(super) fn write_links(&self, relation: &Relation, out: &mut String) {
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
                let is_enforced = constraint.enforced;
                let valid = match &constraint.kind {
                    ConstraintKind::ForeignKey(_) if !is_enforced => " NOT ENFORCED",
                    _ if !constraint.validated && is_enforced => " NOT VALID",
                    _ => "",
                };
                let _ = writeln!(out, "ALTER TABLE {name} ADD {text}{deferrable}{valid};");
            }
        }
    }

    /// Where a child is valid and its parent is not.
    pub(super) fn write_validity(&self, child: &Relation, out: &mut String) {
        for parent in child.inherits.iter().filter_map(|id| self.relation(*id)) {
            self.write_validity_beside(parent, child, out);
        }
    }

    fn write_validity_beside(&self, parent: &Relation, child: &Relation, out: &mut String) {
        for constraint in child
            .constraints
            .iter()
            .filter(|it| !it.is_local && it.validated)
        {
            let of_parent = parent.constraint_named(&constraint.name);
            if of_parent.is_some_and(|it| it.check().is_some() && !it.validated && it.enforced) {
                let table = self.name_sql(child.schema, &child.name);
                let name = quote_identifier(&constraint.name);
                let _ = writeln!(out, "ALTER TABLE {table} VALIDATE CONSTRAINT {name};");
            }
        }
        for index in &child.indexes {
            let of_parent = index.parent.and_then(|id| parent.index(id));
            if let Some(of_parent) = of_parent.filter(|it| !it.valid) {
                let whole = self.name_sql(parent.schema, &of_parent.name);
                let part = self.name_sql(child.schema, &index.name);
                let _ = writeln!(out, "ALTER INDEX {whole} ATTACH PARTITION {part};");
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
        // What is not the project's is not made here.
        if target.extension.is_some() {
            return None;
        }
        let mut keys = target.constraints.iter().filter_map(|it| it.key());
        let is_temporal = keys.any(|it| it.without_overlaps && Some(it.index) == key.target_index);
        let columns = |relation: &Relation, columns: &[ColumnNumber]| match columns {
            [first @ .., last] if is_temporal => {
                let (first, last) = (
                    columns_sql(relation, first),
                    columns_sql(relation, &[*last]),
                );
                format!("{first}, PERIOD {last}")
            }
            _ => columns_sql(relation, columns),
        };
        let mut out = format!(
            "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
            quote_identifier(&constraint.name),
            columns(relation, &key.columns),
            self.name_sql(target.schema, &target.name),
            columns(target, &key.target_columns),
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
}

/// The primary key where `CREATE TABLE` says it: a view may group by it. Those of
/// partitions and of their parents come later, the partitions' first.
pub(super) fn primary_key_inside(table: &Relation) -> Option<(&Constraint, &Key)> {
    if table.partition_key.is_some() || table.is_partition() {
        return None;
    }
    let constraint = table.primary_key()?;
    Some((constraint, constraint.key()?))
}

pub(super) fn primary_key_sql(table: &Relation, constraint: &Constraint, key: &Key) -> String {
    let name = quote_identifier(&constraint.name);
    let text = key_sql(table, "PRIMARY KEY", key);
    format!("CONSTRAINT {name} {text}{}", deferrable_sql(constraint))
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
