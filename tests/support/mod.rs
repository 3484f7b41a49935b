//! Runs pglint on files that are only in memory.

use std::ops::Range;
use std::path::PathBuf;

use pglint_linter::Applicability;
use pglint_project::{Analysis, Overlay, Project, Request};

/// A file of a project that is not on the disk.
#[derive(Clone)]
pub(crate) struct TestFile {
    name: String,
    text: String,
}

impl TestFile {
    pub(crate) fn new(name: impl Into<String>, text: &str) -> TestFile {
        TestFile {
            name: name.into(),
            text: text.to_owned(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// A diagnostic as tests compare it.
pub(crate) struct Found {
    pub(crate) rule: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Which of the test's files, 0-based.
    pub(crate) file: usize,
    /// 1-based line and column in characters.
    pub(crate) start: (usize, usize),
    pub(crate) end: (usize, usize),
    pub(crate) fix: Option<FoundFix>,
}

pub(crate) struct FoundFix {
    pub(crate) applicability: Applicability,
    /// All in the diagnostic's own file.
    pub(crate) edits: Vec<FoundEdit>,
}

#[derive(Clone)]
pub(crate) struct FoundEdit {
    /// In bytes of the text.
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

/// What all rules say about a project of these files.
pub(crate) fn diagnostics_of(files: &[TestFile]) -> Vec<Found> {
    let folder = PathBuf::from("/pglint-test-that-is-not-on-the-disk");
    let request = Request {
        working_directory: folder.clone(),
        paths: Vec::new(),
        overlays: files
            .iter()
            .map(|file| Overlay {
                path: folder.join(&file.name),
                content: pglint_project::decode(file.text.clone().into_bytes()),
            })
            .collect(),
        ..Request::default()
    };
    let analysis = Analysis::new(Project::read(&request));
    analysis
        .diagnostics()
        .map(|diagnostic| {
            let source = analysis.project.file(diagnostic.location.file);
            let place = |offset| {
                let position = source.position(offset);
                (position.line as usize, position.column as usize)
            };
            Found {
                rule: diagnostic.rule.to_owned(),
                message: diagnostic.message.clone(),
                help: diagnostic.help.clone(),
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
