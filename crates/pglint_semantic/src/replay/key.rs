//! Primary keys, unique and exclusion constraints, and their indexes.

use super::constraint::has_constraint;
use super::{Outcome, Problem, ProblemKind, Replay, joined, within};
use crate::change::{ConstraintDefinition, ConstraintRequest, ExclusionDefinition, KeyDefinition};
use pglint_catalog::{
    ColumnNumber, ConstraintId, ConstraintKind, Exclusion, Index, IndexElement, IndexId, Key, Name,
    NamedRelation, NotNullCause, Origin, QualifiedName, RelationId,
};

impl Replay {
    pub(super) fn add_key(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        key: &KeyDefinition,
        is_primary: bool,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        if is_primary && relation.primary_key().is_some() {
            let message = format!(
                "multiple primary keys for table \"{}\" are not allowed",
                relation.name
            );
            return Err(Problem::new(at, "42P16", ProblemKind::Duplicate, message));
        }
        if let Some(index) = &key.using_index {
            return self.key_using_index(id, definition, index, is_primary, at);
        }
        let Some(columns) = self.key_columns(id, &key.columns, at)? else {
            return Ok(());
        };
        self.refuse_part_of_key(relation, &columns, at)?;
        let what = match is_primary {
            true => "primary keys",
            false => "unique constraints",
        };
        self.refuse_virtual(relation, &columns, what, at)?;
        let name = self.key_name(id, definition, key, is_primary, at)?;
        if is_primary {
            for column in &columns {
                self.make_not_null(id, *column, None, NotNullCause::PrimaryKey, at);
            }
            // A name that one of these has just got.
            if let (Some(name), Some(relation)) = (&definition.name, self.catalog.relation(id))
                && has_constraint(relation, name)
            {
                let table = &relation.name;
                let message =
                    format!("constraint \"{name}\" for relation \"{table}\" already exists");
                return Err(Problem::exists(at, message));
            }
        }
        let include = self.key_columns(id, &key.include, at)?.unwrap_or_default();
        let index = Index {
            id: IndexId(self.catalog.next_id()),
            name: name.clone(),
            method: Name::new_static(if key.without_overlaps {
                "gist"
            } else {
                "btree"
            }),
            unique: true,
            nulls_not_distinct: key.nulls_not_distinct,
            elements: columns
                .iter()
                .zip(&key.columns)
                .map(|(column, name)| IndexElement::plain(*column, name.clone()))
                .collect(),
            include,
            predicate: None,
            valid: true,
            constraint: None,
            parent: None,
            origin: at,
            comment: None,
        };
        let catalog_key = Key {
            columns,
            nulls_not_distinct: key.nulls_not_distinct,
            without_overlaps: key.without_overlaps,
            index: index.id,
        };
        self.add_with_index(
            id,
            definition,
            name,
            key_kind(catalog_key, is_primary),
            index,
            at,
        );
        Ok(())
    }

    /// `ADD PRIMARY KEY` makes its columns NOT NULL first, which is where a missing
    /// one is noticed, or one that is not NOT NULL everywhere
    /// (`verifyNotNullPKCompatible` in `tablecmds.c`).
    pub(super) fn refuse_missing_in_primary_key(
        &self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        let ConstraintRequest::PrimaryKey(key) = &definition.request else {
            return Ok(());
        };
        let has_other = self
            .catalog
            .relation(id)
            .is_some_and(|it| it.primary_key().is_some());
        for column in key.columns.iter().filter(|_| !has_other && !self.lenient) {
            let at = within(at, definition.range);
            self.column_number(id, column, at)?;
            let relation = self.catalog.relation(id).filter(|it| self.is_sure_of(it));
            let found = relation.and_then(|it| it.column_named(column));
            let not_null = found.and_then(|it| it.not_null.as_ref());
            if not_null.is_some_and(|it| it.no_inherit || !it.validated) {
                let message = format!("cannot create primary key on column \"{column}\"");
                return Err(Problem::other(at, "55000", message));
            }
        }
        Ok(())
    }

    /// The name of a key, which its index has too (`ChooseIndexName` in
    /// `indexcmds.c`).
    fn key_name(
        &self,
        id: RelationId,
        definition: &ConstraintDefinition,
        key: &KeyDefinition,
        is_primary: bool,
        at: Origin,
    ) -> Outcome<Name> {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(Name::default());
        };
        if let Some(name) = &definition.name {
            if self
                .catalog
                .named_in_schema(relation.schema, name)
                .is_some()
            {
                return Err(Problem::relation_exists(at, name));
            }
            return Ok(name.clone());
        }
        let (schema, table) = (relation.schema, &relation.name);
        let chosen = if is_primary {
            self.catalog
                .choose_relation_name(schema, table, None, "pkey", true)
        } else {
            let label = joined(key.columns.iter().chain(&key.include));
            self.catalog
                .choose_relation_name(schema, table, Some(&label), "key", true)
        };
        Ok(chosen.into())
    }

    /// Adds an index and the constraint in front of it, for partitions too.
    pub(super) fn add_with_index(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        name: Name,
        kind: ConstraintKind,
        mut index: Index,
        at: Origin,
    ) {
        let constraint = self.new_constraint(definition, name, kind, at);
        index.constraint = Some(constraint.id);
        let index_id = index.id;
        let has_partitions = self.catalog.relation(id).is_some_and(|it| {
            it.partition_key.is_some() && self.catalog.children(id).next().is_some()
        });
        // On a partitioned table alone it waits for those of the partitions.
        index.valid = !(definition.only && has_partitions);
        self.catalog.add_index(id, index);
        self.catalog.add_constraint(id, constraint);
        if !definition.only {
            self.index_of_partitions(id, index_id, at);
        }
    }

    /// `ADD CONSTRAINT ... USING INDEX`: the index becomes the constraint's and
    /// takes its name.
    fn key_using_index(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        index: &Name,
        is_primary: bool,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let Some(found) = relation.indexes.iter().find(|it| it.name == *index) else {
            if self.lenient || relation.unknown.is_some() {
                return Ok(());
            }
            return Err(Problem::no_object(
                at,
                "index",
                &QualifiedName::unqualified(index.clone()),
            ));
        };
        if found.constraint.is_some() && !self.lenient {
            let message = format!("index \"{index}\" is already associated with a constraint");
            return Err(Problem::other(at, "55000", message));
        }
        let sorts_plainly = |it: &IndexElement| !it.descending && !it.nulls_first;
        if let Some(at_fault) = found.elements.iter().position(|it| !sorts_plainly(it)) {
            let message = format!(
                "index \"{index}\" column number {} does not have default sorting behavior",
                at_fault + 1
            );
            return Err(Problem::other(at, "42809", message));
        }
        let (index_id, nulls_not_distinct) = (found.id, found.nulls_not_distinct);
        let columns = found.columns().unwrap_or_default();
        if is_primary {
            for column in &columns {
                self.make_not_null(id, *column, None, NotNullCause::PrimaryKey, at);
            }
        }
        let key = Key {
            columns,
            nulls_not_distinct,
            without_overlaps: false,
            index: index_id,
        };
        let name = definition.name.clone().unwrap_or(index.clone());
        let constraint =
            self.new_constraint(definition, index.clone(), key_kind(key, is_primary), at);
        let constraint_id = constraint.id;
        if let Some(relation) = self.catalog.relation_mut(id)
            && let Some(found) = relation.indexes.iter_mut().find(|it| it.id == index_id)
        {
            found.constraint = Some(constraint_id);
        }
        self.catalog.add_constraint(id, constraint);
        if name != *index {
            self.catalog.rename_constraint(id, constraint_id, name);
        }
        Ok(())
    }

    pub(super) fn add_exclusion(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        exclusion: &ExclusionDefinition,
        at: Origin,
    ) -> Outcome {
        let ExclusionDefinition {
            method,
            elements,
            operators,
            include,
            predicate,
        } = exclusion;
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let label = joined(&super::index::labels(elements, include));
        let name = definition.name.clone().unwrap_or_else(|| {
            self.catalog
                .choose_relation_name(relation.schema, &relation.name, Some(&label), "excl", true)
                .into()
        });
        let predicate = match predicate {
            Some(predicate) => Some(Box::new(self.resolve_checked(predicate, relation, at)?)),
            None => None,
        };
        let Some(elements) = self.index_elements(id, elements, at)? else {
            return Ok(());
        };
        let index = Index {
            id: IndexId(self.catalog.next_id()),
            name: name.clone(),
            method: method.clone(),
            unique: false,
            nulls_not_distinct: false,
            elements,
            include: self.key_columns(id, include, at)?.unwrap_or_default(),
            predicate,
            valid: true,
            constraint: None,
            parent: None,
            origin: at,
            comment: None,
        };
        let kind = ConstraintKind::Exclusion(Exclusion {
            index: index.id,
            operators: operators.clone(),
        });
        self.add_with_index(id, definition, name, kind, index, at);
        Ok(())
    }

    /// Whether the same statement has asked for such an exclusion constraint before.
    pub(super) fn has_same_exclusion(&self, id: RelationId, asked: &ExclusionDefinition) -> bool {
        if asked.predicate.is_some() {
            return false;
        }
        let Some(relation) = self.catalog.relation(id) else {
            return false;
        };
        let is_same = |index: &Index| {
            let columns = index.columns().unwrap_or_default();
            let names: Vec<_> = relation.column_names(&columns).collect();
            let wanted = asked.elements.iter();
            let wanted: Vec<_> = wanted.filter_map(|it| it.column.as_deref()).collect();
            index.method == asked.method && names == wanted && wanted.len() == asked.elements.len()
        };
        relation.constraints.iter().any(|it| match &it.kind {
            ConstraintKind::Exclusion(exclusion) => {
                exclusion.operators == asked.operators
                    && relation.index(exclusion.index).is_some_and(is_same)
            }
            _ => false,
        })
    }

    /// An earlier key of the same statement that is the same but for its name.
    pub(super) fn same_key(
        &self,
        id: RelationId,
        key: &KeyDefinition,
        definition: &ConstraintDefinition,
    ) -> Option<ConstraintId> {
        let relation = self.catalog.relation(id)?;
        let columns: Option<Vec<ColumnNumber>> = key
            .columns
            .iter()
            .map(|name| Some(relation.column_named(name)?.number))
            .collect();
        let columns = columns?;
        let deferrable = definition.deferrable || definition.initially_deferred;
        let same = relation.constraints.iter().find(|it| {
            it.is_local
                && it.deferrable == deferrable
                && it.initially_deferred == definition.initially_deferred
                && it.key().is_some_and(|present| {
                    present.columns == columns
                        && present.nulls_not_distinct == key.nulls_not_distinct
                })
        });
        same.filter(|_| key.include.is_empty()).map(|it| it.id)
    }

    /// Whether a key's name is the one that the server makes: then a second
    /// constraint on the same columns gives it its own.
    pub(super) fn is_generated_key_name(
        &self,
        id: RelationId,
        constraint: ConstraintId,
        given: &[Name],
    ) -> bool {
        let Some(relation) = self.catalog.relation(id) else {
            return false;
        };
        let Some(found) = relation.constraint(constraint) else {
            return false;
        };
        let columns: Vec<Name> = relation
            .column_names(&found.columns())
            .map(Name::new)
            .collect();
        let generated = if found.is_primary_key() {
            pglint_catalog::make_object_name(&relation.name, None, "pkey")
        } else {
            pglint_catalog::make_object_name(&relation.name, Some(&joined(&columns)), "key")
        };
        found.name == generated && !given.contains(&found.name)
    }

    /// The relation and index that a name stands for, if it is an index.
    pub(super) fn find_index(
        &self,
        name: &pglint_catalog::QualifiedName,
    ) -> pglint_catalog::Lookup<(RelationId, IndexId)> {
        use pglint_catalog::Lookup;
        let schema = name.schema.as_deref();
        let found = self
            .catalog
            .lookup_named(schema, &name.name, &self.search_path);
        found.and_then(|named| match named {
            NamedRelation::Index(relation, index) => Lookup::Found((relation, index)),
            NamedRelation::Relation(_) => Lookup::Missing,
        })
    }
}

fn key_kind(key: Key, is_primary: bool) -> ConstraintKind {
    if is_primary {
        ConstraintKind::PrimaryKey(key)
    } else {
        ConstraintKind::Unique(key)
    }
}
