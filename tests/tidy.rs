//! The shape of the repository, as tests: who may use whom, who may touch the
//! disk, how large a file may grow. `ARCHITECTURE.md` says why.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read the repository should stop"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

/// Every crate with the crates of the workspace that it may use, lowest first.
/// This is the picture in `ARCHITECTURE.md`: a new edge is a decision, so it is
/// made here and there in the same commit.
const ARROWS: &[(&str, &[&str])] = &[
    ("pglint_text", &[]),
    ("pglint_syntax", &["pglint_text"]),
    ("pglint_catalog", &["pglint_text"]),
    (
        "pglint_semantic",
        &["pglint_text", "pglint_syntax", "pglint_catalog"],
    ),
    (
        "pglint_linter",
        &[
            "pglint_text",
            "pglint_syntax",
            "pglint_catalog",
            "pglint_semantic",
        ],
    ),
    (
        "pglint_project",
        &[
            "pglint_text",
            "pglint_syntax",
            "pglint_catalog",
            "pglint_semantic",
            "pglint_linter",
        ],
    ),
    (
        "pglint_ide",
        &[
            "pglint_text",
            "pglint_syntax",
            "pglint_catalog",
            "pglint_semantic",
            "pglint_linter",
            "pglint_project",
        ],
    ),
    (
        "pglint_lsp",
        &[
            "pglint_text",
            "pglint_linter",
            "pglint_project",
            "pglint_ide",
        ],
    ),
];

/// These two stand at the end of every arrow and may use any crate.
const ENDS: &[&str] = &["pglint", "xtask"];

/// Libraries that only one crate may name, so that they can be replaced there.
const CONFINED: &[(&str, &[&str])] = &[
    ("pg_query", &["pglint_syntax", "xtask"]),
    ("walkdir", &["pglint_project", "pglint", "xtask"]),
    ("ignore", &["pglint_project"]),
    ("codespan-reporting", &["pglint"]),
    ("clap", &["pglint", "xtask"]),
    ("tower-lsp", &["pglint_lsp"]),
];

/// The files of the library crates that may read the disk.
const DISK: &[&str] = &[
    "crates/pglint_project/src/discover.rs",
    "crates/pglint_project/src/discover/",
];

/// Lines at which a file should be looked at again.
const RULE_LINES: usize = 250;
const MODULE_LINES: usize = 600;
const LIB_LINES: usize = 100;

/// Files that were looked at again and are right as they are, and why.
const LOOKED_AT: &[(&str, &str)] = &[];

#[test]
fn dependencies_follow_the_arrows() {
    let arrows: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, manifest) in manifests() {
        let Some(allowed) = arrows.get(name.as_str()) else {
            if !ENDS.contains(&name.as_str()) {
                wrong.push(format!("`{name}` is not in the picture: add it to ARROWS"));
            }
            continue;
        };
        for dependency in dependencies(&manifest) {
            let internal =
                arrows.contains_key(dependency.as_str()) || ENDS.contains(&dependency.as_str());
            if internal && !allowed.contains(&dependency.as_str()) {
                wrong.push(format!("`{name}` must not use `{dependency}`"));
            }
        }
    }
    assert_nothing(&wrong);
}

#[test]
fn libraries_stay_where_they_are_confined() {
    let mut wrong = Vec::new();
    for (name, manifest) in manifests() {
        for dependency in dependencies(&manifest) {
            let owners = CONFINED.iter().find(|(library, _)| *library == dependency);
            if owners.is_some_and(|(_, owners)| !owners.contains(&name.as_str())) {
                wrong.push(format!("`{name}` must not name the library `{dependency}`"));
            }
        }
    }
    assert_nothing(&wrong);
}

#[test]
fn manifests_take_versions_and_lints_from_the_workspace() {
    let mut wrong = Vec::new();
    for (name, manifest) in manifests() {
        let lints = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            wrong.push(format!(
                "`{name}` does not take its lints from the workspace"
            ));
        }
        for table in dependency_tables(&manifest) {
            for (dependency, value) in table {
                if value.get("workspace").and_then(toml::Value::as_bool) != Some(true) {
                    wrong.push(format!(
                        "`{name}`: `{dependency}` is not `workspace = true`"
                    ));
                }
            }
        }
    }
    assert_nothing(&wrong);
}

#[test]
fn modules_open_with_what_they_are() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        // A rule opens with the page that its user reads.
        let opened = if is_rule(&path) {
            text.contains("declare_rule!")
        } else {
            text.starts_with("//!")
        };
        if !opened {
            wrong.push(format!("{path} does not open with `//!`"));
        }
    }
    assert_nothing(&wrong);
}

#[test]
fn files_stay_small() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let most = match () {
            () if path.contains("generated")
                || LOOKED_AT.iter().any(|(known, _)| *known == path) =>
            {
                continue;
            }
            () if is_rule(&path) => RULE_LINES,
            () if path.ends_with("/lib.rs") => LIB_LINES,
            () => MODULE_LINES,
        };
        let lines = text.lines().count();
        if lines > most {
            wrong.push(format!("{path} has {lines} lines, more than {most}"));
        }
    }
    assert_nothing(&wrong);
}

#[test]
fn only_discovery_reads_the_disk() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let library = path.starts_with("crates/pglint_") && path.contains("/src/");
        if !library || path.ends_with("tests.rs") || DISK.iter().any(|disk| path.starts_with(disk))
        {
            continue;
        }
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in shipped.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for outside in [
                "std::fs",
                "std::net",
                "std::process",
                "std::env",
                "File::open",
            ] {
                if code.contains(outside) {
                    wrong.push(format!(
                        "{path}:{}: `{outside}` in a crate without IO",
                        number + 1
                    ));
                }
            }
        }
    }
    assert_nothing(&wrong);
}

#[test]
fn every_test_runs() {
    let attribute = concat!("#[", "ignore");
    let skipped: Vec<_> = sources()
        .into_iter()
        .filter(|(_, text)| text.contains(attribute))
        .map(|(path, _)| path)
        .collect();
    assert_nothing(&skipped);
}

#[track_caller]
fn assert_nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every package of the workspace: its name and its manifest.
fn manifests() -> Vec<(String, toml::Table)> {
    let mut paths = vec![root().join("Cargo.toml"), root().join("xtask/Cargo.toml")];
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let path = entry.unwrap().path().join("Cargo.toml");
        if path.exists() {
            paths.push(path);
        }
    }
    paths.into_iter().map(|path| read_manifest(&path)).collect()
}

fn read_manifest(path: &PathBuf) -> (String, toml::Table) {
    let manifest: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let name = manifest["package"]["name"].as_str().unwrap().to_owned();
    (name, manifest)
}

/// The tables of normal, build and development dependencies; the last may not
/// turn an arrow round either.
fn dependency_tables(manifest: &toml::Table) -> Vec<&toml::Table> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|key| manifest.get(key)?.as_table())
        .collect()
}

fn dependencies(manifest: &toml::Table) -> Vec<String> {
    dependency_tables(manifest)
        .into_iter()
        .flat_map(|table| table.keys().cloned())
        .collect()
}

/// Every hand-written or generated Rust file: its path from the root, with `/`,
/// and its text.
fn sources() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["crates", "tests", "xtask"] {
        for entry in WalkDir::new(root().join(folder)).sort_by_file_name() {
            let path = entry.unwrap().into_path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(root())
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                files.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

/// Whether a path is `crates/pglint_linter/src/rules/CATEGORY/RULE.rs`.
fn is_rule(path: &str) -> bool {
    let inside = path.strip_prefix("crates/pglint_linter/src/rules/");
    inside.is_some_and(|rest| rest.contains('/') && !rest.ends_with("/mod.rs"))
}
