//! Migration tools: how each one cuts its files into sections and orders them.
//!
//! One small file a tool, and one word in [`FRAMEWORKS`]. An adapter sees paths
//! and texts, never the disk.

mod dbmate;
mod file_name;
mod goose;
mod sql_migrate;
mod tern;

use std::cmp::Ordering;
use std::path::Path;

use pglint_semantic::section::Section;
use pglint_text::{TextRange, TextSize};

pub(crate) use file_name::{direction, leading_version};

/// What pglint knows of one migration tool.
pub(crate) struct Framework {
    /// The tool's own name, as shown to users.
    pub(crate) name: &'static str,
    /// Is this history one of the tool's? Asked with all its files.
    pub(crate) detects: fn(&[MigrationFile<'_>]) -> bool,
    /// Compares two paths, relative to the history's folder, in the order in
    /// which the tool runs them.
    pub(crate) compare: fn(&Path, &Path) -> Ordering,
    /// Cuts a file into sections.
    pub(crate) sections: fn(&MigrationFile<'_>) -> Vec<Section>,
}

/// A file of a migration history.
#[derive(Clone, Copy)]
pub(crate) struct MigrationFile<'f> {
    /// Relative to the history's folder.
    pub(crate) path: &'f Path,
    /// The whole text.
    pub(crate) text: &'f str,
}

/// The tools, those with the surest evidence first. The last one stands for all
/// that say everything by file names and takes whatever is left.
const FRAMEWORKS: [&Framework; 5] = [
    &goose::FRAMEWORK,
    &sql_migrate::FRAMEWORK,
    &dbmate::FRAMEWORK,
    &tern::FRAMEWORK,
    &file_name::FRAMEWORK,
];

/// The tool that this history belongs to.
pub(crate) fn detect(files: &[MigrationFile<'_>]) -> &'static Framework {
    FRAMEWORKS
        .into_iter()
        .find(|framework| (framework.detects)(files))
        .unwrap_or(&file_name::FRAMEWORK)
}

/// The tool of that name; that of file names where there is none.
pub(crate) fn named(name: &str) -> &'static Framework {
    FRAMEWORKS
        .into_iter()
        .find(|framework| framework.name == name)
        .unwrap_or(&file_name::FRAMEWORK)
}

/// Which tools the text of a file speaks of, in the order of [`FRAMEWORKS`]. A
/// tool detects a history by any one of its files.
pub(crate) fn marks(text: &str) -> [bool; FRAMEWORKS.len()] {
    let file = MigrationFile {
        path: Path::new(""),
        text,
    };
    FRAMEWORKS.map(|framework| (framework.detects)(&[file]))
}

/// Does the beginning of a file hold a directive of a migration tool, so that
/// its folder is a history whatever its files are called?
pub(crate) fn has_directive(text: &str) -> bool {
    let file = MigrationFile {
        path: Path::new(""),
        text,
    };
    FRAMEWORKS[..FRAMEWORKS.len() - 1]
        .iter()
        .any(|framework| (framework.detects)(&[file]))
}

/// The lines of a text, each with the range of its bytes, line ending included.
fn lines(text: &str) -> impl Iterator<Item = (&str, TextRange)> {
    let mut start = TextSize::from(0);
    text.split_inclusive('\n').map(move |line| {
        let range = TextRange::at(start, TextSize::of(line));
        start = range.end();
        (line.trim_end_matches(['\n', '\r']), range)
    })
}

/// Gives every section the text from the end of its directive's line to the
/// start of the next directive's line. `directives` holds each directive that
/// begins a section, with the range of its line.
fn sections_between(
    text: &str,
    directives: impl IntoIterator<Item = (Section, TextRange)>,
) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (mut section, line) in directives {
        if let Some(previous) = sections.last_mut() {
            previous.range = TextRange::new(previous.range.start(), line.start());
        }
        section.range = TextRange::new(line.end(), TextSize::of(text));
        sections.push(section);
    }
    sections
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Cuts `text`, as a file called `path` of the tool called `name`, and
    /// prints each section as `direction transaction version: text`.
    #[track_caller]
    pub(crate) fn check(name: &str, path: &str, text: &str, expected: &[&str]) {
        let file = MigrationFile {
            path: Path::new(path),
            text,
        };
        let framework = detect(&[file]);
        assert_eq!(framework.name, name);
        let found: Vec<String> = (framework.sections)(&file)
            .into_iter()
            .map(|section| {
                format!(
                    "{:?} {:?} {}: {}",
                    section.direction,
                    section.transaction,
                    section.version.as_deref().unwrap_or("-"),
                    text[section.range].trim()
                )
            })
            .collect();
        assert_eq!(found, expected);
    }
}
