//! What a migration tool does that its users hardly meant: versions twice, files
//! that never run, directives that are none.

use std::collections::BTreeMap;
use std::path::Path;

use pglint_linter::{HistoryProblemKind, Location};
use pglint_semantic::section::Direction;
use pglint_text::{TextRange, TextSize};

use super::{Framework, MigrationFile, direction, lines, name_of, named};
use crate::natural::compare_names;

/// The comments before and after a statement that keep it together.
pub(crate) type Marks = (&'static str, &'static str);

/// A comment that looks like a directive and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ineffective {
    /// Half-open bytes of the file.
    pub(crate) range: TextRange,
    /// When it would be one: `sqlx reads it only ...`.
    pub(crate) why: String,
}

/// A migration in the order of its tool.
#[derive(Clone, Copy)]
pub(crate) struct Step<'s> {
    /// Its path and text.
    pub(crate) migration: MigrationFile<'s>,
    /// The file's name, as people see it.
    pub(crate) name: &'s str,
    /// Its first word that is code.
    pub(crate) place: Location,
}

/// What is unexpected about the order of a history. `steps` are the files that
/// go forward.
pub(crate) fn of_order(tool: &str, steps: &[Step<'_>]) -> Vec<(Location, HistoryProblemKind)> {
    let framework = named(tool);
    let mut found = duplicates(framework, steps);
    found.extend(gap(framework, steps));
    found.extend(misplaced(framework, steps));
    found
}

fn duplicates(framework: &Framework, steps: &[Step<'_>]) -> Vec<(Location, HistoryProblemKind)> {
    let mut seen: BTreeMap<String, &Step<'_>> = BTreeMap::new();
    let mut found = Vec::new();
    for step in steps {
        let Some(version) = (framework.version)(step.migration.path) else {
            continue;
        };
        if let Some(earlier) = seen.get(&version) {
            let problem = HistoryProblemKind::DuplicateVersion {
                version: version.clone(),
                earlier: format!("`{}`", short_name(earlier)),
                place: earlier.place,
            };
            found.push((step.place, problem));
        }
        seen.entry(version).or_insert(step);
    }
    found
}

fn gap(framework: &Framework, steps: &[Step<'_>]) -> Option<(Location, HistoryProblemKind)> {
    let versions = steps.iter().filter_map(|step| {
        let version = (framework.version)(step.migration.path)?;
        Some((version.parse::<u64>().ok()?, step))
    });
    let mut expected = 1;
    for (version, step) in versions.filter(|_| framework.is_gapless) {
        if version > expected {
            let problem = HistoryProblemKind::VersionGap { missing: expected };
            return Some((step.place, problem));
        }
        expected = version + 1;
    }
    None
}

/// Files that run before one with a lower number.
fn misplaced(framework: &Framework, steps: &[Step<'_>]) -> Vec<(Location, HistoryProblemKind)> {
    let mut found = Vec::new();
    let mut lowest: Option<(&str, &Step<'_>)> = None;
    for step in steps.iter().rev() {
        let Some(own) = digits(step) else {
            continue;
        };
        if let Some((other, later)) = lowest
            && let Some(how) = framework.compares.misplaces(own, other)
        {
            let problem = HistoryProblemKind::OutOfOrder {
                what: format!("runs before `{}`", short_name(later)),
                help: format!(
                    "Write versions of the same length: {} {how}",
                    framework.name
                ),
            };
            found.push((step.place, problem));
        }
        let is_lower = match framework.compares {
            Compares::Text => lowest.is_none_or(|(other, _)| compare_names(own, other).is_le()),
            Compares::Numbers | Compares::Nothing => true,
        };
        if is_lower {
            lowest = Some((own, step));
        }
    }
    found
}

/// How a tool compares the digits that names begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compares {
    /// Not at all, or it is not known.
    Nothing,
    /// As text: `10` comes before `9`.
    Text,
    /// By value: `20240131` comes before `202401010000`.
    Numbers,
}

impl Compares {
    /// How the tool comes to run `first` before `second`, where people who wrote
    /// these versions meant the other order.
    fn misplaces(self, first: &str, second: &str) -> Option<&'static str> {
        let is_serial = |digits: &str| digits.len() <= 6;
        let is_date = |digits: &str| {
            digits.len() >= 8 && (digits.starts_with("19") || digits.starts_with("20"))
        };
        let is_smaller = compare_names(second, first).is_lt();
        match self {
            Compares::Text if is_smaller && is_serial(second) => Some("compares them as text"),
            Compares::Numbers
                if first.len() < second.len()
                    && is_date(first)
                    && is_date(second)
                    && second < first =>
            {
                Some("compares them as numbers")
            }
            _ => None,
        }
    }
}

/// The digits that the file's name, or else its folder's, begins with.
fn digits<'s>(step: &Step<'s>) -> Option<&'s str> {
    let path = step.migration.path;
    let leading = |name: &'s str| {
        let end = name
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(name.len());
        Some(&name[..end]).filter(|it| !it.is_empty())
    };
    leading(name_of(path)).or_else(|| leading(path.parent().map(name_of)?))
}

/// The file's name, with its folder's where the folder has the version.
fn short_name(step: &Step<'_>) -> String {
    let path = step.migration.path;
    let parts: Vec<&str> = step.name.rsplit('/').collect();
    let count = match (framework_digits(path), parts.len()) {
        (false, 2..) => 2,
        _ => 1,
    };
    let parts: Vec<&str> = parts[..count].iter().rev().copied().collect();
    parts.join("/")
}

fn framework_digits(path: &Path) -> bool {
    name_of(path).contains(|it: char| it.is_ascii_digit())
}

/// The comments of a file that look like directives of its tool and are none.
pub(crate) fn of_text(tool: &str, file: &MigrationFile<'_>) -> Vec<Ineffective> {
    (named(tool).ineffective)(file)
}

/// Where the tool ends a statement of `statements`, half-open bytes of the file,
/// inside of it: the semicolon, and what would help. At most one place a statement.
pub(crate) fn splits(
    tool: &str,
    file: &MigrationFile<'_>,
    statements: impl Iterator<Item = TextRange>,
) -> Vec<(TextRange, Marks)> {
    let Some(marks) = named(tool).statement_marks else {
        return Vec::new();
    };
    let ends = line_ends(file.text, marks);
    let split = |statement: TextRange| {
        let from = ends.partition_point(|end| *end < statement.start());
        let end = *ends.get(from).filter(|end| statement.contains(**end))?;
        let rest = TextRange::new(end + TextSize::of(';'), statement.end());
        let is_more = !file.text[rest]
            .trim_matches([' ', '\t', '\r', '\n', ';'])
            .is_empty();
        is_more.then(|| (TextRange::at(end, TextSize::of(';')), marks))
    };
    statements.filter_map(split).collect()
}

/// The semicolons at which goose and sql-migrate end a statement: at the end of a
/// line's last word before a comment, outside of the marks
/// (`endsWithSemicolon` in sql-migrate's `sqlparse.go`).
fn line_ends(text: &str, (begin, end): Marks) -> Vec<TextSize> {
    let is = |line: &str, mark: &str| {
        let words = |text: &str| -> Vec<String> {
            let text = text.trim_start_matches('-').to_ascii_lowercase();
            text.split_whitespace().map(str::to_owned).collect()
        };
        line.starts_with("--") && words(line) == words(mark)
    };
    let mut is_marked = false;
    let mut ends = Vec::new();
    for (line, range) in lines(text) {
        if is(line, begin) || is(line, end) {
            is_marked = is(line, begin);
        } else if !is_marked && let Some(offset) = last_semicolon(line) {
            ends.push(range.start() + offset);
        }
    }
    ends
}

fn last_semicolon(line: &str) -> Option<TextSize> {
    let words = line
        .split_whitespace()
        .take_while(|word| !word.starts_with("--"));
    let last = words.last().filter(|word| word.ends_with(';'))?;
    let start = last.as_ptr() as usize - line.as_ptr() as usize;
    TextSize::try_from(start + last.len() - 1).ok()
}

/// Why the tool passes over a file that is surely meant for it. `None` where
/// another file stands for this one.
pub(crate) fn why_left_out(tool: &str, path: &Path) -> Option<&'static str> {
    let framework = named(tool);
    let is_mistake = framework.ignores_by_mistake && !framework.ignores.is_empty();
    let by_name = framework.ignores.split(", or ").next();
    let has_version = (framework.version)(path).is_some();
    by_name.filter(|_| is_mistake && !has_version)
}

/// The files that go forward, among those of a history.
pub(crate) fn goes_forward(path: &Path) -> bool {
    direction(path) != Some(Direction::Down)
}

/// The whole lines of a file that `is_meant` as directives and that are none, for
/// an adapter.
pub(super) fn lines_meant(
    text: &str,
    why: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Vec<Ineffective> {
    let meant = lines(text).filter(|(line, _)| is_meant(line));
    meant
        .map(|(line, range)| {
            let indent = line.len() - line.trim_start().len();
            let start = range.start() + TextSize::try_from(indent).unwrap_or_default();
            Ineffective {
                range: TextRange::at(start, TextSize::of(line.trim())),
                why: why.to_owned(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(compares: Compares, first: &str, second: &str, expected: bool) {
        assert_eq!(compares.misplaces(first, second).is_some(), expected);
    }

    #[test]
    fn text_and_numbers() {
        check(Compares::Text, "10", "9", true);
        check(Compares::Text, "09", "10", false);
        check(Compares::Text, "20240101000000", "9", true);
        check(Compares::Text, "0", "20240101000000", false);
        // A date without a time stands for its midnight.
        check(Compares::Text, "20240101120000", "20240102", false);
        check(Compares::Numbers, "20240102", "20240101120000", true);
        check(Compares::Numbers, "20240101", "20240101120000", false);
        check(Compares::Numbers, "9", "10", false);
        check(Compares::Nothing, "10", "9", false);
    }

    #[track_caller]
    fn check_splits(tool: &str, text: &str, expected: &[u32]) {
        let file = MigrationFile {
            path: Path::new("1_a.sql"),
            text,
            settings: "",
        };
        let start = text.find("CREATE").unwrap() as u32;
        let end = text.find("$$;").unwrap() as u32 + 3;
        let statement = TextRange::new(start.into(), end.into());
        let found = splits(tool, &file, [statement].into_iter());
        let found: Vec<u32> = found.into_iter().map(|(it, _)| it.start().into()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn bodies_of_functions() {
        let body = "CREATE FUNCTION f() AS $$\nBEGIN\n  a; -- x\n  b;\nEND $$;\n";
        check_splits("goose", body, &[35]);
        let marked = format!("-- +goose statementbegin\n{body}-- +goose StatementEnd\n");
        check_splits("goose", &marked, &[]);
        let marked = format!("-- +migrate StatementBegin\n{body}-- +migrate StatementEnd\n");
        check_splits("sql-migrate", &marked, &[]);
        check_splits(
            "goose",
            "CREATE FUNCTION f() AS $$ BEGIN a; b; END $$;\n",
            &[],
        );
        check_splits("golang-migrate", body, &[]);
    }
}
