//! What the server tells the client by itself.
//!
//! tower-lsp's own queue holds one message and makes its sender wait until the
//! client reads. The loop must never wait, so everything goes through a queue
//! without bounds and a task that does wait.

use std::collections::BTreeSet;

use tokio::sync::mpsc;
use tower_lsp::Client;
use tower_lsp::lsp_types::notification::{LogMessage, Progress, PublishDiagnostics};
use tower_lsp::lsp_types::request::WorkDoneProgressCreate;
use tower_lsp::lsp_types::{
    LogMessageParams, MessageType, NumberOrString, ProgressParams, ProgressParamsValue,
    PublishDiagnosticsParams, Registration, WorkDoneProgress, WorkDoneProgressCreateParams,
};

/// A message to the client.
#[derive(Debug)]
pub(crate) enum Message {
    /// The diagnostics of one document.
    Diagnostics(PublishDiagnosticsParams),
    /// Please ask for diagnostics again.
    RefreshDiagnostics,
    /// A line for the log.
    Log(MessageType, String),
    /// Work has begun, goes on or has ended.
    Progress(String, WorkDoneProgress),
    /// Please tell when files change.
    Register(Registration),
}

/// Takes messages, in order.
#[derive(Clone)]
pub(crate) struct Outbox(mpsc::UnboundedSender<Message>);

impl Outbox {
    /// Starts the tasks that send.
    pub(crate) fn new(client: Client) -> Outbox {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let (progress, progress_receiver) = mpsc::unbounded_channel();
            tokio::spawn(tell_progress(client.clone(), progress_receiver));
            while let Some(message) = receiver.recv().await {
                match message {
                    Message::Progress(token, value) => drop(progress.send((token, value))),
                    message => send(&client, message).await,
                }
            }
        });
        Outbox(sender)
    }

    /// Queues a message. Nothing happens where the client is gone.
    pub(crate) fn send(&self, message: Message) {
        let _ = self.0.send(message);
    }
}

async fn send(client: &Client, message: Message) {
    let client = client.clone();
    match message {
        Message::Diagnostics(params) => {
            client.send_notification::<PublishDiagnostics>(params).await;
        }
        Message::Log(typ, message) => {
            let params = LogMessageParams { typ, message };
            client.send_notification::<LogMessage>(params).await;
        }
        // Nobody waits for the client's answers to these: it may take its time.
        Message::RefreshDiagnostics => {
            tokio::spawn(async move { client.workspace_diagnostic_refresh().await });
        }
        Message::Register(registration) => {
            tokio::spawn(async move { client.register_capability(vec![registration]).await });
        }
        Message::Progress(..) => {}
    }
}

/// Progress may be told only after the client has agreed, so it has a task of
/// its own, in which waiting holds up nothing else.
async fn tell_progress(
    client: Client,
    mut receiver: mpsc::UnboundedReceiver<(String, WorkDoneProgress)>,
) {
    let mut agreed = BTreeSet::new();
    while let Some((name, value)) = receiver.recv().await {
        let token = NumberOrString::String(name.clone());
        if matches!(value, WorkDoneProgress::Begin(_)) {
            let params = WorkDoneProgressCreateParams {
                token: token.clone(),
            };
            let answer = client.send_request::<WorkDoneProgressCreate>(params).await;
            if answer.is_ok() {
                agreed.insert(name.clone());
            }
        }
        if agreed.contains(&name) {
            let value = ProgressParamsValue::WorkDone(value);
            let params = ProgressParams { token, value };
            client.send_notification::<Progress>(params).await;
        }
    }
}
