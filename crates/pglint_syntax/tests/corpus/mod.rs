//! Walks the directory that `PGLINT_CORPUS` names.
#![allow(dead_code, reason = "every test uses a part")]
#![allow(clippy::print_stderr, reason = "a skipped test has to say so")]

use std::path::{Path, PathBuf};

/// The corpus; `None`, with a notice, when `PGLINT_CORPUS` is not set.
fn root() -> Option<PathBuf> {
    let root = std::env::var_os("PGLINT_CORPUS").map(PathBuf::from);
    if root.is_none() {
        eprintln!("skipped: PGLINT_CORPUS does not name a directory of .sql files");
    }
    root
}

/// Calls `visit` with path and text of every `.sql` file of the corpus, in
/// order, without byte-order mark and with `?` for bytes that are not UTF-8.
pub(crate) fn for_each_file(mut visit: impl FnMut(&str, &str)) {
    let Some(root) = root() else { return };
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no .sql file in {}", root.display());
    for file in files {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes).replace('\u{fffd}', "?");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        visit(
            &file
                .strip_prefix(&root)
                .unwrap_or(&file)
                .display()
                .to_string(),
            text,
        );
    }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
}

/// Says what a comparison over the corpus found.
pub(crate) fn report(name: &str, text: &str) {
    if std::env::var_os("PGLINT_CORPUS").is_some() {
        eprintln!("{name}: {text}");
    }
}
