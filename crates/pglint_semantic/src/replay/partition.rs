//! What a partition gets from its table beside columns and checks: indexes, keys,
//! foreign keys, triggers.

use super::index::unique_labels;
use super::inherit::{map_columns, map_index};
use super::{Outcome, Replay, joined};
use pglint_catalog::{
    ColumnNumber, Constraint, ConstraintId, ConstraintKind, Exclusion, ForeignKey, Index, IndexId,
    Key, Name, Origin, Relation, RelationId, RelationKind,
};

impl Replay {
    /// The indexes, keys and foreign keys of a partitioned table, for a new
    /// partition (`DefineRelation` and `AttachPartitionEnsureIndexes` in
    /// `tablecmds.c`).
    pub(super) fn inherit_indexes(
        &mut self,
        child: RelationId,
        parent: RelationId,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(parent).cloned() else {
            return Ok(());
        };
        for index in &relation.indexes {
            self.partition_index(child, &relation, index, at);
        }
        for constraint in &relation.constraints {
            if constraint.foreign_key().is_some() {
                self.partition_foreign_key(child, &relation, constraint);
            }
        }
        for trigger in relation.triggers.iter().filter(|it| it.for_each_row) {
            let mut trigger = trigger.clone();
            trigger.inherited = true;
            if let Some(child) = self.catalog.relation_mut(child) {
                child.triggers.retain(|it| it.name != trigger.name);
                child.triggers.push(trigger);
            }
        }
        Ok(())
    }

    /// The same for a new index of a table that has partitions.
    pub(super) fn index_of_partitions(&mut self, id: RelationId, index: IndexId, at: Origin) {
        let Some(relation) = self.partitioned(id) else {
            return;
        };
        let Some(index) = relation.index(index).cloned() else {
            return;
        };
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            self.partition_index(child, &relation, &index, at);
        }
        if !self.has_valid_parts(id, index.id)
            && let Some(relation) = self.catalog.relation_mut(id)
            && let Some(found) = relation.indexes.iter_mut().find(|it| it.id == index.id)
        {
            found.valid = false;
        }
    }

    /// Whether each partition has its part of an index, and a valid one.
    fn has_valid_parts(&self, id: RelationId, index: IndexId) -> bool {
        let has_part = |child: &Relation| {
            let mut indexes = child.indexes.iter();
            child.kind == RelationKind::ForeignTable
                || indexes.any(|it| it.parent == Some(index) && it.valid)
        };
        self.catalog.children(id).all(has_part)
    }

    /// A partitioned index is valid as soon as each partition has a valid part
    /// (`validatePartitionedIndex` in `tablecmds.c`).
    pub(super) fn validate_partitioned_index(&mut self, id: RelationId, index: IndexId) {
        if !self.has_valid_parts(id, index) {
            return;
        }
        let Some(relation) = self.catalog.relation_mut(id) else {
            return;
        };
        let Some(found) = relation.indexes.iter_mut().find(|it| it.id == index) else {
            return;
        };
        let becomes_valid = !std::mem::replace(&mut found.valid, true);
        let (parent, parents) = (found.parent, relation.inherits.clone());
        if let (true, Some(parent), [table]) = (becomes_valid, parent, &parents[..]) {
            self.validate_partitioned_index(*table, parent);
        }
    }

    pub(super) fn foreign_key_of_partitions(&mut self, id: RelationId, constraint: &Constraint) {
        let Some(relation) = self.partitioned(id) else {
            return;
        };
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            self.partition_foreign_key(child, &relation, constraint);
        }
    }

    fn partitioned(&self, id: RelationId) -> Option<Relation> {
        let relation = self.catalog.relation(id)?;
        relation.partition_key.is_some().then(|| relation.clone())
    }

    /// One index of the partitioned table on a partition: one that fits becomes its
    /// part, else a new one is made.
    fn partition_index(&mut self, child: RelationId, parent: &Relation, index: &Index, at: Origin) {
        let kind = self.catalog.relation(child).map(|it| it.kind);
        let Some(map) = self.column_map(parent, child) else {
            return;
        };
        if kind == Some(RelationKind::ForeignTable) {
            return;
        }
        let Some(wanted) = map_index(index, &map) else {
            return;
        };
        let constraint = index.constraint.and_then(|id| parent.constraint(id));
        let present = self.catalog.relation(child).and_then(|relation| {
            let mut candidates = relation.indexes.iter();
            candidates.find(|it| {
                it.parent.is_none()
                    && is_same_index(it, &wanted)
                    && it.constraint.is_some() == constraint.is_some()
            })
        });
        if let Some(present) = present.map(|it| it.id) {
            self.attach_index(child, present, index, constraint);
            return;
        }
        let name = self.partition_index_name(child, &wanted, constraint);
        let new = IndexId(self.catalog.next_id());
        let inherited = Index {
            id: new,
            name: name.clone(),
            valid: true,
            constraint: None,
            parent: Some(index.id),
            comment: None,
            ..wanted
        };
        let columns = inherited.columns().unwrap_or_default();
        self.catalog.add_index(child, inherited);
        if let Some(constraint) = constraint {
            self.partition_key_constraint(child, constraint, name, columns, new, at);
        }
        self.index_of_partitions(child, new, at);
    }

    fn partition_key_constraint(
        &mut self,
        child: RelationId,
        constraint: &Constraint,
        name: Name,
        columns: Vec<ColumnNumber>,
        index: IndexId,
        at: Origin,
    ) {
        let key = |key: &Key| Key {
            columns: columns.clone(),
            index,
            ..key.clone()
        };
        let kind = match &constraint.kind {
            ConstraintKind::PrimaryKey(parent) => ConstraintKind::PrimaryKey(key(parent)),
            ConstraintKind::Unique(parent) => ConstraintKind::Unique(key(parent)),
            ConstraintKind::Exclusion(parent) => ConstraintKind::Exclusion(Exclusion {
                index,
                ..parent.clone()
            }),
            ConstraintKind::ForeignKey(_) | ConstraintKind::Check(_) => return,
        };
        if constraint.is_primary_key() {
            for column in &columns {
                let cause = pglint_catalog::NotNullCause::PrimaryKey;
                self.make_not_null(child, *column, None, cause, at);
            }
        }
        let id = ConstraintId(self.catalog.next_id());
        let inherited = Constraint {
            id,
            name,
            kind,
            is_local: false,
            inherited_from: 1,
            parent: Some(constraint.id),
            comment: None,
            ..constraint.clone()
        };
        self.set_index_constraint(child, index, Some(id));
        self.catalog.add_constraint(child, inherited);
    }

    fn set_index_constraint(
        &mut self,
        relation: RelationId,
        index: IndexId,
        constraint: Option<ConstraintId>,
    ) {
        if let Some(relation) = self.catalog.relation_mut(relation)
            && let Some(index) = relation.indexes.iter_mut().find(|it| it.id == index)
        {
            index.constraint = constraint;
        }
    }

    fn attach_index(
        &mut self,
        child: RelationId,
        present: IndexId,
        parent: &Index,
        parent_constraint: Option<&Constraint>,
    ) {
        let Some(relation) = self.catalog.relation_mut(child) else {
            return;
        };
        let Some(index) = relation.indexes.iter_mut().find(|it| it.id == present) else {
            return;
        };
        index.parent = Some(parent.id);
        let own = index.constraint;
        if let (Some(own), Some(of_parent)) = (own, parent_constraint)
            && let Some(constraint) = relation.constraints.iter_mut().find(|it| it.id == own)
        {
            constraint.parent = Some(of_parent.id);
            constraint.inherited_from = 1;
            constraint.is_local = false;
        }
    }

    pub(super) fn partition_index_name(
        &self,
        child: RelationId,
        index: &Index,
        constraint: Option<&Constraint>,
    ) -> Name {
        let Some(relation) = self.catalog.relation(child) else {
            return index.name.clone();
        };
        let elements = index.elements.iter().map(|it| it.label.as_str());
        let include = relation.column_names(&index.include);
        let labels = unique_labels(elements.chain(include));
        let joined = joined(&labels);
        let (schema, table) = (relation.schema, &relation.name);
        let choose = |label: Option<&str>, suffix: &str, is_constraint: bool| {
            self.catalog
                .choose_relation_name(schema, table, label, suffix, is_constraint)
                .into()
        };
        match constraint.map(|it| &it.kind) {
            Some(ConstraintKind::PrimaryKey(_)) => choose(None, "pkey", true),
            Some(ConstraintKind::Exclusion(_)) => choose(Some(&joined), "excl", true),
            Some(_) => choose(Some(&joined), "key", true),
            None => choose(Some(&joined), "idx", false),
        }
    }

    fn partition_foreign_key(
        &mut self,
        child: RelationId,
        parent: &Relation,
        constraint: &Constraint,
    ) {
        let Some(map) = self.column_map(parent, child) else {
            return;
        };
        let Some(key) = constraint.foreign_key() else {
            return;
        };
        let Some(columns) = map_columns(&key.columns, &map) else {
            return;
        };
        let Some(relation) = self.catalog.relation_mut(child) else {
            return;
        };
        let mut same = relation.constraints.iter_mut();
        let present = same.find(|it| {
            it.parent.is_none()
                && it.foreign_key().is_some_and(|own| {
                    own.columns == columns
                        && own.target == key.target
                        && own.target_columns == key.target_columns
                        && own.on_delete == key.on_delete
                        && own.on_update == key.on_update
                })
        });
        if let Some(present) = present {
            present.parent = Some(constraint.id);
            present.is_local = false;
            present.inherited_from = 1;
            return;
        }
        let mut name = constraint.name.clone();
        if super::constraint::has_constraint(relation, &name) {
            let names: Vec<Name> = relation.column_names(&columns).map(Name::new).collect();
            let (schema, table) = (relation.schema, relation.name.clone());
            name = self
                .catalog
                .choose_constraint_name(schema, &table, Some(&joined(&names)), "fkey", &[])
                .into();
        }
        let inherited = Constraint {
            id: ConstraintId(self.catalog.next_id()),
            name,
            kind: ConstraintKind::ForeignKey(ForeignKey {
                on_delete_columns: map_columns(&key.on_delete_columns, &map).unwrap_or_default(),
                columns,
                ..key.clone()
            }),
            is_local: false,
            inherited_from: 1,
            parent: Some(constraint.id),
            comment: None,
            ..constraint.clone()
        };
        self.catalog.add_constraint(child, inherited.clone());
        self.foreign_key_of_partitions(child, &inherited);
    }
}

fn is_same_index(a: &Index, b: &Index) -> bool {
    let same_predicate = match (&a.predicate, &b.predicate) {
        (None, None) => true,
        (Some(a), Some(b)) => a.is_same_as(b),
        _ => false,
    };
    a.method == b.method
        && a.unique == b.unique
        && a.nulls_not_distinct == b.nulls_not_distinct
        && a.include == b.include
        && a.elements.len() == b.elements.len()
        && a.elements
            .iter()
            .zip(&b.elements)
            .all(|(a, b)| a.is_same_as(b))
        && same_predicate
}
