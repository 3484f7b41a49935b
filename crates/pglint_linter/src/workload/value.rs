//! Which values statements write, and compare columns with.

use pglint_catalog::{ColumnNumber, RelationId};
use pglint_semantic::resolve::{Query, QueryKind};
use pglint_syntax::ast::NodeKind;
use pglint_syntax::{Node, ast};

use super::BaseColumn;
use super::observe::Observer;
use crate::condition::{is_null, string_literal, with_descendants};

impl Observer<'_> {
    /// The values of INSERT: of its rows, or of its SELECT.
    pub(super) fn inserted(&mut self, query: &Query) -> Option<()> {
        if query.kind != QueryKind::Insert {
            return None;
        }
        let insert = self.tree.get(query.node)?.cast::<ast::InsertStmt>()?;
        let select = insert.select_stmt()?.cast::<ast::SelectStmt>()?;
        let relation = self.resolution[query.target?].relation()?;
        let columns = self.inserted_columns(query, insert)?;
        let rows = select.values_lists().of::<ast::List>();
        let mut rows: Vec<Vec<Node<'_>>> = rows.map(|row| row.items().collect()).collect();
        let targets = select.target_list().of::<ast::ResTarget>();
        let targets: Vec<Node<'_>> = targets.filter_map(|target| target.val()).collect();
        if targets.is_empty() && rows.is_empty() || targets.iter().any(|it| is_star(*it)) {
            self.inserted_unseen(relation, &columns);
            return Some(());
        }
        if !targets.is_empty() {
            rows.push(targets);
        }
        for row in rows {
            self.inserted_row(relation, &row);
            for (value, column) in row.into_iter().zip(&columns) {
                let Some(column) = column.map(|column| (relation, column)) else {
                    continue;
                };
                if is_null(value) {
                    self.mark(column, |used| used.is_set_to_null = true);
                }
                self.written(column, value);
            }
        }
        Some(())
    }

    /// The columns that an INSERT fills, `None` for one that is not known.
    fn inserted_columns(
        &self,
        query: &Query,
        insert: Node<'_, ast::InsertStmt>,
    ) -> Option<Vec<Option<ColumnNumber>>> {
        let target = &self.resolution[query.target?];
        if insert.cols().is_empty() {
            let known = target.columns.known.iter();
            return Some(known.map(|column| Some(column.origin?.1)).collect());
        }
        let listed = query.assignments.iter().filter(|assignment| {
            let target = self.tree.get(assignment.node);
            target.is_some_and(|node| node.parent().is_some_and(|it| it == insert))
        });
        Some(listed.map(|it| it.column.found()).collect())
    }

    /// Rows that cannot be seen in the statement.
    fn inserted_unseen(&mut self, relation: RelationId, columns: &[Option<ColumnNumber>]) {
        let used = &mut self.workload.used_mut(relation).rows;
        used.has_other_rows = true;
        for column in columns.iter().flatten() {
            self.workload.values_mut((relation, *column)).open();
        }
    }

    fn inserted_row(&mut self, relation: RelationId, row: &[Node<'_>]) {
        let comes_from_elsewhere = |node: Node<'_>| {
            matches!(
                node.node_kind(),
                NodeKind::ColumnRef | NodeKind::ParamRef | NodeKind::SubLink
            )
        };
        let is_fixed = !row
            .iter()
            .flat_map(|value| with_descendants(*value))
            .any(comes_from_elsewhere);
        let used = &mut self.workload.used_mut(relation).rows;
        used.has_fixed_rows |= is_fixed;
        used.has_other_rows |= !is_fixed;
    }

    /// A value that INSERT or UPDATE gives to a column.
    pub(super) fn written(&mut self, column: BaseColumn, value: Node<'_>) {
        if is_null(value) || value.is::<ast::SetToDefault>() {
            return;
        }
        let values = self.workload.values_mut(column);
        match string_literal(value) {
            Some(literal) => values.add(literal),
            None => values.open(),
        }
    }

    /// What a reference in a condition is compared with.
    pub(super) fn compared(&mut self, column: BaseColumn, reference: Node<'_>) {
        let mut operand = reference;
        while let Some(cast) = operand.parent().filter(|it| it.is::<ast::TypeCast>()) {
            operand = cast;
        }
        let Some(comparison) = operand.parent().and_then(|it| it.cast::<ast::AExpr>()) else {
            return;
        };
        let Some(other) = [comparison.lexpr(), comparison.rexpr()]
            .into_iter()
            .flatten()
            .find(|side| *side != operand)
        else {
            return;
        };
        let compared: Option<Vec<&str>> = match comparison.kind() {
            ast::AExprKind::AexprOp if matches!(comparison.name().last(), Some("=" | "<>")) => {
                string_literal(other).map(|literal| vec![literal])
            }
            ast::AExprKind::AexprIn => other
                .cast::<ast::List>()
                .and_then(|list| list.items().map(string_literal).collect()),
            _ => None,
        };
        let values = self.workload.values_mut(column);
        match compared {
            Some(literals) => {
                literals.into_iter().for_each(|it| values.add(it));
                values.is_compared = true;
            }
            None => values.open(),
        }
    }
}

fn is_star(target: Node<'_>) -> bool {
    target
        .cast::<ast::ColumnRef>()
        .is_some_and(|column| column.fields().has_star())
}

/// Is the column taken apart at commas, semicolons or bars?
pub(super) fn is_split(reference: Node<'_>) -> bool {
    let mut value = reference;
    while let Some(outer) = value.parent().filter(|outer| passes_text_on(*outer)) {
        value = outer;
    }
    let Some(call) = value.parent().and_then(|it| it.cast::<ast::FuncCall>()) else {
        return looks_for_element(value);
    };
    let splits = matches!(
        call.funcname().last(),
        Some(
            "string_to_array"
                | "string_to_table"
                | "regexp_split_to_array"
                | "regexp_split_to_table"
        )
    );
    splits
        && call.args().get(0).is_some_and(|first| first == value)
        && call
            .args()
            .get(1)
            .and_then(string_literal)
            .is_some_and(separates_elements)
}

/// `',' || tags || ',' LIKE '%,x,%'`.
fn looks_for_element(list: Node<'_>) -> bool {
    let is_concatenation = |outer: &Node<'_>| {
        let outer = outer.cast::<ast::AExpr>();
        outer.is_some_and(|it| it.name().last() == Some("||"))
    };
    let mut whole = list;
    while let Some(outer) = whole.parent().filter(is_concatenation) {
        whole = outer;
    }
    let is_wrapped = whole
        .descendants()
        .any(|part| string_literal(part).is_some_and(separates_elements));
    let like = whole.parent().and_then(|it| it.cast::<ast::AExpr>());
    is_wrapped
        && like.is_some_and(|like| {
            like.kind() == ast::AExprKind::AexprLike && like.lexpr() == Some(whole)
        })
}

/// A cast, or a function that leaves the elements of a list as they are.
fn passes_text_on(node: Node<'_>) -> bool {
    let is_function = node.cast::<ast::FuncCall>().is_some_and(|call| {
        matches!(
            call.funcname().last(),
            Some("lower" | "upper" | "btrim" | "rtrim" | "ltrim")
        )
    });
    is_function || node.is::<ast::TypeCast>() || node.is::<ast::CoalesceExpr>()
}

/// `,`, `;` and `|`, with spaces around them or a pattern of those.
fn separates_elements(separator: &str) -> bool {
    let rest = separator.replace("\\s", " ");
    let mut marks = rest.trim_matches([' ', '*', '+']).chars();
    matches!(marks.next(), Some(',' | ';' | '|')) && marks.next().is_none()
}
