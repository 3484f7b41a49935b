//! Files that hold the same schema in other versions, and scripts that lead from
//! one version to the next.
//!
//! Among files that come in any order only one version is the schema: beside
//! `schema.sql`, neither `upgrade_1.0_to_1.1.sql` nor `schema.old.sql` makes any
//! part of it.

use std::cmp::Reverse;
use std::path::Path;

use pglint_catalog::{Persistence, RelationKind};
use pglint_semantic::change::{
    Action, AlterTableCommand, CreateTable, DdlChange, ObjectKind, TableElement,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{extension_scripts, upgrade_scripts};
use crate::project::DatabaseFile;

/// A file that may come in any order.
pub(crate) struct Plain<'c> {
    /// Relative to the project's root.
    pub(super) path: &'c Path,
    /// See [`DatabaseFile::is_step`].
    pub(super) is_step: bool,
    /// The tables that it makes and does not drop again.
    pub(super) made: FxHashMap<Table<'c>, &'c CreateTable>,
    /// The tables that it changes and does not make itself.
    pub(super) altered: FxHashSet<Table<'c>>,
    /// The new names that it gives to tables.
    pub(super) renamed: FxHashSet<Table<'c>>,
    pub(super) changes: Vec<(Table<'c>, Step<'c>)>,
}

/// A table, by its schema and name.
pub(super) type Table<'c> = (&'c str, &'c str);

/// A change that leads from one version of a table to the next.
pub(super) enum Step<'c> {
    /// `ADD COLUMN`, or the new name of a column.
    Column(&'c str),
    /// `DROP COLUMN`, or the old name of a column.
    NoColumn(&'c str),
}

impl<'c> Plain<'c> {
    /// Takes note of what a file does.
    pub(crate) fn new(
        file: &'c DatabaseFile,
        changes: impl Iterator<Item = &'c DdlChange>,
    ) -> Plain<'c> {
        let mut plain = Plain {
            path: &file.path,
            is_step: file.is_step,
            made: FxHashMap::default(),
            altered: FxHashSet::default(),
            renamed: FxHashSet::default(),
            changes: Vec::new(),
        };
        let mut schema = "public";
        for change in changes {
            plain.note(&change.action, &mut schema);
        }
        plain
    }

    fn note(&mut self, action: &'c Action, schema: &mut &'c str) {
        match action {
            Action::SetSearchPath { schemas, .. } => {
                let first = schemas.as_ref().and_then(|it| it.first());
                *schema = first.map_or("public", |it| it);
            }
            Action::CreateTable(create) if is_lasting(create) => {
                let name = &create.name.name;
                let schema = name.schema.as_deref().unwrap_or(schema);
                self.made.insert((schema, &name.name), create);
            }
            Action::AlterTable(alter) => {
                let name = &alter.relation.name;
                let table = (name.schema.as_deref().unwrap_or(schema), &*name.name);
                for (command, _) in &alter.commands {
                    self.alter(table, step(command));
                }
            }
            Action::CreateIndex(create) => {
                let name = &create.relation.name;
                let schema = name.schema.as_deref().unwrap_or(schema);
                self.alter((schema, &name.name), None);
            }
            Action::Rename(rename) if rename.target.kind == ObjectKind::Column => {
                let name = &rename.target.name;
                let table = (name.schema.as_deref().unwrap_or(schema), &*name.name);
                let old = rename.target.member.as_deref();
                self.alter(table, old.map(Step::NoColumn));
                self.alter(table, Some(Step::Column(&rename.new_name)));
            }
            Action::Rename(rename) if renames_table(rename.target.kind) => {
                let name = &rename.target.name;
                let schema = name.schema.as_deref().unwrap_or(schema);
                self.alter((schema, &name.name), None);
                self.renamed.insert((schema, &rename.new_name));
            }
            Action::Drop(drop) => {
                for target in &drop.targets {
                    let schema = target.name.schema.as_deref().unwrap_or(schema);
                    self.made.remove(&(schema, &*target.name.name));
                }
            }
            _ => {}
        }
    }

    fn alter(&mut self, table: Table<'c>, step: Option<Step<'c>>) {
        if !self.made.contains_key(&table) {
            self.altered.insert(table);
            self.changes.extend(step.map(|step| (table, step)));
        }
    }

    fn is_about_tables(&self) -> bool {
        !self.made.is_empty() || !self.altered.is_empty()
    }

    /// The tables that it makes, changes or gives their names.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Table<'c>> {
        let named = self.altered.iter().chain(&self.renamed);
        self.made.keys().chain(named).copied()
    }

    /// Are most of the tables that it is about among `tables`?
    fn is_mostly_of(&self, tables: &FxHashSet<Table<'_>>) -> bool {
        let subjects = self.made.keys().chain(&self.altered);
        let common = subjects.clone().filter(|it| tables.contains(*it));
        common.count() * 2 > subjects.count()
    }
}

/// Which of the files are no part of the schema, because others of them are a
/// later version of it. The files are in natural order; `migrations` are what
/// stands beside them.
pub(crate) fn superseded(files: &[Plain<'_>], migrations: &[Plain<'_>]) -> Vec<bool> {
    let base = base(files, migrations);
    let makers = makers(files);
    let is_superseded = |index: usize| match &files[index] {
        file if file.is_step && file.is_mostly_of(&base) => true,
        file if file.is_step => is_other_version(files, &makers, index),
        _ => is_done(files, &makers, index) || is_other_version(files, &makers, index),
    };
    let mut superseded: Vec<bool> = (0..files.len()).map(is_superseded).collect();
    let of_steps = folders_of_steps(files, &base);
    let paths: Vec<&Path> = files.iter().map(|it| it.path).collect();
    let outdated = extension_scripts::outdated(&paths);
    let outlived = upgrade_scripts::outlived(files, &base);
    let outdated = outdated.into_iter().zip(outlived);
    for ((file, is_outdated), is_superseded) in files.iter().zip(outdated).zip(&mut superseded) {
        *is_superseded |= is_outdated.0 || is_outdated.1;
        *is_superseded |= file.is_step && of_steps.contains(&file.path.parent());
    }
    superseded
}

/// Which steps of a history a later one makes anew: `deploy/97/tables.sql` and
/// `deploy/98/tables.sql`, each of which makes the whole of its version.
pub(crate) fn made_anew(migrations: &[Plain<'_>]) -> Vec<bool> {
    let makers = makers(migrations);
    let is_anew = |(index, step): (usize, &Plain<'_>)| {
        let mut later = others(&makers, migrations, index).filter(|(at, _)| *at > index);
        later.any(|(_, it)| is_same_but_for_numbers(step.path, it.path) && is_same_schema(step, it))
    };
    migrations.iter().enumerate().map(is_anew).collect()
}

/// The files that make each table, by their places.
type Makers<'c> = FxHashMap<Table<'c>, Vec<usize>>;

fn makers<'c>(files: &[Plain<'c>]) -> Makers<'c> {
    let mut makers = Makers::default();
    for (index, file) in files.iter().enumerate() {
        #[allow(clippy::iter_over_hash_type, reason = "each table stands alone")]
        for table in file.made.keys() {
            makers.entry(*table).or_default().push(index);
        }
    }
    makers
}

/// The other files that make a table of this one, some of them several times.
fn others<'f, 'c>(
    makers: &'f Makers<'c>,
    files: &'f [Plain<'c>],
    index: usize,
) -> impl Iterator<Item = (usize, &'f Plain<'c>)> {
    let makers = files[index].made.keys().filter_map(|it| makers.get(it));
    let places = makers.flatten().copied().filter(move |it| *it != index);
    places.map(|at| (at, &files[at]))
}

/// The folders most of whose files lead to what the base makes: what else lies
/// there does as well.
fn folders_of_steps<'p>(
    files: &[Plain<'p>],
    base: &FxHashSet<Table<'_>>,
) -> FxHashSet<Option<&'p Path>> {
    let mut folders: FxHashMap<Option<&Path>, (usize, usize)> = FxHashMap::default();
    for file in files.iter().filter(|it| it.is_step && it.is_about_tables()) {
        let (all, few) = folders.entry(file.path.parent()).or_default();
        *all += 1;
        *few += usize::from(file.is_mostly_of(base));
    }
    let folders = folders.into_iter();
    let of_steps = folders.filter(|(_, (all, few))| few * 2 > *all);
    of_steps.map(|(folder, _)| folder).collect()
}

/// The tables that are made by other files than steps.
fn base<'p>(files: &'p [Plain<'p>], migrations: &'p [Plain<'p>]) -> FxHashSet<Table<'p>> {
    let others = files.iter().filter(|it| !it.is_step).chain(migrations);
    others.flat_map(|it| it.made.keys().copied()).collect()
}

/// Does the file change tables that the others make with the change?
fn is_done(files: &[Plain<'_>], makers: &Makers<'_>, index: usize) -> bool {
    files[index].changes.iter().any(|(table, step)| {
        let mut others = makers.get(table).into_iter().flatten();
        let other = others.find(|it| **it != index);
        let made = other.and_then(|other| files[*other].made.get(table));
        let is_undone = |(changed, other): &(Table<'_>, Step<'_>)| {
            changed == table && other.is_opposite_of(step)
        };
        let mut changes = files.iter().flat_map(|it| &it.changes);
        made.is_some_and(|made| step.is_done(made)) && !changes.any(is_undone)
    })
}

impl Step<'_> {
    /// Is it impossible because the table is as the step leaves it?
    pub(super) fn is_done(&self, made: &CreateTable) -> bool {
        let is_whole = made.inherits.is_empty() && made.partition_of.is_none();
        let mut columns = Vec::new();
        for element in &made.elements {
            match element {
                TableElement::Column(column) => columns.push(&*column.name),
                TableElement::Constraint(_) => {}
                TableElement::Like(..) => return false,
            }
        }
        match self {
            Step::Column(name) => columns.contains(name),
            Step::NoColumn(name) => is_whole && made.of_type.is_none() && !columns.contains(name),
        }
    }

    pub(super) fn is_opposite_of(&self, other: &Step<'_>) -> bool {
        match (self, other) {
            (Step::Column(one), Step::NoColumn(other)) => one == other,
            (Step::NoColumn(one), Step::Column(other)) => one == other,
            _ => false,
        }
    }
}

/// Does another file make most of its tables, and is that one the better?
fn is_other_version(files: &[Plain<'_>], makers: &Makers<'_>, index: usize) -> bool {
    let file = &files[index];
    others(makers, files, index)
        .filter(|(_, other)| is_same_schema(file, other))
        .any(
            |(at, other)| match is_same_but_for_numbers(file.path, other.path) {
                true => at > index,
                false => rank(other, at) < rank(file, index),
            },
        )
}

fn is_same_schema(file: &Plain<'_>, other: &Plain<'_>) -> bool {
    let common = file.made.iter().filter_map(|(table, made)| {
        let other = other.made.get(table)?;
        Some(made.if_not_exists && other.if_not_exists)
    });
    let common: Vec<bool> = common.collect();
    // Where every file makes sure of what it needs, all may run.
    common.len() * 2 > file.made.len() && !common.iter().all(|is_guarded| *is_guarded)
}

/// The less, the better: not a step, more tables, a shorter name, an earlier place.
fn rank(file: &Plain<'_>, at: usize) -> impl Ord + use<> {
    let name = file.path.as_os_str().len();
    (file.is_step, Reverse(file.made.len()), name, at)
}

/// `pgstac.0.2.3.sql` and `pgstac.0.2.4.sql`.
fn is_same_but_for_numbers(one: &Path, other: &Path) -> bool {
    let (one, other) = (one.to_string_lossy(), other.to_string_lossy());
    let letters = |text: &str| -> String { text.replace(|it: char| it.is_ascii_digit(), "") };
    letters(&one) == letters(&other)
}

fn renames_table(kind: ObjectKind) -> bool {
    kind == ObjectKind::Relation(RelationKind::Table)
}

fn is_lasting(create: &CreateTable) -> bool {
    create.kind != RelationKind::CompositeType && create.persistence != Persistence::Temporary
}

fn step(command: &AlterTableCommand) -> Option<Step<'_>> {
    match command {
        AlterTableCommand::AddColumn(column, false) => Some(Step::Column(&column.name)),
        AlterTableCommand::DropColumn {
            name,
            if_exists: false,
            ..
        } => Some(Step::NoColumn(name)),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::step::is_step;
    use pglint_semantic::lower::lower;
    use pglint_syntax::{ParseOptions, parse_file};
    use pglint_text::{FileId, StatementId};

    /// `files` are paths and texts; a path with `!` at the end is superseded.
    #[track_caller]
    pub(in super::super) fn check(files: &[(&str, &str)]) {
        let lowered: Vec<_> = files.iter().map(|(path, text)| read(path, text)).collect();
        let plain: Vec<Plain<'_>> = lowered
            .iter()
            .map(|(file, changes)| Plain::new(file, changes.iter()))
            .collect();
        let expected: Vec<bool> = files.iter().map(|(path, _)| path.ends_with('!')).collect();
        assert_eq!(superseded(&plain, &[]), expected, "{files:?}");
    }

    fn read(path: &str, text: &str) -> (DatabaseFile, Vec<DdlChange>) {
        let path = Path::new(path.trim_end_matches('!'));
        let statements = parse_file(text, ParseOptions::default()).statements;
        let trees = statements.iter().filter_map(|it| it.tree());
        let file = DatabaseFile {
            file: FileId(0),
            path: path.into(),
            sections: Vec::new(),
            is_step: is_step(path),
            is_migration: false,
            is_reported: true,
            settings: Default::default(),
        };
        let changes = trees.flat_map(|tree| lower(&tree, StatementId(0)));
        (file, changes.collect())
    }

    #[test]
    fn steps_from_an_older_version() {
        check(&[
            (
                "schema.sql",
                "CREATE TABLE a (x int); CREATE TABLE b (y int);",
            ),
            ("upgrade_1_to_2.sql!", "ALTER TABLE a ALTER x TYPE int;"),
            ("upgrade_2_to_3.sql!", "CREATE TABLE b (y int);"),
            // What is not in the schema has gone again on the way.
            ("upgrade_3_to_4.sql!", "CREATE TABLE c (z int);"),
        ]);
        // Without a whole schema, the steps are all there is.
        check(&[("upgrade_1_to_2.sql", "CREATE TABLE a (x int);")]);
        // Among steps, a function is one as well.
        check(&[
            ("schema.sql", "CREATE TABLE a (x int);"),
            ("updates/1.sql!", "ALTER TABLE a ADD y int;"),
            (
                "updates/2.sql!",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;",
            ),
        ]);
    }

    #[test]
    fn changes_that_are_done() {
        let schema = ("tables.sql", "CREATE TABLE a (x int, y int);");
        check(&[("add_y.sql!", "ALTER TABLE a ADD y int;"), schema]);
        check(&[("drop_z.sql!", "ALTER TABLE a DROP z;"), schema]);
        check(&[("rename.sql!", "ALTER TABLE a RENAME z TO y;"), schema]);
        check(&[("keys.sql", "ALTER TABLE a ADD PRIMARY KEY (x);"), schema]);
        check(&[
            ("sure.sql", "ALTER TABLE a ADD IF NOT EXISTS y int;"),
            schema,
        ]);
        let added = ("1.sql", "ALTER TABLE a ADD z int;");
        check(&[added, ("2.sql", "ALTER TABLE a DROP z;"), schema]);
    }

    #[test]
    fn versions_of_the_whole() {
        let (old, new) = ("CREATE TABLE a (x int);", "CREATE TABLE a (x bigint);");
        check(&[("s.0.9.2.sql!", old), ("s.0.10.0.sql", new)]);
        check(&[("pg.new.sql!", new), ("pg.sql", old)]);
        let more = "CREATE TABLE a (x int); CREATE TABLE b (x int);";
        check(&[("a.sql!", old), ("long_name.sql", more)]);
        // The same name in another schema is another table.
        let other = "CREATE SCHEMA s; SET search_path = s; CREATE TABLE a (x int);";
        check(&[("one.sql", old), ("other.sql", other)]);
        let sure = "CREATE TABLE IF NOT EXISTS a (x int);";
        check(&[("one.sql", sure), ("other.sql", sure)]);
    }
}
