//! How a catalog is changed: small steps that keep ids, names and namespaces
//! together. What a statement means is decided by replay, not here.

use crate::by_id::ById;
use crate::difference::Written;
use crate::id::FIRST_PROJECT_ID;
use crate::mention::Mentions;
use crate::namespace::Namespace;
use crate::{
    Catalog, ColumnNumber, Constraint, ConstraintId, Function, FunctionId, Index, IndexId, Name,
    NamedRelation, NotNull, Origin, Relation, RelationId, RelationKind, Schema, SchemaId, Type,
    TypeCategory, TypeId, TypeKind, Unknown,
};
use std::sync::Arc;

impl Catalog {
    /// What a new database has: `public`, the server's own schemas and types.
    pub fn builtin() -> Catalog {
        let mut catalog = Catalog {
            schemas: Default::default(),
            schema_names: Default::default(),
            relations: ById::new(),
            names: Namespace::default(),
            constraint_names: Namespace::default(),
            types: ById::new(),
            type_names: Namespace::default(),
            functions: ById::new(),
            function_names: Namespace::default(),
            extensions: Default::default(),
            unknown_names: Default::default(),
            unknown: None,
            next_id: FIRST_PROJECT_ID,
            mentions: Mentions::default(),
            changing: None,
            written: rpds::List::new_sync(),
            reads: None,
        };
        for (id, name) in [
            (SchemaId::PG_CATALOG, "pg_catalog"),
            (SchemaId::PG_TEMP, "pg_temp"),
            (SchemaId::INFORMATION_SCHEMA, "information_schema"),
            (SchemaId::PUBLIC, "public"),
        ] {
            catalog.insert_schema(id, Name::new_static(name), None);
        }
        catalog
    }

    /// A number that no object has had. All kinds of ids share one sequence.
    pub fn next_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Leaves numbers out, so that the next object's does not depend on how many
    /// objects there are before it, within reason: [`Catalog::next_id`] gives the
    /// same number after an edit of what came before.
    pub fn leave_room(&mut self) {
        const ROOM: u32 = 1 << 12;
        if let Some(next) = self.next_id.checked_next_multiple_of(ROOM) {
            self.next_id = next.checked_add(1).unwrap_or(self.next_id);
        }
    }

    /// Makes an empty schema.
    pub fn add_schema(&mut self, name: Name, origin: Origin) -> SchemaId {
        let id = SchemaId(self.next_id());
        self.insert_schema(id, name, Some(origin));
        id
    }

    fn insert_schema(&mut self, id: SchemaId, name: Name, origin: Option<Origin>) {
        self.schema_names.insert_mut(name.clone(), id);
        let schema = Schema {
            id,
            name,
            unknown: None,
            origin,
            comment: None,
        };
        self.wrote(Written::Object(id.0));
        self.schemas.insert_mut(id, Arc::new(schema));
    }

    /// The schema, to be changed; its name with [`Catalog::rename_schema`].
    pub fn schema_mut(&mut self, id: SchemaId) -> Option<&mut Schema> {
        self.wrote(Written::Object(id.0));
        self.schemas.get_mut(&id).map(Arc::make_mut)
    }

    /// Gives a schema another name.
    pub fn rename_schema(&mut self, id: SchemaId, name: Name) {
        if let Some(schema) = self.schema_mut(id) {
            let old = std::mem::replace(&mut schema.name, name.clone());
            self.schema_names.remove_mut(&old);
            self.schema_names.insert_mut(name, id);
        }
    }

    /// Forgets a schema, whose objects must be gone.
    pub fn remove_schema(&mut self, id: SchemaId) {
        if let Some(name) = self.schema(id).map(|it| it.name.clone()) {
            self.wrote(Written::Object(id.0));
            self.schema_names.remove_mut(&name);
            self.schemas.remove_mut(&id);
        }
    }

    /// Adds a relation under its name, with its row type. Its constraints and
    /// indexes must be added afterwards.
    pub fn insert_relation(&mut self, mut relation: Relation) -> RelationId {
        let id = relation.id;
        if relation.kind != RelationKind::Sequence {
            let row_type = Type {
                id: TypeId(self.next_id()),
                schema: relation.schema,
                name: relation.name.clone(),
                kind: TypeKind::Composite(id),
                category: TypeCategory('C'),
                origin: Some(relation.origin),
                extension: relation.extension.clone(),
                comment: None,
            };
            relation.row_type = Some(row_type.id);
            self.insert_type(row_type);
        }
        let named = NamedRelation::Relation(id);
        self.names.set(relation.schema, &relation.name, Some(named));
        for column in &relation.columns {
            if let Some(not_null) = &column.not_null {
                count(
                    &mut self.constraint_names,
                    relation.schema,
                    &not_null.name,
                    1,
                );
            }
        }
        self.begin_change(id.0);
        self.relations.insert(id, Arc::new(relation));
        id
    }

    /// The relation, to be changed; names, constraints, indexes and NOT NULL
    /// through the other functions here.
    pub fn relation_mut(&mut self, id: RelationId) -> Option<&mut Relation> {
        self.begin_change(id.0);
        self.relations.get_mut(&id).map(Arc::make_mut)
    }

    /// Forgets a relation with its constraints, indexes and row type. Whatever
    /// depends on it must be gone.
    pub fn remove_relation(&mut self, id: RelationId) {
        let Some(relation) = self.relations.get(&id).cloned() else {
            return;
        };
        self.names.set(relation.schema, &relation.name, None);
        for index in &relation.indexes {
            self.names.set(relation.schema, &index.name, None);
        }
        for name in constraint_names(&relation) {
            count(&mut self.constraint_names, relation.schema, name, -1);
        }
        if let Some(row_type) = relation.row_type {
            self.remove_type(row_type);
        }
        self.wrote(Written::Object(id.0));
        self.relations.remove(&id);
    }

    /// Gives a relation another name.
    pub fn rename_relation(&mut self, id: RelationId, name: Name) {
        let Some(relation) = self.relation_mut(id) else {
            return;
        };
        let old = std::mem::replace(&mut relation.name, name.clone());
        let (schema, row_type) = (relation.schema, relation.row_type);
        self.names.set(schema, &old, None);
        let named = NamedRelation::Relation(id);
        self.names.set(schema, &name, Some(named));
        if let Some(row_type) = row_type {
            self.rename_type(row_type, name);
        }
    }

    /// Moves a relation with its constraints, indexes and row type into another
    /// schema. Sequences that it owns are relations of their own.
    pub fn move_relation(&mut self, id: RelationId, schema: SchemaId) {
        let Some(relation) = self.relations.get(&id).cloned() else {
            return;
        };
        let old = relation.schema;
        self.names.set(old, &relation.name, None);
        let named = NamedRelation::Relation(id);
        self.names.set(schema, &relation.name, Some(named));
        for index in &relation.indexes {
            self.names.set(old, &index.name, None);
            let named = NamedRelation::Index(id, index.id);
            self.names.set(schema, &index.name, Some(named));
        }
        for name in constraint_names(&relation) {
            count(&mut self.constraint_names, old, name, -1);
            count(&mut self.constraint_names, schema, name, 1);
        }
        if let Some(row_type) = relation.row_type {
            self.move_type(row_type, schema);
        }
        drop(relation);
        if let Some(relation) = self.relation_mut(id) {
            relation.schema = schema;
        }
    }

    /// Adds a constraint to a relation; its index, if any, on its own.
    pub fn add_constraint(&mut self, relation: RelationId, constraint: Constraint) {
        let name = constraint.name.clone();
        let Some(relation) = self.relation_mut(relation) else {
            return;
        };
        relation.constraints.push(constraint);
        let schema = relation.schema;
        count(&mut self.constraint_names, schema, &name, 1);
    }

    /// Forgets a constraint, and the index behind it.
    pub fn remove_constraint(&mut self, relation: RelationId, id: ConstraintId) {
        let Some(found) = self.relation_mut(relation) else {
            return;
        };
        let Some(at) = found.constraints.iter().position(|it| it.id == id) else {
            return;
        };
        let constraint = found.constraints.remove(at);
        let schema = found.schema;
        count(&mut self.constraint_names, schema, &constraint.name, -1);
        if let Some(index) = constraint.index() {
            self.remove_index(relation, index);
        }
    }

    /// Gives a constraint another name, and the index behind it too.
    pub fn rename_constraint(&mut self, relation: RelationId, id: ConstraintId, name: Name) {
        let Some(found) = self.relation_mut(relation) else {
            return;
        };
        let schema = found.schema;
        let Some(constraint) = found.constraints.iter_mut().find(|it| it.id == id) else {
            return;
        };
        let old = std::mem::replace(&mut constraint.name, name.clone());
        let index = constraint.index();
        count(&mut self.constraint_names, schema, &old, -1);
        count(&mut self.constraint_names, schema, &name, 1);
        if let Some(index) = index {
            self.rename_index_alone(relation, index, name);
        }
    }

    /// Makes a column NOT NULL or nullable.
    pub fn set_not_null(
        &mut self,
        relation: RelationId,
        column: ColumnNumber,
        not_null: Option<NotNull>,
    ) {
        let Some(found) = self.relation_mut(relation) else {
            return;
        };
        let schema = found.schema;
        let Some(column) = found.column_mut(column) else {
            return;
        };
        let new = not_null.as_ref().map(|it| it.name.clone());
        let old = std::mem::replace(&mut column.not_null, not_null).map(|it| it.name);
        if let Some(old) = old {
            count(&mut self.constraint_names, schema, &old, -1);
        }
        if let Some(new) = new {
            count(&mut self.constraint_names, schema, &new, 1);
        }
    }

    /// Takes NOT NULL away from a column, in the command at `at`.
    pub fn drop_not_null(&mut self, relation: RelationId, column: ColumnNumber, at: Origin) {
        self.set_not_null(relation, column, None);
        let found = self.relation_mut(relation);
        if let Some(column) = found.and_then(|it| it.column_mut(column)) {
            column.lost_not_null = Some(at);
        }
    }

    /// Adds an index to a relation.
    pub fn add_index(&mut self, relation: RelationId, index: Index) {
        let (id, name) = (index.id, index.name.clone());
        let Some(found) = self.relation_mut(relation) else {
            return;
        };
        found.indexes.push(index);
        let schema = found.schema;
        let named = NamedRelation::Index(relation, id);
        self.names.set(schema, &name, Some(named));
    }

    /// Forgets an index.
    pub fn remove_index(&mut self, relation: RelationId, id: IndexId) {
        let Some(found) = self.relation_mut(relation) else {
            return;
        };
        let Some(at) = found.indexes.iter().position(|it| it.id == id) else {
            return;
        };
        let index = found.indexes.remove(at);
        let schema = found.schema;
        self.names.set(schema, &index.name, None);
    }

    /// Gives an index another name, and the constraint that it is behind too.
    pub fn rename_index(&mut self, relation: RelationId, id: IndexId, name: Name) {
        match self.index(relation, id).and_then(|it| it.constraint) {
            Some(constraint) => self.rename_constraint(relation, constraint, name),
            None => self.rename_index_alone(relation, id, name),
        }
    }

    fn rename_index_alone(&mut self, relation: RelationId, id: IndexId, name: Name) {
        let Some(found) = self.relation_mut(relation) else {
            return;
        };
        let schema = found.schema;
        let Some(index) = found.indexes.iter_mut().find(|it| it.id == id) else {
            return;
        };
        let old = std::mem::replace(&mut index.name, name.clone());
        self.names.set(schema, &old, None);
        let named = NamedRelation::Index(relation, id);
        self.names.set(schema, &name, Some(named));
    }

    /// Adds a type under its name.
    pub fn insert_type(&mut self, new: Type) -> TypeId {
        let id = new.id;
        self.type_names.set(new.schema, &new.name, Some(id));
        self.begin_change(id.0);
        self.types.insert(id, Arc::new(new));
        id
    }

    /// The type, to be changed. `None` for types of the server.
    pub fn type_mut(&mut self, id: TypeId) -> Option<&mut Type> {
        self.begin_change(id.0);
        self.types.get_mut(&id).map(Arc::make_mut)
    }

    /// Forgets a type.
    pub fn remove_type(&mut self, id: TypeId) {
        if let Some(old) = self.types.get(&id).cloned() {
            self.type_names.set(old.schema, &old.name, None);
            self.wrote(Written::Object(id.0));
            self.types.remove(&id);
        }
    }

    /// Gives a type another name.
    pub fn rename_type(&mut self, id: TypeId, name: Name) {
        if let Some(found) = self.type_mut(id) {
            let old = std::mem::replace(&mut found.name, name.clone());
            let schema = found.schema;
            self.type_names.set(schema, &old, None);
            self.type_names.set(schema, &name, Some(id));
        }
    }

    /// Moves a type into another schema.
    pub fn move_type(&mut self, id: TypeId, schema: SchemaId) {
        if let Some(found) = self.type_mut(id) {
            let old = std::mem::replace(&mut found.schema, schema);
            let name = found.name.clone();
            self.type_names.set(old, &name, None);
            self.type_names.set(schema, &name, Some(id));
        }
    }

    /// Adds a function beside others of its name.
    pub fn insert_function(&mut self, function: Function) -> FunctionId {
        let id = function.id;
        self.list_function(function.schema, &function.name, id);
        self.begin_change(id.0);
        self.functions.insert(id, Arc::new(function));
        id
    }

    /// The function, to be changed; name and schema with the other functions here.
    pub fn function_mut(&mut self, id: FunctionId) -> Option<&mut Function> {
        self.begin_change(id.0);
        self.functions.get_mut(&id).map(Arc::make_mut)
    }

    /// Forgets a function.
    pub fn remove_function(&mut self, id: FunctionId) {
        if let Some(old) = self.functions.get(&id).cloned() {
            self.unlist_function(old.schema, &old.name, id);
            self.wrote(Written::Object(id.0));
            self.functions.remove(&id);
        }
    }

    /// Gives a function another name, another schema, or both.
    pub fn move_function(&mut self, id: FunctionId, schema: SchemaId, name: Name) {
        if let Some(found) = self.function_mut(id) {
            let old_schema = std::mem::replace(&mut found.schema, schema);
            let old_name = std::mem::replace(&mut found.name, name.clone());
            self.unlist_function(old_schema, &old_name, id);
            self.list_function(schema, &name, id);
        }
    }

    fn list_function(&mut self, schema: SchemaId, name: &Name, id: FunctionId) {
        let known = self.function_names.get(schema, name);
        let mut ids = known.cloned().unwrap_or_default();
        // In the order of creation, whatever happened to the names meanwhile.
        let place = ids.partition_point(|other| *other < id);
        Arc::make_mut(&mut ids).insert(place, id);
        self.function_names.set(schema, name, Some(ids));
    }

    fn unlist_function(&mut self, schema: SchemaId, name: &Name, id: FunctionId) {
        let Some(mut ids) = self.function_names.get(schema, name).cloned() else {
            return;
        };
        Arc::make_mut(&mut ids).retain(|it| *it != id);
        let left = Some(ids).filter(|ids| !ids.is_empty());
        self.function_names.set(schema, name, left);
    }

    /// Remembers that an extension was created in a schema.
    pub fn add_extension(&mut self, name: Name, schema: SchemaId) {
        self.wrote(Written::Name(name.clone()));
        self.extensions.insert_mut(name, schema);
    }

    /// Forgets an extension; its objects must be gone.
    pub fn remove_extension(&mut self, name: &str) {
        self.wrote(Written::Name(name.into()));
        self.extensions.remove_mut(name);
    }

    /// From now on a name that is not found may still exist, in any schema.
    pub fn mark_name_unknown(&mut self, name: Name, unknown: &Arc<Unknown>) {
        self.wrote(Written::Name(name.clone()));
        self.unknown_names.insert_mut(name, unknown.clone());
    }

    /// From now on any name that is not found may still exist.
    pub fn mark_all_unknown(&mut self, unknown: Arc<Unknown>) {
        self.unknown.get_or_insert(unknown);
    }

    /// From now on names that are not found in this schema may still exist there.
    pub fn mark_schema_unknown(&mut self, id: SchemaId, unknown: Unknown) {
        if let Some(schema) = self.schema_mut(id) {
            schema.unknown.get_or_insert(unknown);
        }
    }

    /// From now on nothing about this relation is certain.
    pub fn mark_relation_unknown(&mut self, id: RelationId, unknown: Unknown) {
        if let Some(relation) = self.relation_mut(id) {
            relation.unknown.get_or_insert(unknown);
        }
    }
}

/// The names of a relation's constraints, those of NOT NULL too.
pub(crate) fn constraint_names(relation: &Relation) -> impl Iterator<Item = &Name> {
    let constraints = relation.constraints.iter().map(|it| &it.name);
    let not_null = relation
        .columns
        .iter()
        .filter_map(|it| it.not_null.as_ref().map(|it| &it.name));
    constraints.chain(not_null)
}

/// Counts so many constraints more, or less, of a name.
pub(crate) fn count(names: &mut Namespace<u32>, schema: SchemaId, name: &Name, change: i32) {
    names.update(schema, name, |counted| {
        let left = counted.unwrap_or(0).saturating_add_signed(change);
        Some(left).filter(|left| *left > 0)
    });
}
