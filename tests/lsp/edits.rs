//! Random edits: what the server says in the end is what a fresh run says.

use serde_json::json;

use super::client::{Client, capabilities, project, summary, uri};
use super::model::{Model, Random, fresh};
use super::parity::{line, of_command_line};

const SCHEMA: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text, deleted_at timestamptz);\n\
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\n";

const PIECES: [&str; 24] = [
    "SELECT * FROM users WHERE email = NULL;\n",
    "DELETE FROM orders;\r\n",
    "CREATE TABLE t (a integer, b timestamp);\n",
    "ALTER TABLE users ADD COLUMN c text;\n",
    "UPDATE users SET email = 'é😀';\r",
    "-- pglint: ignore[null-comparison]\n",
    "/* 😀 ",
    " */",
    "'",
    "$$",
    "(",
    ")",
    ";",
    "\n",
    "\r\n",
    "\r",
    "é",
    "😀",
    "𝒳 AS y",
    " = NULL",
    "",
    "",
    "",
    "",
];

async fn check(seed: u64, path: &str) {
    let directory = project(&[("db/0001_a.sql", SCHEMA), ("queries/q.sql", "SELECT 1;\n")]);
    let path = directory.path().join(path);
    let uri = uri(&path);
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    let mut model = Model::new(SCHEMA);
    client.open(&uri, SCHEMA).await;
    let mut random = Random(seed);
    let mut last = Vec::new();
    for version in 2..=301 {
        let change = change(&mut model, &mut random);
        let params = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [change],
        });
        client.notify("textDocument/didChange", params).await;
        // Now and then the server may catch up.
        if version % 60 == 0 || version == 301 {
            let found = client.diagnostics(&uri, Some(version)).await;
            let expected = fresh(directory.path(), &path, &model.text());
            assert_eq!(summary(&found), expected, "seed {seed}, version {version}");
            last = found;
        }
    }
    // What the command line says once the text is on the disk.
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, model.text()).unwrap();
    let lines = of_command_line(directory.path());
    let lines = lines
        .iter()
        .filter_map(|line| line.strip_prefix(&uri)?.strip_prefix(' '));
    let mut found: Vec<_> = last.iter().map(line).collect();
    found.sort();
    assert_eq!(found, lines.collect::<Vec<_>>(), "seed {seed}");
}

fn change(model: &mut Model, random: &mut Random) -> serde_json::Value {
    let mut place = |from: usize, to: usize| {
        let mut offset = from + random.below(to - from + 1);
        while !model.is_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let length = model.units.len();
    let start = place(0, length);
    let end = place(start, (start + 40).min(length)).max(start);
    let new = PIECES[random.below(PIECES.len())];
    let position = |offset| {
        let (line, character) = model.position(offset);
        json!({ "line": line, "character": character })
    };
    let range = json!({ "start": position(start), "end": position(end) });
    model.replace(start, end, new);
    json!({ "range": range, "text": new })
}

#[tokio::test]
async fn random_edits_of_queries() {
    check(0x9E37_79B9_7F4A_7C15, "queries/q.sql").await;
    check(0x2545_F491_4F6C_DD1D, "queries/q.sql").await;
}

#[tokio::test]
async fn random_edits_of_a_migration() {
    check(0xD1B5_4A32_D192_ED03, "db/0001_a.sql").await;
    check(0x0123_4567_89AB_CDEF, "db/0002_b.sql").await;
}
