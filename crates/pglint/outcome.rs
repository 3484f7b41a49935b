//! What a run tells beside its report: problems, notices and the exit code.

use clap::CommandFactory;
use pglint_project::{Analysis, Database, Problem, Project, Request};

use crate::arguments::{Arguments, CheckArguments, Color};
use crate::terminal::{Kind, say};

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
