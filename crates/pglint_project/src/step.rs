//! Scripts that lead from one version of a schema to the next, by their names.

use std::path::Path;

/// Folders whose files lead from one version to the next.
const FOLDERS_OF_STEPS: [&str; 14] = [
    "archive",
    "archives",
    "delta",
    "deltas",
    "migrate",
    "migration",
    "migrations",
    "patch",
    "patches",
    "update",
    "updates",
    "upgrade",
    "upgrades",
    "versions",
];

/// Is the file, by its name or that of a folder, a step from one version to the
/// next: `4.1.0_to_4.2.0_schema.sql`, `upgrade-2.5.sql`, `repmgr--4.0--4.1.sql`?
pub(crate) fn is_step(path: &Path) -> bool {
    if path.parent().is_some_and(is_folder_of_steps) {
        return true;
    }
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().to_ascii_lowercase();
    let words: Vec<&str> = name.split(|it: char| !it.is_alphanumeric()).collect();
    let is_number = |word: &str| word.starts_with(|it: char| it.is_ascii_digit());
    let leads = |pair: &[&str]| matches!(pair[0], "update" | "patch") && is_number(pair[1]);
    let is_upgrade = words.iter().any(|it| matches!(*it, "upgrade" | "upgrades"));
    is_upgrade || words.windows(2).any(leads) || has_two_versions(&name)
}

/// `4.1.0_to_4.2.0`, `200_to_201`, `1.0--1.1`, `0.2.3-0.2.4`.
fn has_two_versions(name: &str) -> bool {
    let is_version = |text: &str, has_dot: bool| {
        let parts: Vec<&str> = text.split('.').collect();
        let is_part = |it: &&str| it.starts_with(|it: char| it.is_ascii_digit());
        parts.iter().any(is_part) && (!has_dot || parts.iter().filter(|it| is_part(it)).count() > 1)
    };
    [("_to_", false), ("-to-", false), ("--", true), ("-", true)]
        .iter()
        .any(|(separator, has_dot)| {
            let mut places = name.match_indices(separator);
            places.any(|(at, _)| {
                let before = name[..at].rsplit(['-', '_', ' ']).next();
                let after = name[at + separator.len()..].split(['_', ' ']).next();
                let is_version =
                    |text: Option<&str>| is_version(text.unwrap_or_default(), *has_dot);
                is_version(before) && is_version(after)
            })
        })
}

/// Does a folder of that name hold nothing but upgrades of another folder's schema?
pub(crate) fn is_upgrade_folder(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|it: char| !it.is_alphanumeric());
    words.any(|it| ["patches", "update", "updates", "upgrade", "upgrades"].contains(&it))
}

/// Is a folder on the way called after such scripts?
pub(crate) fn is_folder_of_steps(path: &Path) -> bool {
    path.components()
        .any(|it| has_step_word(&it.as_os_str().to_string_lossy()))
}

fn has_step_word(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|it: char| !it.is_alphanumeric());
    words.any(|it| FOLDERS_OF_STEPS.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for step in [
            "4.1.0_to_4.2.0_schema.pgsql.sql",
            "dnssec-3.x_to_3.4.0_schema.pgsql.sql",
            "upgrade/200_to_201.sql",
            "upgrade-2.5-core.postgre.sql",
            "pgsql-update-14-1.sql",
            "pgstac.0.2.3-0.2.4.sql",
            "repmgr--4.0--4.1.sql",
            "schema/pgsql-upgrades/2.5.0.sql",
            "postgres/archives/patch-drop-ar_text.sql",
        ] {
            assert!(is_step(Path::new(step)), "{step}");
        }
        for other in [
            "schema.sql",
            "pgstac.0.2.3.sql",
            "repmgr--4.0.sql",
            "update_triggers.sql",
            "functions/update_account.sql",
            "2024-01-02.sql",
            "convert_text_to_int.sql",
            "dispatch/tables.sql",
        ] {
            assert!(!is_step(Path::new(other)), "{other}");
        }
    }
}
