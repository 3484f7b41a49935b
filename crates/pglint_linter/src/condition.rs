//! Conditions and expressions, read from the tree alone.

use pglint_syntax::ast::NodeKind;
use pglint_syntax::{Node, ast};

/// The expression without casts and `COLLATE` around it.
pub(crate) fn without_casts(mut node: Node<'_>) -> Node<'_> {
    loop {
        let inner = match node.cast::<ast::TypeCast>() {
            Some(cast) => cast.arg(),
            None => node
                .cast::<ast::CollateClause>()
                .and_then(|collate| collate.arg()),
        };
        match inner {
            Some(inner) => node = inner,
            None => return node,
        }
    }
}

/// The literal, cast or not. `None` for anything but a literal.
pub(crate) fn literal(node: Node<'_>) -> Option<Node<'_, ast::AConst>> {
    without_casts(node).cast::<ast::AConst>()
}

/// Is it the literal `NULL`, cast or not?
pub(crate) fn is_null(node: Node<'_>) -> bool {
    literal(node).is_some_and(|literal| literal.isnull())
}

/// What a string literal stands for, cast or not. `None` for anything else.
pub(crate) fn string_literal(node: Node<'_>) -> Option<&str> {
    Some(literal(node)?.sval()?.sval())
}

/// The literal `true` or `false`, cast or not. `None` for anything else.
pub(crate) fn boolean_literal(node: Node<'_>) -> Option<bool> {
    Some(literal(node)?.boolval()?.boolval())
}

/// Does the condition hold for every row: `true`, a literal that equals itself as
/// in `1 = 1`, or AND and OR of such?
pub(crate) fn is_always_true(condition: Node<'_>) -> bool {
    if boolean_literal(condition) == Some(true) {
        return true;
    }
    if let Some(expression) = condition.cast::<ast::BoolExpr>() {
        let mut parts = expression.args();
        return match expression.boolop() {
            ast::BoolExprType::AndExpr => parts.all(is_always_true),
            ast::BoolExprType::OrExpr => parts.any(is_always_true),
            _ => parts.all(|it| boolean_literal(it) == Some(false)),
        };
    }
    let Some(equals) = condition.cast::<ast::AExpr>().filter(|it| is_equality(*it)) else {
        return false;
    };
    match (equals.lexpr(), equals.rexpr()) {
        (Some(a), Some(b)) => {
            literal(a).is_some_and(|it| !it.isnull()) && literal(b).is_some() && a.same_shape(b)
        }
        _ => false,
    }
}

/// Is it `a = b`?
pub(crate) fn is_equality(expression: Node<'_, ast::AExpr>) -> bool {
    expression.kind() == ast::AExprKind::AexprOp && expression.name().last() == Some("=")
}

/// Does the statement read or change rows, rather than define something?
pub(crate) fn is_data_statement(root: Node<'_>) -> bool {
    use NodeKind::{DeleteStmt, InsertStmt, MergeStmt, SelectStmt, UpdateStmt};
    matches!(
        root.node_kind(),
        SelectStmt | InsertStmt | UpdateStmt | DeleteStmt | MergeStmt
    )
}

/// The node and everything below it.
pub(crate) fn with_descendants(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    std::iter::once(node).chain(node.descendants())
}

/// Is one of the nodes that the node is in, or the node itself, of kind `K`?
pub(crate) fn is_inside<K: ast::Kind, T>(node: Node<'_, T>) -> bool {
    node.is::<K>() || node.ancestors().any(|outer| outer.is::<K>())
}
