//! Executes the cases in `tests/mdtest/`: look-alikes and variants of what a rule
//! speaks about, too many for its page.
//!
//! A file has the name of a rule. Its fences are marked `sql setup` (read before
//! all fences that follow, in a file of its own) or `sql`, in which the rule speaks
//! on exactly the lines that end in `-- speaks`. `file=NAME` puts a fence into a
//! file of that name, where the order of files matters.

use std::path::Path;

use pglint_linter::rules;

use crate::support::{TestFile, diagnostics_of};

/// The rules and pages of the folder.
pub(crate) fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mdtest");
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path());
    let pages = paths.filter(|path| path.extension().is_some_and(|it| it == "md"));
    pages
        .map(|path| {
            let rule = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (rule, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// The projects of a page: for each fence that is no setup, the files of the
/// setup and then its own. Pages of rules mark fences in more ways; those that
/// show what a fix makes are left out.
pub(crate) fn cases(page: &str) -> Vec<Vec<TestFile>> {
    let mut setup: Vec<TestFile> = Vec::new();
    let mut cases = Vec::new();
    // The text between two fences stands at the even places.
    for (number, fence) in page.split("```").enumerate().skip(1).step_by(2) {
        let (info, sql) = fence.split_once('\n').unwrap();
        let words: Vec<&str> = info.split_whitespace().collect();
        let is_setup = match words.as_slice() {
            ["sql", "setup", ..] => true,
            ["sql", "fixed", ..] => continue,
            ["sql", ..] => false,
            _ => panic!("a fence is marked `{info}`"),
        };
        let name = match (info.split_once("file="), is_setup) {
            (Some((_, name)), _) => name.to_owned(),
            (None, true) => format!("a_setup_{number:02}.sql"),
            (None, false) => "b_example.sql".to_owned(),
        };
        let file = TestFile::new(name, sql);
        if is_setup {
            setup.push(file);
        } else {
            cases.push(setup.iter().cloned().chain([file]).collect());
        }
    }
    cases
}

#[test]
fn rules_speak_where_the_cases_say() {
    let mut failures = String::new();
    for (rule, page) in pages() {
        assert!(rules::find(&rule).is_some(), "there is no rule {rule}");
        for files in cases(&page) {
            check(&rule, &files, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// The last file is the one whose lines are compared.
fn check(rule: &str, files: &[TestFile], failures: &mut String) {
    let found = diagnostics_of(files);
    let own = files.len() - 1;
    for (number, line) in files[own].text().lines().enumerate() {
        let here: Vec<_> = found
            .iter()
            .filter(|it| it.file == own && it.start.0 == number + 1)
            .collect();
        if let Some(error) = here.iter().find(|it| it.rule == "syntax-error") {
            failures.push_str(&format!("{rule}: {}\n  {line}\n", error.message));
        }
        let expected = usize::from(line.ends_with("-- speaks"));
        let spoken = here.iter().filter(|it| it.rule == rule).count();
        if spoken != expected {
            failures.push_str(&format!("{rule} speaks {spoken} times:\n  {line}\n"));
        }
    }
}
