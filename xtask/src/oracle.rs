//! `cargo xtask oracle [--update] [PROJECTS]`: asks a real PostgreSQL server.
//!
//! The questions and the comparison are the tests of `tests/server`; this only
//! runs them and shows what they print: with leave to rewrite the committed
//! expectations, or for some projects of the corpus alone.

use std::process::Command;

/// Compares the committed expectations and the corpus with a server, or rewrites
/// the expectations.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--package", "pglint", "--test", "server"]);
    let (update, projects) = match arguments {
        ["--update", projects @ ..] => (true, projects),
        projects => (false, projects),
    };
    if update {
        command.env("PGLINT_UPDATE_EXPECTED", "1");
    }
    if !projects.is_empty() {
        command
            .arg("corpus")
            .env("PGLINT_PROJECTS", projects.join(" "));
    }
    command.args(["--", "--nocapture"]);
    let status = command
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err("the server disagrees".to_owned())
    }
}
