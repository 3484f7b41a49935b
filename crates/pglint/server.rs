//! `pglint server`: the language server on standard input and output.

use pglint_lsp::End;

use crate::Failure;

/// Serves one client; the result is the exit code, as the protocol wants it.
pub(crate) fn run() -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure {
            message: format!("cannot start the server: {error}"),
            help: None,
        })?;
    let end = runtime.block_on(pglint_lsp::serve(tokio::io::stdin(), tokio::io::stdout()));
    // The thread that reads standard input may wait for ever.
    runtime.shutdown_background();
    Ok(match end {
        End::Orderly => 0,
        End::Abrupt => 1,
    })
}
