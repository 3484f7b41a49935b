//! Tools that say everything by file names, and what all tools share: versions.
//!
//! `0001_name.sql`, `0001_name.up.sql` with `0001_name.down.sql`, and folders
//! called after a version that hold `up.sql` and `down.sql` or `migration.sql`.
//! Which tool runs such files is not known here, nor therefore in what
//! transaction.

use std::path::Path;

use pglint_semantic::section::Direction;

use super::Framework;

pub(super) const FRAMEWORK: Framework = Framework {
    name: "file names",
    ..Framework::BASE
};

/// Why a history belongs to no tool in particular.
pub(super) const EVIDENCE: &str = "names that begin with versions";

/// The direction that the file's name tells: `x.up.sql`, `down.sql`,
/// `1_x_down.sql`, Postgrator's `1.undo.x.sql`. `None` where it tells none.
pub(crate) fn direction(path: &Path) -> Option<Direction> {
    let stem = path.file_stem()?.to_str()?;
    let by = |separators: &[char]| word_direction(stem.rsplit(separators).next()?);
    let is_way_back = |it: &str| matches!(it, "backward" | "revert");
    if stem.rsplit_once('.').is_some_and(|(_, it)| is_way_back(it)) {
        return Some(Direction::Down);
    }
    by(&['.']).or_else(|| {
        leading_version(stem)?;
        let second = || word_direction(stem.split('.').nth(1)?);
        by(&['.', '_', '-']).or_else(second)
    })
}

fn word_direction(word: &str) -> Option<Direction> {
    match &*word.to_ascii_lowercase() {
        "up" => Some(Direction::Up),
        "down" | "rollback" | "undo" => Some(Direction::Down),
        _ => None,
    }
}

/// The version of a migration: that of its file's name, else of its folder's.
/// `None` where neither has one.
pub(crate) fn version(path: &Path) -> Option<String> {
    let name = |path: &Path| Some(leading_version(path.file_name()?.to_str()?)?.to_owned());
    name(path).or_else(|| name(path.parent()?))
}

/// The version that a name starts with: `20240131_users.sql`, `00.16_x.sql`,
/// `V1.2__users.sql`. `None` where the digits are more likely part of a word.
pub(crate) fn leading_version(name: &str) -> Option<&str> {
    flyway_version(name)
        .or_else(|| {
            let end = name
                .find(|character: char| !character.is_ascii_digit() && character != '.')
                .unwrap_or(name.len());
            let version = name[..end].trim_end_matches('.');
            let digits = version.bytes().filter(u8::is_ascii_digit).count();
            let rest = &name[version.len()..];
            let ends = rest.is_empty() || rest.starts_with(['_', '-', '.', ' ']);
            let starts = name.starts_with(|character: char| character.is_ascii_digit());
            (starts && (ends || digits >= 2)).then_some(version)
        })
        .or_else(|| numbered_version(name))
}

/// The words that only steps are called, and that their numbers follow.
const STEP_WORDS: [&str; 8] = [
    "change",
    "m",
    "mig",
    "migrate",
    "migration",
    "script",
    "step",
    "v",
];

/// `migration_001.sql`, `Script0001 - a.sql`, `m0010_a.sql`: a word and a number that
/// is filled up with zeros, as only long rows have them. `migration_001_002.sql` leads
/// from one version to another, and is none.
fn numbered_version(name: &str) -> Option<&str> {
    let word = name.find(|it: char| !it.is_ascii_alphabetic())?;
    let is_step = STEP_WORDS
        .iter()
        .any(|it| name[..word].eq_ignore_ascii_case(it));
    let rest = name[word..].trim_start_matches(['_', '-', ' ']);
    let end = rest
        .find(|it: char| !it.is_ascii_digit())
        .unwrap_or(rest.len());
    let (version, rest) = rest.split_at(end);
    let ends = rest.is_empty() || rest.starts_with(['_', '-', '.', ' ']);
    let is_padded = version.len() >= 3 && version.starts_with('0');
    let more = rest.trim_start_matches(['_', '-', '.', ' ']);
    let is_pair = more.starts_with(|it: char| it.is_ascii_digit());
    (is_step && is_padded && ends && !is_pair).then_some(version)
}

/// `V`, digits with dots or underscores between them, two underscores. `U` and
/// `B` mark other kinds of versions with the same shape.
fn flyway_version(name: &str) -> Option<&str> {
    let rest = name.strip_prefix(['V', 'v', 'U', 'B'])?;
    let (version, _) = rest.split_once("__")?;
    let is_version = version.starts_with(|character: char| character.is_ascii_digit())
        && version
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'_');
    is_version.then_some(version)
}

#[cfg(test)]
mod tests {
    use super::super::tests::check as check_sections;
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(leading_version(name), expected, "{name}");
    }

    #[test]
    fn versions() {
        check("20240131093000_users.sql", Some("20240131093000"));
        check("1-users.up.sql", Some("1"));
        check("000017.sql", Some("000017"));
        check("2.0.2.sql", Some("2.0.2"));
        check("00.16.00_01_add.sql", Some("00.16.00"));
        check("01users.sql", Some("01"));
        check("V1.2__users.sql", Some("1.2"));
        check("V1_2__users.sql", Some("1_2"));
        check("72", Some("72"));
        check("migration_001.sql", Some("001"));
        check("Script0012 - Add column.sql", Some("0012"));
        check("m0010_a.sql", Some("0010"));
    }

    #[test]
    fn words_are_no_versions() {
        check("users.sql", None);
        check("2fa.sql", None);
        check("V__x.sql", None);
        check("View__x.sql", None);
        check("v1.sql", None);
        check("v100.sql", None);
        check("m20220101_000001_x.rs", None);
        check("users_001.sql", None);
        check("migration_001_002.sql", None);
        check(".sql", None);
        check("", None);
    }

    #[test]
    fn sections_by_name() {
        check_sections("file names", "7_a.up.sql", "x", &["Up None 7: x"]);
        check_sections("file names", "7_a.DOWN.sql", "x", &["Down None 7: x"]);
        check_sections(
            "file names",
            "2024-01_a/down.sql",
            "x",
            &["Down None 2024: x"],
        );
        check_sections("file names", "8_a/migration.sql", "x", &["Up None 8: x"]);
        check_sections("file names", "9_a_down.sql", "x", &["Down None 9: x"]);
        check_sections("file names", "9_a.rollback.sql", "x", &["Down None 9: x"]);
        check_sections("file names", "1.undo.a.sql", "x", &["Down None 1: x"]);
        check_sections("file names", "1.do.a.sql", "x", &["Up None 1: x"]);
        check_sections("file names", "1_a.revert.sql", "x", &["Down None 1: x"]);
        check_sections("file names", "1_a_revert.sql", "x", &["Up None 1: x"]);
        check_sections("file names", "count_down.sql", "x", &["Up None -: x"]);
        check_sections("file names", "9_shutdown.sql", "x", &["Up None 9: x"]);
    }
}
