//! `pglint catalog`.

use super::run::Tree;

const TABLES: &[u8] = b"\
CREATE SCHEMA log;
CREATE TABLE person (id int PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, boss int REFERENCES person);
CREATE TABLE log.\"Entry & Exit\" (
    person int PRIMARY KEY REFERENCES person,
    pk numeric(10, 2),
    \"in\" timestamp(3) with time zone
);
";

#[test]
fn as_json() {
    let tree = Tree::new(&[("a.sql", b"CREATE TABLE t (id int PRIMARY KEY);")]);
    insta::assert_snapshot!(tree.run(&["catalog", "--format", "json"]));
}

#[test]
fn as_sql() {
    let tree = Tree::new(&[("a.sql", TABLES)]);
    insta::assert_snapshot!(tree.run(&["catalog", "--format", "sql"]));
}

#[test]
fn as_mermaid() {
    let tree = Tree::new(&[("a.sql", TABLES)]);
    insta::assert_snapshot!(tree.run(&["catalog", "--format", "mermaid"]));
}

#[test]
fn as_dot() {
    let tree = Tree::new(&[("a.sql", TABLES)]);
    insta::assert_snapshot!(tree.run(&["catalog", "--format", "dot"]));
}

#[test]
fn before_a_migration() {
    let tree = Tree::new(&[
        ("m/1_a.sql", b"CREATE TABLE t (a int);"),
        ("m/2_b.sql", b"ALTER TABLE t ADD COLUMN b int;"),
        ("m/3_c.sql", b"DROP TABLE t;"),
        ("q/d.sql", b"SELECT 1;"),
    ]);
    let at = |file| tree.run(&["catalog", "--format", "mermaid", "--at", file]);
    insta::assert_snapshot!(at("m/1_a.sql"));
    insta::assert_snapshot!(at("m/3_c.sql"));
    insta::assert_snapshot!(at("q/d.sql"));
    insta::assert_snapshot!(at("m/4.sql"));
}

#[test]
fn what_is_not_known() {
    let tree = Tree::new(&[
        (
            "m/1.sql",
            b"CREATE TABLE t (a int);\nCREATE TABLE u (a int);\nCREATE EXTENSION postgis;",
        ),
        (
            "m/2.sql",
            b"SELECT 1;\nDO $$ BEGIN EXECUTE 'DROP TABLE ' || E't'; END $$;\nCREATE TABLE v AS SELECT * FROM w;",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&["catalog", "--explain-unknown"]));
    insta::assert_snapshot!(tree.run(&["catalog", "--explain-unknown", "--at", "m/2.sql"]));
    let tree = Tree::new(&[("a.sql", TABLES)]);
    insta::assert_snapshot!(tree.run(&["catalog", "--explain-unknown"]));
}
