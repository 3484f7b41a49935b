//! What is told of a file before its project is analysed is part of what is told
//! afterwards: all that its text tells by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_linter::rules;
use pglint_project::{Analysis, Project, Request, SourceFile, decode_text};
use pglint_text::FileId;

/// What is put into the middle of each file.
const MISTAKES: &str = ";\nSELEC 1;\n-- pglint: ignore\nSELECT 1 AS \"a;\n";

fn request(folder: &Path) -> Request {
    Request {
        working_directory: folder.into(),
        paths: vec![folder.into()],
        ..Request::default()
    }
}

/// The rules whose diagnostics follow from a text alone.
fn is_of_text(rule: &str) -> bool {
    let found = rules::find(rule);
    found.is_some_and(|it| it.category == "file") && rule != "unused-suppression"
}

fn told(analysis: &Analysis, file: FileId) -> BTreeSet<String> {
    let diagnostics = analysis.diagnostics_of(file).into_iter();
    let of_text = diagnostics
        .flat_map(|it| &**it)
        .filter(|it| is_of_text(it.rule));
    of_text
        .map(|it| format!("{} {:?} {:?}", it.message, it.severity, it.location.range))
        .collect()
}

#[test]
fn a_glance_tells_what_the_text_tells() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let folders = std::fs::read_dir(fixtures).unwrap();
    let folders: BTreeSet<PathBuf> = folders.map(|it| it.unwrap().path()).collect();
    let mut count = 0;
    for folder in folders {
        let project = Project::read(&request(&folder));
        for file in project.reported_files().into_iter().step_by(3) {
            let text = &project.file(file).text;
            let middle = text.len() / 2;
            let middle = text[..middle].rfind('\n').map_or(0, |at| at + 1);
            let (head, tail) = text.split_at(middle);
            let broken = format!("{head}{MISTAKES}{tail}");
            let Some(project) = project.with_text(file, decode_text(&Arc::from(broken))) else {
                continue;
            };
            let glance = Analysis::glance(&project, file).unwrap();
            let name = |source: &SourceFile| source.name.clone();
            assert_eq!(
                name(glance.project.file(FileId(0))),
                name(project.file(file))
            );
            let all = glance.diagnostics_of(FileId(0)).unwrap();
            assert!(all.iter().all(|it| is_of_text(it.rule)), "{all:#?}");
            let whole = Analysis::new(project);
            let expected = told(&whole, file);
            let path = &whole.project.file(file).path;
            assert_eq!(told(&glance, FileId(0)), expected, "{}", path.display());
            count += expected.len();
        }
    }
    assert!(count > 50, "{count}");
}
