//! `LIKE` in `CREATE TABLE`.

use super::create_table::take_number;
use super::inherit::{map_columns, map_expression, map_index};
use super::{Outcome, Problem, ProblemKind, Replay};
use crate::change::{IdentityDefinition, LikeOptions};
use pglint_catalog::{
    Column, ColumnDefault, Constraint, ConstraintId, ConstraintKind, Exclusion, Index, IndexId,
    Key, NotNull, NotNullCause, Origin, Relation, RelationId, RelationKind,
};

impl Replay {
    /// Names, types and NOT NULL, and what the options say of columns
    /// (`transformTableLikeClause` in `parse_utilcmd.c`).
    pub(super) fn like_columns(
        &self,
        relation: &mut Relation,
        source: RelationId,
        options: LikeOptions,
        at: Origin,
    ) -> Outcome {
        let Some(source) = self.catalog.relation(source) else {
            return Ok(());
        };
        if source.kind == RelationKind::Sequence && self.is_sure_of(source) {
            let message = format!("relation \"{}\" is invalid in LIKE clause", source.name);
            return Err(Problem::other(at, "42809", message));
        }
        relation.columns_unknown = relation
            .columns_unknown
            .take()
            .or(source.columns_unknown.clone());
        for column in &source.columns {
            let present = relation.columns.iter_mut();
            if let Some(present) = present.into_iter().find(|it| it.name == column.name) {
                // As if it were written, beside what a parent has.
                if present.inherited_from == 0 || present.is_local {
                    let message = format!("column \"{}\" specified more than once", column.name);
                    return Err(Problem::new(at, "42701", ProblemKind::Duplicate, message));
                }
                present.is_local = true;
                continue;
            }
            let number = take_number(relation);
            relation.columns.push(Column {
                number,
                // The name is the source's, as with inheritance.
                not_null: column.not_null.as_ref().map(|it| NotNull {
                    cause: NotNullCause::Inherited,
                    is_local: true,
                    inherited_from: 0,
                    origin: at,
                    ..it.clone()
                }),
                default: column
                    .default
                    .clone()
                    .filter(|_| options.defaults)
                    .map(|default| {
                        Box::new(ColumnDefault {
                            origin: at,
                            ..*default
                        })
                    }),
                generated: column.generated.clone().filter(|_| options.generated),
                identity: None,
                comment: column.comment.clone().filter(|_| options.comments),
                inherited_from: 0,
                is_local: true,
                origin: at,
                lost_not_null: None,
                type_origin: at,
                ..column.clone()
            });
        }
        Ok(())
    }

    /// What needs the new table to be there: identity, checks, indexes and keys
    /// (`expandTableLikeClause` in `parse_utilcmd.c`).
    pub(super) fn like_indexes(
        &mut self,
        id: RelationId,
        source: RelationId,
        options: LikeOptions,
        at: Origin,
    ) -> Outcome {
        let Some(source) = self.catalog.relation(source).cloned() else {
            return Ok(());
        };
        let Some(map) = self.column_map(&source, id) else {
            return Ok(());
        };
        if options.generated {
            self.map_generated(id, &map);
        }
        if options.identity {
            self.like_identity(id, &source, at);
        }
        if options.constraints {
            self.like_checks(id, &source, &map, at);
        }
        if options.indexes {
            for index in &source.indexes {
                if let Some(index) = map_index(index, &map) {
                    self.like_index(id, &source, index, &map, at)?;
                }
            }
        }
        Ok(())
    }

    fn map_generated(
        &mut self,
        id: RelationId,
        map: &[(pglint_catalog::ColumnNumber, pglint_catalog::ColumnNumber)],
    ) {
        if let Some(relation) = self.catalog.relation_mut(id) {
            for column in &mut relation.columns {
                if let Some(generated) = &mut column.generated {
                    generated.expression = map_expression(&generated.expression, map);
                }
            }
        }
    }

    fn like_identity(&mut self, id: RelationId, source: &Relation, at: Origin) {
        for column in &source.columns {
            let number = self.column_of(id, &column.name);
            if let (Some(identity), Some(number)) = (column.identity, number) {
                let definition = IdentityDefinition {
                    always: identity.always,
                    sequence_name: None,
                    range: at.range,
                };
                self.add_identity(id, number, &definition, at);
            }
        }
    }

    fn like_checks(
        &mut self,
        id: RelationId,
        source: &Relation,
        map: &[(pglint_catalog::ColumnNumber, pglint_catalog::ColumnNumber)],
        at: Origin,
    ) {
        for (constraint, check) in source.checks() {
            let copy = Constraint {
                id: ConstraintId(self.catalog.next_id()),
                kind: ConstraintKind::Check(Box::new(map_expression(check, map))),
                is_local: true,
                inherited_from: 0,
                validated: constraint.enforced,
                origin: at,
                comment: None,
                ..constraint.clone()
            };
            self.catalog.add_constraint(id, copy);
        }
    }

    fn like_index(
        &mut self,
        id: RelationId,
        source: &Relation,
        index: Index,
        map: &[(pglint_catalog::ColumnNumber, pglint_catalog::ColumnNumber)],
        at: Origin,
    ) -> Outcome {
        if let Some(relation) = self.catalog.relation(id).filter(|_| index.unique) {
            let columns = index.columns().unwrap_or_default();
            self.refuse_part_of_key(relation, &columns, at)?;
        }
        let constraint = index.constraint.and_then(|it| source.constraint(it));
        let name = self.partition_index_name(id, &index, constraint);
        let new = IndexId(self.catalog.next_id());
        let copy = constraint.and_then(|constraint| {
            let key = |key: &Key| {
                Some(Key {
                    columns: map_columns(&key.columns, map)?,
                    index: new,
                    ..key.clone()
                })
            };
            let kind = match &constraint.kind {
                ConstraintKind::PrimaryKey(of_source) => {
                    ConstraintKind::PrimaryKey(key(of_source)?)
                }
                ConstraintKind::Unique(of_source) => ConstraintKind::Unique(key(of_source)?),
                ConstraintKind::Exclusion(of_source) => ConstraintKind::Exclusion(Exclusion {
                    index: new,
                    ..of_source.clone()
                }),
                ConstraintKind::ForeignKey(_) | ConstraintKind::Check(_) => return None,
            };
            Some(Constraint {
                id: ConstraintId(self.catalog.next_id()),
                name: name.clone(),
                kind,
                is_local: true,
                inherited_from: 0,
                parent: None,
                origin: at,
                comment: None,
                ..constraint.clone()
            })
        });
        let index = Index {
            id: new,
            name,
            constraint: copy.as_ref().map(|it| it.id),
            parent: None,
            valid: true,
            origin: at,
            comment: None,
            ..index
        };
        self.catalog.add_index(id, index);
        if let Some(constraint) = copy {
            for column in constraint.columns() {
                if constraint.is_primary_key() {
                    self.make_not_null(id, column, None, NotNullCause::PrimaryKey, at);
                }
            }
            self.catalog.add_constraint(id, constraint);
        }
        Ok(())
    }
}
