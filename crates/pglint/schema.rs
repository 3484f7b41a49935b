//! `pglint schema`: the JSON Schema of `pglint.toml`.

use std::io::{self, Write};

use crate::arguments::Color;
use crate::{Failure, terminal};

/// Runs the command; the result is the exit code.
pub(crate) fn run(color: Color) -> Result<u8, Failure> {
    let mut output = terminal::standard_output(color);
    terminal::ignore_broken_pipe(print(&mut output))?;
    Ok(0)
}

fn print(output: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *output, &pglint_project::json_schema())?;
    writeln!(output)?;
    output.flush()
}
