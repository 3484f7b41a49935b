use pglint_catalog::{ColumnNumber, Constraint, ForeignKey, Relation};

use crate::describe::{column_list, is_judged, member, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// Two foreign keys over the same columns to the same target.
    ///
    /// ## Why is this bad?
    /// Every write checks both. Where their actions differ, it is the stricter one that
    /// wins: a CASCADE beside a NO ACTION never gets to delete anything.
    ///
    /// The younger one is reported.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account);
    /// CREATE INDEX ON orders (account_id);
    /// ALTER TABLE orders ADD CONSTRAINT orders_account FOREIGN KEY (account_id) REFERENCES account (id) ON DELETE CASCADE;
    /// --                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `orders_account` repeats foreign key `orders_account_id_fkey` on `orders` (account_id)
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account, payer_id bigint REFERENCES account);
    /// CREATE INDEX ON orders (account_id);
    /// CREATE INDEX ON orders (payer_id);
    /// ```
    name: "duplicate-foreign-key",
    category: "schema",
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
    if !is_judged(table) || constraint.parent.is_some() || !constraint.enforced {
        return None;
    }
    let pairs = pairs(key)?;
    let (older, _) = table.foreign_keys().find(|(other, other_key)| {
        other.id < constraint.id
            && other.enforced
            && other_key.target == key.target
            && self::pairs(other_key).as_ref() == Some(&pairs)
    })?;
    let catalog = cx.catalog();
    let message = format!(
        "`{}` repeats foreign key `{}` on `{}` ({})",
        constraint.name,
        older.name,
        relation_name(catalog, table),
        column_list(table, &key.columns),
    );
    let object = member(catalog, table, &constraint.name);
    cx.report(constraint.origin, message)
        .label(older.origin, "the same reference is made here")
        .help("Drop one of the two")
        .object(object);
    Some(())
}

/// Which column references which, in no order. `None`: not known.
fn pairs(key: &ForeignKey) -> Option<Vec<(ColumnNumber, ColumnNumber)>> {
    key.target?;
    if key.columns.is_empty() || key.columns.len() != key.target_columns.len() {
        return None;
    }
    let pairs = key.columns.iter().copied();
    let mut pairs: Vec<_> = pairs.zip(key.target_columns.iter().copied()).collect();
    pairs.sort_unstable();
    Some(pairs)
}
