//! `CREATE TABLE`, foreign tables and composite types.

use super::resolve::undetermined;
use super::{Outcome, Problem, ProblemKind, Replay, inherit, within};
use crate::change::{
    ColumnDefinition, ConstraintDefinition, ConstraintRequest, CreateTable, LikeOptions,
    PartitionBy, RelationName, TableElement, UnresolvedExpression,
};
use pglint_catalog::{
    Column, ColumnDefault, ColumnNumber, DataType, GeneratedColumn, Modifier, Name, NotNullCause,
    Origin, PartitionBound, PartitionKey, Persistence, QualifiedName, Relation, RelationId,
    RelationKind, SchemaId, Shape, SharedList, Unknown, UnknownReason,
};

impl Replay {
    pub(super) fn create_table(&mut self, create: &CreateTable, at: Origin) -> Outcome {
        let name = &create.name.name;
        let schema = self.creation_schema(name, create.persistence, at)?;
        if create.kind == RelationKind::CompositeType {
            self.refuse_row_type(schema, &name.name, at)?;
        }
        if self.catalog.named_in_schema(schema, &name.name).is_some() {
            return match create.if_not_exists {
                true => Ok(()),
                false => Err(Problem::relation_exists(at, &name.name)),
            };
        }
        self.refuse_row_type(schema, &name.name, at)?;
        let id = RelationId(self.catalog.next_id());
        let mut relation = new_relation(id, schema, name.name.clone(), create.kind, at);
        relation.persistence = create.persistence;
        relation.options = create.options.clone();
        let parents = self.parents(&mut relation, create, at)?;
        let likes = self.columns(&mut relation, create, &parents, at)?;
        self.catalog.insert_relation(relation);
        if create.on_commit_drop {
            self.dropped_at_commit.push(id);
        }
        self.finish_table(id, create, at)?;
        self.inherit_constraints(id, &parents)?;
        // There are no rows yet that `NOT VALID` could spare.
        if let Some(relation) = self.catalog.relation_mut(id) {
            for constraint in &mut relation.constraints {
                constraint.validated = constraint.enforced;
            }
        }
        let is_foreign_key =
            |it: &ConstraintDefinition| matches!(it.request, ConstraintRequest::ForeignKey(_));
        self.constraints_of_table(id, create, at, |it| !is_foreign_key(it))?;
        for (source, options) in likes {
            self.like_indexes(id, source, options, at)?;
        }
        self.constraints_of_table(id, create, at, is_foreign_key)?;
        for parent in &parents {
            if create.partition_of.is_some() {
                self.inherit_indexes(id, *parent, at)?;
            }
        }
        Ok(())
    }

    /// The parents by `INHERITS` or `PARTITION OF`.
    fn parents(
        &mut self,
        relation: &mut Relation,
        create: &CreateTable,
        at: Origin,
    ) -> Outcome<Vec<RelationId>> {
        let mut parents = Vec::new();
        for parent in &create.inherits {
            match self.relation_or_unknown(parent, at)? {
                Some(id) => {
                    self.refuse_parent(id, create.partition_of.is_some(), at)?;
                    let of_partition = create.partition_of.as_ref().map(|_| "create");
                    self.refuse_temporary_parent(create.persistence, id, of_partition, at)?;
                    parents.push(id);
                }
                None => relation.columns_unknown = Some(depends_on(&parent.name, at)),
            }
        }
        relation.inherits = parents.clone();
        relation.partition_bound = create.partition_of.as_ref().map(|bound| PartitionBound {
            text: bound.text.clone(),
            is_default: bound.is_default,
            origin: within(at, bound.range),
        });
        Ok(parents)
    }

    /// A relation that the statement needs; `None` when it is not known, and, when
    /// lenient, when it is missing.
    pub(super) fn relation_or_unknown(
        &self,
        name: &RelationName,
        at: Origin,
    ) -> Outcome<Option<RelationId>> {
        match self.relation_id(name, at) {
            Err(_) if self.lenient => Ok(None),
            outcome => outcome,
        }
    }

    /// Inherited columns, those of `OF`, then its own, with `LIKE` in their midst
    /// (`MergeAttributes` in `tablecmds.c`). Returns what else is to be copied.
    fn columns(
        &mut self,
        relation: &mut Relation,
        create: &CreateTable,
        parents: &[RelationId],
        at: Origin,
    ) -> Outcome<Vec<(RelationId, LikeOptions)>> {
        for parent in parents {
            if let Some(parent) = self.catalog.relation(*parent).cloned() {
                self.refuse_conflict(relation, &parent, at)?;
                inherit::merge_parent_columns(relation, &parent);
            }
        }
        if let Some(of_type) = &create.of_type {
            self.typed_columns(relation, of_type, at);
        }
        let mut likes = Vec::new();
        for element in &create.elements {
            match element {
                TableElement::Column(definition) => {
                    self.add_definition(relation, definition, at)?;
                }
                TableElement::Like(source, options) => {
                    match self.relation_or_unknown(source, at)? {
                        Some(source) => {
                            self.like_columns(relation, source, *options, at)?;
                            likes.push((source, *options));
                        }
                        None => relation.columns_unknown = Some(depends_on(&source.name, at)),
                    }
                }
                TableElement::Constraint(_) => {}
            }
        }
        Ok(likes)
    }

    fn typed_columns(&mut self, relation: &mut Relation, of_type: &QualifiedName, at: Origin) {
        let schema = of_type.schema.as_deref();
        let found = self
            .catalog
            .lookup_type(schema, &of_type.name, &self.search_path)
            .found();
        let source = match found.map(|it| &it.kind) {
            Some(pglint_catalog::TypeKind::Composite(id)) => self.catalog.relation(*id).cloned(),
            _ => None,
        };
        match source {
            Some(source) => {
                for column in &source.columns {
                    let mut column = column.clone();
                    column.number = take_number(relation);
                    relation.columns.push(column);
                }
            }
            None => relation.columns_unknown = Some(depends_on(of_type, at)),
        }
    }

    /// A column of the statement: a new one, or more about an inherited one.
    fn add_definition(
        &mut self,
        relation: &mut Relation,
        definition: &ColumnDefinition,
        at: Origin,
    ) -> Outcome {
        let data_type = match &definition.data_type {
            Some(data_type) => Some(self.resolve_type(data_type, at)?),
            None => None,
        };
        let mut columns = relation.columns.iter();
        let present = columns.position(|it| it.name == definition.name);
        if let Some(column) = present.and_then(|place| relation.columns.get_mut(place)) {
            if column.inherited_from == 0 && data_type.is_some() {
                let message = format!("column \"{}\" specified more than once", definition.name);
                let at = within(at, definition.range);
                return Err(Problem::new(at, "42701", ProblemKind::Duplicate, message));
            }
            return self.merge_definition(column, definition, data_type, at);
        }
        let number = take_number(relation);
        let mut column = new_column(number, definition, at);
        if let Some(data_type) = data_type {
            column.data_type = data_type;
        }
        relation.columns.push(column);
        Ok(())
    }

    /// More about a column that is inherited, or of the table's type.
    fn merge_definition(
        &self,
        column: &mut Column,
        definition: &ColumnDefinition,
        data_type: Option<DataType>,
        at: Origin,
    ) -> Outcome {
        if let Some(data_type) = data_type
            && data_type.element_id().is_some()
            && column.data_type.element_id().is_some()
            && data_type != column.data_type
            && !self.lenient
        {
            let message = format!("column \"{}\" has a type conflict", definition.name);
            let at = within(at, definition.range);
            return Err(Problem::other(at, "42804", message));
        }
        column.is_local = true;
        column.origin = within(at, definition.range);
        Ok(())
    }

    /// What needs the relation to be there: defaults, sequences, `PARTITION BY`.
    fn finish_table(&mut self, id: RelationId, create: &CreateTable, at: Origin) -> Outcome {
        for element in &create.elements {
            if let TableElement::Column(definition) = element {
                self.column_values(id, definition, at)?;
            }
        }
        if let Some(partition_by) = &create.partition_by {
            let key = self.partition_key(id, partition_by, at)?;
            if let Some(relation) = self.catalog.relation_mut(id) {
                relation.partition_key = Some(key);
            }
        }
        Ok(())
    }

    fn partition_key(
        &self,
        id: RelationId,
        partition_by: &PartitionBy,
        at: Origin,
    ) -> Outcome<PartitionKey> {
        let mut key = PartitionKey {
            strategy: partition_by.strategy,
            columns: Vec::new(),
            expressions: Vec::new(),
        };
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(key);
        };
        for element in &partition_by.elements {
            if let Some(expression) = &element.expression {
                key.expressions
                    .push(self.resolve_checked(expression, relation, at)?);
            }
            let column = element.column.as_deref();
            key.columns
                .push(column.and_then(|it| Some(relation.column_named(it)?.number)));
        }
        Ok(key)
    }

    /// The default, identity, generated expression and serial of a column.
    pub(super) fn column_values(
        &mut self,
        id: RelationId,
        definition: &ColumnDefinition,
        at: Origin,
    ) -> Outcome {
        let has_values = definition.default.is_some()
            || definition.generated.is_some()
            || definition.identity.is_some()
            || definition.serial;
        if !has_values {
            return Ok(());
        }
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let Some(number) = relation.column_named(&definition.name).map(|it| it.number) else {
            return Ok(());
        };
        let default = definition
            .default
            .as_ref()
            .and_then(|it| self.column_default(id, number, it, at));
        let generated = match &definition.generated {
            Some(generated) => {
                let (expression, stored) = &**generated;
                Some(Box::new(GeneratedColumn {
                    expression: self.resolve_checked(expression, relation, at)?,
                    stored: *stored,
                    origin: within(at, expression.range),
                }))
            }
            None => None,
        };
        if let Some(column) = self.column_mut(id, number) {
            column.default = default.or(column.default.take());
            column.generated = generated.or(column.generated.take());
        }
        let at_type = definition
            .data_type
            .as_ref()
            .map_or(at, |it| within(at, it.range));
        if definition.serial {
            self.add_serial(id, number, at_type);
        }
        if let Some(identity) = &definition.identity {
            self.refuse_identity_type(id, number, within(at, identity.range))?;
            self.add_identity(id, number, identity, at);
        }
        if definition.null.is_none() || definition.serial || definition.identity.is_some() {
            self.implied_not_null(id, number, definition, at);
        }
        Ok(())
    }

    /// A default as the server keeps it: `NULL` is none, unless it must be coerced
    /// to a domain or a length (`AddRelationNewConstraints` in `heap.c`).
    pub(super) fn column_default(
        &self,
        id: RelationId,
        number: ColumnNumber,
        unresolved: &UnresolvedExpression,
        at: Origin,
    ) -> Option<Box<ColumnDefault>> {
        let relation = self.catalog.relation(id)?;
        let data_type = &relation.column(number)?.data_type;
        let is_coerced =
            self.catalog.base_type(data_type) != data_type || data_type.modifier != Modifier::None;
        let expression = self.resolve_expression(unresolved, &relation.columns);
        if expression.shape == Shape::Null && !is_coerced {
            return None;
        }
        Some(Box::new(ColumnDefault {
            expression,
            origin: within(at, unresolved.range),
        }))
    }

    /// `serial` and identity columns are NOT NULL, named or not.
    fn implied_not_null(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        definition: &ColumnDefinition,
        at: Origin,
    ) {
        let written = definition
            .constraints
            .iter()
            .any(|it| matches!(it.request, ConstraintRequest::NotNull(_)));
        let cause = match (&definition.identity, definition.serial) {
            (Some(_), _) => NotNullCause::Identity,
            (None, true) => NotNullCause::Serial,
            (None, false) => return,
        };
        if !written {
            let range = match (&definition.identity, &definition.data_type) {
                (Some(identity), _) => identity.range,
                (None, Some(data_type)) => data_type.range,
                (None, None) => definition.range,
            };
            self.make_not_null(id, number, None, cause, within(at, range));
        }
    }

    /// Constraints in the server's order: checks and NOT NULL, keys with the
    /// primary key first, foreign keys (`transformCreateStmt`, `DefineRelation`).
    fn constraints_of_table(
        &mut self,
        id: RelationId,
        create: &CreateTable,
        at: Origin,
        is_meant: impl Fn(&ConstraintDefinition) -> bool,
    ) -> Outcome {
        let mut all: Vec<&ConstraintDefinition> = create
            .elements
            .iter()
            .flat_map(|element| match element {
                TableElement::Column(column) => &column.constraints[..],
                TableElement::Constraint(constraint) => std::slice::from_ref(&**constraint),
                TableElement::Like(..) => &[],
            })
            .filter(|it| is_meant(it))
            .collect();
        all.sort_by_key(|it| match it.request {
            ConstraintRequest::Check(_) => 0,
            ConstraintRequest::NotNull(_) => 1,
            ConstraintRequest::PrimaryKey(_) => 2,
            _ => 3,
        });
        let given: Vec<Name> = all.iter().filter_map(|it| it.name.clone()).collect();
        for constraint in all {
            self.add_constraint_in_create(id, constraint, &given, at)?;
        }
        Ok(())
    }

    /// The column, to be changed.
    pub(super) fn column_mut(
        &mut self,
        relation: RelationId,
        number: ColumnNumber,
    ) -> Option<&mut Column> {
        self.catalog.relation_mut(relation)?.column_mut(number)
    }
}

/// The next free column number of a relation.
pub(super) fn take_number(relation: &mut Relation) -> ColumnNumber {
    let number = relation.next_column;
    relation.next_column = ColumnNumber(number.0.saturating_add(1));
    number
}

/// A column without type, default and constraints.
pub(super) fn new_column(
    number: ColumnNumber,
    definition: &ColumnDefinition,
    at: Origin,
) -> Column {
    let type_range = definition
        .data_type
        .as_ref()
        .map_or(definition.range, |it| it.range);
    Column {
        number,
        name: definition.name.clone(),
        data_type: undetermined(),
        not_null: None,
        default: None,
        identity: None,
        generated: None,
        collation: definition.collation.clone(),
        origin: within(at, definition.range),
        lost_not_null: None,
        type_origin: within(at, type_range),
        inherited_from: 0,
        is_local: true,
        comment: None,
    }
}

/// Why something made from an unknown relation or type is unknown too.
pub(super) fn depends_on(name: &QualifiedName, at: Origin) -> Unknown {
    Unknown {
        reason: UnknownReason::DependsOnUnknown(name.name.clone()),
        origin: at,
    }
}

/// A relation without columns.
pub(super) fn new_relation(
    id: RelationId,
    schema: SchemaId,
    name: Name,
    kind: RelationKind,
    origin: Origin,
) -> Relation {
    Relation {
        id,
        schema,
        name,
        kind,
        persistence: Persistence::Permanent,
        columns: SharedList::new(),
        next_column: ColumnNumber(1),
        columns_unknown: None,
        unknown: None,
        constraints: SharedList::new(),
        indexes: SharedList::new(),
        dropped_indexes: Vec::new(),
        inherits: Vec::new(),
        partition_key: None,
        partition_bound: None,
        row_security: false,
        force_row_security: false,
        policies: Vec::new(),
        triggers: Vec::new(),
        view: None,
        sequence: None,
        options: Vec::new(),
        row_type: None,
        origin,
        extension: None,
        comment: None,
    }
}
