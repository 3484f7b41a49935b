//! `pglint order`: which migration tool was detected, why, and the order.

use std::io::{self, Write};

use pglint_project::{Analysis, Database, DatabaseFile, Project};
use pglint_semantic::section::Section;
use serde_json::{Value, json};

use crate::arguments::{Color, OrderArguments, OrderFormat};
use crate::input::request;
use crate::outcome::tell_problems_of;
use crate::{FAILURE, Failure, terminal};

/// Runs the command; the result is the exit code.
pub(crate) fn run(arguments: &OrderArguments, color: Color) -> Result<u8, Failure> {
    let request = request(&arguments.paths, None)?;
    let analysis = Analysis::new(Project::read(&request));
    let project = &analysis.project;
    let mut output = terminal::standard_output(color);
    let printed = match arguments.output_format {
        OrderFormat::Text => print(&mut output, &analysis),
        OrderFormat::Json => print_json(&mut output, &analysis),
    };
    terminal::ignore_broken_pipe(printed)?;
    let notices = Vec::from_iter(project.left_alone_notice());
    tell_problems_of(project, &notices, &request, color);
    Ok(match project.problems.is_empty() {
        true => 0,
        false => FAILURE,
    })
}

fn print(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let project = &analysis.project;
    for (index, database) in project.databases.iter().enumerate() {
        if index > 0 {
            writeln!(output)?;
        }
        match &database.history {
            Some(history) => {
                let (tool, evidence) = (history.framework, &history.evidence);
                writeln!(output, "{}: {tool} ({evidence})", database.name)?;
            }
            None => writeln!(output, "{}: {}", database.name, plain_words(database))?,
        }
        if analysis.is_upgrade(index) {
            writeln!(output, "{UPGRADE}")?;
        }
        let mut place = 0;
        for file in database.files.iter().filter(|file| file.is_migration) {
            let is_step = file.sections.iter().any(Section::is_replayed);
            place += usize::from(is_step);
            print_step(output, project, is_step.then_some(place), file)?;
        }
        for file in database.files.iter().filter(|file| !file.is_migration) {
            let name = &project.file(file.file).name;
            match ignores(database, file) {
                Some(reason) => writeln!(output, "   -  not run     {name}, {reason}")?,
                None if analysis.is_dump(file.file) => {
                    writeln!(output, "   -  dump        {name}, {DUMP}")?
                }
                None if let Some(by) = analysis.included_by(file.file) => {
                    let by = &project.file(by).name;
                    writeln!(output, "   -  included    {name}, by {by}")?
                }
                None if is_left_out(analysis, file) => {
                    writeln!(output, "   -  left out    {name}, {LEFT_OUT}")?
                }
                None => writeln!(output, "   -  {:<10}  {name}", directions(file).join(", "))?,
            }
        }
    }
    output.flush()
}

/// Why a file is no part of the schema.
const DUMP: &str = "as the migrations make its tables";

/// The same of an older version of it, a script that leads from one to the next, or
/// one that drops it all.
const LEFT_OUT: &str = "which makes no part of the newest schema";

fn is_left_out(analysis: &Analysis, file: &DatabaseFile) -> bool {
    file.sections.iter().any(Section::is_replayed) && !analysis.is_replayed(file.file)
}

/// Why no migration is.
const UPGRADE: &str = "   the files beside these migrations are the schema: the migrations led there from an older one";

/// What a database without a history that pglint can read is made of.
fn plain_words(database: &Database) -> String {
    match &database.base {
        Some(base) => format!("plain files with `{base}`, as the migrations are programs"),
        None => "plain files, in any order".into(),
    }
}

/// `  12  up, down    20240131  db/migrations/20240131_users.sql`, without a place
/// for what is no step forward.
fn print_step(
    output: &mut dyn Write,
    project: &Project,
    place: Option<usize>,
    file: &DatabaseFile,
) -> io::Result<()> {
    let directions = directions(file).join(", ");
    let place = place.map_or_else(|| "-".into(), |place| place.to_string());
    write!(output, "{place:>4}  {directions:<10}  ")?;
    if let Some(version) = version(file) {
        write!(output, "{version}  ")?;
    }
    writeln!(output, "{}", project.file(file.file).name)
}

/// Why the migration tool does not run the file; `None` where it does, or where
/// there is none.
fn ignores(database: &Database, file: &DatabaseFile) -> Option<&'static str> {
    let history = database.history.as_ref()?;
    history
        .ignored
        .contains(&file.file)
        .then_some(history.ignores)
}

/// What a file holds, each once, in the order of the text.
fn directions(file: &DatabaseFile) -> Vec<String> {
    let sections = file.sections.iter();
    let mut found: Vec<String> = sections
        .map(|section| format!("{:?}", section.direction).to_lowercase())
        .collect();
    found.dedup();
    match found.is_empty() {
        true => vec!["nothing".into()],
        false => found,
    }
}

/// The version where the whole file has one.
fn version(file: &DatabaseFile) -> Option<&str> {
    let mut versions = file.sections.iter().map(|it| it.version.as_deref());
    let first = versions.next()?;
    versions.all(|version| version == first).then_some(first)?
}

fn print_json(output: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let project = &analysis.project;
    let databases = project.databases.iter().enumerate();
    let databases: Vec<Value> = databases
        .map(|(index, it)| database_json(analysis, index, it))
        .collect();
    let left_alone: Vec<Value> = project
        .left_alone
        .iter()
        .map(|file| json!({ "path": file.name, "dialect": file.dialect }))
        .collect();
    let value = json!({ "version": 1, "databases": databases, "left_alone": left_alone });
    serde_json::to_writer_pretty(&mut *output, &value)?;
    writeln!(output)?;
    output.flush()
}

fn database_json(analysis: &Analysis, index: usize, database: &Database) -> Value {
    let project = &analysis.project;
    let history = database.history.as_ref();
    let files = database.files.iter().map(|file| {
        json!({
            "path": project.file(file.file).name,
            "is_migration": file.is_migration,
            "not_run": ignores(database, file),
            "is_dump": analysis.is_dump(file.file),
            "is_left_out": !file.is_migration && is_left_out(analysis, file),
            "included_by": analysis.included_by(file.file).map(|by| &project.file(by).name),
            "sections": file.sections.iter().map(|section| json!({
                "direction": format!("{:?}", section.direction).to_lowercase(),
                "transaction": format!("{:?}", section.transaction),
                "version": section.version,
            })).collect::<Vec<_>>(),
        })
    });
    json!({
        "folder": database.name,
        "framework": history.map(|it| it.framework),
        "evidence": history.map(|it| &it.evidence),
        "is_upgrade": analysis.is_upgrade(index),
        "base": database.base,
        "files": files.collect::<Vec<_>>(),
    })
}
