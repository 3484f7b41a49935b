//! The handlers of tower-lsp. Each sends one event as its first act.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionParams, CodeActionResponse, DidChangeConfigurationParams,
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
    DocumentDiagnosticParams, DocumentDiagnosticReportResult, DocumentSymbolParams,
    DocumentSymbolResponse, FoldingRange, FoldingRangeParams, GotoDefinitionParams,
    GotoDefinitionResponse, Hover, HoverParams, InitializeParams, InitializeResult,
    InitializedParams, SymbolInformation, TextDocumentIdentifier, Url, WorkspaceDiagnosticParams,
    WorkspaceDiagnosticReportResult, WorkspaceSymbolParams,
};
use tower_lsp::{LanguageServer, async_trait};

use crate::actions;
use crate::event::{Event, Events, Question};
use crate::handlers;
use crate::serve::Door;
use crate::snapshot::Snapshot;

/// The way from tower-lsp to the loop.
pub(crate) struct Backend {
    events: Events,
    door: Arc<Door>,
}

/// Parameters of `pglint/rule`: whose page is wanted.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RuleParams {
    /// The rule's name.
    pub name: String,
}

/// The answer to `pglint/rule`; null where there is no such rule.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RuleResult {
    /// The rule's page, Markdown.
    pub markdown: String,
}

/// Parameters of `pglint/schema`: as which file sees it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaParams {
    /// The document.
    pub text_document: TextDocumentIdentifier,
}

/// The answer to `pglint/schema`; null for an unknown document.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SchemaResult {
    /// The schema, a line an object and a part of one.
    pub text: String,
}

impl Backend {
    pub(crate) fn new(events: Events, door: Arc<Door>) -> Backend {
        Backend { events, door }
    }

    /// `pglint/rule`.
    pub(crate) async fn rule(&self, params: RuleParams) -> Result<Option<RuleResult>> {
        Ok(handlers::rule::rule(&params))
    }

    /// `pglint/schema`.
    pub(crate) async fn schema(&self, params: SchemaParams) -> Result<Option<SchemaResult>> {
        let document = params.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::schema::schema(it, &params)
        })
        .await
    }

    /// Sends a notification on.
    fn tell(&self, event: Event) {
        // The loop ends with the server, and then nobody is left to care.
        let _ = self.events.send(event);
    }

    /// Asks a question and waits for the answer.
    async fn ask<R: Send + 'static>(
        &self,
        document: Option<Url>,
        find: impl FnOnce(&Snapshot) -> R + Send + 'static,
    ) -> Result<R> {
        let (reply, answer) = oneshot::channel();
        let reply = Arc::new(std::sync::Mutex::new(Some(reply)));
        let watched = reply.clone();
        let is_cancelled = move || {
            let reply = watched.lock();
            reply.is_ok_and(|it| it.as_ref().is_none_or(oneshot::Sender::is_closed))
        };
        let answer_it = move |snapshot: &Snapshot| {
            let found = find(snapshot);
            let reply = reply.lock().ok().and_then(|mut it| it.take());
            if let Some(reply) = reply {
                let _ = reply.send(found);
            }
        };
        self.tell(Event::Question(Question {
            document,
            is_cancelled: Box::new(is_cancelled),
            answer: Box::new(answer_it),
        }));
        answer.await.map_err(|_| Error::internal_error())
    }
}

#[async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let (reply, answer) = oneshot::channel();
        self.tell(Event::Initialize {
            params: Box::new(params),
            refresh_support: self.door.refreshes_diagnostics(),
            reply,
        });
        answer.await.map_err(|_| Error::internal_error())
    }

    async fn initialized(&self, _: InitializedParams) {
        self.tell(Event::Initialized);
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.tell(Event::Open(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.tell(Event::Change(params));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.tell(Event::Close(params));
    }

    async fn did_save(&self, _: DidSaveTextDocumentParams) {
        self.tell(Event::Disk);
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        self.tell(Event::Disk);
    }

    async fn did_change_configuration(&self, _: DidChangeConfigurationParams) {
        self.tell(Event::Disk);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.tell(Event::Folders(params));
    }

    async fn diagnostic(
        &self,
        params: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        let document = params.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::diagnostic::diagnostic(it, &params)
        })
        .await
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReportResult> {
        let find = move |it: &Snapshot| handlers::workspace_diagnostic::diagnostic(it, params);
        self.ask(None, find).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let document = params.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::code_action::code_action(it, &params)
        })
        .await
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        let document = actions::document(&action);
        self.ask(document, move |it| {
            handlers::code_action_resolve::resolve(it, action)
        })
        .await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let place = &params.text_document_position_params;
        let document = place.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::hover::hover(it, &params)
        })
        .await
    }

    async fn goto_definition(
        &self,
        params: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let place = &params.text_document_position_params;
        let document = place.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::definition::definition(it, &params)
        })
        .await
    }

    async fn document_symbol(
        &self,
        params: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let document = params.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::document_symbol::symbols(it, &params)
        })
        .await
    }

    async fn symbol(
        &self,
        params: WorkspaceSymbolParams,
    ) -> Result<Option<Vec<SymbolInformation>>> {
        self.ask(None, move |it| {
            handlers::workspace_symbol::symbols(it, &params)
        })
        .await
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        let document = params.text_document.uri.clone();
        self.ask(Some(document), move |it| {
            handlers::folding_range::folding(it, &params)
        })
        .await
    }
}
