//! `fixtures/histories`: what is planted in migrations of each tool is found, and
//! nothing else.

use std::collections::BTreeSet;
use std::fs;

use crate::root;
use crate::shop::{lint, planted_in, text};

#[test]
fn histories_have_the_planted_problems_and_no_other() {
    let mut missed = Vec::new();
    let mut invented = Vec::new();
    for entry in fs::read_dir(root().join("fixtures/histories")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let folder = format!("fixtures/histories/{name}");
        let planted = planted_in(&folder);
        let rules: BTreeSet<&str> = RULES.into_iter().collect();
        let diagnostics = lint(&folder);
        let found: BTreeSet<String> = { diagnostics.iter() }
            .filter(|diagnostic| rules.contains(text(&diagnostic["rule"])))
            .map(|diagnostic| {
                let file = text(&diagnostic["file"]);
                let line = diagnostic["range"]["start"]["line"].as_u64().unwrap();
                format!("{file}:{line}: {}", text(&diagnostic["rule"]))
            })
            .collect();
        missed.extend(planted.difference(&found).cloned());
        invented.extend(found.difference(&planted).cloned());
    }
    assert!(
        missed.is_empty() && invented.is_empty(),
        "planted, not found: {missed:#?}\nfound, not planted: {invented:#?}"
    );
}

/// The rules about migrations. Others judge schemas, which are beside the point
/// here.
const RULES: [&str; 9] = [
    "ineffective-directive",
    "migration-duplicate-version",
    "migration-never-run",
    "migration-out-of-order",
    "migration-replay-error",
    "migration-version-gap",
    "removed-syntax",
    "schema-dump-drift",
    "split-statement",
];
