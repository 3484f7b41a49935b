//! What every adapter's tests share, and the fixtures of all tools.

use super::*;

/// Cuts `text`, as a file called `path` of the tool called `name`, and prints
/// each section as `direction transaction version: text`.
#[track_caller]
pub(crate) fn check(name: &str, path: &str, text: &str, expected: &[&str]) {
    check_with_settings(name, path, text, "", expected);
}

/// The same with a file of settings beside it.
#[track_caller]
pub(crate) fn check_with_settings(
    name: &str,
    path: &str,
    text: &str,
    settings: &str,
    expected: &[&str],
) {
    let file = MigrationFile {
        path: Path::new(path),
        text,
        settings,
    };
    let framework = named(name);
    assert_eq!(framework.name, name);
    let found: Vec<String> = (framework.sections)(&file)
        .into_iter()
        .map(|section| {
            format!(
                "{:?} {:?} {}: {}",
                section.direction,
                section.transaction,
                section.version.as_deref().unwrap_or("-"),
                text[section.range].trim()
            )
        })
        .collect();
    assert_eq!(found, expected);
}

/// The tool that a history of these files belongs to, and its order.
#[track_caller]
pub(crate) fn check_order(files: &[(&str, &str)], name: &str, expected: &[&str]) {
    let files: Vec<MigrationFile<'_>> = files
        .iter()
        .map(|(path, text)| MigrationFile {
            path: Path::new(path),
            text,
            settings: "",
        })
        .collect();
    let world = World {
        root: Path::new("/r"),
        files: &[],
        markers: &Default::default(),
        read: &|_| String::new(),
    };
    let folder = Folder {
        path: Path::new("/r/m"),
        files: &files,
        listed: &[],
        world: &world,
    };
    let (framework, _) = detect(&folder);
    assert_eq!(framework.name, name);
    let order: Vec<_> = (framework.order)(&folder)
        .into_iter()
        .map(|index| files[index].path.to_str().unwrap())
        .collect();
    assert_eq!(order, expected);
}

/// Does the text hold a directive of the tool?
#[track_caller]
pub(crate) fn check_directive(name: &str, text: &str, expected: bool) {
    assert_eq!((named(name).directive)(text), expected, "{text}");
}

/// Which lines of the text look like directives of the tool and are none, each
/// for that reason.
#[track_caller]
pub(crate) fn check_ineffective(name: &str, text: &str, expected: &[&str], why: &str) {
    let file = MigrationFile {
        path: Path::new("1_a.sql"),
        text,
        settings: "",
    };
    let found = of_text(name, &file);
    let texts: Vec<&str> = found.iter().map(|it| &text[it.range]).collect();
    assert_eq!(texts, expected);
    assert!(found.iter().all(|it| it.why == why), "{found:?}");
}
