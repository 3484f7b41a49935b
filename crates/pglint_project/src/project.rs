//! A project as it was read: files, and databases as files in order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_linter::Settings;
use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_syntax::{Dialect, dialect_evidence};
use pglint_text::{FileId, TextRange, TextSize};
use rayon::prelude::*;

use crate::configuration::{Configuration, FileSettings};
use crate::database::{self, Group, Groups};
use crate::dialect;
use crate::discover::{self, Problem};
use crate::framework::{self, Folder, MigrationFile, World};
use crate::layout::{Layout, is_query_text};
use crate::left_alone::LeftAlone;
use crate::pool::with_large_stack;
use crate::scope::{Request, Scope, scopes};
use crate::source::{Decoded, SourceFile};
use crate::step::is_step;

/// Everything that an analysis is made of. It never changes once it is read.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// All files that were read; a [`FileId`] is an index into it.
    pub files: Vec<Arc<SourceFile>>,
    /// The databases that a reported file belongs to.
    pub databases: Vec<Database>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// How many files that were asked about the projects exclude.
    pub excluded: usize,
    /// The roots of the projects that were asked about.
    pub roots: Vec<PathBuf>,
    /// The files asked about that are not for PostgreSQL.
    pub left_alone: Vec<LeftAlone>,
}

/// Files that are replayed into one catalog.
#[derive(Clone, Debug)]
pub struct Database {
    /// The folder of the history, else the project's root; as people see it.
    pub name: String,
    /// `None` for a folder of plain files, where objects may be defined by
    /// later files.
    pub history: Option<History>,
    /// The file that is the schema where migrations are programs, as people see
    /// it: `db/structure.sql` of Rails. `None` everywhere else.
    pub base: Option<String>,
    /// What the rules need for all files together; what holds for one of them is
    /// in [`DatabaseFile::settings`].
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
    /// Why it is this tool's, as users are told.
    pub evidence: String,
    /// Which files the tool knows nothing of, and why; no migrations therefore.
    pub ignored: Vec<FileId>,
    /// Why it knows nothing of them, after "not run".
    pub ignores: &'static str,
    /// Do the files hold every step, in an order that is known? Not where other
    /// steps are written in another language.
    pub(crate) is_complete: bool,
    /// The files at whose places something else than names contradicts the
    /// order: one clause, and an advice.
    pub(crate) misordered: Vec<(FileId, String, String)>,
    /// The texts of the files of settings beside migrations, by the migrations'
    /// paths.
    pub(crate) settings: BTreeMap<PathBuf, String>,
}

impl History {
    /// Cuts a file of the history as its tool does. Of a text that has changed
    /// since detection, [`framework::marks`] must be the same.
    pub(crate) fn sections(&self, path: &Path, text: &str) -> Vec<Section> {
        (framework::named(self.framework).sections)(&self.migration(path, text))
    }

    /// Does the tool put the file into migrations, instead of running it?
    fn is_template(&self, path: &Path) -> bool {
        let is_below = path.starts_with(&self.folder) && path.parent() != Some(&self.folder);
        is_below && framework::named(self.framework).has_templates_below
    }

    /// A file of the history as its tool sees it.
    pub(crate) fn migration<'f>(&'f self, path: &'f Path, text: &'f str) -> MigrationFile<'f> {
        MigrationFile {
            path: path.strip_prefix(&self.folder).unwrap_or(path),
            text,
            settings: self.settings.get(path).map_or("", String::as_str),
        }
    }
}

/// A file's part in its database.
#[derive(Clone, Debug)]
pub struct DatabaseFile {
    /// The file.
    pub file: FileId,
    /// Its path, relative to the project's root.
    pub path: PathBuf,
    /// What the file holds; text outside all sections is never run.
    pub sections: Vec<Section>,
    /// Does it, by its name or a folder's, lead from one version of the schema to
    /// the next? Never said of migrations.
    pub(crate) is_step: bool,
    /// Is it a step of the history? All others may come in any order.
    pub is_migration: bool,
    /// Are diagnostics about it wanted?
    pub is_reported: bool,
    /// What the project and the command line ask of the rules here.
    pub settings: Arc<Settings>,
}

impl Database {
    /// The files that diagnostics are wanted for.
    pub fn reported(&self) -> impl Iterator<Item = &DatabaseFile> {
        self.files.iter().filter(|file| file.is_reported)
    }

    /// Do the files hold every step of a history, in an order that is known?
    pub(crate) fn is_complete(&self) -> bool {
        let mut histories = self.history.iter();
        histories.any(|history| history.is_complete)
    }

    /// Adds a file that is no migration. One that lies in the history's own
    /// folder and is none is nothing that the tool would run; of a template
    /// nothing is read, as it may be any part of a statement.
    fn add_plain(
        &mut self,
        file: &SourceFile,
        (scope, settings): (&Scope, &FileSettings),
        layout: &Layout,
    ) {
        let history = self.history.as_mut();
        let is_template = { history.iter() }.any(|it| it.is_template(&file.path));
        let ignoring = history.filter(|history| {
            let is_beside = file.path.parent() == Some(&history.folder);
            !history.ignores.is_empty() && (is_beside || is_template)
        });
        let is_query = layout.is_query(&file.path) || is_query_text(&file.text);
        let direction = match ignoring {
            Some(history) => {
                history.ignored.push(file.id);
                Direction::Query
            }
            None if is_query => Direction::Query,
            None => plain_direction(&file.path, &scope.root, self.history.is_some()),
        };
        let mut plain = plain_file(file, direction, (scope, settings));
        let history = self.history.as_ref();
        // The folders of the history itself say nothing about what lies in it.
        let inside = history.and_then(|it| file.path.strip_prefix(&it.folder).ok());
        plain.is_step = is_step(inside.unwrap_or(&plain.path));
        if is_template {
            plain.sections.clear();
        }
        self.files.push(plain);
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
        let mut changed = self.clone();
        changed.set_text(id, content).map(|()| changed)
    }

    /// Does the same in place; after `None` the project must not be used.
    pub(crate) fn set_text(&mut self, id: FileId, content: Decoded) -> Option<()> {
        let file = self.file(id);
        let changed = SourceFile::new(id, file.path.clone(), file.name.clone(), content);
        if file.signs() != changed.signs() {
            return None;
        }
        for database in &mut self.databases {
            let Database { history, files, .. } = database;
            for file in files.iter_mut().filter(|file| file.file == id) {
                file.sections = match (&*history, file.is_migration) {
                    (Some(history), true) => history.sections(&changed.path, &changed.text),
                    _ => whole_file(&changed.text, file.sections.first()?.direction),
                };
            }
        }
        self.files[id.0 as usize] = Arc::new(changed);
        Some(())
    }

    /// Are diagnostics about the file wanted?
    pub(crate) fn is_reported(&self, id: FileId) -> bool {
        let mut reported = self.databases.iter().flat_map(Database::reported);
        reported.any(|file| file.file == id)
    }

    /// The files that diagnostics are wanted for.
    pub fn reported_files(&self) -> Vec<FileId> {
        let files = self.databases.iter().flat_map(Database::reported);
        files.map(|file| file.file).collect()
    }

    /// One sentence about the files that are not for PostgreSQL; `None` where
    /// all are.
    pub fn left_alone_notice(&self) -> Option<String> {
        crate::left_alone::notice(&self.left_alone)
    }

    /// The file with this id, which the project itself has given.
    pub fn file(&self, id: FileId) -> &Arc<SourceFile> {
        &self.files[id.0 as usize]
    }
}

/// What a text tells of the files around it: which folders are histories, and of
/// which tool; which database it is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Signs {
    of_head: framework::Marks,
    of_text: framework::Marks,
    is_query: bool,
    dialect: Option<Dialect>,
}

impl Signs {
    pub(crate) fn of(text: &str) -> Signs {
        Signs {
            of_head: framework::marks(&head(text)),
            of_text: framework::marks(text),
            is_query: is_query_text(text),
            dialect: dialect_evidence(text),
        }
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

/// How many bytes are read of a file that tells of a migration tool.
const MARKER_BYTES: u64 = 4 << 20;

impl Reader<'_> {
    /// Files that the project excludes are read for the schema's sake, and not
    /// reported.
    fn read_scope(&mut self, mut scope: Scope) {
        let configuration = discover::read_configuration(&scope.root).unwrap_or_else(|problem| {
            self.project.problems.push(problem);
            Configuration::default()
        });
        self.project.roots.push(scope.root.clone());
        let settings = FileSettings::new(&scope.root, configuration, &self.request.overrides);
        let asked = scope.reported.len();
        scope.reported.retain(|path| !settings.excludes(path));
        self.project.excluded += asked - scope.reported.len();
        let Groups {
            databases,
            left_alone,
            layout,
        } = database::group(&scope.root, &scope.files, &scope.markers, &self.text());
        for group in databases {
            let mut paths = group.migrations.iter().chain(&group.plain);
            if paths.any(|path| scope.reported.contains(path)) {
                self.read_group(&scope, &settings, &layout, group);
            }
        }
        for (path, dialect) in left_alone {
            self.leave_alone(&path, &dialect, &scope);
        }
    }

    /// Counts a file that was asked about and is not for PostgreSQL.
    fn leave_alone(&mut self, path: &Path, dialect: &str, scope: &Scope) {
        if scope.reported.contains(path) {
            let name = crate::path::display_name(&self.request.working_directory, path);
            let dialect = dialect.to_owned();
            self.project.left_alone.push(LeftAlone { name, dialect });
        }
    }

    /// The text of a marker, or the beginning of an SQL file's.
    fn text(&self) -> impl Fn(&Path) -> String {
        |path: &Path| match (self.overlays.get(path), discover::is_sql_file(path)) {
            (Some(content), _) => head(&content.text),
            (None, true) => discover::read_head(path, HEAD_BYTES),
            (None, false) => discover::read_head(path, MARKER_BYTES),
        }
    }

    fn read_group(
        &mut self,
        scope: &Scope,
        settings: &FileSettings,
        layout: &Layout,
        group: Group,
    ) {
        let folder = group.history.as_deref().unwrap_or(&scope.root);
        let mut database = Database {
            name: crate::path::display_name(&self.request.working_directory, folder),
            history: None,
            base: None,
            settings: settings.of_all(),
            files: Vec::new(),
        };
        if group.history.is_some() {
            let migrations = self.read_files(&group.migrations, scope);
            if let Some(dialect) = dialect::of_history(&migrations) {
                migrations
                    .iter()
                    .for_each(|file| self.leave_alone(&file.path, dialect, scope));
            } else {
                let (history, files) = self.cut_history(&group, &migrations, (scope, settings));
                database.history = Some(history);
                database.files = files;
            }
        }
        let plain = self.read_files(&group.plain, scope);
        let dialects = dialect::by_texts(&plain);
        for (file, dialect) in plain.iter().zip(dialects) {
            match dialect {
                Some(dialect) => self.leave_alone(&file.path, dialect, scope),
                None => database.add_plain(file, (scope, settings), layout),
            }
        }
        if database.files.is_empty() {
            return;
        }
        if database.history.is_none() {
            let base = plain.iter().find(|file| is_base(&file.path, scope));
            database.base = base.map(|file| file.name.clone());
        }
        self.project.databases.push(database);
    }

    /// Reads files in parallel and gives them ids in their order. A file that
    /// nobody asked about and that cannot be read is left out in silence.
    fn read_files(&mut self, paths: &[PathBuf], scope: &Scope) -> Vec<Arc<SourceFile>> {
        let overlays = &self.overlays;
        let is_whole = self.request.whole_texts;
        let read = |path: &PathBuf| match overlays.get(path) {
            Some(content) => Ok(content.clone()),
            None => discover::read_file(path, is_whole),
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
        group: &Group,
        files: &[Arc<SourceFile>],
        (scope, file_settings): (&Scope, &FileSettings),
    ) -> (History, Vec<DatabaseFile>) {
        let folder = group.history.as_deref().unwrap_or(&scope.root);
        let settings = self.settings(files, scope);
        let migrations: Vec<_> = files
            .iter()
            .map(|file| MigrationFile {
                path: file.path.strip_prefix(folder).unwrap_or(&file.path),
                text: &file.text,
                settings: settings.get(&file.path).map_or("", String::as_str),
            })
            .collect();
        let listed = group.claim.iter().flat_map(|(_, claim)| &claim.listed);
        let listed: Vec<PathBuf> = listed
            .map(|file| file.strip_prefix(folder).unwrap_or(file).into())
            .collect();
        let looked_at = Folder {
            path: folder,
            files: &migrations,
            listed: &listed,
            world: &World {
                root: &scope.root,
                files: &[],
                markers: &scope.markers,
                read: &self.text(),
            },
        };
        let (framework, evidence) = match &group.claim {
            Some((framework, claim)) => (*framework, claim.evidence.clone()),
            None => framework::detect(&looked_at),
        };
        let order = (framework.order)(&looked_at);
        let run: BTreeSet<usize> = order.iter().copied().collect();
        let is_ignored = |(index, file)| (!run.contains(&index)).then_some(file);
        let ignored: Vec<_> = files.iter().enumerate().filter_map(is_ignored).collect();
        let history = History {
            folder: folder.into(),
            framework: framework.name,
            evidence,
            ignored: ignored.iter().map(|file| file.id).collect(),
            ignores: framework.ignores,
            is_complete: framework::is_complete(framework, &looked_at),
            misordered: { (framework.misordered)(&looked_at).into_iter() }
                .map(|(index, what, help)| (files[index].id, what, help))
                .collect(),
            settings,
        };
        let cut = |file: &Arc<SourceFile>| DatabaseFile {
            file: file.id,
            path: within(&scope.root, &file.path),
            is_step: false,
            sections: history.sections(&file.path, &file.text),
            is_migration: true,
            is_reported: scope.reported.contains(&file.path),
            settings: file_settings.of(&file.path),
        };
        let run = order.iter().map(|index| cut(&files[*index]));
        let ignored = ignored
            .iter()
            .map(|file| plain_file(file, Direction::Query, (scope, file_settings)));
        let cut = run.chain(ignored).collect();
        (history, cut)
    }

    /// The files of settings beside migrations.
    fn settings(&self, files: &[Arc<SourceFile>], scope: &Scope) -> BTreeMap<PathBuf, String> {
        let read = self.text();
        let settings = files.iter().filter_map(|file| {
            let path = framework::settings_of(&file.path)?;
            let is_there = scope.markers.contains(&path);
            is_there.then(|| (file.path.clone(), read(&path)))
        });
        settings.collect()
    }
}

fn plain_file(
    file: &SourceFile,
    direction: Direction,
    (scope, settings): (&Scope, &FileSettings),
) -> DatabaseFile {
    DatabaseFile {
        file: file.id,
        path: within(&scope.root, &file.path),
        is_step: false,
        is_migration: false,
        sections: whole_file(&file.text, direction),
        is_reported: scope.reported.contains(&file.path),
        settings: settings.of(&file.path),
    }
}

fn within(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).into()
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
        is_conditional: false,
    }]
}

/// What a file outside all histories is for. Beside a history, a file called
/// after the whole schema is what the migrations led to; anything else adds to
/// them.
fn plain_direction(path: &Path, root: &Path, beside_history: bool) -> Direction {
    let folders = { path.ancestors().skip(1) }.take_while(|folder| *folder != root);
    if let Some(direction) = framework::direction(path) {
        return direction;
    }
    if folders.clone().any(database::is_way_back_folder) {
        return Direction::Down;
    }
    if folders.into_iter().any(database::is_query_folder) {
        return Direction::Query;
    }
    match beside_history && !is_whole_schema(path) {
        true => Direction::Repeatable,
        false => Direction::Snapshot,
    }
}

/// Is the file a dump of the schema with migrations beside it that are programs?
/// Rails keeps `db/structure.sql` beside `db/migrate`, Ecto
/// `priv/repo/structure.sql` beside `priv/repo/migrations`.
fn is_base(path: &Path, scope: &Scope) -> bool {
    let folder = path.parent().unwrap_or(path);
    let is_beside = |marker: &PathBuf| {
        let grandparent = marker.parent().and_then(Path::parent);
        grandparent == Some(folder) && framework::is_code_step(marker)
    };
    is_schema_dump(path) && scope.markers.iter().any(is_beside)
}

/// Does the name say that the file is what the database looks like now?
pub(crate) fn is_schema_dump(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or_default().to_ascii_lowercase();
    ["schema", "structure", "latest"]
        .iter()
        .any(|word| stem == *word || stem.ends_with(&format!("_{word}")))
}

/// Does the name say that the file holds the whole schema?
pub(crate) fn is_whole_schema(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.unwrap_or_default().to_ascii_lowercase();
    ["schema", "structure", "dump", "latest"]
        .iter()
        .any(|word| stem.split(['_', '-', '.', ' ']).any(|part| part == *word))
}
