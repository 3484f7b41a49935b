//! `textDocument/definition`.

use tower_lsp::lsp_types::{GotoDefinitionParams, GotoDefinitionResponse};

use crate::snapshot::Snapshot;

pub(crate) fn definition(
    snapshot: &Snapshot,
    params: &GotoDefinitionParams,
) -> Option<GotoDefinitionResponse> {
    let place = &params.text_document_position_params;
    let view = snapshot.file(&place.text_document.uri)?;
    let offset = view.offset(place.position);
    let found = pglint_ide::definition(&view.unit.analysis, view.file, offset);
    let places = found.into_iter().filter_map(|place| view.location(place));
    let places: Vec<_> = places.collect();
    (!places.is_empty()).then_some(GotoDefinitionResponse::Array(places))
}
