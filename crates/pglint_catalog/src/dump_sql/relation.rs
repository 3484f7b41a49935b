//! Tables, views, sequences and composite types.

use super::constraint::{primary_key_inside, primary_key_sql};
use super::{Catalog, list, literal, options_sql};
use crate::{
    Column, ColumnDefault, NotNull, PartitionStrategy, Persistence, Relation, RelationKind, Shape,
    TypeReference, make_object_name, quote_identifier,
};
use std::fmt::Write;

impl Catalog {
    pub(super) fn relation_sql(&self, relation: &Relation) -> String {
        let name = self.name_sql(relation.schema, &relation.name);
        match relation.kind {
            RelationKind::Sequence => self.sequence_sql(relation, &name),
            RelationKind::View | RelationKind::MaterializedView => view_sql(relation, &name),
            RelationKind::CompositeType => {
                let columns = relation.columns.iter();
                let columns = columns.map(|it| self.column_sql(relation, it));
                format!("CREATE TYPE {name} AS ({});\n", list(columns))
            }
            RelationKind::ForeignTable => {
                format!("-- The server of foreign table {name} is not known.\n")
            }
            RelationKind::Table | RelationKind::PartitionedTable => self.table_sql(relation),
        }
    }

    fn sequence_sql(&self, relation: &Relation, name: &str) -> String {
        let Some(sequence) = relation.sequence.as_ref().filter(|it| !it.is_identity) else {
            return String::new();
        };
        let unlogged = unlogged(relation);
        let data_type = self.format_type(&sequence.data_type);
        format!("CREATE {unlogged}SEQUENCE {name} AS {data_type};\n")
    }

    fn table_sql(&self, table: &Relation) -> String {
        let name = self.name_sql(table.schema, &table.name);
        let parents = table.inherits.iter().filter_map(|id| self.relation(*id));
        let parents: Vec<_> = parents
            .map(|it| self.name_sql(it.schema, &it.name))
            .collect();
        let parents = parents.join(", ");
        let mut out = format!("CREATE {}TABLE {name}", unlogged(table));
        let mut attach = String::new();
        match &table.partition_bound {
            Some(bound) if self.is_like_parent(table) => {
                let _ = write!(out, " PARTITION OF {parents}");
                let own = table.constraints.iter();
                let own = own.filter(|it| it.inherited_from == 0 && it.validated);
                let own: Vec<_> = own.filter_map(|it| self.check_sql(table, it)).collect();
                if !own.is_empty() {
                    let _ = write!(out, " ({})", list(own.into_iter()));
                }
                let _ = write!(out, " {}", bound.text);
            }
            Some(bound) => {
                self.write_elements(table, |_| true, &mut out);
                let bound = &bound.text;
                attach = format!("ALTER TABLE {parents} ATTACH PARTITION {name} {bound};\n");
            }
            None => {
                self.write_elements(table, |is_local| is_local, &mut out);
                if !parents.is_empty() {
                    let _ = write!(out, " INHERITS ({parents})");
                }
            }
        }
        self.write_partition_key(table, &mut out);
        if table.partition_key.is_none() {
            out.push_str(&options_sql(&table.options));
        }
        out.push_str(";\n");
        out.push_str(&attach);
        if attach.is_empty() {
            self.write_own_of_inherited(table, &name, &mut out);
        }
        out
    }

    /// Columns and checks, those for which `is_wanted` says so when it is told
    /// whether the table itself defines them.
    fn write_elements(&self, table: &Relation, is_wanted: fn(bool) -> bool, out: &mut String) {
        let columns = table.columns.iter().filter(|it| is_wanted(it.is_local));
        let columns = columns.map(|it| self.column_sql(table, it));
        let checks = table.constraints.iter();
        let checks = checks.filter(|it| is_wanted(it.is_local) && it.validated);
        let checks = checks.filter_map(|it| self.check_sql(table, it));
        let key = primary_key_inside(table);
        let key = key.map(|(constraint, key)| primary_key_sql(table, constraint, key));
        let _ = write!(out, " ({})", list(columns.chain(checks).chain(key)));
    }

    /// Whether `PARTITION OF` gives the partition the columns that it has: one that
    /// was a table of its own may have them in another order, and other names for
    /// their NOT NULL.
    fn is_like_parent(&self, table: &Relation) -> bool {
        let parent = table.inherits.first().and_then(|id| self.relation(*id));
        let not_null = |it: &Column| Some(it.not_null.as_ref()?.name.clone());
        let names = |relation: &Relation| -> Vec<_> {
            let columns = relation.columns.iter();
            columns.map(|it| (it.name.clone(), not_null(it))).collect()
        };
        parent.is_none_or(|parent| names(parent) == names(table))
    }

    /// What a child says itself about columns that it inherits.
    fn write_own_of_inherited(&self, table: &Relation, name: &str, out: &mut String) {
        let inherited = table.columns.iter().filter(|it| !it.is_local);
        for column in inherited {
            let own = quote_identifier(&column.name);
            let own_not_null = column.not_null.as_ref();
            let own_not_null = own_not_null.filter(|it| {
                let is_of_parent = table.is_partition() && it.inherited_from > 0;
                it.is_local && it.validated && !is_of_parent
            });
            if own_not_null.is_some() {
                let _ = writeln!(
                    out,
                    "ALTER TABLE ONLY {name} ALTER COLUMN {own} SET NOT NULL;"
                );
            }
            let default = |table: &Relation, column: &Column| {
                let default = column.default.as_ref()?;
                Some(self.default_sql(table, default))
            };
            let of_parent = table.inherits.iter().find_map(|id| {
                let parent = self.relation(*id)?;
                default(parent, parent.column_named(&column.name)?)
            });
            let _ = match default(table, column) {
                own_default if own_default == of_parent => Ok(()),
                Some(text) => writeln!(
                    out,
                    "ALTER TABLE ONLY {name} ALTER COLUMN {own} SET DEFAULT {text};"
                ),
                None => writeln!(
                    out,
                    "ALTER TABLE ONLY {name} ALTER COLUMN {own} DROP DEFAULT;"
                ),
            };
        }
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
        let data_type = match column.data_type.reference {
            TypeReference::Undetermined => "text /* the type is not known */".to_owned(),
            _ => self.format_type(&column.data_type),
        };
        let mut out = format!("{} {data_type}", quote_identifier(&column.name));
        if let Some(collation) = &column.collation {
            let _ = write!(out, " COLLATE {}", quote_identifier(collation));
        }
        if let Some(default) = &column.default {
            let _ = write!(out, " DEFAULT {}", self.default_sql(relation, default));
        }
        if let Some(generated) = &column.generated {
            let text = self.render(relation, &generated.expression);
            let kept = match generated.stored {
                true => "STORED",
                false => "VIRTUAL",
            };
            let _ = write!(out, " GENERATED ALWAYS AS ({text}) {kept}");
        }
        self.write_identity(relation, column, &mut out);
        if let Some(not_null) = column.not_null.as_ref().filter(|it| it.validated) {
            out.push_str(&not_null_sql(relation, column, not_null));
        }
        out
    }

    fn write_identity(&self, relation: &Relation, column: &Column, out: &mut String) {
        // A partition takes its numbers from its parent's sequence.
        let own = column
            .identity
            .as_ref()
            .filter(|_| !relation.is_partition());
        let Some(identity) = own else {
            return;
        };
        let when = match identity.always {
            true => "ALWAYS",
            false => "BY DEFAULT",
        };
        let _ = write!(out, " GENERATED {when} AS IDENTITY");
        let sequence = identity.sequence.and_then(|it| self.relation(it));
        let generated = make_object_name(&relation.name, Some(&column.name), "seq");
        if let Some(sequence) = sequence.filter(|it| it.name != generated) {
            let name = self.name_sql(sequence.schema, &sequence.name);
            let _ = write!(out, " (SEQUENCE NAME {name})");
        }
    }

    /// In parentheses where the grammar of `CREATE TABLE` may need them.
    fn default_sql(&self, relation: &Relation, default: &ColumnDefault) -> String {
        let text = self.render(relation, &default.expression);
        match &default.expression.shape {
            // The sequence may have been renamed since.
            Shape::NextValue(sequence) => self.next_value_sql(*sequence).unwrap_or(text),
            Shape::Null | Shape::Constant | Shape::Call(_) => text,
            _ => format!("({text})"),
        }
    }

    fn next_value_sql(&self, sequence: crate::RelationId) -> Option<String> {
        let sequence = self.relation(sequence)?;
        let name = self.name_sql(sequence.schema, &sequence.name);
        Some(format!("nextval({})", literal(&name)))
    }
}

/// `NOT NULL`, with the constraint's name where it is not the generated one.
fn not_null_sql(relation: &Relation, column: &Column, not_null: &NotNull) -> String {
    let generated = make_object_name(&relation.name, Some(&column.name), "not_null");
    let mut out = match not_null.name == generated {
        true => String::new(),
        false => format!(" CONSTRAINT {}", quote_identifier(&not_null.name)),
    };
    out.push_str(" NOT NULL");
    if not_null.no_inherit {
        out.push_str(" NO INHERIT");
    }
    out
}

fn view_sql(relation: &Relation, name: &str) -> String {
    let Some(view) = &relation.view else {
        return String::new();
    };
    let (words, data) = match relation.kind {
        RelationKind::MaterializedView => ("MATERIALIZED VIEW", " WITH NO DATA"),
        _ => ("VIEW", ""),
    };
    let columns = relation.columns.iter().map(|it| quote_identifier(&it.name));
    let columns: Vec<_> = columns.collect();
    let columns = match columns.is_empty() {
        true => String::new(),
        false => format!(" ({})", columns.join(", ")),
    };
    let options = options_sql(&relation.options);
    format!(
        "CREATE {words} {name}{columns}{options} AS {}{data};\n",
        view.query
    )
}

fn unlogged(relation: &Relation) -> &'static str {
    match relation.persistence {
        Persistence::Unlogged => "UNLOGGED ",
        Persistence::Permanent | Persistence::Temporary => "",
    }
}
