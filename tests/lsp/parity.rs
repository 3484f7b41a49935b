//! The server says what the command line says: the real binary, byte for byte.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::client::{Client, capabilities};

/// A diagnostic in one line: `file rule severity start-end message`, with places
/// as the protocol has them.
type Line = String;

#[tokio::test]
async fn every_fixture() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let folders = folders(&fixtures);
    assert!(!folders.is_empty());
    for folder in folders {
        check(&folder).await;
    }
}

/// Runs where `PGLINT_CORPUS` names a folder of projects.
#[tokio::test]
async fn every_project_of_a_corpus() {
    let Some(corpus) = std::env::var_os("PGLINT_CORPUS") else {
        eprintln!("skipped: PGLINT_CORPUS names no folder of projects");
        return;
    };
    let folders = folders(Path::new(&corpus));
    assert!(!folders.is_empty());
    for folder in folders {
        let found = check(&folder).await;
        eprintln!("{}: {found} diagnostics, the same", folder.display());
    }
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|it| it.unwrap().path()).collect();
    let is_hidden = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with('.');
    folders.retain(|path| path.is_dir() && !is_hidden(path));
    folders.sort();
    folders
}

/// Compares both for a folder; the result is the number of diagnostics.
async fn check(folder: &Path) -> usize {
    let folder = folder.canonicalize().unwrap();
    let expected = of_command_line(&folder);
    let found = of_server(&folder).await;
    let first = expected
        .iter()
        .zip(&found)
        .find(|(one, other)| one != other);
    assert_eq!(first, None, "{}", folder.display());
    assert_eq!(expected.len(), found.len(), "{}", folder.display());
    found.len()
}

/// What the command line says of a folder, sorted.
pub(crate) fn of_command_line(folder: &Path) -> Vec<Line> {
    let output = Command::new(env!("CARGO_BIN_EXE_pglint"))
        .args(["--output-format", "json", "--fail-on", "never", "."])
        .current_dir(folder)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut places = Places::default();
    let diagnostics = report["diagnostics"].as_array().unwrap().iter();
    let mut lines: Vec<Line> = diagnostics
        .map(|found| {
            let path = folder.join(found["file"].as_str().unwrap());
            let mut place = |end: &str| {
                let offset = found["range"][end]["offset"].as_u64().unwrap();
                places.position(&path, offset as usize)
            };
            let (start, end) = (place("start"), place("end"));
            let mut message = found["message"].as_str().unwrap().to_owned();
            if let Some(help) = found["help"].as_str() {
                message.push_str("\nhelp: ");
                message.push_str(help);
            }
            let severity = found["severity"].as_str().unwrap();
            let rule = found["rule"].as_str().unwrap();
            format!(
                "{} {rule} {severity} {start}-{end} {message}",
                address(&path)
            )
        })
        .collect();
    lines.sort();
    lines
}

async fn of_server(folder: &Path) -> Vec<Line> {
    let mut capabilities = capabilities();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    let mut client = Client::start(capabilities, &[folder]).await;
    let report = client
        .request("workspace/diagnostic", json!({ "previousResultIds": [] }))
        .await;
    let mut lines = Vec::new();
    for file in report["items"].as_array().unwrap() {
        let address = file["uri"].as_str().unwrap();
        let items = file["items"].as_array().unwrap().iter();
        lines.extend(items.map(|found| format!("{address} {}", line(found))));
    }
    lines.sort();
    lines
}

/// `rule severity start-end message` of a diagnostic of the protocol.
pub(crate) fn line(found: &Value) -> Line {
    let place = |end: &str| {
        let position = &found["range"][end];
        format!("{}:{}", position["line"], position["character"])
    };
    let severity = match found["severity"].as_i64().unwrap() {
        1 => "error",
        2 => "warning",
        _ => "info",
    };
    format!(
        "{} {severity} {}-{} {}",
        found["code"].as_str().unwrap(),
        place("start"),
        place("end"),
        found["message"].as_str().unwrap(),
    )
}

/// The lines of files as the protocol counts them, in UTF-16 code units.
#[derive(Default)]
struct Places {
    files: BTreeMap<PathBuf, (String, Vec<usize>)>,
}

impl Places {
    /// `line:character` of the byte at `offset` of the file on the disk.
    fn position(&mut self, path: &Path, offset: usize) -> String {
        let (text, starts) = self.files.entry(path.into()).or_insert_with(|| read(path));
        // An editor does not count a byte-order mark.
        let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let line = starts.partition_point(|start| *start <= offset) - 1;
        let start = match line {
            0 => mark,
            _ => starts[line],
        };
        let end = starts.get(line + 1).copied().unwrap_or(text.len());
        let content = text[start..end].trim_end_matches(['\r', '\n']).len() + start;
        let units = text[start..offset.min(content)].encode_utf16().count();
        format!("{line}:{units}")
    }
}

fn read(path: &Path) -> (String, Vec<usize>) {
    let bytes = std::fs::read(path).unwrap();
    // A byte that is no character counts as one, so that offsets stay.
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    let mut starts = vec![0];
    let own = text.as_bytes();
    for (at, byte) in own.iter().enumerate() {
        let is_end = match byte {
            b'\n' => true,
            b'\r' => own.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if is_end {
            starts.push(at + 1);
        }
    }
    (text, starts)
}

/// The address of a file, with what an address may not hold escaped.
fn address(path: &Path) -> String {
    let mut address = "file://".to_owned();
    for byte in path.to_str().unwrap().bytes() {
        match byte {
            b' ' | b'"' | b'#' | b'%' | b'<' | b'>' | b'?' | b'`' | b'{' | b'}' | 0x80.. => {
                address.push_str(&format!("%{byte:02X}"));
            }
            _ => address.push(char::from(byte)),
        }
    }
    address
}
