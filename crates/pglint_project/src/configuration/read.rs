//! Reads a `pglint.toml` and says what is wrong with it: where, and what was
//! probably meant.

use std::collections::BTreeMap;
use std::ops::Range;

use ignore::gitignore::GitignoreBuilder;
use pglint_linter::{IgnoredObject, Settings, Severity, rules};
use pglint_text::LineIndex;
use toml::Spanned;

use super::file::{File, Ignore, IgnoreObject, Level, Override};
use super::{Configuration, FileOverride, Patterns};

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

/// A mistake before its place is a line and a column.
struct Misplaced {
    span: Range<usize>,
    message: String,
}

/// Reads the text of a `pglint.toml`.
pub(crate) fn read(text: &str) -> Result<Configuration, Mistake> {
    let file = toml::from_str(text).map_err(|error: toml::de::Error| Misplaced {
        message: with_suggestion(error.message()),
        span: error.span().unwrap_or_default(),
    });
    file.and_then(configuration).map_err(|mistake| {
        let offset = u32::try_from(mistake.span.start).unwrap_or_default();
        let place = LineIndex::new(text).line_column(text, offset.into());
        Mistake {
            line: place.line,
            column: place.column,
            message: mistake.message,
        }
    })
}

fn configuration(file: File) -> Result<Configuration, Misplaced> {
    let mut settings = Settings {
        select: known_names(file.select)?,
        severity: severities(file.severity)?.into_iter().collect(),
        pg_version: file.pg_version.map(known_version).transpose()?,
        ..Settings::default()
    };
    for entry in file.ignore {
        let span = entry.span();
        match entry.into_inner() {
            Ignore::Rule(rule) => settings.ignore.push(known_name(rule, span)?),
            Ignore::Object(IgnoreObject { rule, object, .. }) => {
                let rule = known_rule(rule, span)?;
                settings
                    .ignored_objects
                    .push(IgnoredObject { rule, object });
            }
        }
    }
    if let Some(columns) = file.soft_delete_columns {
        settings.soft_delete_columns = columns;
    }
    Ok(Configuration {
        settings,
        exclude: patterns(file.exclude)?,
        overrides: file
            .overrides
            .into_iter()
            .map(file_override)
            .collect::<Result<_, _>>()?,
    })
}

fn file_override(it: Override) -> Result<FileOverride, Misplaced> {
    Ok(FileOverride {
        files: patterns(it.files)?,
        select: it.select.map(known_names).transpose()?,
        ignore: known_names(it.ignore)?,
        severity: severities(it.severity)?,
    })
}

fn patterns(patterns: Vec<Spanned<String>>) -> Result<Patterns, Misplaced> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        if let Err(error) = builder.add_line(None, pattern.get_ref()) {
            return Err(Misplaced {
                span: pattern.span(),
                message: error.to_string(),
            });
        }
    }
    let built = builder.build();
    built.map(Patterns).map_err(|error| Misplaced {
        span: Range::default(),
        message: error.to_string(),
    })
}

fn severities(
    levels: BTreeMap<Spanned<String>, Level>,
) -> Result<Vec<(String, Severity)>, Misplaced> {
    let known = |(rule, level): (Spanned<String>, Level)| {
        let span = rule.span();
        Ok((known_rule(rule.into_inner(), span)?, level.severity()))
    };
    levels.into_iter().map(known).collect()
}

fn known_version(version: Spanned<u8>) -> Result<u8, Misplaced> {
    /// The first version whose number has one part, and the parser's.
    const VERSIONS: std::ops::RangeInclusive<u8> = 10..=18;
    match VERSIONS.contains(version.get_ref()) {
        true => Ok(version.into_inner()),
        false => Err(Misplaced {
            span: version.span(),
            message: format!(
                "pglint knows PostgreSQL {} to {}, not {}",
                VERSIONS.start(),
                VERSIONS.end(),
                version.get_ref()
            ),
        }),
    }
}

fn known_names(names: Vec<Spanned<String>>) -> Result<Vec<String>, Misplaced> {
    let known = |name: Spanned<String>| {
        let span = name.span();
        known_name(name.into_inner(), span)
    };
    names.into_iter().map(known).collect()
}

/// The name of a rule or category.
fn known_name(name: String, span: Range<usize>) -> Result<String, Misplaced> {
    if rules::find(&name).is_some() || rules::categories().contains(&&*name) {
        return Ok(name);
    }
    let names = rules::ALL.iter().map(|rule| rule.name);
    let names = names.chain(rules::categories());
    let message = suggest(&name, names, "there is no rule or category");
    Err(Misplaced { span, message })
}

fn known_rule(name: String, span: Range<usize>) -> Result<String, Misplaced> {
    if rules::find(&name).is_some() {
        return Ok(name);
    }
    let names = rules::ALL.iter().map(|rule| rule.name);
    let message = suggest(&name, names, "there is no rule");
    Err(Misplaced { span, message })
}

/// Adds what was meant to the parser's ``unknown field `slect`, expected one of
/// `select`, ...``.
fn with_suggestion(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let mut quoted = line.split('`').skip(1).step_by(2);
    match (quoted.next(), line.split('`').next()) {
        (Some(key), Some("unknown field ")) => suggest(key, quoted, "there is no key"),
        (Some(level), Some("unknown variant ")) => {
            let known = quoted.collect::<Vec<_>>().join("`, `");
            format!("there is no severity `{level}`, only `{known}`")
        }
        _ => line.to_owned(),
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
            exclude = ["vendor/"]
            pg-version = 14
            soft-delete-columns = ["gone_at"]
            [severity]
            nullable-boolean = "info"
            [[ignore]]
            rule = "missing-primary-key"
            object = "public.visit"
            reason = "it only ever grows"
            [[overrides]]
            files = ["*.gen.sql"]
            ignore = ["query"]
        "#;
        let read = read(text).unwrap();
        assert_eq!(read.settings.select, ["schema", "select-star"]);
        assert_eq!(read.settings.pg_version, Some(14));
        assert_eq!(read.settings.soft_delete_columns, ["gone_at"]);
        assert_eq!(read.settings.severity["nullable-boolean"], Severity::Info);
        assert_eq!(read.settings.ignored_objects[0].object, "public.visit");
        assert!(read.exclude.match_file("a/vendor/b.sql".as_ref()));
        assert_eq!(read.overrides[0].ignore, ["query"]);
        assert_eq!(read.overrides[0].select, None);
    }

    #[test]
    fn rules_may_be_ignored_by_name() {
        assert_eq!(
            read("ignore = ['query']").unwrap().settings.ignore,
            ["query"]
        );
    }

    /// The examples of the manual, each of which is a whole file.
    #[test]
    fn the_manual_is_right() {
        let manual = include_str!("../../../../docs/configuration.md");
        let examples: Vec<_> = manual.split("```toml\n").skip(1).collect();
        assert!(examples.len() >= 4);
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
            "severity = { select-star = 'warn' }",
            1,
            28,
            "there is no severity `warn`, only `error`, `warning`, `info`",
        );
        check_mistake(
            "exclude = ['b', '[z-a]']",
            1,
            17,
            "error parsing glob '[z-a]': invalid range; 'z' > 'a'",
        );
        check_mistake(
            "pg-version = 9",
            1,
            14,
            "pglint knows PostgreSQL 10 to 18, not 9",
        );
    }

    #[test]
    fn mistakes_in_tables_of_tables() {
        check_mistake(
            "[[overrides]]\nfiles = ['a']\nignores = []",
            3,
            1,
            "there is no key `ignores`; did you mean `ignore`?",
        );
        check_mistake("[[overrides]]\nignore = []", 1, 1, "missing field `files`");
        check_mistake(
            "[[ignore]]\nrule = 'select-star'\nobjct = 'a.b'",
            3,
            1,
            "there is no key `objct`; did you mean `object`?",
        );
        check_mistake(
            "[[overrides]]\nfiles = ['a']\nselect = ['scheme']",
            3,
            11,
            "there is no rule or category `scheme`; did you mean `schema`?",
        );
    }
}
