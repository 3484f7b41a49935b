//! Calls of functions, with those arguments that are known before they run.

use super::constant::{Value, Variables, is_plain_integer, value};
use super::name;
use super::routine::own_search_path;
use crate::change::{CallArgument, FunctionCall};
use pglint_catalog::{Argument, ArgumentMode, Function, Name, TypeId};
use pglint_syntax::ast;
use pglint_syntax::{Node, ParseOptions, lex};

/// A call as it is written. `None` where the name has too many parts.
pub(super) fn function_call(node: Node<'_, ast::FuncCall>) -> Option<FunctionCall> {
    Some(FunctionCall {
        name: name::qualified(node.funcname())?,
        arguments: node.args().map(argument).collect(),
    })
}

fn argument(node: Node<'_>) -> CallArgument {
    let named = node.cast::<ast::NamedArgExpr>();
    let value = named.map_or(Some(node), |it| it.arg());
    let text = value.map_or("", |it| it.text());
    let is_constant = constant(text).is_some();
    CallArgument {
        name: named.map(|it| it.name().into()),
        constant: is_constant.then(|| text.into()),
    }
}

/// The value of SQL that needs nothing else to be known.
fn constant(text: &str) -> Option<Value> {
    let tokens = lex(text, ParseOptions::default());
    let tokens: Vec<_> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    value(&tokens, text, &Variables::default())
}

/// Whether a call runs the function's code, as far as the call tells: a `STRICT` one
/// is not run for NULL.
pub fn surely_runs(function: &Function, arguments: &[CallArgument]) -> bool {
    !function.strict || arguments.iter().all(|it| it.constant.is_some())
}

/// The parameters whose value a call tells, by name and as `$1`.
pub(super) fn parameters(function: &Function, arguments: &[CallArgument]) -> Variables {
    let mut variables = Variables::default();
    for (place, parameter) in function.inputs().enumerate() {
        let Some(value) = given(function, parameter, place, arguments) else {
            continue;
        };
        // Code says a name without quotes in any case.
        let name = parameter.name.as_ref().map(|it| it.to_lowercase());
        let name = name.filter(|it| parameter.name.as_deref() == Some(it));
        for name in name.into_iter().chain([format!("${}", place + 1)]) {
            variables.insert(name, value.clone());
        }
    }
    variables
}

fn given(
    function: &Function,
    parameter: &Argument,
    place: usize,
    arguments: &[CallArgument],
) -> Option<Value> {
    let by_name = |it: &&CallArgument| it.name.is_some() && it.name == parameter.name;
    let by_place = || arguments.get(place).filter(|it| it.name.is_none());
    let argument = arguments.iter().find(by_name).or_else(by_place);
    let text: Option<&Name> = match argument {
        Some(argument) => argument.constant.as_ref(),
        None => parameter.default.as_ref().map(|it| &it.text),
    };
    let value = constant(text?)?;
    keeps(function, parameter, &value).then_some(value)
}

/// Whether the value of a parameter is the text that it was given. Others may be
/// written in another way, as `1.0` for an integer or `public.t` for a table that is
/// not in the search path.
fn keeps(function: &Function, parameter: &Argument, value: &Value) -> bool {
    let id = parameter.data_type.element_id();
    let keeps_text = |text: &String| match id {
        Some(TypeId::TEXT | TypeId::VARCHAR | TypeId::NAME) => true,
        Some(TypeId::INT2 | TypeId::INT4 | TypeId::INT8) => is_plain_integer(text),
        Some(TypeId::REGCLASS) => own_search_path(function).is_none() && is_plain_name(text),
        _ => false,
    };
    if parameter.mode == ArgumentMode::Variadic {
        return false;
    }
    match value {
        Value::Text(text) if parameter.data_type.array => {
            let elements = Value::Text(text.clone()).list();
            elements.is_some_and(|it| it.iter().all(keeps_text))
        }
        Value::Text(text) => keeps_text(text),
        Value::List(list) => parameter.data_type.array && list.iter().all(keeps_text),
    }
}

fn is_plain_name(text: &str) -> bool {
    let mut letters = text.chars();
    let begins = text.starts_with(|it: char| it.is_ascii_lowercase() || it == '_');
    begins && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}
