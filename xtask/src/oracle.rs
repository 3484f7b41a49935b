//! `cargo xtask oracle [--update]`: asks a real PostgreSQL server.
//!
//! The questions and the comparison are the tests of `tests/server`; this only
//! runs them, with leave to rewrite the committed expectations.

use std::process::Command;

/// Compares the committed expectations with a server, or rewrites them.
pub(crate) fn run(update: bool) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--package", "pglint", "--test", "server"]);
    if update {
        command.env("PGLINT_UPDATE_EXPECTED", "1");
    }
    let status = command
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("the server disagrees with the expectations".to_owned())
    }
}
