//! `pglint catalog`: the schema that the files build.

use std::io::{self, Write};

use pglint_catalog::Catalog;
use pglint_project::{Analysis, Database, Project};
use serde_json::{Value, json};

use crate::arguments::{CatalogArguments, CatalogFormat, Color};
use crate::check::{request, tell_problems};
use crate::{FAILURE, Failure, terminal};

/// Runs the command; the result is the exit code.
pub(crate) fn run(arguments: &CatalogArguments, color: Color) -> Result<u8, Failure> {
    let request = request(&arguments.paths, None)?;
    let analysis = Analysis::new(Project::read(&request));
    let mut output = terminal::standard_output(color);
    let printed = match arguments.format {
        CatalogFormat::Json => print_json(&mut output, &analysis),
        CatalogFormat::Sql => print_sql(&mut output, &analysis),
    };
    terminal::ignore_broken_pipe(printed)?;
    tell_problems(&analysis, &request, color);
    Ok(match analysis.project.problems.is_empty() {
        true => 0,
        false => FAILURE,
    })
}

/// Statements; with a comment that names the folder before those of each of
/// several databases.
fn print_sql(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let databases = analysis.project.databases.iter().zip(&analysis.catalogs);
    for (database, catalog) in databases {
        if analysis.catalogs.len() > 1 {
            writeln!(output, "-- {}", database.name)?;
        }
        write!(output, "{}", catalog.to_sql())?;
    }
    output.flush()
}

/// One object; an array of them, each with its folder, for several databases.
fn print_json(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let value = match &analysis.catalogs[..] {
        [catalog] => catalog.to_json(),
        catalogs => {
            let databases = analysis.project.databases.iter().zip(catalogs);
            let describe = |(database, catalog): (&Database, &Catalog)| json!({ "folder": database.name, "catalog": catalog.to_json() });
            Value::Array(databases.map(describe).collect())
        }
    };
    serde_json::to_writer_pretty(&mut *output, &value)?;
    writeln!(output)?;
    output.flush()
}
