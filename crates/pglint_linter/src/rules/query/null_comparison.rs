use pglint_text::{TextRange, TextSize};

use crate::condition::{is_inside, is_null};
use crate::rule::prelude::*;
use crate::{Applicability, Edit, Fix};

declare_rule! {
    /// Comparing to `NULL` with `=` or `<>` yields `NULL`, never true or false.
    ///
    /// ## Why is this bad?
    /// In WHERE, ON, HAVING and WHEN the condition then never holds. The same goes for the
    /// other comparisons, `LIKE`, `CASE x WHEN NULL`, and `NOT IN` a list that holds NULL. In
    /// CHECK it always passes, which some write on purpose, so checks are left alone.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, closed_at timestamptz);
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE closed_at = NULL;
    /// --                           ^^^^^^^^^^^^^^^^ comparison to NULL is never true
    /// ```
    /// ```sql fixed
    /// SELECT id FROM account WHERE closed_at IS NULL;
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE id > 7 AND closed_at!=NULL::timestamptz;
    /// --                                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ comparison to NULL is never true
    /// ```
    /// ```sql fixed
    /// SELECT id FROM account WHERE id > 7 AND closed_at IS NOT NULL;
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE NULL = closed_at;
    /// --                           ^^^^^^^^^^^^^^^^ comparison to NULL is never true
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE id NOT IN (7, NULL);
    /// --                           ^^^^^^^^^^^^^^^^^^^ `NOT IN` a list that holds NULL is never true
    /// ```
    /// ```sql bad
    /// SELECT CASE closed_at WHEN NULL THEN 'open' ELSE 'closed' END FROM account;
    /// --                         ^^^^ comparison to NULL is never true
    /// ```
    /// ```sql good
    /// UPDATE account SET closed_at = NULL WHERE id = $1;
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE closed_at IS NOT DISTINCT FROM NULL;
    /// ```
    /// ```sql good
    /// ALTER TABLE account ADD CHECK (closed_at <> NULL);
    /// ```
    ///
    /// ## Fix safety
    /// Unsafe: the repaired condition can keep rows that the old one dropped.
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/functions-comparison.html>
    name: "null-comparison",
    category: "query",
    severity: Error,
    since: "0.1.0",
    check: AExpr => check,
    check: CaseWhen => check_case,
}

const MESSAGE: &str = "comparison to NULL is never true";

fn check(cx: &mut Cx<'_>, comparison: Node<'_, ast::AExpr>) -> Option<()> {
    use ast::AExprKind::{AexprIlike, AexprIn, AexprLike, AexprOp};
    let test = match (comparison.kind(), comparison.name().last()?) {
        (AexprOp, "=") => Some("IS NULL"),
        (AexprOp, "<>") => Some("IS NOT NULL"),
        (AexprOp, "<" | ">" | "<=" | ">=") | (AexprLike | AexprIlike, _) => None,
        (AexprIn, "<>") => return check_list(cx, comparison),
        _ => return None,
    };
    let (left, right) = (comparison.lexpr()?, comparison.rexpr()?);
    if !is_null(left) && !is_null(right) || is_inside::<ast::Constraint, _>(comparison) {
        return None;
    }
    let fix = test
        .filter(|_| is_null(right))
        .and_then(|test| fix(cx, comparison, test));
    let diagnostic = cx.report(comparison, MESSAGE);
    match (fix, test) {
        (Some(fix), _) => diagnostic.fix(fix),
        (None, Some(test)) => diagnostic.help(format!("Write `{test}`")),
        (None, None) => diagnostic.help("Compare to a value, or write `IS NULL`"),
    };
    Some(())
}

/// `x NOT IN (1, NULL)`.
fn check_list(cx: &mut Cx<'_>, comparison: Node<'_, ast::AExpr>) -> Option<()> {
    let list = comparison.rexpr()?.cast::<ast::List>()?;
    let null = list.items().find(|it| is_null(*it))?;
    if is_inside::<ast::Constraint, _>(comparison) {
        return None;
    }
    cx.report(comparison, "`NOT IN` a list that holds NULL is never true")
        .label(null, "not equal to NULL is never true")
        .help("Take NULL out of the list, and write `IS NOT NULL` beside it if that is meant");
    Some(())
}

/// `CASE x WHEN NULL THEN ...`.
fn check_case(cx: &mut Cx<'_>, when: Node<'_, ast::CaseWhen>) -> Option<()> {
    when.parent()?.cast::<ast::CaseExpr>()?.arg()?;
    let null = when.expr().filter(|it| is_null(*it))?;
    cx.report(null, MESSAGE)
        .help("Write `CASE WHEN ... IS NULL THEN`");
    Some(())
}

/// From the operator to the end: `= NULL` becomes `IS NULL`. `None` where the
/// text holds more than operator and NULL.
fn fix(cx: &Cx<'_>, comparison: Node<'_, ast::AExpr>, test: &str) -> Option<Fix> {
    let start = TextSize::new(u32::try_from(comparison.location()).ok()?);
    let range = TextRange::new(start, comparison.range().end());
    let text = comparison.tree().text();
    let replaced = text.get(range.start().into()..range.end().into())?;
    let operand = replaced.trim_start_matches(['=', '<', '>', '!']).trim();
    let is_plain = operand
        .get(..4)
        .is_some_and(|word| word.eq_ignore_ascii_case("null"))
        && !operand.contains(['(', ')', '\n']);
    if !is_plain || replaced.len() == operand.len() {
        return None;
    }
    let before = text[..usize::from(start)].chars().next_back()?;
    let space = if before.is_whitespace() { "" } else { " " };
    Some(Fix {
        title: format!("Write `{test}`"),
        applicability: Applicability::Unsafe,
        edits: vec![Edit {
            location: cx.at(range),
            text: format!("{space}{test}"),
        }],
    })
}
