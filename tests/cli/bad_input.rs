//! Files that are not as they should be: a clear word, never a panic.

use super::run::Tree;

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
    notice: `a.sql` is not UTF-8: one byte is read as `?`, and nothing in it is fixed
    notice: `b.sql` is not UTF-8: 2 bytes are read as `?`, and nothing in it is fixed
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
