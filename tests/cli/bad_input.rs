//! Files that are not as they should be: a clear word, never a panic.

use super::run::Tree;

const CONCISE: [&str; 2] = ["--output-format=concise", "--fail-on=info"];

#[test]
fn empty_files_and_byte_order_marks() {
    let tree = Tree::new(&[("a.sql", b""), ("b.sql", b"\xEF\xBB\xBFSELECT 1;")]);
    insta::assert_snapshot!(tree.run(&["."]), @r#"
    exit code 0
    --- stdout
    2 files, 1 statement: 0 errors, 0 warnings, 0 infos in TIME
    "#);
}

#[test]
fn bytes_that_are_not_utf_8() {
    let tree = Tree::new(&[("a.sql", b"SELECT 'caf\xe9';"), ("b.sql", b"-- \xff\xfe\n")]);
    insta::assert_snapshot!(tree.run(&["."]), @r#"
    exit code 0
    --- stdout
    2 files, 1 statement: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    notice: `a.sql` is not UTF-8: one byte is read as `?`, or `_` in names, and nothing in it is fixed
    notice: `b.sql` is not UTF-8: 2 bytes are read as `?`, or `_` in names, and nothing in it is fixed
    "#);
}

#[test]
fn nul_bytes_and_open_quotes() {
    let tree = Tree::new(&[
        ("nul.sql", b"SELECT 1;\nSELECT \0;\nSELECT 2;\n"),
        ("quote.sql", b"SELECT 'open;\nSELECT 1;\n"),
    ]);
    insta::assert_snapshot!(tree.run(&CONCISE), @r#"
    exit code 1
    --- stdout
    nul.sql:2:8: error[syntax-error] invalid byte 0x00 in the statement
    quote.sql:1:8: error[syntax-error] unterminated quoted string at or near "'open;"
    "#);
}

#[test]
fn a_file_for_another_database() {
    let text = "SELECT TOP 1 a FROM t;\n".repeat(30) + "SELECT 1;\n";
    let tree = Tree::new(&[("other.sql", text.as_bytes())]);
    insta::assert_snapshot!(tree.run(&["."]), @r#"
    exit code 1
    --- stdout
    error[syntax-error]: syntax error at or near "1"
      ┌─ other.sql:1:12
      │
    1 │ SELECT TOP 1 a FROM t;
      │            ^
      │
      = help: Exclude the file if it is for another database: PostgreSQL reads 1 of its 31 statements

    1 file, 31 statements: 1 error, 0 warnings, 0 infos in TIME
    "#);
    // Most of them are fine: each mistake is told.
    let text = "SELECT a b c;\n".repeat(25) + &"SELECT 1;\n".repeat(30);
    let tree = Tree::new(&[("own.sql", text.as_bytes())]);
    assert_eq!(tree.run(&CONCISE).matches("[syntax-error]").count(), 25);
}

#[test]
fn nesting_beyond_the_parser() {
    let deep = format!("SELECT {}1{};\n", "(".repeat(100_000), ")".repeat(100_000));
    let chain = format!("SELECT 1{};\nSELECT 2;\n", " || 1".repeat(20_000));
    let tree = Tree::new(&[
        ("chain.sql", chain.as_bytes()),
        ("deep.sql", deep.as_bytes()),
    ]);
    insta::assert_snapshot!(tree.run(&CONCISE), @r#"
    exit code 1
    --- stdout
    chain.sql:1:1: info[statement-too-complex] the statement is nested too deeply
    deep.sql:1:1: info[statement-too-complex] memory exhausted at or near "("
    "#);
}

/// Fifty megabytes; without optimisation a twentieth of them take as long.
#[test]
fn a_very_large_file() {
    let bytes = if cfg!(debug_assertions) {
        5 << 19
    } else {
        50 << 20
    };
    let statement = "INSERT INTO t (a, b) VALUES (1, 'some text that makes the line longer');\n";
    let count = bytes / statement.len();
    let text = format!(
        "CREATE TABLE t (a int PRIMARY KEY, b text);\n{}",
        statement.repeat(count)
    );
    let tree = Tree::new(&[("big.sql", text.as_bytes())]);
    let expected = format!("1 file, {} statements: 0 errors, 0 warnings", count + 1);
    let found = tree.run(&[]);
    assert!(found.starts_with("exit code 0\n--- stdout\n"), "{found}");
    assert!(found.contains(&expected), "{found}");
}

#[test]
fn an_insert_of_twelve_megabytes() {
    let row = "(1, 'some text that makes the row longer'),\n";
    let rows = row.repeat((12 << 20) / row.len());
    let text = format!(
        "CREATE TABLE t (a int PRIMARY KEY, b text);\nINSERT INTO t (a, b) VALUES {rows}(2, NULL);\n"
    );
    let tree = Tree::new(&[("insert.sql", text.as_bytes())]);
    insta::assert_snapshot!(tree.run(&CONCISE), @r#"
    exit code 0
    "#);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read() {
    let tree = Tree::new(&[("a.sql", b"SELECT 1;")]);
    // A link to itself cannot be read by anybody, root included.
    std::os::unix::fs::symlink("loop.sql", tree.path().join("loop.sql")).unwrap();
    insta::assert_snapshot!(tree.run(&["a.sql", "loop.sql"]), @r#"
    exit code 2
    --- stdout
    1 file, 1 statement: 0 errors, 0 warnings, 0 infos in TIME
    --- stderr
    error: cannot read `loop.sql`: Too many levels of symbolic links (os error 40)
      help: make it readable, or name it in a `.gitignore` or `.ignore` file
    "#);
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let tree = Tree::new(&[("a.sql", b"SELECT 1;")]);
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_pglint"))
        .arg(tree.path())
        .stdout(file)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(status.stderr).unwrap(),
        "error: cannot write the output: No space left on device (os error 28)\n"
    );
    assert_eq!(status.status.code(), Some(2));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_pglint"))
        .arg(tree.path())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(status.stderr).unwrap(), "");
    assert_eq!(status.status.code(), Some(0));
}
