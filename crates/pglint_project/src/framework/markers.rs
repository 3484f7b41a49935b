//! Files that are no SQL and tell which migration tool a project uses.

use std::path::Path;

/// Names that say everything.
pub(crate) const MARKERS: [&str; 31] = [
    ".gmrc",
    ".gmrc.js",
    ".gmrc.cjs",
    "_journal.json",
    "atlas.hcl",
    "atlas.sum",
    "Cargo.toml",
    "config.toml",
    "config.yaml",
    "database.yml",
    "dbconfig.yml",
    "diesel.toml",
    "flyway.conf",
    "flyway.toml",
    "go.mod",
    "LOADORDER",
    "LOAD_ORDER",
    "load_order.txt",
    "loadorder.txt",
    "metadata.toml",
    "migration_lock.toml",
    "order.txt",
    "package.json",
    "snapshot.json",
    "sql_files.txt",
    "sqitch.conf",
    "sqlc.json",
    "sqlc.yaml",
    "sqlc.yml",
    "sqlx.toml",
    "yoyo.ini",
];

/// Does the name of the file say that it tells of a migration tool?
pub(crate) fn is_marker(path: &Path) -> bool {
    let name = super::name_of(path);
    MARKERS.contains(&name)
        || name.ends_with(".plan")
        || name.ends_with(".sql.conf")
        || is_changelog(name)
        || is_code_step(path)
}

/// Does the name look like that of a migration that is a program?
/// `00002_fill.go`, `V3__Fill.java`, `20240131_fill.rb`
pub(crate) fn is_code_step(path: &Path) -> bool {
    const EXTENSIONS: [&str; 13] = [
        "cjs", "cs", "exs", "go", "java", "js", "kt", "mjs", "php", "py", "rb", "rs", "ts",
    ];
    let extension = path.extension().and_then(|it| it.to_str());
    let stem = path.file_stem().and_then(|it| it.to_str());
    extension.is_some_and(|it| EXTENSIONS.contains(&it))
        && stem.and_then(super::leading_version).is_some()
}

/// Liquibase's changelogs may be called anything; most have the word in them.
pub(super) fn is_changelog(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".xml", ".yaml", ".yml", ".json"]
        .iter()
        .any(|extension| lower.ends_with(extension))
        && (lower.contains("changelog") || lower.contains("change-log"))
}
