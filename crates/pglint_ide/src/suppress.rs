//! Comments that keep a rule from reporting.

use pglint_syntax::ParsedFile;
use pglint_text::TextSize;

/// The text to insert, and where, so that `rule` does not report in the
/// statement that holds the byte at `offset`, or in the whole file where that is
/// `None`. `None` where no comment would reach that byte.
pub fn ignore_edit(
    text: &str,
    parsed: &ParsedFile,
    rule: &str,
    offset: Option<TextSize>,
) -> Option<(TextSize, String)> {
    let end = match text.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    };
    let Some(offset) = offset else {
        let comment = format!("-- pglint: ignore-file[{rule}]{end}");
        return Some((TextSize::from(0), comment));
    };
    let comment = format!("-- pglint: ignore[{rule}]{end}");
    let mut statements = parsed.statements.iter();
    let statement = statements.find(|it| it.range.contains_inclusive(offset))?;
    let start = statement.range.start();
    let before = &text[..usize::from(start)];
    let line = &before[before.rfind(['\n', '\r']).map_or(0, |at| at + 1)..];
    Some(match line.trim().is_empty() {
        true => (start - TextSize::of(line), format!("{line}{comment}")),
        // Another statement is before it on its line.
        false => (start, format!("{end}{comment}")),
    })
}
