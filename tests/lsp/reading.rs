//! Hover, definition, symbols, folding, and pglint's own requests.

use serde_json::json;

use super::client::{Client, capabilities, project, uri};

#[tokio::test]
async fn what_a_project_tells() {
    let directory = project(&[
        (
            "1_a.sql",
            "CREATE TABLE users (\n  id bigint PRIMARY KEY,\n  \"näme\" text\n);\n",
        ),
        ("q/a.sql", ""),
    ]);
    let mut client = Client::start(capabilities(), &[directory.path()]).await;
    let query = uri(&directory.path().join("q/a.sql"));
    client
        .open(&query, "SELECT '😀', \"näme\" FROM users;\nSELECT\n  1;\n")
        .await;
    let place = json!({
        "textDocument": { "uri": query }, "position": { "line": 0, "character": 14 },
    });
    let hover = client.request("textDocument/hover", place.clone()).await;
    assert_eq!(hover["contents"]["kind"], "markdown");
    let value = hover["contents"]["value"].as_str().unwrap();
    let table = uri(&directory.path().join("1_a.sql"));
    let expected = "```sql\npublic.users.näme  text  -- 1_a.sql:3\n```";
    assert_eq!(value, format!("{expected}\n\n[1_a.sql](<{table}#L3>)"));
    assert_eq!(
        hover["range"]["start"],
        json!({ "line": 0, "character": 13 })
    );
    assert_eq!(hover["range"]["end"], json!({ "line": 0, "character": 19 }));

    let definition = client.request("textDocument/definition", place).await;
    assert_eq!(definition[0]["uri"], table);
    assert_eq!(
        definition[0]["range"]["start"],
        json!({ "line": 2, "character": 2 })
    );

    let document = json!({ "textDocument": { "uri": query } });
    let symbols = client
        .request("textDocument/documentSymbol", document.clone())
        .await;
    assert_eq!(
        symbols[1]["range"]["end"],
        json!({ "line": 2, "character": 3 })
    );
    let folds = client
        .request("textDocument/foldingRange", document.clone())
        .await;
    assert_eq!(folds.as_array().unwrap().len(), 1);
    assert_eq!(folds[0]["startLine"], 1);

    let symbols = client
        .request("workspace/symbol", json!({ "query": "usr" }))
        .await;
    assert_eq!(symbols[0]["name"], "users");
    assert_eq!(symbols[0]["containerName"], "public");
    assert_eq!(
        symbols.as_array().unwrap().len(),
        2,
        "the table and its key: {symbols}"
    );

    let schema = client.request("pglint/schema", document).await;
    assert!(
        schema["text"]
            .as_str()
            .unwrap()
            .starts_with("table public.users")
    );
    let rule = client
        .request("pglint/rule", json!({ "name": "select-star" }))
        .await;
    assert!(
        rule["markdown"]
            .as_str()
            .unwrap()
            .starts_with("# select-star")
    );
    let rule = client
        .request("pglint/rule", json!({ "name": "nothing" }))
        .await;
    assert!(rule.is_null());
}
