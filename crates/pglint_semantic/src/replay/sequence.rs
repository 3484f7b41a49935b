//! Sequences: of their own, of `serial`, of identity columns.

use super::create_table::new_relation;
use super::{Outcome, Problem, Replay, within};
use crate::change::{IdentityDefinition, SequenceDefinition};
use pglint_catalog::{
    ColumnDefault, ColumnNumber, DataType, Expression, Identity, Name, Origin, QualifiedName,
    RelationId, RelationKind, SchemaId, Sequence, Shape, TypeId,
};

impl Replay {
    pub(super) fn create_sequence(&mut self, create: &SequenceDefinition, at: Origin) -> Outcome {
        let name = &create.name.name;
        let schema = self.creation_schema(name, create.persistence, at)?;
        if self.catalog.named_in_schema(schema, &name.name).is_some() {
            return match create.lenient {
                true => Ok(()),
                false => Err(Problem::relation_exists(at, &name.name)),
            };
        }
        let data_type = match &create.data_type {
            Some(data_type) => self.resolve_type(data_type, at)?,
            None => DataType::builtin(TypeId::INT8),
        };
        let owned_by = match &create.owned_by {
            Some(Some((relation, column))) => self.owner(relation, column, at)?,
            _ => None,
        };
        let sequence = Sequence {
            data_type,
            owned_by,
            is_identity: false,
        };
        self.insert_sequence(schema, name.name.clone(), sequence, at);
        Ok(())
    }

    fn owner(
        &self,
        relation: &QualifiedName,
        column: &Name,
        at: Origin,
    ) -> Outcome<Option<(RelationId, ColumnNumber)>> {
        use pglint_catalog::Lookup;
        let relation = match self.find_relation(relation) {
            Lookup::Found(relation) => relation.id,
            Lookup::Unknown => return Ok(None),
            Lookup::Missing if self.lenient => return Ok(None),
            Lookup::Missing => return Err(Problem::no_relation(at, relation)),
        };
        let number = self.column_number(relation, column, at)?;
        Ok(number.map(|number| (relation, number)))
    }

    fn insert_sequence(
        &mut self,
        schema: SchemaId,
        name: Name,
        sequence: Sequence,
        at: Origin,
    ) -> RelationId {
        let id = RelationId(self.catalog.next_id());
        let mut relation = new_relation(id, schema, name, RelationKind::Sequence, at);
        relation.sequence = Some(sequence);
        self.catalog.insert_relation(relation)
    }

    pub(super) fn alter_sequence(&mut self, alter: &SequenceDefinition, at: Origin) -> Outcome {
        let id = match self.relation_id(&alter.name, at) {
            Ok(Some(id)) => id,
            Ok(None) => return Ok(()),
            Err(_) if alter.lenient => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let owned_by = match &alter.owned_by {
            Some(Some((relation, column))) => Some(self.owner(relation, column, at)?),
            Some(None) => Some(None),
            None => None,
        };
        let data_type = match &alter.data_type {
            Some(data_type) => Some(self.resolve_type(data_type, at)?),
            None => None,
        };
        let lenient = self.lenient;
        let relation = self.catalog.relation_mut(id);
        if let Some(sequence) = relation.and_then(|it| it.sequence.as_mut()) {
            if sequence.is_identity && owned_by.is_some() && !lenient {
                let message = "cannot change ownership of identity sequence".to_owned();
                return Err(Problem::other(at, "0A000", message));
            }
            sequence.owned_by = owned_by.unwrap_or(sequence.owned_by);
            sequence.data_type = data_type.unwrap_or(sequence.data_type.clone());
        }
        Ok(())
    }

    /// A sequence that belongs to a column (`generateSerialExtraStmts` in
    /// `parse_utilcmd.c`).
    fn add_owned_sequence(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        name: Option<&QualifiedName>,
        is_identity: bool,
        at: Origin,
    ) -> Option<RelationId> {
        let relation = self.catalog.relation(id)?;
        let column = relation.column(number)?;
        let name = match name {
            Some(name) => name.name.clone(),
            None => self
                .catalog
                .choose_relation_name(
                    relation.schema,
                    &relation.name,
                    Some(&column.name),
                    "seq",
                    false,
                )
                .into(),
        };
        let sequence = Sequence {
            data_type: column.data_type.clone(),
            owned_by: Some((id, number)),
            is_identity,
        };
        let schema = relation.schema;
        Some(self.insert_sequence(schema, name, sequence, at))
    }

    /// `serial`: a sequence and a default that takes its next value.
    pub(super) fn add_serial(&mut self, id: RelationId, number: ColumnNumber, at: Origin) {
        let Some(sequence) = self.add_owned_sequence(id, number, None, false, at) else {
            return;
        };
        let Some(relation) = self.catalog.relation(sequence) else {
            return;
        };
        let name = self.catalog.qualified_name(relation);
        let expression = Expression {
            text: format!("nextval('{}'::regclass)", name.replace('\'', "''")).into(),
            slots: Vec::new(),
            shape: Shape::NextValue(sequence),
            functions: Vec::new(),
            types: Vec::new(),
            relations: vec![sequence],
            calls: vec![Name::new_static("nextval")],
        };
        if let Some(column) = self.column_mut(id, number) {
            column.default = Some(Box::new(ColumnDefault {
                expression,
                origin: at,
            }));
        }
    }

    /// Identity columns are integers themselves, not domains over them
    /// (`generateSerialExtraStmts` in `parse_utilcmd.c`, `init_params` in
    /// `sequence.c`).
    pub(super) fn refuse_identity_type(
        &self,
        id: RelationId,
        number: ColumnNumber,
        at: Origin,
    ) -> Outcome {
        let column = self.catalog.relation(id).and_then(|it| it.column(number));
        let data_type = column.map(|it| &it.data_type);
        let known = data_type.and_then(|it| Some((it.element_id()?, it.array)));
        match known.filter(|_| !self.lenient) {
            None | Some((TypeId::INT2 | TypeId::INT4 | TypeId::INT8, false)) => Ok(()),
            Some(_) => {
                let message = "identity column type must be smallint, integer, or bigint";
                Err(Problem::other(at, "22023", message.to_owned()))
            }
        }
    }

    /// `GENERATED ... AS IDENTITY`; NOT NULL is up to the caller.
    pub(super) fn add_identity(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        definition: &IdentityDefinition,
        at: Origin,
    ) {
        let origin = within(at, definition.range);
        let name = definition.sequence_name.as_ref();
        let sequence = self.add_owned_sequence(id, number, name, true, origin);
        if let Some(column) = self.column_mut(id, number) {
            column.identity = Some(Identity {
                always: definition.always,
                sequence,
                origin,
            });
        }
    }

    /// The sequences that belong to a relation, or to one column of it.
    pub(super) fn owned_sequences(
        &self,
        relation: RelationId,
        column: Option<ColumnNumber>,
    ) -> Vec<RelationId> {
        let relations = self.catalog.related(relation);
        let owned = relations.filter(|it| {
            let owner = it.sequence.as_ref().and_then(|it| it.owned_by);
            owner.is_some_and(|(owner, of)| {
                owner == relation && column.is_none_or(|column| column == of)
            })
        });
        owned.map(|it| it.id).collect()
    }
}
