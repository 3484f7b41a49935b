//! Which fixes can be applied together, and what they make of a text.

use std::collections::BTreeMap;

use pglint_text::{TextRange, TextSize};

use crate::{Applicability, Diagnostic, Edit, FileRange, Fix};

/// The fixes of one file's diagnostics that can be applied at the same time:
/// those that are at most as risky as `applicability`, touch that file alone and
/// share no byte and no place with an earlier one. What is left out may be
/// applied to the text that these lead to.
pub fn applicable_fixes<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic<FileRange>>,
    applicability: Applicability,
) -> Vec<&'d Fix<FileRange>> {
    let mut fixes = Vec::new();
    // The ends of the edits by their starts.
    let mut taken: BTreeMap<TextSize, TextSize> = BTreeMap::new();
    for diagnostic in diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let is_here = |edit: &Edit<FileRange>| edit.location.file == diagnostic.location.file;
        let is_free = |edit: &Edit<FileRange>| {
            let mut before = taken.range(..=edit.location.range.end());
            let last = before.next_back();
            last.is_none_or(|(_, end)| *end < edit.location.range.start())
        };
        if fix.applicability <= applicability
            && fix.edits.iter().all(|edit| is_here(edit) && is_free(edit))
        {
            let ranges = fix.edits.iter().map(|edit| edit.location.range);
            taken.extend(ranges.map(|range| (range.start(), range.end())));
            fixes.push(fix);
        }
    }
    fixes
}

/// The text after `edits`, which do not overlap and may come in any order. All
/// are ranges of `text`, whatever file they name.
pub fn apply_edits<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit<FileRange>>) -> String {
    let mut edits = Vec::from_iter(edits);
    edits.sort_by_key(|edit| edit.location.range.start());
    let mut result = String::with_capacity(text.len());
    let mut kept_to = TextSize::from(0);
    for edit in edits {
        let range = edit.location.range;
        result.push_str(&text[TextRange::new(kept_to, range.start())]);
        result.push_str(&edit.text);
        kept_to = range.end();
    }
    result.push_str(&text[usize::from(kept_to)..]);
    result
}

#[cfg(test)]
mod tests {
    use pglint_text::FileId;

    use super::*;
    use crate::Severity;

    const TEXT: &str = "0123456789";

    /// First byte, last byte plus one, new text.
    type TestEdit = (u32, u32, &'static str);

    #[track_caller]
    fn check(fixes: &[(Applicability, &[TestEdit])], expected: &str) {
        let diagnostics: Vec<_> = fixes
            .iter()
            .map(|(applicability, edits)| diagnostic(*applicability, edits))
            .collect();
        let fixes = applicable_fixes(&diagnostics, Applicability::Unsafe);
        let edits = fixes.iter().flat_map(|fix| &fix.edits);
        assert_eq!(apply_edits(TEXT, edits), expected);
    }

    fn diagnostic(applicability: Applicability, edits: &[TestEdit]) -> Diagnostic<FileRange> {
        let place = |start: u32, end: u32| FileRange {
            file: FileId(0),
            range: TextRange::new(start.into(), end.into()),
        };
        let edit = |(start, end, text): &TestEdit| Edit {
            location: place(*start, *end),
            text: (*text).to_owned(),
        };
        Diagnostic {
            rule: "some-rule",
            severity: Severity::Warning,
            location: place(0, 1),
            message: String::new(),
            labels: Vec::new(),
            help: None,
            fix: Some(Fix {
                title: String::new(),
                applicability,
                edits: edits.iter().map(edit).collect(),
            }),
            object: None,
        }
    }

    #[test]
    fn edits_are_applied_at_once() {
        use Applicability::{DisplayOnly, Safe, Unsafe};
        check(&[], TEXT);
        check(
            &[(Safe, &[(8, 9, "x"), (0, 0, "<")]), (Unsafe, &[(4, 6, "")])],
            "<012367x9",
        );
        check(&[(DisplayOnly, &[(0, 1, "x")])], TEXT);
    }

    #[test]
    fn the_first_of_two_that_touch_wins() {
        use Applicability::Safe;
        check(
            &[(Safe, &[(2, 4, "a")]), (Safe, &[(3, 5, "b")])],
            "01a456789",
        );
        check(
            &[(Safe, &[(2, 4, "a")]), (Safe, &[(4, 4, "b")])],
            "01a456789",
        );
        check(
            &[(Safe, &[(4, 4, "a")]), (Safe, &[(4, 4, "b")])],
            "0123a456789",
        );
        check(&[(Safe, &[(1, 9, "")]), (Safe, &[(5, 6, "b")])], "09");
        // A fix is applied as a whole or not at all.
        check(
            &[
                (Safe, &[(5, 6, "a")]),
                (Safe, &[(0, 1, "b"), (5, 5, "c")]),
                (Safe, &[(0, 1, "d")]),
            ],
            "d1234a6789",
        );
    }
}
