//! `pglint.toml`: what a project decides for all who work on it.
//!
//! `file` is the shape of the file, `read` turns a text into a [`Configuration`]
//! or a mistake, `write` adds to a text; here is what it means for each file of
//! the project.

mod file;
mod read;
mod write;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::Gitignore;
use pglint_linter::{Settings, Severity};

pub use file::json_schema;
pub(crate) use read::read;
pub use write::ignore_object_edit;

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
    /// Files that no run speaks about.
    pub(crate) exclude: Patterns,
    /// What is different in some files; where several match, later ones win.
    pub(crate) overrides: Vec<FileOverride>,
}

/// What is different in some files.
#[derive(Clone, Debug)]
pub(crate) struct FileOverride {
    pub(crate) files: Patterns,
    /// Instead of the project's. `None` leaves that as it is.
    pub(crate) select: Option<Vec<String>>,
    /// Beside the project's.
    pub(crate) ignore: Vec<String>,
    /// Before the project's.
    pub(crate) severity: Vec<(String, Severity)>,
}

/// Patterns as in a `.gitignore` that lies beside the `pglint.toml`.
#[derive(Clone, Debug)]
pub(crate) struct Patterns(Gitignore);

impl Patterns {
    /// Does the file, or a folder that it is in, match? `path` is relative to the
    /// folder of the `pglint.toml`.
    pub(crate) fn match_file(&self, path: &Path) -> bool {
        // The library refuses absolute paths; a file elsewhere matches nothing.
        path.is_relative() && self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}

impl Default for Configuration {
    fn default() -> Configuration {
        Configuration {
            settings: Settings::default(),
            exclude: Patterns(Gitignore::empty()),
            overrides: Vec::new(),
        }
    }
}

/// The settings of a project's files: its configuration and the command line.
#[derive(Clone, Debug)]
pub(crate) struct FileSettings {
    root: PathBuf,
    configuration: Configuration,
    command_line: Overrides,
    /// Those of files for which nothing is different.
    common: Arc<Settings>,
}

impl FileSettings {
    /// `root` is the folder of the configuration.
    pub(crate) fn new(
        root: &Path,
        configuration: Configuration,
        command_line: &Overrides,
    ) -> FileSettings {
        let common = configuration.settings.clone();
        FileSettings {
            root: root.into(),
            common: Arc::new(with_command_line(common, command_line)),
            configuration,
            command_line: command_line.clone(),
        }
    }

    /// Are no diagnostics to be reported about a file?
    pub(crate) fn excludes(&self, path: &Path) -> bool {
        self.configuration.exclude.match_file(self.relative(path))
    }

    /// What holds for one file.
    pub(crate) fn of(&self, path: &Path) -> Arc<Settings> {
        let path = self.relative(path);
        let overrides = self.configuration.overrides.iter();
        let mut matching = overrides.filter(|it| it.files.match_file(path)).peekable();
        match matching.peek() {
            Some(_) => Arc::new(self.overridden(matching)),
            None => self.common.clone(),
        }
    }

    /// What the rules of all files together need: every rule that runs for one
    /// of them, with the highest severity that it has for one of them.
    /// [`Settings::admit`] then makes a diagnostic what it is for its own file.
    pub(crate) fn of_all(&self) -> Arc<Settings> {
        if self.configuration.overrides.is_empty() {
            return self.common.clone();
        }
        let overrides = self.configuration.overrides.iter();
        let each = overrides.map(|it| self.overridden(std::iter::once(it)));
        Arc::new(each.fold((*self.common).clone(), Settings::union))
    }

    fn overridden<'o>(&self, overrides: impl Iterator<Item = &'o FileOverride>) -> Settings {
        let mut settings = self.configuration.settings.clone();
        for it in overrides {
            if let Some(select) = &it.select {
                settings.select.clone_from(select);
            }
            settings.ignore.extend_from_slice(&it.ignore);
            settings.severity.extend(it.severity.iter().cloned());
        }
        with_command_line(settings, &self.command_line)
    }

    fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

/// The settings with what the command line asks for.
fn with_command_line(mut settings: Settings, command_line: &Overrides) -> Settings {
    if !command_line.select.is_empty() {
        settings.select.clone_from(&command_line.select);
    }
    settings.ignore.extend_from_slice(&command_line.ignore);
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules that run for a file, of three, each with its severity.
    #[track_caller]
    fn check(configuration: &str, command_line: &[&str], path: &str, expected: &str) {
        let command_line = Overrides {
            select: command_line.iter().map(|name| (*name).to_owned()).collect(),
            ..Overrides::default()
        };
        let root = Path::new("/project");
        let configuration = read(configuration).unwrap();
        let settings = FileSettings::new(root, configuration, &command_line);
        let own = settings.of(&root.join(path));
        assert_eq!(describe(&own), expected);
        // Whatever holds for a file is a part of what holds for all.
        let all = settings.of_all();
        for rule in pglint_linter::rules::ALL {
            assert!(
                !own.is_enabled(rule) || all.is_enabled(rule),
                "{}",
                rule.name
            );
            assert!(
                own.severity_of(rule) <= all.severity_of(rule),
                "{}",
                rule.name
            );
        }
    }

    fn describe(settings: &Settings) -> String {
        let names = ["select-star", "null-comparison", "nullable-boolean"];
        let rules = names.map(|name| pglint_linter::rules::find(name).unwrap());
        let enabled = rules.into_iter().filter(|rule| settings.is_enabled(rule));
        let described =
            enabled.map(|rule| format!("{} {}", rule.name, settings.severity_of(rule).name()));
        described.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn files_may_differ() {
        let text = r#"
            ignore = ["nullable-boolean"]
            [severity]
            select-star = "warning"
            [[overrides]]
            files = ["reports/"]
            ignore = ["select-star"]
            [[overrides]]
            files = ["*_test.sql"]
            select = ["query"]
            severity = { null-comparison = "info" }
        "#;
        check(
            text,
            &[],
            "a.sql",
            "select-star warning, null-comparison error",
        );
        check(text, &[], "db/reports/a.sql", "null-comparison error");
        check(
            text,
            &[],
            "a_test.sql",
            "select-star warning, null-comparison info",
        );
        check(text, &[], "reports/a_test.sql", "null-comparison info");
        // The command line selects in all files.
        check(text, &["null-comparison"], "a.sql", "null-comparison error");
        check(
            text,
            &["null-comparison"],
            "reports/a_test.sql",
            "null-comparison info",
        );
    }

    #[test]
    fn a_file_may_have_more_than_the_project() {
        let text = r#"
            select = ["null-comparison"]
            [[overrides]]
            files = ["/new"]
            select = ["null-comparison", "schema"]
            severity = { nullable-boolean = "error" }
        "#;
        check(text, &[], "a.sql", "null-comparison error");
        check(text, &[], "old/new.sql", "null-comparison error");
        check(
            text,
            &[],
            "new/a.sql",
            "null-comparison error, nullable-boolean error",
        );
    }

    #[test]
    fn patterns_are_those_of_gitignore() {
        let text = "exclude = ['vendor/', '*.gen.sql', '!keep.gen.sql', '/top.sql']";
        let settings = FileSettings::new(
            Path::new("/project"),
            read(text).unwrap(),
            &Overrides::default(),
        );
        let excluded = |path: &str| settings.excludes(Path::new(path));
        assert!(excluded("/project/a/vendor/b/c.sql"));
        assert!(excluded("/project/a/x.gen.sql") && !excluded("/project/a/keep.gen.sql"));
        assert!(excluded("/project/top.sql") && !excluded("/project/a/top.sql"));
        assert!(!excluded("/elsewhere/vendor/a.sql"));
    }
}
