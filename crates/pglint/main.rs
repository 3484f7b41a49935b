//! The command line of pglint.

mod arguments;
mod catalog;
mod check;
mod fix;
mod input;
mod order;
mod outcome;
mod report;
mod rules;
mod schema;
mod server;
mod terminal;
mod write;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use terminal::Kind;

/// Many small objects are made on every thread, which the allocators of most
/// systems take long for: a fifth of all time where it was measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Wrong usage or configuration, or something could not be read or written.
const FAILURE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let color = arguments.color;
    let result = match arguments.command {
        None => check::run(&arguments.check, color),
        Some(Command::Check(check)) => check::run(&check, color),
        Some(Command::Catalog(catalog)) => catalog::run(&catalog, color),
        Some(Command::Order(order)) => order::run(&order, color),
        Some(Command::Schema) => schema::run(color),
        Some(Command::Rules) => rules::list(color),
        Some(Command::Server { stdio: _ }) => server::run(),
        Some(Command::Rule { name }) => rules::explain(&name, color),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            terminal::say(color, Kind::Error, &error.message, error.help.as_deref());
            ExitCode::from(FAILURE)
        }
    }
}

/// Why a command came to no result: one line, and what to do about it.
struct Failure {
    message: String,
    help: Option<String>,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure {
            message: format!("cannot write the output: {error}"),
            help: None,
        }
    }
}
