//! Generates the node types of `pglint_syntax::ast` from `pg_query.proto` and from
//! PostgreSQL's headers.
//!
//! Every message of the parser's protobuf output becomes a marker type, a row in
//! the table `KINDS` that the decoder reads, and a block of accessor methods
//! under PostgreSQL's own field names. Where the fields are in memory, the headers
//! tell. The result is committed; a test fails when it is stale.

mod headers;
mod proto;
mod render;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Relative to the workspace.
const OUTPUT: &str = "crates/pglint_syntax/src/ast/generated.rs";

/// Where the structs and enums of a raw parse tree are.
const HEADERS: &[&str] = &["nodes", "lockoptions", "value", "primnodes", "parsenodes"];

/// Writes the generated file.
pub(crate) fn write() -> Result<(), String> {
    let path = workspace().join(OUTPUT);
    std::fs::write(&path, generate()?).map_err(|error| format!("{}: {error}", path.display()))
}

fn generate() -> Result<String, String> {
    let folder = pg_query_folder()?.join("libpg_query");
    let read = |path: &str| {
        let path = folder.join(path);
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let header = |name: &&str| read(&format!("src/postgres/include/nodes/{name}.h"));
    let headers = HEADERS.iter().map(header).collect::<Result<String, _>>()?;
    let headers = headers::Headers::read(&headers, &header(&"nodetags")?)?;
    let definitions = proto::read(&read("protobuf/pg_query.proto")?)?;
    rustfmt(&render::render(&definitions, &headers)?)
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// Where cargo keeps the sources of the locked version of `pg_query`.
fn pg_query_folder() -> Result<PathBuf, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(workspace())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "pg_query")
        .and_then(|package| package["manifest_path"].as_str())
        .and_then(|path| Path::new(path).parent())
        .map(Path::to_path_buf)
        .ok_or_else(|| "cargo metadata names no package pg_query".to_owned())
}

fn rustfmt(text: &str) -> Result<String, String> {
    use std::io::Write;
    let fail = |error: std::io::Error| format!("rustfmt: {error}");
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .current_dir(workspace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(fail)?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(fail)?;
    }
    let output = child.wait_with_output().map_err(fail)?;
    String::from_utf8(output.stdout).map_err(|error| format!("rustfmt: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_tree_is_current() {
        let committed = std::fs::read_to_string(workspace().join(OUTPUT)).unwrap();
        assert!(
            committed == generate().unwrap(),
            "{OUTPUT} is stale: run `cargo xtask ast`"
        );
    }
}
