use pglint_catalog::{Index, Relation};

use crate::describe::{index_phrase, is_judged, member, relation_name};
use crate::index_facts::{duplicated_by, is_of_primary_key};
use crate::rule::prelude::*;

declare_rule! {
    /// Two indexes of a table with the same definition.
    ///
    /// ## Why is this bad?
    /// Both cost on every write and fill the cache; queries need only one of them.
    ///
    /// The method, columns, order, operator classes, collations, `INCLUDE` columns and
    /// predicate are compared, not the text. Of the two, the one that is neither behind
    /// a constraint nor unique, else the younger one, is reported.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// ```
    /// ```sql bad
    /// CREATE INDEX account_email ON account (email);
    /// CREATE INDEX account_by_email ON account USING btree (email ASC);
    /// --           ^^^^^^^^^^^^^^^^ index `account_by_email` duplicates index `account_email` of `account`
    /// ```
    /// ```sql good
    /// CREATE INDEX account_email ON account (email);
    /// CREATE INDEX account_email_pattern ON account (email text_pattern_ops);
    /// ```
    /// ```sql good
    /// ALTER TABLE account ADD UNIQUE (email) DEFERRABLE;
    /// CREATE UNIQUE INDEX account_for_conflicts ON account (email);
    /// ```
    name: "duplicate-index",
    category: "index",
    severity: Warning,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    // The index of a partition is reported on its partitioned table.
    if !is_judged(table) || !index.valid || index.parent.is_some() {
        return None;
    }
    let other = duplicated_by(table, index)?;
    // The more specific rule `index-duplicates-primary-key` speaks, and never of the
    // primary key.
    if is_of_primary_key(table, index) || is_of_primary_key(table, other) {
        return None;
    }
    let catalog = cx.catalog();
    let message = format!(
        "{} duplicates {} of `{}`",
        index_phrase(table, index),
        index_phrase(table, other),
        relation_name(catalog, table),
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(other.origin, "the other one is made here")
        .help(format!("Drop {}", index_phrase(table, index)))
        .object(object);
    Some(())
}
