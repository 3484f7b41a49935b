//! Migration tools: which folders are whose, in which order each one runs its
//! files, and how it cuts them into sections.
//!
//! One small file a tool, and one word in [`FRAMEWORKS`]. An adapter sees paths
//! and texts, never the disk.

mod atlas;
mod dbmate;
mod diesel;
mod drizzle;
mod file_name;
mod flaws;
mod flyway;
mod full_schema;
mod golang_migrate;
mod goose;
mod graphile_migrate;
mod hasura;
mod liquibase;
mod load_order;
mod markers;
mod mybatis;
mod node_pg_migrate;
mod number;
mod pop;
mod prisma;
mod refinery;
mod sqitch;
mod sql_migrate;
mod sqlx;
mod supabase;
mod tern;
mod world;
mod yoyo;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::{TextRange, TextSize};

pub(crate) use file_name::{direction, leading_version};
pub(crate) use flaws::{
    Compares, Ineffective, Marks as StatementMarks, Step, goes_forward, of_order, of_text, splits,
    why_left_out,
};
pub(crate) use markers::{MARKERS, is_code_step, is_marker};
pub(crate) use world::World;

use crate::natural::compare_paths;

/// What pglint knows of one migration tool.
pub(crate) struct Framework {
    /// The tool's own name, as shown to users.
    pub(crate) name: &'static str,
    /// The histories that marker files and names tell of.
    claims: fn(&World<'_>) -> Vec<Claim>,
    /// Does the text hold a directive that only this tool knows?
    directive: fn(&str) -> bool,
    /// Why a history that nobody claims is one of the tool's; `None` where it
    /// is not. Histories with a directive are the tool's without being asked.
    detects: fn(&Folder<'_>) -> Option<String>,
    /// Which files the tool runs, as indexes into [`Folder::files`], in its
    /// order. It knows nothing of the others.
    pub(crate) order: fn(&Folder<'_>) -> Vec<usize>,
    /// Cuts a file into sections.
    pub(crate) sections: fn(&MigrationFile<'_>) -> Vec<Section>,
    /// Which files the tool knows nothing of, after "pglint: not run,".
    pub(crate) ignores: &'static str,
    /// Is a file in a folder below the history's a part that migrations put in,
    /// and no SQL by itself?
    pub(crate) has_templates_below: bool,
    /// Is the folder around a claimed history the tool's own, so that no other
    /// history is in it, whatever its files are called?
    pub(crate) owns_folder_around: bool,
    /// Is a file that it knows nothing of surely left out by mistake?
    pub(crate) ignores_by_mistake: bool,
    /// What no two migrations may share: the version by a file's path, as the
    /// tool compares it. `None` where whole names tell migrations apart.
    version: fn(&Path) -> Option<String>,
    /// Does the tool refuse versions that do not count from 1 without gaps?
    is_gapless: bool,
    /// How it compares versions.
    compares: Compares,
    /// The places at which something else than names contradicts the order:
    /// indexes into [`Folder::files`] with one clause and an advice.
    pub(crate) misordered: fn(&Folder<'_>) -> Vec<(usize, String, String)>,
    /// The comments that look like directives and are none.
    ineffective: fn(&MigrationFile<'_>) -> Vec<Ineffective>,
    /// What is in the database before the first file runs.
    provides: Option<Provides>,
    /// The comments that keep a statement together, where the tool cuts
    /// statements by itself.
    pub(crate) statement_marks: Option<StatementMarks>,
}

impl Framework {
    /// Takes no history by itself, orders by names, numbers in them by value,
    /// and has one section a file.
    const BASE: Framework = Framework {
        name: "",
        claims: |_| Vec::new(),
        directive: |_| false,
        detects: |_| None,
        order: |folder| folder.sorted(|_| true, compare_paths),
        sections: |file| vec![file.whole(Transaction::None)],
        ignores: "",
        has_templates_below: false,
        owns_folder_around: false,
        ignores_by_mistake: true,
        version: |_| None,
        is_gapless: false,
        compares: Compares::Nothing,
        misordered: |_| Vec::new(),
        ineffective: |_| Vec::new(),
        provides: None,
        statement_marks: None,
    };
}

/// What a tool, or the platform that it belongs to, makes by itself.
#[derive(Clone, Copy)]
pub(crate) struct Provides {
    /// `CREATE SCHEMA` and `CREATE TABLE`.
    pub(crate) sql: &'static str,
    /// May the tables have more columns, by the platform's version?
    pub(crate) may_have_more: bool,
}

/// A file of a migration history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MigrationFile<'f> {
    /// Relative to the history's folder.
    pub(crate) path: &'f Path,
    /// The whole text.
    pub(crate) text: &'f str,
    /// The text of the file beside it that holds its settings; empty where
    /// there is none.
    pub(crate) settings: &'f str,
}

impl MigrationFile<'_> {
    /// A section that is the whole file, in the direction that its name tells.
    fn whole(&self, transaction: Transaction) -> Section {
        Section {
            range: TextRange::up_to(TextSize::of(self.text)),
            direction: direction(self.path).unwrap_or(Direction::Up),
            transaction,
            version: file_name::version(self.path),
            is_conditional: false,
        }
    }
}

/// A history on its way to its tool.
#[derive(Clone, Copy)]
pub(crate) struct Folder<'f> {
    /// Absolute.
    pub(crate) path: &'f Path,
    /// Its files, by their paths as text.
    pub(crate) files: &'f [MigrationFile<'f>],
    /// What a marker file lists, relative to the folder; empty where none does.
    pub(crate) listed: &'f [PathBuf],
    /// The project around it.
    pub(crate) world: &'f World<'f>,
}

impl Folder<'_> {
    /// The files that `is_run` is true of, sorted.
    fn sorted(
        &self,
        is_run: impl Fn(&Path) -> bool,
        compare: impl Fn(&Path, &Path) -> Ordering,
    ) -> Vec<usize> {
        let path = |index: &usize| self.files[*index].path;
        let mut indexes: Vec<usize> = (0..self.files.len())
            .filter(|index| is_run(path(index)))
            .collect();
        indexes.sort_by(|left, right| compare(path(left), path(right)));
        indexes
    }

    /// The files that have a key, sorted by it, then by their names.
    fn sorted_by_key<K: Ord>(&self, key: impl Fn(&MigrationFile<'_>) -> Option<K>) -> Vec<usize> {
        let keyed = self.files.iter().enumerate();
        let mut keyed: Vec<(K, usize)> = keyed
            .filter_map(|(index, file)| Some((key(file)?, index)))
            .collect();
        keyed.sort_by(|(left, left_index), (right, right_index)| {
            let path = |index: &usize| self.files[*index].path;
            left.cmp(right)
                .then_with(|| compare_paths(path(left_index), path(right_index)))
        });
        keyed.into_iter().map(|(_, index)| index).collect()
    }

    /// The files in the order of the marker's list, without those it lacks.
    fn in_listed_order(&self) -> Vec<usize> {
        let places: BTreeMap<&Path, usize> = self
            .listed
            .iter()
            .enumerate()
            .map(|(place, path)| (path.as_path(), place))
            .collect();
        self.sorted_by_key(|file| places.get(file.path).copied())
    }

    /// Are more than half of the files `that`?
    fn most(&self, that: impl Fn(&MigrationFile<'_>) -> bool) -> bool {
        self.files.iter().filter(|file| that(file)).count() * 2 > self.files.len()
    }
}

/// A history that marker files or names tell of.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Absolute.
    pub(crate) folder: PathBuf,
    /// Why, as users are told.
    pub(crate) evidence: String,
    /// The history's files, absolute.
    pub(crate) files: Vec<PathBuf>,
    /// The same in the order that a marker lists; empty where none does.
    pub(crate) listed: Vec<PathBuf>,
    /// What the history is written for, where that is not PostgreSQL.
    pub(crate) dialect: Option<String>,
}

/// The tools, those with the surest evidence first. The last one stands for all
/// that say everything by file names and takes whatever is left.
const FRAMEWORKS: [&Framework; 24] = [
    &sqitch::FRAMEWORK,
    &load_order::FRAMEWORK,
    &atlas::FRAMEWORK,
    &drizzle::FRAMEWORK,
    &prisma::FRAMEWORK,
    &supabase::FRAMEWORK,
    &graphile_migrate::FRAMEWORK,
    &liquibase::FRAMEWORK,
    &full_schema::FRAMEWORK,
    &refinery::FRAMEWORK,
    &flyway::FRAMEWORK,
    &pop::FRAMEWORK,
    &goose::FRAMEWORK,
    &sql_migrate::FRAMEWORK,
    &dbmate::FRAMEWORK,
    &tern::FRAMEWORK,
    &mybatis::FRAMEWORK,
    &node_pg_migrate::FRAMEWORK,
    &yoyo::FRAMEWORK,
    &hasura::FRAMEWORK,
    &diesel::FRAMEWORK,
    &sqlx::FRAMEWORK,
    &golang_migrate::FRAMEWORK,
    &file_name::FRAMEWORK,
];

/// The histories that marker files and names tell of, each with its tool. No
/// file is in two of them.
pub(crate) fn claims(world: &World<'_>) -> Vec<(&'static Framework, Claim)> {
    let mut taken = BTreeSet::new();
    let mut claims = Vec::new();
    for framework in FRAMEWORKS {
        for mut claim in (framework.claims)(world) {
            claim.files.retain(|file| taken.insert(file.clone()));
            if !claim.files.is_empty() {
                claims.push((framework, claim));
            }
        }
    }
    claims
}

/// The tool that an unclaimed history belongs to, and why.
pub(crate) fn detect(folder: &Folder<'_>) -> (&'static Framework, String) {
    let by_directive = |framework: &&'static Framework| {
        let mut files = folder.files.iter();
        let file = files.find(|file| (framework.directive)(file.text))?;
        let evidence = format!(
            "`{}` holds its directives",
            crate::path::display_name(Path::new(""), file.path)
        );
        Some((*framework, evidence))
    };
    let by_itself = |framework: &'static Framework| Some((framework, (framework.detects)(folder)?));
    FRAMEWORKS
        .iter()
        .find_map(by_directive)
        .or_else(|| FRAMEWORKS.into_iter().find_map(by_itself))
        .unwrap_or((&file_name::FRAMEWORK, file_name::EVIDENCE.into()))
}

/// Do the files hold every step of the history, in an order that is known? Names
/// alone order files of any tool only where each has a version of its own.
pub(crate) fn is_complete(framework: &Framework, folder: &Folder<'_>) -> bool {
    let is_ordered = || {
        let mut versions = BTreeSet::new();
        let mut forward = { folder.files.iter() }
            .filter(|file| direction(file.path) != Some(Direction::Down))
            .map(|file| file_name::version(file.path));
        forward.all(|version| version.is_some_and(|it| versions.insert(it)))
    };
    let is_step = |marker: &&PathBuf| {
        let is_here = marker.starts_with(folder.path);
        let is_in_namesake = marker.parent().map(name_of) == Some(name_of(folder.path));
        (is_here || is_in_namesake) && markers::is_code_step(marker)
    };
    (framework.name != file_name::FRAMEWORK.name || is_ordered())
        // What else is run, a list of files does not tell.
        && framework.name != load_order::FRAMEWORK.name
        && !folder.world.markers.iter().any(|marker| is_step(&marker))
}

/// What tools make by themselves, each with its name.
pub(crate) fn providers() -> impl Iterator<Item = (&'static str, Provides)> {
    let tools = FRAMEWORKS.into_iter();
    tools.filter_map(|tool| Some((tool.name, tool.provides?)))
}

/// The tool of that name; that of file names where there is none.
pub(crate) fn named(name: &str) -> &'static Framework {
    FRAMEWORKS
        .into_iter()
        .find(|framework| framework.name == name)
        .unwrap_or(&file_name::FRAMEWORK)
}

/// The file that would hold the settings of a migration: diesel's
/// `metadata.toml`, Flyway's `NAME.sql.conf`.
pub(crate) fn settings_of(path: &Path) -> Option<PathBuf> {
    match name_of(path) {
        "up.sql" | "down.sql" => Some(path.with_file_name("metadata.toml")),
        name => Some(path.with_file_name(format!("{name}.conf"))),
    }
}

/// Everything in a file's text that more than the file itself depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The tools whose directives it holds: they tell histories.
    tools: Vec<&'static str>,
    /// Does it name the table that sqlx makes?
    names_sqlx: bool,
    /// What its comments say it depends on: that orders.
    dependencies: Vec<String>,
}

/// The marks of a text.
pub(crate) fn marks(text: &str) -> Marks {
    let holds = FRAMEWORKS.into_iter().filter(|it| (it.directive)(text));
    Marks {
        tools: holds.map(|framework| framework.name).collect(),
        names_sqlx: sqlx::names_books(text),
        dependencies: { yoyo::dependencies(text).into_iter() }
            .chain(graphile_migrate::headers(text))
            .collect(),
    }
}

/// Does the beginning of a file hold a directive of a migration tool, so that
/// its folder is a history whatever its files are called?
pub(crate) fn has_directive(text: &str) -> bool {
    !marks(text).tools.is_empty()
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
/// begins a section, with the range of its line. A file without any goes up as
/// a whole.
fn sections_between(
    file: &MigrationFile<'_>,
    transaction: Transaction,
    directives: impl IntoIterator<Item = (Section, TextRange)>,
) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (mut section, line) in directives {
        if let Some(previous) = sections.last_mut() {
            previous.range = TextRange::new(previous.range.start(), line.start());
        }
        section.range = TextRange::new(line.end(), TextSize::of(file.text));
        sections.push(section);
    }
    match sections.is_empty() {
        true => vec![file.whole(transaction)],
        false => sections,
    }
}

/// The name of a file or folder as text; empty where it has none.
pub(crate) fn name_of(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

#[cfg(test)]
pub(crate) mod tests;
