//! `pglint catalog`: the schema that the files build.

use std::io::{self, Write};
use std::path::Path;

use pglint_catalog::{Catalog, UnknownPart, UnknownReason, UnknownSubject};
use pglint_project::{Analysis, Project, Request};
use serde_json::{Value, json};

use crate::arguments::{CatalogArguments, CatalogFormat, Color};
use crate::input::request;
use crate::outcome::tell_problems;
use crate::{FAILURE, Failure, terminal};

/// A database's name, and the catalog that is asked for.
type Named<'a> = (&'a str, &'a Catalog);

/// Runs the command; the result is the exit code.
pub(crate) fn run(arguments: &CatalogArguments, color: Color) -> Result<u8, Failure> {
    let request = request(&arguments.paths, None)?;
    let analysis = Analysis::new(Project::read(&request));
    let catalogs = match &arguments.at {
        Some(file) => vec![before(&analysis, &request, file)?],
        None => all(&analysis),
    };
    let mut output = terminal::standard_output(color);
    let printed = match arguments.format {
        _ if arguments.explain_unknown => explain(&mut output, &analysis, &catalogs),
        CatalogFormat::Json => print_json(&mut output, &catalogs),
        CatalogFormat::Sql => print(&mut output, &catalogs, "--", Catalog::to_sql),
        CatalogFormat::Mermaid => print(&mut output, &catalogs, "%%", Catalog::to_mermaid),
        CatalogFormat::Dot => print(&mut output, &catalogs, "//", Catalog::to_dot),
    };
    terminal::ignore_broken_pipe(printed)?;
    tell_problems(&analysis, &request, color);
    Ok(match analysis.project.problems.is_empty() {
        true => 0,
        false => FAILURE,
    })
}

fn all(analysis: &Analysis) -> Vec<Named<'_>> {
    let names = analysis.project.databases.iter().map(|it| it.name.as_str());
    names.zip(&analysis.catalogs).collect()
}

/// The catalog that the migration at `path` meets.
fn before<'a>(
    analysis: &'a Analysis,
    request: &Request,
    path: &Path,
) -> Result<Named<'a>, Failure> {
    let absolute = request.working_directory.join(path);
    let absolute = absolute.canonicalize().unwrap_or(absolute);
    let is_asked = |known: &Path| {
        known == absolute || known.canonicalize().is_ok_and(|known| known == absolute)
    };
    let mut files = analysis.project.files.iter();
    let file = files.find(|it| is_asked(&it.path));
    let file = file.ok_or_else(|| Failure {
        message: format!("`--at {}` is not among the files", path.display()),
        help: Some("name a migration of the project".into()),
    })?;
    let catalog = analysis.catalog_before(file.id).ok_or_else(|| Failure {
        message: format!(
            "`--at {}` is no migration: no order of files leads up to it",
            path.display()
        ),
        help: Some("`pglint order` lists the migrations".into()),
    })?;
    let database = analysis
        .database_file(file.id)
        .map(|(database, _)| database);
    let name = database.map_or("", |it| &analysis.project.databases[it].name);
    Ok((name, catalog))
}

/// Text; after a comment that names the folder for each of several databases.
fn print(
    output: &mut dyn Write,
    catalogs: &[Named<'_>],
    comment: &str,
    text: impl Fn(&Catalog) -> String,
) -> io::Result<()> {
    for (name, catalog) in catalogs {
        if catalogs.len() > 1 {
            writeln!(output, "{comment} {name}")?;
        }
        write!(output, "{}", text(catalog))?;
    }
    output.flush()
}

/// One object; an array of them, each with its folder, for several databases.
fn print_json(output: &mut dyn Write, catalogs: &[Named<'_>]) -> io::Result<()> {
    let value = match catalogs {
        [(_, catalog)] => catalog.to_json(),
        catalogs => {
            let describe = |(name, catalog): &Named<'_>| json!({ "folder": name, "catalog": catalog.to_json() });
            Value::Array(catalogs.iter().map(describe).collect())
        }
    };
    serde_json::to_writer_pretty(&mut *output, &value)?;
    writeln!(output)?;
    output.flush()
}

/// A line for each thing that is not known: where, what, why.
fn explain(output: &mut dyn Write, analysis: &Analysis, catalogs: &[Named<'_>]) -> io::Result<()> {
    for (name, catalog) in catalogs {
        if catalogs.len() > 1 {
            writeln!(output, "{name}:")?;
        }
        let parts = catalog.unknown_parts();
        for part in &parts {
            let place = place(analysis, part);
            let (what, why) = (what(catalog, part), why(&part.unknown.reason));
            writeln!(output, "{place}{what}: {why}")?;
        }
        if parts.is_empty() {
            writeln!(output, "The files tell everything about the schema.")?;
        }
    }
    output.flush()
}

/// `file:line:column: `
fn place(analysis: &Analysis, part: &UnknownPart<'_>) -> String {
    let Some(place) = analysis.place(part.unknown.origin) else {
        return String::new();
    };
    let file = analysis.project.file(place.file);
    let position = file.position(place.range.start());
    format!("{}:{}:{}: ", file.name, position.line, position.column)
}

fn what(catalog: &Catalog, part: &UnknownPart<'_>) -> String {
    match part.subject {
        UnknownSubject::Everything => "anything may exist".into(),
        UnknownSubject::Schema(name) => format!("schema `{name}` may hold more"),
        UnknownSubject::Name(name) => format!("`{name}` may exist or have changed"),
        UnknownSubject::Relation(relation) => {
            format!("`{}` may have changed", catalog.qualified_name(relation))
        }
        UnknownSubject::Columns(relation) => {
            format!(
                "the columns of `{}` are not known",
                catalog.qualified_name(relation)
            )
        }
    }
}

fn why(reason: &UnknownReason) -> String {
    match reason {
        UnknownReason::DynamicSql => "SQL is put together when this runs".into(),
        UnknownReason::UnparsedStatement => "this statement could not be read".into(),
        UnknownReason::Extension(name) => {
            format!("what extension `{name}` brings is not known")
        }
        UnknownReason::FunctionCall(name) => {
            format!("`{name}` is called, which changes the schema")
        }
        UnknownReason::UnknownFunctionCall(name) => {
            format!("`{name}` is called, which is not known")
        }
        UnknownReason::MissingFile(name) => {
            format!("`{name}` is included, which is not among the files")
        }
        UnknownReason::Condition => "a condition decides whether this runs".into(),
        UnknownReason::OtherDatabase => "this runs in another database".into(),
        UnknownReason::ForeignSchema => "a foreign schema is imported".into(),
        UnknownReason::QueryColumns => "it is made by a query that could not be resolved".into(),
        UnknownReason::DependsOnUnknown(name) => {
            format!("it is made from `{name}`, which is not known")
        }
        UnknownReason::OutsideSchema => "no file makes this schema".into(),
        UnknownReason::Provided(name) => format!("{name} makes it"),
        UnknownReason::PlaceholderSchema => {
            "a placeholder stands in its name, or in another".into()
        }
        UnknownReason::OtherDefinition => "this file makes it with other columns".into(),
    }
}
