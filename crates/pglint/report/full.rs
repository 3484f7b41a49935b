//! For people: source, labels, help and the fix as a diff, by codespan-reporting.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{
    Diagnostic as Rendered, Label as RenderedLabel, Severity as RenderedSeverity,
};
use codespan_reporting::term::{self, Config, termcolor::Ansi};
use pglint_linter::diagnostic::{Diagnostic, FileRange, Fix};
use pglint_linter::{Applicability, Edit, Severity, apply_edits};
use pglint_project::{Analysis, Project};
use pglint_text::{FileId, TextRange};
use similar::{ChangeTag, TextDiff};

use super::snippet::Snippets;
use crate::terminal::printable;

/// A fix that touches more text is told by its title alone.
const DIFF_BYTES: u32 = 2_000;

pub(super) fn print(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let config = Config::default();
    for diagnostic in analysis.diagnostics() {
        print_diagnostic(output, &config, &analysis.project, diagnostic)?;
    }
    Ok(())
}

fn print_diagnostic(
    output: &mut dyn Write,
    config: &Config,
    project: &Project,
    diagnostic: &Diagnostic<FileRange>,
) -> io::Result<()> {
    let labels = diagnostic.labels.iter().map(|label| label.location);
    let locations: Vec<FileRange> = std::iter::once(diagnostic.location).chain(labels).collect();
    let snippets = Snippets::new(project, &locations);
    let rendered = render(project, &snippets, diagnostic);
    let mut text = Ansi::new(Vec::new());
    term::emit(&mut text, config, &snippets, &rendered).map_err(io::Error::other)?;
    let text = String::from_utf8_lossy(&text.into_inner()).into_owned();
    // codespan-reporting knows no severity called info; the header comes first.
    let text = match diagnostic.severity {
        Severity::Info => text.replacen("note", "info", 1),
        Severity::Warning | Severity::Error => text,
    };
    output.write_all(text.as_bytes())
}

fn render(
    project: &Project,
    snippets: &Snippets,
    diagnostic: &Diagnostic<FileRange>,
) -> Rendered<FileId> {
    let primary = RenderedLabel::primary(
        diagnostic.location.file,
        snippets.range(project, diagnostic.location),
    );
    let secondary = diagnostic.labels.iter().map(|label| {
        let range = snippets.range(project, label.location);
        RenderedLabel::secondary(label.location.file, range).with_message(printable(&label.message))
    });
    let help = diagnostic
        .help
        .iter()
        .map(|help| format!("help: {}", printable_lines(help)));
    let fix = diagnostic.fix.iter().map(|fix| render_fix(project, fix));
    Rendered::new(severity(diagnostic.severity))
        .with_code(diagnostic.rule)
        .with_message(printable(&diagnostic.message))
        .with_labels(std::iter::once(primary).chain(secondary).collect())
        .with_notes(help.chain(fix).collect())
}

fn severity(severity: Severity) -> RenderedSeverity {
    match severity {
        Severity::Error => RenderedSeverity::Error,
        Severity::Warning => RenderedSeverity::Warning,
        Severity::Info => RenderedSeverity::Note,
    }
}

/// The title of a fix, and a diff of the lines that it touches.
fn render_fix(project: &Project, fix: &Fix<FileRange>) -> String {
    let kind = match fix.applicability {
        Applicability::Safe => "fix",
        Applicability::Unsafe => "unsafe fix",
        Applicability::DisplayOnly => "suggestion",
    };
    let mut text = format!("{kind}: {}", printable(&fix.title));
    if let Some((old, new)) = touched_lines(project, fix) {
        for change in TextDiff::from_lines(&old, &new).iter_all_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ("-", "\x1b[31m"),
                ChangeTag::Insert => ("+", "\x1b[32m"),
                ChangeTag::Equal => (" ", ""),
            };
            let line = printable(change.value().trim_end_matches(['\n', '\r']));
            text.push_str(&format!("\n{style}{sign} {line}\x1b[0m"));
        }
    }
    text
}

/// The lines that a fix touches, before and after. `None` where it touches
/// several files or too much to be shown.
fn touched_lines(project: &Project, fix: &Fix<FileRange>) -> Option<(String, String)> {
    let first = fix.edits.first()?.location;
    let range = fix.edits.iter().try_fold(first.range, |range, edit| {
        (edit.location.file == first.file).then(|| range.cover(edit.location.range))
    })?;
    let file = project.file(first.file);
    let line = |offset| file.lines().line_range(file.lines().line_of(offset));
    let lines = TextRange::new(line(range.start())?.start(), line(range.end())?.end());
    if u32::from(lines.len()) > DIFF_BYTES {
        return None;
    }
    let old = &file.text[lines];
    let edits = Vec::from_iter(fix.edits.iter().map(|edit| Edit {
        location: FileRange {
            range: edit.location.range - lines.start(),
            ..edit.location
        },
        text: edit.text.clone(),
    }));
    Some((old.to_owned(), apply_edits(old, &edits)))
}

fn printable_lines(text: &str) -> String {
    text.split('\n')
        .map(printable)
        .collect::<Vec<_>>()
        .join("\n")
}
