//! Code actions.

use std::path::Path;

use serde_json::{Value, json};

use super::client::{Client, capabilities, project, uri};

const URI: &str = "untitled:a.sql";
const TEXT: &str = "SELECT 1;\n  SELECT 'é' = NULL;\n";

async fn start(capabilities: Value, options: Value) -> Client {
    let mut client = Client::connect();
    let params = json!({
        "processId": null, "rootUri": null, "capabilities": capabilities,
        "initializationOptions": options,
    });
    client.initialize(params).await;
    client.open(URI, TEXT).await;
    client
}

fn request(only: Option<&str>) -> Value {
    let mut params = json!({
        "textDocument": { "uri": URI },
        "range": { "start": { "line": 1, "character": 12 }, "end": { "line": 1, "character": 12 } },
        "context": { "diagnostics": [] },
    });
    if let Some(only) = only {
        params["context"]["only"] = json!([only]);
    }
    params
}

fn titles(actions: &Value) -> Vec<&str> {
    let actions = actions.as_array().unwrap().iter();
    actions
        .map(|action| action["title"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_fix_and_two_ways_to_ignore() {
    let mut client = start(capabilities(), Value::Null).await;
    let actions = client
        .request("textDocument/codeAction", request(None))
        .await;
    assert_eq!(
        titles(&actions),
        [
            "Write `IS NULL` (unsafe)",
            "Ignore null-comparison for this statement",
            "Ignore null-comparison in this file",
        ]
    );
    assert_eq!(actions[0]["isPreferred"], false);
    let edits = |place: usize| actions[place]["edit"]["documentChanges"][0].clone();
    assert_eq!(
        edits(0)["textDocument"],
        json!({ "uri": URI, "version": 1 })
    );
    assert_eq!(edits(0)["edits"][0]["newText"], "IS NULL");
    assert_eq!(
        edits(1)["edits"][0],
        json!({
            "range": { "start": { "line": 1, "character": 0 }, "end": { "line": 1, "character": 0 } },
            "newText": "  -- pglint: ignore[null-comparison]\n",
        })
    );
    assert_eq!(
        edits(2)["edits"][0]["newText"],
        "-- pglint: ignore-file[null-comparison]\n"
    );
}

#[tokio::test]
async fn an_edit_that_is_made_when_the_action_is_chosen() {
    let mut able = capabilities();
    able["textDocument"]["codeAction"]["dataSupport"] = json!(true);
    able["textDocument"]["codeAction"]["resolveSupport"] = json!({ "properties": ["edit"] });
    let options = json!({ "commands": ["pglint.explainRule"] });
    let mut client = start(able, options).await;
    let actions = client
        .request("textDocument/codeAction", request(Some("quickfix")))
        .await;
    assert_eq!(titles(&actions).last(), Some(&"Explain null-comparison"));
    let explain = actions.as_array().unwrap().last().unwrap();
    assert_eq!(explain["command"]["arguments"], json!(["null-comparison"]));
    assert!(actions[0].get("edit").is_none());
    let resolved = client
        .request("codeAction/resolve", actions[0].clone())
        .await;
    assert_eq!(
        resolved["edit"]["documentChanges"][0]["edits"][0]["newText"],
        "IS NULL"
    );
    // The text has gone on, so the edit would be wrong.
    client.replace(URI, 2, "SELECT 1 = NULL;").await;
    let resolved = client
        .request("codeAction/resolve", actions[0].clone())
        .await;
    assert!(resolved.get("edit").is_none());
}

#[tokio::test]
async fn all_safe_fixes_of_a_file() {
    let mut client = start(capabilities(), Value::Null).await;
    client
        .replace(
            URI,
            2,
            "-- pglint: ignore[select-star]\nSELECT 'a' = NULL;\n",
        )
        .await;
    let actions = client
        .request("textDocument/codeAction", request(Some("source.fixAll")))
        .await;
    assert_eq!(actions[0]["kind"], "source.fixAll.pglint");
    // The comparison stays: its fix is not safe.
    assert_eq!(
        actions[0]["edit"]["documentChanges"][0]["edits"],
        json!([{
            "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 1, "character": 0 } },
            "newText": "",
        }])
    );
}

/// The action that writes into `pglint.toml`. `creates` tells whether the client
/// can create it.
async fn ignore_in_configuration(folder: &Path, creates: bool) -> Option<Value> {
    let mut able = capabilities();
    if creates {
        able["workspace"]["workspaceEdit"]["resourceOperations"] = json!(["create"]);
    }
    let mut client = Client::start(able, &[folder]).await;
    let file = uri(&folder.join("1_visit.sql"));
    client.diagnostics(&file, None).await;
    let mut params = request(Some("quickfix"));
    params["textDocument"]["uri"] = json!(file);
    params["range"] = json!({
        "start": { "line": 0, "character": 13 }, "end": { "line": 0, "character": 13 },
    });
    let actions = client.request("textDocument/codeAction", params).await;
    let title = "Ignore missing-primary-key for public.visit in pglint.toml";
    let mut actions = actions.as_array().unwrap().iter();
    actions.find(|action| action["title"] == title).cloned()
}

/// Two tables, so that something is reported when one of them is ignored.
const VISIT: (&str, &str) = (
    "1_visit.sql",
    "CREATE TABLE visit (at date NOT NULL);\nCREATE TABLE gate (name text NOT NULL);\n",
);
const IGNORED: &str = "[[ignore]]\nrule = \"missing-primary-key\"\nobject = \"public.visit\"\n";

#[tokio::test]
async fn one_object_is_ignored_in_the_configuration() {
    let configuration = ("pglint.toml", "pg-version = 15\n");
    let project = project(&[VISIT, configuration]);
    let action = ignore_in_configuration(project.path(), false)
        .await
        .unwrap();
    let path = project.path().join(configuration.0);
    let end = json!({ "line": 1, "character": 0 });
    assert_eq!(
        action["edit"]["changes"][uri(&path)],
        json!([{ "range": { "start": end, "end": end }, "newText": format!("\n{IGNORED}") }])
    );
    std::fs::write(&path, format!("{}\n{IGNORED}", configuration.1)).unwrap();
    assert!(
        ignore_in_configuration(project.path(), false)
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_configuration_is_created() {
    let project = project(&[VISIT]);
    assert!(
        ignore_in_configuration(project.path(), false)
            .await
            .is_none()
    );
    let action = ignore_in_configuration(project.path(), true).await.unwrap();
    let changes = &action["edit"]["documentChanges"];
    let path = uri(&project.path().join("pglint.toml"));
    assert_eq!(changes[0], json!({ "kind": "create", "uri": path }));
    assert_eq!(changes[1]["textDocument"]["uri"], path);
    assert_eq!(changes[1]["edits"][0]["newText"], IGNORED);
}
