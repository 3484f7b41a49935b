use pglint_catalog::{Catalog, Column, ColumnNumber, Relation, Shape, TypeId};

use crate::describe::{is_judged, member, own_columns, relation_name, relation_sql};
use crate::rule::prelude::*;
use crate::words::words;

declare_rule! {
    /// A column that queries join to a primary key, without a foreign key.
    ///
    /// ## Why is this bad?
    /// Nothing keeps the referenced row from being deleted, and nothing keeps a number
    /// from being stored that never was one. The join then silently loses rows.
    ///
    /// The evidence is a statement of the project that equates the two columns. Silent
    /// for columns that are joined to several tables or have a `..._type` beside them, for
    /// a default that stands for "none", for tables in other schemas, and for logs,
    /// histories, queues and imports, which outlive what they speak of.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, name text NOT NULL);
    /// ```
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL);
    /// --                                          ^^^^^^^^^^ `account_id` of `orders` is joined to `account.id` without a foreign key
    /// SELECT o.id, a.name FROM orders AS o JOIN account AS a ON a.id = o.account_id;
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account);
    /// CREATE INDEX ON orders (account_id);
    /// CREATE TABLE orders_log (id bigint PRIMARY KEY, account_id bigint NOT NULL);
    /// SELECT l.id, a.name FROM orders_log AS l JOIN account AS a ON a.id = l.account_id;
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK>
    name: "missing-foreign-key",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    // Tables that inherit from it may each reference another table.
    if outlives_others(table) || cx.catalog().children(table.id).any(|it| !it.is_partition()) {
        return None;
    }
    for column in own_columns(table) {
        if is_key_or_reference(table, column.number)
            || has_constant_default(column)
            || has_type_beside(table, column)
        {
            continue;
        }
        // `None`: it is not certain what it references.
        let _ = report(cx, table, column);
    }
    Some(())
}

fn report(cx: &mut Cx<'_>, table: &Relation, column: &Column) -> Option<()> {
    let catalog = cx.catalog();
    let mut joined = cx.workload().joined_with(table.id, column.number);
    let mut keys = joined
        .by_ref()
        .filter_map(|(relation, number)| key_column(catalog, relation, number));
    let (target, key) = keys.next()?;
    if keys.next().is_some() || !may_reference(catalog, (table, column), (target, key)) {
        return None;
    }
    let target_name = relation_name(catalog, target);
    let message = format!(
        "`{}` of `{}` is joined to `{target_name}.{}` without a foreign key",
        column.name,
        relation_name(catalog, table),
        key.name,
    );
    let help = format!(
        "Add one: `ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} NOT VALID`, then validate it",
        relation_sql(catalog, table),
        pglint_catalog::quote_identifier(&column.name),
        relation_sql(catalog, target),
    );
    let object = member(catalog, table, &column.name);
    cx.report(column.origin, message)
        .label(target.origin, "the table that it is joined to")
        .help(help)
        .object(object);
    Some(())
}

/// The column, if it alone is the primary key of a table.
fn key_column(
    catalog: &Catalog,
    relation: pglint_catalog::RelationId,
    number: ColumnNumber,
) -> Option<(&Relation, &Column)> {
    let table = catalog.relation(relation).filter(|it| is_judged(it))?;
    let key = table.primary_key()?.key()?;
    let is_alone = key.columns == [number] && !table.is_partition();
    let column = table.column(number).filter(|_| is_alone)?;
    let references = table.foreign_keys().any(|(_, key)| key.columns.contains(&number));
    (!references).then_some((table, column))
}

/// Do schema, type and name fit a reference?
fn may_reference(
    catalog: &Catalog,
    (table, column): (&Relation, &Column),
    (target, key): (&Relation, &Column),
) -> bool {
    let comparable = |column: &Column| match catalog.base_type(&column.data_type).scalar_id()? {
        TypeId::VARCHAR => Some(TypeId::TEXT),
        other => Some(other),
    };
    let own = words(&column.name);
    let target_words = words(&target.name);
    let is_identifier = matches!(
        own.last().map(String::as_str),
        Some("id" | "uuid" | "key" | "code" | "no" | "number")
    );
    let names_target = target_words.last().is_some_and(|last| {
        let singular = last.strip_suffix('s').unwrap_or(last);
        own.iter().any(|word| word == last || word == singular)
    });
    table.schema == target.schema
        && comparable(column).is_some()
        && comparable(column) == comparable(key)
        && (is_identifier || names_target || column.name == key.name)
}

/// Is the column unique by itself, or does it reference something?
fn is_key_or_reference(table: &Relation, number: ColumnNumber) -> bool {
    table.foreign_keys().any(|(_, key)| key.columns.is_empty() || key.columns.contains(&number))
        || table
            .indexes
            .iter()
            .any(|index| index.unique && index.columns().is_some_and(|own| own == [number]))
}

/// `DEFAULT 0`, where 0 stands for "none", allows no foreign key.
fn has_constant_default(column: &Column) -> bool {
    column.generated.is_some()
        || column
            .default
            .as_ref()
            .is_some_and(|default| default.expression.shape == Shape::Constant)
}

/// `owner_type` beside `owner_id`: it may reference one of several tables.
fn has_type_beside(table: &Relation, column: &Column) -> bool {
    let mut stem = words(&column.name);
    stem.pop();
    // The type beside `ref_id` or `object_id` may have any name.
    let says_nothing = matches!(
        stem.as_slice(),
        [only] if matches!(only.as_str(), "ref" | "reference" | "object" | "entity" | "target" | "source" | "record" | "row" | "subject")
    );
    table.columns.iter().any(|other| {
        let mut own = words(&other.name);
        let last = own.pop();
        matches!(last.as_deref(), Some("type" | "kind" | "class" | "table")) && (says_nothing || own == stem)
    })
}

/// Does the name say that rows stay when what they speak of goes?
fn outlives_others(table: &Relation) -> bool {
    let says_so = |word: &String| {
        matches!(
            word.as_str(),
            "log" | "logs" | "audit" | "audits" | "event" | "events" | "history" | "outbox"
                | "archive" | "archived" | "queue" | "job" | "jobs" | "import" | "staging" | "temp" | "tmp" | "cache"
        )
    };
    words(&table.name).iter().any(says_so)
}
