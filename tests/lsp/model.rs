//! What a document and its diagnostics must be, worked out in the plainest way.

use std::path::Path;
use std::sync::Arc;

use pglint_project::{Analysis, Overlay, Project, Request, decode_text};

/// A text in UTF-16 code units, as the protocol counts them.
pub(crate) struct Model {
    pub(crate) units: Vec<u16>,
}

impl Model {
    pub(crate) fn new(text: &str) -> Model {
        Model {
            units: text.encode_utf16().collect(),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf16(&self.units).unwrap()
    }

    /// Line and column of the code unit at `offset`.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let (mut line, mut column) = (0, 0);
        for (place, unit) in self.units[..offset].iter().enumerate() {
            let is_crlf = *unit == u16::from(b'\r') && self.units.get(place + 1) == Some(&0x0A);
            match *unit {
                0x0A => (line, column) = (line + 1, 0),
                0x0D if !is_crlf => (line, column) = (line + 1, 0),
                // Inside a line's ending is at the line's end.
                0x0D => {}
                _ => column += 1,
            }
        }
        (line, column)
    }

    /// Whether an edit may begin or end there: not inside a character nor inside
    /// a line's ending.
    pub(crate) fn is_boundary(&self, offset: usize) -> bool {
        let unit = self.units.get(offset);
        let is_low = unit.is_some_and(|unit| (0xDC00..0xE000).contains(unit));
        let is_crlf = unit == Some(&0x0A) && offset > 0 && self.units[offset - 1] == 0x0D;
        !is_low && !is_crlf
    }

    pub(crate) fn replace(&mut self, start: usize, end: usize, new: &str) {
        self.units.splice(start..end, new.encode_utf16());
    }
}

/// The diagnostics of a file in a fresh run, as [`super::client::summary`] gives
/// them, with `path` holding `text` and the folder reported.
pub(crate) fn fresh(folder: &Path, path: &Path, text: &str) -> Vec<String> {
    let request = Request {
        working_directory: folder.into(),
        paths: vec![folder.into()],
        overlays: vec![Overlay {
            path: path.into(),
            content: decode_text(&Arc::from(text)),
        }],
        ..Request::default()
    };
    let analysis = Analysis::new(Project::read(&request));
    of_file(&analysis, path, text)
}

/// The same for a file of an analysis.
pub(crate) fn of_file(analysis: &Analysis, path: &Path, text: &str) -> Vec<String> {
    let model = Model::new(text);
    let units = |offset: u32| text[..offset as usize].encode_utf16().count();
    let place = |offset: u32| {
        let (line, column) = model.position(units(offset));
        format!("{line}:{column}")
    };
    let diagnostics = analysis.diagnostics();
    let of_file = diagnostics.filter(|it| analysis.project.file(it.location.file).path == path);
    let summary = of_file.map(|found| {
        let range = found.location.range;
        let (start, end) = (place(range.start().into()), place(range.end().into()));
        format!("{} {start}-{end}", found.rule)
    });
    summary.collect()
}

/// A generator of numbers that are the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // Marsaglia's xorshift64.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}
