//! dbmate: `-- migrate:up [transaction:false]`, `-- migrate:down`.
//!
//! A section is sent as one string, in a transaction unless the directive says
//! otherwise. A file may hold several of each kind. Files run in the order of
//! their names as text.

use pglint_semantic::section::{Direction, Section, Transaction};
use pglint_text::{TextRange, TextSize};

use super::flaws::{Compares, Ineffective, lines_meant};
use super::{Framework, MigrationFile, file_name, lines, name_of, sections_between};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "dbmate",
    directive: |text| lines(text).any(|(line, _)| directive(line).is_some()),
    order: |folder| {
        folder.sorted(
            |path| name_of(path).starts_with(|it: char| it.is_ascii_digit()),
            |left, right| {
                name_of(left)
                    .cmp(name_of(right))
                    .then_with(|| left.cmp(right))
            },
        )
    },
    sections,
    version: |path| {
        let name = name_of(path);
        let end = name.find(|it: char| !it.is_ascii_digit())?;
        (end > 0).then(|| name[..end].to_owned())
    },
    compares: Compares::Text,
    ineffective,
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
            is_conditional: false,
        };
        Some((section, range))
    });
    sections_between(file, Transaction::Wrapped, begins)
}

fn ineffective(file: &MigrationFile<'_>) -> Vec<Ineffective> {
    let why = "dbmate takes it only as `-- migrate:up` or `-- migrate:down` at the start of a line";
    let mut found = lines_meant(file.text, why, |line| {
        let comment = line.trim().strip_prefix("--").unwrap_or_default();
        let words: String = comment.to_ascii_lowercase().split_whitespace().collect();
        matches!(&*words, "migrate:up" | "migrate:down") && directive(line).is_none()
    });
    for (line, range) in lines(file.text).filter(|(line, _)| directive(line).is_some()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_known = |word: &&str| matches!(*word, "transaction:false" | "transaction:true");
        if let Some(start) = line.find("transaction")
            && !words.iter().any(is_known)
        {
            let option = line[start..].trim_end();
            let offset = TextSize::try_from(start).unwrap_or_default();
            found.push(Ineffective {
                range: TextRange::at(range.start() + offset, TextSize::of(option)),
                why: "dbmate takes it only as `transaction:false`".into(),
            });
        }
    }
    found
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
    use super::super::tests::{check, check_directive, check_ineffective};

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
    fn directives_that_are_none() {
        let why =
            "dbmate takes it only as `-- migrate:up` or `-- migrate:down` at the start of a line";
        let text =
            "-- migrate:up\nSELECT 1;\n  -- migrate:down\n-- Migrate:Down\n-- migrate upward\n";
        check_ineffective("dbmate", text, &["-- migrate:down", "-- Migrate:Down"], why);
        let why = "dbmate takes it only as `transaction:false`";
        check_ineffective(
            "dbmate",
            "-- migrate:up transaction = false",
            &["transaction = false"],
            why,
        );
        check_ineffective("dbmate", "-- migrate:up transaction:false", &[], why);
    }

    #[test]
    fn longer_words_are_no_directives() {
        check_directive("dbmate", "-- migrate:upward\nSELECT 1;", false);
    }
}
