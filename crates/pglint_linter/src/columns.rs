//! Columns of one table that have the same fault.

use pglint_catalog::{Column, Origin, Relation};

use crate::describe::{member, relation_name};
use crate::{Cx, Severity};

/// A column, and the place where it came to have the fault.
pub(crate) type Faulty<'t> = (&'t Column, Origin);

/// Longer lists of names, and more labels, help nobody.
const MOST_NAMES: usize = 3;
const MOST_LABELS: usize = 5;

/// Which columns a message speaks of.
pub(crate) struct Subject<'t> {
    /// `` `a`, `b` and 3 more columns of `t` ``.
    pub(crate) text: String,
    /// The first of them.
    pub(crate) first: &'t Column,
    /// Is it the only one?
    pub(crate) is_alone: bool,
}

impl Subject<'_> {
    /// The form of a word that goes with it: `is`, `are`.
    pub(crate) fn form<'w>(&self, one: &'w str, several: &'w str) -> &'w str {
        if self.is_alone { one } else { several }
    }
}

/// Reports columns of a table, once for each statement that made them so: what a
/// single CREATE TABLE does twenty times is one cause. `limit` is the highest
/// severity; `Severity::Error` leaves that of the rule. The object of a diagnostic
/// about several columns is their table, so columns that the settings ignore are
/// left out here.
pub(crate) fn report_columns(
    cx: &mut Cx<'_>,
    table: &Relation,
    limit: Severity,
    mut faulty: Vec<Faulty<'_>>,
    help: &str,
    message: impl Fn(&Subject<'_>) -> String,
) {
    let catalog = cx.catalog();
    let name = relation_name(catalog, table);
    let (settings, rule) = (cx.settings(), cx.rule.name);
    faulty.retain(|(column, _)| {
        let object = member(catalog, table, &column.name);
        !settings.ignores(rule, Some(&object))
    });
    while let Some((first, place)) = faulty.first().copied() {
        let (group, rest): (Vec<_>, Vec<_>) = faulty
            .into_iter()
            .partition(|(_, other)| other.statement == place.statement);
        faulty = rest;
        let is_alone = group.len() == 1;
        let subject = Subject {
            text: format!("{} of `{name}`", names(&group)),
            first,
            is_alone,
        };
        let object = match is_alone {
            true => member(catalog, table, &first.name),
            false => catalog.qualified_name(table),
        };
        let diagnostic = cx.report(place, message(&subject));
        diagnostic.at_most(limit).help(help).object(object);
        for (_, other) in group.iter().skip(1).take(MOST_LABELS) {
            diagnostic.label(*other, "this one, too");
        }
    }
}

/// `` `a`, `b` and `c` ``, or `` `a`, `b` and 5 more columns ``.
fn names(columns: &[Faulty<'_>]) -> String {
    let shown = match columns.len() {
        count if count > MOST_NAMES => MOST_NAMES - 1,
        count => count,
    };
    let quoted = columns
        .iter()
        .map(|(column, _)| format!("`{}`", column.name));
    let mut names: Vec<String> = quoted.take(shown).collect();
    if shown < columns.len() {
        names.push(format!("{} more columns", columns.len() - shown));
    }
    match names.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}
