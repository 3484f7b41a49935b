//! A project as it was read: files, and databases as files in order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_linter::Settings;
use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::{FileId, TextRange, TextSize};
use rayon::prelude::*;

use crate::configuration::{Configuration, with_overrides};
use crate::database::{self, Group};
use crate::discover::{self, Problem};
use crate::framework::{self, MigrationFile};
use crate::pool::with_large_stack;
use crate::scope::{Request, Scope, scopes};
use crate::source::{Decoded, SourceFile};

/// Everything that an analysis is made of. It never changes once it is read.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// All files that were read; a [`FileId`] is an index into it.
    pub files: Vec<Arc<SourceFile>>,
    /// The databases that a reported file belongs to.
    pub databases: Vec<Database>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Files that are replayed into one catalog.
#[derive(Clone, Debug)]
pub struct Database {
    /// The folder of the history, else the project's root; as people see it.
    pub name: String,
    /// `None` for a folder of plain files, where objects may be defined by
    /// later files.
    pub history: Option<History>,
    /// What the project and the command line ask of the rules.
    pub settings: Arc<Settings>,
    /// The migrations in their order, then the other files.
    pub files: Vec<DatabaseFile>,
}

/// A folder of migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The folder, absolute.
    pub folder: PathBuf,
    /// The migration tool, `goose`; `file names` where any tool might run it.
    pub framework: &'static str,
}

/// A file's part in its database.
#[derive(Clone, Debug)]
pub struct DatabaseFile {
    /// The file.
    pub file: FileId,
    /// What the file holds; text outside all sections is never run.
    pub sections: Vec<Section>,
    /// Is it a step of the history? All others may come in any order.
    pub is_migration: bool,
    /// Are diagnostics about it wanted?
    pub is_reported: bool,
}

impl History {
    /// Cuts a file of the history.
    fn sections(&self, file: &SourceFile) -> Vec<Section> {
        let migration = MigrationFile {
            path: file.path.strip_prefix(&self.folder).unwrap_or(&file.path),
            text: &file.text,
        };
        (framework::named(self.framework).sections)(&migration)
    }
}

impl Database {
    /// The files that diagnostics are wanted for.
    pub fn reported(&self) -> impl Iterator<Item = &DatabaseFile> {
        self.files.iter().filter(|file| file.is_reported)
    }
}

impl Project {
    /// Reads what a request asks for. What cannot be read is told in
    /// `problems`, and the rest is read all the same.
    pub fn read(request: &Request) -> Project {
        let mut project = Project::default();
        let scopes = scopes(request, &mut project.problems);
        let mut reader = Reader {
            request,
            overlays: overlays(request),
            project,
        };
        for scope in scopes {
            reader.read_scope(scope);
        }
        for problem in &mut reader.project.problems {
            problem.shorten(&request.working_directory);
        }
        reader.project
    }

    /// The same project with another text in one of its files. `None` where the
    /// text may change more than the file itself: which folders are histories,
    /// and of which tool.
    pub fn with_text(&self, id: FileId, content: Decoded) -> Option<Project> {
        let file = self.file(id);
        if framework::marks(&head(&file.text)) != framework::marks(&head(&content.text))
            || framework::marks(&file.text) != framework::marks(&content.text)
        {
            return None;
        }
        let mut project = self.clone();
        let changed = SourceFile::new(id, file.path.clone(), file.name.clone(), content);
        for database in &mut project.databases {
            let history = database.history.clone();
            for file in database.files.iter_mut().filter(|file| file.file == id) {
                file.sections = match (&history, file.is_migration) {
                    (Some(history), true) => history.sections(&changed),
                    _ => whole_file(&changed.text, file.sections.first()?.direction),
                };
            }
        }
        project.files[id.0 as usize] = Arc::new(changed);
        Some(project)
    }

    /// The files that diagnostics are wanted for.
    pub fn reported_files(&self) -> Vec<FileId> {
        let files = self.databases.iter().flat_map(Database::reported);
        files.map(|file| file.file).collect()
    }

    /// The file with this id, which the project itself has given.
    pub fn file(&self, id: FileId) -> &Arc<SourceFile> {
        &self.files[id.0 as usize]
    }
}

struct Reader<'r> {
    request: &'r Request,
    overlays: BTreeMap<PathBuf, Decoded>,
    project: Project,
}

/// How many bytes of a file are searched for a migration tool's directive
/// where the file's name says nothing.
const HEAD_BYTES: u64 = 4096;

impl Reader<'_> {
    /// Files that the project excludes are read for the schema's sake, and not
    /// reported.
    fn read_scope(&mut self, mut scope: Scope) {
        let configuration = discover::read_configuration(&scope.root).unwrap_or_else(|problem| {
            self.project.problems.push(problem);
            Configuration::default()
        });
        let root = scope.root.clone();
        let is_excluded = |path: &Path| {
            let path = path.strip_prefix(&root).unwrap_or(path);
            configuration.exclude.is_match(path)
        };
        scope.reported.retain(|path| !is_excluded(path));
        let overrides = &self.request.overrides;
        let settings = Arc::new(with_overrides(configuration.settings, overrides));
        let head = |path: &Path| match self.overlays.get(path) {
            Some(content) => head(&content.text),
            None => discover::read_head(path, HEAD_BYTES),
        };
        for group in database::group(&scope.root, &scope.files, &head) {
            let mut paths = group.migrations.iter().chain(&group.plain);
            if paths.any(|path| scope.reported.contains(path)) {
                self.read_group(&scope, &settings, group);
            }
        }
    }

    fn read_group(&mut self, scope: &Scope, settings: &Arc<Settings>, group: Group) {
        let migrations = self.read_files(&group.migrations, scope);
        let folder = group.history.as_deref().unwrap_or(&scope.root);
        let mut database = Database {
            name: crate::path::display_name(&self.request.working_directory, folder),
            history: None,
            settings: settings.clone(),
            files: Vec::new(),
        };
        if let Some(folder) = &group.history {
            let (framework, files) = self.cut_history(folder, migrations, scope);
            database.history = Some(History {
                folder: folder.clone(),
                framework,
            });
            database.files = files;
        }
        for file in self.read_files(&group.plain, scope) {
            let file = self.plain_file(file, group.history.is_some(), scope);
            database.files.push(file);
        }
        self.project.databases.push(database);
    }

    /// Reads files in parallel and gives them ids in their order. A file that
    /// nobody asked about and that cannot be read is left out in silence.
    fn read_files(&mut self, paths: &[PathBuf], scope: &Scope) -> Vec<Arc<SourceFile>> {
        let overlays = &self.overlays;
        let read = |path: &PathBuf| match overlays.get(path) {
            Some(content) => Ok(content.clone()),
            None => discover::read_file(path),
        };
        let texts: Vec<Result<Decoded, Problem>> =
            with_large_stack(|| paths.par_iter().map(read).collect());
        let mut files = Vec::new();
        for (path, text) in paths.iter().zip(texts) {
            match text {
                Ok(text) => files.push(self.add_file(path, text)),
                Err(problem) if scope.reported.contains(path) => {
                    self.project.problems.push(problem);
                }
                Err(_) => {}
            }
        }
        files
    }

    fn add_file(&mut self, path: &Path, text: Decoded) -> Arc<SourceFile> {
        let id = FileId(self.project.files.len() as u32);
        let name = crate::path::display_name(&self.request.working_directory, path);
        let file = Arc::new(SourceFile::new(id, path.into(), name, text));
        self.project.files.push(file.clone());
        file
    }

    /// Finds the migration tool, sorts the files as it does and cuts them.
    fn cut_history(
        &self,
        folder: &Path,
        files: Vec<Arc<SourceFile>>,
        scope: &Scope,
    ) -> (&'static str, Vec<DatabaseFile>) {
        let mut migrations: Vec<_> = files
            .iter()
            .map(|file| MigrationFile {
                path: file.path.strip_prefix(folder).unwrap_or(&file.path),
                text: &file.text,
            })
            .zip(&files)
            .collect();
        let all: Vec<_> = migrations.iter().map(|(migration, _)| *migration).collect();
        let framework = framework::detect(&all);
        migrations.sort_by(|(left, _), (right, _)| (framework.compare)(left.path, right.path));
        let cut = |(migration, file): (MigrationFile<'_>, &Arc<SourceFile>)| DatabaseFile {
            file: file.id,
            sections: (framework.sections)(&migration),
            is_migration: true,
            is_reported: scope.reported.contains(&file.path),
        };
        (framework.name, migrations.into_iter().map(cut).collect())
    }

    fn plain_file(
        &self,
        file: Arc<SourceFile>,
        beside_history: bool,
        scope: &Scope,
    ) -> DatabaseFile {
        let direction = plain_direction(&file.path, &scope.root, beside_history);
        DatabaseFile {
            file: file.id,
            is_migration: false,
            sections: whole_file(&file.text, direction),
            is_reported: scope.reported.contains(&file.path),
        }
    }
}

/// The beginning of a text, as [`discover::read_head`] reads that of a file.
fn head(text: &str) -> String {
    let head = &text.as_bytes()[..text.len().min(HEAD_BYTES as usize)];
    String::from_utf8_lossy(head).into_owned()
}

fn overlays(request: &Request) -> BTreeMap<PathBuf, Decoded> {
    request
        .overlays
        .iter()
        .map(|overlay| {
            let path = crate::path::absolute(&request.working_directory, &overlay.path);
            (path, overlay.content.clone())
        })
        .collect()
}

/// The one section of a file outside all histories.
fn whole_file(text: &str, direction: Direction) -> Vec<Section> {
    vec![Section {
        range: TextRange::up_to(TextSize::of(text)),
        direction,
        transaction: Transaction::None,
        version: None,
    }]
}

/// What a file outside all histories is for. Beside a history, a file called
/// after the whole schema is what the migrations led to; anything else adds to
/// them.
fn plain_direction(path: &Path, root: &Path, beside_history: bool) -> Direction {
    let mut folders = path
        .ancestors()
        .skip(1)
        .take_while(|folder| *folder != root);
    if let Some(direction) = framework::direction(path) {
        return direction;
    }
    if folders.any(database::is_query_folder) {
        return Direction::Query;
    }
    match beside_history && !is_whole_schema(path) {
        true => Direction::Repeatable,
        false => Direction::Snapshot,
    }
}

fn is_whole_schema(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or_default().to_ascii_lowercase();
    ["schema", "structure", "dump", "latest"]
        .iter()
        .any(|word| stem.split(['_', '-', '.', ' ']).any(|part| part == *word))
}
