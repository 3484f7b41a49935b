//! `DROP`, `RENAME`, `SET SCHEMA`, `COMMENT`: statements that name any object.

use super::{Emit, alter_table, data_type, function, name};
use crate::change::{Action, Drop, ObjectKind, Rename, Target};
use pglint_catalog::{Name, QualifiedName};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, ObjectType};
use pglint_text::TextRange;

pub(super) fn drop(node: Node<'_, ast::DropStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let targets: Vec<_> = node
        .objects()
        .filter_map(|it| object(node.erase(), it, node.remove_type()))
        .collect();
    let range = targets.first()?.range;
    emit(
        range,
        Action::Drop(Drop {
            targets,
            if_exists: node.missing_ok(),
            cascade: node.behavior() == ast::DropBehavior::DropCascade,
        }),
    );
    Some(())
}

pub(super) fn rename(node: Node<'_, ast::RenameStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let kind = kind(node.rename_type());
    let target = match node.relation() {
        Some(relation) => {
            let relation_name = name::relation(relation);
            Target {
                kind,
                name: relation_name.name,
                member: name::optional(node.subname()),
                arguments: None,
                range: relation_name.range,
            }
        }
        None => {
            let mut target = match node.object() {
                // The name of its domain.
                Some(domain) if kind == ObjectKind::DomainConstraint => Target {
                    kind,
                    ..object(node.erase(), domain, ObjectType::ObjectDomain)?
                },
                Some(named) => object(node.erase(), named, node.rename_type())?,
                // A schema is only a name.
                None => named(node.erase(), kind, name::qualified([node.subname()])?),
            };
            if target.kind == ObjectKind::DomainConstraint {
                target.member = name::optional(node.subname());
            }
            target
        }
    };
    emit(
        target.range,
        Action::Rename(Rename {
            target,
            new_name: node.newname().into(),
            if_exists: node.missing_ok(),
            recurse: node.relation().is_none_or(|it| it.inh()),
        }),
    );
    Some(())
}

pub(super) fn set_schema(
    node: Node<'_, ast::AlterObjectSchemaStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let target = match node.relation() {
        Some(relation) => {
            let relation_name = name::relation(relation);
            Target {
                kind: kind(node.object_type()),
                name: relation_name.name,
                member: None,
                arguments: None,
                range: relation_name.range,
            }
        }
        None => object(node.erase(), node.object()?, node.object_type())?,
    };
    emit(
        target.range,
        Action::SetSchema {
            target,
            schema: node.newschema().into(),
            if_exists: node.missing_ok(),
        },
    );
    Some(())
}

pub(super) fn comment(node: Node<'_, ast::CommentStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let target = object(node.erase(), node.object()?, node.objtype())?;
    emit(
        target.range,
        Action::Comment {
            target,
            text: name::optional(node.comment()),
        },
    );
    Some(())
}

fn kind(object_type: ObjectType) -> ObjectKind {
    match object_type {
        ObjectType::ObjectSchema => ObjectKind::Schema,
        ObjectType::ObjectIndex => ObjectKind::Index,
        ObjectType::ObjectType => ObjectKind::Type,
        ObjectType::ObjectDomain => ObjectKind::Domain,
        ObjectType::ObjectFunction
        | ObjectType::ObjectProcedure
        | ObjectType::ObjectRoutine
        | ObjectType::ObjectAggregate => ObjectKind::Function(function::routine_kind(object_type)),
        ObjectType::ObjectTrigger => ObjectKind::Trigger,
        ObjectType::ObjectPolicy => ObjectKind::Policy,
        ObjectType::ObjectColumn => ObjectKind::Column,
        ObjectType::ObjectAttribute => ObjectKind::Attribute,
        ObjectType::ObjectTabconstraint => ObjectKind::TableConstraint,
        ObjectType::ObjectDomconstraint => ObjectKind::DomainConstraint,
        ObjectType::ObjectExtension => ObjectKind::Extension,
        ObjectType::ObjectRule => ObjectKind::Rule,
        _ => match alter_table::relation_kind(object_type) {
            Some(relation) => ObjectKind::Relation(relation),
            None => ObjectKind::Other,
        },
    }
}

/// An object in the forms that the grammar gives: a list of strings, one string,
/// a type name, a function with arguments, or a list of a type and a string.
fn object(statement: Node<'_>, node: Node<'_>, object_type: ObjectType) -> Option<Target> {
    let kind = kind(object_type);
    if let Some(with_arguments) = node.cast::<ast::ObjectWithArgs>() {
        return match kind {
            ObjectKind::Function(kind) => function::function_target(with_arguments, kind),
            _ => None,
        };
    }
    if let Some(type_name) = node.cast::<ast::TypeName>() {
        let type_name = data_type::data_type(type_name)?;
        return Some(named(statement, kind, type_name.name));
    }
    let has_member = matches!(
        kind,
        ObjectKind::Column
            | ObjectKind::Trigger
            | ObjectKind::Policy
            | ObjectKind::TableConstraint
            | ObjectKind::DomainConstraint
            | ObjectKind::Rule
    );
    if let Some(list) = node.cast::<ast::List>()
        && let Some(domain) = list.items().of::<ast::TypeName>().next()
    {
        let mut target = named(statement, kind, name::qualified(domain.names())?);
        let member = list.items().of::<ast::String>().next()?;
        target.member = Some(member.sval().into());
        return Some(target);
    }
    let mut names = name::strings(node);
    let member = if has_member {
        Some(Name::from(names.pop()?))
    } else {
        None
    };
    let mut target = named(statement, kind, name::qualified(names)?);
    target.member = member;
    Some(target)
}

fn named(statement: Node<'_>, kind: ObjectKind, name: QualifiedName) -> Target {
    let range: TextRange = name::find(statement, &name.name);
    Target {
        kind,
        name,
        member: None,
        arguments: None,
        range,
    }
}
