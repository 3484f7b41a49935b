//! `DROP`, with or without `CASCADE`.

use super::object::Found;
use super::{Outcome, Problem, ProblemKind, Replay, within};
use crate::change::{Drop, ObjectKind, Target};
use pglint_catalog::{
    Dependent, DroppedIndex, Name, ObjectId, Origin, QualifiedName, RelationId, RelationKind,
    SchemaId, TypeKind,
};

/// What one `DROP` takes with it.
#[derive(Default)]
struct Doomed {
    objects: Vec<ObjectId>,
    defaults: Vec<(RelationId, pglint_catalog::ColumnNumber)>,
    triggers: Vec<(RelationId, Name)>,
    policies: Vec<(RelationId, Name)>,
}

impl Replay {
    pub(super) fn drop(&mut self, drop: &Drop, at: Origin) -> Outcome {
        let mut objects = Vec::new();
        for target in &drop.targets {
            let at = within(at, target.range);
            match target.kind {
                ObjectKind::Trigger => self.drop_trigger(target, drop.if_exists, at)?,
                ObjectKind::Policy => self.drop_policy(target, drop.if_exists, at)?,
                ObjectKind::Extension => objects.extend(self.drop_extension(&target.name.name)),
                _ => match self.find_kind(target, at) {
                    Ok(Found::Object(object)) => objects.push(object),
                    Ok(Found::Unknown | Found::NotKept) => {}
                    Err(problem) if problem.kind == ProblemKind::Missing && drop.if_exists => {}
                    Err(problem) => return Err(problem),
                },
            }
        }
        self.drop_objects(&objects, drop.cascade, at)
    }

    /// Drops objects with all that goes with them; refused when something else
    /// depends on them and there is no `CASCADE`
    /// (`performMultipleDeletions` in `dependency.c`).
    pub(super) fn drop_objects(
        &mut self,
        objects: &[ObjectId],
        cascade: bool,
        at: Origin,
    ) -> Outcome {
        self.check_indexes(objects, at)?;
        self.check_identities(objects, at)?;
        if !cascade {
            self.check_schemas(objects, at)?;
        }
        let mut doomed = Doomed {
            objects: objects.to_vec(),
            ..Doomed::default()
        };
        let mut in_the_way = Vec::new();
        let mut next = 0;
        while let Some(object) = doomed.objects.get(next).copied() {
            next += 1;
            for part in self.parts(object) {
                push_once(&mut doomed.objects, part);
            }
            for dependent in self.dependents_of(object) {
                if self.is_doomed(&doomed, &dependent) {
                    continue;
                }
                match cascade || self.is_automatic(object, &dependent) {
                    true => doom(&mut doomed, dependent),
                    false => in_the_way.push(dependent),
                }
            }
        }
        // What else goes with them may have doomed it after all.
        if in_the_way.iter().any(|it| !self.is_doomed(&doomed, it)) {
            return Err(Problem::depended(at, &self.describe(objects)));
        }
        self.keep_dropped_indexes(&doomed, at);
        self.remove(&doomed);
        Ok(())
    }

    /// The index of a constraint goes only with the constraint.
    fn check_indexes(&self, objects: &[ObjectId], at: Origin) -> Outcome {
        for object in objects {
            let ObjectId::Index(id, index) = *object else {
                continue;
            };
            let Some(relation) = self.catalog.relation(id) else {
                continue;
            };
            let index = relation.index(index);
            let constraint = index.and_then(|it| relation.constraint(it.constraint?));
            if let (Some(index), Some(constraint)) = (index, constraint) {
                let message = format!(
                    "cannot drop index {} because constraint {} on table {} requires it",
                    index.name, constraint.name, relation.name
                );
                return Err(Problem::new(at, "2BP01", ProblemKind::Depended, message));
            }
        }
        Ok(())
    }

    /// The sequence of an identity column goes only with the column.
    fn check_identities(&self, objects: &[ObjectId], at: Origin) -> Outcome {
        for object in objects {
            let ObjectId::Relation(id) = *object else {
                continue;
            };
            let owner = self
                .catalog
                .relation(id)
                .and_then(|it| it.sequence.as_ref());
            let Some((table, number)) = owner.and_then(|it| it.owned_by) else {
                continue;
            };
            let table = self.catalog.relation(table);
            let column = table.and_then(|it| it.column(number));
            let is_identity = |it: &&pglint_catalog::Column| {
                it.identity.as_ref().and_then(|it| it.sequence) == Some(id)
            };
            if let (Some(table), Some(column)) = (table, column.filter(is_identity)) {
                let message = format!(
                    "cannot drop {} because column {} of table {} requires it",
                    self.describe(&[*object]),
                    column.name,
                    table.name
                );
                return Err(Problem::new(at, "2BP01", ProblemKind::Depended, message));
            }
        }
        Ok(())
    }

    /// A schema with anything in it stays.
    fn check_schemas(&self, objects: &[ObjectId], at: Origin) -> Outcome {
        let is_full = |object: &ObjectId| match *object {
            ObjectId::Schema(id) => !self.objects_of_schema(id).is_empty(),
            _ => false,
        };
        match objects.iter().any(is_full) {
            true => Err(Problem::depended(at, &self.describe(objects))),
            false => Ok(()),
        }
    }

    /// What belongs to an object and goes with it silently.
    fn parts(&self, object: ObjectId) -> Vec<ObjectId> {
        match object {
            ObjectId::Relation(id) => {
                let mut parts: Vec<_> = self
                    .owned_sequences(id, None)
                    .into_iter()
                    .map(ObjectId::Relation)
                    .collect();
                let relation = self.catalog.relation(id);
                parts.extend(relation.and_then(|it| it.row_type).map(ObjectId::Type));
                parts
            }
            ObjectId::Column(id, number) => self
                .owned_sequences(id, Some(number))
                .into_iter()
                .map(ObjectId::Relation)
                .collect(),
            // The index behind a constraint goes with it.
            ObjectId::Constraint(id, constraint) => {
                let constraint = self
                    .catalog
                    .relation(id)
                    .and_then(|it| it.constraint(constraint));
                let index = constraint.and_then(|it| it.index());
                let mut parts: Vec<_> = index
                    .map(|it| ObjectId::Index(id, it))
                    .into_iter()
                    .collect();
                if let Some(constraint) = constraint {
                    parts.extend(self.partition_parts(id, |relation| {
                        let found = relation
                            .constraints
                            .iter()
                            .find(|it| it.parent == Some(constraint.id))?;
                        Some(ObjectId::Constraint(relation.id, found.id))
                    }));
                }
                parts
            }
            ObjectId::Index(id, index) => {
                let mut parts = self.partition_parts(id, |relation| {
                    let found = relation
                        .indexes
                        .iter()
                        .find(|it| it.parent == Some(index))?;
                    match found.constraint {
                        Some(constraint) => Some(ObjectId::Constraint(relation.id, constraint)),
                        None => Some(ObjectId::Index(relation.id, found.id)),
                    }
                });
                let own = self.catalog.index(id, index).and_then(|it| it.constraint);
                parts.extend(own.map(|it| ObjectId::Constraint(id, it)));
                parts
            }
            ObjectId::Schema(schema) => self.objects_of_schema(schema),
            ObjectId::Type(id) => {
                let multirange = TypeKind::Multirange(id);
                let is_range = self.catalog.data_type(id);
                let is_range = is_range.is_some_and(|it| matches!(it.kind, TypeKind::Range(_)));
                let types = self
                    .catalog
                    .types()
                    .filter(|it| is_range && it.kind == multirange);
                types.map(|it| ObjectId::Type(it.id)).collect()
            }
            ObjectId::Function(_) => Vec::new(),
        }
    }

    fn partition_parts(
        &self,
        parent: RelationId,
        part: impl Fn(&pglint_catalog::Relation) -> Option<ObjectId>,
    ) -> Vec<ObjectId> {
        self.catalog.children(parent).filter_map(part).collect()
    }

    fn objects_of_schema(&self, schema: SchemaId) -> Vec<ObjectId> {
        let relations = self.catalog.relations().filter(|it| it.schema == schema);
        let relations = relations.map(|it| ObjectId::Relation(it.id));
        let types = self.catalog.types().filter(|it| it.schema == schema);
        let types = types.map(|it| ObjectId::Type(it.id));
        let functions = self.catalog.functions().filter(|it| it.schema == schema);
        let functions = functions.map(|it| ObjectId::Function(it.id));
        relations.chain(types).chain(functions).collect()
    }

    fn dependents_of(&self, object: ObjectId) -> Vec<Dependent> {
        self.catalog.dependents(object)
    }

    fn is_doomed(&self, doomed: &Doomed, dependent: &Dependent) -> bool {
        let relation_is = |id: RelationId| doomed.objects.contains(&ObjectId::Relation(id));
        match dependent {
            Dependent::Relation(id) => relation_is(*id),
            Dependent::Column(id, column) | Dependent::Default(id, column) => {
                relation_is(*id)
                    || doomed.objects.contains(&ObjectId::Column(*id, *column))
                    || doomed.defaults.contains(&(*id, *column))
            }
            Dependent::Constraint(id, constraint) => {
                relation_is(*id)
                    || doomed
                        .objects
                        .contains(&ObjectId::Constraint(*id, *constraint))
            }
            Dependent::Index(id, index) => {
                relation_is(*id) || doomed.objects.contains(&ObjectId::Index(*id, *index))
            }
            Dependent::Trigger(id, name) => {
                relation_is(*id) || doomed.triggers.contains(&(*id, name.clone()))
            }
            Dependent::Policy(id, name) => {
                relation_is(*id) || doomed.policies.contains(&(*id, name.clone()))
            }
            Dependent::Function(id) => doomed.objects.contains(&ObjectId::Function(*id)),
            Dependent::Type(id) => doomed.objects.contains(&ObjectId::Type(*id)),
        }
    }

    /// Dependents that go without `CASCADE`: partitions with their table, a
    /// column's own constraints and indexes, the rest of a table's own.
    fn is_automatic(&self, object: ObjectId, dependent: &Dependent) -> bool {
        match (object, dependent) {
            (ObjectId::Relation(parent), Dependent::Relation(child)) => {
                let is_child = self.catalog.relation(*child);
                is_child.is_some_and(|it| it.is_partition() && it.inherits.contains(&parent))
            }
            (ObjectId::Column(own, column), Dependent::Constraint(id, constraint)) => {
                let relation = self.catalog.relation(*id);
                let constraint = relation.and_then(|it| it.constraint(*constraint));
                own == *id && constraint.is_some_and(|it| it.columns().contains(&column))
            }
            (ObjectId::Column(own, _), Dependent::Index(id, _)) => own == *id,
            // The row type's own relation.
            (ObjectId::Type(row_type), Dependent::Relation(id)) => {
                let relation = self.catalog.relation(*id);
                relation.is_some_and(|it| it.row_type == Some(row_type))
            }
            _ => false,
        }
    }

    /// Notes on the relation which statement took an index away.
    fn keep_dropped_indexes(&mut self, doomed: &Doomed, at: Origin) {
        for object in &doomed.objects {
            let ObjectId::Index(id, index) = *object else {
                continue;
            };
            let Some(relation) = self.catalog.relation_mut(id) else {
                continue;
            };
            let Some(index) = relation.index(index).cloned() else {
                continue;
            };
            let was_primary_key = relation
                .primary_key()
                .is_some_and(|key| index.constraint == Some(key.id));
            relation.dropped_indexes.push(DroppedIndex {
                index,
                was_primary_key,
                origin: at,
            });
        }
    }

    fn remove(&mut self, doomed: &Doomed) {
        for (id, column) in &doomed.defaults {
            if let Some(column) = self.column_mut(*id, *column) {
                column.default = None;
            }
        }
        for (id, name) in &doomed.triggers {
            if let Some(relation) = self.catalog.relation_mut(*id) {
                relation.triggers.retain(|it| it.name != *name);
            }
        }
        for (id, name) in &doomed.policies {
            if let Some(relation) = self.catalog.relation_mut(*id) {
                relation.policies.retain(|it| it.name != *name);
            }
        }
        for object in &doomed.objects {
            match *object {
                ObjectId::Constraint(id, constraint) => {
                    self.catalog.remove_constraint(id, constraint);
                }
                ObjectId::Index(id, index) => self.catalog.remove_index(id, index),
                ObjectId::Column(id, column) => {
                    self.catalog.set_not_null(id, column, None);
                    if let Some(relation) = self.catalog.relation_mut(id) {
                        relation.columns.retain(|it| it.number != column);
                    }
                }
                ObjectId::Relation(id) => self.catalog.remove_relation(id),
                ObjectId::Type(id) => self.catalog.remove_type(id),
                ObjectId::Function(id) => self.catalog.remove_function(id),
                ObjectId::Schema(_) => {}
            }
        }
        for object in &doomed.objects {
            if let ObjectId::Schema(id) = object {
                self.catalog.remove_schema(*id);
            }
        }
    }

    /// The name as `getObjectDescription` prints it: with its schema only where
    /// that is not in the search path.
    fn visible_name(&self, schema: SchemaId, name: &str) -> String {
        let schema = self.catalog.schema(schema);
        match schema.filter(|it| self.search_path.search_order().any(|each| each == it.name)) {
            Some(_) => name.to_owned(),
            None => format!("{}.{name}", schema.map_or("", |it| &it.name)),
        }
    }

    fn describe(&self, objects: &[ObjectId]) -> String {
        let relation_name = |id: RelationId| {
            let relation = self.catalog.relation(id);
            relation
                .map(|it| self.visible_name(it.schema, &it.name))
                .unwrap_or_default()
        };
        let [object] = objects else {
            // `reportDependentObjects` in `dependency.c`.
            return "desired object(s)".to_owned();
        };
        match *object {
            ObjectId::Relation(id) => {
                let words = match self.kind_of(id).unwrap_or(RelationKind::Table) {
                    // What is dropped is the type, and its relation with it.
                    RelationKind::CompositeType => "type",
                    kind => kind.words(),
                };
                format!("{words} {}", relation_name(id))
            }
            ObjectId::Column(id, column) => {
                let relation = self.catalog.relation(id);
                let column = relation.and_then(|it| it.column(column));
                let column = column.map(|it| it.name.to_string()).unwrap_or_default();
                format!("column {column} of table {}", relation_name(id))
            }
            ObjectId::Constraint(id, constraint) => {
                let relation = self.catalog.relation(id);
                let constraint = relation.and_then(|it| it.constraint(constraint));
                let name = constraint.map(|it| it.name.to_string()).unwrap_or_default();
                format!("constraint {name} on table {}", relation_name(id))
            }
            ObjectId::Index(id, index) => {
                let index = self.catalog.index(id, index);
                format!(
                    "index {}",
                    index.map(|it| it.name.as_str()).unwrap_or_default()
                )
            }
            ObjectId::Schema(id) => {
                let schema = self.catalog.schema(id);
                format!(
                    "schema {}",
                    schema.map(|it| it.name.as_str()).unwrap_or_default()
                )
            }
            ObjectId::Type(id) => {
                let found = self.catalog.data_type(id);
                format!(
                    "type {}",
                    found.map(|it| it.name.as_str()).unwrap_or_default()
                )
            }
            ObjectId::Function(id) => match self.catalog.function(id) {
                Some(function) => format!(
                    "function {}({})",
                    function.name,
                    self.catalog.identity_arguments(function)
                ),
                None => "function".to_owned(),
            },
        }
    }

    fn drop_trigger(&mut self, target: &Target, if_exists: bool, at: Origin) -> Outcome {
        let Some((id, name)) = self.member(target, if_exists, at)? else {
            return Ok(());
        };
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        let before = relation.triggers.len();
        relation.triggers.retain(|it| it.name != name);
        if relation.triggers.len() == before && !if_exists && relation.unknown.is_none() {
            return Err(Problem::no_member(at, "trigger", &name, &relation.name));
        }
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            if let Some(child) = self.catalog.relation_mut(child) {
                child
                    .triggers
                    .retain(|it| !(it.inherited && it.name == name));
            }
        }
        Ok(())
    }

    fn drop_policy(&mut self, target: &Target, if_exists: bool, at: Origin) -> Outcome {
        let Some((id, name)) = self.member(target, if_exists, at)? else {
            return Ok(());
        };
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        let before = relation.policies.len();
        relation.policies.retain(|it| it.name != name);
        if relation.policies.len() == before && !if_exists && relation.unknown.is_none() {
            return Err(Problem::no_member(at, "policy", &name, &relation.name));
        }
        Ok(())
    }

    /// The relation and the member's name. `None` when the relation is not known,
    /// or missing under `IF EXISTS`.
    fn member(
        &self,
        target: &Target,
        if_exists: bool,
        at: Origin,
    ) -> Outcome<Option<(RelationId, Name)>> {
        let relation = crate::change::RelationName {
            name: QualifiedName::clone(&target.name),
            range: target.range,
        };
        let id = match self.relation_id(&relation, at) {
            Ok(Some(id)) => id,
            Ok(None) => return Ok(None),
            Err(_) if if_exists => return Ok(None),
            Err(problem) => return Err(problem),
        };
        Ok(target.member.clone().map(|name| (id, name)))
    }
}

fn push_once(objects: &mut Vec<ObjectId>, object: ObjectId) {
    if !objects.contains(&object) {
        objects.push(object);
    }
}

fn doom(doomed: &mut Doomed, dependent: Dependent) {
    match dependent {
        Dependent::Relation(id) => push_once(&mut doomed.objects, ObjectId::Relation(id)),
        Dependent::Column(id, column) => {
            push_once(&mut doomed.objects, ObjectId::Column(id, column));
        }
        Dependent::Default(id, column) => doomed.defaults.push((id, column)),
        Dependent::Constraint(id, constraint) => {
            push_once(&mut doomed.objects, ObjectId::Constraint(id, constraint));
        }
        Dependent::Index(id, index) => push_once(&mut doomed.objects, ObjectId::Index(id, index)),
        Dependent::Trigger(id, name) => doomed.triggers.push((id, name)),
        Dependent::Policy(id, name) => doomed.policies.push((id, name)),
        Dependent::Function(id) => push_once(&mut doomed.objects, ObjectId::Function(id)),
        Dependent::Type(id) => push_once(&mut doomed.objects, ObjectId::Type(id)),
    }
}
