//! Runs pglint on files that are only in memory.

use std::ops::Range;
use std::path::PathBuf;

use pglint_linter::{Applicability, Settings};
use pglint_project::{Analysis, Overlay, Project, Request};

/// A file of a project that is not on the disk.
#[derive(Clone)]
pub struct TestFile {
    name: String,
    text: String,
}

impl TestFile {
    pub fn new(name: impl Into<String>, text: &str) -> TestFile {
        TestFile {
            name: name.into(),
            text: text.to_owned(),
        }
    }
}

/// A diagnostic as tests compare it.
pub struct Found {
    pub rule: String,
    pub message: String,
    /// Which of the test's files, 0-based.
    pub file: usize,
    /// 1-based line and column in characters.
    pub start: (usize, usize),
    pub end: (usize, usize),
    pub fix: Option<FoundFix>,
}

pub struct FoundFix {
    pub applicability: Applicability,
    /// All in the diagnostic's own file.
    pub edits: Vec<FoundEdit>,
}

#[derive(Clone)]
pub struct FoundEdit {
    /// In bytes of the text.
    pub range: Range<usize>,
    pub text: String,
}

/// What all rules say about a project of these files.
pub fn diagnostics_of(files: &[TestFile]) -> Vec<Found> {
    let folder = PathBuf::from("/pglint-test-that-is-not-on-the-disk");
    let request = Request {
        working_directory: folder.clone(),
        paths: Vec::new(),
        overlays: files
            .iter()
            .map(|file| Overlay {
                path: folder.join(&file.name),
                bytes: file.text.clone().into_bytes(),
            })
            .collect(),
    };
    let analysis = Analysis::new(Project::read(&request), &Settings::default());
    analysis
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let source = analysis.project.file(diagnostic.location.file);
            let place = |offset| {
                let position = source.position(offset);
                (position.line as usize, position.column as usize)
            };
            Found {
                rule: diagnostic.rule.to_owned(),
                message: diagnostic.message.clone(),
                file: files
                    .iter()
                    .position(|file| folder.join(&file.name) == source.path)
                    .unwrap(),
                start: place(diagnostic.location.range.start()),
                end: place(diagnostic.location.range.end()),
                fix: diagnostic.fix.as_ref().map(|fix| FoundFix {
                    applicability: fix.applicability,
                    edits: fix
                        .edits
                        .iter()
                        .map(|edit| {
                            assert_eq!(edit.location.file, diagnostic.location.file);
                            FoundEdit {
                                range: edit.location.range.into(),
                                text: edit.text.clone(),
                            }
                        })
                        .collect(),
                }),
            }
        })
        .collect()
}
