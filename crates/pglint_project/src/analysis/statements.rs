//! Every statement of a run, and where it is.

use std::sync::Arc;

use pglint_linter::diagnostic::{FileRange, Location};
use pglint_linter::{Diagnostic, StatementFiles};
use pglint_syntax::{
    ForEach, KnownStatements, ParseOptions, ParsedFile, Statement, StatementParse, parse_file_again,
};
use pglint_text::{FileId, StatementId, TextRange, TextSize};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::identity::same_statements;
use super::isolate::{first_word, isolated};
use crate::project::Project;
use crate::source::SourceFile;

/// The files of a project, parsed, and the ids of their statements.
///
/// An id stands for one text in one file, read in one way, for as long as that
/// statement is there, and of two ids of a file the same one always comes first.
/// So what is known by ids holds while other statements are edited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statements {
    /// Indexed by file.
    files: Vec<Arc<FileStatements>>,
    /// The file of each id that was ever given, by its number.
    owners: Vec<FileId>,
    /// The place of each file in the order in which its database runs them.
    places: Vec<usize>,
}

/// The statements of one file.
#[derive(Debug, Default)]
pub(crate) struct FileStatements {
    /// What was read.
    pub(crate) parsed: ParsedFile,
    /// The ids of the statements, in the order of the text.
    pub(crate) ids: Vec<StatementId>,
    /// How many statements could not be read for a reason that is no mistake.
    pub(crate) unread: usize,
    indexes: FxHashMap<StatementId, u32>,
    /// Where reading it failed.
    pub(crate) failure: Option<Box<Diagnostic>>,
}

impl FileStatements {
    fn new(
        parsed: ParsedFile,
        ids: Vec<StatementId>,
        failure: Option<Box<Diagnostic>>,
    ) -> FileStatements {
        let is_unread = |it: &&Statement| matches!(it.parse, StatementParse::NotRead);
        FileStatements {
            unread: parsed.statements.iter().filter(is_unread).count(),
            indexes: ids.iter().copied().zip(0..).collect(),
            parsed,
            ids,
            failure,
        }
    }

    /// The statements with their ids, in the order of the text.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (StatementId, &Statement)> + Clone {
        self.ids.iter().copied().zip(&self.parsed.statements)
    }

    /// How many statements begin before `offset`.
    pub(crate) fn earlier_than(&self, offset: TextSize) -> usize {
        let statements = &self.parsed.statements;
        statements.partition_point(|it| it.range.start() < offset)
    }

    /// The place of a statement among those of the file. `None` where the file
    /// does not have it.
    pub(crate) fn index_of(&self, id: StatementId) -> Option<usize> {
        self.indexes.get(&id).map(|index| *index as usize)
    }
}

/// A file after an edit.
enum Read {
    /// The text is the same.
    Same(Arc<FileStatements>),
    /// The ids of the statements that are the same; `None` for new ones.
    New(ParsedFile, Vec<Option<StatementId>>),
    /// It could not be read.
    Failed(ParsedFile, Box<Diagnostic>),
}

impl Statements {
    /// Parses all files, but for what is known from `before`. Must run on threads
    /// with a large stack.
    pub(crate) fn parse(project: &Project, before: Option<(&Project, &Statements)>) -> Statements {
        let known = Known::new(before);
        let read: Vec<Read> = project
            .files
            .par_iter()
            .map(|file| {
                let location = Location::File {
                    file: file.id,
                    range: first_word(&file.text),
                };
                let read = || read(file, known.find(file));
                isolated(location, "reading this file", &file.text, read).unwrap_or_else(
                    |failure| Read::Failed(ParsedFile::not_read(&file.text), failure),
                )
            })
            .collect();
        let mut owners = known.owners(project);
        let files = read.into_iter().zip(&project.files);
        let files = files.map(|(read, file)| {
            let (parsed, ids, failure) = match read {
                Read::Same(statements) => return statements,
                Read::New(parsed, ids) => (parsed, ids, None),
                Read::Failed(parsed, failure) => {
                    let ids = vec![None; parsed.statements.len()];
                    (parsed, ids, Some(failure))
                }
            };
            let mut give = || {
                owners.push(file.id);
                StatementId(owners.len() as u32 - 1)
            };
            let ids = ids.into_iter().map(|id| id.unwrap_or_else(&mut give));
            let ids = ids.collect();
            Arc::new(FileStatements::new(parsed, ids, failure))
        });
        Statements {
            files: files.collect(),
            owners,
            places: places(project),
        }
    }

    /// The statements of a file.
    pub(crate) fn file(&self, file: FileId) -> &Arc<FileStatements> {
        &self.files[file.0 as usize]
    }

    /// The statement of an id, with its file and its place there. `None` for a
    /// statement that is gone.
    fn find(&self, id: StatementId) -> Option<(FileId, usize)> {
        let file = *self.owners.get(id.0 as usize)?;
        let index = self.files.get(file.0 as usize)?.index_of(id)?;
        Some((file, index))
    }

    /// Where a location is in its file, clamped to its statement. `None` for a
    /// statement that is gone.
    pub(crate) fn place(&self, location: Location) -> Option<FileRange> {
        match location {
            Location::File { file, range } => Some(FileRange { file, range }),
            Location::Statement { statement, range } => {
                let (file, index) = self.find(statement)?;
                let statement = &self.file(file).parsed.statements[index];
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

fn read(file: &SourceFile, known: Option<(&SourceFile, &Arc<FileStatements>)>) -> Read {
    let Some((before, statements)) = known else {
        let parsed = parse(file, &KnownStatements::default());
        let ids = vec![None; parsed.statements.len()];
        return Read::New(parsed, ids);
    };
    if Arc::ptr_eq(&before.text, &file.text) || before.text == file.text {
        return Read::Same(statements.clone());
    }
    let known = KnownStatements::new(&before.text, &statements.parsed);
    let parsed = parse(file, &known);
    let same = same_statements((&before.text, &statements.parsed), (&file.text, &parsed));
    let ids = same.into_iter().map(|index| Some(statements.ids[index?]));
    let ids = ids.collect();
    Read::New(parsed, ids)
}

/// A longer file is parsed on several threads, in bytes.
const LONG_FILE: usize = 1 << 20;

fn parse(file: &SourceFile, known: &KnownStatements<'_>) -> ParsedFile {
    let text = &file.text;
    let options = ParseOptions {
        lines_end_statements: file.path.ends_with("import.sql"),
        ..ParseOptions::default()
    };
    let for_each: ForEach = match text.len() > LONG_FILE {
        true => |spans, parse| spans.par_iter().with_min_len(8).map(parse).collect(),
        false => |spans, parse| spans.iter().map(parse).collect(),
    };
    parse_file_again(text, options, known, for_each)
}

fn places(project: &Project) -> Vec<usize> {
    let mut places = vec![0; project.files.len()];
    for database in &project.databases {
        for (place, file) in database.files.iter().enumerate() {
            places[file.file.0 as usize] = place;
        }
    }
    places
}

/// The files of an earlier run.
struct Known<'k> {
    before: Option<(&'k Project, &'k Statements)>,
    by_path: FxHashMap<&'k std::path::Path, FileId>,
}

impl<'k> Known<'k> {
    fn new(before: Option<(&'k Project, &'k Statements)>) -> Known<'k> {
        let files = before.into_iter().flat_map(|(project, _)| &project.files);
        Known {
            before,
            by_path: files.map(|file| (file.path.as_path(), file.id)).collect(),
        }
    }

    fn find(&self, file: &SourceFile) -> Option<(&'k SourceFile, &'k Arc<FileStatements>)> {
        let (project, statements) = self.before?;
        let id = *self.by_path.get(file.path.as_path())?;
        Some((project.file(id), statements.file(id)))
    }

    /// The owners of the ids that were given so far, as `project` numbers files.
    fn owners(&self, project: &Project) -> Vec<FileId> {
        let Some((before, statements)) = self.before else {
            return Vec::new();
        };
        let is_same = |(old, new): (&Arc<SourceFile>, &Arc<SourceFile>)| old.path == new.path;
        let length = before.files.len();
        let mut owners = statements.owners.clone();
        if length == project.files.len() && before.files.iter().zip(&project.files).all(is_same) {
            return owners;
        }
        // A number that no file has.
        let mut numbers = vec![FileId(u32::MAX); length];
        for file in &project.files {
            if let Some(old) = self.by_path.get(file.path.as_path()) {
                numbers[old.0 as usize] = file.id;
            }
        }
        for owner in &mut owners {
            let number = numbers.get(owner.0 as usize);
            *owner = number.copied().unwrap_or(FileId(u32::MAX));
        }
        owners
    }
}

impl StatementFiles for Statements {
    fn file_of(&self, statement: StatementId) -> Option<FileId> {
        self.find(statement).map(|(file, _)| file)
    }

    fn neighbours(&self, statement: StatementId) -> &[Statement] {
        match self.find(statement) {
            Some((file, _)) => &self.file(file).parsed.statements,
            None => &[],
        }
    }

    fn is_later(&self, a: StatementId, b: StatementId) -> bool {
        let place = |id| {
            let (file, index) = self.find(id)?;
            Some((self.places[file.0 as usize], index))
        };
        place(a) > place(b)
    }
}
