//! The documents that the client has open.

use std::sync::Arc;

use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, Url};

use crate::position::{LineTable, PositionEncoding};

/// A document as the client last described it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// The client's own spelling of its address.
    pub(crate) uri: Url,
    /// The client's number for this state.
    pub(crate) version: i32,
    /// The whole text.
    pub(crate) text: Arc<str>,
}

impl Document {
    /// The document after `changes`, which apply one after the other.
    pub(crate) fn changed(
        &self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: PositionEncoding,
    ) -> Document {
        let mut text = String::from(&*self.text);
        for change in changes {
            apply(&mut text, change, encoding);
        }
        Document {
            uri: self.uri.clone(),
            version,
            text: text.into(),
        }
    }
}

fn apply(text: &mut String, change: TextDocumentContentChangeEvent, encoding: PositionEncoding) {
    match change.range {
        Some(range) => {
            let range = LineTable::new(text).bytes(text, range, encoding);
            let range = usize::from(range.start())..usize::from(range.end());
            text.replace_range(range, &change.text);
        }
        None => *text = change.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tower_lsp::lsp_types::{Position, Range};

    #[track_caller]
    fn check(text: &str, start: (u32, u32), end: (u32, u32), new: &str, expected: &str) {
        let document = Document {
            uri: Url::parse("untitled:a").unwrap(),
            version: 1,
            text: text.into(),
        };
        let change = TextDocumentContentChangeEvent {
            range: Some(Range::new(
                Position::new(start.0, start.1),
                Position::new(end.0, end.1),
            )),
            range_length: None,
            text: new.to_owned(),
        };
        let changed = document.changed(2, vec![change], PositionEncoding::Utf16);
        assert_eq!(&*changed.text, expected);
    }

    #[test]
    fn edits_are_in_the_agreed_code_units() {
        check("a😀b\nc", (0, 3), (1, 0), "-", "a😀-c");
        check("a\rb\r\nc", (1, 1), (2, 0), "", "a\rbc");
        check("abc", (0, 2), (0, 1), "x", "abxc");
        check("abc", (5, 0), (9, 9), "x", "abcx");
    }
}
