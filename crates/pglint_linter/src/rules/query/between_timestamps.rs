use pglint_catalog::TypeId;

use crate::condition::string_literal;
use crate::rule::prelude::*;

declare_rule! {
    /// `BETWEEN` on a timestamp with a date as its upper bound.
    ///
    /// ## Why is this bad?
    /// A date stands for its midnight: of the last day only the very first instant is
    /// in the range. And `BETWEEN` holds both bounds, so that consecutive ranges
    /// overlap.
    ///
    /// ```sql setup
    /// CREATE TABLE orders (id bigint PRIMARY KEY, placed_at timestamptz NOT NULL, due_on date NOT NULL);
    /// ```
    /// ```sql bad
    /// SELECT id FROM orders WHERE placed_at BETWEEN '2024-01-01' AND '2024-01-31';
    /// --                                                             ^^^^^^^^^^^^ the upper bound of `placed_at` is midnight, when that day begins
    /// ```
    /// ```sql bad
    /// SELECT id FROM orders WHERE placed_at BETWEEN $1::date AND $2::date;
    /// --                                                         ^^^^^^^^ the upper bound of `placed_at` is midnight, when that day begins
    /// ```
    /// ```sql bad
    /// SELECT id FROM orders WHERE placed_at BETWEEN now() - interval '7 days' AND CURRENT_DATE;
    /// --                                                                          ^^^^^^^^^^^^ the upper bound of `placed_at` is midnight, when that day begins
    /// ```
    /// ```sql good
    /// SELECT id FROM orders WHERE placed_at >= '2024-01-01' AND placed_at < '2024-02-01';
    /// ```
    /// ```sql good
    /// SELECT id FROM orders WHERE due_on BETWEEN '2024-01-01' AND '2024-01-31' AND placed_at::date BETWEEN '2024-01-01' AND '2024-01-31';
    /// ```
    /// ```sql good
    /// SELECT id FROM orders WHERE placed_at BETWEEN $1 AND $2 OR placed_at BETWEEN '2024-01-01' AND '2024-01-31 23:59:59';
    /// ```
    ///
    /// ## References
    /// - <https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_BETWEEN_.28especially_with_timestamps.29>
    name: "between-timestamps",
    category: "query",
    severity: Info,
    since: "0.1.0",
    check: AExpr => check,
}

fn check(cx: &mut Cx<'_>, between: Node<'_, ast::AExpr>) -> Option<()> {
    let is_between = matches!(
        between.kind(),
        ast::AExprKind::AexprBetween
            | ast::AExprKind::AexprBetweenSym
            | ast::AExprKind::AexprNotBetween
            | ast::AExprKind::AexprNotBetweenSym
    );
    if !is_between {
        return None;
    }
    let upper = between.rexpr()?.cast::<ast::List>()?.items().last()?;
    if !is_date(upper) {
        return None;
    }
    let resolution = cx.resolution()?;
    let column = resolution.referenced_column(between.lexpr()?)?;
    let column = resolution.column(column)?;
    let base = cx.catalog().base_type(column.data_type.as_ref()?);
    if !base.is(TypeId::TIMESTAMP) && !base.is(TypeId::TIMESTAMPTZ) {
        return None;
    }
    let name = column.name.clone();
    let message = format!("the upper bound of `{name}` is midnight, when that day begins");
    cx.report(upper, message).help(format!(
        "Write `{name} >= lower AND {name} < upper`, with the first day after as the upper bound"
    ));
    Some(())
}

/// Is it midnight of a day: a date, or a literal without a time of day?
fn is_date(bound: Node<'_>) -> bool {
    if let Some(text) = string_literal(bound) {
        return is_date_text(text.trim());
    }
    if let Some(function) = bound.cast::<ast::SQLValueFunction>() {
        return function.op() == ast::SQLValueFunctionOp::SvfopCurrentDate;
    }
    if let Some(call) = bound.cast::<ast::FuncCall>() {
        let name = call.funcname().last();
        return matches!(name, Some("date" | "to_date" | "make_date"));
    }
    bound
        .cast::<ast::TypeCast>()
        .and_then(|cast| cast.type_name())
        .is_some_and(|name| name.names().last() == Some("date") && name.array_bounds().is_empty())
}

/// `2024-01-31`, also with `00:00` or `00:00:00` and the like.
fn is_date_text(text: &str) -> bool {
    let (Some(date), Some(time)) = (text.get(..10), text.get(10..)) else {
        return false;
    };
    let is_digits = |part: &str, length| part.len() == length && part.bytes().all(|it| it.is_ascii_digit());
    let mut parts = date.split('-');
    let [year, month, day] = [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
    let time = time.trim_start_matches(['T', ' ']).trim_end_matches('Z');
    is_digits(year, 4)
        && is_digits(month, 2)
        && is_digits(day, 2)
        && parts.next().is_none()
        && (time.is_empty() || time.starts_with("00:00") && time.bytes().all(|it| matches!(it, b'0' | b':' | b'.')))
}
