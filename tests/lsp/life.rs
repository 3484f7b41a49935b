//! How a server begins and ends.

use pglint_lsp::End;
use serde_json::{Value, json};

use super::client::{Client, capabilities, project, summary, uri};

fn hello(process: Value) -> Value {
    json!({ "processId": process, "rootUri": null, "capabilities": {} })
}

#[tokio::test]
async fn shutdown_and_exit() {
    let mut client = Client::start(capabilities(), &[]).await;
    assert_eq!(client.request("shutdown", Value::Null).await, Value::Null);
    client.notify("exit", Value::Null).await;
    assert_eq!(client.end().await, End::Orderly);
}

#[tokio::test]
async fn exit_without_shutdown() {
    let mut client = Client::start(capabilities(), &[]).await;
    client.notify("exit", Value::Null).await;
    assert_eq!(client.end().await, End::Abrupt);
}

#[tokio::test]
async fn a_client_that_dies() {
    let client = Client::start(capabilities(), &[]).await;
    assert_eq!(client.die().await, End::Abrupt);
    assert_eq!(Client::connect().die().await, End::Abrupt);
    let directory = project(&[("a.sql", "SELECT 1;")]);
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    for version in 0..50 {
        let uri = uri(&directory.path().join(format!("{version}.sql")));
        client
            .open(&uri, "DELETE FROM nothing WHERE a = NULL;")
            .await;
        client
            .send(
                "textDocument/hover",
                json!({
                    "textDocument": { "uri": uri }, "position": { "line": 0, "character": 13 },
                }),
            )
            .await;
    }
    assert_eq!(client.die().await, End::Abrupt);
}

#[cfg(unix)]
#[tokio::test]
async fn a_parent_that_dies() {
    let mut parent = std::process::Command::new("sleep")
        .arg("60")
        .spawn()
        .unwrap();
    let mut client = Client::connect();
    client.initialize(hello(json!(parent.id()))).await;
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert_eq!(client.end().await, End::Abrupt);
}

#[tokio::test]
async fn a_client_that_can_do_nothing() {
    let mut client = Client::connect();
    let result = client.initialize(hello(Value::Null)).await;
    let server = &result["capabilities"];
    assert_eq!(server["positionEncoding"], "utf-16");
    assert!(server.get("diagnosticProvider").is_none());
    assert!(server.get("codeActionProvider").is_none());
    client
        .open("untitled:Untitled-1", "SELECT '😀' = NULL;")
        .await;
    let found = client.diagnostics("untitled:Untitled-1", Some(1)).await;
    assert_eq!(summary(&found), ["null-comparison 0:7-0:18"]);
    assert!(found[0].get("relatedInformation").is_none());
    assert!(client.asked.is_empty(), "{:?}", client.asked);
}

#[tokio::test]
async fn other_position_encodings() {
    for (encoding, end) in [("utf-8", 20), ("utf-32", 17)] {
        let mut client = Client::connect();
        let mut params = hello(Value::Null);
        params["capabilities"]["general"] = json!({ "positionEncodings": [encoding, "utf-16"] });
        let result = client.initialize(params).await;
        assert_eq!(result["capabilities"]["positionEncoding"], encoding);
        client.open("untitled:a", "SELECT '😀' = NULL;").await;
        let found = client.diagnostics("untitled:a", Some(1)).await;
        assert_eq!(summary(&found), [format!("null-comparison 0:7-0:{end}")]);
    }
}

#[tokio::test]
async fn a_storm_of_cancelled_requests() {
    let directory = project(&[("a.sql", "CREATE TABLE t (id bigint PRIMARY KEY);")]);
    let uri = uri(&directory.path().join("a.sql"));
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    client
        .open(&uri, "CREATE TABLE t (id bigint PRIMARY KEY);")
        .await;
    let place = json!({
        "textDocument": { "uri": uri }, "position": { "line": 0, "character": 14 },
    });
    let mut ids = Vec::new();
    for version in 2..400 {
        client
            .replace(&uri, version, "CREATE TABLE t (id bigint PRIMARY KEY);")
            .await;
        let id = client.send("textDocument/hover", place.clone()).await;
        client.notify("$/cancelRequest", json!({ "id": id })).await;
        ids.push(id);
    }
    // Each has an answer: the error that the protocol names, or a late result.
    for id in ids {
        let answer = client.answer(id).await;
        let code = answer["error"]["code"].as_i64();
        assert!(
            code == Some(-32800) || answer.get("result").is_some(),
            "{answer}"
        );
    }
    let hover = client.request("textDocument/hover", place).await;
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .contains("public.t")
    );
}
