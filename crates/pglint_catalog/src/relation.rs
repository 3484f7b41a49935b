//! Relations: tables, views, sequences and the rest of `pg_class` but indexes.

use crate::{
    Column, ColumnNumber, Constraint, ConstraintId, DataType, DroppedIndex, Expression, Index,
    IndexId, Lookup, Name, Origin, Policy, RelationId, SchemaId, SharedList, Trigger, TypeId,
    Unknown,
};

/// A relation with everything that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// Its id.
    pub id: RelationId,
    /// Its schema.
    pub schema: SchemaId,
    /// Its present name.
    pub name: Name,
    /// What sort of relation.
    pub kind: RelationKind,
    /// `TEMPORARY`, `UNLOGGED` or neither.
    pub persistence: Persistence,
    /// Its columns in order, dropped ones left out. Empty for a sequence.
    pub columns: SharedList<Column>,
    /// The number that the next new column gets.
    pub next_column: ColumnNumber,
    /// Set when it may have other columns, or none of these, than the catalog
    /// says: after `CREATE TABLE ... AS` whose query was not resolved, or
    /// dynamic SQL.
    pub columns_unknown: Option<Unknown>,
    /// Set when anything about it (constraints, indexes, its very existence) may
    /// differ from what the catalog says.
    pub unknown: Option<Unknown>,
    /// Its constraints in the order of creation, NOT NULL apart.
    pub constraints: SharedList<Constraint>,
    /// Its indexes in the order of creation.
    pub indexes: SharedList<Index>,
    /// The indexes that it once had, in the order in which they were dropped:
    /// which statement left it without one?
    pub dropped_indexes: Vec<DroppedIndex>,
    /// Its parents in order: `INHERITS`, or the partitioned table.
    pub inherits: Vec<RelationId>,
    /// `PARTITION BY` of a partitioned table.
    pub partition_key: Option<PartitionKey>,
    /// `FOR VALUES ...` or `DEFAULT` of a partition, whose parent is the one of
    /// `inherits`.
    pub partition_bound: Option<PartitionBound>,
    /// `ENABLE ROW LEVEL SECURITY`.
    pub row_security: bool,
    /// `FORCE ROW LEVEL SECURITY`.
    pub force_row_security: bool,
    /// Its row-level security policies.
    pub policies: Vec<Policy>,
    /// Its triggers, those of foreign keys left out.
    pub triggers: Vec<Trigger>,
    /// The query, for a view or materialized view.
    pub view: Option<View>,
    /// The parameters, for a sequence.
    pub sequence: Option<Sequence>,
    /// Storage parameters or view options, `name=value`.
    pub options: Vec<Name>,
    /// Its row type.
    pub row_type: Option<TypeId>,
    /// The relation's name in the statement that made it.
    pub origin: Origin,
    /// The extension it belongs to.
    pub extension: Option<Name>,
    /// `COMMENT ON TABLE` and the like.
    pub comment: Option<Name>,
}

/// What sort of relation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// A plain table, which may be a partition.
    Table,
    /// A table with `PARTITION BY`.
    PartitionedTable,
    /// A foreign table.
    ForeignTable,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A sequence.
    Sequence,
    /// A composite type (`CREATE TYPE ... AS`).
    CompositeType,
}

impl RelationKind {
    /// `pg_class.relkind`.
    pub fn letter(self) -> char {
        match self {
            RelationKind::Table => 'r',
            RelationKind::PartitionedTable => 'p',
            RelationKind::ForeignTable => 'f',
            RelationKind::View => 'v',
            RelationKind::MaterializedView => 'm',
            RelationKind::Sequence => 'S',
            RelationKind::CompositeType => 'c',
        }
    }

    /// The words of PostgreSQL's messages: `table`, `view`, ...
    pub fn words(self) -> &'static str {
        match self {
            RelationKind::Table | RelationKind::PartitionedTable => "table",
            RelationKind::ForeignTable => "foreign table",
            RelationKind::View => "view",
            RelationKind::MaterializedView => "materialized view",
            RelationKind::Sequence => "sequence",
            RelationKind::CompositeType => "composite type",
        }
    }

    /// A table of rows of its own or of partitions; not a foreign table.
    pub fn is_table(self) -> bool {
        matches!(self, RelationKind::Table | RelationKind::PartitionedTable)
    }
}

/// Where a relation's data lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Persistence {
    /// Logged, on disk.
    Permanent,
    /// `UNLOGGED`.
    Unlogged,
    /// `TEMPORARY`: gone when the session ends.
    Temporary,
}

/// `PARTITION BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionKey {
    /// How rows are divided.
    pub strategy: PartitionStrategy,
    /// The key columns; an expression among them is `None`.
    pub columns: Vec<Option<ColumnNumber>>,
    /// The expressions among the key's elements, in order.
    pub expressions: Vec<Expression>,
}

impl PartitionKey {
    /// Whether a column is part of it, in an expression too.
    pub fn mentions(&self, column: ColumnNumber) -> bool {
        self.columns.contains(&Some(column))
            || self.expressions.iter().any(|it| it.mentions(column))
    }
}

/// How a partitioned table divides its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PartitionStrategy {
    /// `LIST`.
    List,
    /// `RANGE`.
    Range,
    /// `HASH`.
    Hash,
}

/// Which rows a partition holds.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionBound {
    /// `FOR VALUES ...` as written, or `DEFAULT`.
    pub text: Name,
    /// Whether it is the default partition.
    pub is_default: bool,
    /// The clause that made it a partition.
    pub origin: Origin,
}

/// The query of a view or materialized view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The query's text as written.
    pub query: Name,
    /// Where the query is.
    pub origin: Origin,
    /// Relations that it reads, in CTEs and subqueries too, each once.
    pub reads: Vec<RelationId>,
    /// Columns that it reads, as far as they are known.
    pub reads_columns: Vec<(RelationId, ColumnNumber)>,
    /// Functions of the project that it calls.
    pub functions: Vec<crate::FunctionId>,
    /// Types of the project that it names.
    pub types: Vec<TypeId>,
}

/// The parameters of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// `bigint`, `integer` or `smallint`.
    pub data_type: DataType,
    /// The column that owns it (`OWNED BY`, `serial`, identity): dropped with it.
    pub owned_by: Option<(RelationId, ColumnNumber)>,
    /// Whether it is the sequence of an identity column.
    pub is_identity: bool,
}

impl Relation {
    /// The column of that name. `Unknown` when the columns are not all known.
    pub fn lookup_column(&self, name: &str) -> Lookup<&Column> {
        match self.column_named(name) {
            Some(column) => Lookup::Found(column),
            None if self.columns_unknown.is_some() || self.unknown.is_some() => Lookup::Unknown,
            None => Lookup::Missing,
        }
    }

    /// The column of that name, among those that are known.
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of that number. `None` after it was dropped.
    pub fn column(&self, number: ColumnNumber) -> Option<&Column> {
        self.columns.get(self.place_of(number)?)
    }

    /// The column of that number, to be changed; NOT NULL with
    /// [`Catalog::set_not_null`](crate::Catalog::set_not_null).
    pub fn column_mut(&mut self, number: ColumnNumber) -> Option<&mut Column> {
        let place = self.place_of(number)?;
        self.columns.get_mut(place)
    }

    fn place_of(&self, number: ColumnNumber) -> Option<usize> {
        let is_it = |column: &Column| column.number == number;
        // Nearly always no column was dropped before it.
        let expected = usize::from(number.0).checked_sub(1)?;
        match self.columns.get(expected).is_some_and(is_it) {
            true => Some(expected),
            false => self.columns.iter().position(is_it),
        }
    }

    /// The names of columns, in the given order.
    pub fn column_names<'a>(
        &'a self,
        numbers: &'a [ColumnNumber],
    ) -> impl Iterator<Item = &'a str> {
        numbers
            .iter()
            .filter_map(|number| Some(self.column(*number)?.name.as_str()))
    }

    /// The constraint of that name, NOT NULL apart.
    pub fn constraint_named(&self, name: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|it| it.name == name)
    }

    /// The constraint of that id.
    pub fn constraint(&self, id: ConstraintId) -> Option<&Constraint> {
        self.constraints.iter().find(|it| it.id == id)
    }

    /// The index of that id.
    pub fn index(&self, id: IndexId) -> Option<&Index> {
        self.indexes.iter().find(|it| it.id == id)
    }

    /// The primary key.
    pub fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().find(|it| it.is_primary_key())
    }

    /// Its unique constraints, the primary key left out.
    pub fn unique_constraints(&self) -> impl Iterator<Item = &Constraint> {
        self.constraints
            .iter()
            .filter(|it| matches!(it.kind, crate::ConstraintKind::Unique(_)))
    }

    /// Its foreign keys.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &crate::ForeignKey)> {
        self.constraints
            .iter()
            .filter_map(|it| Some((it, it.foreign_key()?)))
    }

    /// Its check constraints.
    pub fn checks(&self) -> impl Iterator<Item = (&Constraint, &Expression)> {
        self.constraints
            .iter()
            .filter_map(|it| Some((it, it.check()?)))
    }

    /// Whether it is a partition of a partitioned table.
    pub fn is_partition(&self) -> bool {
        self.partition_bound.is_some()
    }

    /// Whether all about it is known, its columns too: a rule that claims that
    /// something is *not* there asks this first.
    pub fn is_fully_known(&self) -> bool {
        self.unknown.is_none() && self.columns_unknown.is_none()
    }
}
