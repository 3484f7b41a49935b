//! Runs a server on a pair of streams until its client is done with it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Notify, mpsc};
use tower::Service;
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{ExitedError, LspService, Server};

use crate::backend::Backend;
use crate::event::Event;
use crate::outbox::Outbox;
use crate::state::State;
use crate::tick;

/// How many requests may wait for their answers at a time. tower-lsp's 4 would
/// stop everything, the cancelling of requests too, behind four slow ones.
const CONCURRENCY: usize = 1 << 16;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client said `shutdown` and `exit`.
    Orderly,
    /// The client said `exit` alone, closed the streams, or died.
    Abrupt,
}

/// Serves one client. Must run on a tokio runtime with time; ends at `exit`,
/// when the streams close, and when the client's process dies.
pub async fn serve<I, O>(input: I, output: O) -> End
where
    I: AsyncRead + Unpin,
    O: AsyncWrite + Unpin,
{
    let door = Arc::new(Door::default());
    let (events, receiver) = mpsc::unbounded_channel();
    let (service, socket) = LspService::build(|client| {
        let state = State::new(Outbox::new(client), events.clone(), door.clone());
        tokio::spawn(take_events(state, receiver));
        Backend::new(events.clone(), door.clone())
    })
    .custom_method("pglint/rule", Backend::rule)
    .custom_method("pglint/schema", Backend::schema)
    .finish();
    tokio::spawn(tick::tick(events));
    let service = Doorkeeper {
        service,
        door: door.clone(),
    };
    let output = Output {
        stream: output,
        door: door.clone(),
    };
    let server = Server::new(input, output, socket).concurrency_level(CONCURRENCY);
    tokio::select! {
        () = server.serve(service) => {}
        () = door.end.notified() => {}
    }
    match door.is_orderly.load(Ordering::Relaxed) {
        true => End::Orderly,
        false => End::Abrupt,
    }
}

async fn take_events(mut state: State, mut events: mpsc::UnboundedReceiver<Event>) {
    while let Some(event) = events.recv().await {
        state.take(event);
    }
}

/// What is known of the client from messages that tower-lsp keeps to itself.
#[derive(Debug, Default)]
pub(crate) struct Door {
    end: Notify,
    is_shut_down: AtomicBool,
    is_orderly: AtomicBool,
    refreshes_diagnostics: AtomicBool,
}

impl Door {
    /// Ends the server now.
    pub(crate) fn end(&self) {
        self.end.notify_one();
    }

    /// `workspace.diagnostics.refreshSupport` of the client, which lsp-types
    /// 0.94 looks for under another name.
    pub(crate) fn refreshes_diagnostics(&self) -> bool {
        self.refreshes_diagnostics.load(Ordering::Relaxed)
    }

    fn see(&self, request: &Request) {
        match request.method() {
            "initialize" => {
                let path = "/capabilities/workspace/diagnostics/refreshSupport";
                let support = request
                    .params()
                    .and_then(|params| params.pointer(path)?.as_bool());
                let support = support.unwrap_or(false);
                self.refreshes_diagnostics.store(support, Ordering::Relaxed);
            }
            "shutdown" => self.is_shut_down.store(true, Ordering::Relaxed),
            "exit" => {
                let is_orderly = self.is_shut_down.load(Ordering::Relaxed);
                self.is_orderly.store(is_orderly, Ordering::Relaxed);
                self.end();
            }
            _ => {}
        }
    }
}

/// Sees every message before tower-lsp does, which answers `exit` by waiting for
/// the client to close the streams.
struct Doorkeeper {
    service: LspService<Backend>,
    door: Arc<Door>,
}

impl Service<Request> for Doorkeeper {
    type Response = Option<Response>;
    type Error = ExitedError;
    type Future = <LspService<Backend> as Service<Request>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), ExitedError>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.door.see(&request);
        self.service.call(without_null(request))
    }
}

/// Some clients send `null` for parameters that a message does not have, which
/// tower-lsp refuses.
fn without_null(request: Request) -> Request {
    if request.params() != Some(&serde_json::Value::Null) {
        return request;
    }
    let (method, id, _) = request.into_parts();
    let request = Request::build(method);
    match id {
        Some(id) => request.id(id).finish(),
        None => request.finish(),
    }
}

/// The stream to the client. When it breaks, the server ends; tower-lsp would
/// panic.
struct Output<O> {
    stream: O,
    door: Arc<Door>,
}

impl<O> Output<O> {
    fn swallow<T>(&self, result: Poll<io::Result<T>>, instead: T) -> Poll<io::Result<T>> {
        match result {
            Poll::Ready(Err(_)) => {
                self.door.end();
                Poll::Ready(Ok(instead))
            }
            result => result,
        }
    }
}

impl<O: AsyncWrite + Unpin> AsyncWrite for Output<O> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.swallow(result, bytes.len())
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(context);
        self.swallow(result, ())
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_shutdown(context);
        self.swallow(result, ())
    }
}
