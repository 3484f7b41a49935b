use pglint_catalog::{
    Catalog, Column, Constraint, DataType, ForeignKey, Relation, TypeId,
};

use crate::describe::{is_judged, member, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A foreign key column whose type is not that of the column it references.
    ///
    /// ## Why is this bad?
    /// A narrower column cannot hold all keys, and the day it overflows inserts fail.
    /// Other pairs make every check and join convert one side.
    ///
    /// Pairs without cost or risk are exempt: `varchar` and `text`, other lengths, a
    /// domain and its base type.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY);
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id integer REFERENCES account);
    /// --                                                     ^^^^^^^ `account_id` is integer, but `account.id` is bigint
    /// CREATE INDEX ON orders (account_id);
    /// ```
    /// ```sql bad
    /// CREATE TABLE visit (id bigint PRIMARY KEY, ip_id integer UNIQUE);
    /// CREATE TABLE ip (id integer PRIMARY KEY);
    /// ALTER TABLE visit ADD FOREIGN KEY (ip_id) REFERENCES ip;
    /// ALTER TABLE ip ALTER COLUMN id TYPE bigint;
    /// --                                  ^^^^^^ `ip_id` is integer, but `ip.id` is bigint
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account);
    /// CREATE INDEX ON orders (account_id);
    /// ```
    name: "foreign-key-type-mismatch",
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
    if !is_judged(table) || constraint.parent.is_some() {
        return None;
    }
    let catalog = cx.catalog();
    let target = catalog.relation(key.target?)?;
    if !target.is_fully_known() {
        return None;
    }
    for (own, referenced) in key.columns.iter().zip(&key.target_columns) {
        let (own, referenced) = (table.column(*own)?, target.column(*referenced)?);
        if !differs(catalog, own, referenced)? {
            continue;
        }
        let target_name = relation_name(catalog, target);
        let own_type = catalog.format_type(&own.data_type);
        let referenced_type = catalog.format_type(&referenced.data_type);
        let message = format!(
            "`{}` is {own_type}, but `{target_name}.{}` is {referenced_type}",
            own.name, referenced.name,
        );
        let object = member(catalog, table, &constraint.name);
        let origins = [referenced.type_origin, constraint.origin];
        let place = cx.latest_of(own.type_origin, origins);
        let diagnostic = cx
            .report(place, message)
            .help(format!("Give `{}` the type {referenced_type}", own.name))
            .object(object);
        if place != own.type_origin {
            diagnostic.label(own.type_origin, "the referencing column");
        }
        if place != referenced.type_origin {
            diagnostic.label(referenced.type_origin, "the referenced column");
        }
        if constraint.origin.statement != place.statement {
            diagnostic.label(constraint.origin, "foreign key declared here");
        }
    }
    Some(())
}

/// Do the types differ in a way that matters? `None`: one is not known.
fn differs(catalog: &Catalog, own: &Column, referenced: &Column) -> Option<bool> {
    let own = catalog.base_type(&own.data_type);
    let referenced = catalog.base_type(&referenced.data_type);
    if own.array != referenced.array {
        return Some(true);
    }
    Some(comparable(own)? != comparable(referenced)?)
}

/// The type, where types that are stored and compared alike count as one.
fn comparable(data_type: &DataType) -> Option<TypeId> {
    match data_type.element_id()? {
        TypeId::VARCHAR => Some(TypeId::TEXT),
        other => Some(other),
    }
}
