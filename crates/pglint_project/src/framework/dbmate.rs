//! dbmate: `-- migrate:up [transaction:false]`, `-- migrate:down`.
//!
//! A section is sent as one string, in a transaction unless the directive says
//! otherwise. A file may hold several of each kind. Files run in the order of
//! their names as text.

use pglint_semantic::section::{Direction, Section, Transaction};

use super::{Framework, MigrationFile, file_name, lines, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "dbmate",
    detects: |files| files.iter().any(|file| !sections(file).is_empty()),
    compare: |left, right| {
        left.file_name()
            .cmp(&right.file_name())
            .then_with(|| left.cmp(right))
    },
    sections,
};

fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let begins = lines(file.text).filter_map(|(line, range)| {
        let comment = line.strip_prefix("--")?.trim_start();
        let mut words = comment.split_whitespace();
        let direction = match words.next()? {
            "migrate:up" => Direction::Up,
            "migrate:down" => Direction::Down,
            _ => return None,
        };
        let transaction = match words.any(|word| word == "transaction:false") {
            true => Transaction::Implicit,
            false => Transaction::Wrapped,
        };
        let section = Section {
            range,
            direction,
            transaction,
            version: file_name::version(file.path),
        };
        Some((section, range))
    });
    sections_between(file.text, begins)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;

    #[test]
    fn several_sections() {
        check(
            "dbmate",
            "20240101_a.sql",
            "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n\
             --migrate:up transaction:false\nSELECT 3;\n",
            &[
                "Up Wrapped 20240101: SELECT 1;",
                "Down Wrapped 20240101: SELECT 2;",
                "Up Implicit 20240101: SELECT 3;",
            ],
        );
    }

    #[test]
    fn longer_words_are_no_directives() {
        check(
            "file names",
            "1_a.sql",
            "-- migrate:upward\nSELECT 1;",
            &["Up None 1: -- migrate:upward\nSELECT 1;"],
        );
    }
}
