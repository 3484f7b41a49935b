//! Constraints of relations and domains. NOT NULL is with its column.

use crate::{ColumnNumber, ConstraintId, Expression, IndexId, Name, Origin, RelationId};

/// A constraint (`pg_constraint`), NOT NULL apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Its id.
    pub id: ConstraintId,
    /// Its name, given or generated.
    pub name: Name,
    /// What it asks for.
    pub kind: ConstraintKind,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// `false` after `NOT VALID`, until it is validated.
    pub validated: bool,
    /// `false` after `NOT ENFORCED` (PostgreSQL 18).
    pub enforced: bool,
    /// `NO INHERIT` of a check.
    pub no_inherit: bool,
    /// Whether the relation defines it itself (`conislocal`).
    pub is_local: bool,
    /// How many parents it is inherited from (`coninhcount`).
    pub inherited_from: u16,
    /// The constraint of the partitioned table that it is a part of.
    pub parent: Option<ConstraintId>,
    /// The clause that made it, or last changed it.
    pub origin: Origin,
    /// `COMMENT ON CONSTRAINT`.
    pub comment: Option<Name>,
}

/// What a constraint asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `PRIMARY KEY`.
    PrimaryKey(Key),
    /// `UNIQUE`.
    Unique(Key),
    /// `FOREIGN KEY` or `REFERENCES`.
    ForeignKey(ForeignKey),
    /// `CHECK`.
    Check(Box<Expression>),
    /// `EXCLUDE`.
    Exclusion(Exclusion),
}

/// An exclusion constraint; its elements are those of its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    /// The index behind it, of the same relation.
    pub index: IndexId,
    /// The operator for each element of the index, without schema.
    pub operators: Vec<Name>,
}

/// A primary key or unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its columns in order.
    pub columns: Vec<ColumnNumber>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WITHOUT OVERLAPS` on the last column (PostgreSQL 18).
    pub without_overlaps: bool,
    /// The index behind it, of the same relation.
    pub index: IndexId,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its columns in order.
    pub columns: Vec<ColumnNumber>,
    /// The referenced relation. `None` when it is not known.
    pub target: Option<RelationId>,
    /// What the clause names, while the relation or its columns are not known: which
    /// they are can still be certain.
    pub unknown_target: Option<Box<UnknownTarget>>,
    /// The referenced columns, one for each of `columns`. Empty when they are
    /// not known.
    pub target_columns: Vec<ColumnNumber>,
    /// The unique index of the target that it relies on. `None` when not known.
    pub target_index: Option<IndexId>,
    /// `MATCH`.
    pub match_type: MatchType,
    /// `ON DELETE`.
    pub on_delete: ForeignKeyAction,
    /// `ON UPDATE`.
    pub on_update: ForeignKeyAction,
    /// The columns of `ON DELETE SET NULL (...)`; empty means all.
    pub on_delete_columns: Vec<ColumnNumber>,
}

/// What a foreign key's clause names, of which nothing else is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownTarget {
    /// The relation's schema. `None` where the search path has several to choose from.
    pub schema: Option<Name>,
    /// Its name.
    pub name: Name,
    /// The columns that the clause names. Empty for the primary key.
    pub columns: Vec<Name>,
}

/// What happens to referencing rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ForeignKeyAction {
    /// `NO ACTION`, the default.
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

impl ForeignKeyAction {
    /// `pg_constraint.confdeltype`.
    pub fn letter(self) -> char {
        match self {
            ForeignKeyAction::NoAction => 'a',
            ForeignKeyAction::Restrict => 'r',
            ForeignKeyAction::Cascade => 'c',
            ForeignKeyAction::SetNull => 'n',
            ForeignKeyAction::SetDefault => 'd',
        }
    }

    /// The words of SQL.
    pub fn sql(self) -> &'static str {
        match self {
            ForeignKeyAction::NoAction => "NO ACTION",
            ForeignKeyAction::Restrict => "RESTRICT",
            ForeignKeyAction::Cascade => "CASCADE",
            ForeignKeyAction::SetNull => "SET NULL",
            ForeignKeyAction::SetDefault => "SET DEFAULT",
        }
    }
}

/// `MATCH` of a foreign key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchType {
    /// `MATCH SIMPLE`, the default.
    Simple,
    /// `MATCH FULL`.
    Full,
}

impl UnknownTarget {
    /// `schema.name`. `None` where the schema is not known.
    pub(crate) fn qualified_name(&self) -> Option<String> {
        Some(format!("{}.{}", self.schema.as_ref()?, self.name))
    }

    /// The names of the columns. `None` for the primary key's.
    pub(crate) fn column_names(&self) -> Option<Vec<&str>> {
        let names = self.columns.iter().map(Name::as_str);
        (!self.columns.is_empty()).then(|| names.collect())
    }
}

impl Constraint {
    /// The key, for a primary key or unique constraint.
    pub fn key(&self) -> Option<&Key> {
        match &self.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => Some(key),
            _ => None,
        }
    }

    /// The foreign key, if it is one.
    pub fn foreign_key(&self) -> Option<&ForeignKey> {
        match &self.kind {
            ConstraintKind::ForeignKey(foreign_key) => Some(foreign_key),
            _ => None,
        }
    }

    /// The checked expression, if it is a check.
    pub fn check(&self) -> Option<&Expression> {
        match &self.kind {
            ConstraintKind::Check(expression) => Some(expression),
            _ => None,
        }
    }

    /// Whether it is the primary key.
    pub fn is_primary_key(&self) -> bool {
        matches!(self.kind, ConstraintKind::PrimaryKey(_))
    }

    /// The index behind it. `None` for checks and foreign keys.
    pub fn index(&self) -> Option<IndexId> {
        match &self.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => Some(key.index),
            ConstraintKind::Exclusion(exclusion) => Some(exclusion.index),
            ConstraintKind::ForeignKey(_) | ConstraintKind::Check(_) => None,
        }
    }

    /// The columns of its relation that it is about. An exclusion constraint
    /// keeps them in its index and answers with none.
    pub fn columns(&self) -> Vec<ColumnNumber> {
        match &self.kind {
            ConstraintKind::PrimaryKey(key) | ConstraintKind::Unique(key) => key.columns.clone(),
            ConstraintKind::ForeignKey(foreign_key) => foreign_key.columns.clone(),
            ConstraintKind::Check(expression) => expression.columns(),
            ConstraintKind::Exclusion(_) => Vec::new(),
        }
    }
}
