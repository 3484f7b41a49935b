//! `pglint.toml`: what it changes, and what is said of a bad one.

use super::run::Tree;

const TABLE: &[u8] = b"CREATE TABLE visit (page text, gone timestamptz, seen boolean);\n";

#[test]
fn rules_objects_and_severities() {
    let configuration = br#"
ignore = ["timestamp-without-time-zone", { rule = "missing-primary-key", object = "public.visit" }]
[severity]
nullable-boolean = "info"
"#;
    let tree = Tree::new(&[("pglint.toml", configuration), ("a.sql", TABLE)]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise"]));
}

#[test]
fn excluded_files_are_read_and_not_reported() {
    let tree = Tree::new(&[
        ("pglint.toml", b"exclude = ['vendor/**']"),
        ("vendor/a.sql", TABLE),
        ("b.sql", b"UPDATE visit SET page = 'x';"),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", ".", "vendor/a.sql"]));
}

#[test]
fn columns_of_soft_deletes_have_other_names() {
    let tree = Tree::new(&[
        (
            "pglint.toml",
            b"soft-delete-columns = ['gone']\nselect = ['soft-delete']",
        ),
        ("a.sql", TABLE),
        (
            "queries/b.sql",
            b"UPDATE visit SET gone = now() WHERE page = $1;\nSELECT page FROM visit;",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise"]));
}

#[test]
fn a_mistake_fails_after_the_report() {
    let tree = Tree::new(&[("pglint.toml", b"slect = []"), ("a.sql", TABLE)]);
    insta::assert_snapshot!(tree.run(&["--output-format", "concise", "--select", "schema"]));
}
