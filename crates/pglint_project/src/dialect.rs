//! Files for other databases than PostgreSQL, by what they and their folders
//! are called and by what is in their texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_syntax::{Dialect, dialect_evidence, dialect_hint, is_of_postgresql};
use rayon::prelude::*;

use crate::source::SourceFile;

/// A word in a name, and the database that it means. Where the third is false,
/// the word also means other things: it counts only beside another dialect's
/// folder.
const DIALECTS: [(&str, &str, bool); 67] = [
    ("bigquery", "BigQuery", true),
    ("clickhouse", "ClickHouse", true),
    ("cloudscape", "Derby", false),
    ("cockroach", "CockroachDB", true),
    ("cockroachdb", "CockroachDB", true),
    ("cubrid", "CUBRID", true),
    ("dameng", "Dameng", true),
    ("databricks", "Databricks", true),
    ("db2", "Db2", true),
    ("derby", "Derby", false),
    ("dm", "Dameng", false),
    ("doris", "Apache Doris", false),
    ("dsql", "Aurora DSQL", false),
    ("duckdb", "DuckDB", true),
    ("exasol", "Exasol", true),
    ("firebird", "Firebird", true),
    ("gaussdb", "GaussDB", false),
    ("h2", "H2", false),
    ("hana", "SAP HANA", false),
    ("hive", "Hive", false),
    ("hsql", "HSQLDB", true),
    ("hsqldb", "HSQLDB", true),
    ("ibmdb2", "Db2", true),
    ("impala", "Impala", false),
    ("informix", "Informix", true),
    ("ingres", "Ingres", false),
    ("interbase", "InterBase", true),
    ("kingbase", "KingbaseES", false),
    ("mariadb", "MariaDB", true),
    ("maxdb", "MaxDB", true),
    ("memsql", "SingleStore", true),
    ("ms", "SQL Server", false),
    ("mssql", "SQL Server", true),
    ("my", "MySQL", false),
    ("mysql", "MySQL", true),
    ("mysql5", "MySQL", true),
    ("mysql8", "MySQL", true),
    ("netezza", "Netezza", true),
    ("oceanbase", "OceanBase", true),
    ("opengauss", "openGauss", false),
    ("ora", "Oracle", false),
    ("oracle", "Oracle", false),
    ("pdw", "Parallel Data Warehouse", false),
    ("plsql", "Oracle", true),
    ("pointbase", "PointBase", false),
    ("questdb", "QuestDB", true),
    ("redshift", "Redshift", false),
    ("sapdb", "MaxDB", true),
    ("singlestore", "SingleStore", true),
    ("snowflake", "Snowflake", false),
    ("solid", "solidDB", false),
    ("spanner", "Spanner", false),
    ("spark", "Spark", false),
    ("sqlanywhere", "SQL Anywhere", true),
    ("sqlite", "SQLite", true),
    ("sqlite3", "SQLite", true),
    ("sqlserver", "SQL Server", true),
    ("starrocks", "StarRocks", true),
    ("sybase", "Sybase", true),
    ("synapse", "Azure Synapse", false),
    ("tdengine", "TDengine", true),
    ("teradata", "Teradata", true),
    ("tidb", "TiDB", true),
    ("timesten", "TimesTen", true),
    ("trino", "Trino", true),
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
    /// The folders with files that differ in the name of the dialect alone, at that
    /// end, or of which one lacks it, and what is left of their names: `chart` of
    /// `chart_pg.sql` and `chart_mysql.sql`.
    parallel: Parallel,
    /// The same for folders: `pg-changes` and `mysql-changes`.
    parallel_folders: Parallel,
}

type Parallel = BTreeMap<(PathBuf, End), BTreeSet<String>>;

/// An end of a file's name without its extension, or of a folder's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    First,
    Last,
}

impl<'d> Dialects<'d> {
    /// Looks at all files of the project whose folder is `root`.
    pub(crate) fn new(root: &'d Path, files: &BTreeSet<PathBuf>) -> Dialects<'d> {
        let mut several = BTreeSet::new();
        let parents: BTreeSet<&Path> = files.iter().filter_map(|it| it.parent()).collect();
        let folders: BTreeSet<&Path> = parents.iter().flat_map(|it| it.ancestors()).collect();
        for folder in &folders {
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
            parallel: parallel(files.iter().map(|it| &**it), stem),
            parallel_folders: parallel(folders.into_iter(), crate::framework::name_of),
        }
    }

    /// The database that a file is for. `None` for PostgreSQL, and where no name
    /// tells: the innermost that does decides.
    pub(crate) fn of(&self, file: &Path) -> Option<&'static str> {
        let name = crate::framework::name_of(file).to_ascii_lowercase();
        let infixes = name.split('.').skip(1);
        let by_infix = infixes.filter_map(|word| self.word(word, true)).next();
        let stem = name.split('.').next().unwrap_or_default();
        // Spring's `schema-h2.sql`: the part after the dash is a platform.
        let is_platform = stem.starts_with("schema-") || stem.starts_with("data-");
        by_infix
            .or_else(|| self.words(stem, is_platform))
            .or_else(|| self.of_parallel(file))
            .or_else(|| self.of_folders(file))
            .flatten()
    }

    fn of_parallel(&self, file: &Path) -> Option<Option<&'static str>> {
        let folder = file.parent()?;
        let name = stem(file).to_ascii_lowercase();
        [End::First, End::Last].into_iter().find_map(|end| {
            let rests = self.parallel.get(&(folder.into(), end))?;
            let (word, _) = split(&name, end)?;
            self.word(word, true).or_else(|| {
                // `tables_mysql_innodb` beside `tables_pg` and `tables_mysql`
                let mut rests = rests.iter().filter(|_| end == End::Last);
                rests.find_map(|rest| {
                    let more = name.strip_prefix(rest.as_str())?.strip_prefix(SEPARATORS)?;
                    self.word(split(more, End::First)?.0, true)
                })
            })
        })
    }

    fn of_folders(&self, file: &Path) -> Option<Option<&'static str>> {
        let folders = file.ancestors().skip(1).take_while(|it| *it != self.root);
        folders
            .map(|folder| {
                let is_beside = folder.parent().is_some_and(|it| self.several.contains(it));
                let name = crate::framework::name_of(folder).to_ascii_lowercase();
                let of_name = self.words(&name, is_beside);
                of_name.or_else(|| self.of_parallel_folder(folder, &name))
            })
            .find_map(|found| found)
    }

    fn of_parallel_folder(&self, folder: &Path, name: &str) -> Option<Option<&'static str>> {
        [End::First, End::Last].into_iter().find_map(|end| {
            let parent = folder.parent()?.to_path_buf();
            let rests = self.parallel_folders.get(&(parent, end))?;
            let (word, rest) = split(name, end)?;
            rests.contains(rest).then(|| self.word(word, true))?
        })
    }

    /// A name that is a dialect's, with nothing else in it that says anything:
    /// `schema_mysql` but not `copy_from_mysql`.
    fn words(&self, name: &str, is_beside: bool) -> Option<Option<&'static str>> {
        let name = name.replace("sql_server", "sqlserver");
        let name = name.replace("sql-server", "sqlserver");
        let mut found = None;
        for part in name.split(SEPARATORS) {
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

/// See [`Dialects::parallel`]; `name` is what is compared of each path.
fn parallel<'p>(
    paths: impl Iterator<Item = &'p Path>,
    name: impl Fn(&'p Path) -> &'p str,
) -> Parallel {
    let is_known = |word: &str| DIALECTS.iter().any(|(known, _, _)| *known == word);
    let is_sure = |word: &str| DIALECTS.iter().any(|it| it.0 == word && it.2);
    let mut words: BTreeMap<(&Path, End, String), BTreeSet<String>> = BTreeMap::new();
    let mut names: BTreeSet<(&Path, String)> = BTreeSet::new();
    for path in paths {
        let lower = name(path).to_ascii_lowercase();
        names.extend(path.parent().map(|folder| (folder, lower.clone())));
        for end in [End::First, End::Last] {
            let (Some(folder), Some((word, rest))) = (path.parent(), split(&lower, end)) else {
                continue;
            };
            if is_postgresql(word) || is_known(word) {
                let key = (folder, end, rest.to_owned());
                words.entry(key).or_default().insert(word.to_owned());
            }
        }
    }
    let mut found = Parallel::new();
    for ((folder, end, rest), words) in words {
        // `chart_mysql.sql` beside `chart.sql`
        let is_beside = end == End::Last && names.contains(&(folder, rest.clone()));
        if words.len() > 1 || is_beside && words.iter().all(|word| is_sure(word)) {
            found.entry((folder.into(), end)).or_default().insert(rest);
        }
    }
    found
}

const SEPARATORS: [char; 4] = ['-', '_', '.', ' '];

/// The word at one end of a name, and the rest. A word that is surely a database's
/// needs nothing before or behind it: `riversqlite`, `pgstore`.
fn split(name: &str, end: End) -> Option<(&str, &str)> {
    let apart = match end {
        End::First => name.split_once(SEPARATORS),
        End::Last => name
            .rsplit_once(SEPARATORS)
            .map(|(rest, word)| (word, rest)),
    };
    apart.or_else(|| {
        let sure = DIALECTS
            .iter()
            .filter(|it| it.2 && it.0.len() >= SHORTEST_PART);
        let mut words = sure.map(|it| it.0).chain(POSTGRESQL);
        words.find_map(|word| {
            let rest = match end {
                End::First => name.strip_prefix(word),
                End::Last => name.strip_suffix(word),
            };
            Some((word, rest.filter(|rest| !rest.is_empty())?))
        })
    })
}

/// The letters of the shortest name of a database that is told as a part of a word.
const SHORTEST_PART: usize = 5;

fn stem(file: &Path) -> &str {
    file.file_stem()
        .and_then(|it| it.to_str())
        .unwrap_or_default()
}

fn is_postgresql(word: &str) -> bool {
    POSTGRESQL.contains(&word)
}

/// The databases that files are for by what is in their texts. Where most files
/// of a folder tell, all of it is for that database.
pub(crate) fn by_texts(files: &[Arc<SourceFile>]) -> Vec<Option<&'static str>> {
    let mut evidence = evidence(files);
    add_hints(files, &mut evidence);
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

/// A text that only hints at a database is for it where the file is called after
/// it, or where a quarter of the files are surely for it and nothing calls this one
/// after PostgreSQL.
fn add_hints(files: &[Arc<SourceFile>], evidence: &mut [Option<&'static str>]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for name in evidence.iter().flatten() {
        *counts.entry(name).or_default() += 1;
    }
    let is_common = |name: &str| counts.get(name).is_some_and(|it| it * 4 >= files.len());
    let hints = files.par_iter().zip(evidence.par_iter());
    let hints: Vec<_> = hints
        .map(|(file, known)| {
            let is_called = |name: &str| is_called_after(&file.path, name);
            let is_told = known.is_some() || is_called(OWN);
            if is_told || !HINTED.iter().any(|it| is_common(it) || is_called(it)) {
                return *known;
            }
            let hint = dialect_hint(&file.text).map(Dialect::name);
            hint.filter(|name| is_common(name) || is_called(name))
        })
        .collect();
    evidence.copy_from_slice(&hints);
}

const OWN: &str = "PostgreSQL";

/// The databases that [`dialect_hint`] knows.
const HINTED: [&str; 2] = ["MySQL", "SQLite"];

/// Whether a word of the file's name or of its folder's is the database's name.
fn is_called_after(file: &Path, database: &str) -> bool {
    let folder = file.parent().map(crate::framework::name_of);
    let names = [Some(stem(file)), folder].into_iter().flatten();
    let mut words = names
        .flat_map(|it| it.split(SEPARATORS))
        .map(str::to_ascii_lowercase);
    words.any(|word| match database {
        OWN => is_postgresql(&word),
        _ => DIALECTS
            .iter()
            .any(|(it, name, is_sure)| *is_sure && *name == database && *it == word),
    })
}

/// The database that a whole history is for, where a third of its texts tell, or one
/// of them does and nothing in it is PostgreSQL's.
pub(crate) fn of_history(files: &[Arc<SourceFile>]) -> Option<&'static str> {
    let told: Vec<_> = evidence(files).into_iter().flatten().collect();
    if told.len() * 3 > files.len() {
        return told.first().copied();
    }
    let hint = |file: &Arc<SourceFile>| dialect_hint(&file.text).map(Dialect::name);
    let first = told.first().copied();
    let told = first.or_else(|| files.par_iter().find_map_first(hint))?;
    let is_own =
        |file: &Arc<SourceFile>| is_called_after(&file.path, OWN) || is_of_postgresql(&file.text);
    (!files.par_iter().any(is_own)).then_some(told)
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
    fn folders_side_by_side() {
        check(&[
            "schema/mysql-legacy-changes/1_a.sql!",
            "schema/pgsql-legacy-changes/1_a.sql",
            "schema/mysql-imports/a.sql",
        ]);
        check(&["ibmdb2/a.sql!", "timesten/a.sql!", "pgsql/a.sql"]);
        check(&["pgstore/a.sql", "sqlitestore/a.sql!", "otherstore/a.sql"]);
        check(&["riverpgx/a.sql", "riversqlite/a.sql!", "rivermysql/a.sql!"]);
        check(&["mysqlitem/a.sql", "item/a.sql", "app/sqlitestore/a.sql"]);
        check(&["sql_server/a.sql!", "hive/a.sql!", "postgresql/a.sql"]);
        check(&["hive/a.sql", "services/synapse/a.sql", "gaussdb/a.sql"]);
        check(&["sql/mysql/a.sql!", "sql/dm/a.sql!", "sql/opengauss/a.sql!"]);
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
        check(&["schema-h2.sql!", "data-oracle.sql!", "schema-more.sql"]);
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
        check(&["chart.sql", "chart-hsql.sql!", "more-hsql.sql!"]);
        check(&["chart.sql", "chart-my.sql"]);
        check(&[
            "tables_postgres.sql",
            "tables_mysql.sql!",
            "tables_mysql_innodb.sql!",
            "tables_db2_v8.sql!",
            "tables_sapdb.sql!",
            "more_mysql_notes.sql",
        ]);
    }

    /// Files that are for another database by their texts have `!` behind the name.
    #[track_caller]
    fn check_texts(files: &[(&str, &str)]) {
        let file = |(index, (name, text)): (usize, &(&str, &str))| {
            let path = Path::new("/r").join(name.trim_end_matches('!'));
            let content = crate::decode(text.as_bytes().to_vec());
            let id = pglint_text::FileId(index as u32);
            Arc::new(SourceFile::new(id, path, (*name).to_owned(), content))
        };
        let sources: Vec<_> = files.iter().enumerate().map(file).collect();
        for ((name, _), found) in files.iter().zip(by_texts(&sources)) {
            assert_eq!(found.is_some(), name.ends_with('!'), "{name}: {found:?}");
        }
    }

    #[test]
    fn texts() {
        let mysql = "CREATE TABLE t (a int) ENGINE=InnoDB;";
        let hint = "# the user\nCREATE USER u;";
        check_texts(&[("a.sql!", mysql), ("updates/b.sql!", hint)]);
        check_texts(&[("a.sql!", mysql), ("postgres/b.sql", hint)]);
        check_texts(&[("b.sql", hint), ("mysql_employees/c.sql!", hint)]);
        let own = ("c.sql", "CREATE TABLE t (a int);");
        check_texts(&[("m/a.sql!", mysql), ("b.sql", hint), own, own, own]);
    }
}
