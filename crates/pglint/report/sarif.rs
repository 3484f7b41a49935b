//! SARIF 2.1.0, which code scanning of GitHub and others reads:
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/>.
//!
//! Lines and columns are 1-based, columns in characters (`unicodeCodePoints`);
//! a region's end column is that of the character after it.

use std::collections::HashMap;
use std::io::{self, Write};

use pglint_linter::diagnostic::{Diagnostic, Edit, FileRange, Fix};
use pglint_linter::{Applicability, Rule, Severity, rules};
use pglint_project::{Analysis, Position, Problem};
use pglint_text::TextRange;
use serde_json::{Map, Value, json};

use super::repository::path_in_repository;

/// The folder that paths start at: the root of the repository.
const ROOT: &str = "%SRCROOT%";

pub(super) fn print(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let mut fingerprints = Fingerprints::default();
    let results: Vec<Value> = analysis
        .diagnostics()
        .map(|found| result(analysis, found, &mut fingerprints))
        .collect();
    let problems = &analysis.project.problems;
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "pglint",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules::ALL.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": problems.is_empty(),
                "toolExecutionNotifications":
                    problems.iter().map(notification).collect::<Vec<_>>(),
            }],
            "originalUriBaseIds": { ROOT: {
                "description": { "text": "The root of the repository" },
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *output, &log)?;
    writeln!(output)
}

fn descriptor(rule: &Rule) -> Value {
    let page = page(rule);
    let mut descriptor = json!({
        "id": rule.name,
        "shortDescription": { "text": rule.summary() },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "tags": [rule.category],
            "precision": "very-high",
            "problem.severity": severity(rule.severity),
        },
    });
    // The page itself is in `help`; this is where its facts come from.
    if let Some(address) = page.lines().find_map(reference) {
        descriptor["helpUri"] = address.into();
    }
    descriptor
}

/// The documentation of a rule without the blank that follows the slashes of a
/// doc comment.
fn page(rule: &Rule) -> String {
    let lines = rule.documentation.lines();
    let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// The address of a line like `- <https://...>`.
fn reference(line: &str) -> Option<&str> {
    line.strip_prefix("- <")?.strip_suffix('>')
}

fn notification(problem: &Problem) -> Value {
    json!({ "level": "error", "message": { "text": problem.to_string() } })
}

fn result(
    analysis: &Analysis,
    found: &Diagnostic<FileRange>,
    fingerprints: &mut Fingerprints,
) -> Value {
    let help = found.help.iter().map(|help| format!("\n{help}"));
    let message = found.message.clone() + &help.collect::<String>();
    let mut location = json!({ "physicalLocation": physical(analysis, found.location) });
    if let Some(object) = &found.object {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": object }]);
    }
    let mut result = Map::new();
    let index = rules::ALL.iter().position(|rule| rule.name == found.rule);
    result.insert("ruleId".into(), found.rule.into());
    result.extend(index.map(|index| ("ruleIndex".to_owned(), index.into())));
    result.insert("level".into(), level(found.severity).into());
    result.insert("message".into(), json!({ "text": message }));
    result.insert("locations".into(), json!([location]));
    if !found.labels.is_empty() {
        let related = found.labels.iter().enumerate().map(|(index, label)| {
            json!({
                "id": index + 1,
                "physicalLocation": physical(analysis, label.location),
                "message": { "text": label.message },
            })
        });
        result.insert("relatedLocations".into(), related.collect());
    }
    let fingerprint = fingerprints.of(analysis, found);
    // Code scanning of GitHub looks at this name alone.
    let fingerprint = json!({ "primaryLocationLineHash": fingerprint });
    result.insert("partialFingerprints".into(), fingerprint);
    let fix = found.fix.as_ref();
    if let Some(fix) = fix.filter(|fix| fix.applicability != Applicability::DisplayOnly) {
        result.insert("fixes".into(), json!([sarif_fix(analysis, fix)]));
    }
    result.into()
}

/// The level of a result; `note` is the lowest that viewers show.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The same in the words of GitHub's code scanning.
fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

fn sarif_fix(analysis: &Analysis, fix: &Fix<FileRange>) -> Value {
    let title = match fix.applicability {
        Applicability::Safe | Applicability::DisplayOnly => fix.title.clone(),
        Applicability::Unsafe => format!("{} (unsafe)", fix.title),
    };
    let replacement = |edit: &Edit<FileRange>| {
        json!({
            "deletedRegion": region(analysis, edit.location),
            "insertedContent": { "text": edit.text },
        })
    };
    // All edits of a fix are in the file of its diagnostic.
    let file = fix.edits.first().map(|edit| edit.location);
    let changes = file.map(|file| {
        json!({
            "artifactLocation": artifact(analysis, file),
            "replacements": fix.edits.iter().map(replacement).collect::<Vec<_>>(),
        })
    });
    json!({
        "description": { "text": title },
        "artifactChanges": Vec::from_iter(changes),
    })
}

fn physical(analysis: &Analysis, location: FileRange) -> Value {
    json!({
        "artifactLocation": artifact(analysis, location),
        "region": region(analysis, location),
    })
}

fn artifact(analysis: &Analysis, location: FileRange) -> Value {
    let file = analysis.project.file(location.file);
    json!({ "uri": relative_uri(&path_in_repository(file)), "uriBaseId": ROOT })
}

fn region(analysis: &Analysis, location: FileRange) -> Value {
    let file = analysis.project.file(location.file);
    let Position { line, column, .. } = file.position(location.range.start());
    let end = file.position(location.range.end());
    json!({
        "startLine": line,
        "startColumn": column,
        "endLine": end.line,
        "endColumn": end.column,
    })
}

/// A relative path as a relative reference of RFC 3986.
fn relative_uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// What tells a diagnostic from others and stays the same while lines move: the
/// rule, the file, and the object or else the words of the statement. Equal ones
/// are counted.
#[derive(Default)]
struct Fingerprints {
    seen: HashMap<u64, usize>,
}

impl Fingerprints {
    fn of(&mut self, analysis: &Analysis, found: &Diagnostic<FileRange>) -> String {
        let FileRange { file, range } = found.location;
        let text = &analysis.project.file(file).text;
        let mut hash = Hash::new();
        hash.add(found.rule);
        hash.add(&path_in_repository(analysis.project.file(file)));
        match &found.object {
            Some(object) => hash.add(object),
            None => {
                let statement = analysis.statement_at(file, range.start());
                let statement = statement.map_or(range, |(_, statement)| statement.range);
                hash.add_words(text, statement);
            }
        }
        hash.add_words(text, range);
        let count = self.seen.entry(hash.0).or_default();
        *count += 1;
        format!("{:016x}:{count}", hash.0)
    }
}

/// FNV-1a with 64 bits: the same on every machine and in every version.
struct Hash(u64);

impl Hash {
    fn new() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, text: &str) {
        // The byte that no UTF-8 holds keeps texts apart.
        text.bytes()
            .chain([0xff])
            .for_each(|byte| self.add_byte(byte));
    }

    fn add_byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }

    fn add_words(&mut self, text: &str, range: TextRange) {
        let text = text.get(std::ops::Range::from(range)).unwrap_or_default();
        text.split_whitespace().for_each(|word| self.add(word));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(relative_uri("db/a b/é:1.sql"), "db/a%20b/%C3%A9%3A1.sql");
        assert_eq!(relative_uri("../x_1-2.sql"), "../x_1-2.sql");
    }

    /// The first value is the algorithm's offset basis, the other the published
    /// hash of the letter a.
    #[test]
    fn the_hash_is_that_of_fnv() {
        let mut hash = Hash::new();
        assert_eq!(hash.0, 0xcbf2_9ce4_8422_2325);
        hash.add_byte(b'a');
        assert_eq!(hash.0, 0xaf63_dc4c_8601_ec8c);
    }
}
