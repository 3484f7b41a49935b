//! The formats, on diagnostics made by hand.

use std::time::Duration;

use pglint_linter::diagnostic::{Diagnostic, Edit, FileRange, Fix, Label};
use pglint_linter::{Applicability, Severity};
use pglint_project::{Analysis, FileReport, Project, SourceFile, decode};
use pglint_text::{FileId, TextRange, TextSize};

use super::{concise, full, json, summary::Summary};

const SCHEMA: &str = "CREATE TABLE person (\r\n\tid bigint,\r\n\t\"größe\" int\r\n);\r\n";
const QUERY: &str = "\u{feff}SELECT '漢字' -- why\nFROM person\nWHERE \"größe\" = NULL;\n";

/// Two files and one diagnostic that has everything.
fn example() -> Analysis {
    let mut analysis = analysis(&[("db/schema.sql", SCHEMA), ("db/query.sql", QUERY)]);
    let found = Diagnostic {
        rule: "null-comparison",
        severity: Severity::Error,
        location: at(&analysis, 1, "\"größe\" = NULL"),
        message: "comparison to NULL is never true".into(),
        labels: vec![Label {
            location: at(&analysis, 0, "\"größe\""),
            message: "column created here".into(),
        }],
        help: Some("Use IS NULL".into()),
        fix: Some(Fix {
            title: "Replace `= NULL` with `IS NULL`".into(),
            applicability: Applicability::Unsafe,
            edits: vec![Edit {
                location: at(&analysis, 1, "= NULL"),
                text: "IS NULL".into(),
            }],
        }),
        object: Some("public.person.größe".into()),
    };
    push(&mut analysis, found);
    analysis
}

fn push(analysis: &mut Analysis, found: Diagnostic<FileRange>) {
    analysis.reports.push(FileReport {
        file: found.location.file,
        diagnostics: vec![found].into(),
    });
}

fn analysis(files: &[(&str, &str)]) -> Analysis {
    let file = |(index, (name, text)): (usize, &(&str, &str))| {
        let id = FileId(index as u32);
        let decoded = decode(text.as_bytes().to_vec());
        SourceFile::new(id, name.into(), (*name).into(), decoded).into()
    };
    Analysis {
        project: Project {
            files: files.iter().enumerate().map(file).collect(),
            ..Project::default()
        },
        reported_files: files.len(),
        statements: 2,
        ..Analysis::default()
    }
}

/// The place of `part` in a file's text.
fn at(analysis: &Analysis, file: u32, part: &str) -> FileRange {
    let text = &analysis.project.file(FileId(file)).text;
    let start = text.find(part).unwrap();
    FileRange {
        file: FileId(file),
        range: TextRange::at(TextSize::try_from(start).unwrap(), TextSize::of(part)),
    }
}

fn warning(location: FileRange, message: &str) -> Diagnostic<FileRange> {
    Diagnostic {
        rule: "some-rule",
        severity: Severity::Warning,
        location,
        message: message.into(),
        labels: Vec::new(),
        help: None,
        fix: None,
        object: None,
    }
}

/// What `full` prints, without colours.
fn full(analysis: &Analysis) -> String {
    let mut output = anstream::StripStream::new(Vec::new());
    full::print(&mut output, analysis).unwrap();
    String::from_utf8(output.into_inner()).unwrap()
}

#[test]
fn full_shows_labels_help_and_the_fix() {
    insta::assert_snapshot!(full(&example()));
}

#[test]
fn concise_is_one_line() {
    let mut output = Vec::new();
    concise::print(&mut output, &example()).unwrap();
    assert_eq!(
        String::from_utf8(output).unwrap(),
        "db/query.sql:3:7: error[null-comparison] comparison to NULL is never true\n"
    );
}

#[test]
fn json_is_a_contract() {
    let analysis = example();
    let mut output = Vec::new();
    let summary = Summary::new(&analysis, Duration::from_millis(12), 0);
    json::print(&mut output, &analysis, summary).unwrap();
    insta::assert_snapshot!(String::from_utf8(output).unwrap());
}

#[test]
fn long_lines_are_clipped() {
    let text = format!(
        "SELECT {} target, {}",
        "é, ".repeat(100_000),
        "x, ".repeat(1_000)
    );
    let mut analysis = analysis(&[("long.sql", &text)]);
    let location = at(&analysis, 0, "target");
    push(&mut analysis, warning(location, "far to the right"));
    let printed = full(&analysis);
    assert!(printed.len() < 2_000, "{}", printed.len());
    insta::assert_snapshot!(printed);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let mut analysis = analysis(&[("a.sql", "SELECT \x1b[31m\0\u{202e} x;")]);
    let location = at(&analysis, 0, "x");
    push(&mut analysis, warning(location, "column `\x1b\n` is odd"));
    insta::assert_snapshot!(full(&analysis));
}

#[test]
fn long_labels_show_their_first_line() {
    let text = format!("SELECT (\n{});\n", "1 +\n".repeat(50));
    let mut analysis = analysis(&[("a.sql", &text)]);
    let location = FileRange {
        file: FileId(0),
        range: TextRange::up_to(TextSize::of(text.as_str())),
    };
    push(&mut analysis, warning(location, "much of it is wrong"));
    insta::assert_snapshot!(full(&analysis));
}

#[test]
fn labels_near_and_far_in_one_file() {
    let text = "CREATE TABLE a ();\nCREATE TABLE b ();\nCREATE TABLE c ();\n\n\n\nDROP TABLE a;\n";
    let mut analysis = analysis(&[("a.sql", text)]);
    let mut diagnostic = warning(at(&analysis, 0, "c ()"), "three tables");
    for name in ["a ()", "a;"] {
        diagnostic.labels.push(Label {
            location: at(&analysis, 0, name),
            message: "here".into(),
        });
    }
    push(&mut analysis, diagnostic);
    insta::assert_snapshot!(full(&analysis));
}

#[test]
fn places_at_the_end_of_an_empty_file() {
    let mut analysis = analysis(&[("empty.sql", "")]);
    let location = FileRange {
        file: FileId(0),
        range: TextRange::default(),
    };
    let mut info = warning(location, "nothing here");
    info.severity = Severity::Info;
    push(&mut analysis, info);
    insta::assert_snapshot!(full(&analysis));
}
