//! The stages of a run, one after the other, without parallel work.
//!
//! The parts are those of an analysis, put together plainly: every file is
//! replayed in the project's order, and statements meet the final catalog.

use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use pglint_catalog::{Catalog, SearchPath};
use pglint_linter::{
    Database, RuleSet, Settings, StatementContext, StatementFiles, Workload, check_schema,
    check_statement,
};
use pglint_project::{Project, Request};
use pglint_semantic::change::DdlChange;
use pglint_semantic::lower::lower;
use pglint_semantic::replay::{ProblemKind, Replay};
use pglint_semantic::resolve::resolve;
use pglint_semantic::section::{Direction, Section};
use pglint_syntax::{ParseOptions, ParsedFile, Statement, parse_file, split, with_large_stack};
use pglint_text::{FileId, StatementId};

/// What was measured of one or more projects.
#[derive(Debug, Default)]
pub(super) struct Stages {
    pub(super) counts: Counts,
    /// The CPU time of each stage, in the order of [`STAGES`], for each run.
    pub(super) times: Vec<[Duration; STAGES.len()]>,
}

/// The names of the stages.
pub(super) const STAGES: [&str; 7] = [
    "read and decode",
    "lex and split",
    "split, parse, tree",
    "lower",
    "replay",
    "resolve",
    "rules",
];

/// Places in [`STAGES`].
pub(super) const PARSE: usize = 2;
pub(super) const LOWER: usize = 3;

/// What there was to do.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) files: usize,
    pub(super) bytes: usize,
    pub(super) statements: usize,
    /// Statements that change the schema.
    pub(super) ddl_statements: usize,
    /// The bytes of the statements that have a tree, and of those trees.
    pub(super) parsed_bytes: usize,
    pub(super) tree_bytes: usize,
    pub(super) diagnostics: usize,
}

/// What one pass over one project gave.
#[derive(Default)]
struct Pass {
    counts: Counts,
    times: [Duration; STAGES.len()],
}

/// A run of a small project is repeated until it has lasted this long.
const SHORTEST_RUN: Duration = Duration::from_millis(200);

/// Measures projects together.
pub(super) fn of(roots: &[PathBuf], runs: usize) -> Stages {
    let mut stages = Stages::default();
    for _ in 0..runs {
        let mut times = [Duration::ZERO; STAGES.len()];
        let mut passes = 0;
        while passes == 0 || times.iter().sum::<Duration>() < SHORTEST_RUN {
            stages.counts = Counts::default();
            for root in roots {
                let pass = with_large_stack(|| pass(root));
                stages.counts.add(pass.counts);
                for (sum, time) in times.iter_mut().zip(pass.times) {
                    *sum += time;
                }
            }
            passes += 1;
        }
        stages.times.push(times.map(|time| time / passes));
    }
    stages
}

fn pass(root: &Path) -> Pass {
    let mut pass = Pass::default();
    let request = Request {
        working_directory: root.to_owned(),
        paths: vec![root.to_owned()],
        ..Request::default()
    };
    let project = pass.time(0, || Project::read(&request));
    let texts = || project.files.iter().map(|file| &*file.text);
    pass.time(1, || {
        for text in texts() {
            std::hint::black_box(split(text, ParseOptions::default()));
        }
    });
    let files: Vec<ParsedFile> = pass.time(PARSE, || {
        texts()
            .map(|text| parse_file(text, ParseOptions::default()))
            .collect()
    });
    pass.count(&project, &files);
    let statements = Statements::new(&files);
    for database in &project.databases {
        pass.database(database, &statements);
    }
    pass
}

impl Pass {
    fn time<T>(&mut self, stage: usize, work: impl FnOnce() -> T) -> T {
        let start = cpu_time();
        let result = work();
        self.times[stage] += cpu_time() - start;
        result
    }

    fn count(&mut self, project: &Project, files: &[ParsedFile]) {
        self.counts.files = files.len();
        self.counts.bytes = project.files.iter().map(|file| file.text.len()).sum();
        for statement in files.iter().flat_map(|file| &file.statements) {
            self.counts.statements += 1;
            if let Some(tree) = statement.tree() {
                self.counts.parsed_bytes += tree.text().len();
                self.counts.tree_bytes += tree.memory();
            }
        }
    }

    fn database(&mut self, database: &pglint_project::Database, statements: &Statements<'_>) {
        let sections = sections(database, statements);
        let changes: Vec<Vec<DdlChange>> = self.time(LOWER, || {
            let replayed = sections.iter().filter(|it| it.section.is_replayed());
            let lowered = replayed.filter_map(|it| Some(lower(&*it.statement.tree()?, it.id)));
            lowered.collect()
        });
        self.counts.ddl_statements += changes.iter().filter(|each| !each.is_empty()).count();
        let catalog = self.time(4, || replay(changes.iter().flatten()));
        let search_path = SearchPath::default();
        let asked = || {
            sections
                .iter()
                .filter(|it| it.section.direction != Direction::Down)
        };
        let trees = || asked().filter_map(|it| it.statement.tree());
        let resolutions: Vec<_> = self.time(5, || {
            let resolved = trees().map(|tree| resolve(tree.root(), &catalog, &search_path));
            resolved.collect()
        });
        let found = self.time(6, || {
            let mut workload = Workload::default();
            for (tree, resolution) in trees().zip(&resolutions) {
                workload.observe(&tree, resolution);
            }
            let settings = Settings::default();
            let rules = RuleSet::new(&settings);
            let checked = Database {
                catalog: &catalog,
                workload: &workload,
                settings: &settings,
                files: statements,
                problems: &[],
                history: &[],
            };
            let of_statements = sections.iter().map(|it| {
                let tree = it.statement.tree();
                let context = StatementContext {
                    id: it.id,
                    text: tree.as_ref().map_or("", |tree| tree.text()),
                    section: it.section,
                    catalog: &catalog,
                    search_path: &search_path,
                    is_replayed: true,
                };
                check_statement(&rules, checked, context, it.statement).len()
            });
            of_statements.sum::<usize>() + check_schema(&rules, checked).len()
        });
        self.counts.diagnostics += found;
    }
}

/// A statement and the section that it is in.
struct InSection<'f> {
    id: StatementId,
    statement: &'f Statement,
    section: &'f Section,
}

fn sections<'f>(
    database: &'f pglint_project::Database,
    statements: &Statements<'f>,
) -> Vec<InSection<'f>> {
    let mut found = Vec::new();
    for file in &database.files {
        let index = file.file.0 as usize;
        let ids = (statements.first[index]..).map(StatementId);
        for (id, statement) in ids.zip(&statements.files[index].statements) {
            let start = statement.range.start();
            let section = file.sections.iter().find(|it| it.range.contains(start));
            found.extend(section.map(|section| InSection {
                id,
                statement,
                section,
            }));
        }
    }
    found
}

fn replay<'c>(changes: impl Iterator<Item = &'c DdlChange>) -> Catalog {
    let mut replay = Replay::default();
    for change in changes {
        let outcome = replay.apply(change);
        if outcome.is_err_and(|problem| problem.kind == ProblemKind::Missing) {
            // What even so fails is not in the catalog.
            let _ = replay.apply_anyway(change);
        }
    }
    replay.catalog
}

/// The files, and the number of the first statement of each.
struct Statements<'f> {
    files: &'f [ParsedFile],
    first: Vec<u32>,
}

impl<'f> Statements<'f> {
    fn new(files: &'f [ParsedFile]) -> Statements<'f> {
        let mut next = 0;
        let first = files.iter().map(|file| {
            let first = next;
            next += file.statements.len() as u32;
            first
        });
        Statements {
            files,
            first: first.collect(),
        }
    }
}

impl StatementFiles for Statements<'_> {
    fn file_of(&self, statement: StatementId) -> Option<FileId> {
        let after = self.first.partition_point(|first| *first <= statement.0);
        Some(FileId(after.checked_sub(1)? as u32))
    }

    fn neighbours(&self, statement: StatementId) -> &[Statement] {
        let file = self
            .file_of(statement)
            .map_or(usize::MAX, |file| file.0 as usize);
        self.files.get(file).map_or(&[], |file| &file.statements)
    }

    fn is_later(&self, a: StatementId, b: StatementId) -> bool {
        a > b
    }
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.statements += other.statements;
        self.ddl_statements += other.ddl_statements;
        self.parsed_bytes += other.parsed_bytes;
        self.tree_bytes += other.tree_bytes;
        self.diagnostics += other.diagnostics;
    }
}

/// The CPU time that this process has used, all threads together.
fn cpu_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map_or(Duration::ZERO, Duration::from)
}
