//! Which files make up which database, and in which order.
//!
//! A folder whose files carry versions is a migration history, and every history
//! is a database of its own: several in one repository are common. All other
//! files are plain: schema files in any order, queries, dumps. They belong to
//! the one history near them, or make up a database by themselves.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::dialect::Dialects;
use crate::framework::{
    self, Claim, Framework, World, has_directive, is_code_step, leading_version,
};
use crate::layout::Layout;
use crate::natural::compare_paths;
use crate::step::{is_folder_of_steps, is_upgrade_folder};

/// Files that are replayed into one catalog.
#[derive(Clone, Default)]
pub(crate) struct Group {
    /// The folder of the history; `None` for a database of plain files alone,
    /// in which objects may be defined by later files.
    pub(crate) history: Option<PathBuf>,
    /// The tool that claims the history, with what it knows. `None` where the
    /// texts have to tell.
    pub(crate) claim: Option<(&'static Framework, Claim)>,
    /// The files of the history, by their paths.
    pub(crate) migrations: Vec<PathBuf>,
    /// The other files, in natural order.
    pub(crate) plain: Vec<PathBuf>,
}

/// Folders whose files are never a history, whatever they are called.
const PLAIN_FOLDERS: [&str; 10] = [
    "functions",
    "policies",
    "procedures",
    "queries",
    "query",
    "seed",
    "seeds",
    "test",
    "tests",
    "views",
];

/// Folders whose files undo what others do.
const WAY_BACK_FOLDERS: [&str; 7] = [
    "down",
    "downs",
    "revert",
    "reverts",
    "rollback",
    "rollbacks",
    "undo",
];

/// Folders in which every folder is a world of its own: examples and test data
/// have nothing to do with each other or with the product's database.
const SEPARATING_FOLDERS: [&str; 9] = [
    "__tests__",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "spec",
    "test",
    "testdata",
    "tests",
];

/// A project's files, divided.
#[derive(Default)]
pub(crate) struct Groups {
    /// The databases.
    pub(crate) databases: Vec<Group>,
    /// Files for other databases than PostgreSQL, with what these are called.
    pub(crate) left_alone: Vec<(PathBuf, String)>,
    /// What configuration files say about folders.
    pub(crate) layout: Layout,
}

/// Divides the files of a project, whose folder is `root`, into databases.
/// `markers` are the files that tell of migration tools; `read` gives the text
/// of one of them, or the beginning of an SQL file's.
pub(crate) fn group(
    root: &Path,
    files: &BTreeSet<PathBuf>,
    markers: &BTreeSet<PathBuf>,
    read: &dyn Fn(&Path) -> String,
) -> Groups {
    let mut groups = Groups {
        layout: Layout::new(markers, read),
        ..Groups::default()
    };
    let dialects = Dialects::new(root, files);
    let mut worlds: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let by_name = || dialects.of(file);
        match groups.layout.other_dialect(file).or_else(by_name) {
            Some(dialect) => groups.left_alone.push((file.clone(), dialect.into())),
            None => {
                let world = world(root, file);
                worlds.entry(world).or_default().push(file.clone());
            }
        }
    }
    for (folder, files) in worlds {
        let world = World {
            root: &folder,
            files: &files,
            markers,
            read,
        };
        groups.add_world(&world);
    }
    groups
}

impl Groups {
    fn add_world(&mut self, world: &World<'_>) {
        let mut rest = BTreeSet::from_iter(world.files.iter().cloned());
        let mut histories = BTreeMap::new();
        for (framework, mut claim) in framework::claims(world) {
            rest.retain(|file| !claim.files.contains(file));
            let mut migrations = std::mem::take(&mut claim.files);
            migrations.sort();
            if let Some(dialect) = &claim.dialect {
                let files = migrations.into_iter();
                self.left_alone
                    .extend(files.map(|file| (file, dialect.clone())));
                continue;
            }
            let group = Group {
                history: Some(claim.folder.clone()),
                migrations,
                plain: Vec::new(),
                claim: Some((framework, claim.clone())),
            };
            histories.insert(claim.folder, group);
        }
        let mut by_names = histories_by_names(world, &rest);
        by_names.retain(|folder, _| !is_owned(folder, &histories));
        for folder in upgrades(world.root, &histories, &by_names) {
            by_names.remove(&folder);
        }
        for (folder, migrations) in by_names {
            if let Entry::Vacant(place) = histories.entry(folder) {
                rest.retain(|file| !migrations.contains(file));
                let group = Group {
                    history: Some(place.key().clone()),
                    migrations,
                    ..Group::default()
                };
                place.insert(group);
            }
        }
        let dumps = rails_dumps(world, &rest);
        rest.retain(|file| !dumps.contains(file));
        self.databases
            .extend(with_plain(world.root, histories, rest));
        self.databases.extend(dumps.into_iter().map(|dump| Group {
            plain: vec![dump],
            ..Group::default()
        }));
    }
}

/// The dumps of further databases of Rails: `db/queue_structure.sql` beside
/// `db/structure.sql` (Rails Guides, "Multiple Databases with Active Record").
fn rails_dumps(world: &World<'_>, files: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let is_rails = |folder: &Path| {
        let mut steps = world.markers.iter().filter(|it| is_code_step(it));
        steps.any(|it| {
            let steps = it.parent().unwrap_or(it);
            let name = framework::name_of(steps);
            steps.parent() == Some(folder) && (name == "migrate" || name.ends_with("_migrate"))
        })
    };
    let is_further = |file: &&PathBuf| {
        let folder = file.parent().unwrap_or(file);
        framework::name_of(file).ends_with("_structure.sql")
            && files.contains(&folder.join("structure.sql"))
            && is_rails(folder)
    };
    files.iter().filter(is_further).cloned().collect()
}

/// Is the folder part of what belongs to the tool of a claimed history?
fn is_owned(folder: &Path, claimed: &BTreeMap<PathBuf, Group>) -> bool {
    claimed.values().any(|group| {
        let owner = group.claim.as_ref().filter(|(it, _)| it.owns_folder_around);
        let around = owner.and_then(|(_, claim)| claim.folder.parent());
        around.is_some_and(|around| folder.starts_with(around))
    })
}

/// Gives each plain file to the history near it, or to the database of all that
/// have none.
fn with_plain(
    world: &Path,
    mut histories: BTreeMap<PathBuf, Group>,
    files: BTreeSet<PathBuf>,
) -> Vec<Group> {
    let mut loose = Group::default();
    let mut files = Vec::from_iter(files);
    files.sort_by(|left, right| compare_paths(left, right));
    for file in files {
        let near = nearest_history(world, &file, histories.keys());
        let group = near.and_then(|folder| histories.get_mut(&folder));
        group.unwrap_or(&mut loose).plain.push(file);
    }
    let loose = (!loose.plain.is_empty()).then_some(loose);
    loose.into_iter().chain(histories.into_values()).collect()
}

/// The innermost folder that separates the file from other worlds, or `root`.
fn world(root: &Path, file: &Path) -> PathBuf {
    let Some(folder) = file.parent() else {
        return root.into();
    };
    folder
        .ancestors()
        .take_while(|ancestor| *ancestor != root && ancestor.starts_with(root))
        .find(|ancestor| {
            let parent = ancestor.parent();
            parent.is_some_and(|parent| parent != root && is_named(parent, &SEPARATING_FOLDERS))
        })
        .unwrap_or(root)
        .into()
}

/// The folders that are migration histories by the names of their files, with
/// their migrations.
fn histories_by_names(
    world: &World<'_>,
    files: &BTreeSet<PathBuf>,
) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for file in files {
        let folder = history_folder(world.root, file);
        folders.entry(folder).or_default().push(file.clone());
    }
    let migrations = |(folder, files): (PathBuf, _)| {
        let migrations = migrations(&folder, files, world.read)?;
        Some((folder, migrations))
    };
    folders
        .into_iter()
        .filter(|(folder, _)| !is_plain_folder(world.root, folder))
        .filter_map(migrations)
        .collect()
}

/// The folders whose files lead older versions of a schema to what another
/// history makes anew: `upgrades` beside it, `migrations` inside of it.
fn upgrades(
    world: &Path,
    claimed: &BTreeMap<PathBuf, Group>,
    by_names: &BTreeMap<PathBuf, Vec<PathBuf>>,
) -> Vec<PathBuf> {
    let histories: BTreeSet<&PathBuf> = claimed.keys().chain(by_names.keys()).collect();
    let is_upgrade = |folder: &PathBuf| {
        let others = || histories.iter().copied().filter(|it| *it != folder);
        let is_inside = others().any(|it| {
            let inside = folder.strip_prefix(it);
            inside.is_ok_and(is_folder_of_steps)
        });
        let name = framework::name_of(folder);
        is_inside || is_upgrade_folder(name) && nearest_history(world, folder, others()).is_some()
    };
    by_names
        .keys()
        .filter(|it| is_upgrade(it))
        .cloned()
        .collect()
}

/// The migrations among the files of a folder: those with a version, where more
/// than half of them have one, else all files where a directive of a migration
/// tool begins one of them. `None` for a folder that is no history.
fn migrations(
    folder: &Path,
    files: Vec<PathBuf>,
    head: &dyn Fn(&Path) -> String,
) -> Option<Vec<PathBuf>> {
    let is_versioned = |file: &PathBuf| file.parent() != Some(folder) || version(file).is_some();
    let versioned: Vec<PathBuf> = files
        .iter()
        .filter(|it| is_versioned(it))
        .cloned()
        .collect();
    if versioned.len() * 2 > files.len() {
        return Some(versioned);
    }
    let has_directive = files.iter().any(|file| has_directive(&head(file)));
    has_directive.then_some(files)
}

/// Does the name of a folder on the way say that what is in it is no history?
fn is_plain_folder(world: &Path, folder: &Path) -> bool {
    folder
        .ancestors()
        .take_while(|ancestor| *ancestor != world)
        .any(|ancestor| is_named(ancestor, &PLAIN_FOLDERS) || is_way_back_folder(ancestor))
}

/// The folder of the history that the file would belong to: its own, or the
/// one above where folders are called after versions.
fn history_folder(world: &Path, file: &Path) -> PathBuf {
    let folder = file.parent().unwrap_or(world);
    folder
        .ancestors()
        .find(|ancestor| *ancestor == world || version(ancestor).is_none())
        .unwrap_or(folder)
        .into()
}

/// The only history in the innermost folder around the file that has any below
/// it. `None` where there is none, or several to choose from.
fn nearest_history<'h>(
    world: &Path,
    file: &Path,
    histories: impl Iterator<Item = &'h PathBuf> + Clone,
) -> Option<PathBuf> {
    let around = file.ancestors().skip(1);
    for ancestor in around.take_while(|ancestor| ancestor.starts_with(world)) {
        let mut below = histories
            .clone()
            .filter(|folder| folder.starts_with(ancestor));
        if let Some(history) = below.next() {
            return below.next().is_none().then(|| history.clone());
        }
    }
    None
}

fn version(path: &Path) -> Option<&str> {
    leading_version(path.file_name()?.to_str()?)
}

fn is_named(folder: &Path, names: &[&str]) -> bool {
    folder
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// Do the files of the folder undo what others do?
pub(crate) fn is_way_back_folder(folder: &Path) -> bool {
    is_named(folder, &WAY_BACK_FOLDERS)
}

/// Do the files of the folder hold queries that a program sends?
pub(crate) fn is_query_folder(folder: &Path) -> bool {
    is_named(folder, &["queries", "query"])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Groups `files`, of which one that ends in `!` begins with a directive,
    /// and prints a line a database: its history, its migrations, `+`, the rest.
    #[track_caller]
    fn check(files: &[&str], expected: &[&str]) {
        let root = Path::new("/r");
        let marked: BTreeSet<PathBuf> = files
            .iter()
            .filter_map(|file| file.strip_suffix('!'))
            .map(|file| root.join(file))
            .collect();
        let head = |file: &Path| match marked.contains(file) {
            true => "-- +migrate Up\n".to_owned(),
            false => String::new(),
        };
        let files = files
            .iter()
            .map(|file| root.join(file.trim_end_matches('!')))
            .collect();
        let markers = BTreeSet::new();
        let groups = group(root, &files, &markers, &head);
        let found: Vec<_> = groups.databases.iter().map(describe).collect();
        assert_eq!(found, expected);
    }

    fn describe(group: &Group) -> String {
        let name = |path: &PathBuf| crate::path::display_name(Path::new("/r"), path);
        let names = |paths: &[PathBuf]| paths.iter().map(name).collect::<Vec<_>>().join(" ");
        format!(
            "{}: {} + {}",
            group.history.as_ref().map_or("-".into(), name),
            names(&group.migrations),
            names(&group.plain)
        )
    }

    #[test]
    fn a_history_by_file_names() {
        check(
            &["db/2_b.sql", "db/10_c.sql", "db/seeds/1_x.sql", "q/a.sql"],
            &["db: db/10_c.sql db/2_b.sql + db/seeds/1_x.sql q/a.sql"],
        );
    }

    #[test]
    fn a_history_by_folders() {
        check(
            &[
                "m/1_a/up.sql",
                "m/1_a/down.sql",
                "m/2_b/up.sql",
                "schema.sql",
            ],
            &["m: m/1_a/down.sql m/1_a/up.sql m/2_b/up.sql + schema.sql"],
        );
    }

    #[test]
    fn a_history_by_directives() {
        check(
            &["m/first.sql!", "m/next.sql"],
            &["m: m/first.sql m/next.sql + "],
        );
    }

    #[test]
    fn ways_back_in_a_folder_of_their_own() {
        check(
            &["db/up/1_a.sql", "db/up/2_b.sql", "db/down/1_a.sql"],
            &["db/up: db/up/1_a.sql db/up/2_b.sql + db/down/1_a.sql"],
        );
    }

    #[test]
    fn files_without_a_version_are_no_migrations() {
        check(
            &["m/1_a.sql", "m/2_b.sql", "m/views.sql"],
            &["m: m/1_a.sql m/2_b.sql + m/views.sql"],
        );
    }

    #[test]
    fn plain_files() {
        check(
            &["tables.sql", "views/a.sql", "x/10.txt.sql", "x/b.sql"],
            &["-:  + tables.sql views/a.sql x/10.txt.sql x/b.sql"],
        );
    }

    #[test]
    fn upgrades_of_what_another_history_makes() {
        check(
            &["db/01_a.sql", "db/02_b.sql", "db/migrations/0001_c.sql"],
            &["db: db/01_a.sql db/02_b.sql + db/migrations/0001_c.sql"],
        );
        check(
            &["s/deploy/1_a.sql", "s/upgrade/1_b.sql"],
            &["s/deploy: s/deploy/1_a.sql + s/upgrade/1_b.sql"],
        );
    }

    #[test]
    fn several_histories() {
        check(
            &[
                "a/m/1_x.sql",
                "a/q/x.sql",
                "b/m/1_y.sql",
                "b/q/y.sql",
                "both.sql",
            ],
            &[
                "-:  + both.sql",
                "a/m: a/m/1_x.sql + a/q/x.sql",
                "b/m: b/m/1_y.sql + b/q/y.sql",
            ],
        );
    }

    #[test]
    fn examples_are_worlds_of_their_own() {
        check(
            &[
                "fixtures/shop/m/1_a.sql",
                "fixtures/book/a.sql",
                "m/1_b.sql",
                "q.sql",
            ],
            &[
                "m: m/1_b.sql + q.sql",
                "-:  + fixtures/book/a.sql",
                "fixtures/shop/m: fixtures/shop/m/1_a.sql + ",
            ],
        );
    }
}
