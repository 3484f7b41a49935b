//! Changes of SQL that stands nowhere as it is, because code puts it together: they
//! are where the code is.

use super::{
    Action, AlterTable, AlterTableCommand, ColumnDefinition, ConstraintDefinition,
    ConstraintRequest, CreateTable, ElementDefinition, RelationName, Target, UnresolvedExpression,
    UnresolvedType,
};
use crate::change::TableElement;
use pglint_text::TextRange;

/// Puts all of an action at one place. `None` for an action that is not followed
/// where code puts it together.
pub(crate) fn put_at(action: &mut Action, place: TextRange) -> Option<()> {
    let put = Put(place);
    match action {
        Action::CreateSchema { .. }
        | Action::EndOfSchema
        | Action::CreateEnum { .. }
        | Action::AlterEnum(_)
        | Action::CreateExtension { .. }
        | Action::CallFunctions { .. }
        | Action::Unknown(_) => {}
        Action::CreateTable(create) => put.create_table(create),
        Action::AlterTable(alter) => put.alter_table(alter)?,
        Action::CreateIndex(create) => {
            create.range = place;
            put.relation(&mut create.relation);
            put.elements(&mut create.elements);
            put.expressions(&mut create.predicate);
        }
        Action::CreateSequence(sequence) => {
            put.relation(&mut sequence.name);
            sequence
                .data_type
                .iter_mut()
                .for_each(|it| it.range = place);
        }
        Action::CreateTrigger(trigger) => {
            put.relation(&mut trigger.relation);
            trigger
                .referenced
                .iter_mut()
                .for_each(|it| put.relation(it));
        }
        Action::CreatePolicy(policy) | Action::AlterPolicy(policy) => {
            put.relation(&mut policy.relation);
            put.expressions(&mut policy.using);
            put.expressions(&mut policy.with_check);
        }
        Action::Comment { target, .. } | Action::SetSchema { target, .. } => put.target(target),
        Action::Rename(rename) => put.target(&mut rename.target),
        Action::Drop(drop) => drop.targets.iter_mut().for_each(|it| put.target(it)),
        _ => return None,
    }
    Some(())
}

struct Put(TextRange);

impl Put {
    fn create_table(&self, create: &mut CreateTable) {
        self.relation(&mut create.name);
        create.inherits.iter_mut().for_each(|it| self.relation(it));
        for element in &mut create.elements {
            match element {
                TableElement::Column(column) => self.column(column),
                TableElement::Constraint(constraint) => self.constraint(constraint),
                TableElement::Like(relation, _) => self.relation(relation),
            }
        }
        create
            .partition_of
            .iter_mut()
            .for_each(|it| it.range = self.0);
        let by = create.partition_by.iter_mut();
        by.for_each(|it| self.elements(&mut it.elements));
    }

    fn alter_table(&self, alter: &mut AlterTable) -> Option<()> {
        self.relation(&mut alter.relation);
        for (command, range) in &mut alter.commands {
            *range = self.0;
            self.command(command)?;
        }
        Some(())
    }

    fn command(&self, command: &mut AlterTableCommand) -> Option<()> {
        use AlterTableCommand as Command;
        match command {
            Command::AddColumn(column, _) => self.column(column),
            Command::SetDefault(_, expression) => self.expressions(expression),
            Command::SetExpression(_, expression) => self.expressions([expression]),
            Command::AlterType { data_type, .. } => self.data_type(data_type),
            Command::AddConstraint(constraint) => self.constraint(constraint),
            Command::AddIdentity(_, identity) => identity.range = self.0,
            Command::Inherit(relation)
            | Command::NoInherit(relation)
            | Command::DetachPartition(relation) => self.relation(relation),
            Command::AttachPartition(relation, bound) => {
                self.relation(relation);
                bound.iter_mut().for_each(|it| it.range = self.0);
            }
            Command::DropColumn { .. }
            | Command::SetNotNull(_)
            | Command::DropNotNull(_)
            | Command::DropConstraint { .. }
            | Command::ValidateConstraint(_)
            | Command::RowSecurity(_)
            | Command::ForceRowSecurity(_)
            | Command::SetLogged(_)
            | Command::SetOptions(_)
            | Command::ResetOptions(_) => {}
            _ => return None,
        }
        Some(())
    }

    fn column(&self, column: &mut ColumnDefinition) {
        column.range = self.0;
        column
            .data_type
            .iter_mut()
            .for_each(|it| self.data_type(it));
        self.expressions(column.default.as_deref_mut());
        let generated = column.generated.as_deref_mut();
        self.expressions(generated.map(|(expression, _)| expression));
        column.identity.iter_mut().for_each(|it| it.range = self.0);
        column.null.iter_mut().for_each(|it| *it = self.0);
        column
            .constraints
            .iter_mut()
            .for_each(|it| self.constraint(it));
    }

    fn constraint(&self, constraint: &mut ConstraintDefinition) {
        constraint.range = self.0;
        match &mut constraint.request {
            ConstraintRequest::Check(check) => self.expressions([&mut **check]),
            ConstraintRequest::ForeignKey(key) => self.relation(&mut key.target),
            ConstraintRequest::Exclusion(exclusion) => {
                self.elements(&mut exclusion.elements);
                self.expressions(&mut exclusion.predicate);
            }
            ConstraintRequest::NotNull(_)
            | ConstraintRequest::PrimaryKey(_)
            | ConstraintRequest::Unique(_) => {}
        }
    }

    fn elements(&self, elements: &mut [ElementDefinition]) {
        for element in elements {
            self.expressions(element.expression.as_deref_mut());
        }
    }

    fn target(&self, target: &mut Target) {
        target.range = self.0;
        let types = target.arguments.iter_mut().flatten();
        types.for_each(|it| self.data_type(it));
    }

    fn relation(&self, relation: &mut RelationName) {
        relation.range = self.0;
    }

    fn data_type(&self, data_type: &mut UnresolvedType) {
        data_type.range = self.0;
    }

    fn expressions<'e>(&self, them: impl IntoIterator<Item = &'e mut UnresolvedExpression>) {
        them.into_iter().for_each(|it| it.range = self.0);
    }
}
