//! What `ONLY` may not leave out.

use super::{Outcome, Problem, Replay};
use crate::change::{ColumnDefinition, ConstraintDefinition, ConstraintRequest as Request};
use pglint_catalog::{ColumnNumber, Origin, RelationId};

impl Replay {
    /// What `ONLY` cannot be said of a table that has partitions.
    pub(super) fn refuse_without_partitions(
        &self,
        id: RelationId,
        what: &str,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|it| self.is_sure_of(it)) else {
            return Ok(());
        };
        let has_partitions =
            relation.partition_key.is_some() && self.catalog.children(id).next().is_some();
        match has_partitions {
            true => {
                let message =
                    format!("cannot {what} only the partitioned table when partitions exist");
                Err(Problem::other(at, "42P16", message))
            }
            false => Ok(()),
        }
    }

    /// Whether `ONLY` leaves out children.
    pub(super) fn has_children(&self, id: RelationId) -> bool {
        !self.lenient && self.catalog.children(id).next().is_some()
    }

    /// `ALTER TABLE ONLY ... ADD COLUMN`.
    pub(super) fn refuse_column_of_one(
        &self,
        id: RelationId,
        definition: &ColumnDefinition,
        at: Origin,
    ) -> Outcome {
        let relation = self.catalog.relation(id);
        let is_new = relation.is_some_and(|it| it.column_named(&definition.name).is_none());
        match is_new && self.has_children(id) {
            true => {
                let message = "column must be added to child tables too".to_owned();
                Err(Problem::other(at, "42P16", message))
            }
            false => Ok(()),
        }
    }

    /// `ALTER TABLE ONLY ... ADD CONSTRAINT` of what children must have too.
    pub(super) fn refuse_constraint_of_one(
        &self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        let is_for_children = match &definition.request {
            Request::Check(_) => !definition.no_inherit,
            Request::NotNull(column) => {
                let relation = self.catalog.relation(id);
                let column = relation.and_then(|it| it.column_named(column));
                !definition.no_inherit && column.is_some_and(|it| it.not_null.is_none())
            }
            _ => false,
        };
        match definition.only && is_for_children && self.has_children(id) {
            true => self.refuse_constraint_without_children(at),
            false => Ok(()),
        }
    }

    /// `ALTER TABLE ONLY ... SET NOT NULL` of a partitioned table; without
    /// partitions it is `NO INHERIT`.
    pub(super) fn refuse_not_null_of_one(&self, id: RelationId, at: Origin) -> Outcome {
        let relation = self.catalog.relation(id);
        let is_partitioned = relation.is_some_and(|it| it.partition_key.is_some());
        match is_partitioned && self.has_children(id) {
            true => self.refuse_constraint_without_children(at),
            false => Ok(()),
        }
    }

    /// `SET NOT NULL` would reach children, and the present constraint does not.
    pub(super) fn refuse_not_inherited(
        &self,
        id: RelationId,
        number: ColumnNumber,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|it| self.is_sure_of(it)) else {
            return Ok(());
        };
        let present = relation.column(number).and_then(|it| it.not_null.as_ref());
        match present.filter(|it| it.no_inherit) {
            Some(present) => {
                let message = format!(
                    "cannot change NO INHERIT status of NOT NULL constraint \"{}\" on relation \"{}\"",
                    present.name, relation.name
                );
                Err(Problem::other(at, "0A000", message))
            }
            None => Ok(()),
        }
    }

    fn refuse_constraint_without_children(&self, at: Origin) -> Outcome {
        let message = "constraint must be added to child tables too".to_owned();
        Err(Problem::other(at, "42P16", message))
    }
}
