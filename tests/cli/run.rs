//! Makes small trees of files and runs the binary in them.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot do its part fails the test"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A folder of files that goes away by itself.
pub(crate) struct Tree {
    folder: tempfile::TempDir,
}

impl Tree {
    /// Makes the files, each a path and its bytes.
    #[track_caller]
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Tree {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        Tree { folder }
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The text of one of the files.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// Runs the binary in the folder, and describes what it did.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        describe(&output(self.path(), arguments, b""))
    }

    /// The same with something on standard input.
    #[track_caller]
    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> String {
        describe(&output(self.path(), arguments, input))
    }
}

/// Runs the binary in `folder`.
#[track_caller]
pub(crate) fn output(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pglint"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("FORCE_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("GITHUB_STEP_SUMMARY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The exit code, standard output and standard error, without what differs from
/// run to run.
pub(crate) fn describe(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut description = format!("exit code {}\n", output.status.code().unwrap());
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        if !bytes.is_empty() {
            description.push_str(&format!("--- {name}\n{}", redact(&text(bytes))));
        }
    }
    description
}

/// Puts `TIME` in place of the duration in the closing line and in JSON.
fn redact(text: &str) -> String {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for line in &mut lines {
        let is_summary = line.contains(" statement") && line.ends_with(" s");
        if is_summary && let Some(place) = line.rfind(" in ") {
            line.replace_range(place.., " in TIME");
        } else if line.trim_start().starts_with("\"milliseconds\":") {
            let place = line.find(':').unwrap();
            line.replace_range(place.., ": TIME");
        }
    }
    lines.join("\n")
}
