use pglint_catalog::{Index, Relation};

use crate::describe::{index_phrase, is_judged, member, relation_name};
use crate::rule::prelude::*;
use crate::words::words;

declare_rule! {
    /// A btree index that begins with an array.
    ///
    /// ## Why is this bad?
    /// It compares whole arrays and finds no row by an element: `= ANY (tags)`,
    /// `tags @> ...` and `tags && ...` read the whole table. A gin index answers the last two.
    ///
    /// Unique indexes are left alone: they are there to keep whole arrays apart. So are
    /// arrays that rows are sorted by, as `path` or `version`.
    ///
    /// ```sql bad
    /// CREATE TABLE article (id bigint PRIMARY KEY, tags text[] NOT NULL);
    /// CREATE INDEX article_tags ON article (tags);
    /// --           ^^^^^^^^^^^^ index `article_tags` of `article` finds whole arrays of `tags` only
    /// ```
    /// ```sql good
    /// CREATE TABLE article (id bigint PRIMARY KEY, tags text[] NOT NULL);
    /// CREATE INDEX article_tags ON article USING gin (tags);
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/gin.html#GIN-BUILTIN-OPCLASSES>
    name: "array-column-btree-index",
    category: "index",
    severity: Warning,
    since: "0.1.0",
    check: Index => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation, index: &Index) -> Option<()> {
    let is_judged = is_judged(table) && index.valid && index.parent.is_none();
    if !is_judged || index.unique || index.constraint.is_some() || index.method != "btree" {
        return None;
    }
    let catalog = cx.catalog();
    let column = table.column(index.elements.first()?.column()?)?;
    if !catalog.base_type(&column.data_type).array || is_sorted_by(&column.name) {
        return None;
    }
    let message = format!(
        "{} of `{}` finds whole arrays of `{}` only",
        index_phrase(table, index),
        relation_name(catalog, table),
        column.name,
    );
    let object = member(catalog, table, &index.name);
    cx.report(index.origin, message)
        .label(column.type_origin, "an array")
        .help("Use `USING gin` to find rows by an element")
        .object(object);
    Some(())
}

/// Does the name say that the order of whole arrays matters?
fn is_sorted_by(name: &str) -> bool {
    let says_so = |word: &String| {
        matches!(
            word.as_str(),
            "path" | "sort" | "order" | "position" | "rank" | "version"
        )
    };
    words(name).iter().any(says_so)
}
