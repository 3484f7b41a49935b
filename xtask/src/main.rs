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

const USAGE: &str = "usage: cargo xtask COMMAND

  ast      write crates/pglint_syntax/src/ast/generated.rs from pg_query's definitions
  oracle   compare the committed expectations with a real PostgreSQL server;
           with --update, let the server write them
  oracle-compare [--before FILE] DIR TRUTH.json
           replay the files of a project that a real server has run, and compare
           the catalogs
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
        ["oracle"] => oracle::run(false),
        ["oracle", "--update"] => oracle::run(true),
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
