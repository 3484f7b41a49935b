//! Which files the client is asked to watch.

use serde_json::json;
use tower_lsp::lsp_types::Registration;

/// The request to be told of changes.
pub(crate) fn registration() -> Registration {
    let patterns = pglint_project::watched_patterns();
    let watchers: Vec<_> = patterns
        .iter()
        .map(|pattern| json!({ "globPattern": pattern }))
        .collect();
    Registration {
        id: "pglint/watched-files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({ "watchers": watchers })),
    }
}
