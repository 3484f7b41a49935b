use pglint_catalog::{Relation, TypeId};

use crate::describe::{is_judged, member, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// A column of type `timestamp`, which does not say in which time zone.
    ///
    /// ## Why is this bad?
    /// It keeps what a clock showed, not when: the same value means another moment for
    /// every session with another time zone, and in autumn an hour comes twice.
    /// `timestamptz` takes the same space and keeps the moment.
    ///
    /// Silent for columns whose names say that a clock's reading is meant (`local_...`,
    /// `..._local`).
    ///
    /// ```sql bad
    /// CREATE TABLE visit (id bigint PRIMARY KEY, seen_at timestamp NOT NULL);
    /// --                                                 ^^^^^^^^^ `seen_at` of `visit` is a timestamp without time zone
    /// ```
    /// ```sql good
    /// CREATE TABLE visit (id bigint PRIMARY KEY, seen_at timestamptz NOT NULL, local_time timestamp NOT NULL);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/datatype-datetime.html>
    name: "timestamp-without-time-zone",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    if !is_judged(table) || table.is_partition() {
        return None;
    }
    let catalog = cx.catalog();
    for column in &table.columns {
        if column.inherited_from > 0
            || means_a_clock(&column.name)
            || !catalog.base_type(&column.data_type).is(TypeId::TIMESTAMP)
        {
            continue;
        }
        let message = format!(
            "`{}` of `{}` is a timestamp without time zone",
            column.name,
            relation_name(catalog, table),
        );
        let object = member(catalog, table, &column.name);
        cx.report(column.type_origin, message)
            .help("Use `timestamptz`, which keeps the moment")
            .object(object);
    }
    Some(())
}

/// Does the name say that a wall clock's reading is meant?
fn means_a_clock(name: &str) -> bool {
    name.split('_').any(|word| word == "local")
}
