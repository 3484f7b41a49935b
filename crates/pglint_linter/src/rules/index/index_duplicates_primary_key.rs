use pglint_catalog::{Index, Relation};

use crate::describe::{index_phrase, is_judged, member, relation_name};
use crate::index_facts::{is_deferrable, is_of_primary_key, same_definition};
use crate::rule::prelude::*;

declare_rule! {
    /// An index with the same columns as the primary key's own index.
    ///
    /// ## Why is this bad?
    /// A primary key already has a unique index. A second one over the same columns
    /// costs on every write and gives nothing.
    ///
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// CREATE UNIQUE INDEX account_id ON account (id);
    /// --                  ^^^^^^^^^^ unique index `account_id` duplicates the primary key of `account`
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// CREATE INDEX account_id_email ON account (id, email);
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY DEFERRABLE);
    /// CREATE UNIQUE INDEX account_for_conflicts ON account (id);
    /// ```
    name: "index-duplicates-primary-key",
    category: "index",
    severity: Warning,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    if !is_judged(table) || !index.valid || index.parent.is_some() {
        return None;
    }
    let primary = table
        .indexes
        .iter()
        .find(|other| is_of_primary_key(table, other))?;
    let serves_more = index.unique && is_deferrable(table, primary);
    if index.id == primary.id || serves_more || !same_definition(index, primary) {
        return None;
    }
    let catalog = cx.catalog();
    let phrase = index_phrase(table, index);
    let message = format!(
        "{phrase} duplicates the primary key of `{}`",
        relation_name(catalog, table),
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(primary.origin, "the primary key has an index of its own")
        .help(format!("Drop {phrase}"))
        .object(object);
    Some(())
}
