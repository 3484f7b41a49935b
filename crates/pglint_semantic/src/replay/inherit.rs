//! What children get from their parents: columns and constraints.

use super::create_table::take_number;
use super::{Outcome, Problem, Replay};
use pglint_catalog::{
    Column, ColumnNumber, Constraint, ConstraintId, ConstraintKind, Expression, Identity, Index,
    IndexElement, IndexTarget, NullTest, Origin, Relation, RelationId, Shape,
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
            if parent.partition_key.is_some() {
                // Nothing in a partition is its own (`MergeAttributesIntoExisting`).
                present.is_local = false;
                present.identity = of_partition(column.identity);
            }
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
        identity: of_partition(column.identity.filter(|_| is_partition)),
        inherited_from: 1,
        is_local: false,
        comment: None,
        ..column.clone()
    }
}

/// A partition takes its numbers from its parent's sequence.
pub(super) fn of_partition(identity: Option<Identity>) -> Option<Identity> {
    identity.map(|identity| Identity {
        sequence: None,
        ..identity
    })
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
                    if relation.partition_key.is_some() {
                        self.not_null_is_of_parent(child, own);
                    }
                }
            }
            for constraint in &relation.constraints {
                match constraint.kind {
                    ConstraintKind::Check(_) if !constraint.no_inherit => {
                        // No row of the child has missed it.
                        let mut constraint = constraint.clone();
                        constraint.validated = constraint.enforced;
                        self.inherit_check(child, *parent, &constraint);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Nothing in a partition is its own (`MergeConstraintsIntoExisting`).
    fn not_null_is_of_parent(&mut self, partition: RelationId, column: ColumnNumber) {
        let column = self.column_mut(partition, column);
        if let Some(not_null) = column.and_then(|it| it.not_null.as_mut()) {
            not_null.is_local = false;
            not_null.inherited_from = 1;
        }
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
            present.is_local &= parent.partition_key.is_none();
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
