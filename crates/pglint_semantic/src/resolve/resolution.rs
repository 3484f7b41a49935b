//! What name resolution found: plain data that refers to tree nodes by number.
//!
//! It borrows nothing, so it can be kept beside the tree it belongs to.

use std::ops::Index;

use pglint_catalog::{ColumnNumber, DataType, Lookup, Name, RelationId};
use pglint_syntax::{Node, Tree};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// The number of a query in its [`Resolution`]; outer queries come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(pub u32);

/// The number of a FROM item in its [`Resolution`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FromItemId(pub u32);

/// The number of a common table expression in its [`Resolution`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CteId(pub u32);

/// A column of a FROM item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FromColumn {
    /// Whose column.
    pub from_item: FromItemId,
    /// 0-based, in [`FromItem::columns`].
    pub index: u32,
}

/// The columns that a column passes on, nearly always one: a statement has many such
/// lists.
pub type Sources = SmallVec<[FromColumn; 2]>;

/// The names of one statement, resolved.
#[derive(Clone, Debug, Default)]
pub struct Resolution {
    /// All queries of the statement, outer ones before those inside them.
    pub queries: Vec<Query>,
    /// All FROM items of all queries.
    pub from_items: Vec<FromItem>,
    /// All common table expressions.
    pub ctes: Vec<Cte>,
    /// All column references in the order in which they were resolved.
    pub references: Vec<ColumnReference>,
    pub(super) by_node: FxHashMap<u32, u32>,
}

/// One level of a statement: what PostgreSQL analyses with one `ParseState`.
#[derive(Clone, Debug)]
pub struct Query {
    /// The statement's node (`SelectStmt`, `InsertStmt`, ...), or that of the
    /// expression for [`QueryKind::Expression`].
    pub node: u32,
    /// What sort of query.
    pub kind: QueryKind,
    /// The query whose names it sees too. `None` for an outermost one.
    pub parent: Option<QueryId>,
    /// In which clause of the parent it stands.
    pub clause: Clause,
    /// The common tables that its own WITH defines.
    pub ctes: Vec<CteId>,
    /// Its FROM (USING of DELETE and MERGE) as written: a join is one item.
    pub from: Vec<FromItemId>,
    /// The table that INSERT, UPDATE, DELETE or MERGE changes; that of an
    /// [`QueryKind::Expression`] whose columns are in scope.
    pub target: Option<FromItemId>,
    /// The condition of WHERE; that of `ON` for MERGE.
    pub where_clause: Option<u32>,
    /// The condition of HAVING.
    pub having: Option<u32>,
    /// What it gives: the target list, or RETURNING. Star is expanded.
    pub columns: Columns,
    /// The columns that INSERT lists, and that SET assigns.
    pub assignments: Vec<Assignment>,
}

/// What sort of query it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryKind {
    /// A plain SELECT.
    Select,
    /// UNION, INTERSECT, EXCEPT of these queries, leftmost first.
    SetOperation(Vec<QueryId>),
    /// VALUES.
    Values,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// MERGE.
    Merge,
    /// An expression of DDL: a check, a policy, a predicate, an index element.
    Expression,
}

/// A part of a query, as far as visibility or meaning differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clause {
    /// Not within another query.
    None,
    /// The query of a common table expression.
    With,
    /// An operand of UNION, INTERSECT, EXCEPT.
    SetOperand,
    /// Within a FROM item: a subquery, a function's arguments.
    From,
    /// The condition of a join.
    On,
    /// WHERE; `ON` of MERGE.
    Where,
    /// GROUP BY.
    GroupBy,
    /// HAVING.
    Having,
    /// WINDOW.
    Window,
    /// The target list.
    Target,
    /// `DISTINCT ON (...)`.
    DistinctOn,
    /// ORDER BY of the query.
    OrderBy,
    /// LIMIT, OFFSET.
    Limit,
    /// A row of VALUES.
    Values,
    /// The query whose rows INSERT takes.
    Source,
    /// What is assigned: SET, the VALUES of MERGE's INSERT.
    Set,
    /// The index elements and predicate, or the WHERE, of ON CONFLICT.
    OnConflict,
    /// The condition of WHEN in MERGE.
    When,
    /// RETURNING.
    Returning,
    /// An expression of DDL.
    Expression,
}

/// Something in FROM, or another thing that has columns in scope.
#[derive(Clone, Debug)]
pub struct FromItem {
    /// Its node: `RangeVar`, `RangeSubselect`, `JoinExpr`, ...
    pub node: u32,
    /// The query in whose FROM it is.
    pub query: QueryId,
    /// The name it goes by: its alias, else the relation's or function's name.
    /// `None` for a join or subquery without alias.
    pub name: Option<Name>,
    /// Whether that is an alias, which hides a relation's own name.
    pub has_alias: bool,
    /// What it is.
    pub kind: FromItemKind,
    /// Its columns under the names of its column alias list.
    pub columns: Columns,
    /// Whether an outer join can make a row of it that is all NULL.
    pub nullable: bool,
}

/// What a FROM item is.
#[derive(Clone, Debug)]
pub enum FromItemKind {
    /// A table, view, or anything else of the catalog.
    Relation(RelationId),
    /// A common table.
    Cte(CteId),
    /// A subquery or VALUES.
    Subquery(QueryId),
    /// A function, `ROWS FROM`, `XMLTABLE` or `JSON_TABLE`.
    Function,
    /// A join.
    Join(Join),
    /// The merged columns of a join under the name of `JOIN ... USING (...) AS name`.
    MergedColumns(FromItemId),
    /// `excluded` of ON CONFLICT: the row of that target that was proposed.
    Excluded(FromItemId),
    /// `old` in RETURNING (PostgreSQL 18), or of a trigger or rewrite rule.
    Old(FromItemId),
    /// `new` in RETURNING (PostgreSQL 18), or of a trigger or rewrite rule.
    New(FromItemId),
    /// A relation that does not exist where the catalog is complete.
    Missing,
    /// Something that is not known.
    Unknown,
}

/// A join of two FROM items.
#[derive(Clone, Debug)]
pub struct Join {
    /// Which rows it keeps.
    pub kind: JoinKind,
    /// The left side.
    pub left: FromItemId,
    /// The right side.
    pub right: FromItemId,
    /// The condition of ON.
    pub on: Option<u32>,
    /// The columns of USING, or those that NATURAL finds; the join's first
    /// columns.
    pub merged: Vec<Name>,
    /// `NATURAL`.
    pub natural: bool,
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// `JOIN`, and `CROSS JOIN`, which has neither ON nor USING.
    Inner,
    /// `LEFT JOIN`.
    Left,
    /// `RIGHT JOIN`.
    Right,
    /// `FULL JOIN`.
    Full,
}

/// A common table expression.
#[derive(Clone, Debug)]
pub struct Cte {
    /// Its `CommonTableExpr`.
    pub node: u32,
    /// Its name.
    pub name: Name,
    /// The query whose WITH it is in.
    pub owner: QueryId,
    /// Its query. `None` when it could not be read.
    pub query: Option<QueryId>,
    /// Whether `WITH RECURSIVE` was written.
    pub recursive: bool,
    /// Its columns under the names of its column list, with those of SEARCH and
    /// CYCLE at the end.
    pub columns: Columns,
    /// How many columns at the end come from SEARCH and CYCLE: a star in a query
    /// further inside leaves them out.
    pub added_columns: usize,
}

/// The columns of a FROM item or query, in order.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Those that are known.
    pub known: Vec<Column>,
    /// Whether those are all, so that no other exists.
    pub complete: bool,
}

/// A column of a FROM item or query.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name. `?column?` is what PostgreSQL gives one that has none.
    pub name: Name,
    /// The column of the catalog that it passes on unchanged.
    pub origin: Option<(RelationId, ColumnNumber)>,
    /// The columns of FROM items further inside that it passes on unchanged: two
    /// or more for a merged column and for a set operation.
    pub sources: Sources,
    /// Its type. `None` when not known.
    pub data_type: Option<DataType>,
    /// Whether it can be NULL. For a column of a FROM item: in a row of the item,
    /// whatever joins and conditions of the query do.
    pub nullability: Nullability,
    /// The expression of the target list that makes it. `None` for a column that
    /// a star gives, and for one of a relation.
    pub expression: Option<u32>,
}

/// Whether a value can be NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nullability {
    /// It never is.
    NotNull,
    /// Nothing prevents it, or an outer join makes it so.
    Nullable,
    /// It cannot be told.
    Unknown,
}

/// A column that INSERT lists or SET assigns.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// Its `ResTarget`.
    pub node: u32,
    /// The column of the target table.
    pub column: Lookup<ColumnNumber>,
}

/// A `ColumnRef` and what it stands for.
#[derive(Clone, Debug)]
pub struct ColumnReference {
    /// The `ColumnRef`.
    pub node: u32,
    /// The innermost query that it stands in.
    pub query: QueryId,
    /// The clause of that query.
    pub clause: Clause,
    /// What it stands for.
    pub reference: Reference,
}

/// What a `ColumnRef` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// A column. For an unqualified name that a join passes on, it is the column
    /// of the item joined; a merged column is one of the join itself.
    Column {
        /// The column.
        column: FromColumn,
        /// How many query levels further out its FROM item is; 0 is the same.
        level: u32,
    },
    /// `ctid`, `xmin`, `tableoid`, ... of a table.
    SystemColumn {
        /// The table.
        from_item: FromItemId,
        /// How many query levels further out; 0 is the same.
        level: u32,
    },
    /// The whole row of a FROM item, as in `count(t)`.
    WholeRow {
        /// The item.
        from_item: FromItemId,
        /// How many query levels further out; 0 is the same.
        level: u32,
    },
    /// `*` or `t.*` in a target list.
    Star {
        /// The columns that it gives, in order.
        columns: Vec<FromColumn>,
        /// Whether those are all.
        complete: bool,
    },
    /// A column of the query's own result, in ORDER BY, GROUP BY or DISTINCT ON.
    Output {
        /// The query.
        query: QueryId,
        /// 0-based, in [`Query::columns`].
        column: u32,
    },
    /// A parameter of the function whose body this is, or the `value` of a domain.
    Parameter,
    /// Several columns could be meant: PostgreSQL refuses it.
    Ambiguous,
    /// There is no such column: PostgreSQL refuses it.
    Missing,
    /// It cannot be told.
    Unknown,
}

/// `system_attributes` of PostgreSQL's heap.c.
pub(super) const SYSTEM_COLUMNS: &[&str] = &["ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"];

impl Resolution {
    /// What a `ColumnRef` stands for. `None` when the node is in no query or
    /// expression that was resolved.
    pub fn reference(&self, node: Node<'_>) -> Option<&Reference> {
        Some(&self.column_reference(node)?.reference)
    }

    /// A `ColumnRef` with its place.
    pub fn column_reference(&self, node: Node<'_>) -> Option<&ColumnReference> {
        let index = *self.by_node.get(&node.node_number())?;
        self.references.get(index as usize)
    }

    /// The query of a statement's node.
    pub fn query_of(&self, node: Node<'_>) -> Option<QueryId> {
        let number = node.node_number();
        let place = self.queries.iter().position(|query| query.node == number)?;
        Some(QueryId(place as u32))
    }

    /// All queries with their numbers, outer ones first.
    pub fn queries(&self) -> impl Iterator<Item = (QueryId, &Query)> {
        (0..).map(QueryId).zip(&self.queries)
    }

    /// All FROM items with their numbers.
    pub fn from_items(&self) -> impl Iterator<Item = (FromItemId, &FromItem)> {
        (0..).map(FromItemId).zip(&self.from_items)
    }

    /// A column. `None` for a number that is not of this resolution.
    pub fn column(&self, column: FromColumn) -> Option<&Column> {
        let item = self.from_items.get(column.from_item.0 as usize)?;
        item.columns.known.get(column.index as usize)
    }

    pub(super) fn node<'t>(&self, tree: &'t Tree, number: Option<u32>) -> Option<Node<'t>> {
        tree.get(number?)
    }
}

impl Index<QueryId> for Resolution {
    type Output = Query;

    fn index(&self, id: QueryId) -> &Query {
        &self.queries[id.0 as usize]
    }
}

impl Index<FromItemId> for Resolution {
    type Output = FromItem;

    fn index(&self, id: FromItemId) -> &FromItem {
        &self.from_items[id.0 as usize]
    }
}

impl Index<CteId> for Resolution {
    type Output = Cte;

    fn index(&self, id: CteId) -> &Cte {
        &self.ctes[id.0 as usize]
    }
}

impl FromItem {
    /// The relation that it reads. `None` for anything but a relation of the
    /// catalog.
    pub fn relation(&self) -> Option<RelationId> {
        match self.kind {
            FromItemKind::Relation(id) => Some(id),
            _ => None,
        }
    }

    /// The join that it is.
    pub fn join(&self) -> Option<&Join> {
        match &self.kind {
            FromItemKind::Join(join) => Some(join),
            _ => None,
        }
    }
}

impl Columns {
    /// Columns of which nothing is known.
    pub fn unknown() -> Columns {
        Columns::default()
    }

    /// The places of the columns of that name, in order.
    pub fn positions(&self, name: &str) -> impl Iterator<Item = usize> {
        let known = self.known.iter().enumerate();
        known
            .filter(move |(_, column)| column.name == name)
            .map(|(place, _)| place)
    }

    /// The column of that name. `Unknown` when there may be others, or when there
    /// are two.
    pub fn lookup(&self, name: &str) -> Lookup<&Column> {
        let mut places = self.positions(name);
        match (places.next(), places.next()) {
            (Some(place), None) => Lookup::Found(&self.known[place]),
            (None, None) if self.complete => Lookup::Missing,
            _ => Lookup::Unknown,
        }
    }

    /// Gives the first columns other names, as a column alias list does.
    pub(super) fn rename<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for (place, name) in names.into_iter().enumerate() {
            match self.known.get_mut(place) {
                Some(column) if self.complete => column.name = Name::new(name),
                // Which columns come first is not known, only their names now.
                Some(column) => *column = Column::named(name),
                None if self.complete => {}
                None => self.known.push(Column::named(name)),
            }
        }
    }
}

impl Column {
    /// A column of which only the name is known.
    pub(super) fn named(name: impl Into<Name>) -> Column {
        Column {
            name: name.into(),
            origin: None,
            sources: Sources::new(),
            data_type: None,
            nullability: Nullability::Unknown,
            expression: None,
        }
    }
}

impl Nullability {
    /// What can be either of the two.
    pub fn or(self, other: Nullability) -> Nullability {
        match (self, other) {
            (Nullability::Nullable, _) | (_, Nullability::Nullable) => Nullability::Nullable,
            (Nullability::NotNull, Nullability::NotNull) => Nullability::NotNull,
            _ => Nullability::Unknown,
        }
    }
}
