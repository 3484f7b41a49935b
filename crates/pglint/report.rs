//! Prints an analysis: one small file a format.

mod concise;
mod full;
mod json;
mod snippet;
mod statistics;
mod summary;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::time::Duration;

use pglint_project::Analysis;

use crate::arguments::{CheckArguments, OutputFormat};

/// Prints everything that the arguments ask for.
pub(crate) fn print(
    output: &mut dyn Write,
    arguments: &CheckArguments,
    analysis: &Analysis,
    elapsed: Duration,
) -> io::Result<()> {
    let summary = summary::Summary::new(analysis, elapsed);
    match arguments.output_format {
        OutputFormat::Json => json::print(output, analysis, summary)?,
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
