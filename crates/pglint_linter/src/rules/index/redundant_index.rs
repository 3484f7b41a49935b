use pglint_catalog::{Index, Relation};

use crate::describe::{index_phrase, is_judged, member, relation_name};
use crate::index_facts::{duplicated_by, same_predicate};
use crate::rule::prelude::*;

declare_rule! {
    /// An index whose columns are the first columns of another index.
    ///
    /// ## Why is this bad?
    /// A btree index serves every query on its leading columns, so the shorter one
    /// only costs: on every write, on disk and in memory.
    ///
    /// Only plain, non-unique btree indexes are judged, and only against valid btree
    /// indexes with the same predicate, order, operator classes and collations.
    ///
    /// ```sql setup
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL, placed_at timestamptz NOT NULL);
    /// ```
    /// ```sql bad
    /// CREATE INDEX orders_account ON orders (account_id);
    /// --           ^^^^^^^^^^^^^^ index `orders_account` of `orders` is the beginning of index `orders_account_placed`
    /// CREATE INDEX orders_account_placed ON orders (account_id, placed_at);
    /// ```
    /// ```sql good
    /// CREATE INDEX orders_placed ON orders (placed_at);
    /// CREATE INDEX orders_account_placed ON orders (account_id, placed_at);
    /// ```
    name: "redundant-index",
    category: "index",
    severity: Warning,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    if !is_judged(table) || !index.valid || index.unique || index.constraint.is_some() {
        return None;
    }
    // The index of a partition is reported on its partitioned table, and a full
    // duplicate by its own rule.
    if index.parent.is_some() || duplicated_by(table, index).is_some() {
        return None;
    }
    let longer = table.indexes.iter().find(|other| begins_with(other, index))?;
    let catalog = cx.catalog();
    let phrase = index_phrase(table, index);
    let message = format!(
        "{phrase} of `{}` is the beginning of {}",
        relation_name(catalog, table),
        index_phrase(table, longer),
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(longer.origin, "this one serves the same queries")
        .help(format!("Drop {phrase}"))
        .object(object);
    Some(())
}

/// Is `index` a strict beginning of `other`?
fn begins_with(other: &Index, index: &Index) -> bool {
    other.method == "btree"
        && index.method == "btree"
        && other.valid
        && index.include.is_empty()
        && index.elements.len() < other.elements.len()
        && same_predicate(index, other)
        && index
            .elements
            .iter()
            .zip(&other.elements)
            .all(|(a, b)| a.is_same_as(b))
}
