//! Liquibase's changelogs: which SQL files they include, in which order.
//!
//! Read by their `file` and `path` attributes alone, which XML, YAML and JSON
//! write nearly alike.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::markers::is_changelog;
use super::super::{Claim, World, direction, name_of};
use crate::natural::compare_paths;
use pglint_semantic::section::Direction;

/// A history for each changelog that no other one includes, where it includes
/// SQL files.
pub(super) fn claims(world: &World<'_>) -> Vec<Claim> {
    let markers = world.markers.iter().filter(|it| is_changelog(name_of(it)));
    let changelogs: Vec<&PathBuf> = markers
        .filter(|it| it.starts_with(world.root))
        .filter(|it| (world.read)(it).contains("databaseChangeLog"))
        .collect();
    let included: BTreeSet<PathBuf> = changelogs
        .iter()
        .flat_map(|it| references(world, it))
        .collect();
    let roots = changelogs.into_iter().filter(|it| !included.contains(*it));
    roots.filter_map(|root| claim(world, root)).collect()
}

fn claim(world: &World<'_>, root: &Path) -> Option<Claim> {
    let mut listed = Vec::new();
    let mut seen = BTreeSet::new();
    expand(world, root, &mut seen, &mut listed);
    listed.retain(|file| direction(file) != Some(Direction::Down));
    (!listed.is_empty()).then_some(())?;
    Some(Claim {
        folder: root.parent()?.into(),
        evidence: format!("`{}`", name_of(root)),
        files: listed.clone(),
        listed,
        dialect: None,
    })
}

/// Every file once: changelogs may include each other in circles.
fn expand(world: &World<'_>, file: &Path, seen: &mut BTreeSet<PathBuf>, listed: &mut Vec<PathBuf>) {
    if !seen.insert(file.into()) {
        return;
    }
    if world
        .files
        .binary_search_by(|it| it.as_path().cmp(file))
        .is_ok()
    {
        listed.push(file.into());
        return;
    }
    for reference in references(world, file) {
        expand(world, &reference, seen, listed);
    }
}

/// The files that a changelog refers to, in its order.
fn references(world: &World<'_>, changelog: &Path) -> Vec<PathBuf> {
    let text = (world.read)(changelog);
    let mut found = Vec::new();
    for (offset, value) in values(&text) {
        let before = &text[..offset];
        if before.rfind("<rollback>") > before.rfind("</rollback>") {
            continue;
        }
        let value = value.trim_start_matches("classpath:").trim_matches('/');
        match value
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'))
        {
            true => found.extend(resolve(world, changelog, value)),
            false => found.extend(all_in(world, changelog, value)),
        }
    }
    found
}

/// The values of `file="..."`, `path: ...` and the like, with their offsets.
fn values(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = ["file", "path"].into_iter();
    let mut places: Vec<(usize, usize)> = words
        .flat_map(|word| text.match_indices(word))
        .map(|(offset, word)| (offset, offset + word.len()))
        .collect();
    places.sort_unstable();
    places.into_iter().filter_map(|(offset, end)| {
        let before = text[..offset].chars().next_back();
        if before.is_some_and(|it| it.is_alphanumeric() || it == '_' || it == '/') {
            return None;
        }
        let rest = text[end..].trim_start_matches(['"', '\'']).trim_start();
        let rest = rest
            .strip_prefix(['=', ':'])?
            .trim_start_matches([' ', '\t']);
        let value = match rest.strip_prefix(['"', '\'']) {
            Some(quoted) => quoted.split(['"', '\'']).next()?,
            None => rest.split([' ', '\t', '\r', '\n', ',', '}']).next()?,
        };
        (!value.is_empty()).then_some((offset, value))
    })
}

/// Seen from the changelog's folder or from any folder above it.
fn resolve(world: &World<'_>, changelog: &Path, value: &str) -> Option<PathBuf> {
    let mut folders = changelog.ancestors().skip(1);
    folders.find_map(|folder| {
        let path = crate::path::absolute(folder, Path::new(value));
        let is_known = world.files.binary_search(&path).is_ok() || world.markers.contains(&path);
        is_known.then_some(path)
    })
}

/// `includeAll`: every file of a folder, by name.
fn all_in(world: &World<'_>, changelog: &Path, value: &str) -> Vec<PathBuf> {
    let folders = changelog.ancestors().skip(1);
    let folder = folders
        .map(|folder| crate::path::absolute(folder, Path::new(value)))
        .find(|folder| world.below(folder).next().is_some());
    let Some(folder) = folder else {
        return Vec::new();
    };
    let changelogs = world.markers.iter().filter(|it| it.starts_with(&folder));
    let mut files: Vec<PathBuf> = world.below(&folder).cloned().collect();
    files.extend(changelogs.filter(|it| is_changelog(name_of(it))).cloned());
    files.retain(|file| file != changelog);
    files.sort_by(|left, right| compare_paths(left, right));
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = values(text).map(|(_, value)| value).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn every_format() {
        check(
            "<include file=\"a.sql\" relativeToChangelogFile='true'/>",
            &["a.sql"],
        );
        check("<sqlFile path='b/c.sql'/>", &["b/c.sql"]);
        check(
            "- include:\n    file: a.sql\n- includeAll:\n    path: sql/\n",
            &["a.sql", "sql/"],
        );
        check("{\"include\": {\"file\": \"a.sql\"}}", &["a.sql"]);
        check("<databaseChangeLog logicalFilePath=\"x\"> profile: y", &[]);
    }
}
