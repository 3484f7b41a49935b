//! `ALTER ... RENAME`.

use super::constraint::{has_constraint, not_null_named};
use super::object::Found;
use super::{Outcome, Problem, ProblemKind, Replay};
use crate::change::{ObjectKind, Rename};
use pglint_catalog::{Name, ObjectId, Origin, RelationId, TypeKind};

impl Replay {
    pub(super) fn rename(&mut self, rename: &Rename, at: Origin) -> Outcome {
        match self.rename_target(rename, at) {
            Err(problem) if rename.if_exists && problem.kind == super::ProblemKind::Missing => {
                Ok(())
            }
            outcome => outcome,
        }
    }

    fn rename_target(&mut self, rename: &Rename, at: Origin) -> Outcome {
        let target = &rename.target;
        let new_name = &rename.new_name;
        let member = target.member.clone().unwrap_or_default();
        match target.kind {
            ObjectKind::Column
            | ObjectKind::Attribute
            | ObjectKind::TableConstraint
            | ObjectKind::Trigger
            | ObjectKind::Policy => {
                let Some(id) = self.relation_id(&Self::relation_name(target), at)? else {
                    return Ok(());
                };
                if !rename.recurse {
                    self.refuse_rename_of_one(id, target.kind, &member, at)?;
                }
                match target.kind {
                    ObjectKind::TableConstraint => {
                        self.rename_constraint(id, &member, new_name, at)
                    }
                    ObjectKind::Trigger => self.rename_trigger(id, &member, new_name, at),
                    ObjectKind::Policy => self.rename_policy(id, &member, new_name, at),
                    _ => self.rename_own_column(id, &member, new_name, at),
                }
            }
            ObjectKind::DomainConstraint => self.rename_domain_constraint(rename, &member, at),
            _ => match self.find_to_alter(target, at)? {
                Found::Object(object) => {
                    self.refuse_kind_to_alter(target, object, at)?;
                    self.rename_object(object, new_name, at)
                }
                Found::Unknown | Found::NotKept => Ok(()),
            },
        }
    }

    fn rename_object(&mut self, object: ObjectId, new_name: &Name, at: Origin) -> Outcome {
        let schema = match object {
            ObjectId::Relation(id) | ObjectId::Index(id, _) => {
                self.catalog.relation(id).map(|it| it.schema)
            }
            _ => None,
        };
        if let Some(schema) = schema
            && self.catalog.named_in_schema(schema, new_name).is_some()
        {
            return Err(Problem::relation_exists(at, new_name));
        }
        let with_type = match object {
            ObjectId::Relation(id) => self.catalog.relation(id).map(|it| it.schema),
            ObjectId::Type(id) => self.catalog.data_type(id).map(|it| it.schema),
            _ => None,
        };
        if let Some(schema) = with_type {
            self.refuse_row_type(schema, new_name, at)?;
        }
        match object {
            ObjectId::Schema(id) => self.catalog.rename_schema(id, new_name.clone()),
            ObjectId::Relation(id) => self.catalog.rename_relation(id, new_name.clone()),
            ObjectId::Index(id, index) => self.catalog.rename_index(id, index, new_name.clone()),
            ObjectId::Type(id) => self.catalog.rename_type(id, new_name.clone()),
            ObjectId::Function(id) => {
                if let Some(schema) = self.catalog.function(id).map(|it| it.schema) {
                    self.catalog.move_function(id, schema, new_name.clone());
                }
            }
            ObjectId::Column(..) | ObjectId::Constraint(..) => {}
        }
        Ok(())
    }

    fn rename_own_column(
        &mut self,
        id: RelationId,
        name: &Name,
        new_name: &Name,
        at: Origin,
    ) -> Outcome {
        let relation = self.catalog.relation(id);
        match relation.and_then(|it| it.column_named(name)) {
            Some(column) if column.inherited_from > 0 => {
                let message = format!("cannot rename inherited column \"{name}\"");
                Err(Problem::other(at, "42P16", message))
            }
            _ => self.rename_column(id, name, new_name, at),
        }
    }

    fn rename_column(
        &mut self,
        id: RelationId,
        name: &Name,
        new_name: &Name,
        at: Origin,
    ) -> Outcome {
        let number = self.column_number(id, name, at);
        let number = number.map_err(|_| Problem::no_such_column(at, name))?;
        let Some(number) = number else {
            return Ok(());
        };
        let relation = self.catalog.relation(id);
        if let Some(relation) = relation.filter(|it| it.column_named(new_name).is_some()) {
            let table = relation.name.clone();
            return Err(Problem::column_exists(at, &table, new_name));
        }
        if let Some(column) = self.column_mut(id, number) {
            column.name = new_name.clone();
            column.origin = at;
        }
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            if self.column_of(child, name).is_some() {
                self.rename_column(child, name, new_name, at)?;
            }
        }
        Ok(())
    }

    fn rename_constraint(
        &mut self,
        id: RelationId,
        name: &Name,
        new_name: &Name,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let constraint = relation.constraint_named(name);
        let of_column = not_null_named(relation, name).and_then(|it| relation.column(it));
        let not_null = of_column.and_then(|it| it.not_null.clone());
        let inherited_from = match (constraint, &not_null) {
            (Some(constraint), _) => constraint.inherited_from,
            (None, Some(not_null)) => not_null.inherited_from,
            (None, None) if relation.unknown.is_some() => return Ok(()),
            (None, None) => {
                return Err(Problem::no_member(at, "constraint", name, &relation.name));
            }
        };
        if inherited_from > 0 && self.is_sure_of(relation) {
            let message = format!("cannot rename inherited constraint \"{name}\"");
            return Err(Problem::other(at, "42P16", message));
        }
        // Children come first.
        let has_it = |it: &&pglint_catalog::Relation| has_constraint(it, new_name);
        let is_of_index = constraint.is_some_and(|it| it.check().is_none());
        let children = self.catalog.children(id).filter(|_| !is_of_index);
        if let Some(taken) = children.chain([relation]).find(has_it) {
            let table = &taken.name;
            let message =
                format!("constraint \"{new_name}\" for relation \"{table}\" already exists");
            return Err(Problem::exists(at, message));
        }
        self.rename_constraint_here(id, name, new_name);
        Ok(())
    }

    /// Checks and NOT NULL have the same name in children.
    fn rename_constraint_here(&mut self, id: RelationId, name: &Name, new_name: &Name) {
        let Some(relation) = self.catalog.relation(id) else {
            return;
        };
        let column = not_null_named(relation, name).and_then(|it| relation.column(it));
        let not_null = column.and_then(|it| Some((it.number, it.not_null.clone()?)));
        let constraint = relation.constraint_named(name);
        let constraint = constraint.map(|it| (it.id, it.check().is_some() && !it.no_inherit));
        let reaches_children = match (constraint, not_null) {
            (Some((constraint, reaches_children)), _) => {
                let catalog = &mut self.catalog;
                catalog.rename_constraint(id, constraint, new_name.clone());
                reaches_children
            }
            (None, Some((number, mut not_null))) => {
                let reaches_children = !not_null.no_inherit;
                not_null.name = new_name.clone();
                self.catalog.set_not_null(id, number, Some(not_null));
                reaches_children
            }
            (None, None) => false,
        };
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children.into_iter().filter(|_| reaches_children) {
            self.rename_constraint_here(child, name, new_name);
        }
    }

    /// What children have too is not renamed in the parent alone
    /// (`renameatt_internal` in `tablecmds.c`).
    fn refuse_rename_of_one(
        &self,
        id: RelationId,
        kind: ObjectKind,
        name: &Name,
        at: Origin,
    ) -> Outcome {
        let what = match kind {
            ObjectKind::Column => "column",
            ObjectKind::TableConstraint => "constraint",
            _ => return Ok(()),
        };
        let has = |child: &pglint_catalog::Relation| match kind {
            ObjectKind::Column => child.column_named(name).is_some(),
            _ => {
                let check = child
                    .constraint_named(name)
                    .filter(|it| it.check().is_some());
                check.is_some_and(|it| it.inherited_from > 0)
                    || not_null_named(child, name).is_some()
            }
        };
        match !self.lenient && self.catalog.children(id).any(has) {
            true => {
                let message =
                    format!("inherited {what} \"{name}\" must be renamed in child tables too");
                Err(Problem::other(at, "42P16", message))
            }
            false => Ok(()),
        }
    }

    fn rename_trigger(
        &mut self,
        id: RelationId,
        name: &Name,
        new_name: &Name,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        match relation.triggers.iter_mut().find(|it| it.name == *name) {
            Some(trigger) => trigger.name = new_name.clone(),
            None if relation.unknown.is_some() => {}
            None => return Err(Problem::no_member(at, "trigger", name, &relation.name)),
        }
        Ok(())
    }

    fn rename_policy(
        &mut self,
        id: RelationId,
        name: &Name,
        new_name: &Name,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        match relation.policies.iter_mut().find(|it| it.name == *name) {
            Some(policy) => policy.name = new_name.clone(),
            None if relation.unknown.is_some() => {}
            None => return Err(Problem::no_member(at, "policy", name, &relation.name)),
        }
        Ok(())
    }

    fn rename_domain_constraint(&mut self, rename: &Rename, member: &Name, at: Origin) -> Outcome {
        let mut target = rename.target.clone();
        target.kind = ObjectKind::Domain;
        let Found::Object(ObjectId::Type(id)) = self.find(&target, at)? else {
            return Ok(());
        };
        if let Some(found) = self.catalog.type_mut(id)
            && let TypeKind::Domain(domain) = &mut found.kind
        {
            let domain_name = &rename.target.name;
            let of_not_null = domain.not_null.iter().map(|it| &it.name);
            let mut present = domain.checks.iter().map(|it| &it.name).chain(of_not_null);
            if present.clone().any(|it| it == member)
                && present.any(|it| *it == rename.new_name)
                && !self.lenient
            {
                let name = &rename.new_name;
                let message =
                    format!("constraint \"{name}\" for domain {domain_name} already exists");
                return Err(Problem::exists(at, message));
            }
            let not_null = domain.not_null.iter_mut().map(|it| &mut it.name);
            let names = domain.checks.iter_mut().map(|it| &mut it.name);
            let mut names = names.chain(not_null).filter(|it| *it == member);
            if let Some(name) = names.next() {
                *name = rename.new_name.clone();
            } else if !self.lenient {
                let domain = &rename.target.name;
                let message = format!("constraint \"{member}\" for domain {domain} does not exist");
                return Err(Problem::new(at, "42704", ProblemKind::Missing, message));
            }
        }
        Ok(())
    }
}
