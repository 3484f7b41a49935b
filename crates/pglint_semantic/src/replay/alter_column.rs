//! `ALTER TABLE ... ALTER COLUMN`.

use super::{Outcome, Problem, Replay, within};
use crate::change::{AlterTableCommand as Command, UnresolvedType};
use pglint_catalog::{ColumnNumber, GeneratedColumn, Name, NotNullCause, Origin, RelationId};

impl Replay {
    pub(super) fn alter_column(
        &mut self,
        id: RelationId,
        command: &Command,
        recurse: bool,
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
        self.alter_own_column(id, number, command, at)?;
        // NOT NULL reaches children by itself, identity not at all.
        let reaches_children = !matches!(
            command,
            Command::SetNotNull(_) | Command::AddIdentity(..) | Command::SetIdentity(..)
        );
        if recurse && reaches_children {
            let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
            for child in children {
                if self.column_of(child, name).is_some() {
                    self.alter_column(child, command, recurse, at)?;
                }
            }
        }
        Ok(())
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
                self.add_identity(id, number, identity, at);
            }
            Command::SetIdentity(_, always) => {
                let column = self.column_mut(id, number);
                if let Some(identity) = column.and_then(|it| it.identity.as_mut()) {
                    identity.always = *always;
                    identity.origin = at;
                }
            }
            Command::DropIdentity(_, if_exists) => {
                return self.drop_identity(id, number, *if_exists, at);
            }
            _ => {}
        }
        Ok(())
    }

    /// `ATExecAddIdentity` in `tablecmds.c`.
    fn check_no_default(&self, id: RelationId, name: &Name, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let column = relation.column_named(name);
        let has = match column {
            Some(column) if column.identity.is_some() => "is already an identity column",
            Some(column) if column.default.is_some() => "already has a default value",
            _ => return Ok(()),
        };
        let message = format!("column \"{name}\" of relation \"{}\" {has}", relation.name);
        Err(Problem::other(at, "55000", message))
    }

    fn drop_not_null(&mut self, id: RelationId, number: ColumnNumber, at: Origin) -> Outcome {
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

    fn alter_type(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        data_type: &UnresolvedType,
        collation: Option<&Name>,
        at: Origin,
    ) -> Outcome {
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
            None => {
                let message = format!(
                    "column \"{}\" of relation \"{}\" is not an identity column",
                    column.name,
                    table.unwrap_or_default()
                );
                Err(Problem::other(at, "55000", message))
            }
        }
    }
}
