//! What is installed by other ways than cargo agrees with the program.

use std::fs;

use crate::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn both_repositories_have_the_same_hooks() {
    let own = read(".pre-commit-hooks.yaml");
    let mirror = read("packaging/pre-commit/.pre-commit-hooks.yaml");
    assert!(own.contains("language: rust"));
    assert_eq!(own.replace("language: rust", "language: python"), mirror);
}

#[test]
fn the_mirror_installs_this_version() {
    let mirror: toml::Table = read("packaging/pre-commit/pyproject.toml").parse().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        mirror["project"]["dependencies"],
        toml::Value::Array(vec![format!("pglint=={version}").into()])
    );
    let readme = read("packaging/pre-commit/README.md");
    assert!(readme.contains(&format!("rev: v{version}\n")));
}

#[test]
fn the_wheel_says_what_the_crate_says() {
    let wheel: toml::Table = read("pyproject.toml").parse().unwrap();
    let crate_: toml::Table = read("Cargo.toml").parse().unwrap();
    let said = |key: &str| wheel["project"][key].clone();
    assert_eq!(said("name"), crate_["package"]["name"]);
    assert_eq!(said("description"), crate_["package"]["description"]);
    assert_eq!(said("license"), crate_["workspace"]["package"]["license"]);
}
