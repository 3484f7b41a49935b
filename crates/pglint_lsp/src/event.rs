//! What happens to the server, in the order in which it happens.

use tokio::sync::{mpsc, oneshot};
use tower_lsp::lsp_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, InitializeParams, InitializeResult, Url,
};

use std::sync::Arc;

use pglint_project::Project;

use crate::snapshot::Snapshot;
use crate::unit::{AnalysedUnit, Finished, UnitKey};

/// The way into the loop. Sending never waits.
pub(crate) type Events = mpsc::UnboundedSender<Event>;

/// Something that the loop must take note of.
pub(crate) enum Event {
    /// The first request.
    Initialize {
        /// What the client can do and has open.
        params: Box<InitializeParams>,
        /// Can the client be told to ask for diagnostics again?
        refresh_support: bool,
        /// Where the answer goes.
        reply: oneshot::Sender<InitializeResult>,
    },
    /// The client has read the answer to the first request.
    Initialized,
    /// A document was opened.
    Open(DidOpenTextDocumentParams),
    /// A document was edited.
    Change(DidChangeTextDocumentParams),
    /// A document was closed.
    Close(DidCloseTextDocumentParams),
    /// The workspace has other folders.
    Folders(DidChangeWorkspaceFoldersParams),
    /// Files may have changed on the disk.
    Disk,
    /// A question, asked once the analysis knows what the client knows.
    Question(Question),
    /// The files of a unit were read, and their first analysis will take a while.
    Read(UnitKey, Arc<Project>),
    /// What the text of a document tells by itself.
    Glanced(Arc<AnalysedUnit>),
    /// An analysis has ended.
    Finished(Box<Finished>),
    /// Time went by.
    Tick,
}

/// A request that is answered from a [`Snapshot`].
pub(crate) struct Question {
    /// The document that it is about. `None` for the whole workspace.
    pub(crate) document: Option<Url>,
    /// Has the client lost interest?
    pub(crate) is_cancelled: Box<dyn Fn() -> bool + Send>,
    /// Finds the answer and sends it.
    pub(crate) answer: Box<dyn FnOnce(&Snapshot) + Send>,
}
