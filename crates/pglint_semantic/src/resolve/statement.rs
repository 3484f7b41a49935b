//! INSERT, UPDATE, DELETE, MERGE and the statements that hold a query
//! (analyze.c, parse_merge.c), and the walk over expressions.

use pglint_catalog::{DataType, Lookup, Name};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::tree::Nodes;

use super::resolution::{
    Assignment, Clause, Columns, CteId, FromItem, FromItemId, FromItemKind, Nullability, QueryId,
    QueryKind,
};
use super::scope::{Resolver, Visible, set_lateral};
use crate::types;

impl<'a> Resolver<'a> {
    /// A query of any sort. `None` when it is none.
    pub(super) fn statement(
        &mut self,
        node: Node<'a>,
        parent: Option<QueryId>,
        clause: Clause,
        cte: Option<CteId>,
    ) -> Option<QueryId> {
        Some(match node.node_kind() {
            NodeKind::SelectStmt => self.select(node.cast()?, parent, clause, cte),
            NodeKind::InsertStmt => self.insert(node.cast()?, parent, clause),
            NodeKind::UpdateStmt => self.update(node.cast()?, parent, clause),
            NodeKind::DeleteStmt => self.delete(node.cast()?, parent, clause),
            NodeKind::MergeStmt => self.merge(node.cast()?, parent, clause),
            _ => return None,
        })
    }

    fn insert(
        &mut self,
        node: Node<'a, ast::InsertStmt>,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::Insert, parent, clause);
        self.with_clause(query, node.with_clause());
        let target = self.target_table(query, node.relation());
        if let Some(source) = node.select_stmt() {
            self.statement(source, Some(query), Clause::Source, None);
        }
        self.assignments(query, node.cols());
        if let Some(on_conflict) = node.on_conflict_clause() {
            self.on_conflict(query, target, on_conflict);
        }
        self.scope(query).namespace = target.map(visible).into_iter().collect();
        self.returning(query, node.returning_clause());
        query
    }

    /// `transformOnConflictClause` and `transformOnConflictArbiter`.
    fn on_conflict(
        &mut self,
        query: QueryId,
        target: Option<FromItemId>,
        node: Node<'a, ast::OnConflictClause>,
    ) {
        let Some(target) = target else { return };
        self.scope(query).namespace = vec![visible(target)];
        self.expressions(query, Clause::OnConflict, node.infer().map(Node::erase));
        let excluded = self.pseudo_row(query, FromItemKind::Excluded(target), target, "excluded");
        self.scope(query).namespace = vec![visible(excluded), visible(target)];
        self.assignments(query, node.target_list());
        self.expressions(query, Clause::OnConflict, node.where_clause());
    }

    fn update(
        &mut self,
        node: Node<'a, ast::UpdateStmt>,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::Update, parent, clause);
        self.with_clause(query, node.with_clause());
        self.target_and_from(query, node.relation(), node.from_clause());
        self.assignments(query, node.target_list());
        self.condition(query, Clause::Where, node.where_clause());
        self.returning(query, node.returning_clause());
        query
    }

    fn delete(
        &mut self,
        node: Node<'a, ast::DeleteStmt>,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::Delete, parent, clause);
        self.with_clause(query, node.with_clause());
        self.target_and_from(query, node.relation(), node.using_clause());
        self.condition(query, Clause::Where, node.where_clause());
        self.returning(query, node.returning_clause());
        query
    }

    /// The other FROM items do not see the target, not even under LATERAL.
    fn target_and_from(
        &mut self,
        query: QueryId,
        relation: Option<Node<'a, ast::RangeVar>>,
        from: Nodes<'a>,
    ) {
        if let Some(target) = self.target_table(query, relation) {
            let mut namespace = vec![visible(target)];
            set_lateral(&mut namespace, true, false);
            self.scope(query).namespace = namespace;
        }
        self.resolve_from(query, from);
    }

    fn merge(
        &mut self,
        node: Node<'a, ast::MergeStmt>,
        parent: Option<QueryId>,
        clause: Clause,
    ) -> QueryId {
        let query = self.new_query(node, QueryKind::Merge, parent, clause);
        self.with_clause(query, node.with_clause());
        let target = self.target_table(query, node.relation());
        let target: Vec<Visible> = target.map(visible).into_iter().collect();
        let mut source = Vec::new();
        if let Some(from) = node.source_relation() {
            let transformed = self.resolve_from_item(query, from);
            self.query(query).from.push(transformed.item);
            source = transformed.namespace;
        }
        let both = [source.clone(), target.clone()].concat();
        self.scope(query).namespace.clone_from(&both);
        self.condition(query, Clause::Where, node.join_condition());
        for when in node.merge_when_clauses().of::<ast::MergeWhenClause>() {
            self.scope(query).namespace = match when.match_kind() {
                ast::MergeMatchKind::MergeWhenNotMatchedByTarget => source.clone(),
                ast::MergeMatchKind::MergeWhenNotMatchedBySource => target.clone(),
                _ => both.clone(),
            };
            self.expressions(query, Clause::When, when.condition());
            self.assignments(query, when.target_list());
            self.expressions(query, Clause::Set, when.values());
        }
        self.scope(query).namespace = both;
        self.returning(query, node.returning_clause());
        query
    }

    /// The table that a statement changes: never a common table.
    pub(super) fn target_table(
        &mut self,
        query: QueryId,
        relation: Option<Node<'a, ast::RangeVar>>,
    ) -> Option<FromItemId> {
        let target = self.relation_item(query, relation?);
        self.query(query).target = Some(target);
        Some(target)
    }

    /// The column list of INSERT, or SET.
    fn assignments(&mut self, query: QueryId, targets: Nodes<'a>) {
        for target in targets.of::<ast::ResTarget>() {
            let column = self.assigned_column(query, target.name());
            self.query(query).assignments.push(Assignment {
                node: target.node_number(),
                column,
            });
            self.expressions(query, Clause::Set, target.indirection());
            let value = target.val();
            let multiple = value.and_then(|it| it.cast::<ast::MultiAssignRef>());
            match multiple {
                // The parser repeats the source for each column of SET (a, b) = ...
                Some(multiple) if multiple.colno() > 1 => {}
                Some(multiple) => self.expressions(query, Clause::Set, multiple.source()),
                None => self.expressions(query, Clause::Set, value),
            }
        }
    }

    fn assigned_column(&self, query: QueryId, name: &str) -> Lookup<pglint_catalog::ColumnNumber> {
        let Some(target) = self.resolution[query].target else {
            return Lookup::Unknown;
        };
        let FromItemKind::Relation(id) = self.resolution[target].kind else {
            return Lookup::Unknown;
        };
        match self.catalog.relation(id) {
            Some(relation) => relation.lookup_column(name).map(|column| column.number),
            None => Lookup::Unknown,
        }
    }

    /// RETURNING, with `old` and `new` of PostgreSQL 18.
    fn returning(&mut self, query: QueryId, node: Option<Node<'a, ast::ReturningClause>>) {
        let Some(node) = node else {
            self.query(query).columns.complete = true;
            return;
        };
        let mut aliases = [("old", false), ("new", false)];
        for option in node.options().of::<ast::ReturningOption>() {
            let is_new = option.option() == ast::ReturningOptionKind::ReturningOptionNew;
            aliases[usize::from(is_new)] = (option.value(), true);
        }
        if let Some(target) = self.resolution[query].target {
            let [(old, old_given), (new, new_given)] = aliases;
            self.add_returning_row(query, FromItemKind::Old(target), target, old, old_given);
            self.add_returning_row(query, FromItemKind::New(target), target, new, new_given);
        }
        let columns = self.target_list(query, Clause::Returning, node.exprs());
        self.query(query).columns = columns;
        self.set_nullability(query, false);
    }

    /// Not when something in scope has the name and it was not asked for.
    fn add_returning_row(
        &mut self,
        query: QueryId,
        kind: FromItemKind,
        target: FromItemId,
        name: &str,
        given: bool,
    ) {
        if given || self.find_item(query, None, name).is_missing() {
            let row = self.pseudo_row(query, kind, target, name);
            let row = Visible::new(row, true, false);
            self.scope(query).namespace.push(row);
        }
    }

    /// A row of the target's columns under another name.
    pub(super) fn pseudo_row(
        &mut self,
        query: QueryId,
        kind: FromItemKind,
        target: FromItemId,
        name: &str,
    ) -> FromItemId {
        let target = &self.resolution[target];
        let (node, mut columns) = (target.node, target.columns.clone());
        for column in &mut columns.known {
            column.nullability = Nullability::Unknown;
        }
        self.add_item(FromItem {
            node,
            query,
            name: Some(Name::new(name)),
            has_alias: true,
            kind,
            columns,
            nullable: false,
        })
    }

    /// WHERE or HAVING.
    pub(super) fn condition(&mut self, query: QueryId, clause: Clause, node: Option<Node<'a>>) {
        let number = node.map(Node::node_number);
        match clause {
            Clause::Having => self.query(query).having = number,
            _ => self.query(query).where_clause = number,
        }
        self.expressions(query, clause, node);
    }

    /// Resolves all that is in some expressions. A loop over the nodes, because
    /// thousands of operators nest to the left.
    pub(super) fn expressions(
        &mut self,
        query: QueryId,
        clause: Clause,
        nodes: impl IntoIterator<Item = Node<'a>>,
    ) {
        for node in nodes {
            let mut numbers = node.numbers();
            while let Some(node) = numbers.next().and_then(|number| self.tree.get(number)) {
                let is_leaf = self.expression_node(query, clause, node);
                if is_leaf {
                    numbers.start = node.numbers().end;
                }
            }
        }
    }

    /// Whether all below the node is dealt with.
    fn expression_node(&mut self, query: QueryId, clause: Clause, node: Node<'a>) -> bool {
        match node.node_kind() {
            NodeKind::ColumnRef => {
                if let Some(column) = node.cast() {
                    self.column_ref(query, clause, column);
                }
                true
            }
            NodeKind::SelectStmt => {
                self.statement(node, Some(query), clause, None);
                true
            }
            // The words of a type modifier, as in geometry(Point, 4326), look like
            // columns.
            NodeKind::TypeName => true,
            _ => false,
        }
    }

    pub(super) fn expression_type(&self, node: Node<'a>) -> Option<DataType> {
        types::expression_type(&self.resolution, node, self.catalog, self.search_path)
    }

    /// An expression of DDL that sees one relation.
    pub(super) fn expression_of(
        &mut self,
        relation: Option<Node<'a, ast::RangeVar>>,
        nodes: impl IntoIterator<Item = Node<'a>>,
    ) {
        let mut nodes = nodes.into_iter().peekable();
        let Some(first) = nodes.peek() else { return };
        let query = self.new_query(*first, QueryKind::Expression, None, Clause::None);
        if let Some(target) = self.target_table(query, relation) {
            self.scope(query).namespace = vec![visible(target)];
        }
        self.query(query).columns = Columns::unknown();
        self.expressions(query, Clause::Expression, nodes);
    }
}

pub(super) fn visible(item: FromItemId) -> Visible {
    Visible::new(item, true, true)
}
