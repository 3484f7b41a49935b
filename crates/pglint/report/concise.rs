//! One line for each diagnostic: `path:line:column: severity[rule] message`.

use std::io::{self, Write};

use pglint_project::Analysis;

use crate::terminal::printable;

pub(super) fn print(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    for diagnostic in analysis.diagnostics() {
        let file = analysis.project.file(diagnostic.location.file);
        let place = file.position(diagnostic.location.range.start());
        writeln!(
            output,
            "{}:{}:{}: {}[{}] {}",
            printable(&file.name),
            place.line,
            place.column,
            diagnostic.severity.name(),
            diagnostic.rule,
            printable(&diagnostic.message)
        )?;
    }
    Ok(())
}
