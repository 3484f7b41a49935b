//! `pglint check`: read, analyse, print, and tell by the exit code.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::CommandFactory;
use pglint_project::{Analysis, Database, Overlay, Problem, Project, Request, absolute, decode};

use crate::arguments::{Arguments, CheckArguments, Color};
use crate::report::{self, Summary};
use crate::terminal::{self, Kind, say};
use crate::{FAILURE, Failure, fix, rules};

/// The name of standard input where `--stdin-filename` gives none.
const STANDARD_INPUT: &str = "stdin.sql";

/// What the command line asks for, standard input read.
pub(crate) struct Input {
    pub(crate) request: Request,
    pub(crate) stdin: Option<StandardInput>,
}

/// What came through standard input.
pub(crate) struct StandardInput {
    /// The file that it stands for; absolute.
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// Runs the command; the result is the exit code.
pub(crate) fn run(arguments: &CheckArguments, color: Color) -> Result<u8, Failure> {
    let start = Instant::now();
    let overrides = rules::overrides(arguments)?;
    let fixes = arguments.fix || arguments.diff;
    if arguments.unsafe_fixes && !fixes {
        return Err(Failure {
            message: "`--unsafe-fixes` without `--fix` or `--diff`".to_owned(),
            help: Some("add `--diff` to see what would change, then `--fix`".to_owned()),
        });
    }
    let mut input = input(&arguments.paths, arguments.stdin_filename.as_deref())?;
    input.request.overrides = overrides;
    if fixes {
        return fix::run(arguments, input, color);
    }
    let request = input.request;
    let analysis = Analysis::new(Project::read(&request));
    let summary = Summary::new(&analysis, start.elapsed(), 0);
    let mut output = terminal::standard_output(color);
    let printed = report::print(&mut output, arguments, &analysis, summary);
    terminal::ignore_broken_pipe(printed)?;
    tell_problems(&analysis, &request, color);
    match analysis.project.problems.is_empty() {
        true => Ok(exit_code(arguments, &analysis)),
        false => Ok(FAILURE),
    }
}

/// What the paths on the command line ask for.
pub(crate) fn request(paths: &[PathBuf], stdin: Option<&Path>) -> Result<Request, Failure> {
    Ok(input(paths, stdin)?.request)
}

fn input(paths: &[PathBuf], stdin: Option<&Path>) -> Result<Input, Failure> {
    let working_directory = std::env::current_dir().map_err(|error| Failure {
        message: format!("cannot tell the working directory: {error}"),
        help: Some("run pglint in a folder that exists".into()),
    })?;
    let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
    let mut input = Input {
        request: Request {
            working_directory,
            paths: paths
                .iter()
                .filter(|path| !is_stdin(path))
                .cloned()
                .collect(),
            ..Request::default()
        },
        stdin: None,
    };
    if input.request.paths.len() < paths.len() {
        let bytes = read_standard_input()?;
        let name = stdin.unwrap_or(Path::new(STANDARD_INPUT));
        let path = absolute(&input.request.working_directory, name);
        input.request.overlays.push(Overlay {
            path: path.clone(),
            content: decode(bytes.clone()),
        });
        input.stdin = Some(StandardInput { path, bytes });
    } else if let Some(name) = stdin {
        return Err(Failure {
            message: format!("`--stdin-filename {}` without `-`", name.display()),
            help: Some("add `-` to the paths to read standard input".into()),
        });
    }
    Ok(input)
}

fn read_standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    match std::io::stdin().lock().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(Failure {
            message: format!("cannot read standard input: {error}"),
            help: None,
        }),
    }
}

/// Problems and notices go to standard error, after the report.
pub(crate) fn tell_problems(analysis: &Analysis, request: &Request, color: Color) {
    tell_problems_of(&analysis.project, &analysis.notices, request, color);
}

/// The same for a project that was read and not analysed.
pub(crate) fn tell_problems_of(
    project: &Project,
    notices: &[String],
    request: &Request,
    color: Color,
) {
    for notice in notices {
        say(color, Kind::Notice, notice, None);
    }
    let problems = &project.problems;
    for problem in problems {
        say(
            color,
            Kind::Error,
            &problem.to_string(),
            Some(help(problem)),
        );
    }
    let mut reported = project.databases.iter().flat_map(Database::reported);
    if reported.next().is_none() && problems.is_empty() && project.left_alone.is_empty() {
        say(color, Kind::Notice, &nothing(project, request), None);
    }
}

/// Why there is nothing to report about.
fn nothing(project: &Project, request: &Request) -> String {
    let paths = request.paths.iter();
    let paths: Vec<_> = paths.map(|path| format!("`{}`", path.display())).collect();
    match project.excluded {
        0 => format!("no SQL files in {}", paths.join(", ")),
        1 => "the one file is excluded by `pglint.toml`".to_owned(),
        count => format!("all {count} files are excluded by `pglint.toml`"),
    }
}

/// After an option, the name of a command is taken for a path.
fn help(problem: &Problem) -> &'static str {
    let is_command = |name: &str| Arguments::command().find_subcommand(name).is_some();
    match problem {
        Problem::MissingPath { path } if is_command(path) => {
            "write the command before all options, as in `pglint check --color never`"
        }
        _ => problem.help(),
    }
}

/// 1 where a diagnostic is at or above the fail level.
pub(crate) fn exit_code(arguments: &CheckArguments, analysis: &Analysis) -> u8 {
    let fails = |found: &pglint_linter::Diagnostic<_>| arguments.fail_on.fails(found.severity);
    u8::from(analysis.diagnostics().any(fails))
}
