//! What the client can do, and what the server offers it.

use serde::Deserialize;
use tower_lsp::lsp_types::{
    ClientCapabilities, CodeActionKind, CodeActionOptions, CodeActionProviderCapability,
    DiagnosticOptions, DiagnosticServerCapabilities, FoldingRangeProviderCapability,
    HoverProviderCapability, InitializeParams, InitializeResult, MarkupKind, OneOf,
    ResourceOperationKind, SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceServerCapabilities,
};

use crate::position::PositionEncoding;

/// The kind of the action that applies all safe fixes of a file.
pub(crate) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.pglint");

/// The command that shows a rule's page; the client carries it out.
pub(crate) const EXPLAIN_RULE: &str = "pglint.explainRule";

/// What of a client's capabilities makes a difference.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClientFacts {
    /// The code units of columns.
    pub(crate) encoding: PositionEncoding,
    /// It asks for diagnostics, and can be told to ask again. Otherwise they
    /// are pushed.
    pub(crate) pulls_diagnostics: bool,
    /// Diagnostics may point to other places.
    pub(crate) related_information: bool,
    /// It links the code of a diagnostic to a page.
    pub(crate) code_description: bool,
    /// It shows tags of diagnostics.
    pub(crate) diagnostic_tags: bool,
    /// Edits may name the version that they apply to.
    pub(crate) versioned_edits: bool,
    /// Edits may create files.
    pub(crate) creates_files: bool,
    /// It knows code actions that are not just commands.
    pub(crate) code_actions: bool,
    /// The edit of a code action may be left out until it is chosen.
    pub(crate) resolves_edits: bool,
    /// It renders Markdown in hovers.
    pub(crate) markdown: bool,
    /// Document symbols may be a tree.
    pub(crate) symbol_tree: bool,
    /// It folds whole lines only.
    pub(crate) folds_lines: bool,
    /// It shows progress.
    pub(crate) progress: bool,
    /// It watches files when asked to.
    pub(crate) watches_files: bool,
    /// It carries out [`EXPLAIN_RULE`].
    pub(crate) explains_rules: bool,
}

/// What clients may send as `initializationOptions`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Options {
    /// Commands of the client that code actions may name.
    commands: Vec<String>,
}

impl ClientFacts {
    /// Reads the first request.
    pub(crate) fn new(params: &InitializeParams, refresh_support: bool) -> ClientFacts {
        let options = params.initialization_options.clone();
        let options: Options = options
            .and_then(|options| serde_json::from_value(options).ok())
            .unwrap_or_default();
        let mut facts = ClientFacts {
            explains_rules: options.commands.iter().any(|name| name == EXPLAIN_RULE),
            ..ClientFacts::default()
        };
        facts.read_general(&params.capabilities);
        facts.read_documents(&params.capabilities, refresh_support);
        facts
    }

    fn read_general(&mut self, client: &ClientCapabilities) -> Option<()> {
        let encodings = client
            .general
            .as_ref()
            .and_then(|it| it.position_encodings.as_deref());
        self.encoding = PositionEncoding::negotiate(encodings);
        let window = client.window.as_ref();
        self.progress = window.and_then(|it| it.work_done_progress) == Some(true);
        let workspace = client.workspace.as_ref()?;
        let watching = workspace.did_change_watched_files.as_ref();
        self.watches_files = watching.and_then(|it| it.dynamic_registration) == Some(true);
        let edits = workspace.workspace_edit.as_ref()?;
        self.versioned_edits = edits.document_changes == Some(true);
        let operations = edits.resource_operations.as_deref().unwrap_or_default();
        let creates = operations.contains(&ResourceOperationKind::Create);
        self.creates_files = self.versioned_edits && creates;
        Some(())
    }

    fn read_documents(&mut self, client: &ClientCapabilities, refreshes: bool) -> Option<()> {
        let documents = client.text_document.as_ref()?;
        self.pulls_diagnostics = documents.diagnostic.is_some() && refreshes;
        if let Some(diagnostics) = &documents.publish_diagnostics {
            self.related_information = diagnostics.related_information == Some(true);
            self.code_description = diagnostics.code_description_support == Some(true);
            self.diagnostic_tags = diagnostics.tag_support.is_some();
        }
        if let Some(actions) = &documents.code_action {
            self.code_actions = actions.code_action_literal_support.is_some();
            let resolved = actions.resolve_support.as_ref();
            self.resolves_edits = actions.data_support == Some(true)
                && resolved.is_some_and(|it| it.properties.iter().any(|name| name == "edit"));
        }
        let formats = documents
            .hover
            .as_ref()
            .and_then(|it| it.content_format.as_ref());
        self.markdown = formats.is_some_and(|formats| formats.contains(&MarkupKind::Markdown));
        let symbols = documents.document_symbol.as_ref();
        self.symbol_tree =
            symbols.and_then(|it| it.hierarchical_document_symbol_support) == Some(true);
        let folding = documents.folding_range.as_ref();
        self.folds_lines = folding.and_then(|it| it.line_folding_only) == Some(true);
        Some(())
    }

    /// The answer to the first request.
    pub(crate) fn answer(&self) -> InitializeResult {
        InitializeResult {
            capabilities: self.server_capabilities(),
            server_info: Some(ServerInfo {
                name: "pglint".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        }
    }

    fn server_capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(synchronization()),
            diagnostic_provider: self.pulls_diagnostics.then(diagnostics),
            code_action_provider: self.code_actions.then(|| self.code_actions()),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            definition_provider: Some(OneOf::Left(true)),
            document_symbol_provider: Some(OneOf::Left(true)),
            workspace_symbol_provider: Some(OneOf::Left(true)),
            folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
            workspace: Some(WorkspaceServerCapabilities {
                workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(OneOf::Left(true)),
                }),
                file_operations: None,
            }),
            ..ServerCapabilities::default()
        }
    }

    fn code_actions(&self) -> CodeActionProviderCapability {
        CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, FIX_ALL]),
            resolve_provider: Some(true),
            ..CodeActionOptions::default()
        })
    }
}

fn synchronization() -> TextDocumentSyncCapability {
    TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions {
            include_text: Some(false),
        })),
        ..TextDocumentSyncOptions::default()
    })
}

fn diagnostics() -> DiagnosticServerCapabilities {
    DiagnosticServerCapabilities::Options(DiagnosticOptions {
        identifier: Some("pglint".to_owned()),
        inter_file_dependencies: true,
        workspace_diagnostics: true,
        ..DiagnosticOptions::default()
    })
}
