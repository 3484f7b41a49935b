//! Files for other databases than PostgreSQL, by what they and their folders
//! are called and by what is in their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_syntax::{Dialect, dialect_evidence};
use rayon::prelude::*;

use crate::source::SourceFile;

/// A word in a name, and the database that it means. Where the third is false,
/// the word also means other things: it counts only beside another dialect's
/// folder.
const DIALECTS: [(&str, &str, bool); 30] = [
    ("clickhouse", "ClickHouse", true),
    ("cockroach", "CockroachDB", true),
    ("cockroachdb", "CockroachDB", true),
    ("db2", "Db2", true),
    ("derby", "Derby", false),
    ("duckdb", "DuckDB", true),
    ("firebird", "Firebird", true),
    ("h2", "H2", false),
    ("hsqldb", "HSQLDB", true),
    ("informix", "Informix", true),
    ("mariadb", "MariaDB", true),
    ("ms", "SQL Server", false),
    ("mssql", "SQL Server", true),
    ("my", "MySQL", false),
    ("mysql", "MySQL", true),
    ("mysql5", "MySQL", true),
    ("mysql8", "MySQL", true),
    ("ora", "Oracle", false),
    ("oracle", "Oracle", false),
    ("redshift", "Redshift", false),
    ("snowflake", "Snowflake", false),
    ("spanner", "Spanner", false),
    ("spark", "Spark", false),
    ("sqlite", "SQLite", true),
    ("sqlite3", "SQLite", true),
    ("sqlserver", "SQL Server", true),
    ("sybase", "Sybase", true),
    ("tidb", "TiDB", true),
    ("tsql", "SQL Server", false),
    ("vertica", "Vertica", true),
];

/// What PostgreSQL is called beside them.
const POSTGRESQL: [&str; 6] = ["pg", "pgsql", "postgre", "postgres", "postgresql", "psql"];

/// Words that say nothing about the database.
const PLAIN_WORDS: [&str; 40] = [
    "base",
    "constraints",
    "create",
    "data",
    "database",
    "db",
    "ddl",
    "delta",
    "deltas",
    "drop",
    "dump",
    "full",
    "functions",
    "indexes",
    "init",
    "initial",
    "install",
    "migrate",
    "migration",
    "migrations",
    "patches",
    "queries",
    "remove",
    "schema",
    "schemas",
    "script",
    "scripts",
    "seed",
    "seeds",
    "setup",
    "sql",
    "structure",
    "tables",
    "test",
    "tests",
    "triggers",
    "update",
    "updates",
    "upgrade",
    "upgrades",
];

/// Tells the files of a project apart.
pub(crate) struct Dialects<'d> {
    root: &'d Path,
    /// The folders in which a folder is called after a dialect.
    several: BTreeSet<PathBuf>,
    /// The folders with files that differ in the name of the dialect alone, at
    /// that end: `chart_pg.sql` and `chart_mysql.sql`.
    parallel: BTreeSet<(PathBuf, End)>,
}

/// An end of a file's name without its extension.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    First,
    Last,
}

impl<'d> Dialects<'d> {
    /// Looks at all files of the project whose folder is `root`.
    pub(crate) fn new(root: &'d Path, files: &BTreeSet<PathBuf>) -> Dialects<'d> {
        let mut several = BTreeSet::new();
        let folders: BTreeSet<&Path> = files.iter().filter_map(|it| it.parent()).collect();
        for folder in folders.iter().flat_map(|folder| folder.ancestors()) {
            let word = crate::framework::name_of(folder).to_ascii_lowercase();
            let is_dialect = is_postgresql(&word)
                || DIALECTS
                    .iter()
                    .any(|(known, _, is_sure)| *is_sure && *known == word);
            if let (true, Some(parent)) = (is_dialect, folder.parent()) {
                several.insert(parent.into());
            }
        }
        Dialects {
            root,
            several,
            parallel: parallel(files),
        }
    }

    /// The database that a file is for. `None` for PostgreSQL, and where no name
    /// tells: the innermost that does decides.
    pub(crate) fn of(&self, file: &Path) -> Option<&'static str> {
        let name = crate::framework::name_of(file).to_ascii_lowercase();
        let infixes = name.split('.').skip(1);
        let by_infix = infixes.filter_map(|word| self.word(word, true)).next();
        let stem = name.split('.').next().unwrap_or_default();
        by_infix
            .or_else(|| self.words(stem, false))
            .or_else(|| self.of_parallel(file))
            .or_else(|| self.of_folders(file))
            .flatten()
    }

    fn of_parallel(&self, file: &Path) -> Option<Option<&'static str>> {
        let folder = file.parent()?;
        [End::First, End::Last].into_iter().find_map(|end| {
            let is_parallel = self.parallel.contains(&(folder.into(), end));
            let (word, _) = split(file, end)?;
            is_parallel.then(|| self.word(&word, true)).flatten()
        })
    }

    fn of_folders(&self, file: &Path) -> Option<Option<&'static str>> {
        let folders = file.ancestors().skip(1).take_while(|it| *it != self.root);
        folders
            .map(|folder| {
                let is_beside = folder.parent().is_some_and(|it| self.several.contains(it));
                let name = crate::framework::name_of(folder).to_ascii_lowercase();
                self.words(&name, is_beside)
            })
            .find_map(|found| found)
    }

    /// A name that is a dialect's, with nothing else in it that says anything:
    /// `schema_mysql` but not `copy_from_mysql`.
    fn words(&self, name: &str, is_beside: bool) -> Option<Option<&'static str>> {
        let parts: Vec<&str> = name.split(['-', '_', '.', ' ']).collect();
        let mut found = None;
        for part in parts {
            match self.word(part, is_beside) {
                Some(None) => return Some(None),
                Some(dialect) if found.is_none() => found = Some(dialect),
                _ if PLAIN_WORDS.contains(&part) => {}
                _ => return None,
            }
        }
        found
    }

    fn word(&self, word: &str, is_beside: bool) -> Option<Option<&'static str>> {
        if is_postgresql(word) {
            return Some(None);
        }
        let known = DIALECTS.iter().find(|(known, _, _)| *known == word)?;
        let (_, dialect, is_sure) = known;
        (*is_sure || is_beside).then_some(Some(*dialect))
    }
}

/// See [`Dialects::parallel`].
fn parallel(files: &BTreeSet<PathBuf>) -> BTreeSet<(PathBuf, End)> {
    let is_known = |word: &str| DIALECTS.iter().any(|(known, _, _)| *known == word);
    let mut words: BTreeMap<(&Path, End, String), BTreeSet<String>> = BTreeMap::new();
    for file in files {
        for end in [End::First, End::Last] {
            let (Some(folder), Some((word, rest))) = (file.parent(), split(file, end)) else {
                continue;
            };
            if is_postgresql(&word) || is_known(&word) {
                words.entry((folder, end, rest)).or_default().insert(word);
            }
        }
    }
    let several = words.into_iter().filter(|(_, words)| words.len() > 1);
    several
        .map(|((folder, end, _), _)| (folder.into(), end))
        .collect()
}

/// The word at one end of a file's name, lower case, and the rest.
fn split(file: &Path, end: End) -> Option<(String, String)> {
    let stem = file.file_stem()?.to_str()?.to_ascii_lowercase();
    let (word, rest) = match end {
        End::First => stem.split_once(['-', '_', '.', ' '])?,
        End::Last => {
            let (rest, word) = stem.rsplit_once(['-', '_', '.', ' '])?;
            (word, rest)
        }
    };
    Some((word.to_owned(), rest.to_owned()))
}

fn is_postgresql(word: &str) -> bool {
    POSTGRESQL.contains(&word)
}

/// The databases that files are for by what is in their texts. Where most files
/// of a folder tell, all of it is for that database.
pub(crate) fn by_texts(files: &[Arc<SourceFile>]) -> Vec<Option<&'static str>> {
    let mut evidence = evidence(files);
    let mut folders: BTreeMap<Option<&Path>, Vec<usize>> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        folders.entry(file.path.parent()).or_default().push(index);
    }
    for members in folders.values() {
        let told: Vec<_> = members
            .iter()
            .filter_map(|index| evidence[*index])
            .collect();
        if told.len() * 2 > members.len() {
            for index in members {
                evidence[*index] = evidence[*index].or(told.first().copied());
            }
        }
    }
    evidence
}

/// The database that a whole history is for, where a third of its texts tell.
pub(crate) fn of_history(files: &[Arc<SourceFile>]) -> Option<&'static str> {
    let told: Vec<_> = evidence(files).into_iter().flatten().collect();
    (told.len() * 3 > files.len()).then(|| told.first().copied())?
}

fn evidence(files: &[Arc<SourceFile>]) -> Vec<Option<&'static str>> {
    let name = |file: &Arc<SourceFile>| dialect_evidence(&file.text).map(Dialect::name);
    files.par_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `files` with `!` at the end are left alone.
    #[track_caller]
    fn check(files: &[&str]) {
        let path = |file: &&str| Path::new("/r").join(file.trim_end_matches('!'));
        let paths: BTreeSet<PathBuf> = files.iter().map(path).collect();
        let dialects = Dialects::new(Path::new("/r"), &paths);
        for file in files {
            let found = dialects.of(&path(file));
            assert_eq!(found.is_some(), file.ends_with('!'), "{file}: {found:?}");
        }
    }

    #[test]
    fn folders() {
        check(&[
            "mysql/1_a.sql!",
            "postgres/1_a.sql",
            "sqlite3/deep/1_a.sql!",
            "a.sql",
        ]);
        check(&["db/migrations-mysql/a.sql!", "db/mysql_schema/pg/a.sql"]);
        check(&["mysql_fdw/a.sql", "from-mysql/a.sql", "mysql_to_pg/a.sql"]);
    }

    #[test]
    fn words_that_also_mean_other_things() {
        check(&["services/oracle/migrations/1_a.sql", "services/h2/a.sql"]);
        check(&[
            "db/oracle/1_a.sql!",
            "db/h2/1_a.sql!",
            "db/postgresql/1_a.sql",
        ]);
    }

    #[test]
    fn files() {
        check(&[
            "schema.mysql.sql!",
            "1_a.sqlite.up.sql!",
            "1_a.postgres.up.sql",
            "x.pg.sql",
        ]);
        check(&["mysql.sql!", "schema-mysql.sql!", "create_tables.sql"]);
        check(&[
            "2024_import_from_mysql.sql",
            "create_mysql_user.sql",
            "oracle.sql",
        ]);
    }

    #[test]
    fn files_side_by_side() {
        check(&["chart_pg.sql", "chart_mysql.sql!", "gifi_mysql.sql!"]);
        check(&["Pg-tables.sql", "Oracle-tables.sql!", "DB2-set.sql!"]);
        check(&["import_mysql.sql", "export_pg.sql", "pg_cron.sql"]);
    }
}
