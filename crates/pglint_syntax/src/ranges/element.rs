//! Parts of definitions: what stands between commas, and the constraints and
//! options that stand one after the other.

use super::Recovery;
use super::tokens::{Place, Span};
use crate::ast::{self, ConstrType, NodeKind, ObjectType};
use crate::token::TokenKind;
use crate::tree::{Node, Nodes};

impl<'t> Recovery<'t> {
    /// The whole of a part of a definition. `None` for other nodes.
    pub(super) fn element(
        &mut self,
        node: Node<'t>,
        anchor: Option<Place>,
        known: Option<Span>,
    ) -> Option<Span> {
        match node.node_kind() {
            NodeKind::ColumnDef => self.column(node, anchor?),
            NodeKind::Constraint => self.constraint(node, anchor?),
            NodeKind::DefElem => self.option(node, anchor?, known?),
            NodeKind::FunctionParameter | NodeKind::PartitionElem => {
                Some(Span::new(anchor?, self.tokens.element_end(anchor?)))
            }
            NodeKind::ObjectWithArgs => self.object_with_arguments(known?),
            NodeKind::TableLikeClause => {
                let like = known?.first.checked_sub(1)?;
                Some(Span::new(like, self.tokens.element_end(like)))
            }
            NodeKind::PartitionSpec => {
                let strategy = self.tokens.words(anchor?, &["partition", "by"])?;
                let close = self.tokens.closing_paren(strategy + 1)?;
                Some(Span::new(anchor?, close))
            }
            NodeKind::PartitionBoundSpec => self.partition_bound(anchor?),
            NodeKind::VacuumRelation => {
                let close = self.tokens.closing_paren(known?.last + 1)?;
                Some(Span::new(known?.first, close))
            }
            _ => None,
        }
    }

    /// A column of CREATE TABLE, ADD COLUMN, a column definition list, ...
    fn column(&self, node: Node<'t>, anchor: Place) -> Option<Span> {
        let mut last = self.tokens.element_end(anchor);
        // ALTER TYPE ... ADD ATTRIBUTE name type CASCADE
        if self.tokens.is_any_word(last, &["cascade", "restrict"])
            && let Some(command) = node.parent()
            && let Some(alter) = command.parent()?.cast::<ast::AlterTableStmt>()
            && alter.objtype() == ObjectType::ObjectType
        {
            last -= 1;
        }
        Some(Span::new(anchor, last))
    }

    /// A table's constraint ends with its element, a column's constraint where the
    /// next one or a COLLATE clause begins.
    fn constraint(&self, node: Node<'t>, anchor: Place) -> Option<Span> {
        let parent = node.parent()?;
        let collation = match parent.node_kind() {
            NodeKind::ColumnDef => parent.cast::<ast::ColumnDef>()?.coll_clause(),
            NodeKind::CreateDomainStmt => parent.cast::<ast::CreateDomainStmt>()?.coll_clause(),
            _ => return Some(Span::new(anchor, self.tokens.element_end(anchor))),
        };
        let mut last = match self.next_sibling(node) {
            Some(next) => self.span(next)?.first - 1,
            None => self.tokens.element_end(anchor),
        };
        let collation = collation.and_then(|collation| self.anchor(collation.erase()));
        if let Some(collation) = collation
            && anchor < collation
            && collation <= last
        {
            last = collation - 1;
        }
        Some(Span::new(anchor, last))
    }

    /// An option ends with its element, or where the next option begins.
    fn option(&self, node: Node<'t>, anchor: Place, known: Span) -> Option<Span> {
        if let Some(next) = self.next_sibling(node).and_then(|next| self.span(next))
            && next.first > known.last
            && self.tokens.enclosing(next.first) == self.tokens.enclosing(anchor)
        {
            let before = next.first - 1;
            let is_comma = self.tokens.is(before, TokenKind::Comma);
            return Some(Span::new(anchor, before - Place::from(is_comma)));
        }
        if self.tokens.enclosing(anchor).is_some() {
            return Some(Span::new(anchor, self.tokens.element_end(anchor)));
        }
        // In other statements something can follow the last option.
        let ends_statement = matches!(
            node.parent()?.node_kind(),
            NodeKind::CreateFunctionStmt
                | NodeKind::AlterFunctionStmt
                | NodeKind::DoStmt
                | NodeKind::CreateSeqStmt
                | NodeKind::AlterSeqStmt
                | NodeKind::CreateExtensionStmt
                | NodeKind::AlterExtensionStmt
                | NodeKind::CreateRoleStmt
                | NodeKind::AlterRoleStmt
                | NodeKind::CreatedbStmt
                | NodeKind::TransactionStmt
        );
        let end = self.tokens.find(anchor + 1, |next| {
            self.tokens.is_any_word(next, &["return", "begin"])
        });
        ends_statement.then(|| Span::new(anchor, end - 1))
    }

    /// `name (arguments)`: the arguments are nodes, the name is not.
    fn object_with_arguments(&self, known: Span) -> Option<Span> {
        let arguments = self.tokens.enclosing(known.first)?;
        let mut first = arguments.first.checked_sub(1)?;
        while let Some(dot) = first.checked_sub(1)
            && self.tokens.is(dot, TokenKind::Dot)
        {
            first = dot.checked_sub(1)?;
        }
        Some(Span::new(first, arguments.last))
    }

    /// `DEFAULT`, `FOR VALUES FROM (...) TO (...)`, `FOR VALUES IN (...)`,
    /// `FOR VALUES WITH (...)`.
    fn partition_bound(&self, anchor: Place) -> Option<Span> {
        let first = anchor.saturating_sub(2);
        let first = match self.tokens.words(first, &["for", "values"]) {
            Some(_) => first,
            None => anchor,
        };
        let mut next = self
            .tokens
            .words(first, &["for", "values"])
            .unwrap_or(anchor);
        let mut last = next;
        while self.tokens.is_any_word(next, &["from", "to", "in", "with"]) {
            last = self.tokens.closing_paren(next + 1)?;
            next = last + 1;
        }
        Some(Span::new(first, last))
    }

    /// The next node of the same kind in the same list.
    fn next_sibling(&self, node: Node<'t>) -> Option<Node<'t>> {
        let next = self.tree.entries[node.node_number() as usize].next;
        let is_node = (next as usize) < self.tree.entries.len();
        let next = is_node.then(|| self.tree.node(next))?;
        let is_sibling = next.node_kind() == node.node_kind() && next.parent() == node.parent();
        is_sibling.then_some(next)
    }

    /// Places the elements of lists that are told by the commas between them.
    pub(super) fn place_elements(&mut self, node: Node<'t>) {
        // Where something is missing the elements keep what is known of them.
        let _: Option<()> = match node.node_kind() {
            NodeKind::AlterTableStmt => self.place_commands(node),
            NodeKind::DropStmt => self.place_dropped(node),
            NodeKind::IndexStmt => self.place_index_elements(node),
            NodeKind::InferClause => self.place_conflict_target(node),
            NodeKind::Constraint => self.place_exclusions(node),
            NodeKind::CreateStatsStmt => self.place_statistics(node),
            NodeKind::CreateSchemaStmt => self.place_schema_elements(node),
            NodeKind::GrantStmt => self.place_privileges(node),
            NodeKind::MergeStmt => self.place_merge_actions(node),
            _ => None,
        };
    }

    /// Gives each node one of the elements of `region`, if they are as many.
    fn place_list(&mut self, nodes: Nodes<'t>, region: Span) {
        let elements = self.tokens.elements(region);
        self.place_runs(nodes, elements);
    }

    fn place_commands(&mut self, node: Node<'t>) -> Option<()> {
        let alter = node.cast::<ast::AlterTableStmt>()?;
        let relation = self.span(alter.relation()?.erase())?;
        let region = Span::new(relation.last + 1, self.span(node)?.last);
        self.place_list(alter.cmds(), region);
        Some(())
    }

    /// `DROP type [CONCURRENTLY] [IF EXISTS] objects [CASCADE|RESTRICT]`.
    fn place_dropped(&mut self, node: Node<'t>) -> Option<()> {
        let drop = node.cast::<ast::DropStmt>()?;
        let span = self.span(node)?;
        let mut first = self.after_object_type(span.first + 1);
        first = self.tokens.skip_word(first, "concurrently");
        first = self.tokens.words(first, &["if", "exists"]).unwrap_or(first);
        let has_behavior = self.tokens.is_any_word(span.last, &["cascade", "restrict"]);
        let last = span.last - Place::from(has_behavior && span.last > first);
        self.place_list(drop.objects(), Span::new(first, last));
        Some(())
    }

    /// The place after the words that name a type of object in DROP.
    fn after_object_type(&self, place: Place) -> Place {
        const LONG: &[&[&str]] = &[
            &["materialized", "view"],
            &["foreign", "data", "wrapper"],
            &["foreign", "table"],
            &["text", "search", "parser"],
            &["text", "search", "dictionary"],
            &["text", "search", "template"],
            &["text", "search", "configuration"],
            &["access", "method"],
            &["event", "trigger"],
            &["operator", "class"],
            &["operator", "family"],
            &["procedural", "language"],
        ];
        let long = LONG
            .iter()
            .find_map(|words| self.tokens.words(place, words));
        long.unwrap_or(place + 1)
    }

    /// `ON relation [USING method] (elements) [INCLUDE (elements)]`.
    fn place_index_elements(&mut self, node: Node<'t>) -> Option<()> {
        let index = node.cast::<ast::IndexStmt>()?;
        let mut open = self.span(index.relation()?.erase())?.last + 1;
        if let Some(method) = self.tokens.words(open, &["using"]) {
            open = self.tokens.identifier_end(method) + 1;
        }
        let close = self.tokens.closing_paren(open)?;
        self.place_list(index.index_params(), Span::new(open + 1, close - 1));
        let open = self.tokens.words(close + 1, &["include"])?;
        let close = self.tokens.closing_paren(open)?;
        self.place_list(
            index.index_including_params(),
            Span::new(open + 1, close - 1),
        );
        Some(())
    }

    fn place_conflict_target(&mut self, node: Node<'t>) -> Option<()> {
        let open = self.span(node)?.first;
        let close = self.tokens.closing_paren(open)?;
        let elements = node.cast::<ast::InferClause>()?.index_elems();
        self.place_list(elements, Span::new(open + 1, close - 1));
        Some(())
    }

    /// `EXCLUDE [USING method] (element WITH operator, ...)`.
    fn place_exclusions(&mut self, node: Node<'t>) -> Option<()> {
        let constraint = node.cast::<ast::Constraint>()?;
        if constraint.contype() != ConstrType::ConstrExclusion {
            return None;
        }
        let first = self.span(node)?.first;
        let exclude = self
            .tokens
            .find(first, |place| self.tokens.is_word(place, "exclude"));
        let mut open = exclude + 1;
        if let Some(method) = self.tokens.words(open, &["using"]) {
            open = self.tokens.identifier_end(method) + 1;
        }
        let close = self.tokens.closing_paren(open)?;
        self.place_list(constraint.exclusions(), Span::new(open + 1, close - 1));
        for pair in constraint.exclusions().of::<ast::List>() {
            let whole = self.span(pair.erase())?;
            let with = self
                .tokens
                .find(whole.first, |place| self.tokens.is_word(place, "with"));
            let element = pair.items().first()?;
            self.place(
                element,
                Span::new(whole.first, with.min(whole.last + 1) - 1),
            );
        }
        Some(())
    }

    /// `CREATE STATISTICS ... ON elements FROM relation`.
    fn place_statistics(&mut self, node: Node<'t>) -> Option<()> {
        let statistics = node.cast::<ast::CreateStatsStmt>()?;
        let span = self.span(node)?;
        let is_on = |place| self.tokens.is_word(place, "on");
        let first = self.tokens.find(span.first, is_on) + 1;
        let is_from = |place| self.tokens.is_word(place, "from");
        let from = self.tokens.find(first, is_from);
        self.place_list(statistics.exprs(), Span::new(first, from - 1));
        Some(())
    }

    /// `GRANT privileges ON ...`, `REVOKE [GRANT OPTION FOR] privileges ON ...`.
    fn place_privileges(&mut self, node: Node<'t>) -> Option<()> {
        let grant = node.cast::<ast::GrantStmt>()?;
        let mut first = self.span(node)?.first + 1;
        if let Some(after) = self.tokens.words(first, &["grant", "option", "for"]) {
            first = after;
        }
        let on = self
            .tokens
            .find(first, |place| self.tokens.is_word(place, "on"));
        self.place_list(grant.privileges(), Span::new(first, on - 1));
        Some(())
    }

    /// `WHEN [NOT] MATCHED ...`, one after the other.
    fn place_merge_actions(&mut self, node: Node<'t>) -> Option<()> {
        let merge = node.cast::<ast::MergeStmt>()?;
        let span = self.span(node)?;
        let is_when = |place| {
            let matched = self.tokens.skip_word(place + 1, "not");
            self.tokens.is_word(place, "when") && self.tokens.is_word(matched, "matched")
        };
        let is_returning = |place| self.tokens.is_word(place, "returning");
        let condition = self.span(merge.join_condition()?)?;
        let end = self.tokens.find(condition.last + 1, is_returning);
        let region = Span::new(condition.last, span.last.min(end - 1));
        let actions = self.runs(region, is_when);
        self.place_runs(merge.merge_when_clauses(), actions);
        Some(())
    }

    /// `CREATE SCHEMA ... CREATE ... GRANT ...`
    fn place_schema_elements(&mut self, node: Node<'t>) -> Option<()> {
        let span = self.span(node)?;
        let is_start = |place| self.tokens.is_any_word(place, &["create", "grant"]);
        let runs = self.runs(Span::new(span.first + 1, span.last), is_start);
        self.place_runs(node.cast::<ast::CreateSchemaStmt>()?.schema_elts(), runs);
        Some(())
    }

    /// The parts of `region` that begin at the top-level tokens that `is_start`
    /// takes. What stands before the first is left out.
    fn runs(&self, region: Span, is_start: impl Fn(Place) -> bool) -> Vec<Span> {
        let mut runs = Vec::new();
        let mut first = self.tokens.find(region.first, &is_start);
        while first <= region.last {
            let end = self.tokens.find(first + 1, &is_start).min(region.last + 1);
            runs.push(Span::new(first, end - 1));
            first = end;
        }
        runs
    }

    fn place_runs(&mut self, nodes: Nodes<'t>, runs: Vec<Span>) {
        if nodes.len() == runs.len() {
            for (node, run) in nodes.zip(runs) {
                self.place(node, run);
            }
        }
    }
}
