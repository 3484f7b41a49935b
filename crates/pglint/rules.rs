//! `pglint rules`, `pglint rule NAME`, and the names of rules on the command line.

use std::io::{self, Write};

use pglint_linter::{Rule, Severity, rules};
use pglint_project::Overrides;

use crate::arguments::{CheckArguments, Color};
use crate::{Failure, terminal};

/// How far a name may be from the one that was meant, from 0 (nothing in
/// common) to 1 (the same).
const SIMILARITY: f64 = 0.75;

/// What `--select` and `--ignore` ask for.
pub(crate) fn overrides(arguments: &CheckArguments) -> Result<Overrides, Failure> {
    for (flag, names) in [
        ("--select", &arguments.select),
        ("--ignore", &arguments.ignore),
    ] {
        if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
            return Err(unknown_rule(unknown, &format!(" in `{flag}`")));
        }
    }
    Ok(Overrides {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
    })
}

/// Lists the rules by category.
pub(crate) fn list(color: Color) -> Result<u8, Failure> {
    let mut output = terminal::standard_output(color);
    terminal::ignore_broken_pipe(print_list(&mut output))?;
    Ok(0)
}

fn print_list(output: &mut dyn Write) -> io::Result<()> {
    let width = rules::ALL.iter().map(|rule| rule.name.len()).max();
    let width = width.unwrap_or_default();
    for (index, category) in rules::categories().into_iter().enumerate() {
        if index > 0 {
            writeln!(output)?;
        }
        writeln!(output, "\x1b[1m{category}\x1b[0m")?;
        for rule in rules::ALL.iter().filter(|rule| rule.category == category) {
            let summary = plain(rule.summary());
            let severity = painted(rule.severity);
            writeln!(output, "  {:width$}  {severity}  {summary}", rule.name)?;
        }
    }
    output.flush()
}

/// Prints all that is known of a rule.
pub(crate) fn explain(name: &str, color: Color) -> Result<u8, Failure> {
    let rule = rules::find(name).ok_or_else(|| unknown_rule(name, ""))?;
    let mut output = terminal::standard_output(color);
    terminal::ignore_broken_pipe(print_rule(&mut output, rule))?;
    Ok(0)
}

fn print_rule(output: &mut dyn Write, rule: &Rule) -> io::Result<()> {
    writeln!(output, "\x1b[1m{}\x1b[0m", rule.name)?;
    writeln!(
        output,
        "{} - category {} - since {}\n",
        rule.severity.name(),
        rule.category,
        rule.since
    )?;
    // Doc comments keep the blank that follows their slashes.
    for line in rule.documentation.lines() {
        writeln!(output, "{}", line.strip_prefix(' ').unwrap_or(line))?;
    }
    output.flush()
}

/// Markdown's marks for code say nothing in a list.
fn plain(text: &str) -> String {
    text.replace('`', "")
}

fn painted(severity: Severity) -> String {
    let color = match severity {
        Severity::Error => 31,
        Severity::Warning => 33,
        Severity::Info => 32,
    };
    format!("\x1b[{color}m{:<7}\x1b[0m", severity.name())
}

fn is_known(name: &str) -> bool {
    rules::find(name).is_some() || rules::categories().contains(&name)
}

fn unknown_rule(name: &str, place: &str) -> Failure {
    let names = rules::ALL.iter().map(|rule| rule.name);
    let closest = names
        .chain(rules::categories())
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .filter(|(similarity, _)| *similarity >= SIMILARITY);
    Failure {
        message: format!("there is no rule or category `{name}`{place}"),
        help: Some(match closest {
            Some((_, known)) => format!("did you mean `{known}`? `pglint rules` lists all"),
            None => "`pglint rules` lists all".into(),
        }),
    }
}
