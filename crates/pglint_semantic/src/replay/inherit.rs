//! What children get from their parents: columns, constraints, indexes.

use super::create_table::take_number;
use super::index::unique_labels;
use super::{Outcome, Problem, Replay, joined};
use pglint_catalog::{
    Column, ColumnNumber, Constraint, ConstraintId, ConstraintKind, Exclusion, Expression,
    ForeignKey, Index, IndexElement, IndexId, IndexTarget, Key, Name, NullTest, Origin, Relation,
    RelationId, Shape,
};

/// Adds the parent's columns that the child does not have yet, and counts those
/// that it has.
pub(super) fn merge_parent_columns(child: &mut Relation, parent: &Relation) {
    if child.columns_unknown.is_none() {
        child.columns_unknown = parent.columns_unknown.clone();
    }
    let is_partition = child.is_partition();
    for column in &parent.columns {
        let present = child.columns.iter_mut().find(|it| it.name == column.name);
        if let Some(present) = present {
            present.inherited_from += 1;
            continue;
        }
        let number = take_number(child);
        child
            .columns
            .push(inherited_column(column, number, is_partition));
    }
}

fn inherited_column(column: &Column, number: ColumnNumber, is_partition: bool) -> Column {
    Column {
        number,
        // NOT NULL is added with its name when the relation is there.
        not_null: None,
        // Other children have values of their own.
        identity: column.identity.filter(|_| is_partition).map(|identity| {
            pglint_catalog::Identity {
                sequence: None,
                ..identity
            }
        }),
        inherited_from: 1,
        is_local: false,
        comment: None,
        ..column.clone()
    }
}

impl Replay {
    /// A relation that is its own ancestor (`ATExecAddInherit` in `tablecmds.c`).
    pub(super) fn refuse_circle(
        &self,
        child: RelationId,
        parent: RelationId,
        at: Origin,
    ) -> Outcome {
        let mut ancestors = vec![parent];
        let mut next = 0;
        while let Some(id) = ancestors.get(next).copied() {
            next += 1;
            let relation = self.catalog.relation(id).into_iter();
            for ancestor in relation.flat_map(|it| &it.inherits) {
                if !ancestors.contains(ancestor) {
                    ancestors.push(*ancestor);
                }
            }
        }
        if ancestors.contains(&child) {
            let message = "circular inheritance not allowed".to_owned();
            return Err(Problem::other(at, "42P07", message));
        }
        Ok(())
    }

    /// NOT NULL, checks and, for a partition, foreign keys of the parents.
    pub(super) fn inherit_constraints(
        &mut self,
        child: RelationId,
        parents: &[RelationId],
    ) -> Outcome {
        for parent in parents {
            let Some(relation) = self.catalog.relation(*parent).cloned() else {
                continue;
            };
            self.remap_column_expressions(child, &relation);
            for column in &relation.columns {
                if let Some(not_null) = column.not_null.as_ref().filter(|it| !it.no_inherit)
                    && let Some(own) = self.column_of(child, &column.name)
                {
                    let name = Some(not_null.name.clone());
                    let cause = pglint_catalog::NotNullCause::Inherited;
                    self.make_not_null(child, own, name, cause, not_null.origin);
                }
            }
            for constraint in &relation.constraints {
                match constraint.kind {
                    ConstraintKind::Check(_) if !constraint.no_inherit => {
                        self.inherit_check(child, *parent, constraint);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Expressions of inherited columns speak of the child's columns.
    fn remap_column_expressions(&mut self, child: RelationId, parent: &Relation) {
        let Some(map) = self.column_map(parent, child) else {
            return;
        };
        let Some(relation) = self.catalog.relation_mut(child) else {
            return;
        };
        for column in relation.columns.iter_mut().filter(|it| !it.is_local) {
            if let Some(generated) = &mut column.generated {
                generated.expression = map_expression(&generated.expression, &map);
            }
        }
    }

    pub(super) fn column_of(&self, relation: RelationId, name: &str) -> Option<ColumnNumber> {
        let relation = self.catalog.relation(relation)?;
        Some(relation.column_named(name)?.number)
    }

    /// From a parent's column numbers to a child's, by name.
    pub(super) fn column_map(
        &self,
        parent: &Relation,
        child: RelationId,
    ) -> Option<Vec<(ColumnNumber, ColumnNumber)>> {
        let child = self.catalog.relation(child)?;
        let pairs = parent
            .columns
            .iter()
            .filter_map(|it| Some((it.number, child.column_named(&it.name)?.number)));
        Some(pairs.collect())
    }

    /// A check of the parent: merged with the child's own of that name, else added;
    /// then on to the child's children.
    pub(super) fn inherit_check(
        &mut self,
        child: RelationId,
        parent: RelationId,
        check: &Constraint,
    ) {
        let Some(parent) = self.catalog.relation(parent).cloned() else {
            return;
        };
        let Some(map) = self.column_map(&parent, child) else {
            return;
        };
        let ConstraintKind::Check(expression) = &check.kind else {
            return;
        };
        let Some(relation) = self.catalog.relation_mut(child) else {
            return;
        };
        let mut same = relation.constraints.iter_mut();
        if let Some(present) = same.find(|it| it.name == check.name) {
            present.inherited_from += 1;
            return;
        }
        let inherited = Constraint {
            id: ConstraintId(self.catalog.next_id()),
            kind: ConstraintKind::Check(Box::new(map_expression(expression, &map))),
            is_local: false,
            inherited_from: 1,
            comment: None,
            ..check.clone()
        };
        self.catalog.add_constraint(child, inherited.clone());
        let children: Vec<RelationId> = self.catalog.children(child).map(|it| it.id).collect();
        for grandchild in children {
            self.inherit_check(grandchild, child, &inherited);
        }
    }

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
        let Some(map) = self.column_map(parent, child) else {
            return;
        };
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

type ColumnMap = [(ColumnNumber, ColumnNumber)];

fn map_column(column: ColumnNumber, map: &ColumnMap) -> Option<ColumnNumber> {
    let pair = map.iter().find(|(from, _)| *from == column)?;
    Some(pair.1)
}

/// Columns under their numbers in another relation. `None` when one is not there.
pub(super) fn map_columns(columns: &[ColumnNumber], map: &ColumnMap) -> Option<Vec<ColumnNumber>> {
    columns.iter().map(|it| map_column(*it, map)).collect()
}

/// An expression about the columns of another relation.
pub(super) fn map_expression(expression: &Expression, map: &ColumnMap) -> Expression {
    let mut mapped = expression.clone();
    mapped.slots.retain_mut(|slot| {
        let found = map_column(slot.column, map);
        slot.column = found.unwrap_or(slot.column);
        found.is_some()
    });
    let shape = match &expression.shape {
        Shape::Column(column) => map_column(*column, map).map(Shape::Column),
        Shape::BooleanTest(column, value) => {
            map_column(*column, map).map(|it| Shape::BooleanTest(it, *value))
        }
        Shape::NullTests(tests) => {
            let tests = tests.iter().map(|test| {
                Some(NullTest {
                    column: map_column(test.column, map)?,
                    is_null: test.is_null,
                })
            });
            tests.collect::<Option<_>>().map(Shape::NullTests)
        }
        other => Some(other.clone()),
    };
    mapped.shape = shape.unwrap_or(Shape::Other);
    mapped
}

/// An index on the columns of another relation. `None` when one is not there.
pub(super) fn map_index(index: &Index, map: &ColumnMap) -> Option<Index> {
    let elements = index.elements.iter().map(|element| {
        let target = match &element.target {
            IndexTarget::Column(column) => IndexTarget::Column(map_column(*column, map)?),
            IndexTarget::Expression(expression) => {
                IndexTarget::Expression(Box::new(map_expression(expression, map)))
            }
        };
        Some(IndexElement {
            target,
            ..element.clone()
        })
    });
    Some(Index {
        elements: elements.collect::<Option<_>>()?,
        include: map_columns(&index.include, map)?,
        predicate: { index.predicate.as_ref() }.map(|it| Box::new(map_expression(it, map))),
        ..index.clone()
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::lower;
    use pglint_syntax::{ParseOptions, parse, with_large_stack};
    use pglint_text::StatementId;

    #[test]
    fn no_relation_is_its_own_ancestor() {
        let statements = [
            "CREATE TABLE parent (id int)",
            "CREATE TABLE child () INHERITS (parent)",
            "ALTER TABLE parent INHERIT parent",
            "ALTER TABLE parent INHERIT child",
        ];
        let outcomes: Vec<Option<String>> = with_large_stack(|| {
            let mut replay = Replay::default();
            let trees = statements.map(|sql| parse(sql, ParseOptions::default()).unwrap());
            let changes = trees.iter().flat_map(|tree| lower(tree, StatementId(0)));
            changes
                .map(|change| replay.apply(&change).err().map(|problem| problem.message))
                .collect()
        });
        let refused = Some("circular inheritance not allowed".to_owned());
        assert_eq!(outcomes, [None, None, refused.clone(), refused]);
    }
}
