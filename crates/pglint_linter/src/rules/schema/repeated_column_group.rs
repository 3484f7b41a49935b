use pglint_catalog::{Column, Relation};

use crate::describe::{member, own_columns, relation_name};
use crate::rule::prelude::*;

declare_rule! {
    /// Numbered columns of one kind: `phone1`, `phone2`, `phone3`.
    ///
    /// ## Why is this bad?
    /// Somebody has a fourth. Every search has to look into all of them, nothing keeps
    /// the same value from standing in two, and no index or foreign key covers the lot.
    ///
    /// Three or more columns of one type with consecutive numbers from 0 or 1 are a
    /// group. Lines of an address, levels as `adm1`, and names of one letter as `x1` are not.
    ///
    /// ```sql bad
    /// CREATE TABLE contact (id bigint PRIMARY KEY, phone1 text, phone2 text, phone3 text);
    /// --                                           ^^^^^^ `contact` has columns `phone1` to `phone3` of one kind
    /// ```
    /// ```sql good
    /// CREATE TABLE contact (id bigint PRIMARY KEY, name text NOT NULL, line1 text, line2 text, line3 text);
    /// CREATE TABLE contact_phone (contact_id bigint REFERENCES contact, phone text, PRIMARY KEY (contact_id, phone));
    /// ```
    name: "repeated-column-group",
    category: "schema",
    severity: Info,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    let catalog = cx.catalog();
    for first in own_columns(table) {
        let Some((stem, number @ (0 | 1))) = numbered(&first.name) else {
            continue;
        };
        let has_zero = number == 1 && member_of(table, first, stem, 0).is_some();
        if has_zero || is_ordinary(stem) {
            continue;
        }
        let next = (number + 1..).map_while(|number| member_of(table, first, stem, number));
        let group: Vec<&Column> = next.collect();
        let [_, third, ..] = group.as_slice() else {
            continue;
        };
        let last = group.last().unwrap_or(third);
        let message = format!(
            "`{}` has columns `{}` to `{}` of one kind",
            relation_name(catalog, table),
            first.name,
            last.name,
        );
        let object = member(catalog, table, &first.name);
        let place = cx.latest_of(first.origin, group[..2].iter().map(|it| it.origin));
        cx.report(place, message)
            .help("Give each value a row of a table of its own")
            .object(object);
    }
    Some(())
}

/// The column of the group with that number: of the type of `first`.
fn member_of<'t>(
    table: &'t Relation,
    first: &Column,
    stem: &str,
    number: u32,
) -> Option<&'t Column> {
    own_columns(table).find(|column| {
        numbered(&column.name) == Some((stem, number)) && column.data_type == first.data_type
    })
}

/// The name before a number at its end, and the number. `None` without one.
fn numbered(name: &str) -> Option<(&str, u32)> {
    let stem = name.trim_end_matches(|character: char| character.is_ascii_digit());
    let number = name.get(stem.len()..)?;
    // `phone_01` and `phone_1` are not members of one group.
    if number.len() > 1 && number.starts_with('0') {
        return None;
    }
    Some((stem, number.parse().ok()?))
}

/// Stems that are numbered for other reasons.
fn is_ordinary(stem: &str) -> bool {
    let stem = stem.trim_end_matches('_').to_ascii_lowercase();
    let is_line_or_level = [
        "line", "address", "addr", "street", "level", "lvl", "adm", "admin",
    ]
    .iter()
    .any(|ending| stem.ends_with(ending));
    is_line_or_level || stem.chars().count() < 2
}
