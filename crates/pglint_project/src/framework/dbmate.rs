//! dbmate: `-- migrate:up [transaction:false]`, `-- migrate:down`.
//!
//! A section is sent as one string, in a transaction unless the directive says
//! otherwise. A file may hold several of each kind. Files run in the order of
//! their names as text.

use pglint_semantic::section::{Direction, Section, Transaction};

use super::{Framework, MigrationFile, file_name, lines, name_of, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "dbmate",
    directive: |text| lines(text).any(|(line, _)| directive(line).is_some()),
    order: |folder| {
        folder.sorted(
            |_| true,
            |left, right| {
                name_of(left)
                    .cmp(name_of(right))
                    .then_with(|| left.cmp(right))
            },
        )
    },
    sections,
    ignores: "as its name does not begin with digits",
    ..Framework::BASE
};

fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let begins = lines(file.text).filter_map(|(line, range)| {
        let (direction, transaction) = directive(line)?;
        let section = Section {
            range,
            direction,
            transaction,
            version: file_name::version(file.path),
        };
        Some((section, range))
    });
    sections_between(file, Transaction::Wrapped, begins)
}

fn directive(line: &str) -> Option<(Direction, Transaction)> {
    let mut words = line.strip_prefix("--")?.split_whitespace();
    let direction = match words.next()? {
        "migrate:up" => Direction::Up,
        "migrate:down" => Direction::Down,
        _ => return None,
    };
    let transaction = match words.any(|word| word == "transaction:false") {
        true => Transaction::Implicit,
        false => Transaction::Wrapped,
    };
    Some((direction, transaction))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive};

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
        check_directive("dbmate", "-- migrate:upward\nSELECT 1;", false);
    }
}
