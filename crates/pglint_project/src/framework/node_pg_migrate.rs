//! node-pg-migrate: `-- Up Migration` and `-- Down Migration` in SQL files.
//!
//! Directives are read in any case, with any number of dashes. A file with a way
//! down and no way up goes up as a whole, the way down included. Each direction
//! is sent as one string in a transaction.

use pglint_semantic::section::{Direction, Section, Transaction};

use super::flaws::lines_meant;
use super::{Framework, MigrationFile, lines, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "node-pg-migrate",
    // People write such comments, too: only what the tool itself writes into a
    // new file tells that it is the tool's.
    directive: |text| {
        lines(text).any(|(line, _)| matches!(line, "-- Up Migration" | "-- Down Migration"))
    },
    detects: |folder| {
        let manifest = || {
            folder
                .world
                .mentions(folder.path, "package.json", "node-pg-migrate")
        };
        folder
            .most(|it| super::file_name::version(it.path).is_some())
            .then(manifest)?
    },
    sections,
    ineffective: |file| {
        let directives = || lines(file.text).filter_map(|(line, _)| directive(line));
        let why =
            "without `-- Up Migration`, node-pg-migrate runs the whole file, the way down too";
        match directives().any(|it| it == Direction::Up) {
            true => Vec::new(),
            false => lines_meant(file.text, why, |line| directive(line).is_some()),
        }
    },
    ..Framework::BASE
};

fn sections(file: &MigrationFile<'_>) -> Vec<Section> {
    let whole = file.whole(Transaction::Wrapped);
    let directives: Vec<_> = lines(file.text)
        .filter_map(|(line, range)| {
            let section = Section {
                range,
                direction: directive(line)?,
                ..whole.clone()
            };
            Some((section, range))
        })
        .collect();
    match directives
        .iter()
        .any(|(section, _)| section.direction == Direction::Up)
    {
        true => sections_between(file, Transaction::Wrapped, directives),
        false => vec![whole],
    }
}

fn directive(line: &str) -> Option<Direction> {
    let comment = line.trim_start().strip_prefix("--")?;
    let comment = comment.trim_start_matches(|it: char| it == '-' || it.is_whitespace());
    let mut words = comment.split_whitespace();
    let direction = words.next()?;
    let is_directive = words.next()?.to_ascii_lowercase().starts_with("migration");
    match () {
        () if !is_directive => None,
        () if direction.eq_ignore_ascii_case("up") => Some(Direction::Up),
        () if direction.eq_ignore_ascii_case("down") => Some(Direction::Down),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_directive};

    #[test]
    fn up_and_down() {
        check(
            "node-pg-migrate",
            "1700_a.sql",
            "-- Up Migration\nx\n--- DOWN migration\ny",
            &["Up Wrapped 1700: x", "Down Wrapped 1700: y"],
        );
    }

    #[test]
    fn a_way_down_alone_goes_up() {
        check(
            "node-pg-migrate",
            "1_a.sql",
            "x\n-- Down Migration\ny",
            &["Up Wrapped 1: x\n-- Down Migration\ny"],
        );
    }

    #[test]
    fn other_comments() {
        check_directive("node-pg-migrate", "-- up to migration 5", false);
        check_directive("node-pg-migrate", "-- Up migration, part 2", false);
        check_directive("node-pg-migrate", "SELECT 1;\n-- Down Migration\n", true);
    }
}
