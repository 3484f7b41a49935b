//! `README.md` shows what the program prints, and lists its rules.
//!
//! `PGLINT_UPDATE_EXPECTED=1` writes the current output into the README.

use std::fs;

use crate::{pglint, root, rules};

/// Opens the comment that names a command; a `text` fence with its output follows.
const OUTPUT: &str = "<!-- output: pglint ";

#[test]
fn readme_shows_what_the_program_prints() {
    let path = root().join("README.md");
    let written = fs::read_to_string(&path).unwrap();
    let current = with_current_output(&written);
    if std::env::var_os("PGLINT_UPDATE_EXPECTED").is_some() {
        fs::write(&path, &current).unwrap();
        return;
    }
    let lines = written.lines().zip(current.lines());
    if let Some((shown, printed)) = lines.into_iter().find(|(shown, printed)| shown != printed) {
        panic!("README.md shows\n  {shown}\nbut the program prints\n  {printed}");
    }
    assert_eq!(
        written.len(),
        current.len(),
        "README.md shows more or less than is printed"
    );
}

#[test]
fn readme_lists_every_rule_with_its_severity() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let cells = |line: &str| {
        line.split('|')
            .map(|cell| cell.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let mut listed: Vec<(String, String)> = readme
        .lines()
        .map(cells)
        .filter(|cells| {
            cells.len() == 5 && ["error", "warning", "info"].contains(&cells[2].as_str())
        })
        .map(|cells| (cells[1].trim_matches('`').to_owned(), cells[2].clone()))
        .collect();
    let mut rules = rules();
    listed.sort();
    rules.sort();
    assert_eq!(listed, rules);
}

/// The README with every output replaced by what the program prints now.
fn with_current_output(readme: &str) -> String {
    let mut current = String::new();
    let mut lines = readme.lines();
    while let Some(line) = lines.next() {
        current += line;
        current += "\n";
        let Some(command) = line
            .strip_prefix(OUTPUT)
            .and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let printed = pglint(&[&arguments[..], &["--fail-on", "never"]].concat());
        current += &format!(
            "```text\n$ pglint {command}\n{}```\n",
            without_time(&printed)
        );
        // What stands there now, from its opening to its closing fence.
        let fences = |line: &&str| line.starts_with("```");
        assert!(
            lines.next().is_some_and(|line| fences(&line)),
            "no fence after: {line}"
        );
        assert!(
            lines.by_ref().any(|line| fences(&line)),
            "no closing fence after: {line}"
        );
    }
    current
}

/// The closing line ends in the time that the run took, which is never the same.
fn without_time(printed: &str) -> String {
    let lines = printed.lines().map(|line| match line.rsplit_once(" in ") {
        Some((before, time)) if time.ends_with(" s") && time.starts_with(char::is_numeric) => {
            before
        }
        _ => line,
    });
    lines.map(|line| format!("{line}\n")).collect()
}
