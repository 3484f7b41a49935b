//! FROM: `transformFromClause` and `transformFromClauseItem` of parse_clause.c.

use pglint_catalog::{Lookup, Name, Relation, RelationKind};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::tree::Nodes;

use super::resolution::{
    Clause, Column, Columns, FromItem, FromItemId, FromItemKind, Nullability, QueryId,
};
use super::scope::{Resolver, Visible, set_lateral};

/// A FROM item with what it adds to the namespace.
pub(super) struct Transformed {
    pub(super) item: FromItemId,
    pub(super) namespace: Vec<Visible>,
}

impl<'a> Resolver<'a> {
    /// Adds all FROM items to the query and to what it sees.
    pub(super) fn resolve_from(&mut self, query: QueryId, items: Nodes<'a>) {
        for node in items {
            let mut transformed = self.resolve_from_item(query, node);
            set_lateral(&mut transformed.namespace, true, true);
            self.scope(query).namespace.extend(transformed.namespace);
            self.query(query).from.push(transformed.item);
        }
        set_lateral(&mut self.scope(query).namespace, false, true);
    }

    pub(super) fn resolve_from_item(&mut self, query: QueryId, node: Node<'a>) -> Transformed {
        if let Some(relation) = node.cast::<ast::RangeVar>() {
            let item = self.table_or_cte(query, relation);
            return Transformed::plain(item);
        }
        if let Some(join) = node.cast::<ast::JoinExpr>() {
            return self.join(query, join);
        }
        if let Some(subselect) = node.cast::<ast::RangeSubselect>() {
            return self.subselect(query, subselect);
        }
        if let Some(sample) = node.cast::<ast::RangeTableSample>()
            && let Some(relation) = sample.relation()
        {
            let transformed = self.resolve_from_item(query, relation);
            self.expressions(query, Clause::From, sample.args());
            self.expressions(query, Clause::From, sample.repeatable());
            return transformed;
        }
        self.with_lateral(query, true, |resolver| {
            resolver.expressions(query, Clause::From, Some(node));
        });
        self.function_item(query, node)
    }

    /// Runs `work` while items that only LATERAL sees are visible, or are not.
    pub(super) fn with_lateral<T>(
        &mut self,
        query: QueryId,
        active: bool,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let saved = std::mem::replace(&mut self.scope(query).lateral_active, active);
        let result = work(self);
        self.scope(query).lateral_active = saved;
        result
    }

    fn table_or_cte(&mut self, query: QueryId, node: Node<'a, ast::RangeVar>) -> FromItemId {
        let cte = match node.schemaname() {
            "" => self.find_cte(query, node.relname()),
            _ => None,
        };
        let Some((level, cte)) = cte else {
            return self.relation_item(query, node);
        };
        self.finish_cte(cte);
        let mut columns = self.resolution[cte].columns.clone();
        if level == 0 && self.resolution[cte].query.is_none() {
            columns.complete = false;
        }
        for column in &mut columns.known {
            column.expression = None;
        }
        let alias = node.alias();
        self.add_aliased(query, node.erase(), alias, node.relname(), {
            (FromItemKind::Cte(cte), columns)
        })
    }

    /// A table, view or the like of the catalog.
    pub(super) fn relation_item(
        &mut self,
        query: QueryId,
        node: Node<'a, ast::RangeVar>,
    ) -> FromItemId {
        let schema = Some(node.schemaname()).filter(|schema| !schema.is_empty());
        let found = self
            .catalog
            .lookup_relation(schema, node.relname(), self.search_path);
        let contents = match found {
            Lookup::Found(relation) => (
                FromItemKind::Relation(relation.id),
                relation_columns(relation),
            ),
            Lookup::Missing => (FromItemKind::Missing, Columns::unknown()),
            Lookup::Unknown => (FromItemKind::Unknown, Columns::unknown()),
        };
        self.add_aliased(query, node.erase(), node.alias(), node.relname(), contents)
    }

    fn subselect(&mut self, query: QueryId, node: Node<'a, ast::RangeSubselect>) -> Transformed {
        let inner = self.with_lateral(query, node.lateral(), |resolver| {
            resolver.statement(node.subquery()?, Some(query), Clause::From, None)
        });
        let contents = match inner {
            Some(inner) => {
                let mut columns = self.resolution[inner].columns.clone();
                for column in &mut columns.known {
                    column.expression = None;
                }
                (FromItemKind::Subquery(inner), columns)
            }
            None => (FromItemKind::Unknown, Columns::unknown()),
        };
        let item = self.add_aliased(query, node.erase(), node.alias(), "", contents);
        Transformed::plain(item)
    }

    fn function_item(&mut self, query: QueryId, node: Node<'a>) -> Transformed {
        let (alias, name, columns) = match node.node_kind() {
            NodeKind::RangeFunction => self.range_function(node),
            NodeKind::RangeTableFunc => self.xml_table(node),
            NodeKind::JsonTable => self.json_table(node),
            _ => (None, "", Columns::unknown()),
        };
        let contents = (FromItemKind::Function, columns);
        Transformed::plain(self.add_aliased(query, node, alias, name, contents))
    }

    /// Stands where the parser leaves something out, which it never does.
    pub(super) fn unknown_item(&mut self, query: QueryId) -> FromItemId {
        let contents = (FromItemKind::Unknown, Columns::unknown());
        self.add_aliased(query, self.tree.root(), None, "", contents)
    }

    /// Adds an item under its alias, else under its own name (may be empty), with
    /// its column alias list applied.
    pub(super) fn add_aliased(
        &mut self,
        query: QueryId,
        node: Node<'a>,
        alias: Option<Node<'a, ast::Alias>>,
        own_name: &str,
        (kind, mut columns): (FromItemKind, Columns),
    ) -> FromItemId {
        if let Some(alias) = alias {
            columns.rename(alias.colnames());
        }
        let name = alias.map_or(own_name, |alias| alias.aliasname());
        self.add_item(FromItem {
            node: node.node_number(),
            query,
            name: Some(Name::new(name)).filter(|name| !name.is_empty()),
            has_alias: alias.is_some(),
            kind,
            columns,
            nullable: false,
        })
    }
}

impl Transformed {
    fn plain(item: FromItemId) -> Transformed {
        Transformed {
            item,
            namespace: vec![Visible::new(item, true, true)],
        }
    }
}

/// The columns of a relation as a query sees them.
pub(super) fn relation_columns(relation: &Relation) -> Columns {
    let is_known = relation.is_fully_known();
    // Nothing makes a server check the NOT NULL of a foreign table, and those of
    // a view's columns are not kept.
    let is_table = relation.kind.is_table();
    let columns = relation.columns.iter().map(|column| Column {
        origin: Some((relation.id, column.number)),
        data_type: Some(column.data_type.clone()),
        nullability: match (column.is_proven_not_null(), is_known && is_table) {
            (true, true) => Nullability::NotNull,
            (false, true) => Nullability::Nullable,
            _ => Nullability::Unknown,
        },
        ..Column::named(column.name.clone())
    });
    let mut known: Vec<Column> = columns.collect();
    if relation.kind == RelationKind::Sequence {
        known = ["last_value", "log_cnt", "is_called"]
            .map(Column::named)
            .into();
    }
    Columns {
        known,
        complete: is_known,
    }
}
