//! A project's files, read the way PostgreSQL would, and what is wrong in them.

use pglint_linter::diagnostic::{Diagnostic, FileRange};

use pglint_syntax::{ParseOptions, split};
use pglint_text::FileId;
use rayon::prelude::*;

use crate::pool::with_large_stack;
use crate::project::Project;

/// The result of a run.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What was analysed.
    pub project: Project,
    /// In the order of the files' names, then of the text.
    pub diagnostics: Vec<Diagnostic<FileRange>>,
    /// What users should know and no rule says, one sentence each.
    pub notices: Vec<String>,
    /// How many files diagnostics are reported for.
    pub reported_files: usize,
    /// How many statements those files hold.
    pub statements: usize,
    /// How many of them could not be read for a reason that is no mistake.
    pub unread_statements: usize,
}

impl Analysis {
    /// Analyses a project.
    pub fn new(project: Project) -> Analysis {
        let reported: Vec<FileId> = project
            .databases
            .iter()
            .flat_map(|database| &database.files)
            .filter(|file| file.reported)
            .map(|file| file.file)
            .collect();
        let count = |file: &FileId| {
            let text = &project.file(*file).text;
            split(text, ParseOptions::default()).statements.len()
        };
        Analysis {
            statements: with_large_stack(|| reported.par_iter().map(count).sum()),
            reported_files: reported.len(),
            notices: notices(&project),
            project,
            ..Analysis::default()
        }
    }
}

fn notices(project: &Project) -> Vec<String> {
    let reported = project
        .databases
        .iter()
        .flat_map(|database| &database.files);
    reported
        .filter(|file| file.reported)
        .map(|file| project.file(file.file))
        .filter(|file| file.replaced_bytes > 0)
        .map(|file| {
            format!(
                "`{}` is not UTF-8: {} read as `?`, and nothing in it is fixed",
                file.name,
                match file.replaced_bytes {
                    1 => "one byte is".to_owned(),
                    count => format!("{count} bytes are"),
                }
            )
        })
        .collect()
}
