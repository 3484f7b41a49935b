//! Functions, procedures and aggregates.

use super::{Catalog, literal};
use crate::{
    Argument, ArgumentMode, Expression, Function, FunctionKind, Volatility, quote_identifier,
};
use std::fmt::Write;

impl Catalog {
    /// Empty for a function in C.
    pub(super) fn function_sql(&self, function: &Function) -> String {
        let body = match (&function.body, &function.definition) {
            (_, Some(options)) if function.kind == FunctionKind::Aggregate => {
                return self.aggregate_sql(function, options);
            }
            (None, Some(definition)) => format!("\n{definition}"),
            (Some(body), _) => {
                let tag = dollar_tag(body);
                format!(" AS {tag}{body}{tag}")
            }
            (None, None) => return String::new(),
        };
        let (word, returns) = match function.kind {
            FunctionKind::Procedure => ("PROCEDURE", String::new()),
            _ => ("FUNCTION", self.returns_sql(function)),
        };
        let inputs = function.arguments.iter();
        let inputs = inputs.filter(|it| it.mode != ArgumentMode::Table);
        let arguments: Vec<_> = inputs.map(|it| self.argument_sql(it)).collect();
        let mut out = format!(
            "CREATE {word} {}({}){returns} LANGUAGE {}",
            self.name_sql(function.schema, &function.name),
            arguments.join(", "),
            quote_identifier(&function.language),
        );
        match function.volatility {
            Volatility::Immutable => out.push_str(" IMMUTABLE"),
            Volatility::Stable => out.push_str(" STABLE"),
            Volatility::Volatile => {}
        }
        if function.kind == FunctionKind::Window {
            out.push_str(" WINDOW");
        }
        if function.strict {
            out.push_str(" STRICT");
        }
        if function.security_definer {
            out.push_str(" SECURITY DEFINER");
        }
        for setting in &function.configuration {
            if let Some((name, value)) = setting.split_once('=') {
                let _ = write!(out, " SET {name} TO {}", setting_sql(name, value));
            }
        }
        for option in &function.planner_options {
            let _ = write!(out, " {option}");
        }
        let _ = writeln!(out, "{body};");
        out
    }

    fn aggregate_sql(&self, function: &Function, options: &str) -> String {
        let name = self.name_sql(function.schema, &function.name);
        // In the old form the argument is one of the options.
        if options.to_ascii_lowercase().contains("basetype") {
            return format!("CREATE AGGREGATE {name} {options};\n");
        }
        let arguments = function.arguments.iter().map(|it| self.argument_sql(it));
        let arguments: Vec<_> = arguments.collect();
        let arguments = match arguments.is_empty() {
            true => "*".to_owned(),
            false => arguments.join(", "),
        };
        format!("CREATE AGGREGATE {name}({arguments}) {options};\n")
    }

    fn argument_sql(&self, argument: &Argument) -> String {
        let mode = match argument.mode {
            ArgumentMode::In | ArgumentMode::Table => "",
            ArgumentMode::Out => "OUT ",
            ArgumentMode::InOut => "INOUT ",
            ArgumentMode::Variadic => "VARIADIC ",
        };
        let name = argument.name.as_deref().map(quote_identifier);
        let space = if name.is_some() { " " } else { "" };
        let data_type = self.format_type_without_modifier(&argument.data_type);
        let default = argument.default.as_ref().map(|it: &Expression| &it.text);
        let default = default.map_or(String::new(), |it| format!(" DEFAULT {it}"));
        format!(
            "{mode}{}{space}{data_type}{default}",
            name.unwrap_or_default()
        )
    }

    fn returns_sql(&self, function: &Function) -> String {
        let table = function.arguments.iter();
        let table = table.filter(|it| it.mode == ArgumentMode::Table);
        let table: Vec<_> = table.map(|it| self.argument_sql(it)).collect();
        if !table.is_empty() {
            return format!(" RETURNS TABLE ({})", table.join(", "));
        }
        let set = if function.returns_set { "SETOF " } else { "" };
        match &function.returns {
            Some(returns) => {
                format!(
                    " RETURNS {set}{}",
                    self.format_type_without_modifier(returns)
                )
            }
            None => String::new(),
        }
    }
}

/// A search path is a list of names, another setting is one value.
fn setting_sql(name: &str, value: &str) -> String {
    match name {
        "search_path" => {
            let names: Vec<_> = value.split(", ").map(literal).collect();
            names.join(", ")
        }
        _ => literal(value),
    }
}

/// A dollar quote that the body does not hold.
fn dollar_tag(body: &str) -> String {
    let mut tag = "$$".to_owned();
    while body.contains(&tag) {
        tag.insert(1, 'x');
    }
    tag
}
