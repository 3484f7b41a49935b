//! `ALTER TABLE ... ALTER COLUMN`.

use super::inherit::of_partition;
use super::{Outcome, Problem, Replay, within};
use crate::change::{AlterTableCommand as Command, UnresolvedType};
use pglint_catalog::{
    ColumnNumber, Dependent, GeneratedColumn, Name, NotNullCause, ObjectId, Origin, RelationId,
};

impl Replay {
    pub(super) fn alter_column(
        &mut self,
        id: RelationId,
        command: &Command,
        recurse: bool,
        at: Origin,
    ) -> Outcome {
        self.alter_column_of(id, command, recurse, false, at)
    }

    fn alter_column_of(
        &mut self,
        id: RelationId,
        command: &Command,
        recurse: bool,
        is_child: bool,
        at: Origin,
    ) -> Outcome {
        let name = match command {
            Command::SetDefault(name, _)
            | Command::SetNotNull(name)
            | Command::DropNotNull(name)
            | Command::SetExpression(name, _)
            | Command::DropExpression(name, _)
            | Command::AlterType { name, .. }
            | Command::AddIdentity(name, _)
            | Command::SetIdentity(name, _)
            | Command::DropIdentity(name, _) => name,
            _ => return Ok(()),
        };
        let Some(number) = self.column_number(id, name, at)? else {
            return Ok(());
        };
        if let Command::SetNotNull(_) = command {
            match recurse {
                true => self.refuse_not_inherited(id, number, at)?,
                false => self.refuse_not_null_of_one(id, at)?,
            }
        }
        if let Command::AlterType { .. } = command
            && let Some(relation) = self.catalog.relation(id)
            && relation
                .column(number)
                .is_some_and(|it| it.inherited_from > 0)
            && !is_child
            && self.is_sure_of(relation)
        {
            let message = format!("cannot alter inherited column \"{name}\"");
            return Err(Problem::other(at, "42P16", message));
        }
        let is_identity = matches!(
            command,
            Command::AddIdentity(..) | Command::SetIdentity(..) | Command::DropIdentity(..)
        );
        if let Command::SetExpression(..) | Command::DropExpression(..) = command
            && !is_child
        {
            self.refuse_expression(id, number, command, at)?;
        }
        match command {
            _ if is_identity && is_child => self.alter_identity_of_partition(id, number, command),
            // What children need not have is not for them (`ATExecSetNotNull`).
            Command::SetNotNull(_) if !recurse && self.has_children(id) => {
                self.not_null_without_children(id, number, at);
            }
            _ => self.alter_own_column(id, number, command, at)?,
        }
        let of = self.catalog.relation(id);
        let is_partitioned = of.is_some_and(|it| it.partition_key.is_some());
        // NOT NULL reaches children by itself, identity partitions only.
        let reaches_children = match command {
            Command::SetNotNull(_) => false,
            _ => !is_identity || is_partitioned,
        };
        if recurse && reaches_children {
            let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
            for child in children {
                if self.column_of(child, name).is_some() {
                    self.alter_column_of(child, command, recurse, true, at)?;
                }
            }
        }
        Ok(())
    }

    fn not_null_without_children(&mut self, id: RelationId, number: ColumnNumber, at: Origin) {
        let cause = NotNullCause::NotNull;
        if self
            .make_one_not_null(id, number, None, cause, at)
            .is_none()
        {
            return;
        }
        let column = self.column_mut(id, number);
        if let Some(not_null) = column.and_then(|it| it.not_null.as_mut()) {
            not_null.no_inherit = true;
        }
    }

    /// A partition takes its numbers from its parent's sequence.
    fn alter_identity_of_partition(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        command: &Command,
    ) {
        let parents = self.catalog.relation(id).map(|it| it.inherits.clone());
        let Some(name) = self.catalog.relation(id).and_then(|it| it.column(number)) else {
            return;
        };
        let of_parent = parents.and_then(|it| self.catalog.relation(*it.first()?));
        let of_parent = of_parent.and_then(|it| it.column_named(&name.name)?.identity);
        let identity = match command {
            Command::DropIdentity(..) => None,
            _ => of_partition(of_parent),
        };
        if let Some(column) = self.column_mut(id, number) {
            column.identity = identity;
        }
    }

    fn alter_own_column(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        command: &Command,
        at: Origin,
    ) -> Outcome {
        match command {
            Command::SetDefault(_, expression) => {
                self.refuse_default(id, number, at)?;
                let default = expression.as_ref();
                let default = default.and_then(|it| self.column_default(id, number, it, at));
                if let Some(column) = self.column_mut(id, number) {
                    column.default = default;
                }
            }
            Command::SetNotNull(_) => {
                self.make_not_null(id, number, None, NotNullCause::NotNull, at);
            }
            Command::DropNotNull(_) => return self.drop_not_null(id, number, at),
            Command::SetExpression(_, expression) => {
                let Some(relation) = self.catalog.relation(id) else {
                    return Ok(());
                };
                let expression = self.resolve_checked(expression, relation, at)?;
                if let Some(column) = self.column_mut(id, number) {
                    let stored = column.generated.as_ref().is_none_or(|it| it.stored);
                    column.generated = Some(Box::new(GeneratedColumn {
                        expression,
                        stored,
                        origin: at,
                    }));
                }
            }
            Command::DropExpression(..) => {
                if let Some(column) = self.column_mut(id, number) {
                    column.generated = None;
                }
            }
            Command::AlterType {
                data_type,
                collation,
                ..
            } => self.alter_type(id, number, data_type, collation.as_ref(), at)?,
            Command::AddIdentity(name, identity) => {
                self.check_no_default(id, name, at)?;
                self.refuse_identity_type(id, number, at)?;
                self.add_identity(id, number, identity, at);
            }
            Command::SetIdentity(_, always) => {
                let lenient = self.lenient;
                let table = self.catalog.relation(id).map(|it| it.name.clone());
                let Some(column) = self.column_mut(id, number) else {
                    return Ok(());
                };
                match &mut column.identity {
                    Some(identity) => {
                        identity.always = *always;
                        identity.origin = at;
                    }
                    None if lenient => {}
                    None => return Err(no_identity(&column.name, &table.unwrap_or_default(), at)),
                }
            }
            Command::DropIdentity(_, if_exists) => {
                return self.drop_identity(id, number, *if_exists, at);
            }
            _ => {}
        }
        Ok(())
    }

    /// `ATExecColumnDefault` in `tablecmds.c`.
    fn refuse_default(&self, id: RelationId, number: ColumnNumber, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let sort = match relation.column(number) {
            _ if self.lenient => return Ok(()),
            Some(column) if column.identity.is_some() => "an identity",
            Some(column) if column.generated.is_some() => "a generated",
            _ => return Ok(()),
        };
        let name = relation.column(number).map_or("", |it| &it.name);
        let message = format!(
            "column \"{name}\" of relation \"{}\" is {sort} column",
            relation.name
        );
        Err(Problem::other(at, "42601", message))
    }

    /// `ATExecAddIdentity` in `tablecmds.c`.
    fn check_no_default(&self, id: RelationId, name: &Name, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let column = relation.column_named(name);
        let has = match column {
            Some(column) if column.not_null.is_none() => {
                "must be declared NOT NULL before identity can be added"
            }
            Some(column) if column.identity.is_some() => "is already an identity column",
            Some(column) if column.default.is_some() => "already has a default value",
            _ => return Ok(()),
        };
        let message = format!("column \"{name}\" of relation \"{}\" {has}", relation.name);
        Err(Problem::other(at, "55000", message))
    }

    pub(super) fn drop_not_null(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let Some(column) = relation.column(number) else {
            return Ok(());
        };
        let in_key = relation
            .primary_key()
            .is_some_and(|it| it.columns().contains(&number));
        if in_key {
            let message = format!("column \"{}\" is in a primary key", column.name);
            return Err(Problem::other(at, "42P16", message));
        }
        if column.identity.is_some() {
            let message = format!(
                "column \"{}\" of relation \"{}\" is an identity column",
                column.name, relation.name
            );
            return Err(Problem::other(at, "42601", message));
        }
        self.catalog.drop_not_null(id, number, at);
        Ok(())
    }

    /// What a new type of a column is not carried on to
    /// (`RememberAllDependentForRebuilding` in `tablecmds.c`).
    fn refuse_type_of_used(&self, id: RelationId, number: ColumnNumber, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|_| !self.lenient) else {
            return Ok(());
        };
        let mut generated = { relation.columns.iter() }.filter_map(|it| it.generated.as_ref());
        let dependents = self.catalog.dependents(ObjectId::Column(id, number));
        let has = |what: fn(&Dependent) -> bool| dependents.iter().any(what);
        let who = if generated.any(|it| it.expression.mentions(number)) {
            "by a generated column"
        } else if has(|it| matches!(it, Dependent::Relation(_))) {
            "by a view or rule"
        } else if has(|it| matches!(it, Dependent::Policy(..))) {
            "in a policy definition"
        } else {
            return Ok(());
        };
        let message = format!("cannot alter type of a column used {who}");
        Err(Problem::other(at, "0A000", message))
    }

    fn alter_type(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        data_type: &UnresolvedType,
        collation: Option<&Name>,
        at: Origin,
    ) -> Outcome {
        self.refuse_partition_column(id, number, "alter", at)?;
        self.refuse_type_of_used(id, number, at)?;
        let origin = within(at, data_type.range);
        let data_type = self.resolve_type(data_type, at)?;
        // An identity column's sequence changes with it (`transformAlterTableStmt`).
        let identity = self
            .catalog
            .relation(id)
            .and_then(|it| it.column(number)?.identity?.sequence);
        if let Some(column) = self.column_mut(id, number) {
            column.data_type = data_type.clone();
            column.type_origin = origin;
            column.collation = collation.cloned();
        }
        if let Some(sequence) = identity
            && let Some(relation) = self.catalog.relation_mut(sequence)
            && let Some(sequence) = &mut relation.sequence
        {
            sequence.data_type = data_type;
        }
        Ok(())
    }

    fn drop_identity(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        if_exists: bool,
        at: Origin,
    ) -> Outcome {
        let table = self.catalog.relation(id).map(|it| it.name.clone());
        let Some(column) = self.column_mut(id, number) else {
            return Ok(());
        };
        match column.identity.take() {
            Some(identity) => {
                if let Some(sequence) = identity.sequence {
                    self.catalog.remove_relation(sequence);
                }
                Ok(())
            }
            None if if_exists => Ok(()),
            None => Err(no_identity(&column.name, &table.unwrap_or_default(), at)),
        }
    }
}

fn no_identity(column: &Name, table: &Name, at: Origin) -> Problem {
    let message = format!("column \"{column}\" of relation \"{table}\" is not an identity column");
    Problem::other(at, "55000", message)
}
