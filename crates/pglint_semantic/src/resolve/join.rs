//! Joins: the part of `transformFromClauseItem` (parse_clause.c) that makes a
//! join's columns and decides what is visible in its condition.

use pglint_catalog::Name;
use pglint_syntax::{Node, ast};

use super::from::Transformed;
use super::resolution::{
    Clause, Column, Columns, FromColumn, FromItem, FromItemId, FromItemKind, Join, JoinKind,
    Nullability, QueryId,
};
use super::scope::{Resolver, Visible, set_lateral};

impl<'a> Resolver<'a> {
    pub(super) fn join(&mut self, query: QueryId, node: Node<'a, ast::JoinExpr>) -> Transformed {
        let kind = join_kind(node.jointype());
        let mut left = self.join_side(query, node.larg());
        let lateral_allowed = matches!(kind, JoinKind::Inner | JoinKind::Left);
        set_lateral(&mut left.namespace, true, lateral_allowed);
        let before = self.scope(query).namespace.len();
        self.scope(query)
            .namespace
            .extend_from_slice(&left.namespace);
        let right = self.join_side(query, node.rarg());
        self.scope(query).namespace.truncate(before);

        let merged = self.merged_names(node, left.item, right.item);
        let mut namespace = left.namespace;
        namespace.extend(right.namespace);
        self.join_condition(query, node, &mut namespace);

        let columns = self.join_columns(kind, &merged, left.item, right.item);
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.mark_nullable(left.item);
        }
        if matches!(kind, JoinKind::Left | JoinKind::Full) {
            self.mark_nullable(right.item);
        }
        let join = Join {
            kind,
            left: left.item,
            right: right.item,
            on: node.quals().map(Node::node_number),
            merged,
            natural: node.is_natural(),
        };
        let contents = (FromItemKind::Join(join), columns);
        let item = self.add_aliased(query, node.erase(), node.alias(), "", contents);
        self.visible_of_join(query, node, item, namespace)
    }

    fn join_side(&mut self, query: QueryId, side: Option<Node<'a>>) -> Transformed {
        match side {
            Some(side) => self.resolve_from_item(query, side),
            None => {
                let item = self.unknown_item(query);
                Transformed {
                    item,
                    namespace: vec![Visible::new(item, true, true)],
                }
            }
        }
    }

    /// ON sees the two sides and nothing else of this level
    /// (`transformJoinOnClause`).
    fn join_condition(
        &mut self,
        query: QueryId,
        node: Node<'a, ast::JoinExpr>,
        namespace: &mut [Visible],
    ) {
        set_lateral(namespace, false, true);
        let saved = std::mem::replace(&mut self.scope(query).namespace, namespace.to_vec());
        self.expressions(query, Clause::On, node.quals());
        self.scope(query).namespace = saved;
    }

    /// An alias of the join hides what is inside; without one, what is inside can
    /// be named, but its columns are found through the join.
    fn visible_of_join(
        &mut self,
        query: QueryId,
        node: Node<'a, ast::JoinExpr>,
        item: FromItemId,
        mut namespace: Vec<Visible>,
    ) -> Transformed {
        if node.alias().is_some() {
            namespace.clear();
        }
        for visible in &mut namespace {
            visible.columns = false;
        }
        if let (Some(alias), None) = (node.join_using_alias(), node.alias()) {
            let merged = self.merged_item(query, node, item, alias.aliasname());
            namespace.push(Visible::new(merged, true, false));
        }
        namespace.push(Visible::new(item, node.alias().is_some(), true));
        Transformed { item, namespace }
    }

    fn merged_item(
        &mut self,
        query: QueryId,
        node: Node<'a, ast::JoinExpr>,
        item: FromItemId,
        name: &str,
    ) -> FromItemId {
        let mut columns = self.passed_on(item);
        let join = self.resolution[item].join();
        columns
            .known
            .truncate(join.map_or(0, |join| join.merged.len()));
        columns.complete = true;
        self.add_item(FromItem {
            node: node.node_number(),
            query,
            name: Some(Name::new(name)),
            has_alias: true,
            kind: FromItemKind::MergedColumns(item),
            columns,
            nullable: false,
        })
    }

    fn merged_names(
        &self,
        node: Node<'a, ast::JoinExpr>,
        left: FromItemId,
        right: FromItemId,
    ) -> Vec<Name> {
        if !node.is_natural() {
            return node.using_clause().map(Name::new).collect();
        }
        let right = &self.resolution[right].columns;
        let left = self.resolution[left].columns.known.iter();
        let common = left.filter(|column| right.positions(&column.name).next().is_some());
        common.map(|column| column.name.clone()).collect()
    }

    /// The merged columns, the rest of the left side, the rest of the right side.
    fn join_columns(
        &self,
        kind: JoinKind,
        merged: &[Name],
        left: FromItemId,
        right: FromItemId,
    ) -> Columns {
        let (left, right) = (self.passed_on(left), self.passed_on(right));
        let complete = left.complete && right.complete;
        let merge = |name: &Name| {
            let find = |side: &Columns| {
                let mut column = side.known.iter().find(|it| it.name == *name).cloned()?;
                let is_nullable = |it: &FromColumn| self.resolution[it.from_item].nullable;
                if column.sources.iter().any(is_nullable) {
                    column.nullability = Nullability::Nullable;
                }
                Some(column)
            };
            merged_column(kind, name, find(&left), find(&right))
        };
        let mut known: Vec<Column> = merged.iter().map(merge).collect();
        let rest = left.known.into_iter().chain(right.known);
        known.extend(rest.filter(|column| !merged.contains(&column.name)));
        Columns { known, complete }
    }
}

fn join_kind(jointype: ast::JoinType) -> JoinKind {
    match jointype {
        ast::JoinType::JoinLeft => JoinKind::Left,
        ast::JoinType::JoinRight => JoinKind::Right,
        ast::JoinType::JoinFull => JoinKind::Full,
        _ => JoinKind::Inner,
    }
}

/// A column of USING (`buildMergedJoinVar`): the left one, or the right one of a
/// right join; of a full join the first that is not NULL.
fn merged_column(
    kind: JoinKind,
    name: &Name,
    left: Option<Column>,
    right: Option<Column>,
) -> Column {
    let sides = left.iter().chain(&right);
    let sources = sides.flat_map(|it| it.sources.iter().copied()).collect();
    let both = left
        .iter()
        .chain(&right)
        .map(|it| it.nullability)
        .reduce(Nullability::or);
    let chosen = match kind {
        JoinKind::Right => right.as_ref().or(left.as_ref()),
        _ => left.as_ref().or(right.as_ref()),
    };
    let nullability = match (kind, chosen) {
        // Equality never holds for NULL.
        (JoinKind::Inner, _) => Nullability::NotNull,
        (JoinKind::Full, _) => both.unwrap_or(Nullability::Unknown),
        (_, Some(chosen)) => chosen.nullability,
        (_, None) => Nullability::Unknown,
    };
    // Different types are cast to a common one.
    let type_of = |side: &Option<Column>| side.as_ref().and_then(|it| it.data_type.clone());
    let data_type = type_of(&left).filter(|_| type_of(&left) == type_of(&right));
    let passed_on = chosen.filter(|_| kind != JoinKind::Full && data_type.is_some());
    Column {
        sources,
        nullability,
        origin: passed_on.and_then(|it| it.origin),
        data_type,
        ..Column::named(name.clone())
    }
}
