//! Statements about the session: search path, transactions, code blocks, calls.

use super::constant::Variables;
use super::routine::{self, Code};
use super::{Emit, call as calls, dynamic, name, table};
use crate::change::{Action, SettingScope, TransactionStep, UnknownEffect};
use pglint_catalog::{Name, UnknownReason};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, TransactionStmtKind, VariableSetKind};

pub(super) fn set_variable(
    node: Node<'_, ast::VariableSetStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let scope = match node.is_local() {
        true => SettingScope::Transaction,
        false => SettingScope::Session,
    };
    set_search_path(node, scope, emit)
}

/// `ALTER DATABASE ... SET` and `ALTER ROLE ... SET`.
pub(super) fn set_for_later(
    setting: Option<Node<'_, ast::VariableSetStmt>>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    set_search_path(setting?, SettingScope::LaterSessions, emit)
}

fn set_search_path(
    node: Node<'_, ast::VariableSetStmt>,
    scope: SettingScope,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let resets_all = node.kind() == VariableSetKind::VarResetAll;
    if !resets_all && !node.name().eq_ignore_ascii_case("search_path") {
        return None;
    }
    let schemas = match node.kind() {
        VariableSetKind::VarSetValue => {
            let values = node.args().of::<ast::AConst>();
            // One string is one schema, whatever commas it holds.
            let names = values.filter_map(|it| it.sval()).map(|it| it.sval());
            Some(names.filter(|it| *it != "$user").map(Name::from).collect())
        }
        VariableSetKind::VarSetDefault
        | VariableSetKind::VarReset
        | VariableSetKind::VarResetAll => None,
        _ => return None,
    };
    emit(node.range(), Action::SetSearchPath { schemas, scope });
    Some(())
}

/// `set_config('search_path', value, is_local)` with constant arguments, as
/// pg_dump writes it.
pub(super) fn set_config(node: Node<'_, ast::FuncCall>) -> Option<Action> {
    if node.funcname().last() != Some("set_config") {
        return None;
    }
    let mut arguments = node.args();
    let text = |node: Node<'_>| Some(node.cast::<ast::AConst>()?.sval()?.sval().to_owned());
    if !text(arguments.next()?)?.eq_ignore_ascii_case("search_path") {
        return None;
    }
    let value = text(arguments.next()?)?;
    let local = arguments
        .next()?
        .cast::<ast::AConst>()?
        .boolval()?
        .boolval();
    Some(Action::SetSearchPath {
        schemas: Some(schema_list(&value)),
        scope: match local {
            true => SettingScope::Transaction,
            false => SettingScope::Session,
        },
    })
}

/// A list of identifiers in a string (`SplitIdentifierString` in `varlena.c`).
fn schema_list(text: &str) -> Vec<Name> {
    let tokens = pglint_syntax::lex(text, pglint_syntax::ParseOptions::default());
    let names = tokens.iter().filter_map(|it| name::identifier(*it, text));
    names.filter(|it| it != "$user").map(Name::from).collect()
}

pub(super) fn transaction(node: Node<'_, ast::TransactionStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let name = || Name::from(node.savepoint_name());
    let step = match node.kind() {
        TransactionStmtKind::TransStmtBegin | TransactionStmtKind::TransStmtStart => {
            TransactionStep::Begin
        }
        TransactionStmtKind::TransStmtCommit => TransactionStep::Commit,
        TransactionStmtKind::TransStmtRollback => TransactionStep::Rollback,
        TransactionStmtKind::TransStmtSavepoint => TransactionStep::Savepoint(name()),
        TransactionStmtKind::TransStmtRelease => TransactionStep::Release(name()),
        TransactionStmtKind::TransStmtRollbackTo => TransactionStep::RollbackTo(name()),
        _ => return None,
    };
    emit(node.range(), Action::Transaction(step));
    Some(())
}

/// The DDL of a code block that can be followed, then what the rest may do.
pub(super) fn do_block(node: Node<'_, ast::DoStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let mut code = None;
    let mut language = "plpgsql".to_owned();
    for option in node.args().of::<ast::DefElem>() {
        match option.defname() {
            "as" => code = option.arg()?.cast::<ast::String>(),
            "language" => language = table::option_value(option.arg()?).to_lowercase(),
            _ => {}
        }
    }
    let body = code?.sval();
    let code = Code {
        language: &language,
        body,
        start: routine::body_start(node.tree().text(), body),
        variables: Variables::default(),
    };
    code.follow(UnknownReason::DynamicSql, node.range(), emit);
    Some(())
}

pub(super) fn call(node: Node<'_, ast::CallStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let procedure = calls::function_call(node.funccall()?)?;
    let action = Action::CallFunctions {
        calls: vec![procedure],
        mentioned: dynamic::mentioned(node.text()),
        is_sure: true,
    };
    emit(node.range(), action);
    Some(())
}

pub(super) fn create_extension(
    node: Node<'_, ast::CreateExtensionStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let range = name::find(node.erase(), node.extname());
    let options: Vec<_> = node.options().of::<ast::DefElem>().collect();
    let schema = options.iter().find(|it| it.defname() == "schema");
    let action = Action::CreateExtension {
        name: node.extname().into(),
        schema: schema
            .and_then(|it| it.arg()?.cast::<ast::String>())
            .map(|it| it.sval().into()),
        if_not_exists: node.if_not_exists(),
        cascade: options.iter().any(|it| it.defname() == "cascade"),
    };
    emit(range, action);
    Some(())
}

pub(super) fn import_foreign_schema(
    node: Node<'_, ast::ImportForeignSchemaStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let tables = node.table_list().of::<ast::RangeVar>();
    let effect = UnknownEffect {
        reason: UnknownReason::ForeignSchema,
        names: tables.map(|it| it.relname().into()).collect(),
        creates_anything: node.table_list().is_empty(),
        changes_anything: false,
        takes_names: false,
    };
    emit(node.range(), Action::Unknown(effect));
    Some(())
}
