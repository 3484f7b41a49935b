//! The JSON contract, version 1: documented in `docs/json.md`.
//!
//! Lines and columns are 1-based, columns in characters; offsets are 0-based, in
//! bytes of the file on the disk; ranges are half-open.

use std::io::{self, Write};

use pglint_linter::diagnostic::{Diagnostic, FileRange};
use pglint_project::{Analysis, Position};
use serde::Serialize;

use super::summary::Summary;

#[derive(Serialize)]
struct Report {
    version: u32,
    diagnostics: Vec<JsonDiagnostic>,
    summary: Summary,
}

#[derive(Serialize)]
struct JsonDiagnostic {
    rule: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    file: String,
    range: JsonRange,
    object: Option<String>,
    labels: Vec<JsonLabel>,
    fix: Option<JsonFix>,
}

#[derive(Serialize)]
struct JsonLabel {
    file: String,
    range: JsonRange,
    message: String,
}

#[derive(Serialize)]
struct JsonFix {
    title: String,
    applicability: &'static str,
    edits: Vec<JsonEdit>,
}

#[derive(Serialize)]
struct JsonEdit {
    file: String,
    range: JsonRange,
    text: String,
}

#[derive(Serialize)]
struct JsonRange {
    start: JsonPosition,
    end: JsonPosition,
}

#[derive(Serialize)]
struct JsonPosition {
    line: u32,
    column: u32,
    offset: u64,
}

pub(super) fn print(
    output: &mut dyn Write,
    analysis: &Analysis,
    summary: Summary,
) -> io::Result<()> {
    let report = Report {
        version: 1,
        diagnostics: analysis
            .diagnostics()
            .map(|found| diagnostic(analysis, found))
            .collect(),
        summary,
    };
    serde_json::to_writer_pretty(&mut *output, &report)?;
    writeln!(output)
}

fn diagnostic(analysis: &Analysis, found: &Diagnostic<FileRange>) -> JsonDiagnostic {
    let (file, range) = place(analysis, found.location);
    let label = |label: &pglint_linter::Label<FileRange>| {
        let (file, range) = place(analysis, label.location);
        JsonLabel {
            file,
            range,
            message: label.message.clone(),
        }
    };
    JsonDiagnostic {
        rule: found.rule,
        severity: found.severity.name(),
        message: found.message.clone(),
        help: found.help.clone(),
        file,
        range,
        object: found.object.clone(),
        labels: found.labels.iter().map(label).collect(),
        fix: found.fix.as_ref().map(|found| fix(analysis, found)),
    }
}

fn fix(analysis: &Analysis, fix: &pglint_linter::Fix<FileRange>) -> JsonFix {
    let edit = |edit: &pglint_linter::Edit<FileRange>| {
        let (file, range) = place(analysis, edit.location);
        JsonEdit {
            file,
            range,
            text: edit.text.clone(),
        }
    };
    JsonFix {
        title: fix.title.clone(),
        applicability: fix.applicability.name(),
        edits: fix.edits.iter().map(edit).collect(),
    }
}

fn place(analysis: &Analysis, location: FileRange) -> (String, JsonRange) {
    let file = analysis.project.file(location.file);
    let range = JsonRange {
        start: position(file.position(location.range.start())),
        end: position(file.position(location.range.end())),
    };
    (file.name.clone(), range)
}

fn position(position: Position) -> JsonPosition {
    JsonPosition {
        line: position.line,
        column: position.column,
        offset: position.offset,
    }
}
