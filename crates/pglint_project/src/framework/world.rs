//! What an adapter sees of a project: names, and the texts it asks for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files among which histories are looked for.
#[derive(Clone, Copy)]
pub(crate) struct World<'w> {
    /// The folder of the project, or of the example that is a world of its own.
    pub(crate) root: &'w Path,
    /// The SQL files, absolute, by their paths.
    pub(crate) files: &'w [PathBuf],
    /// The files that are no SQL and tell of migration tools, of the whole
    /// project.
    pub(crate) markers: &'w BTreeSet<PathBuf>,
    /// Gives the text of a marker, or the beginning of an SQL file's; empty for
    /// what cannot be read.
    pub(crate) read: &'w dyn Fn(&Path) -> String,
}

impl World<'_> {
    /// The SQL files in a folder and below.
    pub(super) fn below(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        self.files.iter().filter(move |it| it.starts_with(folder))
    }

    /// The SQL files directly in a folder.
    pub(super) fn directly_in(&self, folder: &Path) -> impl Iterator<Item = &PathBuf> {
        self.files
            .iter()
            .filter(move |it| it.parent() == Some(folder))
    }

    /// The markers of this name, in folders that belong to the world.
    pub(super) fn markers_named(&self, name: &str) -> impl Iterator<Item = &PathBuf> {
        self.markers
            .iter()
            .filter(move |marker| marker.file_name().is_some_and(|it| it == name))
    }

    /// The text of a marker where there is one.
    pub(super) fn marker(&self, path: &Path) -> Option<String> {
        self.markers.contains(path).then(|| (self.read)(path))
    }

    /// The nearest marker of this name in the folder or above it that contains
    /// `word`: a package's manifest that names a tool.
    pub(super) fn mentions(&self, folder: &Path, name: &str, word: &str) -> Option<String> {
        let mut nearest = folder.ancestors().map(|folder| folder.join(name));
        let is_mentioned =
            nearest.any(|path| self.marker(&path).is_some_and(|it| it.contains(word)));
        is_mentioned.then(|| format!("`{name}` names {word}"))
    }

    /// Is there a marker of this name in the folder or above it?
    pub(super) fn has_above(&self, folder: &Path, name: &str) -> Option<String> {
        let mut above = folder.ancestors();
        above
            .any(|folder| self.markers.contains(&folder.join(name)))
            .then(|| format!("`{name}`"))
    }
}
