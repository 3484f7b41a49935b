//! Clients that ask for diagnostics.

use serde_json::{Value, json};

use super::client::{Client, capabilities, project, summary, uri};

const TABLE: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);\n";

fn pulling() -> Value {
    let mut capabilities = capabilities();
    capabilities["textDocument"]["diagnostic"] = json!({ "dynamicRegistration": false });
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    capabilities
}

#[tokio::test]
async fn a_document_and_the_workspace() {
    let directory = project(&[("1_a.sql", TABLE), ("q/a.sql", "DELETE FROM users;\n")]);
    let mut client = Client::connect();
    let params = json!({
        "processId": null, "rootUri": uri(directory.path()), "capabilities": pulling(),
    });
    let result = client.initialize(params).await;
    let provider = &result["capabilities"]["diagnosticProvider"];
    assert_eq!(provider["workspaceDiagnostics"], true);
    assert_eq!(provider["interFileDependencies"], true);

    let query = uri(&directory.path().join("q/a.sql"));
    client.open(&query, "SELECT 1;\n").await;
    client.replace(&query, 2, "DELETE FROM users;\n").await;
    let document = json!({ "textDocument": { "uri": query } });
    let report = client.request("textDocument/diagnostic", document).await;
    assert_eq!(report["kind"], "full");
    let items = report["items"].as_array().unwrap();
    assert_eq!(summary(items), ["delete-without-where 0:12-0:17"]);

    let again = json!({
        "textDocument": { "uri": query }, "previousResultId": report["resultId"],
    });
    let report = client.request("textDocument/diagnostic", again).await;
    assert_eq!(report["kind"], "unchanged");

    let params = json!({ "previousResultIds": [{ "uri": query, "value": report["resultId"] }] });
    let report = client.request("workspace/diagnostic", params).await;
    let kinds = report["items"].as_array().unwrap().iter();
    let kinds: Vec<_> = kinds
        .map(|it| (it["uri"].clone(), it["kind"].clone(), it["version"].clone()))
        .collect();
    let table = uri(&directory.path().join("1_a.sql"));
    assert_eq!(
        kinds,
        [
            (json!(table), json!("full"), Value::Null),
            (json!(query), json!("unchanged"), json!(2)),
        ]
    );
}

#[tokio::test]
async fn a_change_of_the_schema_asks_to_ask_again() {
    let directory = project(&[("1_a.sql", TABLE), ("q/a.sql", "")]);
    let mut client = Client::start(pulling(), &[directory.path()]).await;
    let query = uri(&directory.path().join("q/a.sql"));
    client
        .open(
            &query,
            "DELETE FROM users WHERE id NOT IN (SELECT user_id FROM bans);",
        )
        .await;
    let document = json!({ "textDocument": { "uri": query } });
    let report = client
        .request("textDocument/diagnostic", document.clone())
        .await;
    assert_eq!(report["items"], json!([]));
    let schema = uri(&directory.path().join("1_a.sql"));
    client
        .open(
            &schema,
            &format!("{TABLE}CREATE TABLE bans (user_id bigint);"),
        )
        .await;
    client
        .wait_for_question("workspace/diagnostic/refresh")
        .await;
    let report = client.request("textDocument/diagnostic", document).await;
    let items = report["items"].as_array().unwrap();
    assert_eq!(summary(items), ["not-in-nullable 0:24-0:33"]);
}
