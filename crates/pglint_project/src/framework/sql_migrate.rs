//! sql-migrate: `-- +migrate Up [notransaction]`, `-- +migrate Down`.
//!
//! Statements are sent one by one, in a transaction unless the directive says
//! otherwise. Directives are read exactly as written here, in this case.

use pglint_semantic::section::{Direction, Section, Transaction};

use super::{Framework, MigrationFile, file_name, lines, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "sql-migrate",
    directive: |text| lines(text).any(|(line, _)| directive(line).is_some()),
    sections,
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
    let mut words = line.strip_prefix("-- +migrate ")?.split_whitespace();
    let direction = match words.next()? {
        "Up" => Direction::Up,
        "Down" => Direction::Down,
        _ => return None,
    };
    let transaction = match words.any(|word| word == "notransaction") {
        true => Transaction::PerStatement,
        false => Transaction::Wrapped,
    };
    Some((direction, transaction))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive};

    #[test]
    fn up_and_down() {
        check(
            "sql-migrate",
            "20240101-a.sql",
            "-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;",
            &[
                "Up PerStatement 20240101: SELECT 1;",
                "Down Wrapped 20240101: SELECT 2;",
            ],
        );
    }

    #[test]
    fn directives_are_exact() {
        check_directive(
            "sql-migrate",
            "-- +migrate up\n--+migrate Up\nSELECT 1;",
            false,
        );
    }
}
