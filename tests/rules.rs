//! Executes the examples of every rule's documentation.
//!
//! A fence is marked `sql setup` (read before the example, for the rest of the
//! page), `sql bad` (the rule speaks exactly where the carets are, with that
//! message), `sql fixed` (what all fixes make of the example before it) or
//! `sql good` (the rule is silent). `file=NAME` puts the example into a file of
//! that name, where the name matters.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(unix)]
#[allow(clippy::print_stderr, reason = "a test that skips says so")]
#[path = "server/cluster.rs"]
mod cluster;
#[cfg(unix)]
mod helps;
mod mdtest;
mod support;

use std::collections::BTreeSet;

use pglint_linter::{Applicability, Rule, rules};
use support::{TestFile, diagnostics_of};

#[test]
fn examples_do_what_they_say() {
    let mut failures = Vec::new();
    for rule in rules::ALL {
        if let Err(problems) = check_rule(rule) {
            failures.push(format!("{}:\n{problems}", rule.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Rules whose bad example would take pages (`tests/cli/bad_input.rs` has it), and that
/// of our own mistakes.
const NOT_SHOWN: &[&str] = &["internal-error", "statement-too-complex"];

#[test]
fn every_rule_has_a_bad_and_a_good_example() {
    for rule in rules::ALL {
        let kinds: Vec<Kind> = fences(rule).into_iter().map(|fence| fence.kind).collect();
        assert!(
            kinds.contains(&Kind::Bad) || NOT_SHOWN.contains(&rule.name),
            "{} has no bad example",
            rule.name
        );
        assert!(
            kinds.contains(&Kind::Good),
            "{} has no good example",
            rule.name
        );
    }
}

#[test]
fn list_and_folders_agree() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/crates/pglint_linter/src/rules"
    );
    let mut files = BTreeSet::new();
    for category in std::fs::read_dir(folder).unwrap() {
        let category = category.unwrap().path();
        for file in std::fs::read_dir(&category).unwrap() {
            let stem = |path: &std::path::Path| {
                path.file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .replace('_', "-")
            };
            files.insert((stem(&category), stem(&file.unwrap().path())));
        }
    }
    let listed: BTreeSet<_> = rules::ALL
        .iter()
        .map(|rule| (rule.category.to_owned(), rule.name.to_owned()))
        .collect();
    assert_eq!(files, listed);
}

/// A fenced block of a rule's documentation.
struct Fence {
    kind: Kind,
    file: Option<String>,
    sql: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Setup,
    Bad,
    Fixed,
    Good,
}

/// What a comment under a line expects.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Expected {
    line: usize,
    /// 1-based, in characters; the last one is included.
    columns: (usize, usize),
    message: String,
}

fn fences(rule: &Rule) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for line in rule.documentation.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(fence(rule, info)),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(fence), None) => {
                fence.sql.push_str(line);
                fence.sql.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{}: a fence is not closed", rule.name);
    found
}

fn fence(rule: &Rule, info: &str) -> Fence {
    let words: Vec<&str> = info.split_whitespace().collect();
    let kind = match words.as_slice() {
        ["sql", "setup", ..] => Kind::Setup,
        ["sql", "bad", ..] => Kind::Bad,
        ["sql", "fixed", ..] => Kind::Fixed,
        ["sql", "good", ..] => Kind::Good,
        _ => panic!("{}: a fence is marked `{info}`", rule.name),
    };
    Fence {
        kind,
        file: words
            .iter()
            .find_map(|word| word.strip_prefix("file=").map(str::to_owned)),
        sql: String::new(),
    }
}

fn check_rule(rule: &Rule) -> Result<(), String> {
    let mut setup = Vec::new();
    let mut before: Option<Fence> = None;
    let mut problems = String::new();
    for (number, fence) in fences(rule).into_iter().enumerate() {
        let outcome = match fence.kind {
            Kind::Setup => {
                let name = fence.file.clone();
                let name = name.unwrap_or_else(|| format!("a_setup_{number}.sql"));
                setup.push(TestFile::new(name, &fence.sql));
                Ok(())
            }
            Kind::Bad | Kind::Good => check_example(rule, &setup, &fence),
            Kind::Fixed => match &before {
                Some(bad) => check_fix(rule, &setup, bad, &fence),
                None => Err("a fixed example follows no bad one".to_owned()),
            },
        };
        if let Err(problem) = outcome {
            problems.push_str(&format!("{}{problem}\n", fence.sql));
        }
        before = Some(fence);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn files(setup: &[TestFile], fence: &Fence, sql: &str) -> Vec<TestFile> {
    let name = fence
        .file
        .clone()
        .unwrap_or_else(|| "b_example.sql".to_owned());
    let mut files = setup.to_vec();
    files.push(TestFile::new(name, sql));
    files
}

fn check_example(rule: &Rule, setup: &[TestFile], fence: &Fence) -> Result<(), String> {
    let files = files(setup, fence, &fence.sql);
    let mut found: Vec<Expected> = Vec::new();
    for diagnostic in diagnostics_of(&files)
        .iter()
        .filter(|it| it.rule == rule.name)
    {
        if diagnostic.file != files.len() - 1 {
            continue;
        }
        let (start, end) = (diagnostic.start, diagnostic.end);
        let last = if start.0 == end.0 {
            end.1.max(start.1 + 1) - 1
        } else {
            0
        };
        found.push(Expected {
            line: start.0,
            columns: (start.1, last),
            message: diagnostic.message.clone(),
        });
        if diagnostic
            .fix
            .as_ref()
            .is_some_and(|fix| fix.applicability == Applicability::Unsafe)
            && !rule.documentation.contains("## Fix safety")
        {
            return Err("an unsafe fix is not explained under `## Fix safety`".to_owned());
        }
    }
    let mut expected = expectations(&fence.sql);
    if fence.kind == Kind::Bad && expected.is_empty() {
        return Err("a bad example has no carets".to_owned());
    }
    found.sort();
    expected.sort();
    if found == expected {
        Ok(())
    } else {
        Err(format!("  expected {expected:?}\n  found    {found:?}"))
    }
}

/// Reads the `-- ^^^^ message` comments: each is about the line of code above it.
fn expectations(sql: &str) -> Vec<Expected> {
    let mut expected = Vec::new();
    let mut code_line = 0;
    for (number, line) in sql.lines().enumerate() {
        let Some(start) = annotation_start(line) else {
            code_line = number + 1;
            continue;
        };
        let carets = line[start..].chars().take_while(|c| *c == '^').count();
        let column = line[..start].chars().count() + 1;
        expected.push(Expected {
            line: code_line,
            columns: (column, column + carets - 1),
            message: line[start + carets..].trim().to_owned(),
        });
    }
    expected
}

fn annotation_start(line: &str) -> Option<usize> {
    let rest = line.strip_prefix("--")?;
    rest.trim_start().starts_with('^').then(|| line.find('^'))?
}

fn check_fix(rule: &Rule, setup: &[TestFile], bad: &Fence, fixed: &Fence) -> Result<(), String> {
    let without_annotations: String = bad
        .sql
        .lines()
        .filter(|line| annotation_start(line).is_none())
        .map(|line| format!("{line}\n"))
        .collect();
    let mut text = without_annotations;
    let mut rules_before: Option<BTreeSet<String>> = None;
    for _round in 0..10 {
        let files = files(setup, bad, &text);
        let own = files.len() - 1;
        let found = diagnostics_of(&files);
        let names: BTreeSet<String> = found
            .iter()
            .filter(|it| it.file == own)
            .map(|it| it.rule.clone())
            .collect();
        let known = rules_before.get_or_insert_with(|| names.clone());
        if let Some(new) = names.difference(known).next() {
            return Err(format!("  the fix makes `{new}` speak in:\n{text}"));
        }
        let Some(fix) = found
            .iter()
            .filter(|it| it.rule == rule.name && it.file == own)
            .filter_map(|it| it.fix.as_ref())
            .find(|fix| fix.applicability != Applicability::DisplayOnly)
        else {
            return if text == fixed.sql && !names.contains(rule.name) {
                Ok(())
            } else {
                Err(format!("  after all fixes:\n{text}  and `{names:?}` speak"))
            };
        };
        let mut edits = fix.edits.clone();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
        for edit in edits {
            text.replace_range(edit.range, &edit.text);
        }
    }
    Err("  the fixes do not come to an end".to_owned())
}
