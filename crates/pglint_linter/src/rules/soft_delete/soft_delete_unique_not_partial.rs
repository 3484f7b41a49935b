use pglint_catalog::{Index, Relation, Shape};

use crate::describe::{element_list, index_phrase, is_judged, member, relation_name, relation_sql};
use crate::index_facts::is_of_primary_key;
use crate::rule::prelude::*;
use crate::soft_delete::{deletion_columns, live_condition};

declare_rule! {
    /// A unique key of a table with soft deletes that counts deleted rows as well.
    ///
    /// ## Why is this bad?
    /// A row that is only marked as deleted keeps its value taken for ever: nobody can
    /// sign up again with the address of a deleted account.
    ///
    /// Primary keys, generated keys, keys that hold the deletion column, and keys that a
    /// foreign key references, which cannot be partial, are exempt.
    ///
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, deleted_at timestamptz);
    /// --                                                               ^^^^^^ unique constraint `account_email_key` of `account` also counts deleted rows
    /// UPDATE account SET deleted_at = now() WHERE id = $1;
    /// ```
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, "deletedAt" timestamptz);
    /// CREATE UNIQUE INDEX account_email ON account (lower(email));
    /// --                  ^^^^^^^^^^^^^ unique index `account_email` of `account` also counts deleted rows
    /// UPDATE account SET "deletedAt" = now() WHERE id = $1;
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, deleted_at timestamptz);
    /// CREATE UNIQUE INDEX ON account (email) WHERE deleted_at IS NULL;
    /// ```
    name: "soft-delete-unique-not-partial",
    category: "soft-delete",
    severity: Warning,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    if !is_judged(table) || !index.unique || !index.valid || index.parent.is_some() {
        return None;
    }
    let catalog = cx.catalog();
    let columns = deletion_columns(catalog, cx.settings(), cx.workload(), table);
    let deletion = *columns.first()?;
    let is_referenced = catalog
        .foreign_keys_to(table.id)
        .any(|(_, _, key)| key.target_index.is_none_or(|target| target == index.id));
    if index.predicate.is_some()
        || columns.iter().any(|column| index.mentions(column.number))
        || is_of_primary_key(table, index)
        || is_referenced
        || is_generated_key(table, index)
    {
        return None;
    }
    let phrase = index_phrase(table, index);
    let message = format!(
        "{phrase} of `{}` also counts deleted rows",
        relation_name(catalog, table),
    );
    let elements = element_list(table, index);
    let help = format!(
        "Replace it by `CREATE UNIQUE INDEX CONCURRENTLY ON {} ({elements}) WHERE {}`",
        relation_sql(catalog, table),
        live_condition(deletion, None),
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(deletion.origin, "this column marks deleted rows")
        .help(help)
        .object(object);
    Some(())
}

/// Are its values made by the database, so that nobody ever wants one again?
fn is_generated_key(table: &Relation, index: &Index) -> bool {
    index.columns().is_some_and(|columns| {
        columns.iter().any(|number| {
            table.column(*number).is_some_and(|column| {
                column.identity.is_some()
                    || column.default.as_ref().is_some_and(|default| {
                        matches!(
                            default.expression.shape,
                            Shape::NextValue(_) | Shape::Call(_)
                        )
                    })
            })
        })
    })
}
