//! tern: one line, `---- create above / drop below ----`, divides up from down.
//!
//! A section is sent as one string in a transaction; the line
//! `---- tern: disable-tx ----` makes tern send its statements one by one
//! without any. Migrations are Go templates, and the files of the folders below
//! are what they put in: `{{ template "shared/timestamps.sql" . }}`.

use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::{TextRange, TextSize};

use super::flaws::{Compares, Ineffective, lines_meant};
use super::number::{before_underscore, is_direct, numeric_version};
use super::{Framework, MigrationFile, file_name, lines};

const DIVIDER: &str = "---- create above / drop below ----";
const NO_TRANSACTION: &str = "---- tern: disable-tx ----";

pub(super) const FRAMEWORK: Framework = Framework {
    name: "tern",
    directive: |text| lines(text).any(|(line, _)| line == DIVIDER || line == NO_TRANSACTION),
    order: |folder| match folder.most(|file| before_underscore(file.path).is_some()) {
        true => folder
            .sorted_by_key(|file| is_direct(file.path).then(|| before_underscore(file.path))?),
        false => folder.sorted(|_| true, crate::natural::compare_paths),
    },
    sections,
    version: numeric_version,
    is_gapless: true,
    compares: Compares::Numbers,
    ineffective,
    ignores: "as its name is not `<number>_<name>.sql`",
    has_templates_below: true,
    ..Framework::BASE
};

fn ineffective(file: &MigrationFile<'_>) -> Vec<Ineffective> {
    let content = |line: &str| {
        let dashes = |it: char| it == '-' || it.is_whitespace();
        line.trim_matches(dashes).to_ascii_lowercase()
    };
    let is_like =
        |line: &str, directive: &str| line.starts_with("--") && content(line) == content(directive);
    let why = |directive: &str| format!("tern knows only the exact line `{directive}`");
    let mut found = Vec::new();
    if !file.text.contains(DIVIDER) {
        found = lines_meant(file.text, &why(DIVIDER), |line| is_like(line, DIVIDER));
    }
    let is_alone = exact_lines(file.text).any(|line| line == NO_TRANSACTION);
    if !is_alone {
        let meant = |line: &str| is_like(line, NO_TRANSACTION);
        found.extend(lines_meant(file.text, &why(NO_TRANSACTION), meant));
    }
    found
}

/// The lines without their ends; a carriage return is part of a line, as for
/// tern's `(?m)^...$`.
fn exact_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
}

/// A file without the dividing line cannot be undone: all of it goes up.
fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let end = TextSize::of(file.text);
    let divider = lines(file.text).find(|(line, _)| *line == DIVIDER);
    let up_end = divider.map_or(end, |(_, range)| range.start());
    let section = |range: TextRange, direction| Section {
        range,
        direction,
        transaction: transaction(&file.text[range]),
        version: file_name::version(file.path),
        is_conditional: false,
    };
    let up = section(TextRange::up_to(up_end), Direction::Up);
    let down = divider.map(|(_, range)| section(TextRange::new(range.end(), end), Direction::Down));
    std::iter::once(up).chain(down).collect()
}

fn transaction(text: &str) -> Transaction {
    match exact_lines(text).any(|line| line == NO_TRANSACTION) {
        true => Transaction::PerStatement,
        false => Transaction::Wrapped,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_ineffective};

    #[test]
    fn lines_are_exact() {
        let why = "tern knows only the exact line `---- tern: disable-tx ----`";
        let text = "---- tern: disable-tx ----\r\nSELECT 1;";
        check(
            "tern",
            "1_a.sql",
            text,
            &["Up Wrapped 1: ---- tern: disable-tx ----\r\nSELECT 1;"],
        );
        check_ineffective("tern", text, &["---- tern: disable-tx ----"], why);
        check_ineffective("tern", "---- tern: disable-tx ----\nx", &[], why);
        let why = "tern knows only the exact line `---- create above / drop below ----`";
        let text = "SELECT 1;\n--- create above / drop below ---\nSELECT 2;";
        check_ineffective("tern", text, &["--- create above / drop below ---"], why);
    }

    #[test]
    fn above_and_below() {
        check(
            "tern",
            "001_a.sql",
            "SELECT 1;\n---- create above / drop below ----\nSELECT 2;\n",
            &["Up Wrapped 001: SELECT 1;", "Down Wrapped 001: SELECT 2;"],
        );
    }

    #[test]
    fn without_a_transaction() {
        check(
            "tern",
            "002_a.sql",
            "---- tern: disable-tx ----\nSELECT 1;",
            &["Up PerStatement 002: ---- tern: disable-tx ----\nSELECT 1;"],
        );
    }
}
