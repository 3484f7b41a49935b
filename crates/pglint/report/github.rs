//! For GitHub Actions: a workflow command for each diagnostic, which GitHub shows
//! beside the code, and a table of all in the summary of the job, because it
//! shows no more than ten of each severity in a step.

use std::fs::OpenOptions;
use std::io::{self, Write};

use pglint_linter::Severity;
use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_project::Analysis;

use super::repository::path_in_repository;
use super::{Summary, region};
use crate::terminal::printable;

/// The variable with the name of the file that the summary is added to.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// A step's summary holds 1 MiB; a larger one is thrown away altogether.
const SUMMARY_BYTES: usize = 900 << 10;

pub(super) fn print(
    output: &mut dyn Write,
    analysis: &Analysis,
    summary: &Summary,
) -> io::Result<()> {
    for diagnostic in analysis.diagnostics() {
        writeln!(output, "{}", command(analysis, diagnostic))?;
    }
    match std::env::var_os(SUMMARY).filter(|file| !file.is_empty()) {
        Some(file) => OpenOptions::new()
            .append(true)
            .create(true)
            .open(file)?
            .write_all(table(analysis, summary)?.as_bytes()),
        None => Ok(()),
    }
}

/// `::warning file=a.sql,line=1,endLine=1,col=1,endColumn=7,title=pglint: RULE::MESSAGE`
///
/// Lines and columns are 1-based, columns in characters. GitHub takes columns
/// only where a range stays within its line, and includes the last one.
fn command(analysis: &Analysis, found: &Diagnostic<FileRange>) -> String {
    let file = analysis.project.file(found.location.file);
    let (start, end) = region(file, found.location.range);
    let columns = match start.line == end.line {
        true => {
            let last = end.column.saturating_sub(1).max(start.column);
            format!(",col={},endColumn={last}", start.column)
        }
        false => String::new(),
    };
    let help = found.help.iter().map(|help| format!("\nhelp: {help}"));
    let message = found.message.clone() + &help.collect::<String>();
    format!(
        "::{} file={},line={},endLine={}{columns},title={}::{}",
        level(found.severity),
        property(&path_in_repository(file)),
        start.line,
        end.line,
        property(&format!("pglint: {}", found.rule)),
        data(&message)
    )
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// A text as the runner reads it after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A text as the runner reads it between `=` and `,`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// All diagnostics as a table in Markdown.
fn table(analysis: &Analysis, summary: &Summary) -> io::Result<String> {
    let mut line = Vec::new();
    summary.print(&mut line)?;
    let mut table = format!("### pglint\n\n{}\n", String::from_utf8_lossy(&line));
    let count = analysis.diagnostics().count();
    if count == 0 {
        return Ok(table);
    }
    table.push_str("| | place | rule | |\n|---|---|---|---|\n");
    for (index, found) in analysis.diagnostics().enumerate() {
        let file = analysis.project.file(found.location.file);
        let line = file.position(found.location.range.start()).line;
        let place = format!("{}:{line}", path_in_repository(file));
        table.push_str(&format!(
            "| {} | {} | `{}` | {} |\n",
            found.severity.name(),
            cell(&place),
            found.rule,
            cell(&found.message)
        ));
        let rest = count - index - 1;
        if table.len() > SUMMARY_BYTES && rest > 0 {
            table.push_str(&format!("\n... and {rest} more.\n"));
            break;
        }
    }
    Ok(table)
}

/// A text that neither ends the cell of a table nor opens a tag.
fn cell(text: &str) -> String {
    printable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_where_they_belong() {
        assert_eq!(data("100 %, a: b\r\nc"), "100 %25, a: b%0D%0Ac");
        assert_eq!(property("a,b: 1%"), "a%2Cb%3A 1%25");
        assert_eq!(cell("`a|b` <br>\n&"), "`a\\|b` &lt;br>?&amp;");
    }
}
