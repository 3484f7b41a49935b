//! What a text tells by itself, for those who cannot wait for the project.

use std::sync::{Arc, OnceLock};

use pglint_linter::{Settings, rules};
use pglint_text::FileId;
use rayon::ThreadPool;

use super::{Analysis, analyse};
use crate::pool;
use crate::project::{Database, DatabaseFile, Project};
use crate::source::SourceFile;

impl Analysis {
    /// Reads one file of a project and reports whether PostgreSQL can read it: of
    /// what the analysis of the whole project says about the file, the part that
    /// no other file has a say in. `None` where nothing is to be reported.
    ///
    /// Runs on a thread of its own, beside the analysis of the project. The file is
    /// the only one of the result.
    pub fn glance(project: &Project, file: FileId) -> Option<Analysis> {
        let alone = alone(project, file)?;
        let work = || analyse(alone, None);
        Some(match pool() {
            Some(pool) => pool.install(work),
            None => work(),
        })
    }
}

fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    POOL.get_or_init(|| pool::new("glance", 1)).as_ref()
}

fn alone(project: &Project, file: FileId) -> Option<Project> {
    let source = project.file(file);
    let id = FileId(0);
    let mut databases = project.databases.iter();
    let (database, own) = databases.find_map(|database| {
        let mut reported = database.reported();
        Some((database, reported.find(|own| own.file == file)?))
    })?;
    let settings = Arc::new(of_texts(&own.settings)?);
    let own = DatabaseFile {
        file: id,
        settings: settings.clone(),
        ..own.clone()
    };
    let (path, name) = (source.path.clone(), source.name.clone());
    let source = SourceFile::new(id, path, name, source.decoded());
    Some(Project {
        files: vec![Arc::new(source)],
        databases: vec![Database {
            name: database.name.clone(),
            history: None,
            base: None,
            settings,
            files: vec![own],
        }],
        ..Project::default()
    })
}

/// The settings under which only those rules run that need nothing but a text.
/// `None` where these are switched off.
fn of_texts(settings: &Settings) -> Option<Settings> {
    let rules = rules::ALL.iter().filter(|rule| {
        // Whether a comment does nothing depends on all rules.
        rule.category == "file" && rule.name != "unused-suppression" && settings.is_enabled(rule)
    });
    let select: Vec<String> = rules.map(|rule| rule.name.to_owned()).collect();
    (!select.is_empty()).then(|| Settings {
        select,
        ignore: Vec::new(),
        ..settings.clone()
    })
}
