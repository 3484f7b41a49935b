//! What is analysed together: a workspace folder, a project outside of all
//! folders, or a document that belongs to none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pglint_project::{Analysis, Request, SourceFile, find_root};
use pglint_text::FileId;
use rustc_hash::FxHashMap;
use tower_lsp::lsp_types::{Diagnostic, Url};

use crate::capabilities::ClientFacts;
use crate::document::Document;
use crate::position::LineTable;

/// Which unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UnitKey {
    /// A folder of the workspace: all its files are reported.
    Folder(PathBuf),
    /// A project around open documents, of which they alone are reported.
    Root(PathBuf),
    /// One document.
    Alone(Url),
}

impl UnitKey {
    /// The unit of a document. `folders` are those of the workspace.
    pub(crate) fn of(document: &Url, folders: &[PathBuf]) -> UnitKey {
        let Some(path) = document_path(document) else {
            return UnitKey::Alone(document.clone());
        };
        let around = folders.iter().filter(|folder| path.starts_with(folder));
        match around.max_by_key(|folder| folder.as_os_str().len()) {
            Some(folder) => UnitKey::Folder(folder.clone()),
            None => match find_root(&path) {
                Some(root) => UnitKey::Root(root),
                None => UnitKey::Alone(document.clone()),
            },
        }
    }

    /// What of the disk the unit asks for; the open documents come on top.
    pub(crate) fn request(&self) -> Request {
        let (directory, paths) = match self {
            UnitKey::Folder(folder) => (folder.as_path(), vec![folder.clone()]),
            UnitKey::Root(root) => (root.as_path(), Vec::new()),
            UnitKey::Alone(_) => (Path::new("/"), Vec::new()),
        };
        Request {
            working_directory: directory.into(),
            paths,
            whole_texts: true,
            ..Request::default()
        }
    }
}

/// The path of a document on the disk. `None` for any other document, also for
/// one without a name, which Neovim calls `file://`.
fn document_path(uri: &Url) -> Option<PathBuf> {
    path_of(uri).filter(|path| path.file_name().is_some())
}

/// The path of a file or folder on the disk. `None` for anything else.
pub(crate) fn path_of(uri: &Url) -> Option<PathBuf> {
    let is_file = uri.scheme() == "file";
    is_file.then(|| uri.to_file_path().ok()).flatten()
}

/// The path under which a document is analysed: its own, or one by its name
/// alone for a document that is not on the disk.
pub(crate) fn analysed_path(uri: &Url) -> PathBuf {
    document_path(uri).unwrap_or_else(|| {
        let name = uri
            .path()
            .rsplit('/')
            .next()
            .filter(|name| !name.is_empty());
        Path::new("/").join(name.unwrap_or("untitled.sql"))
    })
}

/// An order to analyse.
pub(crate) struct Job {
    /// What.
    pub(crate) key: UnitKey,
    /// The open documents of the unit.
    pub(crate) documents: Vec<Document>,
    /// How much to read again.
    pub(crate) reading: Reading,
    /// For whom.
    pub(crate) client: Arc<ClientFacts>,
}

/// How much of the disk an analysis reads again. Ordered: the later includes
/// the earlier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reading {
    /// Nothing: only documents have changed.
    #[default]
    Nothing,
    /// Everything, if anything on the disk has changed.
    IfChanged,
    /// Everything that has changed, and which files there are.
    Everything,
}

/// The end of a [`Job`].
pub(crate) struct Finished {
    /// What was analysed.
    pub(crate) key: UnitKey,
    /// The result. `None` where nothing has changed, or after a panic, whose
    /// message is in `failure`.
    pub(crate) unit: Option<Arc<AnalysedUnit>>,
    /// Why there is no result.
    pub(crate) failure: Option<String>,
}

/// A finished analysis, ready to be sent.
#[derive(Debug)]
pub(crate) struct AnalysedUnit {
    /// Which unit it is.
    pub(crate) key: UnitKey,
    /// The analysis.
    pub(crate) analysis: Arc<Analysis>,
    /// The documents as they were analysed.
    pub(crate) documents: BTreeMap<Url, AnalysedDocument>,
    /// The reported files, those without diagnostics too, by their addresses.
    pub(crate) reports: BTreeMap<Url, Arc<Report>>,
    /// The files.
    pub(crate) table: Arc<FileTable>,
    /// The lines of each file, once somebody has asked.
    pub(crate) lines: Vec<OnceLock<Arc<LineTable>>>,
}

/// Which files there are.
#[derive(Debug)]
pub(crate) struct FileTable {
    /// By their paths.
    pub(crate) by_path: FxHashMap<PathBuf, FileId>,
    /// The address of each file: the client's own for an open document. `None`
    /// where a path is none.
    pub(crate) addresses: Vec<Option<Url>>,
    /// The open documents.
    pub(crate) open: Vec<Url>,
}

/// An open document at the time of an analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AnalysedDocument {
    /// The version that was analysed.
    pub(crate) version: i32,
    /// Its file in the analysis.
    pub(crate) file: FileId,
}

/// The diagnostics of a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Report {
    /// Changes with the diagnostics.
    pub(crate) result_id: String,
    /// As they are sent.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl AnalysedUnit {
    /// The file of an address, as the client or as this unit spells it.
    pub(crate) fn file(&self, uri: &Url) -> Option<FileId> {
        if let Some(document) = self.documents.get(uri) {
            return Some(document.file);
        }
        self.table.by_path.get(&path_of(uri)?).copied()
    }

    /// The address of a file: the client's own for an open document.
    pub(crate) fn uri(&self, file: FileId) -> Option<Url> {
        self.table.addresses.get(file.0 as usize)?.clone()
    }

    /// The version of a file's document. `None` where it is not open.
    pub(crate) fn version(&self, file: FileId) -> Option<i32> {
        let mut open = self.documents.values();
        open.find(|document| document.file == file)
            .map(|document| document.version)
    }

    /// The text of a file.
    pub(crate) fn source(&self, file: FileId) -> &Arc<SourceFile> {
        self.analysis.project.file(file)
    }

    /// The lines of a file.
    pub(crate) fn lines(&self, file: FileId) -> Arc<LineTable> {
        let make = || Arc::new(LineTable::new(&self.source(file).text));
        match self.lines.get(file.0 as usize) {
            Some(lines) => lines.get_or_init(make).clone(),
            None => make(),
        }
    }
}
