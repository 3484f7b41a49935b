//! `ALTER TABLE` and its kin.

use super::{Emit, constraint, data_type, expression, name, table};
use crate::change::{Action, AlterTable, AlterTableCommand as Command};
use pglint_catalog::{Name, RelationKind};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, AlterTableType as Type, ConstrType, ObjectType};

pub(super) fn alter_table(node: Node<'_, ast::AlterTableStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let relation = node.relation()?;
    let commands = node.cmds().of::<ast::AlterTableCmd>();
    let change = AlterTable {
        relation: name::relation(relation),
        kind: relation_kind(node.objtype()),
        if_exists: node.missing_ok(),
        recurse: relation.inh(),
        commands: commands
            .filter_map(|it| Some((command(it, relation.inh())?, it.range())))
            .collect(),
    };
    emit(relation.range(), Action::AlterTable(change));
    Some(())
}

/// The sort of relation that a statement names. `None` for an index and for what
/// is no relation.
pub(super) fn relation_kind(kind: ObjectType) -> Option<RelationKind> {
    Some(match kind {
        ObjectType::ObjectTable => RelationKind::Table,
        ObjectType::ObjectForeignTable => RelationKind::ForeignTable,
        ObjectType::ObjectView => RelationKind::View,
        ObjectType::ObjectMatview => RelationKind::MaterializedView,
        ObjectType::ObjectSequence => RelationKind::Sequence,
        ObjectType::ObjectType => RelationKind::CompositeType,
        _ => return None,
    })
}

fn command(node: Node<'_, ast::AlterTableCmd>, recurse: bool) -> Option<Command> {
    let name: Name = node.name().into();
    let cascade = node.behavior() == ast::DropBehavior::DropCascade;
    let if_exists = node.missing_ok();
    Some(match node.subtype() {
        Type::AtAddColumn => {
            Command::AddColumn(Box::new(table::column(node.def()?.cast()?)), if_exists)
        }
        Type::AtDropColumn => Command::DropColumn {
            name,
            if_exists,
            cascade,
        },
        Type::AtColumnDefault => Command::SetDefault(name, node.def().map(expression::expression)),
        Type::AtSetNotNull => Command::SetNotNull(name),
        Type::AtDropNotNull => Command::DropNotNull(name),
        Type::AtSetExpression => Command::SetExpression(name, expression::expression(node.def()?)),
        Type::AtDropExpression => Command::DropExpression(name, if_exists),
        Type::AtAlterColumnType => alter_type(name, node.def()?.cast()?)?,
        Type::AtAddConstraint => {
            let mut definition = constraint::constraint(node.def()?.cast()?, None)?;
            definition.only = !recurse;
            Command::AddConstraint(Box::new(definition))
        }
        Type::AtDropConstraint => Command::DropConstraint {
            name,
            if_exists,
            cascade,
        },
        Type::AtValidateConstraint => Command::ValidateConstraint(name),
        Type::AtAlterConstraint => alter_constraint(name, node.def()),
        Type::AtAddIdentity => {
            let definition = node.def()?.cast::<ast::Constraint>()?;
            if definition.contype() != ConstrType::ConstrIdentity {
                return None;
            }
            Command::AddIdentity(name, table::identity(definition))
        }
        Type::AtSetIdentity => Command::SetIdentity(name, always(node.def()?)?),
        Type::AtDropIdentity => Command::DropIdentity(name, if_exists),
        Type::AtEnableRowSecurity => Command::RowSecurity(true),
        Type::AtDisableRowSecurity => Command::RowSecurity(false),
        Type::AtForceRowSecurity => Command::ForceRowSecurity(true),
        Type::AtNoForceRowSecurity => Command::ForceRowSecurity(false),
        Type::AtAddInherit => Command::Inherit(relation(node)?),
        Type::AtDropInherit => Command::NoInherit(relation(node)?),
        Type::AtAttachPartition => {
            let partition = node.def()?.cast::<ast::PartitionCmd>()?;
            Command::AttachPartition(
                name::relation(partition.name()?),
                partition.bound().map(table::bound),
            )
        }
        Type::AtDetachPartition => {
            let partition = node.def()?.cast::<ast::PartitionCmd>()?;
            Command::DetachPartition(name::relation(partition.name()?))
        }
        Type::AtSetLogged => Command::SetLogged(true),
        Type::AtSetUnLogged => Command::SetLogged(false),
        Type::AtSetRelOptions => Command::SetOptions(relation_options(node)),
        Type::AtResetRelOptions => Command::ResetOptions(relation_options(node)),
        _ => return None,
    })
}

fn relation(node: Node<'_, ast::AlterTableCmd>) -> Option<crate::change::RelationName> {
    Some(name::relation(node.def()?.cast::<ast::RangeVar>()?))
}

fn alter_type(name: Name, definition: Node<'_, ast::ColumnDef>) -> Option<Command> {
    Some(Command::AlterType {
        name,
        data_type: data_type::data_type(definition.type_name()?)?,
        collation: definition.coll_clause().and_then(table::collation),
    })
}

/// The new attributes are a `Constraint` up to PostgreSQL 17 and an
/// `ATAlterConstraint` since; both have the same fields.
fn alter_constraint(name: Name, definition: Option<Node<'_>>) -> Command {
    let change = definition.and_then(|it| it.cast::<ast::ATAlterConstraint>());
    let deferrability = change.filter(|it| it.alter_deferrability());
    let enforced = change.filter(|it| it.alter_enforceability());
    let no_inherit = change.filter(|it| it.alter_inheritability());
    Command::AlterConstraint {
        name: change.map_or(name, |it| it.conname().into()),
        deferrability: deferrability.map(|it| (it.deferrable(), it.initdeferred())),
        enforced: enforced.map(|it| it.is_enforced()),
        no_inherit: no_inherit.map(|it| it.noinherit()),
    }
}

/// `SET GENERATED ALWAYS` or `BY DEFAULT`; `None` when only sequence options
/// are set.
fn always(definition: Node<'_>) -> Option<bool> {
    let options = definition.cast::<ast::List>()?.items();
    let mut generated = options
        .of::<ast::DefElem>()
        .filter(|it| it.defname() == "generated");
    let value = generated.next()?.arg()?;
    // The value is the code of the letter `a` or `d`.
    Some(value.cast::<ast::Integer>()?.ival() == i32::from(b'a'))
}

fn relation_options(node: Node<'_, ast::AlterTableCmd>) -> Vec<Name> {
    let list = node.def().and_then(|it| it.cast::<ast::List>());
    list.map(|it| table::options(it.items()))
        .unwrap_or_default()
}
