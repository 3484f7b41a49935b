//! Statements within statements, and the parts of a query that no expression and
//! no FROM item is.

use super::Recovery;
use super::tokens::{Place, Span};
use crate::ast::{self, NodeKind, SetOperation};
use crate::token::TokenKind;
use crate::tree::Node;

/// What can follow the operands of a set operation (gram.y, `select_no_parens`).
const AFTER_OPERAND: &[&str] = &[
    "union",
    "intersect",
    "except",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
];

impl<'t> Recovery<'t> {
    /// The whole of a part of a query, and the beginning of a query. `None` for
    /// other nodes.
    pub(super) fn part_of_query(
        &mut self,
        node: Node<'t>,
        anchor: Option<Place>,
        known: Option<Span>,
    ) -> Option<Span> {
        match node.node_kind() {
            NodeKind::SelectStmt => self.select(node, known?),
            NodeKind::InsertStmt => self.with_keyword(known?, &["insert"]),
            NodeKind::UpdateStmt => self.with_keyword(known?, &["update"]),
            NodeKind::DeleteStmt => self.with_keyword(known?, &["delete"]),
            NodeKind::MergeStmt => self.with_keyword(known?, &["merge"]),
            NodeKind::ResTarget => self.target(node, anchor?, known?),
            NodeKind::SortBy => self.sort_key(node),
            NodeKind::WindowDef => self.window(node, anchor?),
            NodeKind::GroupingSet => self.grouping_set(anchor?),
            NodeKind::CommonTableExpr => self.common_table_expression(node, anchor?),
            NodeKind::OnConflictClause => self.on_conflict(anchor?, known?),
            NodeKind::InferClause => self.conflict_target(anchor?),
            NodeKind::ReturningClause => self.with_keyword(known?, &["returning"]),
            NodeKind::LockingClause => self.locking(known?),
            _ => None,
        }
    }

    /// A query from its WITH, SELECT, VALUES or TABLE on, or from the parenthesis
    /// before it where a later clause stands outside: `(SELECT 1) LIMIT 1`.
    fn select(&self, node: Node<'t>, known: Span) -> Option<Span> {
        let op = node.cast::<ast::SelectStmt>()?.op();
        let first_child = node
            .children()
            .filter_map(|child| self.span(child)?.first.into());
        let is_set_operation = !matches!(op, SetOperation::Undefined | SetOperation::SetopNone);
        let before = known.first.saturating_sub(2);
        let is_distinct_on = self.tokens.words(before, &["distinct", "on"]) == Some(known.first);
        let is_whole = is_set_operation || first_child.min() != Some(known.first);
        if is_whole && !is_distinct_on {
            return Some(known);
        }
        self.with_keyword(known, &["select", "values", "table"])
    }

    /// A statement from its first keyword on.
    fn with_keyword(&self, known: Span, keywords: &[&str]) -> Option<Span> {
        if self.tokens.is_word(known.first, "with")
            || self.tokens.is_any_word(known.first, keywords)
        {
            return Some(known);
        }
        let mut place = known.first;
        loop {
            place = place.checked_sub(1)?;
            if self.tokens.is_any_word(place, keywords) {
                return Some(Span::new(place, known.last));
            }
            place = match self.tokens.kind(place)? {
                TokenKind::LeftParen | TokenKind::LeftBracket | TokenKind::Semicolon => {
                    return None;
                }
                _ => self.tokens.opening(place).unwrap_or(place),
            };
        }
    }

    /// `expression [[AS] name]`, `name [indirection] = expression`, `name
    /// [indirection]`.
    fn target(&mut self, node: Node<'t>, anchor: Place, known: Span) -> Option<Span> {
        let target = node.cast::<ast::ResTarget>()?;
        let Some(value) = target.val().and_then(|value| self.span(value)) else {
            let last = self.tokens.identifier_end(anchor);
            let last = self.subscripts(last, target.indirection()).unwrap_or(last);
            return Some(Span::new(anchor, last));
        };
        // The anchor of `(a) + b` is the parenthesis, which is not in a child.
        let value = self.tokens.with_parentheses(value, anchor);
        let is_assignment = value.first > anchor;
        if is_assignment {
            let last = self.tokens.identifier_end(anchor);
            self.subscripts(last, target.indirection());
        }
        let mut span = self.tokens.join(known, value);
        if !is_assignment && !target.name().is_empty() {
            let name = self.tokens.skip_word(span.last + 1, "as");
            if self.tokens.is_identifier(name) {
                span.last = self.tokens.identifier_end(name);
            }
        }
        Some(span)
    }

    /// `expression [ASC|DESC|USING operator] [NULLS FIRST|LAST]`.
    fn sort_key(&self, node: Node<'t>) -> Option<Span> {
        let key = self.span(node.cast::<ast::SortBy>()?.node()?)?;
        let key = self.tokens.with_parentheses(key, 0);
        let mut next = key.last + 1;
        if self.tokens.is_any_word(next, &["asc", "desc"]) {
            next += 1;
        } else if let Some(operator) = self.tokens.words(next, &["using"]) {
            next = match self.tokens.words(operator, &["operator"]) {
                Some(open) => self.tokens.after(open),
                None => operator + 1,
            };
        }
        if self.tokens.is_word(next, "nulls")
            && self.tokens.is_any_word(next + 1, &["first", "last"])
        {
            next += 2;
        }
        Some(Span::new(key.first, next - 1))
    }

    /// `(...)`, `name AS (...)` or, after OVER, `name`.
    fn window(&self, node: Node<'t>, anchor: Place) -> Option<Span> {
        let Some(close) = self.tokens.closing_paren(anchor) else {
            return Some(Span::new(anchor, self.tokens.identifier_end(anchor)));
        };
        let has_name = !node.cast::<ast::WindowDef>()?.name().is_empty();
        let as_word = anchor.checked_sub(1)?;
        let mut first = anchor;
        if has_name && self.tokens.is_word(as_word, "as") {
            first = as_word.checked_sub(1)?;
        }
        Some(Span::new(first, close))
    }

    /// `()`, `ROLLUP (...)`, `CUBE (...)`, `GROUPING SETS (...)`.
    fn grouping_set(&self, anchor: Place) -> Option<Span> {
        let open = match self.tokens.words(anchor, &["grouping", "sets"]) {
            Some(open) => open,
            None if self.tokens.is(anchor, TokenKind::LeftParen) => anchor,
            None => anchor + 1,
        };
        Some(Span::new(anchor, self.tokens.closing_paren(open)?))
    }

    /// `name [(columns)] AS [[NOT] MATERIALIZED] (query) [SEARCH ...] [CYCLE ...]`.
    fn common_table_expression(&mut self, node: Node<'t>, anchor: Place) -> Option<Span> {
        let cte = node.cast::<ast::CommonTableExpr>()?;
        let mut next = self.tokens.identifier_end(anchor) + 1;
        if let Some(close) = self.tokens.closing_paren(next) {
            next = close + 1;
        }
        next = self.tokens.words(next, &["as"])?;
        next = self.tokens.skip_word(next, "not");
        next = self.tokens.skip_word(next, "materialized");
        let open = next;
        let mut last = self.tokens.closing_paren(open)?;
        if let Some(query) = cte.ctequery()
            && last > open + 1
        {
            self.place(query, self.inside(Span::new(open, last)));
        }
        if let Some(search) = cte.search_clause() {
            last = self.cte_clause(search.erase(), last, ["search", "set"])?;
        }
        if let Some(cycle) = cte.cycle_clause() {
            last = self.cte_clause(cycle.erase(), last, ["cycle", "using"])?;
        }
        Some(Span::new(anchor, last))
    }

    /// Places `SEARCH ... SET name` or `CYCLE ... USING name`, which follows the
    /// token `last`. Gives the last of its tokens.
    fn cte_clause(&mut self, node: Node<'t>, last: Place, words: [&str; 2]) -> Option<Place> {
        let [first, before_name] = words;
        let after_first = self.tokens.words(last + 1, &[first])?;
        let is_before_name = |place| self.tokens.is_word(place, before_name);
        let before_name = self.tokens.find(after_first, is_before_name);
        let end = self.tokens.identifier_end(before_name + 1);
        self.place(node, Span::new(last + 1, end));
        Some(end)
    }

    /// `ON CONFLICT ...` up to `RETURNING`.
    fn on_conflict(&self, anchor: Place, known: Span) -> Option<Span> {
        let is_returning = |next| self.tokens.is_word(next, "returning");
        let end = self.tokens.find(known.last + 1, is_returning);
        Some(Span::new(anchor, end - 1))
    }

    /// `(elements) [WHERE ...]` or `ON CONSTRAINT name`.
    fn conflict_target(&self, anchor: Place) -> Option<Span> {
        if let Some(name) = self.tokens.words(anchor, &["on", "constraint"]) {
            return Some(Span::new(anchor, self.tokens.identifier_end(name)));
        }
        Some(Span::new(anchor, self.tokens.closing_paren(anchor)?))
    }

    /// `FOR ... OF tables [NOWAIT|SKIP LOCKED]`; without tables it has no trace.
    fn locking(&self, known: Span) -> Option<Span> {
        let mut span = self.with_keyword(known, &["for"])?;
        if self.tokens.is_word(span.last + 1, "nowait") {
            span.last += 1;
        } else if let Some(after) = self.tokens.words(span.last + 1, &["skip", "locked"]) {
            span.last = after - 1;
        }
        Some(span)
    }

    /// What the parentheses hold, without further parentheses around all of it.
    pub(super) fn inside(&self, mut parentheses: Span) -> Span {
        while self.tokens.closing_paren(parentheses.first + 1) == Some(parentheses.last - 1)
            && parentheses.last - parentheses.first > 3
        {
            parentheses = Span::new(parentheses.first + 1, parentheses.last - 1);
        }
        Span::new(parentheses.first + 1, parentheses.last - 1)
    }

    /// Where a statement within another statement ends: with the brackets
    /// around it, at a semicolon, or where the outer statement goes on.
    pub(super) fn statement_extent(
        &self,
        node: Node<'t>,
        known: Span,
        outer: Span,
    ) -> Option<Span> {
        let is_statement = matches!(
            node.node_kind(),
            NodeKind::SelectStmt
                | NodeKind::InsertStmt
                | NodeKind::UpdateStmt
                | NodeKind::DeleteStmt
                | NodeKind::MergeStmt
        );
        let parent = node.parent()?;
        if !is_statement || parent.is::<ast::SelectStmt>() {
            return None;
        }
        let goes_on: &[&str] = match parent.node_kind() {
            NodeKind::InsertStmt => &["on", "returning"],
            NodeKind::ViewStmt | NodeKind::CreateTableAsStmt => &["with"],
            NodeKind::JsonArrayQueryConstructor => &["format", "absent", "returning"],
            _ => &[],
        };
        let end = self.tokens.find(known.last + 1, |next| {
            // FETCH FIRST 3 ROWS WITH TIES is the query's.
            self.tokens.is_any_word(next, goes_on) && !self.tokens.is_word(next + 1, "ties")
        });
        let last = (end - 1).min(outer.last);
        Some(Span::new(known.first, last.max(known.last)))
    }

    /// Places the two sides of UNION, INTERSECT and EXCEPT.
    pub(super) fn place_set_operands(&mut self, node: Node<'t>) {
        let Some(select) = node.cast::<ast::SelectStmt>() else {
            return;
        };
        if matches!(
            select.op(),
            SetOperation::Undefined | SetOperation::SetopNone
        ) {
            return;
        }
        let Some(outer) = self.span(node) else {
            return;
        };
        for operand in [select.larg(), select.rarg()].into_iter().flatten() {
            let operand = operand.erase();
            if let Some(known) = self.span(operand) {
                // In parentheses of its own it may have an ORDER BY of its own.
                let around = self.tokens.enclosing(known.first);
                let is_alone = around.is_some_and(|around| outer.contains(around));
                let end = self.tokens.find(known.last + 1, |next| {
                    !is_alone && self.tokens.is_any_word(next, AFTER_OPERAND)
                });
                let last = (end - 1).min(outer.last).max(known.last);
                self.place(operand, Span::new(known.first, last));
            }
        }
    }
}
