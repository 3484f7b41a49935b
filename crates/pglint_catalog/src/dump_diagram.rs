//! What an entity-relationship diagram shows of a catalog, for all forms of it.

use crate::{Catalog, Column, ColumnNumber, ForeignKey, Relation, SchemaId};

/// Tables and the foreign keys between them, sorted by schema and name.
pub(crate) struct Diagram<'c> {
    /// Tables, partitioned and foreign ones too; partitions are left out, and so
    /// is what belongs to an extension.
    pub(crate) tables: Vec<&'c Relation>,
    /// The foreign keys between these.
    pub(crate) links: Vec<Link<'c>>,
}

/// A foreign key.
pub(crate) struct Link<'c> {
    pub(crate) from: &'c Relation,
    pub(crate) to: &'c Relation,
    pub(crate) key: &'c ForeignKey,
    /// Whether a row may reference none: one of the columns allows NULL.
    pub(crate) is_optional: bool,
    /// Whether at most one row references another: its columns hold a unique key.
    pub(crate) is_single: bool,
}

impl Catalog {
    pub(crate) fn diagram(&self) -> Diagram<'_> {
        let is_shown = |table: &&Relation| table.extension.is_none() && !table.is_partition();
        let mut tables: Vec<_> = self.tables().filter(is_shown).collect();
        tables.sort_by_cached_key(|it| self.diagram_name(it));
        let links = tables.iter().flat_map(|table| {
            table.foreign_keys().filter_map(|(_, key)| {
                let to = self.relation(key.target?).filter(is_shown)?;
                Some(Link {
                    from: table,
                    to,
                    key,
                    is_optional: key.columns.iter().any(|it| is_nullable(table, *it)),
                    is_single: is_unique(table, &key.columns),
                })
            })
        });
        let links = links.collect();
        Diagram { tables, links }
    }

    /// The table's name, with its schema unless that is `public`.
    pub(crate) fn diagram_name(&self, table: &Relation) -> String {
        match table.schema {
            SchemaId::PUBLIC => table.name.to_string(),
            _ => self.qualified_name(table),
        }
    }

    /// The column's type in few letters, without schema: `timestamptz`, `varchar(40)`.
    pub(crate) fn short_type(&self, column: &Column) -> String {
        let printed = self.format_type(&column.data_type);
        let printed = printed
            .replace(" with time zone", "tz")
            .replace(" without time zone", "")
            .replace("character varying", "varchar")
            .replace("character", "char")
            .replace("double precision", "float8");
        // `timestamp(3)tz`
        let printed = match printed
            .strip_suffix(")tz")
            .and_then(|it| it.split_once('('))
        {
            Some((name, precision)) => format!("{name}tz({precision})"),
            None => printed,
        };
        let name_end = printed.find('(').unwrap_or(printed.len());
        let name_start = printed[..name_end].rfind('.').map_or(0, |dot| dot + 1);
        printed[name_start..].replace('"', "")
    }
}

fn is_nullable(table: &Relation, column: ColumnNumber) -> bool {
    !table.column(column).is_some_and(Column::is_proven_not_null)
}

/// Whether a key, or a unique index over all rows, has no other columns than these.
fn is_unique(table: &Relation, columns: &[ColumnNumber]) -> bool {
    let mut unique = table.indexes.iter().filter(|it| it.unique);
    unique.any(|index| {
        let is_total = index.predicate.is_none() && index.valid;
        let own = index.columns();
        is_total && own.is_some_and(|own| own.iter().all(|it| columns.contains(it)))
    })
}

impl Relation {
    /// Whether the column is in the primary key.
    pub(crate) fn is_in_primary_key(&self, column: ColumnNumber) -> bool {
        let key = self.primary_key();
        key.is_some_and(|key| key.columns().contains(&column))
    }

    /// Whether the column is in a foreign key.
    pub(crate) fn is_in_foreign_key(&self, column: ColumnNumber) -> bool {
        let mut keys = self.foreign_keys();
        keys.any(|(_, key)| key.columns.contains(&column))
    }

    /// Whether the column alone is a unique key, other than the primary key.
    pub(crate) fn is_unique_alone(&self, column: ColumnNumber) -> bool {
        let mut unique = self.unique_constraints();
        unique.any(|it| it.columns() == [column])
    }
}
