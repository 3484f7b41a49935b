//! Paths as plain text: absolute, without `.` and `..`, and as people see them.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from the absolute folder `directory`, with `.` and `..`
/// resolved by name. Symbolic links are left alone: the name that users wrote is
/// the name that they are shown.
pub(crate) fn absolute(directory: &Path, path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in directory.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                result.pop();
            }
            part => result.push(part),
        }
    }
    result
}

/// What people are shown: relative to `directory` where the path is beneath it,
/// else absolute; always with `/`.
pub(crate) fn display_name(directory: &Path, path: &Path) -> String {
    let shown = match path.strip_prefix(directory) {
        Ok(relative) if relative.as_os_str().is_empty() => Path::new("."),
        Ok(relative) => relative,
        Err(_) => path,
    };
    let name = shown.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        name.into_owned()
    } else {
        name.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &str) {
        let directory = Path::new("/home/me/shop");
        let path = absolute(directory, Path::new(path));
        assert_eq!(display_name(directory, &path), expected);
    }

    #[test]
    fn names_are_relative_beneath_the_working_directory() {
        check("sql/a.sql", "sql/a.sql");
        check("./sql/../sql/./a.sql", "sql/a.sql");
        check("/home/me/shop/a.sql", "a.sql");
        check(".", ".");
        check("../bar/a.sql", "/home/me/bar/a.sql");
        check("/etc/a.sql", "/etc/a.sql");
    }
}
