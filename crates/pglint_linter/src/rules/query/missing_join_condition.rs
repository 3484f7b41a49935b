use pglint_semantic::resolve::{FromItemId, QueryKind};
use pglint_syntax::ast::{AExprKind, NodeKind};

use crate::condition::boolean_literal;
use crate::groups::Groups;
use crate::ResolvedQuery;
use crate::query_facts::leaves_of;
use crate::row_count::is_single_row_item;
use crate::rule::prelude::*;

declare_rule! {
    /// Tables in FROM that no condition brings together.
    ///
    /// ## Why is this bad?
    /// Every row of one is paired with every row of the other: a thousand times a
    /// thousand rows are a million. Nearly always a condition was forgotten.
    ///
    /// `CROSS JOIN` and `JOIN ... ON true` say that it is meant. Functions, `VALUES`,
    /// lateral items, views, and anything that surely has one row are left alone.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, owner_id bigint);
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account, total numeric NOT NULL);
    /// ```
    /// ```sql bad
    /// SELECT a.email, o.total FROM account a, orders o WHERE o.total > 100;
    /// --                                      ^^^^^^^^ `o` is not joined to `a`: every row pairs with every row
    /// ```
    /// ```sql bad
    /// SELECT count(*) FROM account a JOIN orders ON a.owner_id = a.id;
    /// --                                  ^^^^^^ `orders` is not joined to `a`: every row pairs with every row
    /// ```
    /// ```sql bad
    /// UPDATE account SET email = lower(email) FROM orders WHERE orders.total > 100;
    /// --                                           ^^^^^^ `orders` is not joined to `account`: every row pairs with every row
    /// ```
    /// ```sql good
    /// SELECT a.email, o.total FROM account a CROSS JOIN orders o;
    /// ```
    /// ```sql good
    /// SELECT a.email, o.total FROM account a, orders o WHERE a.id = $1 AND o.total > 100;
    /// ```
    /// ```sql good
    /// SELECT a.email, o.total FROM account a, orders o WHERE a.owner_id = $1 AND o.account_id = $1;
    /// ```
    /// ```sql good
    /// SELECT a.email, o.total / m.total FROM account a JOIN orders o ON o.account_id = a.id, (SELECT max(total) AS total FROM orders) m;
    /// ```
    /// ```sql good
    /// SELECT a.email FROM account a, LATERAL (SELECT total FROM orders o WHERE o.account_id = a.id ORDER BY total LIMIT 3) o;
    /// ```
    name: "missing-join-condition",
    category: "query",
    severity: Warning,
    since: "0.1.0",
    check: Query => check,
}

fn check(cx: &mut Cx<'_>, query: ResolvedQuery<'_>) -> Option<()> {
    let own = query.query();
    let is_judged = match own.kind {
        QueryKind::Select => true,
        // Without WHERE another rule speaks.
        QueryKind::Update | QueryKind::Delete => own.where_clause.is_some(),
        _ => false,
    };
    let leaves = query.leaves();
    // The queries of a rewrite rule are not run as they stand.
    if !is_judged || leaves.len() < 2 || query.tree.root().is::<ast::RuleStmt>() {
        return None;
    }
    let groups = connect(query, &leaves)?;
    let mut judged = Vec::new();
    for item in leaves {
        if !is_single_row_item(cx.catalog(), query, item)? && !is_lateral(query, item) {
            judged.push(item);
        }
    }
    let (first, rest) = judged.split_first()?;
    let mut seen = vec![groups.of(&Member::Item(*first))];
    for item in rest {
        let group = groups.of(&Member::Item(*item));
        // An item in the group of one that has one row is reached through it.
        if !seen.contains(&group) {
            seen.push(group);
            report(cx, query, *first, *item);
        }
    }
    Some(())
}

fn report(
    cx: &mut Cx<'_>,
    query: ResolvedQuery<'_>,
    first: FromItemId,
    item: FromItemId,
) -> Option<()> {
    let name = |item: FromItemId| query.resolution[item].name.clone();
    let (name, first_name) = (name(item)?, name(first)?);
    let message =
        format!("`{name}` is not joined to `{first_name}`: every row pairs with every row");
    let node = |item: FromItemId| query.tree.get(query.resolution[item].node);
    let (node, first_node) = (node(item)?, node(first)?);
    cx.report(node, message)
        .label(first_node, format!("no condition connects `{first_name}` and `{name}`"))
        .help("Add the condition, or write `CROSS JOIN` where all pairs are meant");
    Some(())
}

fn is_lateral(query: ResolvedQuery<'_>, item: FromItemId) -> bool {
    let node = query.tree.get(query.resolution[item].node);
    node.and_then(|node| node.cast::<ast::RangeSubselect>())
        .is_some_and(|subselect| subselect.lateral())
}

/// Brings together the FROM items that a condition mentions, or that are compared
/// with the same value. `None` when a name is not known.
fn connect(query: ResolvedQuery<'_>, leaves: &[FromItemId]) -> Option<Groups<Member>> {
    let mut groups = Groups::default();
    for condition in query.resolution.conditions(query.tree, query.id) {
        groups.join(mentions(query, condition)?);
    }
    for join in query.joins() {
        let on = join.on.and_then(|node| query.tree.get(node));
        let is_meant = match on {
            Some(on) => !mentions_column(on),
            // CROSS JOIN, USING, NATURAL.
            None => true,
        };
        if is_meant {
            let sides = [join.left, join.right].into_iter();
            let sides = sides.filter_map(|side| leaves_of(query.resolution, side).first().copied());
            groups.join(sides.map(Member::Item).collect());
        }
        if let Some(on) = on {
            groups.join(items(query, on)?);
        }
    }
    for leaf in leaves {
        // What a lateral item or a function's arguments mention.
        let mut members = items(query, query.tree.get(query.resolution[*leaf].node)?)?;
        members.push(Member::Item(*leaf));
        groups.join(members);
    }
    Some(groups)
}

fn items(query: ResolvedQuery<'_>, node: Node<'_>) -> Option<Vec<Member>> {
    let items = query.mentioned_items(query.tree.get(node.node_number())?)?;
    Some(items.into_iter().map(Member::Item).collect())
}

/// The items of a condition, and the value that it compares one with.
fn mentions(query: ResolvedQuery<'_>, condition: Node<'_>) -> Option<Vec<Member>> {
    let mut members = items(query, condition)?;
    let Some(comparison) = condition.cast::<ast::AExpr>() else {
        return Some(members);
    };
    let is_comparison = matches!(
        comparison.kind(),
        AExprKind::AexprOp | AExprKind::AexprOpAny | AExprKind::AexprIn
    );
    for side in [comparison.lexpr()?, comparison.rexpr()?] {
        let is_value = !mentions_column(side) && boolean_literal(side).is_none();
        if is_comparison && is_value && side.range() != comparison.range() {
            members.push(Member::Value(side.text().to_owned()));
        }
    }
    Some(members)
}

fn mentions_column(node: Node<'_>) -> bool {
    let is_column = |node: Node<'_>| node.node_kind() == NodeKind::ColumnRef;
    is_column(node) || node.descendants().any(is_column)
}

/// What conditions bring together.
#[derive(Clone, PartialEq, Eq)]
enum Member {
    Item(FromItemId),
    /// A parameter or constant as written.
    Value(String),
}
