//! The lines of source around a diagnostic, made fit for a terminal.
//!
//! codespan-reporting prints whole lines as they are. SQL holds lines of many
//! megabytes and characters that steer terminals, so it is shown a copy of the
//! labelled lines alone: clipped around the labels, with harmless characters.

use std::collections::BTreeMap;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};
use pglint_linter::diagnostic::FileRange;
use pglint_project::{Project, SourceFile};
use pglint_text::{FileId, TextRange, TextSize};

use crate::terminal::printable;

/// A longer line is clipped around its first label.
const LINE_BYTES: usize = 200;
/// How much of a clipped line is shown before its first label.
const BEFORE_BYTES: usize = 60;
/// A label over more lines shows only the first of them.
const LABEL_LINES: u32 = 4;
const CLIPPED: &str = "…";

/// The labelled lines of the files of one diagnostic.
pub(super) struct Snippets {
    files: BTreeMap<FileId, Snippet>,
}

struct Snippet {
    name: String,
    /// The shown lines, each followed by a line feed.
    source: String,
    lines: Vec<Line>,
}

/// A shown line.
struct Line {
    /// 1-based, in the file's text.
    number: u32,
    /// How many lines were cut out of the file above it.
    gap_lines: u32,
    /// Its bytes in the snippet's source, the line feed included.
    range: Range<usize>,
    /// The bytes of the file's text that are shown.
    shown: TextRange,
    /// The 1-based column of the first character that is shown.
    column: u32,
    /// The length of the mark before a line whose beginning is cut off.
    mark: usize,
}

impl Snippets {
    /// Copies the lines of `locations`, the first of which is the most important.
    pub(super) fn new(project: &Project, locations: &[FileRange]) -> Snippets {
        let mut ranges: BTreeMap<FileId, Vec<TextRange>> = BTreeMap::new();
        for location in locations {
            let file = project.file(location.file);
            let range = clip_range(file, location.range);
            ranges.entry(location.file).or_default().push(range);
        }
        let files = ranges
            .into_iter()
            .map(|(id, ranges)| (id, Snippet::new(project.file(id), &ranges)))
            .collect();
        Snippets { files }
    }

    /// Where a location of the file is in the copy, for a label.
    pub(super) fn range(&self, project: &Project, location: FileRange) -> Range<usize> {
        let range = clip_range(project.file(location.file), location.range);
        let Some(snippet) = self.files.get(&location.file) else {
            return 0..0;
        };
        let start = snippet.offset(range.start());
        start..snippet.offset(range.end()).max(start)
    }
}

/// At most [`LABEL_LINES`] lines of a range, else its first line.
fn clip_range(file: &SourceFile, range: TextRange) -> TextRange {
    let text_end = TextSize::of(&*file.text);
    let start = range.start().min(text_end);
    let end = range.end().min(text_end);
    let first = file.lines().line_of(start);
    if file.lines().line_of(end) - first < LABEL_LINES {
        return TextRange::new(start, end);
    }
    let line_end = content(file, first).end();
    TextRange::new(start, line_end.max(start))
}

/// A line without its line ending.
fn content(file: &SourceFile, number: u32) -> TextRange {
    let line = file.lines().line_range(number).unwrap_or_default();
    let text = file.text[line].trim_end_matches(['\n', '\r']);
    TextRange::at(line.start(), TextSize::of(text))
}

impl Snippet {
    fn new(file: &SourceFile, ranges: &[TextRange]) -> Snippet {
        // A line between two labelled ones is shown as well; a longer distance
        // is shown as a break.
        let mut wanted: BTreeMap<u32, TextSize> = BTreeMap::new();
        for range in ranges {
            let first = file.lines().line_of(range.start());
            for number in first..=file.lines().line_of(range.end()) {
                let focus = content(file, number).start().max(range.start());
                wanted.entry(number).or_insert(focus);
            }
        }
        for number in Vec::from_iter(wanted.keys().copied()) {
            if wanted.contains_key(&(number + 2)) {
                let between = content(file, number + 1).start();
                wanted.entry(number + 1).or_insert(between);
            }
        }
        let mut snippet = Snippet {
            name: printable(&file.name),
            source: String::new(),
            lines: Vec::new(),
        };
        for (number, focus) in wanted {
            snippet.push_line(file, number, focus);
        }
        snippet
    }

    fn push_line(&mut self, file: &SourceFile, number: u32, focus: TextSize) {
        let line = content(file, number);
        let shown = clip_line(&file.text, line, focus);
        let start = self.source.len();
        let mark = match shown.start() > line.start() {
            true => CLIPPED,
            false => "",
        };
        self.source.push_str(mark);
        self.source.push_str(&printable(&file.text[shown]));
        if shown.end() < line.end() {
            self.source.push_str(CLIPPED);
        }
        self.source.push('\n');
        let position = file.position(shown.start());
        self.lines.push(Line {
            number,
            gap_lines: position.line - number,
            range: start..self.source.len(),
            shown,
            column: position.column,
            mark: mark.len(),
        });
    }

    /// Where the byte at `offset` of the file's text is in the copy; what is
    /// cut off is at the mark that stands for it.
    fn offset(&self, offset: TextSize) -> usize {
        let line = self
            .lines
            .iter()
            .rev()
            .find(|line| line.shown.start() <= offset)
            .or_else(|| self.lines.first());
        let Some(line) = line else { return 0 };
        let within = offset.min(line.shown.end()).max(line.shown.start()) - line.shown.start();
        line.range.start + line.mark + usize::from(within)
    }

    fn line(&self, line_index: usize) -> Result<&Line, Error> {
        self.lines
            .iter()
            .find(|line| line.number as usize == line_index + 1)
            .ok_or(Error::LineTooLarge {
                given: line_index,
                max: self.lines.len(),
            })
    }
}

/// The part of a line that is shown: all of it, or a window around `focus`.
fn clip_line(text: &str, line: TextRange, focus: TextSize) -> TextRange {
    if usize::from(line.len()) <= LINE_BYTES {
        return line;
    }
    let line_start = usize::from(line.start());
    let line_end = usize::from(line.end());
    let mut start = usize::from(focus)
        .saturating_sub(BEFORE_BYTES)
        .max(line_start);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (start + LINE_BYTES).min(line_end);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    TextRange::new(
        TextSize::try_from(start).unwrap_or(line.start()),
        TextSize::try_from(end).unwrap_or(line.end()),
    )
}

impl<'f> Files<'f> for Snippets {
    type FileId = FileId;
    type Name = &'f str;
    type Source = &'f str;

    fn name(&'f self, id: FileId) -> Result<&'f str, Error> {
        Ok(&self.snippet(id)?.name)
    }

    fn source(&'f self, id: FileId) -> Result<&'f str, Error> {
        Ok(&self.snippet(id)?.source)
    }

    fn line_index(&'f self, id: FileId, byte_index: usize) -> Result<usize, Error> {
        let lines = &self.snippet(id)?.lines;
        let line = lines
            .iter()
            .find(|line| byte_index < line.range.end)
            .or(lines.last())
            .ok_or(Error::FileMissing)?;
        Ok(line.number as usize - 1)
    }

    fn line_number(&'f self, id: FileId, line_index: usize) -> Result<usize, Error> {
        let line = self.snippet(id)?.line(line_index)?;
        Ok((line.number + line.gap_lines) as usize)
    }

    fn column_number(
        &'f self,
        id: FileId,
        line_index: usize,
        byte_index: usize,
    ) -> Result<usize, Error> {
        let snippet = self.snippet(id)?;
        let line = snippet.line(line_index)?;
        let start = line.range.start + line.mark;
        let before = snippet.source.get(start..byte_index).unwrap_or_default();
        Ok(line.column as usize + before.chars().count())
    }

    fn line_range(&'f self, id: FileId, line_index: usize) -> Result<Range<usize>, Error> {
        Ok(self.snippet(id)?.line(line_index)?.range.clone())
    }
}

impl Snippets {
    fn snippet(&self, id: FileId) -> Result<&Snippet, Error> {
        self.files.get(&id).ok_or(Error::FileMissing)
    }
}
