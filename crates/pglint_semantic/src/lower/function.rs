//! Functions, triggers and policies.

use super::{Emit, data_type, dynamic, expression, name, routine, table};
use crate::change::{
    Action, ArgumentDefinition, CreateFunction, CreatePolicy, CreateTrigger, ObjectKind,
    RoutineKind, Target,
};
use pglint_catalog::{ArgumentMode, FunctionKind, Name, PolicyCommand, TriggerClauses, Volatility};
use pglint_syntax::ast::{self, FunctionParameterMode as Mode};
use pglint_syntax::tree::Nodes;
use pglint_syntax::{Node, ParseOptions, Token, TokenKind, lex};

pub(super) fn create_function(
    node: Node<'_, ast::CreateFunctionStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let function = name::qualified(node.funcname())?;
    let range = name::find(node.erase(), &function.name);
    let parameters = node.parameters().of::<ast::FunctionParameter>();
    let arguments: Vec<_> = parameters.filter_map(argument).collect();
    let returns_table = arguments.iter().any(|it| it.mode == ArgumentMode::Table);
    let mut change = CreateFunction {
        kind: if node.is_procedure() {
            FunctionKind::Procedure
        } else {
            FunctionKind::Function
        },
        or_replace: node.replace(),
        arguments,
        returns: node
            .return_type()
            .filter(|_| !returns_table)
            .and_then(data_type::data_type),
        returns_set: returns_table || node.return_type().is_some_and(|it| it.setof()),
        language: Name::new_static("sql"),
        volatility: Volatility::Volatile,
        security_definer: false,
        strict: false,
        configuration: Vec::new(),
        body: None,
        body_start: None,
        definition: node.sql_body().and(sql_body(node.erase())),
        planner_options: Vec::new(),
        ddl_words: Vec::new(),
        name: function,
    };
    for option in node.options().of::<ast::DefElem>() {
        read_option(&mut change, option);
    }
    if let Some(body) = &change.body {
        change.ddl_words = dynamic::ddl_words(body);
        change.body_start = routine::body_start(node.tree().text(), body);
    }
    emit(range, Action::CreateFunction(Box::new(change)));
    Some(())
}

fn read_option(change: &mut CreateFunction, option: Node<'_, ast::DefElem>) {
    let text = || option.arg().map(table::option_value).unwrap_or_default();
    match option.defname() {
        "language" => change.language = text().to_lowercase().into(),
        "volatility" => {
            change.volatility = match text().as_str() {
                "immutable" => Volatility::Immutable,
                "stable" => Volatility::Stable,
                _ => Volatility::Volatile,
            }
        }
        "security" => change.security_definer = text() == "true",
        "strict" => change.strict = text() == "true",
        "set" => change.configuration.extend(configuration(option)),
        "parallel" | "cost" | "rows" | "leakproof" => {
            change
                .planner_options
                .extend(planner_option(option.defname(), &text()));
        }
        "window" => change.kind = FunctionKind::Window,
        // The source text, or the object file and symbol of a C function.
        "as" => {
            let parts = option.arg().map(name::strings).unwrap_or_default();
            if let [body] = parts[..] {
                change.body = Some(body.into());
            }
        }
        _ => {}
    }
}

/// The body that is no string: from `BEGIN ATOMIC` or `RETURN` to the end.
fn sql_body(node: Node<'_>) -> Option<Name> {
    let (text, _) = name::clean(node.tree().text());
    let tokens = lex(&text, ParseOptions::default());
    let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    let mut depth = 0;
    let start = tokens.iter().enumerate().find(|(at, token)| {
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen => depth -= 1,
            _ => {}
        }
        let next = tokens.get(at + 1);
        let is_atomic = next.is_some_and(|it| it.is_word(&text, "atomic"));
        depth == 0 && (token.is_word(&text, "return") || token.is_word(&text, "begin") && is_atomic)
    });
    Some(text[usize::from(start?.1.start())..].into())
}

/// `None` for what is the default.
fn planner_option(option: &str, value: &str) -> Option<Name> {
    match (option, value) {
        ("leakproof", "true") => Some(Name::new_static("LEAKPROOF")),
        ("leakproof", _) | ("parallel", "unsafe") => None,
        _ => Some(format!("{} {value}", option.to_uppercase()).into()),
    }
}

/// `SET name = value` as `name=value`, the way `pg_proc.proconfig` keeps it.
fn configuration(option: Node<'_, ast::DefElem>) -> Option<Name> {
    let set = option.arg()?.cast::<ast::VariableSetStmt>()?;
    let values: Vec<String> = set.args().map(setting_value).collect();
    Some(format!("{}={}", canonical(set.name()), values.join(", ")).into())
}

/// The name of a setting as the server keeps it: three are not lower case
/// (`guc_tables.c`).
fn canonical(setting: &str) -> &str {
    let mixed = ["DateStyle", "IntervalStyle", "TimeZone"];
    let found = mixed
        .into_iter()
        .find(|it| it.eq_ignore_ascii_case(setting));
    found.unwrap_or(setting)
}

fn setting_value(node: Node<'_>) -> String {
    let Some(constant) = node.cast::<ast::AConst>() else {
        return name::clean_text(node).to_string();
    };
    match (constant.sval(), constant.ival()) {
        (Some(string), _) => string.sval().to_owned(),
        (None, Some(integer)) => integer.ival().to_string(),
        (None, None) => name::clean_text(node).to_string(),
    }
}

/// An argument of a function.
pub(super) fn argument(node: Node<'_, ast::FunctionParameter>) -> Option<ArgumentDefinition> {
    Some(ArgumentDefinition {
        name: name::optional(node.name()),
        mode: match node.mode() {
            Mode::FuncParamOut => ArgumentMode::Out,
            Mode::FuncParamInout => ArgumentMode::InOut,
            Mode::FuncParamVariadic => ArgumentMode::Variadic,
            Mode::FuncParamTable => ArgumentMode::Table,
            _ => ArgumentMode::In,
        },
        data_type: data_type::data_type(node.arg_type()?)?,
        default: node.defexpr().map(expression::expression),
    })
}

pub(super) fn alter_function(
    node: Node<'_, ast::AlterFunctionStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let target = function_target(node.func()?, routine_kind(node.objtype()))?;
    let (mut security_definer, mut settings, mut reset) = (None, Vec::new(), false);
    for option in node.actions().of::<ast::DefElem>() {
        match option.defname() {
            "security" => {
                let value = option.arg().map(table::option_value);
                security_definer = value.map(|it| it == "true");
            }
            "set" => {
                let set = option.arg()?.cast::<ast::VariableSetStmt>()?;
                if set.kind() == ast::VariableSetKind::VarSetValue {
                    settings.extend(configuration(option));
                } else {
                    reset = true;
                }
            }
            _ => {}
        }
    }
    emit(
        target.range,
        Action::AlterFunction {
            target,
            security_definer,
            configuration: settings,
            reset,
        },
    );
    Some(())
}

/// A function as `ALTER`, `DROP` and `COMMENT` name it.
/// Which sort of function an object type is; `FUNCTION` for what is none.
pub(super) fn routine_kind(object_type: ast::ObjectType) -> RoutineKind {
    match object_type {
        ast::ObjectType::ObjectProcedure => RoutineKind::Procedure,
        ast::ObjectType::ObjectRoutine => RoutineKind::Routine,
        ast::ObjectType::ObjectAggregate => RoutineKind::Aggregate,
        _ => RoutineKind::Function,
    }
}

pub(super) fn function_target(
    node: Node<'_, ast::ObjectWithArgs>,
    kind: RoutineKind,
) -> Option<Target> {
    let arguments = node.objargs().of::<ast::TypeName>();
    Some(Target {
        kind: ObjectKind::Function(kind),
        name: name::qualified(node.objname())?,
        member: None,
        arguments: (!node.args_unspecified())
            .then(|| arguments.filter_map(data_type::data_type).collect()),
        range: node.range(),
    })
}

pub(super) fn create_trigger(
    node: Node<'_, ast::CreateTrigStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let range = name::find(node.erase(), node.trigname());
    let change = CreateTrigger {
        name: node.trigname().into(),
        relation: name::relation(node.relation()?),
        function: name::qualified(node.funcname())?,
        or_replace: node.replace(),
        referenced: node.constrrel().map(name::relation),
        clauses: trigger_clauses(node)?,
        row: node.row(),
    };
    emit(range, Action::CreateTrigger(Box::new(change)));
    Some(())
}

fn trigger_clauses(node: Node<'_, ast::CreateTrigStmt>) -> Option<TriggerClauses> {
    let (text, _) = name::clean(node.tree().text());
    let tokens = lex(&text, ParseOptions::default());
    let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    let find = |word: &str, from: usize| {
        let rest = tokens.get(from..)?;
        Some(from + rest.iter().position(|it| it.is_word(&text, word))?)
    };
    let between = |from: usize, to: usize| -> Option<Name> {
        let (from, to) = (tokens.get(from)?.start(), tokens.get(to)?.start());
        Some(text.get(from.into()..to.into())?.trim_end().into())
    };
    let own_name = find("trigger", 0)? + 1;
    let on = find("on", own_name + 1)?;
    let mut relation_end = on + 2;
    while tokens.get(relation_end)?.kind == TokenKind::Dot {
        relation_end += 2;
    }
    let execute = tokens.iter().rposition(|it| it.is_word(&text, "execute"))?;
    let rest = tokens.get(execute + 2..)?;
    let open = execute + 2 + rest.iter().position(|it| it.kind == TokenKind::LeftParen)?;
    Some(TriggerClauses {
        is_constraint: node.isconstraint(),
        event: between(own_name + 1, on)?,
        options: between(relation_end, execute)?,
        function: between(execute + 2, open)?,
        arguments: text[usize::from(tokens.get(open)?.start())..].into(),
    })
}

pub(super) fn create_policy(
    node: Node<'_, ast::CreatePolicyStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let range = name::find(node.erase(), node.policy_name());
    let change = CreatePolicy {
        name: node.policy_name().into(),
        relation: name::relation(node.table()?),
        command: match node.cmd_name() {
            "select" => PolicyCommand::Select,
            "insert" => PolicyCommand::Insert,
            "update" => PolicyCommand::Update,
            "delete" => PolicyCommand::Delete,
            _ => PolicyCommand::All,
        },
        permissive: node.permissive(),
        roles: roles(node.roles()),
        using: node.qual().map(expression::expression),
        with_check: node.with_check().map(expression::expression),
    };
    emit(range, Action::CreatePolicy(Box::new(change)));
    Some(())
}

pub(super) fn alter_policy(
    node: Node<'_, ast::AlterPolicyStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let range = name::find(node.erase(), node.policy_name());
    let change = CreatePolicy {
        name: node.policy_name().into(),
        relation: name::relation(node.table()?),
        command: PolicyCommand::All,
        permissive: true,
        roles: roles(node.roles()),
        using: node.qual().map(expression::expression),
        with_check: node.with_check().map(expression::expression),
    };
    emit(range, Action::AlterPolicy(Box::new(change)));
    Some(())
}

fn roles(nodes: Nodes<'_>) -> Vec<Name> {
    let roles = nodes.of::<ast::RoleSpec>();
    roles
        .map(|role| match role.roletype() {
            ast::RoleSpecType::RolespecPublic => Name::new_static("public"),
            ast::RoleSpecType::RolespecCurrentRole => Name::new_static("current_role"),
            ast::RoleSpecType::RolespecCurrentUser => Name::new_static("current_user"),
            ast::RoleSpecType::RolespecSessionUser => Name::new_static("session_user"),
            _ => role.rolename().into(),
        })
        .collect()
}
