//! `textDocument/hover`.

use pglint_linter::FileRange;
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use crate::snapshot::{FileView, Snapshot};

pub(crate) fn hover(snapshot: &Snapshot, params: &HoverParams) -> Option<Hover> {
    let place = &params.text_document_position_params;
    let view = snapshot.file(&place.text_document.uri)?;
    let offset = view.offset(place.position);
    let found = pglint_ide::hover(&view.unit.analysis, view.file, offset)?;
    let (kind, value) = match snapshot.client.markdown {
        true => (
            MarkupKind::Markdown,
            found.markdown + &links(&view, &found.places),
        ),
        false => (MarkupKind::PlainText, found.plain),
    };
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent { kind, value }),
        range: Some(view.range(found.range)),
    })
}

/// A line with a link to each place. Empty where there is none.
fn links(view: &FileView<'_>, places: &[FileRange]) -> String {
    let links = places.iter().filter_map(|place| {
        let location = view.location(*place)?;
        let name = &view.unit.source(place.file).name;
        let name = name.rsplit('/').next().unwrap_or(name);
        let line = location.range.start.line + 1;
        // Angle brackets, because an address may hold parentheses.
        Some(format!("[{name}](<{}#L{line}>)", location.uri))
    });
    let links: Vec<_> = links.collect();
    match links.is_empty() {
        true => String::new(),
        false => format!("\n\n{}", links.join(" · ")),
    }
}
