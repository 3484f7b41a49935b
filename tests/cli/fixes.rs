//! `--fix`, `--unsafe-fixes` and `--diff`: what becomes of the files.

use super::run::{Tree, output};

const ONLY: [&str; 2] = ["--select", "null-comparison,unused-suppression"];

/// One safe fix and one unsafe one.
const QUERY: &str = "SELECT 1; -- pglint: ignore[null-comparison]\nSELECT 2 = NULL;\n";

impl Tree {
    #[track_caller]
    fn run_only(&self, arguments: &[&str]) -> String {
        let arguments = [&ONLY[..], &["--output-format=concise"], arguments].concat();
        self.run(&arguments)
    }
}

#[test]
fn safe_fixes_are_applied_and_the_rest_is_reported() {
    let tree = Tree::new(&[("a.sql", QUERY.as_bytes())]);
    insta::assert_snapshot!(tree.run(&[&ONLY[..], &["--fix"]].concat()), @r"
    exit code 1
    --- stdout
    error[null-comparison]: comparison to NULL is never true
      ┌─ a.sql:2:8
      │
    2 │ SELECT 2 = NULL;
      │        ^^^^^^^^
      │
      = unsafe fix: Write `IS NULL`
        - SELECT 2 = NULL;
        + SELECT 2 IS NULL;

    1 file, 2 statements: 1 error, 0 warnings, 0 infos (1 fixed, 1 more with --unsafe-fixes) in TIME
    ");
    assert_eq!(tree.read("a.sql"), "SELECT 1;\nSELECT 2 = NULL;\n");
    insta::assert_snapshot!(tree.run_only(&["--fix", "--unsafe-fixes"]), @r"
    exit code 0
    --- stderr
    notice: fixed one diagnostic
    ");
    assert_eq!(tree.read("a.sql"), "SELECT 1;\nSELECT 2 IS NULL;\n");
}

#[test]
fn fixes_that_touch_are_applied_one_after_the_other() {
    let schema = "CREATE TABLE a (id int, deleted_at timestamptz);\n\
                  CREATE TABLE b (id int, deleted_at timestamptz);\n";
    let deletes = b"UPDATE a SET deleted_at = now() WHERE id = $1;\n\
                    UPDATE b SET deleted_at = now() WHERE id = $1;\n";
    let query = "SELECT a.id FROM a JOIN b ON a.id = b.id;\n";
    let tree = Tree::new(&[
        ("schema.sql", schema.as_bytes()),
        ("queries/a.sql", deletes),
        ("queries/b.sql", query.as_bytes()),
    ]);
    let select = ["--select=soft-delete", "--fix", "--unsafe-fixes"];
    insta::assert_snapshot!(tree.run(&select), @r"
    exit code 0
    --- stdout
    3 files, 5 statements: 0 errors, 0 warnings, 0 infos (2 fixed) in TIME
    ");
    assert_eq!(
        tree.read("queries/b.sql"),
        "SELECT a.id FROM a JOIN b ON a.id = b.id \
         WHERE a.deleted_at IS NULL AND b.deleted_at IS NULL;\n"
    );
    assert_eq!(tree.read("schema.sql"), schema);
}

#[test]
fn bytes_that_no_fix_is_about_stay() {
    let before =
        b"\xEF\xBB\xBFSELECT 1;\r\n-- pglint: ignore[null-comparison]\r\nSELECT '\xC3\xA9';\r\n\r\n";
    let after = b"\xEF\xBB\xBFSELECT 1;\r\nSELECT '\xC3\xA9';\r\n\r\n";
    let latin = b"-- pglint: ignore[null-comparison]\nSELECT '\xE9';\n";
    let tree = Tree::new(&[("a.sql", before), ("latin.sql", latin)]);
    insta::assert_snapshot!(tree.run_only(&["--fix"]), @r"
    exit code 1
    --- stdout
    latin.sql:1:19: warning[unused-suppression] `null-comparison` reports nothing here
    --- stderr
    notice: fixed one diagnostic
    notice: `latin.sql` is not UTF-8: one byte is read as `?`, or `_` in names, and nothing in it is fixed
    ");
    assert_eq!(std::fs::read(tree.path().join("a.sql")).unwrap(), after);
    assert_eq!(std::fs::read(tree.path().join("latin.sql")).unwrap(), latin);
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new(&[("real/a.sql", QUERY.as_bytes())]);
    let real = tree.path().join("real/a.sql");
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real/a.sql", tree.path().join("link.sql")).unwrap();
    insta::assert_snapshot!(tree.run_only(&["--fix", "link.sql"]), @r"
    exit code 1
    --- stdout
    link.sql:2:8: error[null-comparison] comparison to NULL is never true
    --- stderr
    notice: fixed one diagnostic
    ");
    assert_eq!(tree.read("real/a.sql"), "SELECT 1;\nSELECT 2 = NULL;\n");
    let link = tree.path().join("link.sql").symlink_metadata().unwrap();
    assert!(link.is_symlink());
    let mode = real.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(
        std::fs::read_dir(real.parent().unwrap()).unwrap().count(),
        1
    );
}

#[test]
fn a_read_only_file_is_left_alone() {
    let tree = Tree::new(&[("a.sql", QUERY.as_bytes())]);
    let file = tree.path().join("a.sql");
    let mut permissions = file.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&file, permissions).unwrap();
    insta::assert_snapshot!(tree.run_only(&["--fix", "--fail-on=never"]), @r"
    exit code 2
    --- stdout
    a.sql:2:8: error[null-comparison] comparison to NULL is never true
    --- stderr
    error: cannot fix `a.sql`: it is read-only
    ");
    assert_eq!(tree.read("a.sql"), QUERY);
}

#[test]
fn a_diff_changes_nothing() {
    let bytes = QUERY.as_bytes();
    let tree = Tree::new(&[("a.sql", bytes), ("db/b.sql", bytes)]);
    insta::assert_snapshot!(tree.run(&["--diff", "--unsafe-fixes"]), @r"
    exit code 1
    --- stdout
    --- a/a.sql
    +++ b/a.sql
    @@ -1,2 +1,2 @@
    -SELECT 1; -- pglint: ignore[null-comparison]
    -SELECT 2 = NULL;
    +SELECT 1;
    +SELECT 2 IS NULL;
    --- a/db/b.sql
    +++ b/db/b.sql
    @@ -1,2 +1,2 @@
    -SELECT 1; -- pglint: ignore[null-comparison]
    -SELECT 2 = NULL;
    +SELECT 1;
    +SELECT 2 IS NULL;
    --- stderr
    notice: `--fix` in place of `--diff` fixes 4 diagnostics
    ");
    insta::assert_snapshot!(tree.run(&["--diff", "--select=schema"]), @r"exit code 0");
    assert_eq!(tree.read("a.sql"), QUERY);
    // What is printed is what `patch` takes.
    let diff = output(tree.path(), &["--diff", "--unsafe-fixes"], b"").stdout;
    std::fs::write(tree.path().join("a.diff"), diff).unwrap();
    let patch = std::process::Command::new("git")
        .args(["apply", "a.diff"])
        .current_dir(tree.path())
        .status();
    if let Ok(patch) = patch {
        assert!(patch.success());
        assert_eq!(tree.read("a.sql"), "SELECT 1;\nSELECT 2 IS NULL;\n");
        assert_eq!(tree.read("db/b.sql"), "SELECT 1;\nSELECT 2 IS NULL;\n");
    }
}

#[test]
fn standard_input_goes_to_standard_output() {
    let tree = Tree::new(&[]);
    let fix = ["--fix", "--stdin-filename=q.sql", "-"];
    let run = |input: &[u8]| tree.run_with_input(&[&ONLY[..], &fix].concat(), input);
    insta::assert_snapshot!(run(QUERY.as_bytes()), @r"
    exit code 1
    --- stdout
    SELECT 1;
    SELECT 2 = NULL;
    --- stderr
    error[null-comparison]: comparison to NULL is never true
      ┌─ q.sql:2:8
      │
    2 │ SELECT 2 = NULL;
      │        ^^^^^^^^
      │
      = unsafe fix: Write `IS NULL`
        - SELECT 2 = NULL;
        + SELECT 2 IS NULL;

    1 file, 2 statements: 1 error, 0 warnings, 0 infos (1 fixed, 1 more with --unsafe-fixes) in TIME
    ");
    // What is not UTF-8 comes through as it is.
    let latin = b"-- pglint: ignore[null-comparison]\nSELECT '\xE9';\n";
    let printed = output(tree.path(), &fix, latin).stdout;
    assert_eq!(printed, latin);
    insta::assert_snapshot!(
        tree.run_with_input(&["--diff", "--stdin-filename=q.sql", "-"], QUERY.as_bytes()),
        @r"
    exit code 1
    --- stdout
    --- a/q.sql
    +++ b/q.sql
    @@ -1,2 +1,2 @@
    -SELECT 1; -- pglint: ignore[null-comparison]
    +SELECT 1;
     SELECT 2 = NULL;
    --- stderr
    notice: `--fix` in place of `--diff` fixes one diagnostic
    "
    );
    assert_eq!(std::fs::read_dir(tree.path()).unwrap().count(), 0);
}

#[test]
fn a_changed_migration_is_told() {
    let tree = Tree::new(&[
        (
            "migrations/1_a.up.sql",
            b"CREATE TABLE a (id int PRIMARY KEY);\n",
        ),
        ("migrations/2_b.up.sql", QUERY.as_bytes()),
    ]);
    insta::assert_snapshot!(tree.run_only(&["--fix", "--fail-on=never"]), @r"
    exit code 0
    --- stdout
    migrations/2_b.up.sql:2:8: error[null-comparison] comparison to NULL is never true
    --- stderr
    notice: fixed one diagnostic
    notice: the migration `migrations/2_b.up.sql` has changed
      help: take back what was done to a migration that has run: its tool may compare checksums
    ");
}

#[test]
fn unsafe_fixes_need_a_word_more() {
    let tree = Tree::new(&[("a.sql", QUERY.as_bytes())]);
    insta::assert_snapshot!(tree.run_only(&["--unsafe-fixes"]), @r"
    exit code 2
    --- stderr
    error: `--unsafe-fixes` without `--fix` or `--diff`
      help: add `--diff` to see what would change, then `--fix`
    ");
    assert_eq!(tree.read("a.sql"), QUERY);
}
