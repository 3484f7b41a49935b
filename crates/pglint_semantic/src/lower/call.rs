//! Calls of functions, with those arguments that are known before they run.

use super::constant::{Value, Variables, value};
use super::name;
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
    let is_constant = constant(text, &Variables::default()).is_some();
    CallArgument {
        name: named.map(|it| it.name().into()),
        constant: is_constant.then(|| text.into()),
    }
}

fn constant(text: &str, variables: &Variables) -> Option<Value> {
    let tokens = lex(text, ParseOptions::default());
    let tokens: Vec<_> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    value(&tokens, text, variables)
}

/// The parameters whose value a call tells, by name and as `$1`.
pub(super) fn parameters(function: &Function, arguments: &[CallArgument]) -> Variables {
    let mut variables = Variables::default();
    for (place, parameter) in function.inputs().enumerate() {
        let Some(value) = given(parameter, place, arguments) else {
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

fn given(parameter: &Argument, place: usize, arguments: &[CallArgument]) -> Option<Value> {
    let by_name = |it: &&CallArgument| it.name.is_some() && it.name == parameter.name;
    let by_place = || arguments.get(place).filter(|it| it.name.is_none());
    let argument = arguments.iter().find(by_name).or_else(by_place);
    let text: Option<&Name> = match argument {
        Some(argument) => argument.constant.as_ref(),
        None => parameter.default.as_ref().map(|it| &it.text),
    };
    let value = constant(text?, &Variables::default())?;
    keeps(parameter, &value).then_some(value)
}

/// Whether the value of a parameter is the text that it was given. Others may be
/// written in another way, as `1.0` for an integer or `public.t` for a table.
fn keeps(parameter: &Argument, value: &Value) -> bool {
    let plain = |text: &String| {
        let mut letters = text.chars();
        letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
    };
    let texts = [TypeId::TEXT, TypeId::VARCHAR, TypeId::NAME];
    let plain_ones = [TypeId::INT2, TypeId::INT4, TypeId::INT8, TypeId::REGCLASS];
    let holds = |ids: &[TypeId]| {
        let id = parameter.data_type.element_id();
        id.is_some_and(|id| ids.contains(&id)) && parameter.mode != ArgumentMode::Variadic
    };
    match value {
        Value::Text(_) if holds(&texts) => true,
        Value::Text(text) => holds(&plain_ones) && !parameter.data_type.array && plain(text),
        Value::List(list) if parameter.data_type.array => {
            holds(&texts) || holds(&plain_ones) && list.iter().all(plain)
        }
        Value::List(_) => false,
    }
}
