//! Atlas: `<version>_<name>.sql` beside an `atlas.sum`.
//!
//! Files run in the order of their names as text, beginning with the last
//! `-- atlas:checkpoint`, each in a transaction unless `-- atlas:txmode none`.

use std::path::PathBuf;

use pglint_semantic::section::Transaction;

use super::flaws::{Compares, lines_meant};
use super::{Claim, Folder, Framework, MigrationFile, World, lines, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Atlas",
    claims,
    directive: |text| has_header(text, "checkpoint") || has_header(text, "txmode"),
    order,
    sections: |file| {
        let is_outside = header(file.text, "txmode").is_some_and(|mode| mode == "none");
        vec![file.whole(match is_outside {
            true => Transaction::PerStatement,
            false => Transaction::Wrapped,
        })]
    },
    compares: Compares::Text,
    ineffective: |file| {
        let why = "Atlas takes it only in the comments at the top, with an empty line after them";
        lines_meant(file.text, why, |line| {
            let directive = line.strip_prefix("--").map(str::trim_start);
            let directive = directive.and_then(|it| it.strip_prefix("atlas:"));
            let word = directive.and_then(|it| it.split_whitespace().next());
            let is_of_file = word.is_some_and(|it| matches!(it, "txmode" | "checkpoint"));
            is_of_file && !headers(file.text).any(|header| header == line)
        })
    },
    ignores_by_mistake: false,
    ignores: "as a later checkpoint stands for it",
    ..Framework::BASE
};

fn claims(world: &World<'_>) -> Vec<Claim> {
    let claim = |marker: &PathBuf| {
        let folder = marker.parent()?;
        Some(Claim {
            folder: folder.into(),
            evidence: "`atlas.sum`".into(),
            files: world.directly_in(folder).cloned().collect(),
            listed: Vec::new(),
            dialect: None,
        })
    };
    world.markers_named("atlas.sum").filter_map(claim).collect()
}

fn order(folder: &Folder<'_>) -> Vec<usize> {
    let name = |file: &MigrationFile<'_>| name_of(file.path).to_owned();
    let checkpoints = folder
        .files
        .iter()
        .filter(|it| has_header(it.text, "checkpoint"));
    let first = checkpoints.map(name).max().unwrap_or_default();
    folder.sorted_by_key(|file| Some(name(file)).filter(|name| *name >= first))
}

fn has_header(text: &str, word: &str) -> bool {
    header(text, word).is_some()
}

/// What follows `-- atlas:WORD` among the comments that a file begins with.
fn header<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    headers(text)
        .filter_map(|header| {
            let comment = header.strip_prefix("--")?.trim_start();
            comment.strip_prefix("atlas:")?.strip_prefix(word)
        })
        .find(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        .map(str::trim)
}

/// The comments that a file begins with. None where no empty line divides them
/// from what follows: then they belong to the first statement.
fn headers(text: &str) -> impl Iterator<Item = &str> {
    let is_comment = |line: &&str| line.starts_with("--");
    let after = lines(text)
        .map(|(line, _)| line)
        .find(|line| !is_comment(line));
    let is_divided = after.is_none_or(str::is_empty);
    lines(text)
        .map(|(line, _)| line)
        .take_while(is_comment)
        .filter(move |_| is_divided)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive, check_ineffective, check_order};

    #[test]
    fn from_the_last_checkpoint_on() {
        check_order(
            &[
                ("1_a.sql", ""),
                ("10_c.sql", ""),
                ("2_b.sql", "-- atlas:checkpoint v2\n\nx"),
            ],
            "Atlas",
            &["2_b.sql"],
        );
        check_order(
            &[
                ("1_a.sql", "-- atlas:txmode file\n\n"),
                ("10_c.sql", ""),
                ("2_b.sql", ""),
            ],
            "Atlas",
            &["10_c.sql", "1_a.sql", "2_b.sql"],
        );
    }

    #[test]
    fn transactions() {
        let text = "-- x\n-- atlas:txmode none\n\nx";
        check(
            "Atlas",
            "1_a.sql",
            text,
            &["Up PerStatement 1: -- x\n-- atlas:txmode none\n\nx"],
        );
        check("Atlas", "1_a.sql", "x", &["Up Wrapped 1: x"]);
        check_directive("Atlas", "SELECT 1;\n-- atlas:txmode none", false);
        let why = "Atlas takes it only in the comments at the top, with an empty line after them";
        let text = "-- atlas:txmode none\nCREATE INDEX CONCURRENTLY ON t (a);";
        check_ineffective("Atlas", text, &["-- atlas:txmode none"], why);
        check_ineffective("Atlas", "-- atlas:txmode none\n\nx", &[], why);
    }
}
