//! A fix that adds a condition to a query.

use pglint_syntax::ast;
use pglint_text::{TextRange, TextSize};

use crate::ResolvedQuery;
use crate::{Applicability, Cx, Edit, Fix};

/// Adds the condition to WHERE, or WHERE after FROM where the clause's end is
/// plain to see.
pub(crate) fn add_condition(cx: &Cx<'_>, query: ResolvedQuery<'_>, condition: &str) -> Option<Fix> {
    let existing = query.query().where_clause;
    let edits = match existing.and_then(|node| query.tree.get(node)) {
        Some(existing) => {
            let is_or = existing
                .cast::<ast::BoolExpr>()
                .is_some_and(|it| it.boolop() == ast::BoolExprType::OrExpr);
            let range = existing.range();
            if is_or {
                vec![
                    insert(cx, range.start(), "(".to_owned()),
                    insert(cx, range.end(), format!(") AND {condition}")),
                ]
            } else {
                vec![insert(cx, range.end(), format!(" AND {condition}"))]
            }
        }
        None => {
            let end = end_of_from(query)?;
            vec![insert(cx, end, format!(" WHERE {condition}"))]
        }
    };
    Some(Fix {
        title: format!("Add `{condition}`"),
        applicability: Applicability::Unsafe,
        edits,
    })
}

fn insert(cx: &Cx<'_>, offset: TextSize, text: String) -> Edit {
    Edit {
        location: cx.at(TextRange::empty(offset)),
        text,
    }
}

/// What may follow FROM where there is no WHERE.
const AFTER_FROM: &[&str] = &[
    "GROUP",
    "HAVING",
    "WINDOW",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FETCH",
    "FOR",
    "UNION",
    "INTERSECT",
    "EXCEPT",
];

/// Where the FROM clause of a SELECT ends. `None` where that is not plain to see.
fn end_of_from(query: ResolvedQuery<'_>) -> Option<TextSize> {
    let select = query.node()?.cast::<ast::SelectStmt>()?;
    let end = select.from_clause().last()?.range().end();
    let rest = query.tree.text().get(end.into()..)?.trim_start();
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let is_keyword = AFTER_FROM
        .iter()
        .any(|keyword| keyword.eq_ignore_ascii_case(word));
    let ends_subquery = rest.starts_with(')') && query.query().parent.is_some();
    (rest.is_empty() || is_keyword || ends_subquery).then_some(end)
}
