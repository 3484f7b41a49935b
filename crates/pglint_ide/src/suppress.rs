//! Comments that keep a rule from reporting.

use pglint_syntax::ParsedFile;
use pglint_text::TextSize;

/// How lines begin that tools read as the first ones of a file: Liquibase's
/// `--liquibase formatted sql`, sqlx's `-- no-transaction`, the directives of
/// Atlas, and the header of graphile-migrate.
const FIRST_LINES: [&str; 4] = ["liquibase ", "no-transaction", "atlas:", "! "];

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
        return Some((after_first_lines(text), comment));
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

/// Where a comment on the whole file may stand: at the beginning, but for lines
/// that must stay the first ones.
fn after_first_lines(text: &str) -> TextSize {
    let is_first = |line: &&str| {
        let comment = line.strip_prefix("--").map(str::trim_start);
        let marked = comment.is_some_and(|it| FIRST_LINES.iter().any(|mark| it.starts_with(mark)));
        marked && line.ends_with('\n')
    };
    let lines = text.split_inclusive('\n').take_while(is_first);
    lines.map(TextSize::of).sum()
}
