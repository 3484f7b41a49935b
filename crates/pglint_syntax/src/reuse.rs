//! What is known of the statements of a file from an earlier reading of it.
//!
//! How a statement parses depends on its text, on the parser's options and on
//! the style of the file alone; where it ends depends on its surroundings. So
//! the file is split anew, and a statement of the same text keeps its tree.

use rustc_hash::FxHashMap;

use crate::file::{ParsedFile, Statement};
use crate::parse::ParseOptions;
use crate::placeholder::Style;

/// The statements of an earlier text, by their own texts.
#[derive(Debug, Default)]
pub struct KnownStatements<'k> {
    style: Style,
    by_text: FxHashMap<&'k str, &'k Statement>,
}

impl<'k> KnownStatements<'k> {
    /// The statements of `file`, which was read from `text`.
    pub fn new(text: &'k str, file: &'k ParsedFile) -> KnownStatements<'k> {
        let alone = file.statements.iter().filter(|it| it.is_read_alone);
        KnownStatements {
            style: Style::of(text),
            by_text: alone.map(|it| (&text[it.range], it)).collect(),
        }
    }

    /// A statement that reads in the same way. `None` where none is known.
    pub(crate) fn find(
        &self,
        text: &str,
        options: ParseOptions,
        style: Style,
    ) -> Option<&'k Statement> {
        let known = self.by_text.get(text)?;
        (known.options == options && self.style == style).then_some(*known)
    }
}
