use pglint_catalog::{Index, IndexElement, Relation};

use crate::describe::{index_phrase, is_judged, member, relation_name};
use crate::index_facts::{is_deferrable, is_of_primary_key, same_definition, same_predicate};
use crate::rule::prelude::*;

declare_rule! {
    /// A unique key that a unique key on fewer of its columns implies.
    ///
    /// ## Why is this bad?
    /// Where `id` is unique, `(id, account_id)` is as well: checking it costs on every
    /// write and keeps no row out. As a plain index it may be useful; as a unique one it
    /// misleads.
    ///
    /// Silent where a foreign key references the key, an `ON CONFLICT` of the project
    /// relies on it, or the predicates differ.
    ///
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL);
    /// CREATE UNIQUE INDEX orders_account ON orders (account_id, id);
    /// --                  ^^^^^^^^^^^^^^ unique index `orders_account` of `orders` is implied by primary key `orders_pkey`
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL, number bigint NOT NULL);
    /// CREATE UNIQUE INDEX orders_number ON orders (account_id, number);
    /// CREATE INDEX orders_account ON orders (account_id, id);
    /// ```
    name: "redundant-unique-index",
    category: "index",
    severity: Warning,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    let is_judged = is_judged(table) && index.valid && index.parent.is_none();
    // A duplicate of the primary key is reported by its own rule.
    let is_own_case = !table.indexes.iter().any(|other| {
        is_of_primary_key(table, other) && (other.id == index.id || same_definition(index, other))
    });
    if !is_judged || !index.unique || !is_own_case || is_wanted(cx, table, index) {
        return None;
    }
    let narrower = table
        .indexes
        .iter()
        .find(|other| implies(table, other, index))?;
    let catalog = cx.catalog();
    let message = format!(
        "{} of `{}` is implied by {}",
        index_phrase(table, index),
        relation_name(catalog, table),
        index_phrase(table, narrower),
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(narrower.origin, "unique by itself")
        .help("Drop one of the two, or make the wider one a plain index")
        .object(object);
    Some(())
}

/// Does something rely on the key itself?
fn is_wanted(cx: &Cx<'_>, table: &Relation, index: &Index) -> bool {
    let is_referenced = cx
        .catalog()
        .foreign_keys_to(table.id)
        .any(|(_, _, key)| key.target_index.is_none_or(|target| target == index.id));
    let columns = index.columns().unwrap_or_default();
    is_referenced || cx.workload().is_arbiter(table.id, &columns, &index.name)
}

/// Are no two rows equal in `index` because none are in `other`, which has fewer
/// columns?
fn implies(table: &Relation, other: &Index, index: &Index) -> bool {
    let holds_all = other
        .elements
        .iter()
        .all(|element| index.elements.iter().any(|it| compares_alike(element, it)));
    other.unique
        && other.valid
        && !is_deferrable(table, other)
        && other.method == "btree"
        && index.method == "btree"
        && other.elements.len() < index.elements.len()
        && (other.nulls_not_distinct || !index.nulls_not_distinct)
        && (other.predicate.is_none() || same_predicate(other, index))
        && holds_all
}

/// The same column or expression under the same equality; the order of the values
/// does not matter.
fn compares_alike(a: &IndexElement, b: &IndexElement) -> bool {
    let mut ordered_alike = b.clone();
    ordered_alike.descending = a.descending;
    ordered_alike.nulls_first = a.nulls_first;
    a.is_same_as(&ordered_alike)
}
