//! Template holes that are a table's name, or a part of it: `{{ tables.account }}`,
//! `${prefix}account`. What the table is called is not known, but the same text stands
//! for the same one.
//!
//! In a loop it stands for another one each time, and a hole that is nothing but a
//! variable may be a parameter of whoever fills it in: neither has a name.

use std::ops::Range;

/// The letters before and after a hole that belong to the same name. `None` where the
/// hole is no part of the name of a relation, an index or a constraint.
pub(super) fn around<'t>(text: &'t str, hole: &Range<usize>) -> Option<(&'t str, &'t str)> {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let (before, after) = (&text[..hole.start], &text[hole.end..]);
    let outside = before.trim_end_matches(is_letter);
    let prefix = &before[outside.len()..];
    let rest = after.trim_start_matches(is_letter);
    let suffix = &after[..after.len() - rest.len()];
    let touches = |c: char| matches!(c, '"' | '\'' | '$' | '{' | '}' | '#' | ':');
    let is_alone = !outside.ends_with(touches) && !rest.starts_with(touches);
    let is_template = ["{{", "${", "#{", "<%="]
        .iter()
        .any(|it| text[hole.start..].starts_with(it));
    let is_certain = !prefix.is_empty() || !suffix.is_empty() || {
        let inner = &text[hole.clone()];
        inner.contains('.') && !inner.contains("this.")
    };
    let is_name = is_alone && is_template && is_certain && !rest.starts_with('.');
    let outside = match outside.strip_suffix('.') {
        Some(schema) => schema.trim_end_matches(is_letter),
        None => outside,
    };
    (is_name && follows_word_for_name(outside)).then_some((prefix, suffix))
}

/// Words that stand before the name of a relation, an index or a constraint.
const BEFORE_NAMES: [&[&str]; 15] = [
    &["table"],
    &["table", "only"],
    &["table", "if", "exists"],
    &["table", "if", "not", "exists"],
    &["table", "if", "exists", "only"],
    &["index"],
    &["index", "concurrently"],
    &["index", "if", "exists"],
    &["index", "if", "not", "exists"],
    &["index", "concurrently", "if", "not", "exists"],
    &["constraint"],
    &["references"],
    &["from"],
    &["join"],
    &["into"],
];

fn follows_word_for_name(before: &str) -> bool {
    if before.trim_end().ends_with(['(', ',', '=']) {
        return false;
    }
    let before = before.to_ascii_lowercase();
    let words = before.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    // `CREATE INDEX ... ON`, and not `JOIN ... ON`.
    let is_on = words.first() == Some(&"create") && words.last() == Some(&"on");
    let is_update = words == ["update"];
    is_on || is_update || BEFORE_NAMES.iter().any(|it| words.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `hole` stands once in `text`; `expected` is the whole name.
    #[track_caller]
    fn check(text: &str, hole: &str, expected: Option<&str>) {
        let start = text.find(hole).unwrap_or_default();
        let found = around(text, &(start..start + hole.len()));
        let name = found.map(|(before, after)| format!("{before}{hole}{after}"));
        assert_eq!(name.as_deref(), expected, "{text}");
    }

    #[test]
    fn names() {
        let table = "{{tables.t}}";
        check(
            "CREATE TABLE IF NOT EXISTS {{tables.t}} (a int)",
            table,
            Some(table),
        );
        check("CREATE INDEX i ON {{tables.t}} (a)", table, Some(table));
        check("DELETE FROM {{tables.t}}", table, Some(table));
        check("CREATE TABLE ${p}job (a int)", "${p}", Some("${p}job"));
        check(
            "ALTER TABLE app_${p}_job ADD a int",
            "${p}",
            Some("app_${p}_job"),
        );
        check(
            "CREATE TABLE a (b int REFERENCES s.${p}job)",
            "${p}",
            Some("${p}job"),
        );
        check("CREATE INDEX ${p}_i ON t (a)", "${p}", Some("${p}_i"));
    }

    #[test]
    fn other_holes() {
        check("CREATE TABLE {{ table }} (a int)", "{{ table }}", None);
        check(
            "CREATE TABLE {{ this.name }} (a int)",
            "{{ this.name }}",
            None,
        );
        check("CREATE TABLE t (${p}_a int)", "${p}", None);
        check("SELECT a FROM t JOIN u ON ${p}_a", "${p}", None);
        check("CREATE TABLE ${s.a}.t (a int)", "${s.a}", None);
        check(
            "CREATE TABLE t (a int) {{ more.clauses }}",
            "{{ more.clauses }}",
            None,
        );
        check("CREATE TABLE :p_job (a int)", ":p", None);
    }
}
