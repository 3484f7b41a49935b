//! A client that waits for diagnostics, pushed or pulled as the server offers.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A running server. It is killed at the end.
pub(super) struct Client {
    /// Does the client ask for diagnostics?
    pub(super) pulls: bool,
    server: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last_id: u64,
    versions: HashMap<PathBuf, i64>,
}

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// When a server has said nothing for so long, it has nothing more to say.
const SILENCE: Duration = Duration::from_millis(1500);

/// A server that computes less than this in that time is idle: looking at the time
/// stamps of files takes a little.
const IDLE: Duration = Duration::from_millis(20);

impl Client {
    /// Starts `program server` and says hello.
    pub(super) fn start(program: &Path, project: &Path) -> Result<Client, String> {
        let mut server = Command::new(program)
            .arg("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
        let input = server.stdin.take().ok_or("no standard input")?;
        let output = server.stdout.take().ok_or("no standard output")?;
        let (sender, messages) = channel();
        std::thread::spawn(move || read_all(BufReader::new(output), &sender));
        let mut client = Client {
            pulls: false,
            server,
            input,
            messages,
            last_id: 0,
            versions: HashMap::new(),
        };
        let hello = client.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri(project),
                "workspaceFolders": [{ "uri": uri(project), "name": "project" }],
                "capabilities": {
                    "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
                    "textDocument": {
                        "publishDiagnostics": { "versionSupport": true, "relatedInformation": true },
                        "diagnostic": { "dynamicRegistration": false },
                    },
                },
            }),
        )?;
        client.pulls = hello["capabilities"].get("diagnosticProvider").is_some();
        client.notify("initialized", json!({}))?;
        Ok(client)
    }

    /// Opens a document.
    pub(super) fn open(&mut self, path: &Path, text: &str) -> Result<(), String> {
        self.versions.insert(path.into(), 1);
        let document = json!({ "uri": uri(path), "languageId": "sql", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }))
    }

    /// Replaces `removed` code units at a line and column by `text`.
    pub(super) fn edit(
        &mut self,
        path: &Path,
        (line, column): (usize, usize),
        removed: usize,
        text: &str,
    ) -> Result<(), String> {
        let version = self.versions.entry(path.into()).or_default();
        *version += 1;
        let version = *version;
        let position = |column: usize| json!({ "line": line, "character": column });
        let range = json!({ "start": position(column), "end": position(column + removed) });
        let params = json!({
            "textDocument": { "uri": uri(path), "version": version },
            "contentChanges": [{ "range": range, "text": text }],
        });
        self.notify("textDocument/didChange", params)
    }

    /// Waits for the diagnostics of the newest version of a document.
    pub(super) fn diagnostics(&mut self, path: &Path) -> Result<(), String> {
        let uri = uri(path);
        if self.pulls {
            let document = json!({ "textDocument": { "uri": uri } });
            return self.request("textDocument/diagnostic", document).map(drop);
        }
        let version = self.versions.get(path).copied();
        loop {
            let message = self.next(PATIENCE)?.ok_or("the server says nothing")?;
            let params = &message["params"];
            if message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"].as_i64() == version
            {
                return Ok(());
            }
        }
    }

    /// When further diagnostics of a document came, the last before the server
    /// became silent. `None` where none came.
    pub(super) fn last_diagnostics(&mut self, path: &Path) -> Result<Option<Instant>, String> {
        let uri = uri(path);
        let mut last = None;
        while let Some(message) = self.next_unless_idle()? {
            if message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
            {
                last = Some(Instant::now());
            }
        }
        Ok(last)
    }

    /// Waits until the server is silent and does nothing.
    pub(super) fn settle(&mut self) -> Result<(), String> {
        while self.next_unless_idle()?.is_some() {}
        Ok(())
    }

    /// The next message. `None` once the server is silent and does nothing: on a busy
    /// machine it may be silent for long because it is still at work.
    fn next_unless_idle(&mut self) -> Result<Option<Value>, String> {
        loop {
            let before = self.cpu_time();
            let message = self.next(SILENCE)?;
            let spent = self.cpu_time().zip(before);
            let is_idle = spent.is_none_or(|(now, before)| now.saturating_sub(before) < IDLE);
            if message.is_some() || is_idle {
                return Ok(message);
            }
        }
    }

    /// The CPU time of all threads of the server. `None` where the system does not
    /// tell.
    pub(super) fn cpu_time(&self) -> Option<Duration> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.server.id())).ok()?;
        let mut sum = 0;
        for task in tasks {
            // The first number is the time on a CPU in nanoseconds (proc(5)). A
            // thread may have ended meanwhile.
            let schedule = fs::read_to_string(task.ok()?.path().join("schedstat"));
            let time = schedule.unwrap_or_default();
            let time = time
                .split(' ')
                .next()
                .and_then(|time| time.parse::<u64>().ok());
            sum += time.unwrap_or_default();
        }
        Some(Duration::from_nanos(sum))
    }

    /// The resident memory of the server now and at most, in MB. `None` where the
    /// system does not tell.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.id())).ok()?;
        let megabytes = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key))?;
            let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
            Some(kilobytes * 1024 / 1_000_000)
        };
        Some((megabytes("VmRSS:")?, megabytes("VmHWM:")?))
    }

    fn request(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.last_id += 1;
        let id = self.last_id;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let message = self.next(PATIENCE)?.ok_or("the server says nothing")?;
            if message["id"] == id && message.get("method").is_none() {
                return match message.get("error") {
                    Some(error) => Err(format!("{method}: {error}")),
                    None => Ok(message["result"].clone()),
                };
            }
        }
    }

    fn notify(&mut self, method: &str, params: Value) -> Result<(), String> {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// The next message; requests of the server are answered. `None` where none
    /// comes in time.
    fn next(&mut self, patience: Duration) -> Result<Option<Value>, String> {
        let message = match self.messages.recv_timeout(patience) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            Err(RecvTimeoutError::Disconnected) => return Err("the server has ended".to_owned()),
        };
        if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
            self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": null }))?;
        }
        Ok(Some(message))
    }

    fn write(&mut self, message: &Value) -> Result<(), String> {
        let body = message.to_string();
        let message = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let written = self.input.write_all(message.as_bytes());
        written
            .and_then(|()| self.input.flush())
            .map_err(|error| format!("cannot write to the server: {error}"))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Sends all messages of a server on, until it ends or nobody listens.
fn read_all(mut output: impl BufRead, messages: &Sender<Value>) {
    while let Some(message) = read(&mut output) {
        if messages.send(message).is_err() {
            return;
        }
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
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
    Read::read_exact(output, &mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
