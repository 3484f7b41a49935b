//! What questions are answered from: the newest analyses at one moment.

use std::sync::Arc;

use pglint_text::{FileId, TextRange, TextSize};
use tower_lsp::lsp_types::{Location, Position, Range, Url};

use crate::capabilities::ClientFacts;
use crate::position::{LineTable, size};
use crate::unit::AnalysedUnit;

/// The newest analyses.
#[derive(Clone)]
pub(crate) struct Snapshot {
    /// Who asks.
    pub(crate) client: Arc<ClientFacts>,
    /// The unit of the document that the question is about comes first.
    pub(crate) units: Vec<Arc<AnalysedUnit>>,
}

/// A file of a snapshot.
pub(crate) struct FileView<'s> {
    /// Who asks.
    pub(crate) client: &'s ClientFacts,
    /// The unit that the file is in.
    pub(crate) unit: &'s AnalysedUnit,
    /// The file.
    pub(crate) file: FileId,
    lines: Arc<LineTable>,
}

impl Snapshot {
    /// The file of an address. `None` where no unit has it.
    pub(crate) fn file(&self, uri: &Url) -> Option<FileView<'_>> {
        let mut units = self.units.iter();
        let (unit, file) = units.find_map(|unit| Some((&**unit, unit.file(uri)?)))?;
        Some(FileView {
            client: &self.client,
            unit,
            file,
            lines: unit.lines(file),
        })
    }
}

impl FileView<'_> {
    /// The text as it was analysed.
    pub(crate) fn text(&self) -> &str {
        &self.unit.source(self.file).text
    }

    /// The byte at a position.
    pub(crate) fn offset(&self, position: Position) -> TextSize {
        size(
            self.lines
                .offset(self.text(), position, self.client.encoding),
        )
    }

    /// The bytes of a range.
    pub(crate) fn bytes(&self, range: Range) -> TextRange {
        self.lines.bytes(self.text(), range, self.client.encoding)
    }

    /// The range of half-open bytes.
    pub(crate) fn range(&self, range: TextRange) -> Range {
        self.lines.range(self.text(), range, self.client.encoding)
    }

    /// A place in any file of the unit. `None` for a file without address.
    pub(crate) fn location(&self, place: pglint_linter::FileRange) -> Option<Location> {
        crate::to_lsp::location(self.unit, place, self.client.encoding)
    }
}
