//! `ALTER TABLE`: the commands, one after the other.

use super::constraint::has_constraint;
use super::create_table::{new_column, take_number};
use super::{Outcome, Problem, Replay, inherit, within};
use crate::change::{
    AlterTable, AlterTableCommand as Command, ColumnDefinition, ConstraintRequest, PartitionOf,
};
use pglint_catalog::{
    Column, Lookup, Name, ObjectId, Origin, PartitionBound, Persistence, RelationId, RelationKind,
};

impl Replay {
    pub(super) fn alter_table(&mut self, alter: &AlterTable, at: Origin) -> Outcome {
        // `ALTER TABLE index` is allowed for some commands; only attaching matters.
        let named = &alter.relation.name;
        if let Lookup::Found((relation, index)) = self.find_index(named) {
            return self.alter_index(relation, index, alter, at);
        }
        let id = match self.relation_id(&alter.relation, at) {
            Ok(Some(id)) => id,
            Ok(None) => return Ok(()),
            Err(_) if alter.if_exists => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let mut commands: Vec<_> = alter.commands.iter().collect();
        commands.sort_by_key(|(command, _)| pass(command));
        for (command, range) in commands {
            self.alter_command(id, command, alter.recurse, within(at, *range))?;
        }
        Ok(())
    }

    fn alter_command(
        &mut self,
        id: RelationId,
        command: &Command,
        recurse: bool,
        at: Origin,
    ) -> Outcome {
        self.refuse_command(id, command, at)?;
        match command {
            Command::AddColumn(definition, if_not_exists) => {
                if !recurse {
                    self.refuse_column_of_one(id, definition, at)?;
                }
                self.add_column(id, definition, *if_not_exists, at)
            }
            Command::DropColumn {
                name,
                if_exists,
                cascade,
            } => self.drop_column(id, name, *if_exists, *cascade, recurse, at),
            Command::SetDefault(..)
            | Command::SetNotNull(_)
            | Command::DropNotNull(_)
            | Command::SetExpression(..)
            | Command::DropExpression(..)
            | Command::AlterType { .. }
            | Command::AddIdentity(..)
            | Command::SetIdentity(..)
            | Command::DropIdentity(..) => self.alter_column(id, command, recurse, at),
            Command::AddConstraint(definition) => {
                self.refuse_other_not_null(id, definition, at)?;
                self.refuse_missing_in_primary_key(id, definition, at)?;
                self.refuse_constraint_of_one(id, definition, at)?;
                self.add_constraint(id, definition, at)
            }
            Command::DropConstraint {
                name,
                if_exists,
                cascade,
            } => self.drop_constraint(id, name, *if_exists, *cascade, recurse, at),
            Command::ValidateConstraint(name) => self.validate_constraint(id, name, at),
            Command::AlterConstraint { name, .. } => {
                self.refuse_to_alter_constraint(id, name, command, at)?;
                self.alter_constraint(id, name, command, at)
            }
            Command::Inherit(parent) => match self.relation_or_unknown(parent, at)? {
                Some(parent) => {
                    self.refuse_child(id, at)?;
                    self.refuse_new_parent(parent, at)?;
                    if let Some(persistence) = self.catalog.relation(id).map(|it| it.persistence) {
                        self.refuse_temporary_parent(persistence, parent, None, at)?;
                    }
                    self.add_parent(id, parent, at)
                }
                None => Ok(()),
            },
            Command::NoInherit(parent) => match self.relation_or_unknown(parent, at)? {
                Some(parent) => {
                    self.refuse_child(id, at)?;
                    self.remove_parent(id, parent, "parent", at)
                }
                None => Ok(()),
            },
            Command::AttachPartition(partition, bound) => {
                match self.relation_or_unknown(partition, at)? {
                    Some(partition) => self.attach_partition(id, partition, bound.as_ref(), at),
                    None => Ok(()),
                }
            }
            Command::DetachPartition(partition) => {
                match self.relation_or_unknown(partition, at)? {
                    Some(partition) => self.remove_parent(partition, id, "partition", at),
                    None => Ok(()),
                }
            }
            Command::RowSecurity(_)
            | Command::ForceRowSecurity(_)
            | Command::SetLogged(_)
            | Command::SetOptions(_)
            | Command::ResetOptions(_) => self.set_flag(id, command),
        }
    }

    fn set_flag(&mut self, id: RelationId, command: &Command) -> Outcome {
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        let option_name = |option: &Name| option.split('=').next().map(Name::new);
        match command {
            Command::RowSecurity(on) => relation.row_security = *on,
            Command::ForceRowSecurity(on) => relation.force_row_security = *on,
            Command::SetLogged(true) => relation.persistence = Persistence::Permanent,
            Command::SetLogged(false) => relation.persistence = Persistence::Unlogged,
            Command::SetOptions(options) => {
                let names: Vec<_> = options.iter().map(option_name).collect();
                relation
                    .options
                    .retain(|it| !names.contains(&option_name(it)));
                relation.options.extend(options.iter().cloned());
            }
            Command::ResetOptions(options) => {
                let names: Vec<_> = options.iter().map(option_name).collect();
                relation
                    .options
                    .retain(|it| !names.contains(&option_name(it)));
            }
            _ => {}
        }
        Ok(())
    }

    fn add_column(
        &mut self,
        id: RelationId,
        definition: &ColumnDefinition,
        if_not_exists: bool,
        at: Origin,
    ) -> Outcome {
        let data_type = match &definition.data_type {
            Some(data_type) => Some(self.resolve_type(data_type, at)?),
            None => None,
        };
        if let Some(data_type) = &data_type {
            self.refuse_own_row(id, data_type, at)?;
        }
        let lenient = self.lenient;
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        if relation.column_named(&definition.name).is_some() {
            return match if_not_exists {
                true => Ok(()),
                false => {
                    let table = relation.name.clone();
                    Err(Problem::column_exists(at, &table, &definition.name))
                }
            };
        }
        if relation.is_partition() && !lenient {
            let message = "cannot add column to a partition".to_owned();
            return Err(Problem::other(at, "42809", message));
        }
        let number = take_number(relation);
        let mut column = new_column(number, definition, at);
        if let Some(data_type) = data_type {
            column.data_type = data_type;
        }
        relation.columns.push(column.clone());
        self.column_values(id, definition, at)?;
        self.column_of_children(id, &column, definition, at)?;
        let mut constraints: Vec<_> = definition.constraints.iter().collect();
        // The primary key before other keys, foreign keys last.
        constraints.sort_by_key(|it| match it.request {
            crate::change::ConstraintRequest::PrimaryKey(_) => 0,
            crate::change::ConstraintRequest::ForeignKey(_) => 2,
            _ => 1,
        });
        for constraint in constraints {
            self.add_constraint_in_create(id, constraint, &[], at)?;
        }
        Ok(())
    }

    fn column_of_children(
        &mut self,
        id: RelationId,
        column: &Column,
        definition: &ColumnDefinition,
        at: Origin,
    ) -> Outcome {
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            let Some(relation) = self.catalog.relation_mut(child) else {
                continue;
            };
            let mut columns = relation.columns.iter_mut();
            if let Some(present) = columns.find(|it| it.name == column.name) {
                present.inherited_from += 1;
                continue;
            }
            let inherited = Column {
                number: take_number(relation),
                inherited_from: 1,
                is_local: false,
                ..column.clone()
            };
            relation.columns.push(inherited);
            let mut definition = definition.clone();
            definition.serial = false;
            definition.identity = None;
            self.column_values(child, &definition, at)?;
            self.values_of_parent(child, id, &column.name, at);
            self.column_of_children(child, column, &definition, at)?;
        }
        Ok(())
    }

    /// A `serial` column takes its numbers from the parent's sequence in children
    /// too, and is NOT NULL there.
    fn values_of_parent(&mut self, child: RelationId, parent: RelationId, name: &Name, at: Origin) {
        let parent = self.catalog.relation(parent);
        let Some(of_parent) = parent.and_then(|it| it.column_named(name)).cloned() else {
            return;
        };
        let Some(number) = self.column_of(child, name) else {
            return;
        };
        let is_partition = self
            .catalog
            .relation(child)
            .is_some_and(|it| it.is_partition());
        if let Some(column) = self.column_mut(child, number) {
            column.identity = inherit::of_partition(of_parent.identity.filter(|_| is_partition));
            if column.default.is_none() {
                column.default = of_parent.default;
            }
        }
        if let Some(not_null) = of_parent.not_null.filter(|it| !it.no_inherit) {
            let cause = pglint_catalog::NotNullCause::Inherited;
            self.make_not_null(child, number, Some(not_null.name), cause, at);
        }
    }

    fn drop_column(
        &mut self,
        id: RelationId,
        name: &Name,
        if_exists: bool,
        cascade: bool,
        recurse: bool,
        at: Origin,
    ) -> Outcome {
        let number = match self.column_number(id, name, at) {
            Ok(Some(number)) => number,
            Ok(None) => return Ok(()),
            Err(_) if if_exists => return Ok(()),
            Err(problem) => return Err(problem),
        };
        let column = self.catalog.relation(id).and_then(|it| it.column(number));
        if column.is_some_and(|it| it.inherited_from > 0) {
            let message = format!("cannot drop inherited column \"{name}\"");
            return Err(Problem::other(at, "42P16", message));
        }
        self.refuse_partition_column(id, number, "drop", at)?;
        if !recurse {
            self.refuse_without_partitions(id, "drop column from", at)?;
        }
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        self.drop_objects(&[ObjectId::Column(id, number)], cascade, at)?;
        for child in children {
            let own = self.column_of(child, name);
            let Some(column) = own.and_then(|number| self.column_mut(child, number)) else {
                continue;
            };
            column.inherited_from = column.inherited_from.saturating_sub(1);
            // Without the parent's, `ONLY` makes it the child's own.
            column.is_local |= !recurse;
            if column.inherited_from == 0 && !column.is_local {
                self.drop_column(child, name, true, cascade, recurse, at)?;
            }
        }
        Ok(())
    }

    fn add_parent(&mut self, child: RelationId, parent: RelationId, at: Origin) -> Outcome {
        self.refuse_circle(child, parent, at)?;
        self.refuse_unlike(child, parent, at)?;
        let Some(of_parent) = self.catalog.relation(parent).cloned() else {
            return Ok(());
        };
        let Some(relation) = self.catalog.relation_mut(child) else {
            return Ok(());
        };
        inherit::merge_parent_columns(relation, &of_parent);
        relation.inherits.push(parent);
        self.inherit_constraints(child, &[parent])
    }

    /// `what` is what the parent's child is called: partition, or parent the other
    /// way round (`RemoveInheritance` in `tablecmds.c`).
    fn remove_parent(
        &mut self,
        child: RelationId,
        parent: RelationId,
        what: &str,
        at: Origin,
    ) -> Outcome {
        let Some(of_parent) = self.catalog.relation(parent).cloned() else {
            return Ok(());
        };
        if let Some(child) = self.catalog.relation(child)
            && !child.inherits.contains(&parent)
            && self.is_sure_of(child)
        {
            let (one, other) = match what {
                "parent" => (&of_parent.name, &child.name),
                _ => (&child.name, &of_parent.name),
            };
            let message = format!("relation \"{one}\" is not a {what} of relation \"{other}\"");
            return Err(Problem::other(at, "42P01", message));
        }
        let Some(relation) = self.catalog.relation_mut(child) else {
            return Ok(());
        };
        relation.inherits.retain(|it| *it != parent);
        relation.partition_bound = None;
        for column in &mut relation.columns {
            if of_parent.column_named(&column.name).is_some() {
                column.inherited_from = column.inherited_from.saturating_sub(1);
                column.is_local = true;
                if what == "partition" {
                    column.identity = None;
                }
                if let Some(not_null) = &mut column.not_null {
                    not_null.is_local = true;
                    not_null.inherited_from = 0;
                }
            }
        }
        for constraint in &mut relation.constraints {
            let by_name = constraint.check().is_some()
                && of_parent.constraint_named(&constraint.name).is_some();
            let by_id = constraint
                .parent
                .is_some_and(|it| of_parent.constraint(it).is_some());
            if by_name || by_id {
                constraint.parent = None;
                constraint.is_local = true;
                constraint.inherited_from = 0;
            }
        }
        for index in &mut relation.indexes {
            if index.parent.is_some_and(|it| of_parent.index(it).is_some()) {
                index.parent = None;
            }
        }
        relation.triggers.retain(|it| !it.inherited);
        Ok(())
    }

    fn attach_partition(
        &mut self,
        parent: RelationId,
        partition: RelationId,
        bound: Option<&PartitionOf>,
        at: Origin,
    ) -> Outcome {
        let relation = self.catalog.relation(partition);
        if let Some(relation) = relation.filter(|it| it.is_partition() && !self.lenient) {
            let message = format!("\"{}\" is already a partition", relation.name);
            return Err(Problem::other(at, "42809", message));
        }
        if let Some(persistence) = self.catalog.relation(partition).map(|it| it.persistence) {
            self.refuse_temporary_parent(persistence, parent, Some("attach"), at)?;
        }
        self.add_parent(partition, parent, at)?;
        if let Some(relation) = self.catalog.relation_mut(partition) {
            relation.partition_bound = bound.map(|bound| PartitionBound {
                text: bound.text.clone(),
                is_default: bound.is_default,
                origin: within(at, bound.range),
            });
        }
        self.inherit_indexes(partition, parent, at)
    }

    /// `ALTER INDEX ... ATTACH PARTITION`.
    fn alter_index(
        &mut self,
        relation: RelationId,
        index: pglint_catalog::IndexId,
        alter: &AlterTable,
        _at: Origin,
    ) -> Outcome {
        for (command, _) in &alter.commands {
            let Command::AttachPartition(part, _) = command else {
                continue;
            };
            let Lookup::Found((child, part)) = self.find_index(&part.name) else {
                continue;
            };
            let parent_constraint = self
                .catalog
                .index(relation, index)
                .and_then(|it| it.constraint);
            if let Some(child) = self.catalog.relation_mut(child) {
                let mut indexes = child.indexes.iter_mut();
                if let Some(part) = indexes.find(|it| it.id == part) {
                    part.parent = Some(index);
                    let own = part.constraint;
                    let mut constraints = child.constraints.iter_mut();
                    if let Some(own) = constraints.find(|it| own == Some(it.id)) {
                        own.parent = parent_constraint;
                        own.inherited_from = u16::from(parent_constraint.is_some());
                        own.is_local = parent_constraint.is_none();
                    }
                }
            }
            self.validate_partitioned_index(relation, index);
        }
        Ok(())
    }

    /// Whether a relation has a constraint of that name.
    pub(super) fn constraint_exists(&self, id: RelationId, name: &str) -> bool {
        let relation = self.catalog.relation(id);
        relation.is_some_and(|it| has_constraint(it, name))
    }

    /// The kind of a relation.
    pub(super) fn kind_of(&self, id: RelationId) -> Option<RelationKind> {
        Some(self.catalog.relation(id)?.kind)
    }
}

/// The server carries out the commands of one statement in passes, whatever their
/// order (`AlterTablePass` and `ATPrepCmd` in `tablecmds.c`).
fn pass(command: &Command) -> u8 {
    match command {
        Command::DropColumn { .. }
        | Command::DropConstraint { .. }
        | Command::DropNotNull(_)
        | Command::DropExpression(..)
        | Command::DropIdentity(..)
        | Command::SetDefault(_, None) => 0,
        Command::AlterType { .. } => 1,
        Command::AddColumn(..) => 2,
        Command::SetExpression(..) => 3,
        Command::SetNotNull(_) => 5,
        Command::AddConstraint(definition) => match definition.request {
            ConstraintRequest::Check(_) | ConstraintRequest::NotNull(_) => 4,
            ConstraintRequest::PrimaryKey(_)
            | ConstraintRequest::Unique(_)
            | ConstraintRequest::Exclusion(_) => 6,
            ConstraintRequest::ForeignKey(_) => 7,
        },
        Command::SetDefault(_, Some(_)) | Command::AddIdentity(..) | Command::SetIdentity(..) => 7,
        _ => 8,
    }
}
