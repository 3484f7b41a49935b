use pglint_catalog::{Relation, TypeId};

use crate::columns::{Faulty, report_columns};
use crate::describe::own_columns;
use crate::rule::prelude::*;
use crate::words::words;

declare_rule! {
    /// A column of type `json`.
    ///
    /// ## Why is this bad?
    /// It keeps the text as it came, and reads all of it again for every access. It has
    /// no equality, so `DISTINCT`, `GROUP BY` and `UNION` fail, and no index finds what is
    /// in it. `jsonb` has none of these limits.
    ///
    /// Silent for columns whose names say that the text itself is meant (`raw`,
    /// `original`, `signed`): `json` keeps spaces and the order of keys.
    ///
    /// ```sql bad
    /// CREATE TABLE event (id bigint PRIMARY KEY, body json NOT NULL);
    /// --                                              ^^^^ `body` of `event` is json rather than jsonb
    /// ```
    /// ```sql good
    /// CREATE TABLE event (id bigint PRIMARY KEY, body jsonb NOT NULL, raw_body json NOT NULL);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/datatype-json.html>
    name: "json-type",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let columns = own_columns(table).filter(|it| {
        it.data_type.element_id() == Some(TypeId::JSON) && !means_the_text(&it.name)
    });
    let faulty: Vec<Faulty<'_>> = columns.map(|it| (it, it.type_origin)).collect();
    let help = "Use `jsonb`, unless spaces and the order of keys have to be kept";
    report_columns(cx, table, Severity::Error, faulty, help, |columns| {
        let is = columns.form("is", "are");
        format!("{} {is} json rather than jsonb", columns.text)
    });
    Some(())
}

fn means_the_text(name: &str) -> bool {
    let says_so = |word: &String| {
        matches!(
            word.as_str(),
            "raw" | "original" | "verbatim" | "signed" | "signature"
        )
    };
    words(name).iter().any(says_so)
}
