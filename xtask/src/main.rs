//! Developer commands: `cargo xtask COMMAND`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these commands talk to a developer's terminal"
)]

mod ast;
#[cfg(unix)]
mod bench;
mod bench_server;
#[cfg(unix)]
mod generate_large;
mod generate_project;
mod oracle;
mod oracle_compare;

use std::process::ExitCode;

/// That of `pglint`: stages are measured as it runs them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: cargo xtask COMMAND

  ast      write crates/pglint_syntax/src/ast/generated.rs from pg_query's definitions
  oracle [--update] [PROJECTS]
           compare the committed expectations with a real PostgreSQL server, or let
           the server write them; then, where PGLINT_CORPUS names a folder of
           projects, pglint's catalog of each of them with the server's
  oracle-compare DIR TRUTH.json
           compare our catalog of a project with one that a server's was written to
  bench [PATHS] [--large] [--runs N] [--json] [--squawk PROGRAM]
           measure the stages of a run and whole runs
  bench-server [--keystrokes N] [--json] [--squawk PROGRAM]
           type into a real language server, and measure how long it takes
  measure PROGRAM [ARGUMENTS]
           run a program and print its CPU time and peak memory as JSON
  generate-project DIR [--seed N] [--files N] [--tables N]
           write a large project, always the same for the same numbers
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["ast"] => ast::write(),
        ["oracle", rest @ ..] => oracle::run(rest),
        ["oracle-compare", rest @ ..] => oracle_compare::run(rest),
        #[cfg(unix)]
        ["bench", rest @ ..] => bench::run(rest),
        ["bench-server", rest @ ..] => bench_server::run(rest),
        #[cfg(unix)]
        ["measure", program @ ..] => bench::measure(program),
        ["generate-project", rest @ ..] => generate_project::run(rest),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}
