//! Relations made by queries: views, `CREATE TABLE ... AS`, `SELECT INTO`.

use std::sync::Arc;

use super::{Emit, call, dynamic, name, output, session, table};
use crate::change::{Action, CreateFromQuery, RelationName};
use pglint_catalog::{Name, Persistence, RelationKind, quote_identifier};
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::{Node, ParseOptions, lex};

pub(super) fn create_view(node: Node<'_, ast::ViewStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let view = node.view()?;
    let mut change = from_query(
        node.erase(),
        name::relation(view),
        RelationKind::View,
        node.query()?,
    );
    change.persistence = table::persistence(view.relpersistence());
    change.or_replace = node.replace();
    change.aliases = name::all(node.aliases());
    change.options = table::options(node.options());
    // The server keeps it as an option.
    match node.with_check_option() {
        ast::ViewCheckOption::LocalCheckOption => change.options.push("check_option=local".into()),
        ast::ViewCheckOption::CascadedCheckOption => {
            change.options.push("check_option=cascaded".into());
        }
        _ => {}
    }
    if is_recursive(node) {
        change.query = recursive_query(&change);
    }
    emit(view.range(), Action::CreateFromQuery(Box::new(change)));
    Some(())
}

fn is_recursive(node: Node<'_, ast::ViewStmt>) -> bool {
    let text = node.text();
    let words = lex(text, ParseOptions::default());
    let mut words = words.iter().filter(|it| !it.is_trivia());
    let mut before = words.by_ref().take_while(|it| !it.is_word(text, "view"));
    before.any(|it| it.is_word(text, "recursive"))
}

/// `CREATE RECURSIVE VIEW v (a) AS q` is short for a view over a recursive CTE
/// (`makeRecursiveViewSelect` in `gram.y`).
fn recursive_query(view: &CreateFromQuery) -> Name {
    let name = quote_identifier(&view.name.name.name);
    let columns = view.aliases.iter().map(|it| quote_identifier(it));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let query = &view.query;
    format!("WITH RECURSIVE {name} ({columns}) AS ({query}) SELECT {columns} FROM {name}").into()
}

pub(super) fn create_table_as(
    node: Node<'_, ast::CreateTableAsStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let into = node.into()?;
    let relation = into.rel()?;
    let kind = match node.objtype() {
        ast::ObjectType::ObjectMatview => RelationKind::MaterializedView,
        _ => RelationKind::Table,
    };
    let mut change = from_query(node.erase(), name::relation(relation), kind, node.query()?);
    change.persistence = table::persistence(relation.relpersistence());
    change.on_commit_drop = into.on_commit() == ast::OnCommitAction::OncommitDrop;
    change.if_not_exists = node.if_not_exists();
    change.aliases = name::all(into.col_names());
    change.options = table::options(into.options());
    emit(relation.range(), Action::CreateFromQuery(Box::new(change)));
    Some(())
}

/// A query at top level: it makes a table (`SELECT INTO`), sets the search path,
/// or calls functions that may change the schema.
pub(super) fn select(node: Node<'_, ast::SelectStmt>, emit: &mut Emit<'_>) -> Option<()> {
    if let Some(relation) = node.into_clause().and_then(|it| it.rel()) {
        let mut change = from_query(
            node.erase(),
            name::relation(relation),
            RelationKind::Table,
            node.erase(),
        );
        change.persistence = table::persistence(relation.relpersistence());
        emit(relation.range(), Action::CreateFromQuery(Box::new(change)));
        return Some(());
    }
    let mut called = Vec::new();
    let calls = node
        .descendants()
        .filter_map(|it| it.cast::<ast::FuncCall>());
    for call in calls {
        match session::set_config(call) {
            Some(action) => emit(call.range(), action),
            None => called.extend(call::function_call(call)),
        }
    }
    if !called.is_empty() {
        let action = Action::CallFunctions {
            calls: called,
            mentioned: strings(node),
            is_sure: runs_once(node),
        };
        emit(node.range(), action);
    }
    Some(())
}

/// Whether a query evaluates all that is in it: there is no condition, and no row that
/// may be missing. `SELECT f()`, `SELECT * FROM f()`.
fn runs_once(node: Node<'_, ast::SelectStmt>) -> bool {
    let is_condition = |it: Node<'_>| {
        matches!(
            it.node_kind(),
            NodeKind::BoolExpr
                | NodeKind::CaseExpr
                | NodeKind::CoalesceExpr
                | NodeKind::SelectStmt
                | NodeKind::SubLink
        )
    };
    let is_call = |it: Node<'_>| it.is::<ast::FuncCall>();
    let targets = node.target_list();
    let rows = node.from_clause();
    let calls_for_rows = !rows.is_empty()
        && targets
            .clone()
            .any(|it| is_call(it) || it.descendants().any(is_call));
    node.where_clause().is_none()
        && node.having_clause().is_none()
        && node.limit_count().is_none()
        && node.limit_offset().is_none()
        && !calls_for_rows
        && node.from_clause().all(|it| it.is::<ast::RangeFunction>())
        && !node.descendants().any(is_condition)
}

/// The names in the string constants of a query.
fn strings(node: Node<'_, ast::SelectStmt>) -> Vec<Name> {
    let constants = node.descendants().filter_map(|it| it.cast::<ast::AConst>());
    let strings = constants.filter_map(|it| it.sval());
    strings
        .flat_map(|it| dynamic::mentioned(it.sval()))
        .collect()
}

/// A rule `ON SELECT` turns a table into a view.
pub(super) fn rule(node: Node<'_, ast::RuleStmt>, emit: &mut Emit<'_>) -> Option<()> {
    if node.event() != ast::CmdType::CmdSelect {
        return None;
    }
    let relation = name::relation(node.relation()?);
    emit(relation.range, Action::CreateSelectRule(relation));
    Some(())
}

/// `statement` makes a relation of `query`.
fn from_query(
    statement: Node<'_>,
    name: RelationName,
    kind: RelationKind,
    query: Node<'_>,
) -> CreateFromQuery {
    let mut change = CreateFromQuery {
        name,
        kind,
        persistence: Persistence::Permanent,
        on_commit_drop: false,
        if_not_exists: false,
        or_replace: false,
        aliases: Vec::new(),
        outputs: output::outputs(query, &Vec::new()),
        query: name::clean_text(query),
        query_range: query.range(),
        reads: Vec::new(),
        functions: Vec::new(),
        types: Vec::new(),
        tree: None,
        options: Vec::new(),
    };
    if kind != RelationKind::Table || change.outputs.is_none() {
        change.tree = Some((Arc::new(statement.tree().clone()), statement.node_number()));
    }
    let ctes: Vec<&str> = query
        .descendants()
        .filter_map(|it| Some(it.cast::<ast::CommonTableExpr>()?.ctename()))
        .collect();
    for part in query.descendants() {
        read_part(&mut change, part, &ctes);
    }
    change
}

fn read_part(change: &mut CreateFromQuery, part: Node<'_>, ctes: &[&str]) -> Option<()> {
    match part.node_kind() {
        NodeKind::RangeVar => {
            let relation = part.cast::<ast::RangeVar>()?;
            // `FOR UPDATE OF` names FROM items.
            let is_into = part
                .parent()
                .is_some_and(|it| it.is::<ast::IntoClause>() || it.is::<ast::LockingClause>());
            let is_cte = relation.schemaname().is_empty() && ctes.contains(&relation.relname());
            if !is_into && !is_cte {
                push_once(&mut change.reads, name::relation(relation).name);
            }
        }
        NodeKind::FuncCall => {
            let call = part.cast::<ast::FuncCall>()?;
            push_once(&mut change.functions, name::qualified(call.funcname())?);
        }
        NodeKind::TypeName => {
            let type_name = part.cast::<ast::TypeName>()?;
            if type_name.names().first() != Some("pg_catalog") {
                push_once(&mut change.types, name::qualified(type_name.names())?);
            }
        }
        _ => {}
    }
    Some(())
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
