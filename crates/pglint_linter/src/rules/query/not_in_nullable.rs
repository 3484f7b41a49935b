use pglint_semantic::resolve::{Clause, Column, FromColumn, Nullability, Resolution};
use pglint_text::TextRange;

use crate::ResolvedQuery;
use crate::nullable::is_decided_elsewhere;
use crate::rule::prelude::*;

declare_rule! {
    /// `NOT IN` over a subquery whose column can be NULL.
    ///
    /// ## Why is this bad?
    /// One NULL among the subquery's rows makes `NOT IN` true for no row at all: the
    /// query suddenly finds nothing. `<> ALL` is the same.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account, placed_by bigint NOT NULL);
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE id NOT IN (SELECT account_id FROM orders);
    /// --                           ^^^^^^^^^ `NOT IN` is never true when `account_id` is NULL in one row
    /// ```
    /// ```sql bad
    /// DELETE FROM account WHERE id <> ALL (SELECT account_id FROM orders WHERE placed_by = $1);
    /// --                        ^^^^^^^^^ `<> ALL` is never true when `account_id` is NULL in one row
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE id NOT IN (SELECT account_id FROM orders WHERE account_id IS NOT NULL);
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE id NOT IN (SELECT account_id FROM orders WHERE account_id > 100);
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE id NOT IN (SELECT placed_by FROM orders);
    /// ```
    /// ```sql good
    /// SELECT id FROM account a WHERE NOT EXISTS (SELECT FROM orders o WHERE o.account_id = a.id);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/functions-subquery.html#FUNCTIONS-SUBQUERY-NOTIN>
    name: "not-in-nullable",
    category: "query",
    severity: Warning,
    since: "0.1.0",
    check: Query => check,
}

fn check(cx: &mut Cx<'_>, query: ResolvedQuery<'_>) -> Option<()> {
    let link = query.node()?.parent()?.cast::<ast::SubLink>()?;
    let operator = negated_operator(link)?;
    let columns = &query.query().columns;
    let [column] = columns.known.as_slice() else {
        return None;
    };
    if !columns.complete || column.nullability != Nullability::Nullable {
        return None;
    }
    // Only a column of a table can surely be NULL, and only where no condition
    // says something about it.
    let catalog = cx.catalog();
    let (relation, number) = column.origin?;
    let table = catalog.relation(relation)?;
    let own = table.column(number)?;
    let is_decided = own.generated.is_some() || is_decided_elsewhere(catalog, table, own);
    let is_filtered = column
        .sources
        .iter()
        .any(|source| is_filtered(query.resolution, *source));
    if !table.kind.is_table() || is_decided || is_filtered {
        return None;
    }
    let message = format!(
        "`{operator}` is never true when `{}` is NULL in one row",
        column.name,
    );
    let help = format!(
        "Use `NOT EXISTS`, or add `{} IS NOT NULL` to the subquery",
        column.name,
    );
    let target = target_range(query, column);
    let diagnostic = cx.report(test_range(link)?, message).help(help);
    if let Some(target) = target {
        diagnostic.label(target, "can be NULL");
    }
    diagnostic.label(own.nullable_origin(), "the column allows NULL");
    Some(())
}

/// Does a condition of the statement say anything about the column? Not the ON of
/// an outer join that leaves its item out where the condition fails.
fn is_filtered(resolution: &Resolution, column: FromColumn) -> bool {
    let is_nullable = resolution[column.from_item].nullable;
    resolution.references.iter().any(|found| {
        let counts = match resolution.clause_of(found) {
            Clause::Where | Clause::Having => true,
            Clause::On => !is_nullable,
            _ => false,
        };
        counts && resolution.stands_for(&found.reference, column)
    })
}

/// `NOT IN` or `<> ALL`. `None` for any other subquery.
fn negated_operator(link: Node<'_, ast::SubLink>) -> Option<&'static str> {
    match link.sub_link_type() {
        ast::SubLinkType::AnySublink if link.oper_name().is_empty() => {
            let not = link.parent()?.cast::<ast::BoolExpr>()?;
            (not.boolop() == ast::BoolExprType::NotExpr).then_some("NOT IN")
        }
        ast::SubLinkType::AllSublink if link.oper_name().last() == Some("<>") => Some("<> ALL"),
        _ => None,
    }
}

/// From the test expression up to the parenthesis.
fn test_range(link: Node<'_, ast::SubLink>) -> Option<TextRange> {
    let test = link.testexpr()?.range();
    let end = usize::from(link.subselect()?.range().start());
    let text = link.tree().text().get(..end)?;
    let operator = text.trim_end_matches(|c: char| c == '(' || c.is_whitespace());
    let end = u32::try_from(operator.len()).ok()?;
    (test.start() < end.into()).then(|| TextRange::new(test.start(), end.into()))
}

fn target_range(query: ResolvedQuery<'_>, column: &Column) -> Option<TextRange> {
    Some(query.tree.get(column.expression?)?.range())
}
