//! The name of an output column that has no alias: `FigureColname` of
//! parse_target.c.

use pglint_catalog::Name;
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};

use super::resolution::Resolution;

/// The name that PostgreSQL gives a target without an alias. Subqueries in the
/// target must be resolved.
pub(super) fn target_name(resolution: &Resolution, target: Node<'_>) -> Name {
    match figure(resolution, target) {
        Some((name, _)) => name,
        None => Name::new_static("?column?"),
    }
}

/// How much a name is worth: a column's or function's name is kept, a type's name
/// or `case` only where there is nothing better.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Weak,
    Strong,
}

type Figured = Option<(Name, Strength)>;

fn strong(name: impl Into<Name>) -> Figured {
    Some((name.into(), Strength::Strong))
}

fn figure(resolution: &Resolution, node: Node<'_>) -> Figured {
    match node.node_kind() {
        NodeKind::ColumnRef => strong(node.cast::<ast::ColumnRef>()?.fields().last()?),
        NodeKind::FuncCall => strong(node.cast::<ast::FuncCall>()?.funcname().last()?),
        NodeKind::AIndirection => figure_indirection(resolution, node.cast()?),
        NodeKind::TypeCast => {
            let cast = node.cast::<ast::TypeCast>()?;
            or_weak(cast.arg().and_then(|it| figure(resolution, it)), || {
                cast.type_name()?.names().last()
            })
        }
        NodeKind::CollateClause => figure(resolution, node.cast::<ast::CollateClause>()?.arg()?),
        NodeKind::CaseExpr => {
            let case = node.cast::<ast::CaseExpr>()?;
            or_weak(
                case.defresult().and_then(|it| figure(resolution, it)),
                || Some("case"),
            )
        }
        NodeKind::SubLink => figure_sublink(resolution, node.cast()?),
        _ => strong(fixed_name(node)?),
    }
}

fn or_weak<'a>(found: Figured, weak: impl FnOnce() -> Option<&'a str>) -> Figured {
    match found {
        Some((_, Strength::Strong)) => found,
        _ => match weak() {
            Some(name) => Some((Name::new(name), Strength::Weak)),
            None => found,
        },
    }
}

/// The last field's name, subscripts left aside.
fn figure_indirection(resolution: &Resolution, node: Node<'_, ast::AIndirection>) -> Figured {
    let mut steps = node.indirection().of::<ast::String>();
    match steps.by_ref().last() {
        Some(field) => strong(field.sval()),
        None => figure(resolution, node.arg()?),
    }
}

fn figure_sublink(resolution: &Resolution, node: Node<'_, ast::SubLink>) -> Figured {
    match node.sub_link_type() {
        ast::SubLinkType::ExistsSublink => strong("exists"),
        ast::SubLinkType::ArraySublink => strong("array"),
        ast::SubLinkType::ExprSublink => {
            let query = resolution.query_of(node.subselect()?)?;
            strong(resolution[query].columns.known.first()?.name.clone())
        }
        _ => None,
    }
}

/// Kinds of expressions that have a name of their own.
fn fixed_name(node: Node<'_>) -> Option<&'static str> {
    Some(match node.node_kind() {
        NodeKind::AExpr => {
            let kind = node.cast::<ast::AExpr>()?.kind();
            return (kind == ast::AExprKind::AexprNullif).then_some("nullif");
        }
        NodeKind::GroupingFunc => "grouping",
        NodeKind::MergeSupportFunc => "merge_action",
        NodeKind::AArrayExpr => "array",
        NodeKind::RowExpr => "row",
        NodeKind::CoalesceExpr => "coalesce",
        NodeKind::MinMaxExpr => match node.cast::<ast::MinMaxExpr>()?.op() {
            ast::MinMaxOp::IsGreatest => "greatest",
            _ => "least",
        },
        NodeKind::SQLValueFunction => value_function(node.cast::<ast::SQLValueFunction>()?.op())?,
        NodeKind::XmlExpr => xml_function(node.cast::<ast::XmlExpr>()?.op())?,
        NodeKind::XmlSerialize => "xmlserialize",
        NodeKind::JsonParseExpr => "json",
        NodeKind::JsonScalarExpr => "json_scalar",
        NodeKind::JsonSerializeExpr => "json_serialize",
        NodeKind::JsonObjectConstructor => "json_object",
        NodeKind::JsonArrayConstructor | NodeKind::JsonArrayQueryConstructor => "json_array",
        NodeKind::JsonObjectAgg => "json_objectagg",
        NodeKind::JsonArrayAgg => "json_arrayagg",
        NodeKind::JsonFuncExpr => match node.cast::<ast::JsonFuncExpr>()?.op() {
            ast::JsonExprOp::JsonExistsOp => "json_exists",
            ast::JsonExprOp::JsonQueryOp => "json_query",
            ast::JsonExprOp::JsonValueOp => "json_value",
            _ => return None,
        },
        _ => return None,
    })
}

fn value_function(op: ast::SQLValueFunctionOp) -> Option<&'static str> {
    use ast::SQLValueFunctionOp as Op;
    Some(match op {
        Op::SvfopCurrentDate => "current_date",
        Op::SvfopCurrentTime | Op::SvfopCurrentTimeN => "current_time",
        Op::SvfopCurrentTimestamp | Op::SvfopCurrentTimestampN => "current_timestamp",
        Op::SvfopLocaltime | Op::SvfopLocaltimeN => "localtime",
        Op::SvfopLocaltimestamp | Op::SvfopLocaltimestampN => "localtimestamp",
        Op::SvfopCurrentRole => "current_role",
        Op::SvfopCurrentUser => "current_user",
        Op::SvfopUser => "user",
        Op::SvfopSessionUser => "session_user",
        Op::SvfopCurrentCatalog => "current_catalog",
        Op::SvfopCurrentSchema => "current_schema",
        Op::Undefined => return None,
    })
}

fn xml_function(op: ast::XmlExprOp) -> Option<&'static str> {
    use ast::XmlExprOp as Op;
    Some(match op {
        Op::IsXmlconcat => "xmlconcat",
        Op::IsXmlelement => "xmlelement",
        Op::IsXmlforest => "xmlforest",
        Op::IsXmlparse => "xmlparse",
        Op::IsXmlpi => "xmlpi",
        Op::IsXmlroot => "xmlroot",
        Op::IsXmlserialize => "xmlserialize",
        Op::IsDocument | Op::Undefined => return None,
    })
}
