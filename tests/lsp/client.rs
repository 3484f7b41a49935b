//! A client that says what a test tells it to.

use std::path::Path;
use std::time::Duration;

use pglint_lsp::End;
use serde_json::{Value, json};
use tokio::io::{
    AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf,
    duplex, split,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    reader: BufReader<ReadHalf<DuplexStream>>,
    writer: WriteHalf<DuplexStream>,
    server: JoinHandle<End>,
    next_id: i64,
    /// Notifications that nobody has waited for yet.
    unread: Vec<Value>,
    /// Requests of the server, which are all answered with null.
    pub(crate) asked: Vec<Value>,
}

/// A client that can do what editors can.
pub(crate) fn capabilities() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": {
            "workspaceEdit": { "documentChanges": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
        },
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "codeDescriptionSupport": true,
                "tagSupport": { "valueSet": [1] } },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } },
            },
            "hover": { "contentFormat": ["markdown"] },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
        },
    })
}

pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

impl Client {
    /// Starts a server and says hello.
    pub(crate) async fn start(capabilities: Value, folders: &[&Path]) -> Client {
        let folders: Vec<_> = folders
            .iter()
            .map(|folder| json!({ "uri": uri(folder), "name": "folder" }))
            .collect();
        let mut client = Client::connect();
        let params = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": capabilities,
            "workspaceFolders": folders,
        });
        client.initialize(params).await;
        client
    }

    /// Starts a server and says nothing.
    pub(crate) fn connect() -> Client {
        let (ours, theirs) = duplex(1 << 16);
        let (input, output) = split(theirs);
        let server = tokio::spawn(pglint_lsp::serve(input, output));
        let (reader, writer) = split(ours);
        Client {
            reader: BufReader::new(reader),
            writer,
            server,
            next_id: 0,
            unread: Vec::new(),
            asked: Vec::new(),
        }
    }

    pub(crate) async fn initialize(&mut self, params: Value) -> Value {
        let result = self.request("initialize", params).await;
        self.notify("initialized", json!({})).await;
        result
    }

    /// Sends a request and returns its id.
    pub(crate) async fn send(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.write(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        id
    }

    /// Sends a request and waits for the result.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        let answer = self.answer(id).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Waits for the answer to a request.
    pub(crate) async fn answer(&mut self, id: i64) -> Value {
        self.wait(|message| message["id"] == id && message.get("method").is_none())
            .await
    }

    pub(crate) async fn notify(&mut self, method: &str, params: Value) {
        self.write(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
            .await;
    }

    pub(crate) async fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "sql", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }))
            .await;
    }

    /// Replaces the whole text.
    pub(crate) async fn replace(&mut self, uri: &str, version: i32, text: &str) {
        let params = json!({
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "text": text }],
        });
        self.notify("textDocument/didChange", params).await;
    }

    /// Waits for the diagnostics of a version of a document.
    pub(crate) async fn diagnostics(&mut self, uri: &str, version: Option<i32>) -> Vec<Value> {
        let found = self
            .wait(|message| {
                let params = &message["params"];
                message["method"] == "textDocument/publishDiagnostics"
                    && params["uri"] == uri
                    && params["version"] == json!(version)
            })
            .await;
        found["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Waits for a message from the server.
    pub(crate) async fn wait(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        if let Some(place) = self.unread.iter().position(&mut wanted) {
            return self.unread.remove(place);
        }
        loop {
            let message = timeout(PATIENCE, self.read()).await;
            let message = message.expect("the server says nothing").unwrap();
            if message.get("id").is_some() && message.get("method").is_some() {
                let id = message["id"].clone();
                self.write(json!({ "jsonrpc": "2.0", "id": id, "result": null }))
                    .await;
                self.asked.push(message);
            } else if wanted(&message) {
                return message;
            } else {
                self.unread.push(message);
            }
        }
    }

    /// Waits for a request of the server.
    pub(crate) async fn wait_for_question(&mut self, method: &str) {
        while !self.asked.iter().any(|message| message["method"] == method) {
            let known = self.asked.len();
            let message = timeout(PATIENCE, self.read()).await;
            let message = message.expect("the server asks nothing").unwrap();
            match message.get("method").is_some() && message.get("id").is_some() {
                true => {
                    let id = message["id"].clone();
                    self.write(json!({ "jsonrpc": "2.0", "id": id, "result": null }))
                        .await;
                    self.asked.push(message);
                    assert!(self.asked.len() > known);
                }
                false => self.unread.push(message),
            }
        }
    }

    /// Waits for the server's end.
    pub(crate) async fn end(self) -> End {
        let Client {
            server,
            writer,
            reader,
            ..
        } = self;
        let end = timeout(PATIENCE, server).await;
        drop((writer, reader));
        end.expect("the server does not end").unwrap()
    }

    /// Dies, and waits for the server's end.
    pub(crate) async fn die(self) -> End {
        let Client {
            server,
            writer,
            reader,
            ..
        } = self;
        drop((writer, reader));
        let end = timeout(PATIENCE, server).await;
        end.expect("the server does not end").unwrap()
    }

    async fn write(&mut self, message: Value) {
        let body = message.to_string();
        let message = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        // A server that has ended reads nothing more.
        let _ = self.writer.write_all(message.as_bytes()).await;
    }

    async fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.reader.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.parse().ok()?;
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).await.ok()?;
        serde_json::from_slice(&body).ok()
    }
}

/// Makes a folder with these files.
pub(crate) fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    directory
}

/// `rule startline:startcolumn-endline:endcolumn` of each diagnostic.
pub(crate) fn summary(diagnostics: &[Value]) -> Vec<String> {
    let place = |position: &Value| format!("{}:{}", position["line"], position["character"]);
    let summary = |found: &Value| {
        let range = &found["range"];
        let (start, end) = (place(&range["start"]), place(&range["end"]));
        format!("{} {start}-{end}", found["code"].as_str().unwrap())
    };
    diagnostics.iter().map(summary).collect()
}
