use pglint_catalog::{Column, Relation, TypeId};

use crate::ColumnValues;
use crate::describe::{member, own_columns, relation_name, relation_sql};
use crate::query_facts::is_unique_key;
use crate::rule::prelude::*;
use crate::words::words;

declare_rule! {
    /// A text column for one of a few values, without a CHECK that lists them.
    ///
    /// ## Why is this bad?
    /// A typing error is stored like any other value, and no query finds the row again.
    ///
    /// The evidence: the column is called `status`, `state`, `type`, `kind`, `role` or
    /// `level`, and the project's statements compare it with a literal, and write and compare
    /// literals only, at least two different ones. Silent where a check, an enum, a domain or a
    /// foreign key says more, and where the table is called like the column.
    ///
    /// ```sql bad
    /// CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL);
    /// --                                          ^^^^^^ nothing limits `status` of `orders` to values like 'open' and 'paid'
    /// UPDATE orders SET status = 'paid' WHERE id = $1;
    /// SELECT id FROM orders WHERE status = 'open';
    /// ```
    /// ```sql good
    /// CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL CHECK (status IN ('open', 'paid')));
    /// UPDATE orders SET status = 'paid' WHERE id = $1;
    /// SELECT id FROM orders WHERE status = 'open';
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS>
    name: "missing-check-constraint",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Table => check,
}

/// More different literals are no small set.
const MOST: usize = 20;

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    let workload = cx.workload();
    for column in own_columns(table) {
        if !names_a_choice(&column.name)
            || names_rows(table, column)
            || !is_free_text(column)
            || is_limited(table, column)
        {
            continue;
        }
        let Some(values) = workload
            .values(table.id, column.number)
            .filter(|values| is_small_set(values))
        else {
            continue;
        };
        let literals: Vec<String> = values
            .literals
            .iter()
            .filter(|value| !value.is_empty())
            .map(|value| format!("'{}'", value.replace('\'', "''")))
            .collect();
        let message = format!(
            "nothing limits `{}` of `{}` to values like {} and {}",
            column.name,
            relation_name(catalog, table),
            literals.first()?,
            literals.get(1)?,
        );
        let help = format!(
            "Add a check: `ALTER TABLE {} ADD CHECK ({} IN ({})) NOT VALID`, with all values that are meant",
            relation_sql(catalog, table),
            pglint_catalog::quote_identifier(&column.name),
            literals.join(", "),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.origin, message).help(help).object(object);
    }
    Some(())
}

fn is_small_set(values: &ColumnValues) -> bool {
    let literals = values.literals.iter().filter(|it| !it.is_empty());
    !values.is_open && values.is_compared && (2..=MOST).contains(&literals.count())
}

fn names_a_choice(name: &str) -> bool {
    matches!(
        words(name).last().map(String::as_str),
        Some("status" | "state" | "type" | "kind" | "role" | "level")
    )
}

/// Is the column what the rows are called, as `role_name` or `role` of `roles`? Then
/// the table itself is the list.
fn names_rows(table: &Relation, column: &Column) -> bool {
    let (of_table, of_column) = (words(&table.name), words(&column.name));
    let (Some(table), Some(column)) = (of_table.last(), of_column.last()) else {
        return false;
    };
    let singulars = [Some(&**table), table.strip_suffix('s'), table.strip_suffix("es")];
    singulars.contains(&Some(column))
}

/// `text` or `varchar` themselves, no domain.
fn is_free_text(column: &Column) -> bool {
    matches!(
        column.data_type.scalar_id(),
        Some(TypeId::TEXT | TypeId::VARCHAR)
    ) && column.generated.is_none()
}

/// Does a check or foreign key say which values there are? Or is the column a key,
/// so that the table itself is the list?
fn is_limited(table: &Relation, column: &Column) -> bool {
    let number = column.number;
    is_unique_key(table, &[number])
        || table.checks().any(|(_, check)| check.mentions(number))
        || table
            .foreign_keys()
            .any(|(_, key)| key.columns.is_empty() || key.columns.contains(&number))
}
