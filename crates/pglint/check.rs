//! `pglint check`: read, analyse, print, and tell by the exit code.

use std::mem::ManuallyDrop;
use std::time::Instant;

use pglint_project::{Analysis, Project};

use crate::arguments::{CheckArguments, Color};
use crate::input::input;
use crate::outcome::{exit_code, tell_problems};
use crate::report::{self, Summary};
use crate::{FAILURE, Failure, fix, rules, terminal};

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
    // The process is about to end, which frees all of it at once.
    let analysis = ManuallyDrop::new(Analysis::new(Project::read(&request)));
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
