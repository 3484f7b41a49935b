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

#[test]
fn rules_speak_where_the_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mdtest");
    let mut failures = String::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|it| it != "md") {
            continue;
        }
        let rule = path.file_stem().unwrap().to_str().unwrap();
        assert!(rules::find(rule).is_some(), "there is no rule {rule}");
        check(
            rule,
            &std::fs::read_to_string(&path).unwrap(),
            &mut failures,
        );
    }
    assert!(failures.is_empty(), "{failures}");
}

fn check(rule: &str, page: &str, failures: &mut String) {
    let mut setup: Vec<TestFile> = Vec::new();
    // The text between two fences stands at the even places.
    for (number, fence) in page.split("```").enumerate().skip(1).step_by(2) {
        let (info, sql) = fence.split_once('\n').unwrap();
        let is_setup = match info.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["sql", "setup", ..] => true,
            ["sql", ..] => false,
            _ => panic!("{rule}: a fence is marked `{info}`"),
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
            let files: Vec<TestFile> = setup.iter().cloned().chain([file]).collect();
            check_lines(rule, sql, &files, failures);
        }
    }
}

fn check_lines(rule: &str, sql: &str, files: &[TestFile], failures: &mut String) {
    let found = diagnostics_of(files);
    for (number, line) in sql.lines().enumerate() {
        let here: Vec<_> = found
            .iter()
            .filter(|it| it.file == files.len() - 1 && it.start.0 == number + 1)
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
