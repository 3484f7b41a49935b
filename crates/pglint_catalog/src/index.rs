//! Indexes.

use crate::{ColumnNumber, ConstraintId, Expression, IndexId, Name, Origin};

/// An index of a relation (`pg_index`).
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its id.
    pub id: IndexId,
    /// Its name, given or generated; in the same schema as its relation.
    pub name: Name,
    /// The access method: `btree`, `hash`, `gist`, `gin`, `spgist`, `brin` or
    /// that of an extension.
    pub method: Name,
    /// `UNIQUE`, also of a primary key.
    pub unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// Its key columns and expressions in order.
    pub elements: Vec<IndexElement>,
    /// `INCLUDE` columns.
    pub include: Vec<ColumnNumber>,
    /// `WHERE`.
    pub predicate: Option<Box<Expression>>,
    /// `false` for an index on a partitioned table (`ON ONLY`) until all
    /// partitions have theirs.
    pub valid: bool,
    /// The constraint that it is behind.
    pub constraint: Option<ConstraintId>,
    /// The index of the partitioned table that it is a part of.
    pub parent: Option<IndexId>,
    /// The index's name, or the clause of its constraint.
    pub origin: Origin,
    /// `COMMENT ON INDEX`.
    pub comment: Option<Name>,
}

/// An index that a later statement dropped, by itself or with its constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct DroppedIndex {
    /// As it was.
    pub index: Index,
    /// Whether it was the primary key's.
    pub was_primary_key: bool,
    /// What the statement that dropped it names.
    pub origin: Origin,
}

/// One key element of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexElement {
    /// What is indexed.
    pub target: IndexTarget,
    /// The name of the index's own column (`pg_attribute.attname`), which generated
    /// names of copies use: that of the column when the index was made, or what
    /// `FigureIndexColname` in `parse_target.c` calls an expression.
    pub label: Name,
    /// The operator class as written, without schema. `None` for the default.
    pub operator_class: Option<Name>,
    /// The collation as written, without schema. `None` for the column's own.
    pub collation: Option<Name>,
    /// `DESC`.
    pub descending: bool,
    /// Where NULLs go: last, unless `NULLS FIRST` or `DESC` alone.
    pub nulls_first: bool,
}

/// A column or an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexTarget {
    /// A column.
    Column(ColumnNumber),
    /// An expression.
    Expression(Box<Expression>),
}

impl IndexElement {
    /// The column. `None` for an expression.
    pub fn column(&self) -> Option<ColumnNumber> {
        match self.target {
            IndexTarget::Column(column) => Some(column),
            IndexTarget::Expression(_) => None,
        }
    }

    /// A plain ascending column with the default operator class.
    pub fn plain(column: ColumnNumber, label: Name) -> IndexElement {
        IndexElement {
            target: IndexTarget::Column(column),
            label,
            operator_class: None,
            collation: None,
            descending: false,
            nulls_first: false,
        }
    }

    /// Whether both index the same thing in the same way.
    pub fn is_same_as(&self, other: &IndexElement) -> bool {
        let same_target = match (&self.target, &other.target) {
            (IndexTarget::Column(a), IndexTarget::Column(b)) => a == b,
            (IndexTarget::Expression(a), IndexTarget::Expression(b)) => a.is_same_as(b),
            _ => false,
        };
        same_target
            && self.operator_class == other.operator_class
            && self.collation == other.collation
            && self.descending == other.descending
            && self.nulls_first == other.nulls_first
    }
}

impl Index {
    /// Whether one of its elements is an expression.
    pub fn has_expressions(&self) -> bool {
        self.elements
            .iter()
            .any(|element| element.column().is_none())
    }

    /// Its elements that are expressions, then its predicate.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let elements = self.elements.iter().filter_map(|it| match &it.target {
            IndexTarget::Expression(expression) => Some(&**expression),
            IndexTarget::Column(_) => None,
        });
        elements.chain(self.predicate.as_deref())
    }

    /// The key columns in order. `None` when one element is an expression.
    pub fn columns(&self) -> Option<Vec<ColumnNumber>> {
        self.elements.iter().map(IndexElement::column).collect()
    }

    /// Whether it uses the column as key, in `INCLUDE`, in an expression or in
    /// its predicate.
    pub fn mentions(&self, column: ColumnNumber) -> bool {
        self.include.contains(&column)
            || self
                .predicate
                .as_ref()
                .is_some_and(|it| it.mentions(column))
            || self.elements.iter().any(|element| match &element.target {
                IndexTarget::Column(own) => *own == column,
                IndexTarget::Expression(expression) => expression.mentions(column),
            })
    }
}
