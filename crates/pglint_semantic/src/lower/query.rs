//! Relations made by queries: views, `CREATE TABLE ... AS`, `SELECT INTO`.

use super::{Emit, data_type, dynamic, expression, name, session, table};
use crate::change::{Action, CreateFromQuery, OutputColumn, RelationName};
use pglint_catalog::{Name, Persistence, QualifiedName, RelationKind, quote_identifier};
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::{Node, ParseOptions, lex};

pub(super) fn create_view(node: Node<'_, ast::ViewStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let view = node.view()?;
    let mut change = from_query(name::relation(view), RelationKind::View, node.query()?);
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
    let mut change = from_query(name::relation(relation), kind, node.query()?);
    change.persistence = table::persistence(relation.relpersistence());
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
        let mut change = from_query(name::relation(relation), RelationKind::Table, node.erase());
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
            None => called.extend(name::qualified(call.funcname())),
        }
    }
    if !called.is_empty() {
        let action = Action::CallFunctions {
            functions: called,
            mentioned: strings(node),
            is_sure: true,
        };
        emit(node.range(), action);
    }
    Some(())
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

fn from_query(name: RelationName, kind: RelationKind, query: Node<'_>) -> CreateFromQuery {
    let mut change = CreateFromQuery {
        name,
        kind,
        persistence: Persistence::Permanent,
        if_not_exists: false,
        or_replace: false,
        aliases: Vec::new(),
        outputs: outputs(query, &Vec::new()),
        query: name::clean_text(query),
        query_range: query.range(),
        reads: Vec::new(),
        functions: Vec::new(),
        types: Vec::new(),
        columns: Vec::new(),
        options: Vec::new(),
    };
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
            let is_into = part.parent().is_some_and(|it| it.is::<ast::IntoClause>());
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
        NodeKind::ColumnRef => {
            let mut fields = part.cast::<ast::ColumnRef>()?.fields();
            if !fields.has_star() {
                let column = fields.next_back()?.into();
                push_once(
                    &mut change.columns,
                    (fields.next_back().map(Name::from), column),
                );
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

/// The names of common table expressions in sight, innermost last, with their
/// columns; `None` when these are not known.
type Ctes = Vec<(String, Option<Vec<OutputColumn>>)>;

/// The columns that a query makes. `None` when their number or a name is hidden.
fn outputs(query: Node<'_>, outer: &Ctes) -> Option<Vec<OutputColumn>> {
    let select = query.cast::<ast::SelectStmt>()?;
    let mut ctes = outer.clone();
    for cte in select
        .with_clause()
        .iter()
        .flat_map(|it| it.ctes().of::<ast::CommonTableExpr>())
    {
        let columns = cte.ctequery().and_then(|it| outputs(it, &ctes));
        let columns = columns.and_then(|it| renamed(it, name::all(cte.aliascolnames())));
        ctes.push((cte.ctename().to_owned(), columns));
    }
    if let Some(left) = select.larg() {
        return outputs(left.erase(), &ctes);
    }
    if let Some(row) = select.values_lists().of::<ast::List>().next() {
        let columns = (1..=row.items().len()).map(|at| unnamed(format!("column{at}").into()));
        return Some(columns.collect());
    }
    let mut columns = Vec::new();
    for target in select.target_list().of::<ast::ResTarget>() {
        add_target(&mut columns, target, select, &ctes)?;
    }
    Some(columns)
}

fn add_target(
    columns: &mut Vec<OutputColumn>,
    target: Node<'_, ast::ResTarget>,
    select: Node<'_, ast::SelectStmt>,
    ctes: &Ctes,
) -> Option<()> {
    let value = target.val()?;
    let column = value.cast::<ast::ColumnRef>();
    if let Some(star) = column.filter(|it| it.fields().has_star()) {
        let qualifier = star.fields().last();
        columns.extend(star_columns(select, qualifier, ctes)?);
        return Some(());
    }
    // `(composite).*` makes as many columns as the type has.
    if let Some(indirection) = value.cast::<ast::AIndirection>()
        && indirection
            .indirection()
            .last()
            .is_some_and(|it| it.is::<ast::AStar>())
    {
        return None;
    }
    let figured = || expression::figure(value).map(|(name, _)| name);
    let name = name::optional(target.name()).or_else(figured);
    let cast = value.cast::<ast::TypeCast>().and_then(|it| it.type_name());
    columns.push(OutputColumn::Named {
        name: name.unwrap_or(Name::new_static("?column?")),
        data_type: cast.and_then(data_type::data_type),
        source: column.and_then(|it| column_source(it, select, ctes)),
    });
    Some(())
}

/// The columns of `*` or `qualifier.*`.
fn star_columns(
    select: Node<'_, ast::SelectStmt>,
    qualifier: Option<&str>,
    ctes: &Ctes,
) -> Option<Vec<OutputColumn>> {
    let mut columns = Vec::new();
    for item in from_items(select)? {
        let alias = from_item_name(item);
        if qualifier.is_some() && alias != qualifier {
            continue;
        }
        columns.extend(from_item_columns(item, ctes)?);
    }
    Some(columns)
}

/// The FROM items from left to right, joins taken apart. `None` where `USING` or
/// `NATURAL` merges columns.
fn from_items<'t>(select: Node<'t, ast::SelectStmt>) -> Option<Vec<Node<'t>>> {
    let mut items = Vec::new();
    for item in select.from_clause() {
        add_from_items(item, &mut items)?;
    }
    Some(items)
}

fn add_from_items<'t>(item: Node<'t>, items: &mut Vec<Node<'t>>) -> Option<()> {
    let Some(join) = item.cast::<ast::JoinExpr>() else {
        items.push(item);
        return Some(());
    };
    if join.is_natural() || !join.using_clause().is_empty() || join.alias().is_some() {
        return None;
    }
    add_from_items(join.larg()?, items)?;
    add_from_items(join.rarg()?, items)
}

fn from_item_name(item: Node<'_>) -> Option<&str> {
    if let Some(relation) = item.cast::<ast::RangeVar>() {
        let alias = relation.alias().map(|it| it.aliasname());
        return Some(alias.unwrap_or(relation.relname()));
    }
    let alias = match item.node_kind() {
        NodeKind::RangeSubselect => item.cast::<ast::RangeSubselect>()?.alias(),
        NodeKind::RangeFunction => item.cast::<ast::RangeFunction>()?.alias(),
        _ => None,
    };
    alias.map(|it| it.aliasname())
}

fn from_item_columns(item: Node<'_>, ctes: &Ctes) -> Option<Vec<OutputColumn>> {
    if let Some(relation) = item.cast::<ast::RangeVar>() {
        let has_column_aliases = relation.alias().is_some_and(|it| !it.colnames().is_empty());
        if has_column_aliases {
            return None;
        }
        if let Some((_, columns)) = find_cte(relation, ctes) {
            return columns.clone();
        }
        return Some(vec![OutputColumn::AllOf(vec![
            name::relation(relation).name,
        ])]);
    }
    let subselect = item.cast::<ast::RangeSubselect>()?;
    let has_column_aliases = subselect
        .alias()
        .is_some_and(|it| !it.colnames().is_empty());
    if has_column_aliases {
        return None;
    }
    outputs(subselect.subquery()?, ctes)
}

fn find_cte<'a>(
    relation: Node<'_, ast::RangeVar>,
    ctes: &'a Ctes,
) -> Option<&'a (String, Option<Vec<OutputColumn>>)> {
    if !relation.schemaname().is_empty() {
        return None;
    }
    ctes.iter()
        .rev()
        .find(|(name, _)| name == relation.relname())
}

/// The relation that a plain column comes from: the one its qualifier names, or
/// the only FROM item.
fn column_source(
    column: Node<'_, ast::ColumnRef>,
    select: Node<'_, ast::SelectStmt>,
    ctes: &Ctes,
) -> Option<(QualifiedName, Name)> {
    let mut fields = column.fields();
    let name = fields.next_back()?;
    let items = from_items(select)?;
    let item = match fields.next_back() {
        Some(qualifier) => *items
            .iter()
            .find(|it| from_item_name(**it) == Some(qualifier))?,
        None => match items[..] {
            [only] => only,
            _ => return None,
        },
    };
    let relation = item.cast::<ast::RangeVar>()?;
    if find_cte(relation, ctes).is_some() {
        return None;
    }
    Some((name::relation(relation).name, name.into()))
}

fn unnamed(name: Name) -> OutputColumn {
    OutputColumn::Named {
        name,
        data_type: None,
        source: None,
    }
}

/// Columns under the names of an alias list, which may be shorter.
fn renamed(mut columns: Vec<OutputColumn>, aliases: Vec<Name>) -> Option<Vec<OutputColumn>> {
    for (at, alias) in aliases.into_iter().enumerate() {
        match columns.get_mut(at)? {
            OutputColumn::Named { name, .. } => *name = alias,
            OutputColumn::AllOf(_) => return None,
        }
    }
    Some(columns)
}
