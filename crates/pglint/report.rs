//! Prints an analysis: one small file a format.

mod concise;
mod full;
mod github;
mod json;
mod repository;
mod sarif;
mod snippet;
mod statistics;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use pglint_project::{Analysis, Position, SourceFile};
use pglint_text::{TextRange, TextSize};

use crate::arguments::{CheckArguments, OutputFormat};
pub(crate) use summary::Summary;

/// Prints everything that the arguments ask for.
pub(crate) fn print(
    output: &mut dyn Write,
    arguments: &CheckArguments,
    analysis: &Analysis,
    summary: Summary,
) -> io::Result<()> {
    match arguments.output_format {
        OutputFormat::Json => json::print(output, analysis, summary)?,
        OutputFormat::Github => github::print(output, analysis, &summary)?,
        OutputFormat::Sarif => sarif::print(output, analysis)?,
        OutputFormat::Concise if arguments.statistics => statistics::print(output, analysis)?,
        OutputFormat::Concise => concise::print(output, analysis)?,
        OutputFormat::Full => {
            match arguments.statistics {
                true => statistics::print(output, analysis)?,
                false => full::print(output, analysis)?,
            }
            summary.print(output)?;
        }
    }
    output.flush()
}

/// Where a range begins, and where it ends: after its last character, and never
/// at the beginning of the line below it.
fn region(file: &SourceFile, range: TextRange) -> (Position, Position) {
    let text = file.text.get(..range.end().into()).unwrap_or(&file.text);
    let end = TextSize::of(text.trim_end_matches(['\n', '\r'])).max(range.start());
    (file.position(range.start()), file.position(end))
}
