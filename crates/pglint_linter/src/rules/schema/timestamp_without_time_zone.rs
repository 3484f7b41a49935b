use pglint_catalog::{Relation, TypeId};

use crate::describe::{member, own_columns, relation_name};
use crate::rule::prelude::*;
use crate::words::words;

declare_rule! {
    /// A column of type `timestamp`, which does not say in which time zone.
    ///
    /// ## Why is this bad?
    /// It keeps what a clock showed, not when: the same value means another moment for
    /// every session with another time zone, and in autumn an hour comes twice.
    /// `timestamptz` takes the same space and keeps the moment.
    ///
    /// Silent for columns whose names say which zone is meant (`..._utc`), or that a clock's
    /// reading is (`local_...`, `..._local`).
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
    let catalog = cx.catalog();
    for column in own_columns(table) {
        let base = catalog.base_type(&column.data_type);
        if base.element_id() != Some(TypeId::TIMESTAMP) || names_the_zone(&column.name) {
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

/// Does the name say which zone is meant, or that it is that of a clock on the wall?
fn names_the_zone(name: &str) -> bool {
    let says_so = |word: &String| matches!(word.as_str(), "local" | "utc" | "gmt");
    words(name).iter().any(says_so)
}
