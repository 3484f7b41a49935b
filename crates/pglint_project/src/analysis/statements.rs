//! Every statement of a run, and where it is.

use std::ops::Range;

use pglint_linter::diagnostic::{FileRange, Location};
use pglint_linter::{Diagnostic, StatementFiles};
use pglint_syntax::{ParseOptions, ParsedFile, Statement, parse_file};
use pglint_text::{FileId, StatementId, TextRange, TextSize};
use rayon::prelude::*;

use crate::project::Project;

/// The files of a project, parsed, and the ids of their statements.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// Indexed by file.
    files: Vec<ParsedFile>,
    /// The number of the first statement of each file, and at the end the
    /// number after the last one.
    first: Vec<u32>,
    /// The place of each file in the order in which its database runs them.
    places: Vec<usize>,
}

impl Statements {
    /// Parses all files. Must run on threads with a large stack.
    pub(crate) fn parse(project: &Project) -> Statements {
        let files: Vec<ParsedFile> = project
            .files
            .par_iter()
            .map(|file| parse_file(&file.text, ParseOptions::default()))
            .collect();
        let mut first = vec![0];
        let mut next = 0;
        for file in &files {
            next += file.statements.len() as u32;
            first.push(next);
        }
        let mut places = vec![0; files.len()];
        for database in &project.databases {
            for (place, file) in database.files.iter().enumerate() {
                places[file.file.0 as usize] = place;
            }
        }
        Statements {
            files,
            first,
            places,
        }
    }

    /// What was read of a file.
    pub(crate) fn file(&self, file: FileId) -> &ParsedFile {
        &self.files[file.0 as usize]
    }

    /// The statements of a file with their ids, in the order of the text.
    pub(crate) fn of_file(
        &self,
        file: FileId,
    ) -> impl Iterator<Item = (StatementId, &Statement)> + Clone {
        let ids = self.ids_of(file).map(StatementId);
        ids.zip(&self.file(file).statements)
    }

    fn ids_of(&self, file: FileId) -> Range<u32> {
        let index = file.0 as usize;
        self.first[index]..self.first[index + 1]
    }

    /// The statement of an id, with its file. `None` for an id of another run.
    fn find(&self, id: StatementId) -> Option<(FileId, &Statement)> {
        let file = self.first.partition_point(|first| *first <= id.0) - 1;
        let index = id.0.checked_sub(*self.first.get(file)?)?;
        let statement = self.files.get(file)?.statements.get(index as usize)?;
        Some((FileId(file as u32), statement))
    }

    /// The file of a statement, and where it begins there. `None` for an id of
    /// another run.
    pub(crate) fn start_of(&self, id: StatementId) -> Option<(FileId, TextSize)> {
        let (file, statement) = self.find(id)?;
        Some((file, statement.range.start()))
    }

    /// Where a location is in its file, clamped to its statement. `None` for a
    /// statement of another run.
    pub(crate) fn place(&self, location: Location) -> Option<FileRange> {
        match location {
            Location::File { file, range } => Some(FileRange { file, range }),
            Location::Statement { statement, range } => {
                let (file, statement) = self.find(statement)?;
                let length = statement.range.len();
                let range = TextRange::new(range.start().min(length), range.end().min(length));
                let range = range + statement.range.start();
                Some(FileRange { file, range })
            }
        }
    }

    /// The diagnostic with places in files; `None` where it has none.
    pub(crate) fn relocate(&self, diagnostic: Diagnostic) -> Option<Diagnostic<FileRange>> {
        diagnostic.relocate(|location| self.place(location))
    }
}

impl StatementFiles for Statements {
    fn file_of(&self, statement: StatementId) -> Option<FileId> {
        self.find(statement).map(|(file, _)| file)
    }

    fn neighbours(&self, statement: StatementId) -> &[Statement] {
        match self.find(statement) {
            Some((file, _)) => &self.file(file).statements,
            None => &[],
        }
    }

    fn is_later(&self, a: StatementId, b: StatementId) -> bool {
        let place = |id| Some((self.places[self.file_of(id)?.0 as usize], id));
        place(a) > place(b)
    }
}
