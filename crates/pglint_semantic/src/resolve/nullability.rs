//! Whether an expression can be NULL.

use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::{Node, Tree};

use super::resolution::{FromColumn, JoinKind, Nullability, QueryId, Reference, Resolution};

/// How deep an expression is looked into.
const DEPTH: u32 = 50;

impl Resolution {
    /// Whether an expression of a resolved query can be NULL.
    ///
    /// NOT NULL constraints that are validated, outer joins, and conditions of
    /// WHERE and ON that no NULL passes are taken into account. `Nullable` means
    /// that nothing in schema and query prevents it.
    pub fn nullability(&self, expression: Node<'_>) -> Nullability {
        self.nullability_at(expression, 0)
    }

    /// Whether a column of a FROM item can be NULL in the rows of its query.
    pub fn column_nullability(&self, tree: &Tree, column: FromColumn) -> Nullability {
        let Some(found) = self.column(column) else {
            return Nullability::Unknown;
        };
        let item = &self[column.from_item];
        if found.nullability == Nullability::NotNull && !item.nullable {
            return Nullability::NotNull;
        }
        let rejected = self.null_rejected(tree, item.query);
        if rejected.contains(&column) {
            return Nullability::NotNull;
        }
        // A row that an outer join made has NULL in all columns of the item.
        let is_item_present = rejected.iter().any(|it| it.from_item == column.from_item);
        if item.nullable && !is_item_present {
            return Nullability::Nullable;
        }
        found.nullability
    }

    fn nullability_at(&self, node: Node<'_>, depth: u32) -> Nullability {
        let known = || -> Option<Nullability> {
            if depth > DEPTH {
                return None;
            }
            match node.node_kind() {
                NodeKind::ColumnRef => self.of_column(node),
                NodeKind::AConst => Some(of(node.cast::<ast::AConst>()?.isnull())),
                NodeKind::NullTest | NodeKind::BooleanTest | NodeKind::SQLValueFunction => {
                    Some(Nullability::NotNull)
                }
                NodeKind::AArrayExpr | NodeKind::RowExpr => Some(Nullability::NotNull),
                // A cast of the server's own is NULL for NULL only; one of the
                // project could do anything.
                NodeKind::TypeCast => {
                    Some(self.nullability_at(node.cast::<ast::TypeCast>()?.arg()?, depth + 1))
                }
                NodeKind::CollateClause => {
                    Some(self.nullability_at(node.cast::<ast::CollateClause>()?.arg()?, depth + 1))
                }
                NodeKind::CoalesceExpr => {
                    self.of_coalesce(node.cast::<ast::CoalesceExpr>()?.args(), depth)
                }
                NodeKind::CaseExpr => self.of_case(node.cast()?, depth),
                NodeKind::SubLink => match node.cast::<ast::SubLink>()?.sub_link_type() {
                    ast::SubLinkType::ExistsSublink | ast::SubLinkType::ArraySublink => {
                        Some(Nullability::NotNull)
                    }
                    _ => None,
                },
                NodeKind::FuncCall => of_function(node.cast()?),
                NodeKind::AExpr => self.of_operator(node.cast()?, depth),
                _ => None,
            }
        };
        known().unwrap_or(Nullability::Unknown)
    }

    fn of_column(&self, node: Node<'_>) -> Option<Nullability> {
        match self.reference(node)? {
            Reference::Column { column, .. } => Some(self.column_nullability(node.tree(), *column)),
            Reference::Output { query, column } => {
                let columns = &self[*query].columns;
                Some(columns.known.get(*column as usize)?.nullability)
            }
            Reference::SystemColumn { from_item, .. } => Some(match self[*from_item].nullable {
                true => Nullability::Nullable,
                false => Nullability::NotNull,
            }),
            _ => None,
        }
    }

    fn of_coalesce<'t>(
        &self,
        arguments: impl Iterator<Item = Node<'t>>,
        depth: u32,
    ) -> Option<Nullability> {
        let mut result = Nullability::Nullable;
        for argument in arguments {
            match self.nullability_at(argument, depth + 1) {
                Nullability::NotNull => return Some(Nullability::NotNull),
                Nullability::Nullable => {}
                Nullability::Unknown => result = Nullability::Unknown,
            }
        }
        Some(result)
    }

    /// Without ELSE it can be NULL, but whether it ever is depends on the
    /// conditions.
    fn of_case(&self, node: Node<'_, ast::CaseExpr>, depth: u32) -> Option<Nullability> {
        let otherwise = node.defresult()?;
        let results = node.args().of::<ast::CaseWhen>();
        let results = results.filter_map(|it| it.result()).chain([otherwise]);
        let all_not_null = results
            .map(|it| self.nullability_at(it, depth + 1))
            .all(|it| it == Nullability::NotNull);
        all_not_null.then_some(Nullability::NotNull)
    }

    /// Comparison and arithmetic give NULL for NULL only.
    fn of_operator(&self, node: Node<'_, ast::AExpr>, depth: u32) -> Option<Nullability> {
        use ast::AExprKind as Operator;
        match node.kind() {
            Operator::AexprDistinct | Operator::AexprNotDistinct => {
                return Some(Nullability::NotNull);
            }
            Operator::AexprOp if STRICT_OPERATORS.contains(&node.name().last()?) => {}
            _ => return None,
        }
        let operands = node.lexpr().into_iter().chain(node.rexpr());
        let operands = operands.map(|it| self.nullability_at(it, depth + 1));
        operands.reduce(Nullability::or)
    }

    /// The columns for which no row with NULL passes WHERE and the inner joins.
    fn null_rejected(&self, tree: &Tree, query: QueryId) -> Vec<FromColumn> {
        let mut columns = Vec::new();
        for condition in self.filters(tree, query) {
            for operand in rejecting_operands(condition) {
                if let Some(Reference::Column { column, .. }) = self.reference(operand) {
                    columns.push(*column);
                    columns.extend_from_slice(self.merged_sources(*column));
                }
            }
        }
        for join in self.certain_inner_joins(query) {
            let merged = self[join].columns.known.iter();
            let count = self[join].join().map_or(0, |it| it.merged.len());
            columns.extend(merged.take(count).flat_map(|it| it.sources.iter().copied()));
        }
        columns
    }

    /// Both sides of a merged column of an inner join are equal to it.
    fn merged_sources(&self, column: FromColumn) -> &[FromColumn] {
        let join = self[column.from_item].join();
        match self.column(column) {
            Some(found) if join.is_some_and(|it| it.kind == JoinKind::Inner) => &found.sources,
            _ => &[],
        }
    }
}

/// Operators of the server that give NULL if, and only if, an operand is NULL.
const STRICT_OPERATORS: &[&str] = &[
    "=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "||",
];

fn of(is_null: bool) -> Nullability {
    if is_null {
        Nullability::Nullable
    } else {
        Nullability::NotNull
    }
}

/// Functions of the server that never give NULL.
fn of_function(node: Node<'_, ast::FuncCall>) -> Option<Nullability> {
    let name = node.funcname().last()?;
    let is_plain = node.over().is_none();
    let never_null = match name {
        "count" | "row_number" | "rank" | "dense_rank" | "ntile" | "cume_dist" => true,
        "now"
        | "clock_timestamp"
        | "statement_timestamp"
        | "transaction_timestamp"
        | "random"
        | "gen_random_uuid"
        | "uuidv4"
        | "uuidv7"
        | "nextval"
        | "concat"
        | "num_nulls"
        | "num_nonnulls" => is_plain,
        _ => false,
    };
    never_null.then_some(Nullability::NotNull)
}

/// The operands of a condition that is not true when one of them is NULL.
fn rejecting_operands<'t>(condition: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let operands = rejecting(condition).unwrap_or_default();
    operands.into_iter().flatten().map(without_cast)
}

fn rejecting<'t>(condition: Node<'t>) -> Option<[Option<Node<'t>>; 2]> {
    use ast::AExprKind as Operator;
    Some(match condition.node_kind() {
        NodeKind::ColumnRef => [Some(condition), None],
        NodeKind::BoolExpr => {
            let expression = condition.cast::<ast::BoolExpr>()?;
            let is_not = expression.boolop() == ast::BoolExprType::NotExpr;
            let argument = expression.args().first().filter(|_| is_not)?;
            [Some(argument).filter(|it| it.is::<ast::ColumnRef>()), None]
        }
        NodeKind::NullTest => {
            let test = condition.cast::<ast::NullTest>()?;
            let is_not_null = test.nulltesttype() == ast::NullTestType::IsNotNull;
            [test.arg().filter(|_| is_not_null), None]
        }
        NodeKind::BooleanTest => {
            let test = condition.cast::<ast::BooleanTest>()?;
            let is_known = matches!(
                test.booltesttype(),
                ast::BoolTestType::IsTrue
                    | ast::BoolTestType::IsFalse
                    | ast::BoolTestType::IsNotUnknown
            );
            [test.arg().filter(|_| is_known), None]
        }
        NodeKind::SubLink => {
            let link = condition.cast::<ast::SubLink>()?;
            let is_any = link.sub_link_type() == ast::SubLinkType::AnySublink;
            [link.testexpr().filter(|_| is_any), None]
        }
        NodeKind::AExpr => {
            let expression = condition.cast::<ast::AExpr>()?;
            match expression.kind() {
                Operator::AexprOp if STRICT_OPERATORS.contains(&expression.name().last()?) => {
                    [expression.lexpr(), expression.rexpr()]
                }
                Operator::AexprLike | Operator::AexprIlike | Operator::AexprSimilar => {
                    [expression.lexpr(), expression.rexpr()]
                }
                Operator::AexprOpAny
                | Operator::AexprIn
                | Operator::AexprBetween
                | Operator::AexprNotBetween
                | Operator::AexprBetweenSym
                | Operator::AexprNotBetweenSym => [expression.lexpr(), None],
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn without_cast(node: Node<'_>) -> Node<'_> {
    let mut current = node;
    loop {
        let cast = current.cast::<ast::TypeCast>().and_then(|it| it.arg());
        let collate = || current.cast::<ast::CollateClause>().and_then(|it| it.arg());
        match cast.or_else(collate) {
            Some(inner) => current = inner,
            None => return current,
        }
    }
}
