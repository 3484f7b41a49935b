//! Liquibase: formatted SQL, `--changeset author:id`, and the SQL files that a
//! changelog in XML, YAML or JSON includes.
//!
//! Changesets run in the order of the file, files in the order in which the
//! changelogs include them. A changeset runs in a transaction unless
//! `runInTransaction:false`, and only for the databases of `dbms:`. Ways back
//! are comments.

mod changelog;

use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::TextRange;

use super::flaws::lines_meant;
use super::{Framework, MigrationFile, lines, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Liquibase",
    claims: changelog::claims,
    directive: is_formatted,
    order: |folder| match folder.listed {
        [] => folder.sorted(|_| true, crate::natural::compare_paths),
        _ => folder.in_listed_order(),
    },
    sections,
    ineffective: |file| match is_formatted(file.text) {
        true => Vec::new(),
        false => lines_meant(
            file.text,
            "Liquibase reads it only in files that begin with `--liquibase formatted sql`",
            |line| changeset(line).is_some_and(|it| it.contains(':')),
        ),
    },
    ignores: "as no changelog includes it",
    ..Framework::BASE
};

/// Is the first line that is not blank `--liquibase formatted sql`?
fn is_formatted(text: &str) -> bool {
    let mut lines = lines(text).map(|(line, _)| line.trim());
    let Some(first) = lines.find(|line| !line.is_empty()) else {
        return false;
    };
    let Some(comment) = first.strip_prefix("--") else {
        return false;
    };
    let comment = comment.trim_start().to_ascii_lowercase();
    let rest = comment.strip_prefix("liquibase");
    rest.is_some_and(|rest| rest.trim_start().starts_with("formatted"))
}

/// A file that is not formatted is one step: a changelog includes it as such.
fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    if !is_formatted(file.text) {
        let mut section = file.whole(Transaction::Wrapped);
        section.version = None;
        return vec![section];
    }
    let mut others = Vec::new();
    let changesets: Vec<(Section, TextRange)> = lines(file.text)
        .filter_map(|(line, range)| {
            let changeset = changeset(line)?;
            others.push(!is_for_postgresql(changeset));
            Some((section(changeset, range), range))
        })
        .collect();
    let sections = sections_between(file, Transaction::Wrapped, changesets);
    let is_run = sections
        .into_iter()
        .zip(others)
        .filter(|(_, is_other)| !is_other);
    let conditional = |(mut section, _): (Section, _)| {
        let mut own = lines(&file.text[section.range]);
        section.is_conditional |= own.any(|(line, _)| is_precondition(line));
        section
    };
    is_run.map(conditional).collect()
}

/// What follows `--changeset`.
fn changeset(line: &str) -> Option<&str> {
    const WORD: &str = "changeset";
    let comment = line.trim_start().strip_prefix("--")?.trim_start();
    let word = comment.get(..WORD.len())?;
    let rest = &comment[WORD.len()..];
    (word.eq_ignore_ascii_case(WORD) && rest.starts_with([' ', '\t'])).then(|| rest.trim())
}

fn section(changeset: &str, range: TextRange) -> Section {
    let is_true = |name| attribute(changeset, name).is_some_and(|it| it == "true");
    Section {
        range,
        direction: match is_true("runonchange") || is_true("runalways") {
            true => Direction::Repeatable,
            false => Direction::Up,
        },
        transaction: match attribute(changeset, "runintransaction").as_deref() {
            Some("false") => Transaction::PerStatement,
            _ => Transaction::Wrapped,
        },
        version: changeset.split_whitespace().next().map(str::to_owned),
        is_conditional: is_conditional(changeset),
    }
}

/// Does a context, a label or leave to fail decide whether the changeset is run?
fn is_conditional(changeset: &str) -> bool {
    ["context", "contextfilter", "labels", "ignore"]
        .iter()
        .any(|name| attribute(changeset, name).is_some())
        || attribute(changeset, "failonerror").is_some_and(|it| it == "false")
}

/// `--preconditions`, a line of the changeset.
fn is_precondition(line: &str) -> bool {
    let comment = line.trim_start().strip_prefix("--").unwrap_or_default();
    comment
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("precondition")
}

/// `postgresql,h2` and `!oracle` hold for PostgreSQL, as does no `dbms` at all.
fn is_for_postgresql(changeset: &str) -> bool {
    let Some(names) = attribute(changeset, "dbms") else {
        return true;
    };
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    if names.contains(&"!postgresql") || names.contains(&"none") {
        return false;
    }
    let is_any = |name: &&str| matches!(*name, "postgresql" | "all" | "");
    names.iter().any(is_any) || names.iter().all(|name| name.starts_with('!'))
}

/// The value of an attribute, in lower case, without quotes.
fn attribute(changeset: &str, name: &str) -> Option<String> {
    let lower = changeset.to_ascii_lowercase();
    let mut words = lower.split_whitespace();
    let value = words.find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive};

    #[test]
    fn changesets() {
        check(
            "Liquibase",
            "1_a.sql",
            "\n--liquibase formatted sql\nnever run\n-- changeset me:1\nx\n--rollback y\n\
             --changeset me:2 runInTransaction:false dbms:postgresql,h2\nz\n\
             --changeset me:3 dbms:mysql\nm\n--changeset me:4 runOnChange:true dbms:\"!oracle\"\nv",
            &[
                "Up Wrapped me:1: x\n--rollback y",
                "Up PerStatement me:2: z",
                "Repeatable Wrapped me:4: v",
            ],
        );
        check("Liquibase", "a.sql", "x", &["Up Wrapped -: x"]);
    }

    #[test]
    fn the_first_line() {
        check_directive("Liquibase", "-- Liquibase  Formatted SQL", true);
        check_directive("Liquibase", "SELECT 1;\n--liquibase formatted sql", false);
        check_directive("Liquibase", "--liquibase", false);
    }
}
