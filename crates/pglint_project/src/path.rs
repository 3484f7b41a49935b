//! Paths as plain text: absolute, without `.` and `..`, and as people see them.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from the absolute folder `directory`, with `.` and `..`
/// resolved by name. Symbolic links are left alone: the name that users wrote is
/// the name that they are shown.
pub fn absolute(directory: &Path, path: &Path) -> PathBuf {
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

/// What people are shown: relative to `directory`, with `..` for a file that is
/// not beneath it, always with `/`. Both paths are absolute. Where they have no
/// common beginning, as on two drives of Windows, the path stays absolute.
pub(crate) fn display_name(directory: &Path, path: &Path) -> String {
    let shown = relative(directory, path).unwrap_or_else(|| path.to_owned());
    let name = shown.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        name.into_owned()
    } else {
        name.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

fn relative(directory: &Path, path: &Path) -> Option<PathBuf> {
    let mut up = PathBuf::new();
    for ancestor in directory.ancestors() {
        if let Ok(below) = path.strip_prefix(ancestor) {
            let shown: PathBuf = up.components().chain(below.components()).collect();
            let is_directory = shown.as_os_str().is_empty();
            return Some(if is_directory { ".".into() } else { shown });
        }
        up.push("..");
    }
    None
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
    fn names_are_relative_to_the_working_directory() {
        check("sql/a.sql", "sql/a.sql");
        check("./sql/../sql/./a.sql", "sql/a.sql");
        check("/home/me/shop/a.sql", "a.sql");
        check(".", ".");
        check("..", "..");
        check("../bar/a.sql", "../bar/a.sql");
        check("/home/me/shopping/a.sql", "../shopping/a.sql");
        check("/etc/a.sql", "../../../etc/a.sql");
    }
}
