use pglint_catalog::{Catalog, ColumnNumber, Constraint, ForeignKey, Index, Relation};

use crate::describe::{column_list, index_target, is_judged, member, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A foreign key that no index supports.
    ///
    /// ## Why is this bad?
    /// PostgreSQL indexes the referenced columns, but not the referencing ones. Every
    /// DELETE of a referenced row, and every UPDATE of its key, then reads the whole
    /// referencing table, and so does the usual join from parent to children.
    ///
    /// An index supports a key when it is valid, is not brin or gin, and either its
    /// leading columns are the key's columns in any order, without a predicate or with
    /// one that is only `IS NOT NULL` on them; or it is unique, without predicate and
    /// expressions, on some of the key's columns. Only the final schema counts.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (
    ///     id bigint PRIMARY KEY,
    ///     account_id bigint NOT NULL REFERENCES account
    /// --                             ^^^^^^^^^^^^^^^^^^ no index supports foreign key `orders_account_id_fkey` on `orders` (account_id)
    /// );
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account, paid boolean NOT NULL);
    /// --                                                            ^^^^^^^^^^^^^^^^^^ no index supports foreign key `orders_account_id_fkey` on `orders` (account_id)
    /// CREATE INDEX ON orders (account_id) WHERE NOT paid;
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account);
    /// CREATE INDEX orders_account ON orders (account_id);
    /// DROP INDEX orders_account;
    /// --         ^^^^^^^^^^^^^^ no index supports foreign key `orders_account_id_fkey` on `orders` (account_id)
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account);
    /// CREATE INDEX ON orders (account_id, id) WHERE account_id IS NOT NULL;
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK>
    name: "unindexed-foreign-key",
    category: "index",
    severity: Warning,
    since: "0.1.0",
    check: ForeignKey => check,
}

fn check(
    cx: &mut Cx<'_>,
    table: &Relation,
    constraint: &Constraint,
    key: &ForeignKey,
) -> Option<()> {
    // Keys that a partition inherits are reported on the partitioned table.
    if !is_judged(table) || constraint.parent.is_some() || !constraint.enforced {
        return None;
    }
    if key.columns.is_empty() {
        return None;
    }
    let catalog = cx.catalog();
    if is_supported(catalog, table, &key.columns)? {
        return None;
    }
    let columns = column_list(table, &key.columns);
    let lost = table
        .dropped_indexes
        .iter()
        .rev()
        .find(|lost| supports(&lost.index, &key.columns))
        .filter(|lost| {
            let files = cx.database().files;
            files.is_later(lost.origin.statement, constraint.origin.statement)
        });
    let place = lost.map_or(constraint.origin, |lost| lost.origin);
    let message = format!(
        "no index supports foreign key `{}` on `{}` ({columns})",
        constraint.name,
        relation_name(catalog, table),
    );
    let help = format!(
        "Create one: `CREATE INDEX {} ({columns})`",
        index_target(catalog, table),
    );
    let object = member(catalog, table, &constraint.name);
    let diagnostic = cx.report(place, message).help(help).object(object);
    if lost.is_some() {
        diagnostic.label(constraint.origin, "foreign key declared here");
    }
    if let Some(partial) = table.indexes.iter().find(|index| leads_with(index, &key.columns)) {
        let why = if partial.valid {
            "this index leaves rows out"
        } else {
            "this index is not valid"
        };
        diagnostic.label(partial.origin, why);
    }
    Some(())
}

/// Does an index support a foreign key on `columns`? For a partitioned table the
/// indexes of all its partitions together count as well. `None`: not known.
fn is_supported(catalog: &Catalog, table: &Relation, columns: &[ColumnNumber]) -> Option<bool> {
    if !table.is_fully_known() {
        return None;
    }
    if table.indexes.iter().any(|index| supports(index, columns)) {
        return Some(true);
    }
    let mut partitions = catalog.children(table.id).filter(|it| it.is_partition()).peekable();
    if partitions.peek().is_none() {
        return Some(false);
    }
    for partition in partitions {
        // Columns may stand in another order in a partition.
        let own: Option<Vec<ColumnNumber>> = table
            .column_names(columns)
            .map(|name| Some(partition.column_named(name)?.number))
            .collect();
        if !is_supported(catalog, partition, &own?)? {
            return Some(false);
        }
    }
    Some(true)
}

fn supports(index: &Index, columns: &[ColumnNumber]) -> bool {
    let is_key_column = |column| columns.contains(&column);
    let covers_all_rows = index
        .predicate
        .as_ref()
        .is_none_or(|predicate| predicate.is_not_null_of(is_key_column));
    let finds_one_row = index.unique
        && index.predicate.is_none()
        && index.columns().is_some_and(|own| own.into_iter().all(is_key_column));
    index.valid
        && !matches!(index.method.as_str(), "brin" | "gin")
        && (leads_with(index, columns) && covers_all_rows || finds_one_row)
}

/// Are the index's first columns those of the key, in any order?
fn leads_with(index: &Index, columns: &[ColumnNumber]) -> bool {
    let leading: Vec<_> = index.elements.iter().take(columns.len()).map(|it| it.column()).collect();
    columns.iter().all(|column| leading.contains(&Some(*column)))
        && !matches!(index.method.as_str(), "brin" | "gin")
}
