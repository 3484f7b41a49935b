//! psql scripts: files that include others, conditions, other databases.

use super::run::Tree;

const TABLE: &[u8] = b"CREATE TABLE t (a int);\n";

/// The tables of a diagram, a line each.
#[track_caller]
fn tables(files: &[(&str, &[u8])]) -> String {
    let tree = Tree::new(files);
    let printed = tree.run(&["catalog", "--format", "mermaid"]);
    let names = printed
        .lines()
        .filter_map(|line| line.trim().strip_suffix(" {"));
    names.collect::<Vec<_>>().join(" ")
}

#[test]
fn included_files_run_where_they_are_included() {
    let files: &[(&str, &[u8])] = &[
        ("all.sql", b"CREATE SCHEMA s;\nSET search_path = s;\n\\i sql/tables.sql\nALTER TABLE t RENAME TO u;\n\\ir sql/more.sql\n"),
        ("sql/tables.sql", TABLE),
        ("sql/more.sql", b"\\ir ../sql/last.sql\n"),
        ("sql/last.sql", b"CREATE TABLE v (a int);\n"),
    ];
    assert_eq!(tables(files), "\"s.u\" \"s.v\"");
}

#[test]
fn a_file_that_is_included_twice_or_by_itself_runs_once() {
    let files: &[(&str, &[u8])] = &[
        ("a.sql", b"\\ir t.sql\n"),
        ("b.sql", b"\\ir t.sql\n\\ir b.sql\n"),
        ("t.sql", TABLE),
        ("u.sql", b"\\ir v.sql\nCREATE TABLE u (a int);\n"),
        ("v.sql", b"\\ir u.sql\nCREATE TABLE v (a int);\n"),
    ];
    assert_eq!(tables(files), "\"t\" \"u\" \"v\"");
}

#[test]
fn scripts_for_other_occasions_do_not_take_the_schema_down() {
    let files: &[(&str, &[u8])] = &[
        ("drop.sql", b"DROP TABLE IF EXISTS t;\n"),
        ("install.sql", b"\\i tables.sql;\n"),
        (
            "reinstall.sql",
            b"CREATE TABLE log (a int);\n\\i drop.sql\n\\i tables.sql\n",
        ),
        ("tables.sql", TABLE),
    ];
    assert_eq!(tables(files), "\"log\" \"t\"");
}

#[test]
fn a_missing_file_may_make_anything() {
    let tree = Tree::new(&[("a.sql", b"\\i gone.sql\nCREATE TABLE t (a int);\n")]);
    let printed = tree.run(&["catalog", "--explain-unknown"]);
    assert!(
        printed
            .contains("anything may exist: `gone.sql` is included, which is not among the files"),
        "{printed}"
    );
}

#[test]
fn branches_that_never_run_make_nothing() {
    let files: &[(&str, &[u8])] = &[(
        "a.sql",
        b"\\if false\nCREATE TABLE t (a int);\n\\else\nCREATE TABLE u (a int);\n\\endif\n",
    )];
    assert_eq!(tables(files), "\"u\"");
}

#[test]
fn what_a_condition_decides_is_not_known() {
    let tree = Tree::new(&[(
        "a.sql",
        b"\\if :x\nCREATE TABLE t (a int);\n\\else\nCREATE TABLE t (a int PRIMARY KEY);\n\\endif\n",
    )]);
    let printed = tree.run(&["catalog", "--explain-unknown"]);
    assert!(
        printed.contains("`public.t` may have changed: a condition decides whether this runs"),
        "{printed}"
    );
    let found = tree.run(&[
        "--output-format",
        "concise",
        "--select",
        "missing-primary-key",
        ".",
    ]);
    assert!(!found.contains("missing-primary-key"), "{found}");
}

#[test]
fn another_database_is_another_schema() {
    let files: &[(&str, &[u8])] = &[(
        "a.sql",
        b"CREATE DATABASE d;\n\\c d\nCREATE TABLE t (a int);\n\\c postgres\nCREATE TABLE u (a int);\n",
    )];
    assert_eq!(tables(files), "\"t\"");
}

#[test]
fn the_order_says_what_is_included() {
    let tree = Tree::new(&[
        ("all.sql", b"\\ir sql/tables.sql\n"),
        ("sql/more.sql", b"CREATE TABLE u (a int);\n"),
        (
            "sql/tables.sql",
            b"\\ir more.sql\nCREATE TABLE t (a int);\n",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&["order"]), @"
    exit code 0
    --- stdout
    .: plain files, in any order
       -  snapshot    all.sql
       -  included    sql/more.sql, by all.sql
       -  included    sql/tables.sql, by all.sql
    ");
}

#[test]
fn the_order_says_what_is_no_part_of_the_schema() {
    let tree = Tree::new(&[
        ("pair--1.0--1.1.sql", b"CREATE TABLE pair_log (a int);\n"),
        ("pair--1.0.sql", b"CREATE TABLE pair (a int);\n"),
        ("pair--1.1.sql", b"CREATE TABLE pair (a int, b int);\n"),
        ("uninstall.sql", b"DROP TABLE pair;\n"),
    ]);
    insta::assert_snapshot!(tree.run(&["order"]), @"
    exit code 0
    --- stdout
    .: plain files, in any order
       -  left out    pair--1.0--1.1.sql, which makes no part of the newest schema
       -  left out    pair--1.0.sql, which makes no part of the newest schema
       -  snapshot    pair--1.1.sql
       -  left out    uninstall.sql, which makes no part of the newest schema
    ");
}
