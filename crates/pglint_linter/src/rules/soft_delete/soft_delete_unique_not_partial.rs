use pglint_catalog::{Column, ColumnNumber, ForeignKey, Index, Relation, Shape, TypeId};

use crate::describe::{element_list, index_phrase, index_target, is_judged, member, relation_name};
use crate::rule::prelude::*;
use crate::soft_delete::{deletion_columns, live_condition};
use crate::words::words;

declare_rule! {
    /// A unique key of a table with soft deletes that counts deleted rows as well.
    ///
    /// ## Why is this bad?
    /// A row that is only marked as deleted keeps its value taken for ever: nobody can
    /// sign up again with the address of a deleted account.
    ///
    /// Exempt are primary keys and keys that hold one, keys whose values are made (by a
    /// default, as a UUID, token or hash), keys that hold the deletion column, and keys that
    /// a foreign key references, which cannot be partial.
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
        || holds_primary_key(table, index)
        || is_referenced
        || is_made_key(table, index)
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
        "Replace it by `CREATE UNIQUE INDEX {} ({elements}) WHERE {}`",
        index_target(catalog, table),
        live_condition(deletion, None),
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(deletion.origin, "this column marks deleted rows")
        .help(help)
        .object(object);
    Some(())
}

/// Is the primary key among its columns, so that it keeps no two rows apart?
fn holds_primary_key(table: &Relation, index: &Index) -> bool {
    let key = table.primary_key().and_then(|it| it.key());
    key.is_some_and(|key| key.columns.iter().all(|column| index.mentions(*column)))
}

/// Are its values made, by the database or by a program, so that nobody ever wants
/// one again?
fn is_made_key(table: &Relation, index: &Index) -> bool {
    let columns = index.columns().unwrap_or_default();
    let made = |number: &ColumnNumber| table.column(*number).is_some_and(is_generated);
    columns.iter().any(made)
        || matches!(columns.as_slice(), [only] if table.column(*only).is_some_and(|column| {
            let references = |key: &ForeignKey| key.columns.contains(only);
            (column.data_type.is(TypeId::UUID) || names_made_value(&column.name))
                && !table.foreign_keys().any(|(_, key)| references(key))
        }))
}

fn is_generated(column: &Column) -> bool {
    let shape = column.default.as_ref().map(|it| &it.expression.shape);
    column.identity.is_some() || matches!(shape, Some(Shape::NextValue(_) | Shape::Call(_)))
}

fn names_made_value(name: &str) -> bool {
    let last = words(name).pop();
    matches!(
        last.as_deref(),
        Some("token" | "hash" | "uuid" | "guid" | "ulid" | "secret" | "digest" | "nonce")
    )
}
