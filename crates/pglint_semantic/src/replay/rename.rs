//! `ALTER ... RENAME`.

use super::constraint::not_null_named;
use super::object::Found;
use super::{Outcome, Problem, Replay};
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
        if let Some(column) = not_null_named(relation, name) {
            let not_null = relation.column(column).and_then(|it| it.not_null.clone());
            if let Some(mut not_null) = not_null {
                not_null.name = new_name.clone();
                self.catalog.set_not_null(id, column, Some(not_null));
            }
            return Ok(());
        }
        let Some(constraint) = relation.constraint_named(name) else {
            if relation.unknown.is_some() {
                return Ok(());
            }
            return Err(Problem::no_member(at, "constraint", name, &relation.name));
        };
        let constraint = constraint.id;
        if self.constraint_exists(id, new_name) {
            let message = format!(
                "constraint \"{new_name}\" for relation \"{}\" already exists",
                relation.name
            );
            return Err(Problem::exists(at, message));
        }
        self.catalog
            .rename_constraint(id, constraint, new_name.clone());
        Ok(())
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
            let not_null = domain.not_null.iter_mut().map(|it| &mut it.name);
            let names = domain.checks.iter_mut().map(|it| &mut it.name);
            let mut names = names.chain(not_null).filter(|it| *it == member);
            if let Some(name) = names.next() {
                *name = rename.new_name.clone();
            }
        }
        Ok(())
    }
}
