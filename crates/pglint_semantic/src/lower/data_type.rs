//! Type names.

use super::name;
use crate::change::UnresolvedType;
use pglint_catalog::{Name, QualifiedName};
use pglint_syntax::Node;
use pglint_syntax::ast;

/// A type's name.
pub(super) fn data_type(node: Node<'_, ast::TypeName>) -> Option<UnresolvedType> {
    let mut names: Vec<&str> = node.names().collect();
    let column_type_of = if node.pct_type() {
        names.pop().map(Name::from)
    } else {
        None
    };
    Some(UnresolvedType {
        name: name::qualified(names)?,
        modifiers: node.typmods().map(modifier).collect(),
        array: !node.array_bounds().is_empty(),
        set_of: node.setof(),
        column_type_of,
        range: node.range(),
    })
}

/// The integer type behind `serial` and its kin (`transformColumnDefinition` in
/// `parse_utilcmd.c`). `None` for any other type.
pub(super) fn serial_type(node: Node<'_, ast::TypeName>) -> Option<&'static str> {
    match node.names().only()? {
        "smallserial" | "serial2" => Some("int2"),
        "serial" | "serial4" => Some("int4"),
        "bigserial" | "serial8" => Some("int8"),
        _ => None,
    }
}

/// A type of the server by its name in `pg_type`.
pub(super) fn builtin(node: Node<'_, ast::TypeName>, type_name: &'static str) -> UnresolvedType {
    UnresolvedType {
        name: QualifiedName::qualified("pg_catalog", type_name),
        modifiers: Box::default(),
        array: false,
        set_of: false,
        column_type_of: None,
        range: node.range(),
    }
}

fn modifier(node: Node<'_>) -> Name {
    if let Some(constant) = node.cast::<ast::AConst>() {
        if let Some(integer) = constant.ival() {
            return smol(integer.ival().to_string());
        }
        if let Some(string) = constant.sval() {
            return string.sval().into();
        }
        if let Some(float) = constant.fval() {
            return float.fval().into();
        }
    }
    match node.cast::<ast::ColumnRef>() {
        Some(column) => column.fields().last().unwrap_or_default().into(),
        None => name::clean_text(node),
    }
}

fn smol(text: String) -> Name {
    text.into()
}
