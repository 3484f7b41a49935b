//! `ALTER TABLE ... DROP`, `ALTER` and `VALIDATE CONSTRAINT`.

use super::constraint::not_null_named;
use super::{Outcome, Problem, Replay};
use crate::change::AlterTableCommand as Command;
use pglint_catalog::{Constraint, Name, ObjectId, Origin, RelationId};

impl Replay {
    pub(super) fn drop_constraint(
        &mut self,
        id: RelationId,
        name: &Name,
        if_exists: bool,
        cascade: bool,
        recurse: bool,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        if let Some(column) = not_null_named(relation, name) {
            return self.drop_not_null(id, column, at);
        }
        let Some(constraint) = relation.constraint_named(name) else {
            if if_exists || relation.unknown.is_some() {
                return Ok(());
            }
            return Err(Problem::no_constraint(at, name, &relation.name));
        };
        if constraint.inherited_from > 0 && self.is_sure_of(relation) {
            let message = format!(
                "cannot drop inherited constraint \"{name}\" of relation \"{}\"",
                relation.name
            );
            return Err(Problem::other(at, "42P16", message));
        }
        let constraint = constraint.id;
        self.drop_objects(&[ObjectId::Constraint(id, constraint)], cascade, at)?;
        self.drop_inherited_checks(id, name, recurse);
        Ok(())
    }

    fn drop_inherited_checks(&mut self, id: RelationId, name: &Name, recurse: bool) {
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            let Some(relation) = self.catalog.relation_mut(child) else {
                continue;
            };
            let mut checks = relation.constraints.iter_mut();
            let Some(check) = checks.find(|it| it.name == *name && it.check().is_some()) else {
                continue;
            };
            check.inherited_from = check.inherited_from.saturating_sub(1);
            check.is_local |= !recurse;
            if check.inherited_from == 0 && !check.is_local {
                let check = check.id;
                self.catalog.remove_constraint(child, check);
                self.drop_inherited_checks(child, name, recurse);
            }
        }
    }

    pub(super) fn validate_constraint(
        &mut self,
        id: RelationId,
        name: &Name,
        at: Origin,
    ) -> Outcome {
        let not_null = self
            .catalog
            .relation(id)
            .and_then(|it| not_null_named(it, name));
        if let Some(number) = not_null {
            let column = self.column_mut(id, number);
            if let Some(not_null) = column.and_then(|it| it.not_null.as_mut()) {
                not_null.validated = true;
                not_null.origin = at;
            }
            return Ok(());
        }
        if let Some(relation) = self.catalog.relation(id)
            && let Some(constraint) = relation.constraint_named(name)
            && constraint.index().is_some()
            && !self.lenient
        {
            let message = format!(
                "cannot validate constraint \"{name}\" of relation \"{}\"",
                relation.name
            );
            return Err(Problem::other(at, "42809", message));
        }
        self.change_constraint(id, name, at, |constraint| {
            constraint.validated = true;
        })
    }

    pub(super) fn alter_constraint(
        &mut self,
        id: RelationId,
        name: &Name,
        command: &Command,
        at: Origin,
    ) -> Outcome {
        let Command::AlterConstraint {
            deferrability,
            enforced,
            no_inherit,
            ..
        } = command
        else {
            return Ok(());
        };
        if let Some(no_inherit) = no_inherit {
            return self.alter_not_null(id, name, *no_inherit, at);
        }
        self.change_constraint(id, name, at, |constraint| {
            if let Some((deferrable, initially_deferred)) = *deferrability {
                constraint.deferrable = deferrable || initially_deferred;
                constraint.initially_deferred = initially_deferred;
            }
            if let Some(enforced) = *enforced {
                constraint.enforced = enforced;
                constraint.validated = enforced;
            }
        })
    }

    /// What children get from now on, or no more.
    fn alter_not_null(
        &mut self,
        id: RelationId,
        name: &Name,
        no_inherit: bool,
        at: Origin,
    ) -> Outcome {
        let relation = self.catalog.relation(id);
        let Some(number) = relation.and_then(|it| not_null_named(it, name)) else {
            return Ok(());
        };
        let column = self.column_mut(id, number);
        if let Some(not_null) = column.and_then(|it| it.not_null.as_mut()) {
            not_null.no_inherit = no_inherit;
        }
        let column = self.catalog.relation(id).and_then(|it| it.column(number));
        if let Some(column) = column.filter(|_| !no_inherit).map(|it| it.name.clone()) {
            self.not_null_of_children(id, &column, name, at);
        }
        Ok(())
    }

    /// Changes a constraint and its parts on partitions.
    fn change_constraint(
        &mut self,
        id: RelationId,
        name: &Name,
        at: Origin,
        change: impl Fn(&mut Constraint),
    ) -> Outcome {
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        let mut constraints = relation.constraints.iter_mut();
        let Some(constraint) = constraints.find(|it| it.name == *name) else {
            let is_not_null = not_null_named(relation, name).is_some();
            if is_not_null || relation.unknown.is_some() || self.lenient {
                return Ok(());
            }
            return Err(Problem::no_constraint(at, name, &relation.name));
        };
        change(constraint);
        constraint.origin = at;
        let parent = constraint.id;
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            if let Some(relation) = self.catalog.relation_mut(child) {
                let parts = relation.constraints.iter_mut();
                parts
                    .filter(|it| it.parent == Some(parent) || it.name == *name)
                    .for_each(|it| change(it));
            }
        }
        Ok(())
    }
}
