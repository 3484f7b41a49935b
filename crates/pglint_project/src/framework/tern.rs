//! tern: one line, `---- create above / drop below ----`, divides up from down.
//!
//! A section is sent as one string in a transaction; the line
//! `---- tern: disable-tx ----` makes tern send its statements one by one
//! without any.

use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::{TextRange, TextSize};

use super::{Framework, MigrationFile, file_name, lines};

const DIVIDER: &str = "---- create above / drop below ----";
const NO_TRANSACTION: &str = "---- tern: disable-tx ----";

pub(super) const FRAMEWORK: Framework = Framework {
    name: "tern",
    directive: |text| lines(text).any(|(line, _)| line == DIVIDER || line == NO_TRANSACTION),
    sections,
    ignores: "as its name is not `<number>_<name>.sql`",
    ..Framework::BASE
};

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
    };
    let up = section(TextRange::up_to(up_end), Direction::Up);
    let down = divider.map(|(_, range)| section(TextRange::new(range.end(), end), Direction::Down));
    std::iter::once(up).chain(down).collect()
}

fn transaction(text: &str) -> Transaction {
    match lines(text).any(|(line, _)| line == NO_TRANSACTION) {
        true => Transaction::PerStatement,
        false => Transaction::Wrapped,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

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
