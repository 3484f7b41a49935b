//! Expressions: the rules `a_expr`, `b_expr`, `c_expr` and `func_expr` of gram.y.

use super::Recovery;
use super::tokens::{Place, Span};
use crate::ast::{self, NodeKind};
use crate::token::TokenKind;
use crate::tree::Node;

impl<'t> Recovery<'t> {
    /// The whole of an expression. `None` for other nodes, and for those that
    /// their anchor and their children tell completely.
    pub(super) fn expression(
        &mut self,
        node: Node<'t>,
        anchor: Option<Place>,
        known: Option<Span>,
    ) -> Option<Span> {
        match node.node_kind() {
            NodeKind::ColumnRef => Some(Span::new(anchor?, self.tokens.name_end(anchor?))),
            NodeKind::AConst => Some(Span::new(anchor?, self.constant_end(anchor?))),
            NodeKind::FuncCall => match anchor {
                Some(anchor) => self.function_call(node, anchor, known?),
                None => self.at_local(node, known?),
            },
            NodeKind::AExpr => self.call_of_keyword(anchor?, &["nullif"]),
            NodeKind::TypeCast => self.call_of_keyword(anchor?, &["cast"]),
            NodeKind::CollateClause => Some(Span::new(anchor?, self.tokens.name_end(anchor? + 1))),
            NodeKind::NullTest | NodeKind::BooleanTest => self.is_test(anchor?),
            NodeKind::XmlExpr => self
                .is_test(anchor?)
                .or_else(|| self.parentheses_after(anchor?)),
            NodeKind::JsonIsPredicate => self.is_json(known?),
            NodeKind::SubLink => self.sub_link(node, anchor?),
            NodeKind::CaseExpr => self.case(anchor?, known?),
            NodeKind::AArrayExpr => self.array(anchor?),
            NodeKind::AIndirection => self.indirection(node),
            NodeKind::List => Some(self.tokens.with_parentheses(known?, 0)),
            NodeKind::JsonBehavior => self.json_behavior(anchor?),
            NodeKind::JsonFormat => self.json_format(anchor?),
            NodeKind::JsonAggConstructor => {
                let call = self.parentheses_after(anchor?)?;
                Some(Span::new(anchor?, self.after_call(call.last)))
            }
            NodeKind::RowExpr
            | NodeKind::GroupingFunc
            | NodeKind::CoalesceExpr
            | NodeKind::MinMaxExpr
            | NodeKind::SQLValueFunction
            | NodeKind::MergeSupportFunc
            | NodeKind::XmlSerialize
            | NodeKind::JsonFuncExpr
            | NodeKind::JsonParseExpr
            | NodeKind::JsonScalarExpr
            | NodeKind::JsonSerializeExpr
            | NodeKind::JsonObjectConstructor
            | NodeKind::JsonArrayConstructor
            | NodeKind::JsonArrayQueryConstructor => self.parentheses_after(anchor?),
            _ => None,
        }
    }

    /// A keyword and its parentheses, or the parentheses that stand at `place`.
    fn parentheses_after(&self, place: Place) -> Option<Span> {
        let close = self.tokens.closing_paren(place);
        let close = close.or_else(|| self.tokens.closing_paren(place + 1));
        Some(Span::new(place, close?))
    }

    fn call_of_keyword(&self, anchor: Place, keywords: &[&str]) -> Option<Span> {
        let is_keyword = self.tokens.is_any_word(anchor, keywords);
        is_keyword.then(|| self.parentheses_after(anchor))?
    }

    /// `-1` is one constant: gram.y's `doNegate` folds the sign, also that of
    /// `-(1)`.
    fn constant_end(&self, mut place: Place) -> Place {
        while self.tokens.is_operator(place, "-") {
            if let Some(close) = self.tokens.closing_paren(place + 1) {
                return close;
            }
            place += 1;
        }
        self.tokens.identifier_end(place)
    }

    /// gram.y turns the pattern of `LIKE ... ESCAPE` and `SIMILAR TO` into a call
    /// whose place is that of the operator.
    pub(super) fn is_made_up_call(&self, node: Node<'t>, location: u32) -> bool {
        let Some(call) = node.cast::<ast::FuncCall>() else {
            return false;
        };
        let is_pattern = matches!(
            call.funcname().last(),
            Some("like_escape" | "similar_to_escape")
        );
        is_pattern
            && self.tokens.at_offset(location).is_some_and(|place| {
                self.tokens
                    .is_any_word(place, &["not", "like", "ilike", "similar"])
            })
    }

    fn function_call(&self, node: Node<'t>, anchor: Place, known: Span) -> Option<Span> {
        let call = node.cast::<ast::FuncCall>()?;
        let is_syntax = call.funcformat() == ast::CoercionForm::CoerceSqlSyntax;
        if is_syntax && known.first < anchor {
            return self.infix_call(anchor);
        }
        if is_syntax && let Some(collation) = self.tokens.words(anchor, &["collation", "for"]) {
            let close = self.tokens.closing_paren(collation)?;
            return Some(Span::new(anchor, close));
        }
        let name_end = self.tokens.name_end(anchor);
        let close = self.tokens.closing_paren(name_end + 1);
        Some(Span::new(
            anchor,
            self.after_call(close.unwrap_or(name_end)),
        ))
    }

    /// `x AT LOCAL`, for which the parser keeps no place.
    fn at_local(&self, node: Node<'t>, known: Span) -> Option<Span> {
        let call = node.cast::<ast::FuncCall>()?;
        let operand = self.tokens.with_parentheses(known, 0);
        let after = self.tokens.words(operand.last + 1, &["at", "local"])?;
        let is_timezone = call.funcname().last() == Some("timezone");
        is_timezone.then(|| Span::new(operand.first, after - 1))
    }

    /// `AT TIME ZONE`, `IS NORMALIZED`, `OVERLAPS`.
    fn infix_call(&self, anchor: Place) -> Option<Span> {
        if !self.tokens.is_word(anchor, "overlaps") {
            return self.is_test(anchor);
        }
        let open = self.tokens.opening(anchor.checked_sub(1)?)?;
        let row = open.checked_sub(1);
        let row = row.filter(|row| self.tokens.is_word(*row, "row"));
        let right = self.tokens.skip_word(anchor + 1, "row");
        let close = self.tokens.closing_paren(right)?;
        Some(Span::new(row.unwrap_or(open), close))
    }

    /// What can follow the parentheses of a call: `WITHIN GROUP (...)`,
    /// `FILTER (...)`, `OVER window`.
    fn after_call(&self, mut last: Place) -> Place {
        if let Some(open) = self.tokens.words(last + 1, &["within", "group"]) {
            last = self.tokens.closing_paren(open).unwrap_or(last);
        }
        if let Some(open) = self.tokens.words(last + 1, &["filter"]) {
            last = self.tokens.closing_paren(open).unwrap_or(last);
        }
        if let Some(window) = self.tokens.words(last + 1, &["over"]) {
            if let Some(close) = self.tokens.closing_paren(window) {
                last = close;
            } else if self.tokens.is_identifier(window) {
                last = self.tokens.identifier_end(window);
            }
        }
        last
    }

    /// `IS [NOT] NULL`, `IS [NOT] TRUE`, `IS [NOT] DOCUMENT`, `IS [NOT] [form]
    /// NORMALIZED`, `ISNULL`, `NOTNULL`.
    fn is_test(&self, anchor: Place) -> Option<Span> {
        if self.tokens.is_any_word(anchor, &["isnull", "notnull"]) {
            return Some(Span::one(anchor));
        }
        let is = self.tokens.words(anchor, &["is"])?;
        let mut last = self.tokens.skip_word(is, "not");
        if self
            .tokens
            .is_any_word(last, &["nfc", "nfd", "nfkc", "nfkd"])
        {
            last += 1;
        }
        Some(Span::new(anchor, last))
    }

    /// `x IS [NOT] JSON [type] [WITH|WITHOUT UNIQUE [KEYS]]`: the anchor is the
    /// start of `x`.
    fn is_json(&self, known: Span) -> Option<Span> {
        let operand = self.tokens.with_parentheses(known, 0);
        let is = self.tokens.words(operand.last + 1, &["is"])?;
        let mut next = self.tokens.skip_word(is, "not") + 1;
        if self
            .tokens
            .is_any_word(next, &["value", "array", "object", "scalar"])
        {
            next += 1;
        }
        if self.tokens.is_any_word(next, &["with", "without"])
            && self.tokens.is_word(next + 1, "unique")
        {
            next = self.tokens.skip_word(next + 2, "keys");
        }
        Some(Span::new(operand.first, next - 1))
    }

    /// `EMPTY [ARRAY|OBJECT]`; others are told by their keyword and their child.
    fn json_behavior(&self, anchor: Place) -> Option<Span> {
        let kind = self.tokens.words(anchor, &["empty"])?;
        let has_kind = self.tokens.is_any_word(kind, &["array", "object"]);
        Some(Span::new(anchor, anchor + Place::from(has_kind)))
    }

    /// `FORMAT JSON [ENCODING name]`.
    fn json_format(&self, anchor: Place) -> Option<Span> {
        let after = self.tokens.words(anchor, &["format", "json"])?;
        let last = match self.tokens.words(after, &["encoding"]) {
            Some(name) => name,
            None => after - 1,
        };
        Some(Span::new(anchor, last))
    }

    /// From `EXISTS`, `ARRAY`, `(` or the operator to the sub-select's last
    /// parenthesis.
    fn sub_link(&mut self, node: Node<'t>, anchor: Place) -> Option<Span> {
        let mut open = anchor;
        while !self.tokens.is(open, TokenKind::LeftParen) {
            self.tokens.kind(open)?;
            // OPERATOR(schema.=)
            let is_operator = self.tokens.is_word(open, "operator");
            open = if is_operator {
                self.tokens.after(open + 1)
            } else {
                open + 1
            };
        }
        let close = self.tokens.closing_paren(open)?;
        // A query such as the one in `EXISTS (SELECT)` leaves no trace of its own.
        let query = node.cast::<ast::SubLink>()?.subselect()?;
        if self.span(query).is_none() {
            self.place(query, self.inside(Span::new(open, close)));
        }
        Some(Span::new(anchor, close))
    }

    fn case(&self, anchor: Place, known: Span) -> Option<Span> {
        let end = known.last + 1;
        let is_end = self.tokens.is_word(end, "end");
        is_end.then(|| Span::new(anchor, end))
    }

    /// `ARRAY[...]`, or the `[...]` of an inner dimension.
    fn array(&self, anchor: Place) -> Option<Span> {
        let open = self.tokens.skip_word(anchor, "array");
        Some(Span::new(anchor, self.tokens.closing(open)?))
    }

    /// `x.field`, `x.*`, `x[1]`, `x[1:2]`: the operand and what follows it, whose
    /// elements are placed, too.
    fn indirection(&mut self, node: Node<'t>) -> Option<Span> {
        let indirection = node.cast::<ast::AIndirection>()?;
        let operand = self.span(indirection.arg()?)?;
        let operand = self.tokens.with_parentheses(operand, 0);
        let last = self.subscripts(operand.last, indirection.indirection())?;
        Some(Span::new(operand.first, last))
    }

    /// Places the field selections and subscripts that follow the token `last`.
    /// Gives the last of their tokens.
    pub(super) fn subscripts(
        &mut self,
        mut last: Place,
        elements: crate::tree::Nodes<'t>,
    ) -> Option<Place> {
        for element in elements {
            let first = last + 1;
            last = match self.tokens.kind(first)? {
                TokenKind::Dot => self.tokens.identifier_end(first + 1),
                TokenKind::LeftBracket => self.tokens.closing(first)?,
                _ => return None,
            };
            self.place(element, Span::new(first, last));
        }
        Some(last)
    }
}
