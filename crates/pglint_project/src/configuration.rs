//! `pglint.toml`: what a project decides for all who work on it.

use std::collections::BTreeMap;
use std::ops::Range;

use globset::{Glob, GlobSet, GlobSetBuilder};
use pglint_linter::{IgnoredObject, Settings, Severity, rules};
use pglint_text::LineIndex;
use serde::Deserialize;
use toml::Spanned;

/// What the user asks for on the command line, beside what the project decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Rules or categories that run, instead of those that the project selects;
    /// empty means the project's.
    pub select: Vec<String>,
    /// Rules or categories that do not run, beside those that the project ignores.
    pub ignore: Vec<String>,
}

/// A `pglint.toml`, read and checked.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// What rules ask, the command line left out.
    pub(crate) settings: Settings,
    /// Files that no run speaks about, relative to the folder of the file.
    pub(crate) exclude: GlobSet,
}

impl Default for Configuration {
    fn default() -> Configuration {
        Configuration {
            settings: Settings::default(),
            exclude: GlobSet::empty(),
        }
    }
}

/// What is wrong with a `pglint.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// 1-based.
    pub(crate) line: u32,
    /// 1-based, in characters.
    pub(crate) column: u32,
    /// One clause.
    pub(crate) message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    select: Vec<Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Spanned<Ignore>>,
    #[serde(default)]
    severity: BTreeMap<Spanned<String>, Level>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    soft_delete_columns: Option<Vec<String>>,
}

/// A rule, or a rule for one object: `"select-star"`, `{ rule = "...", object = "..." }`.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a rule's name, or `rule` and `object`")]
enum Ignore {
    Rule(String),
    Object(IgnoreObject),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IgnoreObject {
    rule: String,
    object: String,
    /// Why; for people.
    #[serde(default, rename = "reason")]
    _reason: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Error,
    Warning,
    Info,
}

/// The settings with what the command line asks for.
pub(crate) fn with_overrides(mut settings: Settings, overrides: &Overrides) -> Settings {
    if !overrides.select.is_empty() {
        settings.select.clone_from(&overrides.select);
    }
    settings.ignore.extend_from_slice(&overrides.ignore);
    settings
}

/// Reads the text of a `pglint.toml`.
pub(crate) fn read(text: &str) -> Result<Configuration, Mistake> {
    let at = |span: Range<usize>, message: String| {
        let offset = u32::try_from(span.start).unwrap_or_default().into();
        let place = LineIndex::new(text).line_column(text, offset);
        Mistake {
            line: place.line,
            column: place.column,
            message,
        }
    };
    let file: File = toml::from_str(text).map_err(|error| {
        let message = with_suggestion(error.message());
        at(error.span().unwrap_or_default(), message)
    })?;
    let mut settings = Settings::default();
    for name in file.select {
        known_rule(name.get_ref()).map_err(|message| at(name.span(), message))?;
        settings.select.push(name.into_inner());
    }
    for entry in file.ignore {
        let span = entry.span();
        let (Ignore::Rule(rule) | Ignore::Object(IgnoreObject { rule, .. })) = entry.get_ref();
        known_rule(rule).map_err(|message| at(span, message))?;
        match entry.into_inner() {
            Ignore::Rule(rule) => settings.ignore.push(rule),
            Ignore::Object(IgnoreObject { rule, object, .. }) => {
                settings
                    .ignored_objects
                    .push(IgnoredObject { rule, object });
            }
        }
    }
    for (rule, level) in file.severity {
        if rules::find(rule.get_ref()).is_none() {
            let names = rules::ALL.iter().map(|rule| rule.name);
            let message = suggest(rule.get_ref(), names, "there is no rule");
            return Err(at(rule.span(), message));
        }
        settings
            .severity
            .insert(rule.into_inner(), level.severity());
    }
    if let Some(columns) = file.soft_delete_columns {
        settings.soft_delete_columns = columns;
    }
    let mut exclude = GlobSetBuilder::new();
    for pattern in file.exclude {
        let glob = Glob::new(pattern.get_ref());
        exclude.add(glob.map_err(|error| at(pattern.span(), error.kind().to_string()))?);
    }
    Ok(Configuration {
        settings,
        exclude: exclude.build().unwrap_or_default(),
    })
}

impl Level {
    fn severity(self) -> Severity {
        match self {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Info,
        }
    }
}

fn known_rule(name: &str) -> Result<(), String> {
    if rules::find(name).is_some() || rules::categories().contains(&name) {
        return Ok(());
    }
    let names = rules::ALL.iter().map(|rule| rule.name);
    let names = names.chain(rules::categories());
    Err(suggest(name, names, "there is no rule or category"))
}

/// Adds the key that was meant to the parser's ``unknown field `slect`, expected
/// one of ...``.
fn with_suggestion(message: &str) -> String {
    let keys = [
        "select",
        "ignore",
        "severity",
        "exclude",
        "soft-delete-columns",
    ];
    let unknown = message
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.split('`').next());
    match unknown {
        Some(key) => suggest(key, keys, "there is no key"),
        None => message.lines().next().unwrap_or_default().to_owned(),
    }
}

/// ``there is no key `slect`; did you mean `select`?``
fn suggest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>, message: &str) -> String {
    /// From 0 (nothing in common) to 1 (the same).
    const SIMILARITY: f64 = 0.75;
    let nearest = known
        .into_iter()
        .map(|each| (strsim::jaro_winkler(name, each), each))
        .filter(|(similarity, _)| *similarity >= SIMILARITY)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match nearest {
        Some((_, meant)) => format!("{message} `{name}`; did you mean `{meant}`?"),
        None => format!("{message} `{name}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_can_be_said() {
        let text = r#"
            select = ["schema", "select-star"]
            exclude = ["vendor/**"]
            soft-delete-columns = ["gone_at"]
            [severity]
            nullable-boolean = "info"
            [[ignore]]
            rule = "missing-primary-key"
            object = "public.visit"
            reason = "it only ever grows"
        "#;
        let read = read(text).unwrap();
        assert_eq!(read.settings.select, ["schema", "select-star"]);
        assert_eq!(read.settings.soft_delete_columns, ["gone_at"]);
        assert_eq!(read.settings.severity["nullable-boolean"], Severity::Info);
        assert_eq!(read.settings.ignored_objects[0].object, "public.visit");
        assert!(read.exclude.is_match("vendor/a/b.sql") && !read.exclude.is_match("a.sql"));
    }

    #[test]
    fn rules_may_be_ignored_by_name() {
        assert_eq!(
            read("ignore = ['query']").unwrap().settings.ignore,
            ["query"]
        );
    }

    #[test]
    fn the_manual_is_right() {
        let manual = include_str!("../../../docs/configuration.md");
        let examples: Vec<_> = manual.split("```toml\n").skip(1).collect();
        assert_eq!(examples.len(), 2);
        for example in examples {
            read(example.split("```").next().unwrap()).unwrap();
        }
    }

    #[track_caller]
    fn check_mistake(text: &str, line: u32, column: u32, message: &str) {
        let expected = Mistake {
            line,
            column,
            message: message.to_owned(),
        };
        assert_eq!(read(text).unwrap_err(), expected);
    }

    #[test]
    fn mistakes_have_a_place_and_a_remedy() {
        check_mistake(
            "\nslect = []",
            2,
            1,
            "there is no key `slect`; did you mean `select`?",
        );
        check_mistake(
            "ignore = ['select-star', 'null-comparision']",
            1,
            26,
            "there is no rule or category `null-comparision`; did you mean `null-comparison`?",
        );
        check_mistake(
            "[severity]\nquery = 'info'",
            2,
            1,
            "there is no rule `query`",
        );
        check_mistake(
            "exclude = ['a[']",
            1,
            12,
            "unclosed character class; missing ']'",
        );
    }
}
