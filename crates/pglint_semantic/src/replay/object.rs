//! Objects that `DROP`, `RENAME`, `SET SCHEMA` and `COMMENT` name.

use super::kind::not_a;
use super::{Outcome, Problem, ProblemKind, Replay};
use crate::change::{ObjectKind, RelationName, Target};
use pglint_catalog::{
    Lookup, Name, ObjectId, Origin, QualifiedName, RelationKind, SchemaId, TypeKind,
};

/// What a target stands for.
pub(super) enum Found {
    /// An object of the catalog.
    Object(ObjectId),
    /// It may exist, but is not known.
    Unknown,
    /// Of a sort that the catalog does not keep.
    NotKept,
}

impl Replay {
    /// The object that a statement names.
    pub(super) fn find(&self, target: &Target, at: Origin) -> Outcome<Found> {
        if let Some(schema) = &target.name.schema
            && self.is_awaited(Some(schema))
        {
            return Err(Problem::no_schema(at, schema));
        }
        match target.kind {
            ObjectKind::Schema => self.find_schema(&target.name.name, at),
            ObjectKind::Relation(RelationKind::CompositeType)
            | ObjectKind::Type
            | ObjectKind::Domain => self.find_type(target, at),
            ObjectKind::Relation(kind) => self.find_relation_or_index(target, kind, at),
            ObjectKind::Index => match self.find_index(&target.name) {
                Lookup::Found((relation, index)) => {
                    Ok(Found::Object(ObjectId::Index(relation, index)))
                }
                Lookup::Unknown => Ok(Found::Unknown),
                Lookup::Missing => {
                    let name = QualifiedName::unqualified(target.name.name.clone());
                    Err(Problem::no_object(at, "index", &name).about(&target.name))
                }
            },
            ObjectKind::Function(kind) => self.find_function(target, kind, at),
            ObjectKind::Column | ObjectKind::TableConstraint => self.find_member(target, at),
            ObjectKind::Attribute
            | ObjectKind::Trigger
            | ObjectKind::Policy
            | ObjectKind::DomainConstraint
            | ObjectKind::Extension
            | ObjectKind::Rule
            | ObjectKind::Other => Ok(Found::NotKept),
        }
    }

    /// The same, refused where it is something else than the statement says.
    pub(super) fn find_kind(&self, target: &Target, at: Origin) -> Outcome<Found> {
        let wanted = match target.kind {
            ObjectKind::Relation(RelationKind::CompositeType) => return self.find(target, at),
            ObjectKind::Relation(kind) => kind,
            ObjectKind::Index => {
                let found = self.find(target, at);
                let relation = self.find_relation(&target.name).found();
                return match (found, relation) {
                    (Err(_), Some(relation)) if self.is_sure_of(relation) => {
                        Err(not_a(&target.name.name, "index", at))
                    }
                    (found, _) => found,
                };
            }
            ObjectKind::Domain => {
                let found = self.find(target, at)?;
                return match found {
                    Found::Object(ObjectId::Type(id))
                        if self
                            .catalog
                            .data_type(id)
                            .is_some_and(|it| !matches!(it.kind, TypeKind::Domain(_)))
                            && !self.lenient =>
                    {
                        Err(not_a(&Name::from(target.name.to_string()), "domain", at))
                    }
                    Found::Object(ObjectId::Relation(_)) if !self.lenient => {
                        Err(not_a(&Name::from(target.name.to_string()), "domain", at))
                    }
                    found => Ok(found),
                };
            }
            _ => return self.find(target, at),
        };
        let found = self.find(target, at)?;
        match found {
            Found::Object(ObjectId::Index(..)) if !self.lenient => {
                Err(not_a(&target.name.name, wanted.words(), at))
            }
            Found::Object(ObjectId::Relation(id)) => {
                if let Some(relation) = self.catalog.relation(id) {
                    self.refuse_other_kind(relation, wanted, at)?;
                }
                Ok(found)
            }
            found => Ok(found),
        }
    }

    /// `ALTER VIEW`, `ALTER SEQUENCE` and the like of something else;
    /// `ALTER TABLE` and `ALTER INDEX` are for all of them
    /// (`RangeVarCallbackForAlterRelation` in `tablecmds.c`).
    pub(super) fn refuse_kind_to_alter(
        &self,
        target: &Target,
        object: ObjectId,
        at: Origin,
    ) -> Outcome {
        let ObjectKind::Relation(
            wanted @ (RelationKind::View
            | RelationKind::MaterializedView
            | RelationKind::Sequence
            | RelationKind::ForeignTable),
        ) = target.kind
        else {
            return Ok(());
        };
        let (ObjectId::Relation(id) | ObjectId::Index(id, _)) = object else {
            return Ok(());
        };
        match self.catalog.relation(id) {
            Some(relation) if matches!(object, ObjectId::Relation(_)) => {
                self.refuse_other_kind(relation, wanted, at)
            }
            Some(relation) if self.is_sure_of(relation) => {
                Err(not_a(&target.name.name, wanted.words(), at))
            }
            _ => Ok(()),
        }
    }

    /// The same for `ALTER`, which calls everything that may be in the place of a
    /// table a relation.
    pub(super) fn find_to_alter(&self, target: &Target, at: Origin) -> Outcome<Found> {
        let is_relation = matches!(
            target.kind,
            ObjectKind::Relation(
                RelationKind::Table
                    | RelationKind::View
                    | RelationKind::MaterializedView
                    | RelationKind::Sequence
                    | RelationKind::ForeignTable
            ) | ObjectKind::Index
        );
        // `ALTER INDEX ... RENAME` renames whatever has the name.
        let found = match target.kind {
            ObjectKind::Index => self.find_relation_or_index(target, RelationKind::Table, at),
            _ => self.find(target, at),
        };
        found.map_err(|problem| match is_relation {
            true => Problem::no_relation(at, &target.name),
            false => problem,
        })
    }

    fn find_schema(&self, name: &Name, at: Origin) -> Outcome<Found> {
        match self.catalog.lookup_schema(name) {
            Lookup::Found(schema) => Ok(Found::Object(ObjectId::Schema(schema.id))),
            Lookup::Unknown => Ok(Found::Unknown),
            Lookup::Missing => Err(Problem::no_schema(at, name)),
        }
    }

    /// `ALTER TABLE` and the like also take the name of an index.
    fn find_relation_or_index(
        &self,
        target: &Target,
        kind: RelationKind,
        at: Origin,
    ) -> Outcome<Found> {
        if let Lookup::Found((relation, index)) = self.find_index(&target.name) {
            return Ok(Found::Object(ObjectId::Index(relation, index)));
        }
        match self.find_relation(&target.name) {
            Lookup::Found(relation) => Ok(Found::Object(ObjectId::Relation(relation.id))),
            Lookup::Unknown => Ok(Found::Unknown),
            Lookup::Missing => {
                let name = &target.name.name;
                let message = format!("{} \"{name}\" does not exist", kind.words());
                Err(
                    Problem::new(at, "42P01", super::ProblemKind::Missing, message)
                        .about(&target.name),
                )
            }
        }
    }

    fn find_type(&self, target: &Target, at: Origin) -> Outcome<Found> {
        let schema = target.name.schema.as_deref();
        let found = self
            .catalog
            .lookup_type(schema, &target.name.name, &self.search_path);
        match found {
            Lookup::Found(found) => Ok(Found::Object(match found.kind {
                TypeKind::Composite(relation) => ObjectId::Relation(relation),
                _ => ObjectId::Type(found.id),
            })),
            Lookup::Unknown => Ok(Found::Unknown),
            Lookup::Missing => Err(Problem::no_object(at, "type", &target.name)),
        }
    }

    fn find_member(&self, target: &Target, at: Origin) -> Outcome<Found> {
        let name = RelationName {
            name: target.name.clone(),
            range: target.range,
        };
        let (Some(id), Some(member)) = (self.relation_id(&name, at)?, &target.member) else {
            return Ok(Found::Unknown);
        };
        if target.kind == ObjectKind::Column {
            let number = self.column_number(id, member, at)?;
            return Ok(number.map_or(Found::Unknown, |number| {
                Found::Object(ObjectId::Column(id, number))
            }));
        }
        let relation = self.catalog.relation(id);
        match relation.and_then(|it| it.constraint_named(member)) {
            Some(constraint) => Ok(Found::Object(ObjectId::Constraint(id, constraint.id))),
            None => match relation {
                Some(relation)
                    if self.is_sure_of(relation) && !self.constraint_exists(id, member) =>
                {
                    Err(Problem::no_member(at, "constraint", member, &relation.name))
                }
                _ => Ok(Found::NotKept),
            },
        }
    }

    pub(super) fn set_schema(
        &mut self,
        target: &Target,
        schema: &Name,
        if_exists: bool,
        at: Origin,
    ) -> Outcome {
        let object = match self.find_to_alter(target, at) {
            Ok(Found::Object(object)) => {
                self.refuse_kind_to_alter(target, object, at)?;
                object
            }
            Ok(Found::Unknown | Found::NotKept) => return Ok(()),
            Err(_) if if_exists => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let schema = match self.catalog.schema_named(schema) {
            Some(schema) => schema.id,
            None if self.lenient => self.catalog.add_schema(schema.clone(), at),
            None => return Err(Problem::no_schema(at, schema)),
        };
        self.move_object(object, schema, at)
    }

    fn move_object(&mut self, object: ObjectId, schema: SchemaId, at: Origin) -> Outcome {
        match object {
            ObjectId::Relation(id) => {
                let relation = self.catalog.relation(id);
                let sequence = relation.and_then(|it| it.sequence.as_ref());
                if sequence.is_some_and(|it| it.owned_by.is_some()) && !self.lenient {
                    let message = "cannot move an owned sequence into another schema".to_owned();
                    return Err(Problem::other(at, "0A000", message));
                }
                if let Some(relation) = self.catalog.relation(id)
                    && relation.schema != schema
                    && self
                        .catalog
                        .named_in_schema(schema, &relation.name)
                        .is_some()
                {
                    let name = relation.name.clone();
                    let schema = self.catalog.schema(schema).map(|it| it.name.clone());
                    let schema = schema.unwrap_or_default();
                    let mut problem = Problem::relation_exists(at, &name);
                    problem.message += &format!(" in schema \"{schema}\"");
                    return Err(problem.about(&QualifiedName::qualified(schema, name)));
                }
                self.catalog.move_relation(id, schema);
                for sequence in self.owned_sequences(id, None) {
                    self.catalog.move_relation(sequence, schema);
                }
            }
            ObjectId::Type(id) => self.catalog.move_type(id, schema),
            ObjectId::Function(id) => {
                if let Some(name) = self.catalog.function(id).map(|it| it.name.clone()) {
                    self.catalog.move_function(id, schema, name);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Comments on what the catalog does not know are let pass.
    pub(super) fn comment(&mut self, target: &Target, text: Option<&Name>, at: Origin) -> Outcome {
        let is_certain = matches!(
            target.kind,
            ObjectKind::Relation(_)
                | ObjectKind::Index
                | ObjectKind::Column
                | ObjectKind::TableConstraint
        );
        let object = match self.find_kind(target, at) {
            Ok(Found::Object(object)) => object,
            Err(problem) if is_certain && !self.lenient => {
                return Err(match target.kind {
                    ObjectKind::Relation(_) | ObjectKind::Index
                        if problem.kind == ProblemKind::Missing =>
                    {
                        Problem::no_relation(at, &target.name)
                    }
                    _ => problem,
                });
            }
            _ => return Ok(()),
        };
        let text = text.cloned();
        match object {
            ObjectId::Schema(id) => {
                if let Some(schema) = self.catalog.schema_mut(id) {
                    schema.comment = text;
                }
            }
            ObjectId::Relation(id) => {
                if let Some(relation) = self.catalog.relation_mut(id) {
                    relation.comment = text;
                }
            }
            ObjectId::Column(id, number) => {
                if let Some(column) = self.column_mut(id, number) {
                    column.comment = text;
                }
            }
            ObjectId::Constraint(id, constraint) => {
                if let Some(relation) = self.catalog.relation_mut(id)
                    && let Some(found) = relation
                        .constraints
                        .iter_mut()
                        .find(|it| it.id == constraint)
                {
                    found.comment = text;
                }
            }
            ObjectId::Index(id, index) => {
                if let Some(relation) = self.catalog.relation_mut(id)
                    && let Some(found) = relation.indexes.iter_mut().find(|it| it.id == index)
                {
                    found.comment = text;
                }
            }
            ObjectId::Type(id) => {
                if let Some(found) = self.catalog.type_mut(id) {
                    found.comment = text;
                }
            }
            ObjectId::Function(id) => {
                if let Some(function) = self.catalog.function_mut(id) {
                    function.comment = text;
                }
            }
        }
        Ok(())
    }

    /// A target as a relation's name.
    pub(super) fn relation_name(target: &Target) -> RelationName {
        RelationName {
            name: QualifiedName::clone(&target.name),
            range: target.range,
        }
    }
}
