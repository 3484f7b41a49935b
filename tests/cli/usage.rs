//! Arguments, exit codes, and what is said about wrong usage.

use super::run::Tree;

const GOOD: &[u8] = b"SELECT 1;\n";

#[test]
fn a_folder_is_read_by_default() {
    let tree = Tree::new(&[("a.sql", GOOD), ("in/b.SQL", GOOD), ("c.txt", b"")]);
    insta::assert_snapshot!(tree.run(&[]), @r#"
    exit code 0
    --- stdout
    2 files, 2 statements: 0 errors, 0 warnings, 0 infos in TIME
    "#);
    insta::assert_snapshot!(tree.run(&["check", "in"]), @r#"
    exit code 0
    --- stdout
    1 file, 1 statement: 0 errors, 0 warnings, 0 infos in TIME
    "#);
}

#[test]
fn patterns_are_expanded() {
    let tree = Tree::new(&[("a.sql", GOOD), ("in/b.sql", GOOD)]);
    insta::assert_snapshot!(tree.run(&["**/*.sql"]), @r#"
    exit code 0
    --- stdout
    2 files, 2 statements: 0 errors, 0 warnings, 0 infos in TIME
    "#);
    insta::assert_snapshot!(tree.run(&["*.ddl"]), @r#"
    exit code 2
    --- stdout
    0 files, 0 statements: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    error: no SQL file matches `*.ddl`
      help: check the pattern; `**` matches any number of folders
    "#);
}

#[test]
fn standard_input_has_a_name() {
    let tree = Tree::new(&[("a.sql", GOOD)]);
    insta::assert_snapshot!(tree.run_with_input(&["-"], GOOD), @r#"
    exit code 0
    --- stdout
    1 file, 1 statement: 0 errors, 0 warnings, 0 infos in TIME
    "#);
    insta::assert_snapshot!(
        tree.run_with_input(&["--stdin-filename", "db/x.sql", "-"], b"-- \xff"),
        @r#"
    exit code 0
    --- stdout
    1 file, 0 statements: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    notice: `db/x.sql` is not UTF-8: one byte is read as `?`, or `_` in names, and nothing in it is fixed
    "#
    );
    insta::assert_snapshot!(tree.run(&["--stdin-filename", "x.sql"]), @r#"
    exit code 2
    --- stderr
    error: `--stdin-filename x.sql` without `-`
      help: add `-` to the paths to read standard input
    "#);
}

#[test]
fn a_missing_path_fails_after_the_report() {
    let tree = Tree::new(&[("a.sql", GOOD)]);
    insta::assert_snapshot!(tree.run(&["a.sql", "no.sql"]), @r#"
    exit code 2
    --- stdout
    1 file, 1 statement: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    error: `no.sql` does not exist
      help: check the spelling; paths start at the working directory
    "#);
}

#[test]
fn a_folder_without_sql_is_no_failure() {
    let tree = Tree::new(&[("readme.md", b"")]);
    insta::assert_snapshot!(tree.run(&["."]), @r#"
    exit code 0
    --- stdout
    0 files, 0 statements: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    notice: no SQL files in `.`
    "#);
}

#[test]
fn wrong_flags_are_explained() {
    let tree = Tree::new(&[]);
    insta::assert_snapshot!(tree.run(&["--fail-on", "warnings"]), @r#"
    exit code 2
    --- stderr
    error: invalid value 'warnings' for '--fail-on <LEVEL>'
      [possible values: error, warning, info, never]

      tip: a similar value exists: 'warning'

    For more information, try '--help'.
    "#);
    insta::assert_snapshot!(tree.run(&["--color", "never", "catalog"]), @"
    exit code 2
    --- stdout
    0 files, 0 statements: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    error: `catalog` does not exist
      help: write the command before all options, as in `pglint check --color never`
    ");
    insta::assert_snapshot!(tree.run(&["--outputformat", "json"]), @r#"
    exit code 2
    --- stderr
    error: unexpected argument '--outputformat' found

      tip: a similar argument exists: '--output-format'

    Usage: pglint --output-format <FORMAT> [PATHS]...

    For more information, try '--help'.
    "#);
}

#[test]
fn unknown_rules_are_explained() {
    let tree = Tree::new(&[]);
    insta::assert_snapshot!(tree.run(&["--select", "schema,misssing-primary-key"]), @r#"
    exit code 2
    --- stderr
    error: there is no rule or category `misssing-primary-key` in `--select`
      help: did you mean `missing-primary-key`? `pglint rules` lists all
    "#);
    insta::assert_snapshot!(tree.run(&["--ignore", "xyz"]), @r#"
    exit code 2
    --- stderr
    error: there is no rule or category `xyz` in `--ignore`
      help: `pglint rules` lists all
    "#);
    insta::assert_snapshot!(tree.run(&["rule", "duplicated-index"]), @r#"
    exit code 2
    --- stderr
    error: there is no rule or category `duplicated-index`
      help: did you mean `duplicate-index`? `pglint rules` lists all
    "#);
}

#[test]
fn the_fail_level_decides_on_the_exit_code() {
    let tree = Tree::new(&[("a.sql", b"CREATE TABLE t (a int);\n")]);
    let code = |arguments: &[&str]| {
        let output = super::run::output(tree.path(), arguments, b"");
        output.status.code().unwrap()
    };
    let only = ["--select", "missing-primary-key", "--fail-on"];
    assert_eq!(code(&[&only[..], &["error"]].concat()), 0);
    assert_eq!(code(&[&only[..], &["warning"]].concat()), 1);
    assert_eq!(code(&[&only[..], &["never"]].concat()), 0);
    assert_eq!(code(&["--ignore", "schema"]), 0);
}

#[test]
fn statistics_count_by_rule() {
    let tree = Tree::new(&[(
        "a.sql",
        b"CREATE TABLE t (a boolean DEFAULT true);\nALTER TABLE t ADD b boolean DEFAULT true;\nCREATE TABLE u (a boolean DEFAULT true);\n",
    )]);
    insta::assert_snapshot!(tree.run(&["--statistics", "--select", "schema"]), @r#"
    exit code 1
    --- stdout
         3  warning  nullable-boolean
         2  warning  missing-primary-key
    1 file, 3 statements: 0 errors, 5 warnings, 0 infos in TIME
    "#);
}

#[test]
fn json_of_nothing() {
    let tree = Tree::new(&[("a.sql", GOOD)]);
    insta::assert_snapshot!(tree.run(&["--output-format", "json", "a.sql"]), @r#"
    exit code 0
    --- stdout
    {
      "version": 1,
      "diagnostics": [],
      "summary": {
        "files": 1,
        "statements": 1,
        "unread_statements": 0,
        "errors": 0,
        "warnings": 0,
        "infos": 0,
        "fixable": 0,
        "fixed": 0,
        "rules": {},
        "milliseconds": TIME
      }
    }
    "#);
}

#[test]
fn help_is_short() {
    let tree = Tree::new(&[]);
    insta::assert_snapshot!(tree.run(&["-h"]));
}
