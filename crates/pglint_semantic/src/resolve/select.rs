//! SELECT, VALUES and set operations: `transformSelectStmt` and its kin of
//! analyze.c, the clauses of parse_clause.c.

use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::tree::Nodes;
use smallvec::smallvec;

use super::reference::Answer;
use super::resolution::{
    Clause, Column, Columns, CteId, FromItem, FromItemKind, Nullability, QueryId, QueryKind,
    Reference,
};
use super::scope::{Resolver, Visible};
use super::target_name::target_name;

impl<'a> Resolver<'a> {
    /// Any of the three; `cte` is the common table whose query it is.
    pub(super) fn select(
        &mut self,
        node: Node<'a, ast::SelectStmt>,
        parent: Option<QueryId>,
        clause: Clause,
        cte: Option<CteId>,
    ) -> QueryId {
        if node.larg().is_some() && node.rarg().is_some() {
            self.set_operation(node, parent, clause, cte)
        } else if !node.values_lists().is_empty() {
            self.values(node, parent, clause)
        } else {
            self.plain_select(node, parent, clause)
        }
    }

    fn plain_select(
        &mut self,
        node: Node<'a, ast::SelectStmt>,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::Select, parent, clause);
        self.with_clause(query, node.with_clause());
        self.resolve_from(query, node.from_clause());
        let columns = self.target_list(query, Clause::Target, node.target_list());
        self.query(query).columns = columns;
        self.condition(query, Clause::Where, node.where_clause());
        self.condition(query, Clause::Having, node.having_clause());
        for element in node.group_clause() {
            self.group_element(query, element);
        }
        for element in node.distinct_clause() {
            self.output_first(query, Clause::DistinctOn, element);
        }
        self.expressions(query, Clause::Window, node.window_clause());
        self.tail(query, node);
        let grouping_sets = node.group_clause().any(|it| it.is::<ast::GroupingSet>());
        self.set_nullability(query, grouping_sets);
        query
    }

    /// ORDER BY, LIMIT and OFFSET.
    fn tail(&mut self, query: QueryId, node: Node<'a, ast::SelectStmt>) {
        for sort in node.sort_clause().of::<ast::SortBy>() {
            if let Some(key) = sort.node() {
                self.output_first(query, Clause::OrderBy, key);
            }
        }
        self.expressions(query, Clause::Limit, node.limit_count());
        self.expressions(query, Clause::Limit, node.limit_offset());
    }

    fn values(
        &mut self,
        node: Node<'a, ast::SelectStmt>,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::Values, parent, clause);
        self.with_clause(query, node.with_clause());
        let mut columns: Option<Columns> = None;
        for row in node.values_lists().of::<ast::List>() {
            let row = self.values_row(query, row.items());
            match &mut columns {
                None => columns = Some(row),
                Some(columns) => {
                    columns.complete &= row.complete;
                    for (column, other) in columns.known.iter_mut().zip(&row.known) {
                        column.nullability = column.nullability.or(other.nullability);
                        if column.data_type != other.data_type {
                            column.data_type = None;
                        }
                    }
                }
            }
        }
        self.query(query).columns = columns.unwrap_or_default();
        self.rows_in_scope(query, node);
        self.tail(query, node);
        query
    }

    /// `n.*` stands for all columns of `n` (`transformExpressionList`).
    fn values_row(&mut self, query: QueryId, values: Nodes<'a>) -> Columns {
        let mut row = Columns {
            known: Vec::new(),
            complete: true,
        };
        for value in values {
            if self.star_target(query, Clause::Values, value, &mut row) {
                continue;
            }
            self.expressions(query, Clause::Values, Some(value));
            row.known.push(Column {
                data_type: self.expression_type(value),
                nullability: self.resolution.nullability(value),
                ..Column::named("")
            });
        }
        for (number, column) in (1..).zip(&mut row.known) {
            *column = Column {
                data_type: column.data_type.take(),
                nullability: column.nullability,
                ..Column::named(format!("column{number}"))
            };
        }
        row
    }

    fn set_operation(
        &mut self,
        node: Node<'a, ast::SelectStmt>,
        parent: Option<QueryId>,
        clause: Clause,
        cte: Option<CteId>,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::SetOperation(Vec::new()), parent, clause);
        self.with_clause(query, node.with_clause());
        let mut operands = Vec::new();
        for (operand, operation) in operands_of(node) {
            let inner = self.select(operand, Some(query), Clause::SetOperand, None);
            if operands.is_empty()
                && let Some(cte) = cte
            {
                self.set_recursive_columns(cte, inner);
            }
            operands.push((inner, operation));
        }
        self.query(query).columns = self.combined_columns(&operands);
        let operands = operands.into_iter().map(|(operand, _)| operand);
        self.query(query).kind = QueryKind::SetOperation(operands.collect());
        self.rows_in_scope(query, node);
        self.tail(query, node);
        query
    }

    /// The leftmost operand gives the names (`transformSetOperationStmt`).
    fn combined_columns(&self, operands: &[(QueryId, ast::SetOperation)]) -> Columns {
        let mut operands = operands.iter();
        let Some((first, _)) = operands.next() else {
            return Columns::unknown();
        };
        let mut combined = self.resolution[*first].columns.clone();
        for column in &mut combined.known {
            column.expression = None;
        }
        for (operand, operation) in operands {
            let columns = &self.resolution[*operand].columns;
            for (place, column) in combined.known.iter_mut().enumerate() {
                let other = columns.known.get(place).filter(|_| columns.complete);
                combine(column, other, *operation);
            }
        }
        combined
    }

    /// Lets ORDER BY see the rows of VALUES or of a set operation by name.
    fn rows_in_scope(&mut self, query: QueryId, node: Node<'a, ast::SelectStmt>) {
        let columns = self.resolution[query].columns.clone();
        let item = self.add_item(FromItem {
            node: node.node_number(),
            query,
            name: None,
            has_alias: false,
            kind: FromItemKind::Subquery(query),
            columns,
            nullable: false,
        });
        self.scope(query)
            .namespace
            .push(Visible::new(item, false, true));
    }

    /// A target list or RETURNING (`transformTargetList`).
    pub(super) fn target_list(
        &mut self,
        query: QueryId,
        clause: Clause,
        targets: Nodes<'a>,
    ) -> Columns {
        let mut columns = Columns {
            known: Vec::new(),
            complete: true,
        };
        for target in targets.of::<ast::ResTarget>() {
            if let Some(value) = target.val() {
                self.target(query, clause, target, value, &mut columns);
            }
        }
        columns
    }

    fn target(
        &mut self,
        query: QueryId,
        clause: Clause,
        target: Node<'a, ast::ResTarget>,
        value: Node<'a>,
        columns: &mut Columns,
    ) {
        if self.star_target(query, clause, value, columns) {
            return;
        }
        self.expressions(query, clause, Some(value));
        if ends_in_star(value) {
            columns.complete = false;
            return;
        }
        let mut column = self.output_column(value);
        if !target.name().is_empty() {
            column.name = target.name().into();
        }
        columns.known.push(column);
    }

    /// Adds the columns of a star. `false` when the value is none.
    fn star_target(
        &mut self,
        query: QueryId,
        clause: Clause,
        value: Node<'a>,
        columns: &mut Columns,
    ) -> bool {
        let Some(star) = value.cast::<ast::ColumnRef>() else {
            return false;
        };
        if !star.fields().has_star() {
            return false;
        }
        let reference = self.star(query, &star.fields().to_vec());
        self.add_star(&reference, columns);
        self.record(star, query, clause, reference);
        true
    }

    fn add_star(&self, reference: &Reference, columns: &mut Columns) {
        let Reference::Star {
            columns: found,
            complete,
        } = reference
        else {
            columns.complete = false;
            return;
        };
        for from_column in found {
            if let Some(column) = self.resolution.column(*from_column) {
                columns.known.push(Column {
                    sources: smallvec![*from_column],
                    expression: None,
                    ..column.clone()
                });
            }
        }
        columns.complete &= complete;
    }

    fn output_column(&self, value: Node<'a>) -> Column {
        let name = target_name(&self.resolution, value);
        let expression = Some(value.node_number());
        if let Some(Reference::Column { column, .. }) = self.resolution.reference(value)
            && let Some(found) = self.resolution.column(*column)
        {
            return Column {
                name,
                sources: smallvec![*column],
                expression,
                ..found.clone()
            };
        }
        Column {
            data_type: self.expression_type(value),
            expression,
            ..Column::named(name)
        }
    }

    /// Known only when WHERE and ON have been read.
    pub(super) fn set_nullability(&mut self, query: QueryId, grouping_sets: bool) {
        let columns = self.resolution[query].columns.known.iter();
        let nullabilities: Vec<_> = columns
            .map(|column| {
                let expression = self.resolution.node(self.tree, column.expression);
                let nullability = match (expression, column.sources.first()) {
                    (Some(value), _) => self.resolution.nullability(value),
                    (None, Some(source)) => self.resolution.column_nullability(self.tree, *source),
                    (None, None) => column.nullability,
                };
                match nullability {
                    // The columns that a grouping set leaves out are NULL.
                    Nullability::NotNull if grouping_sets => Nullability::Unknown,
                    nullability => nullability,
                }
            })
            .collect();
        let columns = self.query(query).columns.known.iter_mut();
        for (column, nullability) in columns.zip(nullabilities) {
            column.nullability = nullability;
        }
    }

    /// A grouping element; a column of the input comes before one of the output.
    fn group_element(&mut self, query: QueryId, element: Node<'a>) {
        match element.node_kind() {
            NodeKind::GroupingSet => {
                let set = element.cast::<ast::GroupingSet>();
                for inner in set.into_iter().flat_map(|set| set.content()) {
                    self.group_element(query, inner);
                }
            }
            NodeKind::RowExpr => {
                let row = element.cast::<ast::RowExpr>();
                for inner in row.into_iter().flat_map(|row| row.args()) {
                    self.group_element(query, inner);
                }
            }
            _ => match single_name(element) {
                Some((column, name)) => match self.in_level(query, name) {
                    Answer::Missing => self.output_first(query, Clause::GroupBy, element),
                    answer => self.record(column, query, Clause::GroupBy, answer.at_level(0)),
                },
                None => self.expressions(query, Clause::GroupBy, Some(element)),
            },
        }
    }

    /// A name alone means the output column of that name, if there is one
    /// (`findTargetlistEntrySQL92`).
    fn output_first(&mut self, query: QueryId, clause: Clause, element: Node<'a>) {
        let Some((column, name)) = single_name(element) else {
            return self.expressions(query, clause, Some(element));
        };
        match self.output(query, name) {
            Some(reference) => self.record(column, query, clause, reference),
            None => self.column_ref(query, clause, column),
        }
    }

    /// The output column of a name; two that are equal are one. `None` when there
    /// is no such column.
    fn output(&self, query: QueryId, name: &str) -> Option<Reference> {
        let columns = &self.resolution[query].columns;
        let mut places = columns.positions(name);
        let Some(first) = places.next() else {
            return (!columns.complete).then_some(Reference::Unknown);
        };
        for other in places {
            let (first, other) = (&columns.known[first], &columns.known[other]);
            let both_columns = first.sources.len() == 1 && other.sources.len() == 1;
            match (both_columns, first.sources == other.sources) {
                (true, true) => {}
                (true, false) => return Some(Reference::Ambiguous),
                (false, _) => return Some(Reference::Unknown),
            }
        }
        let column = first as u32;
        Some(Reference::Output { query, column })
    }
}

/// The operands of a set operation, leftmost first, each with the operation that
/// joins it to those before. A loop, because thousands of UNIONs nest to the left.
fn operands_of<'a>(
    node: Node<'a, ast::SelectStmt>,
) -> Vec<(Node<'a, ast::SelectStmt>, ast::SetOperation)> {
    let mut operands = Vec::new();
    let mut current = node;
    while let (Some(left), Some(right)) = (current.larg(), current.rarg()) {
        operands.push((right, current.op()));
        current = left;
        let is_leaf = current.with_clause().is_some()
            || !current.sort_clause().is_empty()
            || current.limit_count().is_some()
            || current.limit_offset().is_some()
            || !current.locking_clause().is_empty();
        if is_leaf {
            break;
        }
    }
    operands.push((current, ast::SetOperation::SetopNone));
    operands.reverse();
    operands
}

fn combine(column: &mut Column, other: Option<&Column>, operation: ast::SetOperation) {
    let data_type = other.and_then(|it| it.data_type.as_ref());
    if column.data_type.as_ref() != data_type {
        column.data_type = None;
    }
    let nullability = other.map_or(Nullability::Unknown, |it| it.nullability);
    match operation {
        ast::SetOperation::SetopExcept => {}
        ast::SetOperation::SetopIntersect if nullability == Nullability::NotNull => {
            column.nullability = Nullability::NotNull;
        }
        ast::SetOperation::SetopIntersect => {}
        _ => column.nullability = column.nullability.or(nullability),
    }
    column.origin = None;
    match other {
        Some(other) => column.sources.extend_from_slice(&other.sources),
        None => column.sources.clear(),
    }
}

fn single_name<'a>(node: Node<'a>) -> Option<(Node<'a, ast::ColumnRef>, &'a str)> {
    let column = node.cast::<ast::ColumnRef>()?;
    let name = column.fields().only()?;
    (!column.fields().has_star()).then_some((column, name))
}

/// `(composite).*`: how many columns it gives is not known.
fn ends_in_star(value: Node<'_>) -> bool {
    let indirection = value.cast::<ast::AIndirection>();
    indirection.is_some_and(|it| it.indirection().any(|step| step.is::<ast::AStar>()))
}
