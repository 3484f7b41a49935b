//! `workspace/symbol`.

use tower_lsp::lsp_types::{SymbolInformation, WorkspaceSymbolParams};

use super::document_symbol::kind;
use crate::snapshot::Snapshot;
use crate::to_lsp;

/// More than anybody reads.
const MOST: usize = 500;

#[allow(deprecated, reason = "the type has no other way to be made")]
pub(crate) fn symbols(
    snapshot: &Snapshot,
    params: &WorkspaceSymbolParams,
) -> Option<Vec<SymbolInformation>> {
    let mut symbols = Vec::new();
    for unit in &snapshot.units {
        for symbol in pglint_ide::workspace_symbols(&unit.analysis, &params.query) {
            let place = to_lsp::location(unit, symbol.place, snapshot.client.encoding);
            symbols.extend(place.map(|location| SymbolInformation {
                name: symbol.name,
                kind: kind(symbol.kind),
                tags: None,
                deprecated: None,
                location,
                container_name: symbol.container,
            }));
            if symbols.len() == MOST {
                return Some(symbols);
            }
        }
    }
    Some(symbols)
}
