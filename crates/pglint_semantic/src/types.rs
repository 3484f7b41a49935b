//! Types of type names and of simple expressions.
//!
//! Not an implementation of PostgreSQL's type resolution: what takes operator or
//! function look-up is not known, but for a few functions of the server.

use pglint_catalog::{
    Catalog, DataType, Lookup, Modifier, QualifiedName, SearchPath, TypeId, TypeReference,
};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};

use crate::resolve::{Reference, Resolution};

/// The type that a type name stands for, its modifier left out. `None` for
/// `column%TYPE`.
pub fn data_type(
    name: Node<'_, ast::TypeName>,
    catalog: &Catalog,
    search_path: &SearchPath,
) -> Option<DataType> {
    if name.pct_type() {
        return None;
    }
    let names = name.names().to_vec();
    let (schema, name_alone) = match names.as_slice() {
        [name] => (None, *name),
        [.., schema, name] => (Some(*schema), *name),
        [] => return None,
    };
    let unknown = || {
        TypeReference::Unknown(Box::new(QualifiedName {
            schema: schema.map(Into::into),
            name: name_alone.into(),
        }))
    };
    let reference = match catalog.lookup_type(schema, name_alone, search_path) {
        Lookup::Found(found) => TypeReference::Known(found.id),
        Lookup::Missing | Lookup::Unknown => unknown(),
    };
    Some(DataType {
        reference,
        modifier: Modifier::None,
        array: !name.array_bounds().is_empty(),
    })
}

/// The type of an expression: of a column, a cast, a literal, a comparison, a few
/// functions of the server. `None` when it is not known.
pub fn expression_type(
    resolution: &Resolution,
    expression: Node<'_>,
    catalog: &Catalog,
    search_path: &SearchPath,
) -> Option<DataType> {
    Types {
        resolution,
        catalog,
        search_path,
    }
    .of(expression, 0)
}

struct Types<'a> {
    resolution: &'a Resolution,
    catalog: &'a Catalog,
    search_path: &'a SearchPath,
}

/// How deep an expression is looked into.
const DEPTH: u32 = 50;

impl Types<'_> {
    fn of(&self, node: Node<'_>, depth: u32) -> Option<DataType> {
        if depth > DEPTH {
            return None;
        }
        match node.node_kind() {
            NodeKind::ColumnRef => self.of_column(node),
            NodeKind::TypeCast => {
                let cast = node.cast::<ast::TypeCast>()?;
                data_type(cast.type_name()?, self.catalog, self.search_path)
            }
            NodeKind::AConst => of_constant(node.cast()?),
            NodeKind::BoolExpr | NodeKind::NullTest | NodeKind::BooleanTest => {
                builtin(TypeId::BOOL)
            }
            NodeKind::AExpr => self.of_operator(node.cast()?),
            NodeKind::SubLink => self.of_sublink(node.cast()?),
            NodeKind::FuncCall => of_function(node.cast()?),
            NodeKind::SQLValueFunction => of_value_function(node.cast()?),
            NodeKind::CollateClause => {
                self.of(node.cast::<ast::CollateClause>()?.arg()?, depth + 1)
            }
            NodeKind::CoalesceExpr => self.common(node.cast::<ast::CoalesceExpr>()?.args(), depth),
            NodeKind::MinMaxExpr => self.common(node.cast::<ast::MinMaxExpr>()?.args(), depth),
            NodeKind::CaseExpr => {
                let case = node.cast::<ast::CaseExpr>()?;
                let results = case.args().of::<ast::CaseWhen>();
                let results = results.filter_map(|it| it.result());
                self.common(results.chain(case.defresult()), depth)
            }
            NodeKind::AArrayExpr => {
                let elements = node.cast::<ast::AArrayExpr>()?.elements();
                let element = self.common(elements, depth)?;
                Some(DataType {
                    array: true,
                    ..element
                })
            }
            _ => None,
        }
    }

    fn of_column(&self, node: Node<'_>) -> Option<DataType> {
        let column = match self.resolution.reference(node)? {
            Reference::Column { column, .. } => self.resolution.column(*column)?,
            Reference::Output { query, column } => {
                let columns = &self.resolution[*query].columns;
                columns.known.get(*column as usize)?
            }
            _ => return None,
        };
        column.data_type.clone()
    }

    fn of_operator(&self, node: Node<'_, ast::AExpr>) -> Option<DataType> {
        use ast::AExprKind as Operator;
        match node.kind() {
            Operator::AexprNullif => self.of(node.lexpr()?, 1),
            Operator::AexprOp => match node.name().last()? {
                "=" | "<>" | "<" | ">" | "<=" | ">=" => builtin(TypeId::BOOL),
                _ => None,
            },
            Operator::Undefined => None,
            _ => builtin(TypeId::BOOL),
        }
    }

    fn of_sublink(&self, node: Node<'_, ast::SubLink>) -> Option<DataType> {
        let column = || {
            let query = self.resolution.query_of(node.subselect()?)?;
            let columns = &self.resolution[query].columns;
            columns.known.first()?.data_type.clone()
        };
        match node.sub_link_type() {
            ast::SubLinkType::ExprSublink => column(),
            ast::SubLinkType::ArraySublink => column().map(|element| DataType {
                array: true,
                ..element
            }),
            ast::SubLinkType::MultiexprSublink => None,
            _ => builtin(TypeId::BOOL),
        }
    }

    /// The type of all, when it is one; NULL and a string literal take any.
    fn common<'t>(&self, nodes: impl Iterator<Item = Node<'t>>, depth: u32) -> Option<DataType> {
        let mut common = None;
        let mut has_string = false;
        for node in nodes {
            let constant = node.cast::<ast::AConst>();
            if constant.is_some_and(|it| it.isnull()) {
                continue;
            }
            if constant.is_some_and(|it| it.sval().is_some()) {
                has_string = true;
                continue;
            }
            let found = self.of(node, depth + 1)?;
            match &common {
                None => common = Some(found),
                Some(before) if *before == found => {}
                Some(_) => return None,
            }
        }
        let text = || has_string.then(|| DataType::builtin(TypeId::TEXT));
        common.or_else(text)
    }
}

fn builtin(id: TypeId) -> Option<DataType> {
    Some(DataType::builtin(id))
}

/// A string literal is of type unknown until something decides; as the column of
/// a query it becomes text (`resolveTargetListUnknowns`).
pub(crate) fn of_constant(node: Node<'_, ast::AConst>) -> Option<DataType> {
    if node.ival().is_some() {
        return builtin(TypeId::INT4);
    }
    if let Some(number) = node.fval() {
        return of_number(number.fval());
    }
    if node.boolval().is_some() {
        return builtin(TypeId::BOOL);
    }
    node.sval().and_then(|_| builtin(TypeId::TEXT))
}

/// A number that is no plain `integer` (`make_const` of parse_node.c). Those in
/// other bases and with underscores are left aside.
fn of_number(number: &str) -> Option<DataType> {
    let is_plain = |character: char| character.is_ascii_digit() || "+-.eE".contains(character);
    if !number.chars().all(is_plain) {
        return None;
    }
    builtin(match number.parse::<i64>() {
        Ok(whole) if i32::try_from(whole).is_ok() => TypeId::INT4,
        Ok(_) => TypeId::INT8,
        Err(_) => TypeId::NUMERIC,
    })
}

/// Functions of the server whose type is the same for all arguments.
pub(crate) fn of_function(node: Node<'_, ast::FuncCall>) -> Option<DataType> {
    let names = node.funcname().to_vec();
    let name = match names.as_slice() {
        [name] | ["pg_catalog", name] => *name,
        _ => return None,
    };
    if matches!(name, "string_to_array" | "regexp_split_to_array") {
        return Some(DataType {
            array: true,
            ..DataType::builtin(TypeId::TEXT)
        });
    }
    builtin(match name {
        "now"
        | "clock_timestamp"
        | "statement_timestamp"
        | "transaction_timestamp"
        | "to_timestamp" => TypeId::TIMESTAMPTZ,
        "count" | "nextval" | "currval" | "lastval" | "row_number" | "rank" | "dense_rank" => {
            TypeId::INT8
        }
        "gen_random_uuid" | "uuidv4" | "uuidv7" => TypeId::UUID,
        "exists" | "bool_and" | "bool_or" | "every" | "starts_with" => TypeId::BOOL,
        "to_char" | "concat" | "concat_ws" | "md5" | "format" => TypeId::TEXT,
        "to_date" | "make_date" => TypeId::DATE,
        "jsonb_agg" | "jsonb_build_object" | "jsonb_build_array" | "to_jsonb"
        | "jsonb_object_agg" => TypeId::JSONB,
        "json_agg" | "json_build_object" | "json_build_array" | "to_json" | "row_to_json"
        | "json_object_agg" => TypeId::JSON,
        _ => return None,
    })
}

pub(crate) fn of_value_function(node: Node<'_, ast::SQLValueFunction>) -> Option<DataType> {
    use ast::SQLValueFunctionOp as Op;
    builtin(match node.op() {
        Op::SvfopCurrentDate => TypeId::DATE,
        Op::SvfopCurrentTime | Op::SvfopCurrentTimeN => TypeId::TIMETZ,
        Op::SvfopCurrentTimestamp | Op::SvfopCurrentTimestampN => TypeId::TIMESTAMPTZ,
        Op::SvfopLocaltime | Op::SvfopLocaltimeN => TypeId::TIME,
        Op::SvfopLocaltimestamp | Op::SvfopLocaltimestampN => TypeId::TIMESTAMP,
        _ => return None,
    })
}
