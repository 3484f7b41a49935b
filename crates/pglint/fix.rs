//! `--fix` and `--diff`: fixed texts go to the disk, to standard output or into
//! a diff.

use std::io::{self, Write};
use std::time::Instant;

use pglint_linter::Applicability;
use pglint_project::{FixedFile, FixedProject, fix};
use similar::TextDiff;

use crate::arguments::{CheckArguments, Color, OutputFormat};
use crate::input::Input;
use crate::outcome::{exit_code, tell_problems};
use crate::report::{self, Summary};
use crate::terminal::{self, Kind, say};
use crate::{FAILURE, Failure, write};

/// Applies fixes; the result is the exit code.
pub(crate) fn run(arguments: &CheckArguments, input: Input, color: Color) -> Result<u8, Failure> {
    let start = Instant::now();
    let applicability = match arguments.unsafe_fixes {
        true => Applicability::Unsafe,
        false => Applicability::Safe,
    };
    let fixed = fix(input.request.clone(), applicability);
    let code = match arguments.diff {
        true => print_diff(&fixed, &input, color)?,
        false => apply(arguments, &fixed, &input, start, color)?,
    };
    for name in &fixed.taken_back {
        let message = format!(
            "`{name}` is left as it was: its fixes break a statement or come to no end; please report it"
        );
        say(color, Kind::Notice, &message, None);
    }
    tell_problems(&fixed.analysis, &input.request, color);
    match fixed.analysis.project.problems.is_empty() {
        true => Ok(code),
        false => Ok(FAILURE),
    }
}

/// Writes what has changed and reports what is left: on standard error where
/// standard output takes the fixed text.
fn apply(
    arguments: &CheckArguments,
    fixed: &FixedProject,
    input: &Input,
    start: Instant,
    color: Color,
) -> Result<u8, Failure> {
    let mut is_written = true;
    let mut fixes = 0;
    for file in &fixed.files {
        if !input.is_stdin(&file.before.path)
            && let Err(reason) = write_file(file)
        {
            let message = format!("cannot fix `{}`: {reason}", file.before.name);
            say(color, Kind::Error, &message, None);
            is_written = false;
        } else {
            fixes += file.fixes;
        }
    }
    let summary = Summary::new(&fixed.analysis, start.elapsed(), fixes);
    let printed = match &input.stdin {
        None => {
            let mut output = terminal::standard_output(color);
            report::print(&mut output, arguments, &fixed.analysis, summary)
        }
        Some(stdin) => {
            let mut output = terminal::standard_error(color);
            let file = fixed.files.iter();
            let file = file.into_iter().find(|it| it.before.path == stdin.path);
            let text = file.and_then(|file| encode(file, &stdin.bytes).ok());
            let text = text.as_ref().unwrap_or(&stdin.bytes);
            report::print(&mut output, arguments, &fixed.analysis, summary)
                .and_then(|()| io::stdout().write_all(text))
                .and_then(|()| io::stdout().flush())
        }
    };
    terminal::ignore_broken_pipe(printed)?;
    let has_summary = matches!(
        arguments.output_format,
        OutputFormat::Full | OutputFormat::Json
    );
    if fixes > 0 && !has_summary {
        say(
            color,
            Kind::Notice,
            &format!("fixed {}", diagnostics(fixes)),
            None,
        );
    }
    tell_migrations(fixed, color);
    match is_written {
        true => Ok(exit_code(arguments, &fixed.analysis)),
        false => Ok(FAILURE),
    }
}

/// Writes a file unless somebody else has, in the meantime.
fn write_file(file: &FixedFile) -> io::Result<()> {
    let original = std::fs::read(&file.before.path)?;
    write::replace(&file.before.path, &encode(file, &original)?)
}

/// The bytes that the file should hold; `original` are those that it holds.
fn encode(file: &FixedFile, original: &[u8]) -> io::Result<Vec<u8>> {
    let bytes = file.after.encode(&file.before.decoded(), original);
    bytes.ok_or_else(|| io::Error::other("it has changed since it was read"))
}

/// A migration that has run must not change, and files do not tell which have.
fn tell_migrations(fixed: &FixedProject, color: Color) {
    let changed: Vec<_> = fixed
        .files
        .iter()
        .filter(|file| file.is_migration)
        .collect();
    let message = match changed.as_slice() {
        [] => return,
        [one] => format!("the migration `{}` has changed", one.before.name),
        many => format!("{} migrations have changed", many.len()),
    };
    let help =
        "take back what was done to a migration that has run: its tool may compare checksums";
    say(color, Kind::Notice, &message, Some(help));
}

/// Prints a unified diff; the result is 1 where there is one.
fn print_diff(fixed: &FixedProject, input: &Input, color: Color) -> Result<u8, Failure> {
    let mut output = terminal::standard_output(color);
    for file in &fixed.files {
        let original = match &input.stdin {
            Some(stdin) if stdin.path == file.before.path => stdin.bytes.clone(),
            _ => std::fs::read(&file.before.path).unwrap_or_default(),
        };
        let printed = encode(file, &original).and_then(|new| {
            let (old, new) = (
                String::from_utf8_lossy(&original),
                String::from_utf8_lossy(&new),
            );
            print_file_diff(&mut output, &file.before.name, &old, &new)
        });
        terminal::ignore_broken_pipe(printed)?;
    }
    terminal::ignore_broken_pipe(output.flush())?;
    drop(output);
    let fixes = fixed.files.iter().map(|file| file.fixes).sum();
    if fixes > 0 {
        let message = format!("`--fix` in place of `--diff` fixes {}", diagnostics(fixes));
        say(color, Kind::Notice, &message, None);
    }
    Ok(u8::from(!fixed.files.is_empty()))
}

fn diagnostics(count: usize) -> String {
    match count {
        1 => "one diagnostic".to_owned(),
        count => format!("{count} diagnostics"),
    }
}

/// The lines of a diff, as `git apply` and `patch` read them.
fn print_file_diff(output: &mut dyn Write, name: &str, old: &str, new: &str) -> io::Result<()> {
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    let text = unified
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string();
    for line in text.split_inclusive('\n') {
        let style = match line.as_bytes() {
            [b'-', ..] => "\x1b[31m",
            [b'+', ..] => "\x1b[32m",
            [b'@', ..] => "\x1b[36m",
            _ => "",
        };
        match (style, line.strip_suffix('\n')) {
            ("", _) | (_, None) => write!(output, "{line}")?,
            (style, Some(line)) => writeln!(output, "{style}{line}\x1b[0m")?,
        }
    }
    Ok(())
}
