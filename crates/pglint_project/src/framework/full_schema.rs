//! Full schemas and deltas: `full_schemas/72/` holds the whole schema of version 72,
//! `delta/73/` and later folders lead on from there.
//!
//! A new database begins with the newest full schema and takes the later deltas, each
//! folder's files by name. Where several folders beside each other are laid out alike
//! and one is called `common`, they are parts of one database: the full schemas of
//! all come first, and the deltas of a version before those of the next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pglint_semantic::section::Transaction;

use super::number::{Number, number};
use super::{Claim, Framework, World, name_of};
use crate::step::is_folder_of_steps;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "full schemas and deltas",
    claims,
    order: |folder| folder.in_listed_order(),
    sections: |file| {
        let mut section = file.whole(Transaction::None);
        section.version = file.path.parent().map(|it| name_of(it).into());
        vec![section]
    },
    ignores: "as the newest full schema holds what it does",
    ignores_by_mistake: false,
    ..Framework::BASE
};

/// The words of folders that hold whole schemas.
const WHOLE: [&str; 6] = [
    "baseline",
    "baselines",
    "full",
    "schemas",
    "snapshot",
    "snapshots",
];

/// The folders that hold one other, what is shared by all comes first.
const SHARED: [&str; 2] = ["common", "shared"];

/// A folder with full schemas and deltas.
struct Part {
    folder: PathBuf,
    /// The names of the two folders in it.
    names: (String, String),
    /// The version of the newest full schema.
    version: Number,
    /// The folder of that.
    newest: PathBuf,
}

fn claims(world: &World<'_>) -> Vec<Claim> {
    let mut databases: BTreeMap<PathBuf, Vec<Part>> = BTreeMap::new();
    let parts = parts(world);
    for part in parts {
        let around = part.folder.parent().unwrap_or(&part.folder).to_path_buf();
        databases.entry(around).or_default().push(part);
    }
    let mut claims = Vec::new();
    for (around, mut parts) in databases {
        parts.sort_by_key(|it| !is_shared(it));
        let is_alike = |it: &Part| it.names == parts[0].names && it.version == parts[0].version;
        match is_shared(&parts[0]) && parts.iter().all(is_alike) {
            true => claims.push(claim(world, &around, &parts)),
            false => {
                let own = parts.iter();
                claims.extend(own.map(|it| claim(world, &it.folder, std::slice::from_ref(it))));
            }
        }
    }
    claims
}

fn is_shared(part: &Part) -> bool {
    SHARED.contains(&name_of(&part.folder))
}

fn parts(world: &World<'_>) -> Vec<Part> {
    let of_version = |file: &PathBuf| {
        let folder = file.parent()?;
        version(folder)?;
        Some(folder.to_path_buf())
    };
    let folders: BTreeSet<PathBuf> = world.files.iter().filter_map(of_version).collect();
    let mut newest: BTreeMap<&Path, &PathBuf> = BTreeMap::new();
    let wholes = folders
        .iter()
        .filter(|it| it.parent().is_some_and(is_whole));
    for folder in wholes {
        let known = newest
            .entry(folder.parent().unwrap_or(folder))
            .or_insert(folder);
        if version(known) < version(folder) {
            *known = folder;
        }
    }
    let part = |(whole, newest): (&Path, &PathBuf)| {
        let folder = whole.parent()?;
        let mut deltas = folders.iter().filter_map(|it| it.parent());
        let deltas = deltas.find(|it| it.parent() == Some(folder) && is_deltas(it))?;
        Some(Part {
            folder: folder.into(),
            names: (name_of(whole).into(), name_of(deltas).into()),
            version: version(newest)?,
            newest: newest.clone(),
        })
    };
    newest.into_iter().filter_map(part).collect()
}

fn claim(world: &World<'_>, folder: &Path, parts: &[Part]) -> Claim {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut listed: Vec<PathBuf> = Vec::new();
    let mut later: Vec<(Number, usize, PathBuf)> = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        let (whole, deltas) = &part.names;
        files.extend(world.below(&part.folder.join(whole)).cloned());
        listed.extend(world.directly_in(&part.newest).cloned());
        for file in world.below(&part.folder.join(deltas)) {
            files.push(file.clone());
            let of = file.parent().and_then(version);
            let of = of.filter(|it| *it > part.version);
            later.extend(of.map(|of| (of, place, file.clone())));
        }
    }
    later.sort_by(|one, other| {
        let version = (&one.0, one.1).cmp(&(&other.0, other.1));
        version.then_with(|| crate::natural::compare_paths(&one.2, &other.2))
    });
    listed.extend(later.into_iter().map(|(_, _, file)| file));
    let newest = parts.first().map_or(folder, |it| &it.newest);
    let evidence = newest.strip_prefix(folder).unwrap_or(newest);
    Claim {
        folder: folder.into(),
        evidence: format!("`{}` holds the whole schema", evidence.display()),
        files,
        listed,
        dialect: None,
    }
}

/// The version that a folder's name is.
fn version(folder: &Path) -> Option<Number> {
    number(name_of(folder))
}

fn is_whole(folder: &Path) -> bool {
    let name = name_of(folder).to_ascii_lowercase();
    let mut words = name.split(|it: char| !it.is_alphanumeric());
    words.any(|word| WHOLE.contains(&word))
}

fn is_deltas(folder: &Path) -> bool {
    is_folder_of_steps(Path::new(name_of(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The histories of `files`, each with its folder, what it runs, and `-`, the rest.
    #[track_caller]
    fn check(files: &[&str], expected: &[&str]) {
        let mut files: Vec<PathBuf> = files.iter().map(|it| Path::new("/r").join(it)).collect();
        files.sort();
        let world = World {
            root: Path::new("/r"),
            files: &files,
            markers: &BTreeSet::new(),
            read: &|_| String::new(),
        };
        let name = |path: &Path| {
            path.strip_prefix("/r")
                .unwrap_or(path)
                .display()
                .to_string()
        };
        let describe = |claim: &Claim| {
            let run = claim.listed.iter().map(|it| name(it)).collect::<Vec<_>>();
            let rest = claim.files.iter().filter(|it| !claim.listed.contains(it));
            let rest = rest.map(|it| name(it)).collect::<Vec<_>>();
            format!(
                "{}: {} - {}",
                name(&claim.folder),
                run.join(" "),
                rest.join(" ")
            )
        };
        let found: Vec<String> = claims(&world).iter().map(describe).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_newest_full_schema_and_what_follows() {
        check(
            &[
                "db/full_schemas/9/full.sql",
                "db/full_schemas/10/full.sql",
                "db/delta/9/1_a.sql",
                "db/delta/10/1_b.sql",
                "db/delta/11/10_d.sql",
                "db/delta/11/9_c.sql",
                "db/delta/100/1_e.sql",
            ],
            &[
                "db: db/full_schemas/10/full.sql db/delta/11/9_c.sql db/delta/11/10_d.sql \
               db/delta/100/1_e.sql - db/full_schemas/9/full.sql db/delta/10/1_b.sql \
               db/delta/9/1_a.sql",
            ],
        );
    }

    #[test]
    fn parts_of_one_database() {
        check(
            &[
                "db/common/full_schemas/2/a.sql",
                "db/common/delta/1/a.sql",
                "db/main/full_schemas/2/b.sql",
                "db/main/delta/3/b.sql",
                "db/state/full_schemas/2/c.sql",
                "db/state/delta/3/c.sql",
                "db/state/delta/4/c.sql",
            ],
            &[
                "db: db/common/full_schemas/2/a.sql db/main/full_schemas/2/b.sql \
               db/state/full_schemas/2/c.sql db/main/delta/3/b.sql db/state/delta/3/c.sql \
               db/state/delta/4/c.sql - db/common/delta/1/a.sql",
            ],
        );
        check(
            &[
                "one/snapshots/2/a.sql",
                "one/migrations/3/a.sql",
                "two/snapshots/2/b.sql",
                "two/migrations/3/b.sql",
            ],
            &[
                "one: one/snapshots/2/a.sql one/migrations/3/a.sql - ",
                "two: two/snapshots/2/b.sql two/migrations/3/b.sql - ",
            ],
        );
    }

    #[test]
    fn other_layouts() {
        check(&["deploy/1/a.sql", "upgrade/1-2/a.sql"], &[]);
        check(&["schemas/a.sql", "migrations/1/a.sql"], &[]);
        check(&["full_schemas/1/a.sql", "delta/a.sql"], &[]);
    }
}
