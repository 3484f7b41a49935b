//! goose: `-- +goose Up`, `-- +goose Down`, `-- +goose NO TRANSACTION`.
//!
//! Statements are sent one by one, in a transaction unless the file says
//! otherwise. Directives are read in any case and only at the start of a line.
//! `StatementBegin` and `StatementEnd` tell goose where a body ends; the
//! splitter knows that by itself.

use pglint_semantic::section::{Direction, Section, Transaction};

use super::flaws::{Compares, lines_meant};
use super::number::{before_underscore, numeric_version};
use super::{Framework, MigrationFile, file_name, lines, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "goose",
    directive: |text| lines(text).any(|(line, _)| directive(line).is_some()),
    order: |folder| match folder.most(|file| before_underscore(file.path).is_some()) {
        true => folder.sorted_by_key(|file| before_underscore(file.path)),
        false => folder.sorted(|_| true, crate::natural::compare_paths),
    },
    sections,
    ignores: "as its name is not `<integer>_<name>.sql`",
    version: numeric_version,
    compares: Compares::Numbers,
    ineffective: |file| {
        lines_meant(
            file.text,
            "goose takes it only at the start of a line",
            |line| line != line.trim_start() && directive(line.trim_start()).is_some(),
        )
    },
    statement_marks: Some(("-- +goose StatementBegin", "-- +goose StatementEnd")),
    ..Framework::BASE
};

fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let is = |line: &str, word: &str| {
        directive(line).is_some_and(|found| found.eq_ignore_ascii_case(word))
    };
    let transaction = match lines(file.text).any(|(line, _)| is(line, "NO TRANSACTION")) {
        true => Transaction::PerStatement,
        false => Transaction::Wrapped,
    };
    let begins = lines(file.text).filter_map(|(line, range)| {
        let direction = match () {
            () if is(line, "Up") => Direction::Up,
            () if is(line, "Down") => Direction::Down,
            () => return None,
        };
        let section = Section {
            range,
            direction,
            transaction,
            version: file_name::version(file.path),
            is_conditional: false,
        };
        Some((section, range))
    });
    sections_between(file, transaction, begins)
}

/// What follows `-- +goose` on a line that starts with it.
fn directive(line: &str) -> Option<&str> {
    const MARK: &str = "+goose";
    let comment = line.strip_prefix("--")?.trim_start();
    let mark = comment.get(..MARK.len())?;
    mark.eq_ignore_ascii_case(MARK)
        .then(|| comment[MARK.len()..].trim())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive};

    #[test]
    fn up_and_down() {
        check(
            "goose",
            "00001_a.sql",
            "-- a comment\n-- +goose Up\nCREATE TABLE t ();\n-- +goose Down\nDROP TABLE t;\n",
            &[
                "Up Wrapped 00001: CREATE TABLE t ();",
                "Down Wrapped 00001: DROP TABLE t;",
            ],
        );
    }

    #[test]
    fn no_transaction_in_any_case() {
        check(
            "goose",
            "2_a.sql",
            "-- +goose no transaction\r\n--+GOOSE UP\r\nSELECT 1;\r\n",
            &["Up PerStatement 2: SELECT 1;"],
        );
    }

    #[test]
    fn statement_marks_stay_inside_their_section() {
        check(
            "goose",
            "3_a.sql",
            "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n",
            &["Up Wrapped 3: -- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd"],
        );
    }

    #[test]
    fn an_indented_directive_is_none() {
        check_directive("goose", "  -- +goose Up\nSELECT 1;", false);
    }
}
