//! What the migration tool of a database does unexpectedly.

use std::sync::Arc;

use pglint_linter::{HistoryProblem, HistoryProblemKind, Location};
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::Tree;
use pglint_syntax::ast::NodeKind;
use pglint_text::{FileId, TextRange, TextSize};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::drift::Drift;
use super::statements::{FileStatements, Statements};
use crate::framework::{self, MigrationFile, Step};
use crate::project::{Database, DatabaseFile, History, Project};

/// Everything that is unexpected about a database's history.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    /// All of it.
    pub(crate) problems: Vec<HistoryProblem>,
    /// What is unexpected within each file, in the order of the database's files.
    files: Vec<Arc<FileHistory>>,
}

/// What is unexpected within a file.
#[derive(Debug)]
struct FileHistory {
    statements: Arc<FileStatements>,
    sections: Vec<Section>,
    found: Vec<Found>,
}

impl Histories {
    /// Reads a history, but for files that are the same in `before`, which must be
    /// of the same history.
    pub(crate) fn read(
        project: &Project,
        database: &Database,
        statements: &Statements,
        before: Option<&Histories>,
    ) -> Histories {
        let Some(history) = &database.history else {
            return Histories::default();
        };
        let cx = Context {
            project,
            database,
            statements,
            history,
        };
        let files = database.files.par_iter().enumerate().map(|(index, file)| {
            let known = before.and_then(|before| before.files.get(index));
            let own = statements.file(file.file);
            let is_same = |known: &&Arc<FileHistory>| {
                Arc::ptr_eq(&known.statements, own) && known.sections == file.sections
            };
            let read = || {
                let is_run = file.is_migration && !history.ignored.contains(&file.file);
                Arc::new(FileHistory {
                    statements: own.clone(),
                    sections: file.sections.clone(),
                    found: if is_run { cx.of_file(file) } else { Vec::new() },
                })
            };
            known.filter(is_same).cloned().unwrap_or_else(read)
        });
        let files: Vec<Arc<FileHistory>> = files.collect();
        let mut found = cx.of_order();
        found.extend(files.iter().flat_map(|file| file.found.iter().cloned()));
        let ignored = { database.files.iter() }.filter(|it| history.ignored.contains(&it.file));
        found.extend(ignored.filter_map(|file| cx.never_run(file)));
        let problem = |(location, kind)| HistoryProblem {
            location,
            tool: history.framework,
            kind,
        };
        Histories {
            problems: found.into_iter().map(problem).collect(),
            files,
        }
    }
}

impl Histories {
    /// All problems, and those of dumps.
    pub(crate) fn with_drift(&self, database: &Database, drift: &Drift) -> Vec<HistoryProblem> {
        let tool = database.history.as_ref().map_or("", |it| it.framework);
        let of_drift = drift.found.iter().cloned();
        let of_drift = of_drift.map(|(location, kind)| HistoryProblem {
            location,
            tool,
            kind,
        });
        self.problems.iter().cloned().chain(of_drift).collect()
    }
}

struct Context<'p> {
    project: &'p Project,
    database: &'p Database,
    statements: &'p Statements,
    history: &'p History,
}

type Found = (Location, HistoryProblemKind);

impl Context<'_> {
    fn of_order(&self) -> Vec<Found> {
        let goes_forward = |file: &&DatabaseFile| {
            let mut sections = file.sections.iter();
            file.is_migration
                && !self.history.ignored.contains(&file.file)
                && sections.any(|it| matches!(it.direction, Direction::Up | Direction::Snapshot))
                && framework::goes_forward(self.migration(file.file).path)
        };
        let files = self.database.files.iter().filter(goes_forward);
        let steps: Vec<Step<'_>> = files
            .map(|file| Step {
                migration: self.migration(file.file),
                name: &self.project.file(file.file).name,
                place: self.place(file.file),
            })
            .collect();
        let mut found = framework::of_order(self.history.framework, &steps);
        for (file, what, help) in &self.history.misordered {
            let (what, help) = (what.clone(), help.clone());
            found.push((
                self.place(*file),
                HistoryProblemKind::OutOfOrder { what, help },
            ));
        }
        found
    }

    fn of_file(&self, file: &DatabaseFile) -> Vec<Found> {
        let migration = self.migration(file.file);
        let tool = self.history.framework;
        let location = |range: TextRange| Location::File {
            file: file.file,
            range,
        };
        let comments = framework::of_text(tool, &migration).into_iter();
        let comments = comments.map(|found| {
            let kind = HistoryProblemKind::IneffectiveDirective {
                directive: migration.text[found.range].to_owned(),
                why: found.why,
            };
            (location(found.range), kind)
        });
        let goes_up = |range: &TextRange| {
            let section = file.section_at(range.start());
            section.is_some_and(|section| section.direction == Direction::Up)
        };
        let statements = self.statements.file(file.file).iter();
        let whole = statements.filter(|(_, statement)| statement.shape().is_some());
        let ranges = whole.map(|(_, it)| it.range).filter(goes_up);
        let splits = framework::splits(tool, &migration, ranges).into_iter();
        let splits = splits.map(|(range, marks)| {
            (
                location(range),
                HistoryProblemKind::SplitStatement { marks },
            )
        });
        comments
            .chain(splits)
            .chain(self.changesets_twice(file))
            .collect()
    }

    /// The changesets of one file that have the same author and id.
    fn changesets_twice(&self, file: &DatabaseFile) -> Vec<Found> {
        let first_word = |section: &Section| {
            let mut statements = self.statements.file(file.file).iter();
            let is_own = |range: TextRange| section.range.contains(range.start());
            let (_, statement) = statements.find(|(_, it)| is_own(it.range))?;
            Some(self.first_word(file.file, statement.range))
        };
        let mut seen: FxHashMap<&str, &Section> = FxHashMap::default();
        let mut found = Vec::new();
        let sections = file.sections.iter().filter(|it| !it.is_conditional);
        for section in sections.filter(|_| self.history.framework == "Liquibase") {
            let Some(version) = section.version.as_deref() else {
                continue;
            };
            if let Some(earlier) = seen.get(version) {
                let places = first_word(section).zip(first_word(earlier));
                found.extend(places.map(|(own, place)| {
                    let kind = HistoryProblemKind::DuplicateVersion {
                        version: version.to_owned(),
                        earlier: "an earlier changeset".into(),
                        place,
                    };
                    (own, kind)
                }));
            }
            seen.entry(version).or_insert(section);
        }
        found
    }

    /// `None` for files of which nobody would expect that they are run.
    fn never_run(&self, file: &DatabaseFile) -> Option<Found> {
        let migration = self.migration(file.file);
        let why = framework::why_left_out(self.history.framework, migration.path)?;
        let is_meant = !crate::project::is_whole_schema(migration.path)
            && framework::goes_forward(migration.path);
        if file.sections.is_empty()
            || !is_meant
            || !self.changes_schema(file.file)
            || self.is_dump(file.file)
        {
            return None;
        }
        Some((self.place(file.file), HistoryProblemKind::NeverRun { why }))
    }

    fn trees(&self, file: FileId) -> impl Iterator<Item = &Tree> {
        let statements = self.statements.file(file).iter();
        statements.filter_map(|(_, statement)| statement.shape())
    }

    fn changes_schema(&self, file: FileId) -> bool {
        self.trees(file).any(|tree| {
            matches!(
                tree.root().node_kind(),
                NodeKind::AlterTableStmt
                    | NodeKind::CreateEnumStmt
                    | NodeKind::CreateFunctionStmt
                    | NodeKind::CreateStmt
                    | NodeKind::CreateTrigStmt
                    | NodeKind::IndexStmt
                    | NodeKind::ViewStmt
            )
        })
    }

    /// Does the file make tables that the migrations make as well?
    fn is_dump(&self, file: FileId) -> bool {
        let made = |file: FileId| {
            self.trees(file).filter_map(|tree| {
                let create = tree.root().cast::<pglint_syntax::ast::CreateStmt>()?;
                Some(create.relation()?.relname())
            })
        };
        let migrations = self.database.files.iter().filter(|it| it.is_migration);
        let others = migrations.filter(|it| it.file != file);
        let by_others: FxHashSet<&str> = others.flat_map(|it| made(it.file)).collect();
        made(file).any(|name| by_others.contains(name))
    }

    /// The first word of the file's first statement, else its beginning.
    fn place(&self, file: FileId) -> Location {
        let statement = self.statements.file(file).iter().next();
        let range = statement.map(|(_, statement)| statement.range);
        self.first_word(file, range.unwrap_or_default())
    }

    fn first_word(&self, file: FileId, statement: TextRange) -> Location {
        let text = &self.project.file(file).text[statement];
        let end = text.find(|it: char| !it.is_alphanumeric());
        let length = TextSize::of(&text[..end.unwrap_or(text.len())]);
        Location::File {
            file,
            range: TextRange::at(statement.start(), length),
        }
    }

    fn migration(&self, file: FileId) -> MigrationFile<'_> {
        let source = self.project.file(file);
        self.history.migration(&source.path, &source.text)
    }
}
