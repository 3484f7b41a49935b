//! `CREATE TABLE` and its kin.

use super::{Emit, constraint, data_type, expression, index, name};
use crate::change::{
    Action, ColumnDefinition, ConstraintDefinition, CreateTable, ElementDefinition,
    IdentityDefinition, LikeOptions, PartitionBy, PartitionOf, TableElement,
};
use pglint_catalog::{Name, PartitionStrategy, Persistence, QualifiedName, RelationKind};
use pglint_syntax::ast::{self, ConstrType, OnCommitAction};
use pglint_syntax::{Node, ParseOptions, TokenKind, lex};

pub(super) fn create_table(node: Node<'_, ast::CreateStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let kind = match node.partspec() {
        Some(_) => RelationKind::PartitionedTable,
        None => RelationKind::Table,
    };
    emit_table(node, kind, emit)
}

pub(super) fn create_foreign_table(
    node: Node<'_, ast::CreateForeignTableStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    emit_table(node.base_stmt()?, RelationKind::ForeignTable, emit)
}

fn emit_table(
    node: Node<'_, ast::CreateStmt>,
    kind: RelationKind,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let relation = node.relation()?;
    let change = CreateTable {
        name: name::relation(relation),
        kind,
        persistence: persistence(relation.relpersistence()),
        on_commit_drop: node.oncommit() == OnCommitAction::OncommitDrop,
        if_not_exists: node.if_not_exists(),
        elements: node.table_elts().filter_map(element).collect(),
        inherits: node
            .inh_relations()
            .of::<ast::RangeVar>()
            .map(name::relation)
            .collect(),
        partition_of: node.partbound().map(bound),
        partition_by: node.partspec().map(partition_by),
        of_type: node
            .of_typename()
            .and_then(|it| name::qualified(it.names())),
        options: options(node.options()),
    };
    emit(relation.range(), Action::CreateTable(Box::new(change)));
    Some(())
}

pub(super) fn composite_type(
    node: Node<'_, ast::CompositeTypeStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let relation = node.typevar()?;
    let change = CreateTable {
        name: name::relation(relation),
        kind: RelationKind::CompositeType,
        persistence: Persistence::Permanent,
        on_commit_drop: false,
        if_not_exists: false,
        elements: node.coldeflist().filter_map(element).collect(),
        inherits: Vec::new(),
        partition_of: None,
        partition_by: None,
        of_type: None,
        options: Vec::new(),
    };
    emit(relation.range(), Action::CreateTable(Box::new(change)));
    Some(())
}

/// `pg_class.relpersistence`.
pub(super) fn persistence(letter: &str) -> Persistence {
    match letter {
        "t" => Persistence::Temporary,
        "u" => Persistence::Unlogged,
        _ => Persistence::Permanent,
    }
}

fn element(node: Node<'_>) -> Option<TableElement> {
    if let Some(definition) = node.cast::<ast::ColumnDef>() {
        return Some(TableElement::Column(Box::new(column(definition))));
    }
    if let Some(definition) = node.cast::<ast::Constraint>() {
        let mut definition = constraint::constraint(definition, None)?;
        // There are no rows yet that `NOT VALID` could spare.
        definition.validated = true;
        return Some(TableElement::Constraint(Box::new(definition)));
    }
    let like = node.cast::<ast::TableLikeClause>()?;
    Some(TableElement::Like(
        Box::new(name::relation(like.relation()?)),
        like_options(like.options()),
    ))
}

/// The bits of `TableLikeOption` in `parsenodes.h`.
fn like_options(bits: i32) -> LikeOptions {
    let has = |bit: i32| bits & (1 << bit) != 0;
    LikeOptions {
        comments: has(0),
        constraints: has(2),
        defaults: has(3),
        generated: has(4),
        identity: has(5),
        indexes: has(6),
    }
}

/// A column of `CREATE TABLE` or `ADD COLUMN`.
pub(super) fn column(node: Node<'_, ast::ColumnDef>) -> ColumnDefinition {
    let type_name = node.type_name();
    let serial = type_name.and_then(|it| Some((it, data_type::serial_type(it)?)));
    let mut definition = ColumnDefinition {
        name: node.colname().into(),
        range: name::identifier_at(node.erase(), node.range().start()),
        data_type: match serial {
            Some((node, integer)) => Some(data_type::builtin(node, integer)),
            None => type_name.and_then(data_type::data_type),
        },
        serial: serial.is_some(),
        collation: node.coll_clause().and_then(collation),
        default: node.raw_default().map(expression::boxed),
        generated: None,
        identity: None,
        null: None,
        constraints: Box::default(),
    };
    let mut constraints = Vec::new();
    for part in node.constraints().of::<ast::Constraint>() {
        add_column_constraint(&mut definition, &mut constraints, part, node.colname());
    }
    definition.constraints = constraints.into();
    definition
}

/// The name of a collation, without schema.
pub(super) fn collation(node: Node<'_, ast::CollateClause>) -> Option<Name> {
    node.collname().last().map(Name::from)
}

fn add_column_constraint(
    definition: &mut ColumnDefinition,
    constraints: &mut Vec<ConstraintDefinition>,
    part: Node<'_, ast::Constraint>,
    column: &str,
) {
    match part.contype() {
        ConstrType::ConstrNull => definition.null = Some(part.range()),
        ConstrType::ConstrDefault => {
            definition.default = part.raw_expr().map(expression::boxed);
        }
        ConstrType::ConstrGenerated => {
            let generated = part.raw_expr().map(expression::expression);
            let stored = part.generated_kind() != "v";
            definition.generated = generated.map(|it| Box::new((it, stored)));
        }
        ConstrType::ConstrIdentity => definition.identity = Some(Box::new(identity(part))),
        kind @ (ConstrType::ConstrAttrDeferrable
        | ConstrType::ConstrAttrDeferred
        | ConstrType::ConstrAttrEnforced
        | ConstrType::ConstrAttrNotEnforced) => {
            if let Some(last) = constraints.last_mut() {
                constraint::apply_attribute(last, kind);
            }
        }
        _ => {
            constraints.extend(constraint::constraint(part, Some(column)));
        }
    }
}

/// `GENERATED ... AS IDENTITY (...)`.
pub(super) fn identity(node: Node<'_, ast::Constraint>) -> IdentityDefinition {
    let options = node.options().of::<ast::DefElem>();
    let mut named = options.filter(|it| it.defname() == "sequence_name");
    let sequence_name = named
        .next()
        .and_then(|it| name::qualified(name::strings(it.arg()?)));
    IdentityDefinition {
        always: node.generated_when() == "a",
        sequence_name,
        range: node.range(),
    }
}

/// `FOR VALUES ...` or `DEFAULT`.
pub(super) fn bound(node: Node<'_, ast::PartitionBoundSpec>) -> PartitionOf {
    PartitionOf {
        text: if node.is_default() {
            Name::new_static("DEFAULT")
        } else {
            bound_text(node.text())
        },
        is_default: node.is_default(),
        range: node.range(),
    }
}

/// `FOR VALUES FROM (...) TO (...)`, `IN (...)` or `WITH (...)`, without what may
/// follow: `PARTITION BY`, `WITH (fillfactor = 70)`.
fn bound_text(text: &str) -> Name {
    let (text, _) = name::clean(text);
    let tokens = lex(&text, ParseOptions::default());
    let is_range = tokens.iter().any(|it| it.is_word(&text, "to"));
    let mut groups = if is_range { 2 } else { 1 };
    let mut depth = 0;
    for token in tokens {
        match token.kind {
            TokenKind::LeftParen => depth += 1,
            TokenKind::RightParen => depth -= 1,
            _ => continue,
        }
        if depth == 0 && token.kind == TokenKind::RightParen {
            groups -= 1;
        }
        if groups == 0 {
            return text[..usize::from(token.end())].into();
        }
    }
    text.into()
}

fn partition_by(node: Node<'_, ast::PartitionSpec>) -> PartitionBy {
    let elements = node.part_params().of::<ast::PartitionElem>();
    PartitionBy {
        strategy: match node.strategy() {
            ast::PartitionStrategy::PartitionStrategyList => PartitionStrategy::List,
            ast::PartitionStrategy::PartitionStrategyHash => PartitionStrategy::Hash,
            _ => PartitionStrategy::Range,
        },
        elements: elements.map(partition_element).collect(),
    }
}

fn partition_element(node: Node<'_, ast::PartitionElem>) -> ElementDefinition {
    let simple = node.expr().and_then(index::column_in_parentheses);
    let (column, collation) = match &simple {
        Some((column, collation)) => (Some(column.clone()), collation.clone()),
        None => {
            let collation = node.collation().last().map(Name::from);
            (name::optional(node.name()), collation)
        }
    };
    let expression = node.expr().filter(|_| simple.is_none());
    ElementDefinition {
        column,
        expression: expression.map(expression::boxed),
        label: Name::default(),
        operator_class: node.opclass().last().map(Name::from),
        collation,
        descending: false,
        nulls_first: false,
    }
}

/// Storage parameters or view options as `name=value`, sorted by nothing: in the
/// order of the text.
pub(super) fn options(nodes: pglint_syntax::tree::Nodes<'_>) -> Vec<Name> {
    let options = nodes.of::<ast::DefElem>();
    options
        .map(|option| {
            let value = option.arg().map_or("true".to_owned(), option_value);
            format!("{}={value}", option.defname()).into()
        })
        .collect()
}

/// The value of an option as text.
pub(super) fn option_value(node: Node<'_>) -> String {
    if let Some(string) = node.cast::<ast::String>() {
        return string.sval().to_owned();
    }
    if let Some(integer) = node.cast::<ast::Integer>() {
        return integer.ival().to_string();
    }
    if let Some(float) = node.cast::<ast::Float>() {
        return float.fval().to_owned();
    }
    if let Some(boolean) = node.cast::<ast::Boolean>() {
        return boolean.boolval().to_string();
    }
    if let Some(type_name) = node.cast::<ast::TypeName>() {
        let named: Option<QualifiedName> = name::qualified(type_name.names());
        return named.map(|it| it.to_string()).unwrap_or_default();
    }
    name::clean_text(node).to_string()
}
