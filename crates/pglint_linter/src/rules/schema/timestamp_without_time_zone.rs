use pglint_catalog::{Column, Relation, TypeId};

use crate::columns::{Faulty, report_columns};
use crate::describe::own_columns;
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
    /// Silent for columns whose names or defaults say which zone is meant (`..._utc`,
    /// `now() AT TIME ZONE 'utc'`), or that a clock's reading is (`local_...`). Columns of one
    /// statement are reported together.
    ///
    /// ```sql bad
    /// CREATE TABLE visit (id bigint PRIMARY KEY, seen_at timestamp NOT NULL);
    /// --                                                 ^^^^^^^^^ `seen_at` of `visit` is a timestamp without time zone
    /// ```
    /// ```sql bad
    /// CREATE TABLE stay (id bigint PRIMARY KEY, begins timestamp NOT NULL, ends timestamp);
    /// --                                               ^^^^^^^^^ `begins` and `ends` of `stay` are timestamps without time zone
    /// ALTER TABLE stay ADD COLUMN paid_at timestamp;
    /// --                                  ^^^^^^^^^ `paid_at` of `stay` is a timestamp without time zone
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
    let columns = own_columns(table).filter(|column| {
        let base = catalog.base_type(&column.data_type);
        base.element_id() == Some(TypeId::TIMESTAMP) && !says_which_zone(column)
    });
    let faulty: Vec<Faulty<'_>> = columns.map(|it| (it, it.type_origin)).collect();
    let help = "Use `timestamptz`, which keeps the moment";
    report_columns(cx, table, Severity::Error, faulty, help, |columns| {
        let what = columns.form("is a timestamp", "are timestamps");
        format!("{} {what} without time zone", columns.text)
    });
    Some(())
}

/// Does the name or the default say which zone is meant, be it that of a clock on
/// the wall?
fn says_which_zone(column: &Column) -> bool {
    let says_so = |word: &String| matches!(word.as_str(), "local" | "utc" | "gmt");
    let default = column.default.as_ref().map(|it| &it.expression.text);
    words(&column.name).iter().any(says_so)
        || default.is_some_and(|text| words(text).iter().any(says_so))
}
