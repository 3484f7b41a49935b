//! Which files belong together, and what becomes known of them when.

use std::path::Path;

use pglint_project::{Analysis, Project, Request};
use serde_json::json;

use super::client::{Client, capabilities, project, summary, uri};
use super::model::of_file;

const TABLE: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\n";

#[tokio::test]
async fn every_fixture_is_judged_as_by_the_command_line() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut folders: Vec<_> = std::fs::read_dir(fixtures)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        check_folder(&folder).await;
    }
}

/// What is published of a folder is what the command line says of it.
async fn check_folder(folder: &Path) {
    let request = Request {
        working_directory: folder.into(),
        paths: vec![folder.into()],
        ..Request::default()
    };
    let analysis = Analysis::new(Project::read(&request));
    let mut client = Client::start(capabilities(), &[folder]).await;
    for file in &analysis.project.files {
        let text = std::fs::read_to_string(&file.path).unwrap();
        let expected = of_file(&analysis, &file.path, &text);
        if !expected.is_empty() {
            let found = client.diagnostics(&uri(&file.path), None).await;
            assert_eq!(summary(&found), expected, "{}", file.path.display());
        }
    }
}

#[tokio::test]
async fn several_folders() {
    let first = project(&[("1_a.sql", TABLE), ("q/a.sql", "SELECT email FROM users;")]);
    let second = project(&[("q/a.sql", "DELETE FROM users;\n")]);
    let mut client = Client::start(capabilities(), &[first.path(), second.path()]).await;
    let file = uri(&second.path().join("q/a.sql"));
    let found = client.diagnostics(&file, None).await;
    assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"]);
    client
        .notify(
            "workspace/didChangeWorkspaceFolders",
            json!({ "event": {
            "removed": [{ "uri": uri(second.path()), "name": "folder" }], "added": [],
        } }),
        )
        .await;
    assert!(client.diagnostics(&file, None).await.is_empty());
}

#[tokio::test]
async fn a_document_without_a_project() {
    let mut client = Client::start(capabilities(), &[]).await;
    for uri in [
        "untitled:Untitled-1",
        "git:/a/b.sql?ref",
        "file:///nowhere/at/all.sql",
        // A buffer without a name, as Neovim calls it once the address is parsed.
        "file:///",
    ] {
        client.open(uri, "DELETE FROM users;\n").await;
        let found = client.diagnostics(uri, Some(1)).await;
        assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"], "{uri}");
        client.replace(uri, 2, "SELECT 1;\n").await;
        assert!(client.diagnostics(uri, Some(2)).await.is_empty());
        let document = json!({ "textDocument": { "uri": uri } });
        client.notify("textDocument/didClose", document).await;
    }
}

#[tokio::test]
async fn a_document_of_a_project_outside_the_workspace() {
    let directory = project(&[(".git/HEAD", ""), ("1_a.sql", TABLE), ("q/a.sql", "")]);
    let mut client = Client::start(capabilities(), &[]).await;
    let file = uri(&directory.path().join("q/a.sql"));
    client
        .open(&file, "SELECT id FROM users WHERE email = NULL;")
        .await;
    let found = client.diagnostics(&file, Some(1)).await;
    assert_eq!(summary(&found), ["null-comparison 0:27-0:39"]);
    let definition = client
        .request(
            "textDocument/definition",
            json!({
                "textDocument": { "uri": file }, "position": { "line": 0, "character": 17 },
            }),
        )
        .await;
    assert_eq!(definition[0]["uri"], uri(&directory.path().join("1_a.sql")));
}

#[tokio::test]
async fn files_are_looked_at_where_the_client_does_not_watch() {
    let directory = project(&[("q/a.sql", "SELECT 1;\n")]);
    let mut client = Client::start(json!({}), &[directory.path()]).await;
    let file = directory.path().join("q/b.sql");
    std::fs::write(&file, "DELETE FROM users;\n").unwrap();
    let found = client.diagnostics(&uri(&file), None).await;
    assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"]);
    std::fs::remove_file(&file).unwrap();
    assert!(client.diagnostics(&uri(&file), None).await.is_empty());
}

#[tokio::test]
async fn files_that_the_client_watches() {
    let directory = project(&[("q/a.sql", "SELECT 1;\n")]);
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    client.wait_for_question("client/registerCapability").await;
    let file = directory.path().join("q/b.sql");
    std::fs::write(&file, "DELETE FROM users;\n").unwrap();
    client
        .notify(
            "workspace/didChangeWatchedFiles",
            json!({
                "changes": [{ "uri": uri(&file), "type": 1 }],
            }),
        )
        .await;
    let found = client.diagnostics(&uri(&file), None).await;
    assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"]);
}

#[tokio::test]
async fn the_schema_in_one_document_changes_another() {
    let directory = project(&[("1_a.sql", TABLE), ("q/a.sql", "")]);
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    let (schema, query) = (
        uri(&directory.path().join("1_a.sql")),
        uri(&directory.path().join("q/a.sql")),
    );
    client
        .open(
            &query,
            "DELETE FROM users WHERE id NOT IN (SELECT user_id FROM bans);",
        )
        .await;
    assert!(client.diagnostics(&query, Some(1)).await.is_empty());
    let bans = "CREATE TABLE bans (user_id bigint);";
    client.open(&schema, &format!("{TABLE}{bans}")).await;
    let found = client.diagnostics(&query, Some(1)).await;
    assert_eq!(summary(&found), ["not-in-nullable 0:24-0:33"]);
    let related = found[0]["relatedInformation"].as_array().unwrap();
    assert!(related.iter().any(|it| it["location"]["uri"] == schema));
}

#[tokio::test]
async fn a_changed_configuration() {
    let text = "[[overrides]]\nfiles = ['q/']\nseverity = { delete-without-where = 'info' }\n";
    let folder = project(&[
        ("q/a.sql", "DELETE FROM users;\n"),
        ("in/pglint.toml", "ignore = ['delete-without-where']\n"),
        ("in/db/b.sql", "DELETE FROM users;\n"),
    ]);
    let mut client = Client::start(json!({}), &[folder.path()]).await;
    let file = uri(&folder.path().join("q/a.sql"));
    let nested = uri(&folder.path().join("in/db/b.sql"));
    let found = client.diagnostics(&file, None).await;
    assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"]);
    assert_eq!(found[0]["severity"], 1);
    // The client watches no files: the server notices by itself.
    std::fs::write(folder.path().join("pglint.toml"), text).unwrap();
    let found = client.diagnostics(&file, None).await;
    assert_eq!(found[0]["severity"], 3);
    std::fs::write(folder.path().join("in/pglint.toml"), "").unwrap();
    let found = client.diagnostics(&nested, None).await;
    assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"]);
}

#[tokio::test]
async fn a_configuration_with_a_mistake() {
    let folder = project(&[("q/a/b.sql", "DELETE FROM users;\n")]);
    let mut client = Client::start(json!({}), &[folder.path()]).await;
    let file = uri(&folder.path().join("q/a/b.sql"));
    let found = client.diagnostics(&file, None).await;
    assert_eq!(summary(&found), ["delete-without-where 0:12-0:17"]);
    // In a folder without SQL of its own.
    let configuration = folder.path().join("q/pglint.toml");
    std::fs::write(&configuration, "\n  slect = []\n").unwrap();
    let found = client.diagnostics(&uri(&configuration), None).await;
    let message = "there is no key `slect`; did you mean `select`?";
    assert_eq!(found[0]["message"], message);
    let start = json!({ "line": 1, "character": 2 });
    assert_eq!(found[0]["range"]["start"], start);
    std::fs::write(&configuration, "ignore = ['delete-without-where']\n").unwrap();
    let found = client.diagnostics(&uri(&configuration), None).await;
    assert_eq!(found.len(), 0);
    let found = client.diagnostics(&file, None).await;
    assert_eq!(found.len(), 0);
}

#[tokio::test]
async fn progress_of_the_first_analysis() {
    let directory = project(&[("1_a.sql", TABLE)]);
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    client
        .wait(|it| it["method"] == "$/progress" && it["params"]["value"]["kind"] == "begin")
        .await;
    client
        .wait(|it| it["method"] == "$/progress" && it["params"]["value"]["kind"] == "end")
        .await;
}

/// While a large project is analysed for the first time, what a text tells by itself
/// may be told first; what is told in the end is the same.
#[tokio::test]
async fn an_opened_document_of_a_large_project() {
    let row = "(1, 'a row of a table that nothing else is about'),\n";
    let rows = row.repeat((2 << 20) / row.len());
    let data = format!("INSERT INTO elsewhere VALUES\n{rows}(2, 'the last');\n");
    let directory = project(&[("q/a.sql", "SELECT 1;\n"), ("q/data.sql", &data)]);
    let file = uri(&directory.path().join("q/a.sql"));
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    client.open(&file, "SELEC 1;\nDELETE FROM users;\n").await;
    let of_text = "syntax-error 0:0-0:5";
    let all = [of_text, "delete-without-where 1:12-1:17"];
    let first = summary(&client.diagnostics(&file, Some(1)).await);
    if first != all {
        assert_eq!(first, [of_text]);
        assert_eq!(summary(&client.diagnostics(&file, Some(1)).await), all);
    }
    // An edit before the first analysis has ended.
    let second = uri(&directory.path().join("q/b.sql"));
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    client.open(&second, "SELEC 1;\n").await;
    client.replace(&second, 2, "DELETE FROM users;\n").await;
    let mut last = client.diagnostics(&second, Some(2)).await;
    if last.is_empty() {
        last = client.diagnostics(&second, Some(2)).await;
    }
    assert_eq!(summary(&last), ["delete-without-where 0:12-0:17"]);
}
