//! Writes the Rust text: marker types, the table of fields, accessors, enums.

use std::collections::HashMap;
use std::fmt::Write;

use super::headers::{CType, Headers, Member};
use super::proto::{Definitions, Enum, Field, Message};

/// Lists whose elements are always names (`String` nodes) in a raw parse tree;
/// a `*` at the end of `ColumnRef.fields` is the one exception, and the decoder
/// keeps it apart. Source: gram.y.
const NAME_LISTS: &[&str] = &[
    "A_Expr.name",
    "Alias.colnames",
    "AccessPriv.cols",
    "AlterDomainStmt.type_name",
    "AlterEnumStmt.type_name",
    "AlterTypeStmt.type_name",
    "CTESearchClause.search_col_list",
    "CTECycleClause.cycle_col_list",
    "CollateClause.collname",
    "ColumnRef.fields",
    "CommonTableExpr.aliascolnames",
    "Constraint.fk_attrs",
    "Constraint.fk_del_set_cols",
    "Constraint.including",
    "Constraint.keys",
    "Constraint.pk_attrs",
    "CopyStmt.attlist",
    "CreateDomainStmt.domainname",
    "CreateEnumStmt.type_name",
    "CreateEnumStmt.vals",
    "CreateEventTrigStmt.funcname",
    "CreateFunctionStmt.funcname",
    "CreateRangeStmt.type_name",
    "CreateStatsStmt.defnames",
    "CreateTrigStmt.args",
    "CreateTrigStmt.columns",
    "CreateTrigStmt.funcname",
    "DefineStmt.defnames",
    "FuncCall.funcname",
    "IndexElem.collation",
    "IndexElem.opclass",
    "IntoClause.col_names",
    "JoinExpr.using_clause",
    "ObjectWithArgs.objname",
    "PartitionElem.collation",
    "PartitionElem.opclass",
    "PublicationTable.columns",
    "RangeTableSample.method",
    "SortBy.use_op",
    "SubLink.oper_name",
    "TypeName.names",
    "VacuumRelation.va_cols",
    "ViewStmt.aliases",
];

/// Nodes that only parse analysis, the rewriter or the planner make; a raw parse
/// tree never holds one, so no code is generated for them. Source: the comments
/// of parsenodes.h and primnodes.h.
const ANALYSED_ONLY: &[&str] = &[
    "Aggref",
    "AlternativeSubPlan",
    "ArrayCoerceExpr",
    "ArrayExpr",
    "CallContext",
    "CaseTestExpr",
    "CoerceToDomain",
    "CoerceToDomainValue",
    "CoerceViaIO",
    "ConvertRowtypeExpr",
    "DistinctExpr",
    "FieldSelect",
    "FieldStore",
    "FromExpr",
    "FuncExpr",
    "InferenceElem",
    "InlineCodeBlock",
    "JsonConstructorExpr",
    "JsonExpr",
    "JsonTablePath",
    "JsonTablePathScan",
    "JsonTableSiblingJoin",
    "MergeAction",
    "NextValueExpr",
    "NullIfExpr",
    "OidList",
    "OnConflictExpr",
    "OpExpr",
    "Param",
    "Query",
    "RTEPermissionInfo",
    "RangeTblEntry",
    "RangeTblFunction",
    "RangeTblRef",
    "RawStmt",
    "RelabelType",
    "ReturningExpr",
    "RowCompareExpr",
    "RowMarkClause",
    "ScalarArrayOpExpr",
    "SetOperationStmt",
    "SortGroupClause",
    "SubPlan",
    "SubscriptingRef",
    "TableSampleClause",
    "TargetEntry",
    "Var",
    "WindowClause",
    "WindowFunc",
    "WindowFuncRunCondition",
    "WithCheckOption",
];

/// Fields that a raw parse tree never fills.
const ANALYSED_FIELDS: &[&str] = &[
    "xpr",
    "cooked_expr",
    "cooked_default",
    "old_conpfeqop",
    "typemod",
    "rtindex",
    "view_query",
    "rewrite_query",
    "transformed",
];

/// What a field is in the packed tree.
enum Shape {
    Bool,
    Int,
    Enum(String),
    Str,
    Node(Option<String>),
    Nodes,
    Names,
}

struct Kind<'a> {
    tag: u32,
    name: &'a str,
    fields: Vec<(&'a Field, Shape)>,
}

pub(crate) fn render(definitions: &Definitions, headers: &Headers) -> Result<String, String> {
    let node = definitions
        .messages
        .iter()
        .find(|message| message.name == "Node")
        .ok_or("pg_query.proto defines no message Node")?;
    let tags: HashMap<&str, u32> = node
        .fields
        .iter()
        .map(|field| (field.kind.as_str(), field.number))
        .collect();
    let enums: HashMap<&str, &Enum> = definitions
        .enums
        .iter()
        .map(|each| (each.name.as_str(), each))
        .collect();
    let mut kinds: Vec<Kind<'_>> = definitions
        .messages
        .iter()
        .filter(|message| !ANALYSED_ONLY.contains(&message.name.as_str()))
        .filter_map(|message| {
            Some(Kind {
                tag: *tags.get(message.name.as_str())?,
                name: &message.name,
                fields: fields(message, &tags, &enums),
            })
        })
        .collect();
    kinds.sort_by_key(|kind| kind.tag);
    if let Some(kind) = kinds.iter().find(|kind| kind.fields.len() > 32) {
        return Err(format!("{} has more than 32 fields", kind.name));
    }
    let mut out = String::from(HEADER);
    render_kind_enum(&mut out, &kinds);
    render_table(&mut out, &kinds, headers)?;
    for kind in &kinds {
        render_accessors(&mut out, kind);
    }
    for each in used_enums(&kinds, &enums) {
        check_enum(each, headers)?;
        render_enum(&mut out, each);
    }
    Ok(out)
}

const HEADER: &str = "//! The node types of PostgreSQL's raw parse tree. Generated by `cargo xtask ast`; do not edit.
//!
//! Types, fields and values have PostgreSQL's names (`src/include/nodes/parsenodes.h`
//! and `primnodes.h`), in Rust's case, so that PostgreSQL's documentation and
//! source stay searchable.
#![allow(missing_docs, reason = \"the names and their meaning are PostgreSQL's\")]

use super::CType::{Bool, Char, Enum, Int, Letters, Long, Pointer, Short, Struct, Text, Value};
use super::{FieldShape, FieldSpec, Kind, KindInfo};
use crate::tree::{Names, Node, Nodes};

";

fn fields<'a>(
    message: &'a Message,
    tags: &HashMap<&str, u32>,
    enums: &HashMap<&str, &Enum>,
) -> Vec<(&'a Field, Shape)> {
    let mut kept = Vec::new();
    for field in &message.fields {
        if ANALYSED_FIELDS.contains(&field.name.as_str())
            || ANALYSED_ONLY.contains(&field.kind.as_str())
        {
            continue;
        }
        let qualified = format!("{}.{}", message.name, field.name);
        let shape = match (field.repeated, field.kind.as_str()) {
            (true, "Node") if NAME_LISTS.contains(&qualified.as_str()) => Shape::Names,
            (true, "Node") => Shape::Nodes,
            (true, _) => continue,
            (false, "bool") => Shape::Bool,
            (false, "int32" | "int64") => Shape::Int,
            // The only unsigned number that the raw parser fills: `INCLUDING ...`.
            (false, "uint32") if qualified == "TableLikeClause.options" => Shape::Int,
            (false, "string") => Shape::Str,
            (false, "Node") => Shape::Node(None),
            (false, kind) if tags.contains_key(kind) => Shape::Node(Some(kind.to_owned())),
            (false, kind) if enums.contains_key(kind) => Shape::Enum(kind.to_owned()),
            // What is left are object ids and bit sets, which parse analysis fills.
            (false, _) => continue,
        };
        kept.push((field, shape));
    }
    kept
}

fn render_kind_enum(out: &mut String, kinds: &[Kind<'_>]) {
    out.push_str("/// The kind of a node: PostgreSQL's `NodeTag`.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[repr(u16)]\npub enum NodeKind {\n");
    for (index, kind) in kinds.iter().enumerate() {
        let _ = writeln!(out, "/// `{}`\n{} = {index},", kind.name, camel(kind.name));
    }
    out.push_str("}\n\n");
    let _ = writeln!(
        out,
        "/// Every kind, in the order of its number.\npub static NODE_KINDS: [NodeKind; {}] = [{}];\n",
        kinds.len(),
        kinds
            .iter()
            .map(|kind| format!("NodeKind::{},", camel(kind.name)))
            .collect::<String>()
    );
}

fn render_table(out: &mut String, kinds: &[Kind<'_>], headers: &Headers) -> Result<(), String> {
    let index_of: HashMap<&str, usize> = kinds
        .iter()
        .enumerate()
        .map(|(index, kind)| (kind.name, index))
        .collect();
    let _ = writeln!(
        out,
        "/// What the decoder knows of each kind, by its number.\npub(crate) static KINDS: [KindInfo; {}] = [",
        kinds.len()
    );
    for kind in kinds {
        let members = headers.members(kind.name)?;
        let mut flags = 0u32;
        let mut rows = String::new();
        for (slot, (field, shape)) in kind.fields.iter().enumerate() {
            let shape = match shape {
                Shape::Bool => {
                    flags |= 1 << slot;
                    "Bool".to_owned()
                }
                Shape::Int | Shape::Enum(_) => "Int".to_owned(),
                Shape::Str => "Str".to_owned(),
                Shape::Node(None) => "Node".to_owned(),
                Shape::Node(Some(name)) => {
                    format!("Message({})", index_of.get(name.as_str()).unwrap_or(&0))
                }
                Shape::Nodes => "Nodes".to_owned(),
                Shape::Names => "Names".to_owned(),
            };
            let _ = write!(
                rows,
                "FieldSpec {{ member: {}, name: {:?}, shape: FieldShape::{shape} }},",
                member_of(kind.name, field, members)?,
                field.name
            );
        }
        let members = { members.iter() }
            .map(|it| c_type(headers.c_type(it)?, &index_of))
            .collect::<Result<Vec<_>, String>>()?;
        let _ = writeln!(
            out,
            "KindInfo {{ tag: {}, flags: {flags:#x}, members: &[{}], fields: &[{rows}] }},",
            headers.tag(kind.name)?,
            members.join(",")
        );
    }
    out.push_str("];\n\n");
    Ok(())
}

/// The place of the member that a field is, `type_name` of `typeName`. All values of
/// a constant are in one union.
fn member_of(kind: &str, field: &Field, members: &[Member]) -> Result<usize, String> {
    let squeezed = |name: &str| name.replace('_', "").to_lowercase();
    let name = match kind {
        "List" | "IntList" => return Ok(0),
        "A_Const" if field.name.ends_with("val") => "val".to_owned(),
        "CreateForeignTableStmt" if field.name == "base_stmt" => "base".to_owned(),
        _ => squeezed(&field.name),
    };
    let place = members.iter().position(|it| squeezed(&it.name) == name);
    place.ok_or_else(|| format!("no header has {kind}.{}", field.name))
}

fn c_type(member: CType, index_of: &HashMap<&str, usize>) -> Result<String, String> {
    Ok(match member {
        CType::Bool => "Bool".to_owned(),
        CType::Char => "Char".to_owned(),
        CType::Short => "Short".to_owned(),
        CType::Int => "Int".to_owned(),
        CType::Long => "Long".to_owned(),
        CType::Enum(first) => format!("Enum({first})"),
        CType::Letters(letters) => format!("Letters({letters:?})"),
        CType::Text => "Text".to_owned(),
        CType::Pointer => "Pointer".to_owned(),
        CType::Value => "Value".to_owned(),
        CType::Struct(name) => match index_of.get(name.as_str()) {
            Some(index) => format!("Struct({index})"),
            None => return Err(format!("{name} is within another struct")),
        },
    })
}

/// The decoder counts values of an enum from 1, as the protobuf definitions do.
fn check_enum(each: &Enum, headers: &Headers) -> Result<(), String> {
    let values = each.values.iter().filter(|(_, number)| *number != 0);
    let values: Vec<&str> = values.map(|(value, _)| value.as_str()).collect();
    let numbers = { each.values.iter() }.map(|(_, number)| *number);
    let is_counted = numbers.eq(0..each.values.len() as u32);
    let is_same = is_counted && headers.values(&each.name).is_some_and(|it| it == values);
    is_same
        .then_some(())
        .ok_or_else(|| format!("{} has other values in the headers", each.name))
}

fn render_accessors(out: &mut String, kind: &Kind<'_>) {
    let name = camel(kind.name);
    let _ = writeln!(
        out,
        "/// PostgreSQL's `{}`.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub struct {name};\nimpl Kind for {name} {{ const KIND: NodeKind = NodeKind::{name}; }}",
        kind.name
    );
    if kind.fields.is_empty() {
        return;
    }
    let _ = writeln!(out, "impl<'t> Node<'t, {name}> {{");
    for (slot, (field, shape)) in kind.fields.iter().enumerate() {
        let method = identifier(&field.name);
        let (result, body) = match shape {
            Shape::Bool => ("bool".to_owned(), format!("self.flag_at({slot})")),
            Shape::Int => ("i32".to_owned(), format!("self.int_at({slot})")),
            Shape::Enum(each) => (
                camel(each),
                format!("{}::from_number(self.int_at({slot}))", camel(each)),
            ),
            Shape::Str => ("&'t str".to_owned(), format!("self.str_at({slot})")),
            Shape::Node(None) => (
                "Option<Node<'t>>".to_owned(),
                format!("self.node_at({slot})"),
            ),
            Shape::Node(Some(each)) => (
                format!("Option<Node<'t, {}>>", camel(each)),
                format!("self.message_at({slot})"),
            ),
            Shape::Nodes => ("Nodes<'t>".to_owned(), format!("self.nodes_at({slot})")),
            Shape::Names => ("Names<'t>".to_owned(), format!("self.names_at({slot})")),
        };
        let _ = writeln!(out, "pub fn {method}(self) -> {result} {{ {body} }}");
    }
    out.push_str("}\n\n");
}

fn used_enums<'a>(kinds: &[Kind<'_>], enums: &HashMap<&str, &'a Enum>) -> Vec<&'a Enum> {
    let mut used: Vec<&Enum> = kinds
        .iter()
        .flat_map(|kind| &kind.fields)
        .filter_map(|(_, shape)| match shape {
            Shape::Enum(name) => enums.get(name.as_str()).copied(),
            _ => None,
        })
        .collect();
    used.sort_by(|a, b| a.name.cmp(&b.name));
    used.dedup_by(|a, b| a.name == b.name);
    used
}

fn render_enum(out: &mut String, each: &Enum) {
    let name = camel(&each.name);
    let _ = writeln!(
        out,
        "/// PostgreSQL's `{}`.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum {name} {{",
        each.name
    );
    for (value, number) in &each.values {
        let variant = variant(value, *number);
        if *number == 0 {
            let _ = writeln!(out, "/// The field is not set.\n{variant},");
        } else {
            let _ = writeln!(out, "/// `{value}`\n{variant},");
        }
    }
    let _ = writeln!(
        out,
        "}}\nimpl {name} {{ pub(crate) fn from_number(number: i32) -> {name} {{ match number {{"
    );
    for (value, number) in each.values.iter().filter(|(_, number)| *number != 0) {
        let _ = writeln!(out, "{number} => {name}::{},", variant(value, *number));
    }
    let _ = writeln!(out, "_ => {name}::Undefined, }} }} }}\n");
}

fn variant(value: &str, number: u32) -> String {
    if number == 0 {
        "Undefined".to_owned()
    } else {
        // `AT_AddColumn` tells its words apart by case, `AEXPR_OP` by underscores.
        let mixed = value.chars().any(|letter| letter.is_ascii_lowercase());
        camel(&if mixed {
            value.to_owned()
        } else {
            value.to_lowercase()
        })
    }
}

/// `A_Expr_Kind` to `AExprKind`; letters inside a word keep their case.
fn camel(name: &str) -> String {
    let name = name
        .strip_prefix("AT_")
        .map_or_else(|| name.to_owned(), |rest| format!("At{rest}"));
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().collect::<String>() + letters.as_str()
            })
        })
        .collect()
}

fn identifier(name: &str) -> String {
    match name {
        "type" | "where" | "abstract" | "override" | "final" | "typeof" | "virtual" | "box"
        | "in" | "for" | "if" | "else" | "match" | "move" | "ref" | "return" | "static" => {
            format!("r#{name}")
        }
        _ => name.to_owned(),
    }
}
