//! Statements that hold queries or expressions: which names those see.

use pglint_catalog::Name;
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};

use super::resolution::{Clause, FromItemId, FromItemKind, QueryId, QueryKind};
use super::scope::{Parameters, Resolver, Visible};
use super::statement::visible;

impl<'a> Resolver<'a> {
    /// Resolves what a statement holds.
    pub(super) fn root(&mut self, root: Node<'a>) {
        if self.statement(root, None, Clause::None, None).is_none() {
            self.definition(root);
        }
    }

    fn definition(&mut self, root: Node<'a>) -> Option<()> {
        match root.node_kind() {
            NodeKind::ViewStmt => self.root(root.cast::<ast::ViewStmt>()?.query()?),
            NodeKind::CreateTableAsStmt => {
                self.root(root.cast::<ast::CreateTableAsStmt>()?.query()?);
            }
            NodeKind::DeclareCursorStmt => {
                self.root(root.cast::<ast::DeclareCursorStmt>()?.query()?);
            }
            NodeKind::ExplainStmt => self.root(root.cast::<ast::ExplainStmt>()?.query()?),
            NodeKind::PrepareStmt => self.root(root.cast::<ast::PrepareStmt>()?.query()?),
            NodeKind::CopyStmt => {
                let copy = root.cast::<ast::CopyStmt>()?;
                self.expression_of(copy.relation(), copy.where_clause());
                self.root(copy.query()?);
            }
            NodeKind::CreatePolicyStmt => {
                let policy = root.cast::<ast::CreatePolicyStmt>()?;
                self.expression_of(policy.table(), policy.qual());
                self.expression_of(policy.table(), policy.with_check());
            }
            NodeKind::AlterPolicyStmt => {
                let policy = root.cast::<ast::AlterPolicyStmt>()?;
                self.expression_of(policy.table(), policy.qual());
                self.expression_of(policy.table(), policy.with_check());
            }
            NodeKind::IndexStmt => {
                let index = root.cast::<ast::IndexStmt>()?;
                let elements = index.index_params().of::<ast::IndexElem>();
                let elements = elements.filter_map(|element| element.expr());
                self.expression_of(index.relation(), elements);
                self.expression_of(index.relation(), index.where_clause());
            }
            NodeKind::CreateStmt => {
                self.constraints(root.cast::<ast::CreateStmt>()?.relation(), root);
            }
            NodeKind::CreateForeignTableStmt => {
                let table = root.cast::<ast::CreateForeignTableStmt>()?;
                self.constraints(table.base_stmt()?.relation(), root);
            }
            NodeKind::AlterTableStmt => {
                self.constraints(root.cast::<ast::AlterTableStmt>()?.relation(), root);
            }
            NodeKind::CreateTrigStmt => self.trigger(root.cast()?),
            NodeKind::RuleStmt => self.rule(root.cast()?),
            NodeKind::CreateFunctionStmt => self.function_body(root.cast()?)?,
            _ => {}
        }
        Some(())
    }

    /// Checks, generated columns and exclusion constraints of a table.
    fn constraints(&mut self, relation: Option<Node<'a, ast::RangeVar>>, root: Node<'a>) {
        for node in root.descendants() {
            let Some(constraint) = node.cast::<ast::Constraint>() else {
                continue;
            };
            if constraint.contype() != ast::ConstrType::ConstrDefault {
                self.expression_of(relation, constraint.raw_expr());
            }
            self.expression_of(relation, constraint.where_clause());
            let elements = constraint.exclusions().flat_map(Node::descendants);
            let elements = elements.filter_map(|it| it.cast::<ast::IndexElem>()?.expr());
            self.expression_of(relation, elements);
        }
    }

    /// WHEN sees OLD and NEW (`CreateTrigger`): a column without one of
    /// them is of both, and so ambiguous.
    fn trigger(&mut self, node: Node<'a, ast::CreateTrigStmt>) {
        let Some(when) = node.when_clause() else {
            return;
        };
        let (query, rows) = self.old_and_new(when, node.relation());
        self.scope(query).namespace = rows.map(visible).to_vec();
        self.expressions(query, Clause::Expression, Some(when));
    }

    /// WHERE sees the rows that the event has, actions see both by name only
    /// (`transformRuleStmt` of parse_utilcmd.c).
    fn rule(&mut self, node: Node<'a, ast::RuleStmt>) {
        let (query, [old, new]) = self.old_and_new(node, node.relation());
        let of_event = match node.event() {
            ast::CmdType::CmdInsert => vec![new],
            ast::CmdType::CmdUpdate => vec![old, new],
            _ => vec![old],
        };
        self.scope(query).namespace = of_event.into_iter().map(visible).collect();
        self.expressions(query, Clause::Expression, node.where_clause());
        let by_name = [old, new].map(|row| Visible::new(row, true, false));
        self.scope(query).namespace = by_name.to_vec();
        for action in node.actions() {
            self.statement(action, Some(query), Clause::Expression, None);
        }
    }

    fn old_and_new<T>(
        &mut self,
        node: Node<'a, T>,
        relation: Option<Node<'a, ast::RangeVar>>,
    ) -> (QueryId, [FromItemId; 2]) {
        let query = self.new_query(node, QueryKind::Expression, None, Clause::None);
        let target = match self.target_table(query, relation) {
            Some(target) => target,
            None => self.unknown_item(query),
        };
        let old = self.pseudo_row(query, FromItemKind::Old(target), target, "old");
        let new = self.pseudo_row(query, FromItemKind::New(target), target, "new");
        (query, [old, new])
    }

    /// The statements of `BEGIN ATOMIC`, or the expression of RETURN.
    fn function_body(&mut self, node: Node<'a, ast::CreateFunctionStmt>) -> Option<()> {
        let body = node.sql_body()?;
        let parameters = node.parameters().of::<ast::FunctionParameter>();
        let names = parameters.map(|it| it.name()).chain(node.funcname().last());
        let parameters = Parameters::Known(names.map(Name::new).collect());
        let mut inner = Resolver {
            parameters: &parameters,
            resolution: std::mem::take(&mut self.resolution),
            scopes: std::mem::take(&mut self.scopes),
            cte_states: std::mem::take(&mut self.cte_states),
            ..*self
        };
        inner.body(body);
        self.resolution = inner.resolution;
        self.scopes = inner.scopes;
        self.cte_states = inner.cte_states;
        Some(())
    }

    fn body(&mut self, node: Node<'a>) {
        if let Some(list) = node.cast::<ast::List>() {
            list.items().for_each(|item| self.body(item));
        } else if let Some(value) = node.cast::<ast::ReturnStmt>() {
            self.expression_of(None, value.returnval());
        } else {
            self.root(node);
        }
    }
}
