//! Files as a repository names them: what GitHub's annotations and SARIF want.

use std::path::Path;

use pglint_project::{SourceFile, discover};

/// The nearest folder at or above `path` that holds a `.git`.
pub(super) fn repository(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| discover::has_git(folder))
}

/// The path from the root of the file's repository, with `/`; outside of all
/// repositories the name that people are shown.
pub(super) fn path_in_repository(file: &SourceFile) -> String {
    let root = repository(&file.path);
    match root.and_then(|root| file.path.strip_prefix(root).ok()) {
        Some(path) => {
            let parts = path.iter().map(|part| part.to_string_lossy());
            parts.collect::<Vec<_>>().join("/")
        }
        None => file.name.clone(),
    }
}
