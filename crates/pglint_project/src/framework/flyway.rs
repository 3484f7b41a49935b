//! Flyway: `V1.2__name.sql`, `R__name.sql`, `U1.2__name.sql`, `B2__name.sql`.
//!
//! A location is read with all folders in it. A new database begins with the
//! last baseline; versions run part by part by value, then repeatable files by
//! their descriptions. Each file runs in a transaction, unless it holds a
//! statement that cannot, or a file `NAME.sql.conf` says so. Callbacks have
//! fixed names. Files with other names are ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_semantic::section::{Direction, Section, Transaction};

use super::number::{Number, numbers};
use super::{Claim, Folder, Framework, MigrationFile, World, lines, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Flyway",
    claims: |world| claims(world, "Flyway"),
    order,
    sections,
    version: |path| match kind(path)? {
        Kind::Versioned(version) => Some(dotted(&version)),
        // A baseline that a later one stands for is no mistake.
        Kind::Baseline(version) => Some(format!("B{}", dotted(&version))),
        _ => None,
    },
    ignores: "as its name is not that of a migration, or a baseline stands for it",
    ..Framework::BASE
};

/// What the name of a file tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Before,
    Baseline(Vec<Number>),
    Versioned(Vec<Number>),
    Repeatable(String),
    After,
    Undo(Vec<Number>),
}

/// The kind of a file by its name. `None` for names that Flyway ignores.
pub(super) fn kind(path: &Path) -> Option<Kind> {
    let name = name_of(path);
    let stem = name.get(..name.len().checked_sub(4)?)?;
    if !name[stem.len()..].eq_ignore_ascii_case(".sql") {
        return None;
    }
    if let Some(callback) = callback(stem) {
        return Some(callback);
    }
    let (start, description) = stem.split_once("__")?;
    let version = |letter: char| numbers(start.strip_prefix(letter)?);
    match start {
        "R" => Some(Kind::Repeatable(description.into())),
        _ => None
            .or_else(|| version('V').map(Kind::Versioned))
            .or_else(|| version('v').map(Kind::Versioned))
            .or_else(|| version('U').map(Kind::Undo))
            .or_else(|| version('B').map(Kind::Baseline)),
    }
}

/// A version with dots, without zeros at its beginning and end.
pub(super) fn dotted(version: &[Number]) -> String {
    let parts: Vec<String> = version.iter().map(Number::to_string).collect();
    parts.join(".")
}

/// `beforeMigrate.sql`, `afterMigrate__views.sql` and so on.
fn callback(stem: &str) -> Option<Kind> {
    let event = stem.split("__").next()?;
    let follows = |word: &str| {
        let rest = event.strip_prefix(word)?;
        rest.starts_with("Each").then_some(()).or_else(|| {
            [
                "Migrate",
                "Versioned",
                "Repeatables",
                "Baseline",
                "Validate",
                "Info",
                "Clean",
            ]
            .iter()
            .any(|action| rest.starts_with(action))
            .then_some(())
        })
    };
    follows("before")
        .map(|()| Kind::Before)
        .or_else(|| follows("after").map(|()| Kind::After))
}

/// Every location that holds versioned files. Folders with the same versions in
/// them are locations by themselves: one a database.
pub(super) fn claims(world: &World<'_>, tool: &str) -> Vec<Claim> {
    let mut locations: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    let is_migration = |file: &&PathBuf| kind(file).is_some();
    let files: Vec<&PathBuf> = world.files.iter().filter(is_migration).collect();
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    for file in &files {
        let location = location(world, file, &folders);
        locations.entry(location).or_default().push(file);
    }
    let mut claims = Vec::new();
    for (location, files) in locations {
        match has_duplicates(&files) {
            false => claims.extend(claim(world, location, tool)),
            true => {
                let folders: BTreeSet<_> = files.iter().filter_map(|it| it.parent()).collect();
                let each = folders.into_iter().rev();
                claims.extend(each.filter_map(|it| claim(world, it.into(), tool)));
            }
        }
    }
    claims
}

/// The folder called `migration` around a file, else the outermost of the
/// folders around it that hold migrations.
fn location(world: &World<'_>, file: &Path, folders: &BTreeSet<&Path>) -> PathBuf {
    let around = file.ancestors().skip(1);
    let around: Vec<_> = around.take_while(|it| it.starts_with(world.root)).collect();
    let named = around
        .iter()
        .find(|folder| matches!(name_of(folder), "migration" | "migrations"));
    let outermost = || around.iter().rev().find(|folder| folders.contains(*folder));
    let folder = named.or_else(outermost);
    folder.map_or_else(|| world.root.into(), |it| it.to_path_buf())
}

fn has_duplicates(files: &[&PathBuf]) -> bool {
    let mut seen = BTreeSet::new();
    files
        .iter()
        .filter_map(|file| kind(file))
        .any(|kind| matches!(kind, Kind::Versioned(_)) && !seen.insert(kind))
}

fn claim(world: &World<'_>, folder: PathBuf, tool: &str) -> Option<Claim> {
    let is_versioned =
        |file: &&PathBuf| matches!(kind(file), Some(Kind::Versioned(_) | Kind::Baseline(_)));
    let example = world.below(&folder).find(is_versioned)?;
    let written_in = if tool == "refinery" {
        "`Cargo.toml` names refinery"
    } else {
        ""
    };
    let evidence = match written_in {
        "" => format!("names such as `{}`", name_of(example)),
        manifest => manifest.into(),
    };
    Some(Claim {
        evidence,
        files: world.below(&folder).cloned().collect(),
        folder,
        listed: Vec::new(),
        dialect: None,
    })
}

fn order(folder: &Folder<'_>) -> Vec<usize> {
    let baselines = folder
        .files
        .iter()
        .filter_map(|file| match kind(file.path)? {
            Kind::Baseline(version) => Some(version),
            _ => None,
        });
    let baseline = baselines.max();
    let is_run = |kind: &Kind| match kind {
        Kind::Baseline(version) => Some(version) == baseline.as_ref(),
        Kind::Versioned(version) => Some(version) > baseline.as_ref(),
        _ => true,
    };
    folder.sorted_by_key(|file| kind(file.path).filter(is_run))
}

fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let mut section = file.whole(match runs_alone(file) {
        true => Transaction::PerStatement,
        false => Transaction::Wrapped,
    });
    section.direction = match kind(file.path) {
        Some(Kind::Undo(_)) => Direction::Down,
        Some(Kind::Repeatable(_) | Kind::Before | Kind::After) => Direction::Repeatable,
        Some(Kind::Baseline(_)) => Direction::Snapshot,
        Some(Kind::Versioned(_)) | None => Direction::Up,
    };
    vec![section]
}

/// Does the file hold a statement that cannot run in a transaction, or do its
/// settings say that it runs without one?
fn runs_alone(file: &MigrationFile<'_>) -> bool {
    let is_set = |line: &str| {
        line.split_once('=').is_some_and(|(name, value)| {
            name.trim() == "executeInTransaction" && value.trim().eq_ignore_ascii_case("false")
        })
    };
    let is_outside = |line: &str| {
        let code = line
            .split("--")
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let mut words = code.split_whitespace();
        words.any(|word| word == "CONCURRENTLY") || code.trim_start().starts_with("VACUUM")
    };
    lines(file.settings).any(|(line, _)| is_set(line))
        || lines(file.text).any(|(line, _)| is_outside(line))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_with_settings};
    use super::*;

    #[track_caller]
    fn check_sorted(names: &[&str]) {
        let kinds: Vec<_> = names.iter().map(|name| kind(Path::new(name))).collect();
        assert!(kinds.iter().all(Option::is_some), "{kinds:?}");
        assert!(kinds.is_sorted(), "{kinds:?}");
    }

    #[test]
    fn names() {
        check_sorted(&[
            "beforeMigrate.sql",
            "B1__base.sql",
            "V1__a.sql",
            "V1.1__b.SQL",
            "V1_2__c.sql",
            "V1.10__d.sql",
            "V02__e.sql",
            "R__a_view.sql",
            "R__b_view.sql",
            "afterMigrate__x.sql",
        ]);
        for ignored in [
            "V1_a.sql",
            "V__a.sql",
            "V1__a.txt",
            "x.sql",
            "R_a.sql",
            "before.sql",
        ] {
            assert_eq!(kind(Path::new(ignored)), None, "{ignored}");
        }
        assert_eq!(kind(Path::new("V1.0__a.sql")), kind(Path::new("V1__b.sql")));
    }

    #[test]
    fn sections_by_name_and_text() {
        check("Flyway", "V1__a.sql", "x", &["Up Wrapped 1: x"]);
        check("Flyway", "U1__a.sql", "x", &["Down Wrapped 1: x"]);
        check("Flyway", "R__a.sql", "x", &["Repeatable Wrapped -: x"]);
        check("Flyway", "B2__a.sql", "x", &["Snapshot Wrapped 2: x"]);
        check(
            "Flyway",
            "V2__a.sql",
            "CREATE INDEX concurrently ON t (a);",
            &["Up PerStatement 2: CREATE INDEX concurrently ON t (a);"],
        );
        check_with_settings(
            "Flyway",
            "V3__a.sql",
            "x",
            "executeInTransaction=false\n",
            &["Up PerStatement 3: x"],
        );
    }
}
