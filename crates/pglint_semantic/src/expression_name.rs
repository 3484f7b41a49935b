//! The name of an expression without an alias: `FigureColname` of parse_target.c.

use pglint_catalog::Name;
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};

/// Tells the name of the first column of a subquery.
pub(crate) type OfSubquery<'f, 't> = dyn Fn(Node<'t>) -> Option<Name> + 'f;

/// What PostgreSQL calls a column that is no more than an expression, and the key of an
/// index. `None` where it calls the one `?column?` and the other `expr`.
pub(crate) fn expression_name<'t>(
    node: Node<'t>,
    of_subquery: &OfSubquery<'_, 't>,
) -> Option<Name> {
    figure(node, of_subquery).map(|(name, _)| name)
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

fn figure<'t>(node: Node<'t>, of_subquery: &OfSubquery<'_, 't>) -> Figured {
    match node.node_kind() {
        NodeKind::ColumnRef => strong(node.cast::<ast::ColumnRef>()?.fields().last()?),
        NodeKind::FuncCall => strong(node.cast::<ast::FuncCall>()?.funcname().last()?),
        NodeKind::AIndirection => figure_indirection(node.cast()?, of_subquery),
        NodeKind::TypeCast => {
            let cast = node.cast::<ast::TypeCast>()?;
            or_weak(cast.arg().and_then(|it| figure(it, of_subquery)), || {
                cast.type_name()?.names().last()
            })
        }
        NodeKind::CollateClause => figure(node.cast::<ast::CollateClause>()?.arg()?, of_subquery),
        NodeKind::CaseExpr => {
            let case = node.cast::<ast::CaseExpr>()?;
            or_weak(
                case.defresult().and_then(|it| figure(it, of_subquery)),
                || Some("case"),
            )
        }
        NodeKind::SubLink => figure_sublink(node.cast()?, of_subquery),
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
fn figure_indirection<'t>(
    node: Node<'t, ast::AIndirection>,
    of_subquery: &OfSubquery<'_, 't>,
) -> Figured {
    let mut steps = node.indirection().of::<ast::String>();
    match steps.by_ref().last() {
        Some(field) => strong(field.sval()),
        None => figure(node.arg()?, of_subquery),
    }
}

fn figure_sublink<'t>(node: Node<'t, ast::SubLink>, of_subquery: &OfSubquery<'_, 't>) -> Figured {
    match node.sub_link_type() {
        ast::SubLinkType::ExistsSublink => strong("exists"),
        ast::SubLinkType::ArraySublink => strong("array"),
        ast::SubLinkType::ExprSublink => strong(of_subquery(node.subselect()?)?),
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
        NodeKind::SQLValueFunction => value_function(node.cast()?)?,
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

/// The keyword of `CURRENT_DATE` and its like, lower case.
pub(crate) fn value_function(node: Node<'_, ast::SQLValueFunction>) -> Option<&'static str> {
    use ast::SQLValueFunctionOp as Op;
    Some(match node.op() {
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
