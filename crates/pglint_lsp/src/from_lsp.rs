//! Types of LSP to ours. Positions are converted by
//! [`FileView`](crate::snapshot::FileView).

use std::path::PathBuf;

use tower_lsp::lsp_types::{CodeActionKind, InitializeParams, Url, WorkspaceFolder};

use crate::unit::path_of;

/// The folders that a client opens with; older clients know one alone.
pub(crate) fn folders(params: &InitializeParams) -> Vec<PathBuf> {
    match &params.workspace_folders {
        Some(folders) => folders.iter().filter_map(folder).collect(),
        None => params.root_uri.iter().filter_map(folder_path).collect(),
    }
}

/// A folder's path. `None` where it is not on the disk.
pub(crate) fn folder(folder: &WorkspaceFolder) -> Option<PathBuf> {
    folder_path(&folder.uri)
}

fn folder_path(uri: &Url) -> Option<PathBuf> {
    // A trailing slash must not make another folder of it.
    path_of(uri).map(|path| path.components().collect())
}

/// Does the client want actions of this kind? Kinds are dotted, and the first
/// part asks for all that begin with it.
pub(crate) fn wants(only: Option<&[CodeActionKind]>, kind: &CodeActionKind) -> bool {
    let Some(only) = only else { return true };
    only.iter().any(|wanted| {
        let rest = kind.as_str().strip_prefix(wanted.as_str());
        rest.is_some_and(|rest| {
            wanted.as_str().is_empty() || rest.is_empty() || rest.starts_with('.')
        })
    })
}
