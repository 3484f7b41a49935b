use pglint_catalog::{Column, Relation, TypeId, quote_identifier};
use pglint_semantic::resolve::{Clause, QueryKind, Reference, Resolution};
use pglint_semantic::section::Direction;

use crate::ResolvedQuery;
use crate::condition::{string_literal, with_descendants, without_casts};
use crate::describe::{index_target, is_judged, member};
use crate::lookup::is_narrowed;
use crate::rule::prelude::*;

declare_rule! {
    /// `LIKE` with a pattern that begins with a wildcard, on a column without a trigram index.
    ///
    /// ## Why is this bad?
    /// A btree index knows how values begin, not how they go on: the whole table is
    /// read. An index with the trigrams of extension `pg_trgm` serves such patterns.
    ///
    /// `NOT LIKE`, patterns that are parameters, rows that another condition finds through
    /// an index, and what runs once, in a migration or to fill a new database, are left alone.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL);
    /// CREATE INDEX ON account USING gin (name gin_trgm_ops);
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE email LIKE '%@example.org';
    /// --                                      ^^^^^^^^^^^^^^^ no index on `email` of `account` serves a pattern that begins with a wildcard
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE lower(email) ILIKE '_min%';
    /// --                                              ^^^^^^^ no index on `email` of `account` serves a pattern that begins with a wildcard
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE email ILIKE '%' || $1 || '%';
    /// --                                       ^^^^^^^^^^^^^^^^ no index on `email` of `account` serves a pattern that begins with a wildcard
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE id = $1 AND email LIKE '%@example.org';
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE email LIKE 'admin@%';
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE name ILIKE '%smith%' AND email NOT LIKE '%@example.org';
    /// ```
    /// ```sql good
    /// SELECT id, email LIKE '%@example.org' AS is_example FROM account WHERE email LIKE $1;
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/pgtrgm.html#PGTRGM-INDEX>
    name: "leading-wildcard-like",
    category: "query",
    severity: Info,
    since: "0.1.0",
    check: AExpr => check,
}

fn check(cx: &mut Cx<'_>, like: Node<'_, ast::AExpr>) -> Option<()> {
    use ast::AExprKind::{AexprIlike, AexprLike, AexprOp};
    match (like.kind(), like.name().last()?) {
        (AexprLike | AexprOp, "~~") | (AexprIlike | AexprOp, "~~*") => {}
        _ => return None,
    }
    let is_negated = like
        .parent()
        .and_then(|parent| parent.cast::<ast::BoolExpr>())
        .is_some_and(|parent| parent.boolop() == ast::BoolExprType::NotExpr);
    let pattern = like.rexpr()?;
    let beginning = beginning(pattern)?;
    let is_only_wildcards =
        string_literal(pattern).is_some_and(|text| text.bytes().all(|it| matches!(it, b'%' | b'_')));
    if is_negated || is_only_wildcards || !beginning.starts_with(['%', '_']) || runs_once(cx, like) {
        return None;
    }
    let (table, column) = filtered_column(cx, like)?;
    if !is_judged(table) || has_trigram_index(table, column) {
        return None;
    }
    let base = cx.catalog().base_type(&column.data_type);
    if ![TypeId::TEXT, TypeId::VARCHAR, TypeId::BPCHAR].iter().any(|text| base.is(*text)) {
        return None;
    }
    let name = &column.name;
    let message = format!(
        "no index on `{name}` of `{}` serves a pattern that begins with a wildcard",
        table.name,
    );
    let help = format!(
        "Create one with extension `pg_trgm`: `CREATE INDEX {} USING gin ({} gin_trgm_ops)`",
        index_target(cx.catalog(), table),
        quote_identifier(name),
    );
    let object = member(cx.catalog(), table, name);
    cx.report(pattern, message)
        .label(column.origin, "the column")
        .help(help)
        .object(object);
    Some(())
}

/// The literal that a pattern begins with, as `'%' || $1` and `concat('%', $1)` do.
fn beginning(pattern: Node<'_>) -> Option<&str> {
    let mut first = without_casts(pattern);
    loop {
        let concatenation = first.cast::<ast::AExpr>();
        let operand = concatenation
            .filter(|it| it.name().last() == Some("||"))
            .and_then(|it| it.lexpr());
        let call = first.cast::<ast::FuncCall>();
        let argument = call
            .filter(|it| it.funcname().last() == Some("concat"))
            .and_then(|it| it.args().first());
        match operand.or(argument) {
            Some(part) => first = without_casts(part),
            None => return string_literal(first),
        }
    }
}

/// A migration runs its statements once, and so does a file that fills a database;
/// only the views that they make are read again.
fn runs_once<T>(cx: &Cx<'_>, node: Node<'_, T>) -> bool {
    let direction = cx.statement().map(|it| it.section.direction);
    let root = node.tree().root();
    match direction {
        Some(Direction::Query) => false,
        Some(Direction::Up) => !root.is::<ast::ViewStmt>(),
        _ => !root.is::<ast::ViewStmt>() && !root.is::<ast::SelectStmt>(),
    }
}

/// The one column, of a table, on the left side of a condition in WHERE or ON.
fn filtered_column<'a>(
    cx: &Cx<'a>,
    like: Node<'_, ast::AExpr>,
) -> Option<(&'a Relation, &'a Column)> {
    let resolution = cx.resolution()?;
    let mut columns = with_descendants(like.lexpr()?).filter(|node| node.is::<ast::ColumnRef>());
    let (column, others) = (columns.next()?, columns.next());
    if others.is_some() || !is_in_condition(resolution, column) {
        return None;
    }
    let column = resolution.referenced_column(column)?;
    let (relation, number) = resolution.column(column)?.origin?;
    let table = cx.catalog().relation(relation)?;
    // A column that a subquery passes on may be narrowed down there, too.
    let mut places = resolution.base_columns(column);
    places.push(column);
    let is_narrowed = places.iter().any(|place| {
        let query = ResolvedQuery {
            tree: like.tree(),
            resolution,
            id: resolution[place.from_item].query,
        };
        is_narrowed(cx.catalog(), query, place.from_item, table)
    });
    Some((table, table.column(number)?)).filter(|_| !is_narrowed)
}

fn is_in_condition(resolution: &Resolution, column: Node<'_>) -> bool {
    let Some(found) = resolution.column_reference(column) else {
        return false;
    };
    let is_of_own_query = matches!(found.reference, Reference::Column { level: 0, .. });
    let is_query = resolution[found.query].kind != QueryKind::Expression;
    is_of_own_query && is_query && matches!(found.clause, Clause::Where | Clause::On)
}

fn has_trigram_index(table: &Relation, column: &Column) -> bool {
    table.indexes.iter().any(|index| {
        index.mentions(column.number)
            && index.elements.iter().any(|element| {
                element
                    .operator_class
                    .as_deref()
                    .is_some_and(|class| class.ends_with("_trgm_ops"))
            })
    })
}
