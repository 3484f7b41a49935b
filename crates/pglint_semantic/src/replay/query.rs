//! Views, materialized views, `CREATE TABLE ... AS`.

use super::create_table::{new_relation, take_number};
use super::resolve::undetermined;
use super::{Outcome, Problem, Replay, within};
use crate::change::{CreateFromQuery, OutputColumn, RelationName};
use pglint_catalog::{
    Column, ColumnNumber, DataType, FunctionId, Name, Origin, QualifiedName, Relation, RelationId,
    RelationKind, TypeId, Unknown, UnknownReason, View,
};

impl Replay {
    pub(super) fn create_from_query(&mut self, create: &CreateFromQuery, at: Origin) -> Outcome {
        let name = &create.name.name;
        let schema = self.creation_schema(name, create.persistence, at)?;
        let present = self.catalog.relation_in_schema(schema, &name.name);
        let replaced = present.filter(|it| create.or_replace && it.kind == RelationKind::View);
        let replaced = replaced.map(|it| it.id);
        if replaced.is_none() && self.catalog.named_in_schema(schema, &name.name).is_some() {
            return match create.if_not_exists {
                true => Ok(()),
                false => Err(Problem::relation_exists(at, &name.name)),
            };
        }
        if replaced.is_none() {
            self.refuse_row_type(schema, &name.name, at)?;
        }
        self.check_reads(create, at)?;
        let view = self.view(create, at);
        let columns = self.output_columns(create, at);
        let id = match replaced {
            Some(id) => id,
            None => {
                let id = RelationId(self.catalog.next_id());
                let mut relation = new_relation(id, schema, name.name.clone(), create.kind, at);
                relation.persistence = create.persistence;
                self.catalog.insert_relation(relation)
            }
        };
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        relation.origin = at;
        relation.options = create.options.clone();
        if create.kind != RelationKind::Table {
            relation.view = Some(view);
        }
        set_columns(relation, columns, at);
        Ok(())
    }

    /// The server refuses a query on a relation that is not there.
    fn check_reads(&self, create: &CreateFromQuery, at: Origin) -> Outcome {
        for read in &create.reads {
            if self.find_relation(read).is_missing() && !self.lenient {
                return Err(Problem::no_relation(within(at, create.query_range), read));
            }
        }
        Ok(())
    }

    fn view(&self, create: &CreateFromQuery, at: Origin) -> View {
        let relations: Vec<&Relation> = create
            .reads
            .iter()
            .filter_map(|it| self.find_relation(it).found())
            .collect();
        let functions: Vec<FunctionId> = create
            .functions
            .iter()
            .filter_map(|it| self.called_function(it))
            .collect();
        let types: Vec<TypeId> = create
            .types
            .iter()
            .filter_map(|it| self.project_type(it))
            .collect();
        let all_known = relations.len() == create.reads.len();
        View {
            query: create.query.clone(),
            origin: within(at, create.query_range),
            reads_columns: read_columns(create, &relations, all_known),
            reads: relations.iter().map(|it| it.id).collect(),
            functions,
            types,
        }
    }

    /// Names and types of the columns. `None` when they cannot be told.
    fn output_columns(
        &self,
        create: &CreateFromQuery,
        at: Origin,
    ) -> Option<Vec<(Name, DataType)>> {
        let mut columns = Vec::new();
        for output in create.outputs.as_ref()? {
            match output {
                OutputColumn::Named {
                    name,
                    data_type,
                    source,
                } => {
                    let cast = data_type
                        .as_ref()
                        .map(|it| self.resolve_type_or_unknown(it, at));
                    let copied = source.as_ref().and_then(|it| self.source_type(it));
                    let data_type = cast.or(copied).unwrap_or_else(undetermined);
                    columns.push((name.clone(), data_type));
                }
                OutputColumn::AllOf(relations) => {
                    for relation in relations {
                        let relation = self.find_relation(relation).found()?;
                        if !relation.is_fully_known() {
                            return None;
                        }
                        let own = relation.columns.iter();
                        columns.extend(own.map(|it| (it.name.clone(), it.data_type.clone())));
                    }
                }
            }
        }
        for (at, alias) in create.aliases.iter().enumerate() {
            columns.get_mut(at)?.0 = alias.clone();
        }
        Some(columns)
    }

    fn source_type(&self, source: &(QualifiedName, Name)) -> Option<DataType> {
        let relation = self.find_relation(&source.0).found()?;
        Some(relation.column_named(&source.1)?.data_type.clone())
    }

    pub(super) fn create_select_rule(&mut self, name: &RelationName, at: Origin) -> Outcome {
        if let Some(id) = self.relation_id(name, at)?
            && let Some(relation) = self.catalog.relation_mut(id)
        {
            relation.kind = RelationKind::View;
        }
        Ok(())
    }
}

/// Columns that the query surely reads: those that only one of its relations has.
fn read_columns(
    create: &CreateFromQuery,
    relations: &[&Relation],
    all_known: bool,
) -> Vec<(RelationId, ColumnNumber)> {
    let mut found = Vec::new();
    for (_, name) in create.columns.iter().filter(|_| all_known) {
        let mut having = relations.iter().filter_map(|relation| {
            let column = relation.column_named(name)?;
            Some((relation.id, column.number))
        });
        if let (Some(only), None) = (having.next(), having.next()) {
            found.push(only);
        }
    }
    found
}

/// `CREATE OR REPLACE VIEW` keeps the columns that it has and may add others.
fn set_columns(relation: &mut Relation, columns: Option<Vec<(Name, DataType)>>, at: Origin) {
    let Some(columns) = columns else {
        relation.columns_unknown = Some(Unknown {
            reason: UnknownReason::QueryColumns,
            origin: at,
        });
        return;
    };
    relation.columns_unknown = None;
    for (place, (name, data_type)) in columns.into_iter().enumerate() {
        if let Some(present) = relation.columns.iter_mut().nth(place) {
            present.name = name;
            present.data_type = data_type;
            continue;
        }
        let number = take_number(relation);
        relation.columns.push(Column {
            number,
            name,
            data_type,
            not_null: None,
            default: None,
            identity: None,
            generated: None,
            collation: None,
            origin: at,
            lost_not_null: None,
            type_origin: at,
            inherited_from: 0,
            is_local: true,
            comment: None,
        });
    }
}
