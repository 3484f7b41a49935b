//! `textDocument/foldingRange`.

use pglint_ide::FoldKind;
use tower_lsp::lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};

use crate::snapshot::Snapshot;

pub(crate) fn folding(
    snapshot: &Snapshot,
    params: &FoldingRangeParams,
) -> Option<Vec<FoldingRange>> {
    let view = snapshot.file(&params.text_document.uri)?;
    let folds = pglint_ide::folds(&view.unit.analysis, view.file);
    let whole_lines = snapshot.client.folds_lines;
    let ranges = folds.into_iter().filter_map(|fold| {
        let range = view.range(fold.range);
        (range.end.line > range.start.line).then(|| FoldingRange {
            start_line: range.start.line,
            start_character: (!whole_lines).then_some(range.start.character),
            end_line: range.end.line,
            end_character: (!whole_lines).then_some(range.end.character),
            kind: match fold.kind {
                FoldKind::Comment => Some(FoldingRangeKind::Comment),
                FoldKind::Statement | FoldKind::Body => None,
            },
            collapsed_text: None,
        })
    });
    Some(ranges.collect())
}
