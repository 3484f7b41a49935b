//! `textDocument/documentSymbol`.

use pglint_ide::{Symbol, SymbolKind};
use tower_lsp::lsp_types::{
    self as lsp, DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, SymbolInformation,
};

use crate::snapshot::{FileView, Snapshot};

pub(crate) fn symbols(
    snapshot: &Snapshot,
    params: &DocumentSymbolParams,
) -> Option<DocumentSymbolResponse> {
    let uri = &params.text_document.uri;
    let view = snapshot.file(uri)?;
    let found = pglint_ide::document_symbols(&view.unit.analysis, view.file);
    if snapshot.client.symbol_tree {
        let tree = found.iter().map(|symbol| tree(&view, symbol));
        return Some(DocumentSymbolResponse::Nested(tree.collect()));
    }
    let mut flat = Vec::new();
    for symbol in &found {
        flat.push(information(&view, uri, symbol, None));
        let children = symbol.children.iter();
        flat.extend(children.map(|child| information(&view, uri, child, Some(&symbol.name))));
    }
    Some(DocumentSymbolResponse::Flat(flat))
}

#[allow(deprecated, reason = "the type has no other way to be made")]
fn tree(view: &FileView<'_>, symbol: &Symbol) -> DocumentSymbol {
    let children: Vec<_> = symbol
        .children
        .iter()
        .map(|child| tree(view, child))
        .collect();
    DocumentSymbol {
        name: symbol.name.clone(),
        detail: symbol.detail.clone(),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: view.range(symbol.range),
        selection_range: view.range(symbol.name_range),
        children: (!children.is_empty()).then_some(children),
    }
}

#[allow(deprecated, reason = "the type has no other way to be made")]
fn information(
    view: &FileView<'_>,
    uri: &lsp::Url,
    symbol: &Symbol,
    container: Option<&str>,
) -> SymbolInformation {
    SymbolInformation {
        name: symbol.name.clone(),
        kind: kind(symbol.kind),
        tags: None,
        deprecated: None,
        location: lsp::Location::new(uri.clone(), view.range(symbol.range)),
        container_name: container.map(str::to_owned),
    }
}

/// The nearest kind that LSP has.
pub(crate) fn kind(kind: SymbolKind) -> lsp::SymbolKind {
    match kind {
        SymbolKind::Schema => lsp::SymbolKind::NAMESPACE,
        SymbolKind::Table => lsp::SymbolKind::STRUCT,
        SymbolKind::View => lsp::SymbolKind::INTERFACE,
        SymbolKind::Column => lsp::SymbolKind::FIELD,
        SymbolKind::Index | SymbolKind::Constraint => lsp::SymbolKind::KEY,
        SymbolKind::Sequence => lsp::SymbolKind::NUMBER,
        SymbolKind::Type => lsp::SymbolKind::ENUM,
        SymbolKind::Function => lsp::SymbolKind::FUNCTION,
        SymbolKind::Trigger => lsp::SymbolKind::EVENT,
        SymbolKind::Statement => lsp::SymbolKind::NULL,
    }
}
