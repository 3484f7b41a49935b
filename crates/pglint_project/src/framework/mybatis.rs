//! MyBatis Migrations: `-- //@UNDO` divides up from down.
//!
//! Scripts are called `<timestamp>_<name>.sql` and run in the order of their
//! numbers, each in a transaction. `bootstrap.sql` beside them is run by a command
//! of its own.

use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::{TextRange, TextSize};

use super::flaws::Compares;
use super::number::{before_underscore, numeric_version};
use super::{Framework, MigrationFile, lines};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "MyBatis Migrations",
    directive: |text| lines(text).any(|(line, _)| is_undo(line)),
    order: |folder| match folder.most(|file| before_underscore(file.path).is_some()) {
        true => folder.sorted_by_key(|file| before_underscore(file.path)),
        false => folder.sorted(|_| true, crate::natural::compare_paths),
    },
    sections,
    version: numeric_version,
    compares: Compares::Numbers,
    ..Framework::BASE
};

/// A file without the dividing line cannot be undone: all of it goes up.
fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let up = file.whole(Transaction::Wrapped);
    let Some((_, line)) = lines(file.text).find(|(line, _)| is_undo(line)) else {
        return vec![up];
    };
    let down = Section {
        range: TextRange::new(line.end(), TextSize::of(file.text)),
        direction: Direction::Down,
        ..up.clone()
    };
    let range = TextRange::up_to(line.start());
    vec![Section { range, ..up }, down]
}

fn is_undo(line: &str) -> bool {
    let comment = line.trim().strip_prefix("--").unwrap_or_default();
    let command = comment.trim_start().strip_prefix("//").unwrap_or_default();
    let mut words = command.split_whitespace();
    words
        .next()
        .is_some_and(|it| it.eq_ignore_ascii_case("@UNDO"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive};

    #[test]
    fn up_and_down() {
        check(
            "MyBatis Migrations",
            "20240131093000_a.sql",
            "-- // a\nSELECT 1;\n -- // @undo\nSELECT 2;\n",
            &[
                "Up Wrapped 20240131093000: -- // a\nSELECT 1;",
                "Down Wrapped 20240131093000: SELECT 2;",
            ],
        );
        check("MyBatis Migrations", "1_a.sql", "x", &["Up Wrapped 1: x"]);
    }

    #[test]
    fn the_dividing_line() {
        check_directive("MyBatis Migrations", "x\n--//@UNDO\ny", true);
        check_directive("MyBatis Migrations", "-- @UNDO\n-- // undo it", false);
    }
}
