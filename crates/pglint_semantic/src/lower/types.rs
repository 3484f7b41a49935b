//! Enums, domains and other types.

use super::{Emit, constraint, data_type, expression, name};
use crate::change::{
    Action, AlterEnum, ArgumentDefinition, CreateDomain, CreateFunction, DomainCommand, NewType,
};
use pglint_catalog::{ArgumentMode, FunctionKind, Name, QualifiedName, Volatility};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, ConstrType, ObjectType};

pub(super) fn create_enum(node: Node<'_, ast::CreateEnumStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let enum_name = name::qualified(node.type_name())?;
    let range = name::find(node.erase(), &enum_name.name);
    let action = Action::CreateEnum {
        name: enum_name,
        labels: name::all(node.vals()),
    };
    emit(range, action);
    Some(())
}

pub(super) fn alter_enum(node: Node<'_, ast::AlterEnumStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let enum_name = name::qualified(node.type_name())?;
    let range = name::find(node.erase(), &enum_name.name);
    let neighbor = name::optional(node.new_val_neighbor());
    let action = Action::AlterEnum(AlterEnum {
        name: enum_name,
        old: name::optional(node.old_val()),
        new: node.new_val().into(),
        neighbor: neighbor.map(|it| (it, node.new_val_is_after())),
        if_not_exists: node.skip_if_new_val_exists(),
    });
    emit(range, action);
    Some(())
}

pub(super) fn create_domain(
    node: Node<'_, ast::CreateDomainStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let domain_name = name::qualified(node.domainname())?;
    let range = name::find(node.erase(), &domain_name.name);
    let constraints: Vec<_> = node.constraints().of::<ast::Constraint>().collect();
    let default = constraints
        .iter()
        .find(|it| it.contype() == ConstrType::ConstrDefault);
    let change = CreateDomain {
        data_type: data_type::data_type(node.type_name()?)?,
        collation: node
            .coll_clause()
            .and_then(|it| it.collname().last().map(Name::from)),
        default: default
            .and_then(|it| it.raw_expr())
            .map(expression::expression),
        constraints: constraints
            .iter()
            .filter_map(|it| constraint::constraint(*it, Some("")))
            .collect(),
        name: domain_name,
    };
    emit(range, Action::CreateDomain(Box::new(change)));
    Some(())
}

pub(super) fn alter_domain(
    node: Node<'_, ast::AlterDomainStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let domain_name = name::qualified(node.type_name())?;
    let member: Name = node.name().into();
    // The letters are those of `AlterDomainType` in `parsenodes.h`.
    let command = match node.subtype() {
        "T" => DomainCommand::SetDefault(node.def().map(expression::expression)),
        "N" => DomainCommand::DropNotNull,
        "O" => DomainCommand::SetNotNull,
        "C" => {
            let definition = node.def()?.cast::<ast::Constraint>()?;
            DomainCommand::AddConstraint(constraint::constraint(definition, Some(""))?)
        }
        "X" => DomainCommand::DropConstraint(member, node.missing_ok()),
        "V" => DomainCommand::ValidateConstraint(member),
        _ => return None,
    };
    let range = name::find(node.erase(), &domain_name.name);
    emit(
        range,
        Action::AlterDomain {
            name: domain_name,
            command: Box::new(command),
        },
    );
    Some(())
}

pub(super) fn create_range(
    node: Node<'_, ast::CreateRangeStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let type_name = name::qualified(node.type_name())?;
    let range = name::find(node.erase(), &type_name.name);
    emit(
        range,
        Action::CreateType {
            name: type_name,
            sort: NewType::Range {
                options: name::last_group(node.erase()),
                multirange: multirange_name(node),
            },
        },
    );
    Some(())
}

fn multirange_name(node: Node<'_, ast::CreateRangeStmt>) -> Option<QualifiedName> {
    let mut options = node.params().of::<ast::DefElem>();
    let option = options.find(|it| it.defname() == "multirange_type_name")?;
    name::qualified(option.arg()?.cast::<ast::TypeName>()?.names())
}

/// `CREATE TYPE` of a base type, `CREATE AGGREGATE`, and others that the catalog
/// does not keep.
pub(super) fn define(node: Node<'_, ast::DefineStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let defined = name::qualified(node.defnames())?;
    let range = name::find(node.erase(), &defined.name);
    let action = match node.kind() {
        ObjectType::ObjectType => Action::CreateType {
            name: defined,
            sort: if node.definition().is_empty() {
                NewType::Shell
            } else {
                NewType::Base
            },
        },
        ObjectType::ObjectAggregate => {
            let arguments = aggregate_arguments(node);
            Action::CreateFunction(Box::new(CreateFunction {
                name: defined,
                kind: FunctionKind::Aggregate,
                or_replace: node.replace(),
                arguments,
                returns: None,
                returns_set: false,
                language: Name::new_static("internal"),
                volatility: Volatility::Immutable,
                security_definer: false,
                strict: false,
                configuration: Vec::new(),
                body: None,
                body_start: None,
                definition: Some(name::last_group(node.erase())),
                planner_options: Vec::new(),
                ddl_words: Vec::new(),
            }))
        }
        _ => return None,
    };
    emit(range, action);
    Some(())
}

/// The arguments are a list of parameters and a number; in the syntax from before
/// PostgreSQL 8.2 there is one, the option `basetype`.
fn aggregate_arguments(node: Node<'_, ast::DefineStmt>) -> Vec<ArgumentDefinition> {
    if node.oldstyle() {
        let options = node.definition().of::<ast::DefElem>();
        let mut base = options.filter(|it| it.defname() == "basetype");
        let type_name = base.next().and_then(|it| it.arg()?.cast::<ast::TypeName>());
        let data_type = type_name.and_then(data_type::data_type);
        let argument = data_type.filter(|it| it.name.name != "any");
        return argument
            .map(|data_type| ArgumentDefinition {
                name: None,
                mode: ArgumentMode::In,
                data_type,
                default: None,
            })
            .into_iter()
            .collect();
    }
    let parameters = node.args().of::<ast::List>().next();
    parameters
        .into_iter()
        .flat_map(|it| it.items().of::<ast::FunctionParameter>())
        .filter_map(super::function::argument)
        .collect()
}
