//! sql-migrate: `-- +migrate Up [notransaction]`, `-- +migrate Down`.
//!
//! Statements are sent one by one, in a transaction unless the directive says
//! otherwise. Directives are read exactly as written here, in this case.

use pglint_semantic::section::{Direction, Section, Transaction};

use super::flaws::lines_meant;
use super::{Framework, MigrationFile, file_name, lines, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "sql-migrate",
    directive: |text| lines(text).any(|(line, _)| directive(line).is_some()),
    sections,
    ineffective: |file| {
        let why = "sql-migrate takes it only as written `-- +migrate Up`, at the start of a line";
        lines_meant(file.text, why, |line| {
            is_meant(line) && !line.starts_with("-- +migrate ")
        })
    },
    statement_marks: Some(("-- +migrate StatementBegin", "-- +migrate StatementEnd")),
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
            is_conditional: false,
        };
        Some((section, range))
    });
    sections_between(file, Transaction::Wrapped, begins)
}

fn is_meant(line: &str) -> bool {
    let comment = line.trim().strip_prefix("--").unwrap_or_default();
    let comment = comment.to_ascii_lowercase();
    let mut words = comment.split_whitespace();
    let is_command = |word: &str| matches!(word, "up" | "down" | "statementbegin" | "statementend");
    words.next() == Some("+migrate") && words.next().is_some_and(is_command)
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
    use super::super::tests::{check, check_directive, check_ineffective};

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
        let why = "sql-migrate takes it only as written `-- +migrate Up`, at the start of a line";
        let text =
            "-- +migrate Up\nSELECT 1;\n--+migrate Down\n -- +migrate StatementEnd\n-- migrate it";
        let expected = ["--+migrate Down", "-- +migrate StatementEnd"];
        check_ineffective("sql-migrate", text, &expected, why);
    }
}
