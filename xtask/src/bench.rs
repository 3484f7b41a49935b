//! `cargo xtask bench`: how fast, and how much memory.
//!
//! All figures of a run are taken in that run, one after the other, as CPU time:
//! compare the ratios, which hardly depend on the machine or on what else it
//! does. Nothing here is a test, and no test takes time.

mod child;
mod report;
mod stages;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

use crate::generate_large;
use crate::generate_project::{self, Size};

pub(crate) use child::measure;

const USAGE: &str =
    "usage: cargo xtask bench [PATHS] [--large] [--runs N] [--json] [--squawk PROGRAM]

Each path is a project. Without paths: the fixtures, a generated project and, where
PGLINT_CORPUS names a folder of projects, that corpus. With --large: a schema of
10,000 tables, and a dump of 1 GB, which needs as much room on the disk.";

struct Options {
    paths: Vec<PathBuf>,
    large: bool,
    runs: usize,
    json: bool,
    squawk: Option<PathBuf>,
}

/// Projects that are measured together.
struct Subject {
    name: String,
    roots: Vec<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    if cfg!(debug_assertions) {
        return run_optimised(arguments);
    }
    let options = options(arguments)?;
    cargo(&["build", "--release", "--quiet", "--package", "pglint"])?;
    let generated = env::temp_dir().join(format!("pglint-bench-{}", std::process::id()));
    let measured: Result<Vec<Value>, String> = subjects(&options, &generated)?
        .iter()
        .map(|subject| one(subject, &options))
        .collect();
    // A folder of temporary files that stays behind does no harm.
    let _ = fs::remove_dir_all(&generated);
    let measured = measured?;
    if options.json {
        println!("{:#}", Value::Array(measured));
    }
    Ok(())
}

fn one(subject: &Subject, options: &Options) -> Result<Value, String> {
    let stages = stages::of(&subject.roots, options.runs);
    let pglint = env::current_exe().map_err(|error| error.to_string())?;
    let pglint = pglint.with_file_name("pglint");
    let arguments = ["--fail-on", "never", "--output-format", "concise"];
    let whole = child::of_projects(&pglint, &arguments, &subject.roots, options.runs)?;
    let squawk = match &options.squawk {
        Some(squawk) => Some(child::of_files(squawk, &subject.roots, options.runs)?),
        None => None,
    };
    let value = report::value(&subject.name, &stages, &whole, squawk.as_ref());
    if !options.json {
        report::print(&subject.name, &stages, &whole, squawk.as_ref());
    }
    Ok(value)
}

/// Figures of an unoptimised build say nothing.
fn run_optimised(arguments: &[&str]) -> Result<(), String> {
    let command = [
        "run",
        "--release",
        "--quiet",
        "--package",
        "xtask",
        "--",
        "bench",
    ];
    cargo(&[&command, arguments].concat())
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(arguments).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("cargo failed".to_owned()),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}

fn options(arguments: &[&str]) -> Result<Options, String> {
    let mut options = Options {
        paths: Vec::new(),
        large: false,
        runs: 5,
        json: false,
        squawk: None,
    };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "--json" => options.json = true,
            "--large" => options.large = true,
            "--runs" => {
                let runs = words.next().and_then(|runs| runs.parse().ok());
                options.runs = runs.filter(|runs| *runs > 0).ok_or(USAGE)?;
            }
            "--squawk" => options.squawk = Some(words.next().ok_or(USAGE)?.into()),
            option if option.starts_with('-') => return Err(USAGE.to_owned()),
            path => options.paths.push(absolute(Path::new(path))?),
        }
    }
    Ok(options)
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    path.canonicalize()
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn subjects(options: &Options, generated: &Path) -> Result<Vec<Subject>, String> {
    if options.large {
        return large(generated);
    }
    if !options.paths.is_empty() {
        let subject = |path: &PathBuf| Subject {
            name: path.display().to_string(),
            roots: vec![path.clone()],
        };
        return Ok(options.paths.iter().map(subject).collect());
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    generate_project::write(generated, Size::default())?;
    let mut subjects = vec![
        Subject {
            name: "fixtures".to_owned(),
            roots: folders(&fixtures)?,
        },
        Subject {
            name: "generated project".to_owned(),
            roots: vec![generated.to_owned()],
        },
    ];
    if let Some(corpus) = env::var_os("PGLINT_CORPUS") {
        subjects.push(Subject {
            name: "corpus".to_owned(),
            roots: folders(Path::new(&corpus))?,
        });
    }
    Ok(subjects)
}

fn large(generated: &Path) -> Result<Vec<Subject>, String> {
    let (schema, dump) = (generated.join("schema"), generated.join("dump"));
    generate_large::write_schema(&schema, 10_000)?;
    generate_large::write_dump(&dump, 1_000_000_000)?;
    let subject = |name: &str, root: PathBuf| Subject {
        name: name.to_owned(),
        roots: vec![root],
    };
    Ok(vec![
        subject("10,000 tables", schema),
        subject("dump of 1 GB", dump),
    ])
}

/// The folders in a folder that are not hidden, sorted.
fn folders(path: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(absolute(path)?).map_err(|error| error.to_string())?;
    let is_hidden = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_none_or(|name| name.starts_with('.'))
    };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() && !is_hidden(path))
        .collect();
    folders.sort();
    Ok(folders)
}
