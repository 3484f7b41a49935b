//! `textDocument/hover`.

use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::snapshot::Snapshot;

pub(crate) fn hover(snapshot: &Snapshot, params: &HoverParams) -> Option<Hover> {
    let place = &params.text_document_position_params;
    let view = snapshot.file(&place.text_document.uri)?;
    let offset = view.offset(place.position);
    let found = pglint_ide::hover(&view.unit.analysis, view.file, offset)?;
    let (kind, value) = match snapshot.client.markdown {
        true => (MarkupKind::Markdown, found.markdown),
        false => (MarkupKind::PlainText, found.plain),
    };
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(view.range(found.range)),
    })
}
