//! FROM items: the rules `table_ref` and `relation_expr` of gram.y.

use super::Recovery;
use super::tokens::{Place, Span};
use crate::ast::{self, NodeKind};
use crate::tree::Node;

impl<'t> Recovery<'t> {
    /// The whole of a FROM item, its alias included. `None` for other nodes.
    pub(super) fn table_reference(
        &mut self,
        node: Node<'t>,
        anchor: Option<Place>,
        known: Option<Span>,
    ) -> Option<Span> {
        match node.node_kind() {
            NodeKind::RangeVar => self.relation(node, anchor?),
            NodeKind::RangeSubselect => self.sub_select(node, known?),
            NodeKind::RangeFunction => self.table_function(node, known?),
            NodeKind::RangeTableFunc => {
                let alias = node.cast::<ast::RangeTableFunc>()?.alias();
                self.table_syntax(anchor?, alias)
            }
            NodeKind::JsonTable => {
                let alias = node.cast::<ast::JsonTable>()?.alias();
                self.table_syntax(anchor?, alias)
            }
            NodeKind::RangeTableSample => self.table_sample(anchor?, known?),
            NodeKind::JoinExpr => self.join_expression(node, known?),
            NodeKind::RangeTableFuncCol | NodeKind::JsonTableColumn => {
                Some(Span::new(anchor?, self.tokens.element_end(anchor?)))
            }
            _ => None,
        }
    }

    /// `[ONLY] name [*] [[AS] alias]`, `ONLY (name)`.
    fn relation(&mut self, node: Node<'t>, anchor: Place) -> Option<Span> {
        let relation = node.cast::<ast::RangeVar>()?;
        let name = Span::new(anchor, self.tokens.name_end(anchor));
        let mut span = name;
        if !relation.inh() {
            let inner = self.tokens.with_parentheses(name, 0);
            let only = inner.first.checked_sub(1);
            if let Some(only) = only.filter(|only| self.tokens.is_word(*only, "only")) {
                span = Span::new(only, inner.last);
            }
        } else if self.tokens.is_operator(name.last + 1, "*") {
            span.last += 1;
        }
        span.last = self.alias_end(span.last, relation.alias());
        Some(span)
    }

    /// `[LATERAL] (query) [[AS] alias]`.
    fn sub_select(&mut self, node: Node<'t>, known: Span) -> Option<Span> {
        let alias = node.cast::<ast::RangeSubselect>()?.alias();
        let parentheses = self.tokens.enclosing(known.first)?;
        let mut span = self.tokens.with_parentheses(parentheses, 0);
        span.last = self.alias_end(span.last, alias);
        Some(self.with_lateral(span))
    }

    /// `[LATERAL] f(...)`, `ROWS FROM (f(...), ...)`, both with
    /// `[WITH ORDINALITY] [[AS] alias] [(columns)]`.
    fn table_function(&mut self, node: Node<'t>, known: Span) -> Option<Span> {
        let function = node.cast::<ast::RangeFunction>()?;
        let mut span = self.span(function.functions().first()?)?;
        if function.is_rowsfrom() {
            // The list of functions may have taken the parentheses for its own.
            let parentheses = match self.is_rows_from(known) {
                true => known,
                false => self.tokens.enclosing(known.first)?,
            };
            if !self.is_rows_from(parentheses) {
                return None;
            }
            span = Span::new(parentheses.first - 2, parentheses.last);
        }
        let ordinality = self.tokens.words(span.last + 1, &["with", "ordinality"]);
        if let Some(after) = ordinality.filter(|_| function.ordinality()) {
            span.last = after - 1;
        }
        if function.alias().is_some() {
            span.last = self.alias_end(span.last, function.alias());
        }
        if !function.coldeflist().is_empty() {
            let open = self.tokens.skip_word(span.last + 1, "as");
            span.last = self.tokens.closing_paren(open).unwrap_or(span.last);
        }
        Some(self.with_lateral(span))
    }

    fn is_rows_from(&self, parentheses: Span) -> bool {
        let rows = parentheses.first.checked_sub(2);
        rows.is_some_and(|rows| {
            self.tokens.words(rows, &["rows", "from"]) == Some(parentheses.first)
        })
    }

    /// `[LATERAL] XMLTABLE (...) [[AS] alias]`, and so for `JSON_TABLE`.
    fn table_syntax(&mut self, anchor: Place, alias: Option<Node<'t, ast::Alias>>) -> Option<Span> {
        let close = self.tokens.closing_paren(anchor + 1)?;
        let last = self.alias_end(close, alias);
        Some(self.with_lateral(Span::new(anchor, last)))
    }

    /// `relation TABLESAMPLE method (...) [REPEATABLE (...)]`.
    fn table_sample(&self, anchor: Place, known: Span) -> Option<Span> {
        let method = self.tokens.skip_word(anchor, "tablesample");
        let open = self.tokens.name_end(method) + 1;
        let mut last = self.tokens.closing_paren(open)?;
        if let Some(seed) = self.tokens.words(last + 1, &["repeatable"]) {
            last = self.tokens.closing_paren(seed)?;
        }
        Some(Span::new(known.first, last))
    }

    /// `a JOIN b ON ...`, `a JOIN b USING (...) [AS alias]`, `(a JOIN b ...) alias`.
    fn join_expression(&mut self, node: Node<'t>, known: Span) -> Option<Span> {
        let join = node.cast::<ast::JoinExpr>()?;
        let mut span = known;
        if let Some(right) = join.rarg().and_then(|right| self.span(right)) {
            // The right side alone may stand in parentheses of its own.
            span = self
                .tokens
                .join(span, self.tokens.with_parentheses(right, 0));
        }
        if let Some(open) = self.tokens.words(span.last + 1, &["using"])
            && !join.using_clause().is_empty()
        {
            span.last = self.tokens.closing_paren(open)?;
            span.last = self.alias_end(span.last, join.join_using_alias());
        }
        if join.alias().is_some() {
            span = self.tokens.with_parentheses(span, 0);
            span.last = self.alias_end(span.last, join.alias());
        }
        Some(span)
    }

    fn with_lateral(&self, span: Span) -> Span {
        let before = span.first.checked_sub(1);
        match before.filter(|before| self.tokens.is_word(*before, "lateral")) {
            Some(lateral) => Span::new(lateral, span.last),
            None => span,
        }
    }

    /// Places the alias that follows the token `last`: `[AS] name [(columns)]`.
    /// Gives the last of its tokens, or `last` where there is none.
    pub(super) fn alias_end(&mut self, last: Place, alias: Option<Node<'t, ast::Alias>>) -> Place {
        let Some(alias) = alias else {
            return last;
        };
        let name = self.tokens.skip_word(last + 1, "as");
        if !self.tokens.is_identifier(name) {
            return last;
        }
        let name_end = self.tokens.identifier_end(name);
        let columns = self.tokens.closing_paren(name_end + 1);
        let end = columns
            .filter(|_| !alias.colnames().is_empty())
            .unwrap_or(name_end);
        self.place(alias.erase(), Span::new(name, end));
        end
    }
}
