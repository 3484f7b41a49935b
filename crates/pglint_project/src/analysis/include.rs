//! psql's `\i` and `\ir`: files that are run in the middle of others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_catalog::UnknownReason;
use pglint_semantic::change::UnknownEffect;
use pglint_text::{FileId, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::changes::{FileChanges, LoweredFile, Move, StatementChanges, unknown};
use super::manner::is_teardown;
use super::script::Include;
use crate::path::absolute;
use crate::project::{Database, DatabaseFile, Project};

/// Puts the changes of included files where they are included: they are run there,
/// in the same session, and not by themselves. A file that is included twice is run
/// the first time. Migrations are run by their tool in any case.
///
/// Of scripts for different occasions (install, reset, remove), only what builds the
/// schema is followed: a file that does nothing but drop stays by itself.
///
/// `before` are those of the same files in the last analysis.
pub(crate) fn splice(
    project: &Project,
    database: &Database,
    lowered: &[Arc<LoweredFile>],
    before: Option<&[Arc<FileChanges>]>,
) -> Vec<Arc<FileChanges>> {
    let own = lowered.iter().map(|file| file.changes.clone());
    if lowered.iter().all(|file| file.script.includes.is_empty()) {
        return own.collect();
    }
    let mut splicer = Splicer::new(project, database, lowered);
    // Those that nobody includes come first: they take the others.
    let included = splicer.included();
    let files = 0..lowered.len();
    let roots = files.clone().filter(|file| !included.contains(file));
    let mut whole: Vec<Option<FileChanges>> = lowered.iter().map(|_| None).collect();
    for file in roots.chain(files) {
        if let Some(changes) = splicer.take(file) {
            whole[file] = Some(changes);
        }
    }
    let whole = own.zip(whole).enumerate();
    whole
        .map(|(file, (own, whole))| match whole {
            Some(whole) if whole.moves.is_empty() && lowered[file].script.includes.is_empty() => {
                own
            }
            whole => {
                let known = before.map(|before| &before[file]);
                whole.unwrap_or_default().shared(known)
            }
        })
        .collect()
}

/// Which file a command means.
enum Target {
    /// The file at that place in the database.
    File(usize),
    /// None of the files.
    Missing,
}

struct Splicer<'s> {
    files: &'s [DatabaseFile],
    lowered: &'s [Arc<LoweredFile>],
    /// What each file includes, in the order of the text.
    includes: Vec<Vec<(&'s Include, Target)>>,
    /// The files that were taken.
    taken: FxHashSet<usize>,
}

impl<'s> Splicer<'s> {
    fn new(
        project: &Project,
        database: &'s Database,
        lowered: &'s [Arc<LoweredFile>],
    ) -> Splicer<'s> {
        let files = database.files.iter().enumerate();
        let by_path: FxHashMap<&Path, usize> = files
            .map(|(index, file)| (&*project.file(file.file).path, index))
            .collect();
        let find = |file: &DatabaseFile, include: &'s Include| {
            if !file.section_at(include.at)?.is_replayed() {
                return None;
            }
            let candidates = candidates(&project.file(file.file).path, include);
            let mut known = candidates.iter().filter_map(|it| by_path.get(&**it));
            match known.next() {
                Some(place) if database.files[*place].is_migration => None,
                Some(place) if !file.is_migration && is_teardown(&lowered[*place].changes) => None,
                Some(place) => Some((include, Target::File(*place))),
                None => Some((include, Target::Missing)),
            }
        };
        let includes = database.files.iter().zip(lowered);
        let includes = includes.map(|(file, lowered)| {
            let own = lowered.script.includes.iter();
            own.filter_map(|include| find(file, include)).collect()
        });
        Splicer {
            files: &database.files,
            lowered,
            includes: includes.collect(),
            taken: FxHashSet::default(),
        }
    }

    fn included(&self) -> FxHashSet<usize> {
        let includes = self.includes.iter().flatten();
        let files = includes.filter_map(|(_, target)| match target {
            Target::File(place) => Some(*place),
            Target::Missing => None,
        });
        files.collect()
    }

    /// The changes of a file with those of the files it includes. `None` where they
    /// were taken before.
    fn take(&mut self, file: usize) -> Option<FileChanges> {
        if !self.taken.insert(file) {
            return None;
        }
        let lowered = &self.lowered[file];
        let own = &lowered.changes.statements;
        let mut done = 0;
        let mut all = FileChanges::default();
        for (include, target) in std::mem::take(&mut self.includes[file]) {
            let statements = &lowered.statements;
            let earlier = statements.earlier_than(include.at);
            let is_earlier =
                |it: &StatementChanges| statements.index_of(it.statement) < Some(earlier);
            let next = own.partition_point(is_earlier);
            all.statements.extend_from_slice(&own[done..next]);
            done = next;
            let last = earlier.checked_sub(1).map(|it| statements.ids[it]);
            match target {
                Target::File(place) => {
                    let Some(inner) = self.take(place) else {
                        continue;
                    };
                    all.go_on(self.files[place].file, None);
                    all.append(inner);
                    all.go_on(self.files[file].file, last);
                }
                Target::Missing => {
                    let nearest = last.or(statements.ids.first().copied());
                    let missing = nearest.map(|nearest| StatementChanges {
                        statement: nearest,
                        changes: [unknown(missing(include), TextRange::default(), nearest)].into(),
                        goes_up: false,
                    });
                    all.statements.extend(missing);
                }
            }
        }
        all.statements.extend_from_slice(&own[done..]);
        Some(all)
    }
}

impl FileChanges {
    fn go_on(&mut self, file: FileId, after: Option<pglint_text::StatementId>) {
        self.moves.push(Move {
            before: self.statements.len(),
            file,
            after,
        });
    }

    fn append(&mut self, other: FileChanges) {
        let before = self.statements.len();
        self.moves.extend(other.moves.into_iter().map(|it| Move {
            before: before + it.before,
            ..it
        }));
        self.statements.extend(other.statements);
    }
}

/// A file that is not there may make anything.
fn missing(include: &Include) -> UnknownEffect {
    UnknownEffect {
        reason: UnknownReason::MissingFile(include.path.as_str().into()),
        names: Vec::new(),
        creates_anything: true,
        changes_anything: false,
        takes_names: false,
    }
}

/// The paths that a command of `file` may mean. `\ir` goes by the file's own folder;
/// `\i` by the working directory, which is one of the folders above, the nearest
/// first.
fn candidates(file: &Path, include: &Include) -> Vec<PathBuf> {
    let folders = file.ancestors().skip(1);
    let folders = folders.take(if include.is_relative { 1 } else { usize::MAX });
    let path = Path::new(&include.path);
    folders.map(|folder| absolute(folder, path)).collect()
}
