//! `CREATE INDEX` and index elements.

use super::create_table::depends_on;
use super::{Outcome, Problem, Replay, joined};
use crate::change::{CreateIndex, ElementDefinition};
use pglint_catalog::{
    Index, IndexElement, IndexId, IndexTarget, Name, Origin, RelationId, RelationKind,
};
use std::sync::Arc;

impl Replay {
    pub(super) fn create_index(&mut self, create: &CreateIndex, at: Origin) -> Outcome {
        let Some(id) = self.relation_id(&create.relation, at)? else {
            self.mark_index_unknown(create, at);
            return Ok(());
        };
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        if let RelationKind::View | RelationKind::Sequence | RelationKind::CompositeType =
            relation.kind
            && self.is_sure_of(relation)
        {
            let message = format!("cannot create index on relation \"{}\"", relation.name);
            return Err(Problem::other(at, "42809", message));
        }
        let predicate = match &create.predicate {
            Some(predicate) => Some(Box::new(self.resolve_checked(predicate, relation, at)?)),
            None => None,
        };
        let has_partitions = relation.kind == RelationKind::PartitionedTable
            && self.catalog.children(id).next().is_some();
        let Some(elements) = self.index_elements(id, &create.elements, at)? else {
            self.mark_index_unknown(create, at);
            return Ok(());
        };
        let column = |it: &IndexElement| match it.target {
            IndexTarget::Column(number) => Some(number),
            IndexTarget::Expression(_) => None,
        };
        let columns: Vec<_> = elements.iter().filter_map(column).collect();
        let expressions = elements.iter().filter_map(|it| match &it.target {
            IndexTarget::Expression(expression) => Some(&**expression),
            IndexTarget::Column(_) => None,
        });
        let expressions = expressions.chain(predicate.as_deref());
        let mut used: Vec<_> = expressions.flat_map(|it| it.columns()).collect();
        used.extend(&columns);
        self.refuse_virtual(relation, &used, "indexes", at)?;
        if create.unique {
            self.refuse_part_of_key(relation, &columns, at)?;
        }
        let schema = relation.schema;
        let name = match &create.name {
            Some(name) if self.catalog.named_in_schema(schema, name).is_some() => {
                return match create.if_not_exists {
                    true => Ok(()),
                    false => Err(Problem::relation_exists(at, name)),
                };
            }
            Some(name) => name.clone(),
            None => {
                let label = joined(&labels(&create.elements, &create.include));
                self.catalog
                    .choose_relation_name(schema, &relation.name, Some(&label), "idx", false)
                    .into()
            }
        };
        let index = Index {
            id: IndexId(self.catalog.next_id()),
            name,
            method: create.method.clone(),
            unique: create.unique,
            nulls_not_distinct: create.nulls_not_distinct,
            elements,
            include: self
                .key_columns(id, &create.include, at)?
                .unwrap_or_default(),
            predicate,
            // On a partitioned table alone it waits for those of the partitions.
            valid: !(create.only && has_partitions),
            constraint: None,
            parent: None,
            origin: at,
            comment: None,
        };
        let index_id = index.id;
        self.catalog.add_index(id, index);
        if !create.only {
            self.index_of_partitions(id, index_id, at);
        }
        Ok(())
    }

    /// An index that cannot be kept, as too little is known of its table, is there
    /// all the same: a later statement may drop it.
    fn mark_index_unknown(&mut self, create: &CreateIndex, at: Origin) {
        if let Some(name) = &create.name {
            let unknown = Arc::new(depends_on(&create.relation.name, at));
            self.catalog.mark_name_unknown(name.clone(), &unknown);
        }
    }

    /// The elements of an index. `None` when one of the columns is not known.
    pub(super) fn index_elements(
        &self,
        id: RelationId,
        definitions: &[ElementDefinition],
        at: Origin,
    ) -> Outcome<Option<Vec<IndexElement>>> {
        let mut elements = Vec::with_capacity(definitions.len());
        for definition in definitions {
            let target = match (&definition.column, &definition.expression) {
                (Some(column), _) => match self.index_column(id, column, at)? {
                    Some(target) => target,
                    None => return Ok(None),
                },
                (None, Some(expression)) => {
                    let Some(relation) = self.catalog.relation(id) else {
                        return Ok(None);
                    };
                    let resolved = self.resolve_checked(expression, relation, at)?;
                    IndexTarget::Expression(Box::new(resolved))
                }
                (None, None) => continue,
            };
            elements.push(IndexElement {
                target,
                label: definition.label.clone(),
                operator_class: definition.operator_class.clone(),
                collation: definition.collation.clone(),
                descending: definition.descending,
                nulls_first: definition.nulls_first,
            });
        }
        Ok(Some(elements))
    }

    fn index_column(
        &self,
        id: RelationId,
        name: &Name,
        at: Origin,
    ) -> Outcome<Option<IndexTarget>> {
        let names = std::slice::from_ref(name);
        match self.key_columns(id, names, at) {
            Ok(columns) => {
                let column = columns.and_then(|it| it.first().copied());
                Ok(column.map(IndexTarget::Column))
            }
            Err(_) => {
                let message = format!("column \"{name}\" does not exist");
                Err(Problem::new(
                    at,
                    "42703",
                    super::ProblemKind::Missing,
                    message,
                ))
            }
        }
    }
}

/// The names of index elements and included columns in a generated name, each made unique by a number
/// (`ChooseIndexColumnNames` in `indexcmds.c`).
pub(super) fn labels(elements: &[ElementDefinition], include: &[Name]) -> Vec<Name> {
    let elements = elements.iter().map(|it| it.label.as_str());
    unique_labels(elements.chain(include.iter().map(Name::as_str)))
}

/// The same for any names.
pub(super) fn unique_labels<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Name> {
    let mut taken: Vec<Name> = Vec::new();
    for name in names {
        let mut candidate = Name::new(name);
        let mut pass = 0u32;
        while taken.contains(&candidate) {
            pass += 1;
            candidate = format!("{name}{pass}").into();
        }
        taken.push(candidate);
    }
    taken
}
