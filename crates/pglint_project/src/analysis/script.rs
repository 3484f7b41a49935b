//! What psql's commands make of the statements of a file: `\if`, `\connect`,
//! `\gexec`, `\set` (psql's manual page, "Meta-Commands").

use std::ops::Range;

use pglint_semantic::lower::ddl_words;
use pglint_syntax::{ParsedFile, PsqlArgument, PsqlCommand, Statement, Terminator};
use pglint_text::{TextRange, TextSize};

/// How a statement is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Run {
    /// As it stands.
    Surely,
    /// It makes statements that are run then (`\gexec`).
    Generated,
    /// A condition decides that the files do not tell.
    Perhaps,
    /// In another database.
    Elsewhere,
    /// It is in a branch of `\if false`.
    Never,
}

/// Where statements of a file are not run as they stand.
#[derive(Debug, Default)]
pub(crate) struct Script {
    ranges: Vec<(TextRange, Run)>,
    /// What variables are set to, in the order of the text.
    variables: Vec<Variable>,
    /// The files that are run in the middle of this one, in the order of the text.
    pub(crate) includes: Vec<Include>,
}

/// A file that is included (`\i`, `\ir`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Include {
    /// Where the command begins.
    pub(crate) at: TextSize,
    /// The path as it is written, psql's variables not filled in.
    pub(crate) path: String,
    /// Does the path go by the file's own folder, not by psql's?
    pub(crate) is_relative: bool,
}

/// What a variable is from a place on.
#[derive(Debug)]
struct Variable {
    from: TextSize,
    /// `None` for all variables.
    name: Option<String>,
    /// `None` for what the file does not tell.
    value: Option<String>,
}

impl Script {
    /// Reads the commands of a file and the tags of templates in it.
    pub(crate) fn read(text: &str, parsed: &ParsedFile) -> Script {
        let mut script = Script::default();
        let of_templates = parsed.aside.conditional(text).into_iter();
        let of_templates = of_templates.map(|range| (range, Run::Perhaps));
        script.ranges.extend(of_templates);
        if parsed.aside.psql_commands.is_empty() {
            return script;
        }
        let commands: Vec<PsqlCommand<'_>> = parsed.aside.psql(text).collect();
        let mut open: Vec<Branch> = Vec::new();
        for command in &commands {
            script.branch(command, &mut open);
            let run = open.iter().map(|branch| branch.run).max();
            script.set(command, run.unwrap_or(Run::Surely));
        }
        for branch in open {
            script.close(&branch, TextSize::of(text));
        }
        script.connect(text, parsed, &commands);
        let includes = commands.iter().filter_map(include);
        script.includes = includes
            .filter(|it| script.run_at(it.at) <= Run::Perhaps)
            .collect();
        script
    }

    /// How the statement is run.
    pub(crate) fn run_of(&self, text: &str, statement: &Statement) -> Run {
        let command = &text[statement.terminator_range];
        let is_generator =
            statement.terminator == Terminator::PsqlCommand && command.starts_with("\\gexec");
        let around = self.run_at(statement.range.start());
        match is_generator {
            true => around.max(Run::Generated),
            false => around,
        }
    }

    fn run_at(&self, offset: TextSize) -> Run {
        let around = self.ranges.iter();
        let around = around.filter(|(range, _)| range.contains(offset));
        around.map(|(_, run)| *run).max().unwrap_or(Run::Surely)
    }

    /// The statement's text with the values of psql's variables, blanks after those
    /// that are shorter than the name. `None` where one is not known or too long for
    /// its place, so that offsets stay true.
    pub(crate) fn filled_in(&self, text: &str, statement: &Statement) -> Option<String> {
        if self.variables.is_empty() {
            return None;
        }
        let start = statement.range.start();
        let mut filled = text[statement.range].to_owned();
        for mask in statement.shape()?.masks() {
            let spelling = filled[mask.range].strip_prefix(':')?;
            let name = spelling.trim_matches(['"', '\'']);
            let value = self.value_at(name, start + mask.range.start())?;
            let value = match spelling.as_bytes().first()? {
                b'"' => format!("\"{}\"", value.replace('"', "\"\"")),
                b'\'' => format!("'{}'", value.replace('\'', "''")),
                _ => value.to_owned(),
            };
            let room = usize::from(mask.range.len()).checked_sub(value.len())?;
            filled.replace_range(
                Range::<usize>::from(mask.range),
                &(value + &" ".repeat(room)),
            );
        }
        Some(filled)
    }

    fn value_at(&self, name: &str, offset: TextSize) -> Option<&str> {
        let before = self.variables.iter().take_while(|it| it.from <= offset);
        let own = before.filter(|it| it.name.as_deref().is_none_or(|own| own == name));
        own.last()?.value.as_deref()
    }

    /// Takes note of what a command does to variables, given how it is run.
    fn set(&mut self, command: &PsqlCommand<'_>, run: Run) {
        let arguments = &command.arguments;
        let (target, values) = match command.name {
            "set" if arguments.is_empty() => return,
            "set" => (arguments.first(), Some(&arguments[1..])),
            "unset" | "getenv" => (arguments.first(), None),
            "prompt" => (arguments.last(), None),
            // One variable for each column; whatever an included file sets.
            "gset" | "i" | "ir" | "include" | "include_relative" => (None, None),
            _ => return,
        };
        if run == Run::Never {
            return;
        }
        let is_known = |values: &[_]| {
            run == Run::Surely && values.iter().all(|it: &PsqlArgument| !it.is_computed)
        };
        let values = values.filter(|values| is_known(values));
        self.variables.push(Variable {
            from: command.range.end(),
            name: target.map(|it| it.text.clone()),
            value: values.map(|values| values.iter().map(|it| it.text.as_str()).collect()),
        });
    }

    /// Opens and closes the branches of `\if`.
    fn branch(&mut self, command: &PsqlCommand<'_>, open: &mut Vec<Branch>) {
        let start = command.range.end();
        match command.name {
            "if" => open.push(Branch::first(start, self.condition(command))),
            "elif" | "else" => {
                let holds = match command.name {
                    "elif" => self.condition(command),
                    _ => Some(true),
                };
                if let Some(branch) = open.pop() {
                    self.close(&branch, command.range.start());
                    open.push(branch.next(start, holds));
                }
            }
            "endif" => {
                if let Some(branch) = open.pop() {
                    self.close(&branch, command.range.start());
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, branch: &Branch, end: TextSize) {
        if branch.run != Run::Surely {
            let range = TextRange::new(branch.start, end.max(branch.start));
            self.ranges.push((range, branch.run));
        }
    }

    /// What a constant condition says (`ParseVariableBool` in psql's `variables.c`;
    /// of a word any beginning that is no other word's).
    fn condition(&self, command: &PsqlCommand<'_>) -> Option<bool> {
        let [argument] = &command.arguments[..] else {
            return None;
        };
        let value = match argument.is_computed {
            true => self.value_at(argument.text.strip_prefix(':')?, command.range.start())?,
            false => &argument.text,
        };
        let value = value.to_ascii_lowercase();
        let begins = |word: &str| !value.is_empty() && word.starts_with(&value);
        match value.as_str() {
            "on" | "1" => Some(true),
            "off" | "of" | "0" => Some(false),
            _ if begins("true") || begins("yes") => Some(true),
            _ if begins("false") || begins("no") => Some(false),
            _ => None,
        }
    }

    /// The database of the file is the first one in which it changes the schema.
    fn connect(&mut self, text: &str, parsed: &ParsedFile, commands: &[PsqlCommand<'_>]) {
        let switches = commands.iter().filter_map(|command| {
            let name = database(command)?;
            Some((command.range.end(), name))
        });
        let mut parts = vec![(TextSize::new(0), "")];
        parts.extend(switches);
        let ends = parts.iter().skip(1).map(|(start, _)| *start);
        let ends: Vec<TextSize> = ends.chain([TextSize::of(text)]).collect();
        let parts = parts.iter().zip(ends);
        let parts = parts.map(|((start, name), end)| (TextRange::new(*start, end), *name));
        let parts: Vec<(TextRange, &str)> = parts.collect();
        if parts.len() == 1 {
            return;
        }
        let changes_schema = |range: TextRange| {
            let mut statements = parsed.statements.iter();
            let mut commands = commands.iter();
            statements.any(|it| {
                range.contains(it.range.start()) && !ddl_words(&text[it.range]).is_empty()
            }) || commands.any(|it| range.contains(it.range.start()) && include(it).is_some())
        };
        let own = parts.iter().find(|(range, _)| changes_schema(*range));
        let Some((_, own)) = own else {
            return;
        };
        let others = parts.iter().filter(|(_, name)| name != own);
        self.ranges
            .extend(others.map(|(range, _)| (*range, Run::Elsewhere)));
    }
}

/// A branch of `\if` that is being read.
struct Branch {
    start: TextSize,
    run: Run,
    /// Whether one of the branches so far surely runs, or may.
    taken: Run,
}

impl Branch {
    fn first(start: TextSize, holds: Option<bool>) -> Branch {
        let run = run_if(holds);
        Branch {
            start,
            run,
            taken: run,
        }
    }

    fn next(&self, start: TextSize, holds: Option<bool>) -> Branch {
        let run = match (self.taken, run_if(holds)) {
            (Run::Surely, _) => Run::Never,
            (Run::Perhaps, Run::Surely) => Run::Perhaps,
            (_, run) => run,
        };
        Branch {
            start,
            run,
            taken: self.taken.min(run),
        }
    }
}

fn run_if(holds: Option<bool>) -> Run {
    match holds {
        Some(true) => Run::Surely,
        Some(false) => Run::Never,
        None => Run::Perhaps,
    }
}

/// The database that `\connect` switches to. `None` where it stays in the same.
fn database<'c>(command: &'c PsqlCommand<'_>) -> Option<&'c str> {
    if !matches!(command.name, "c" | "connect") {
        return None;
    }
    // `-reuse-previous=on "dbname='x'"`, as pg_dump writes it.
    let mut arguments = command.arguments.iter();
    let name = arguments.find(|it| !it.text.starts_with("-reuse-previous"))?;
    let name = without_semicolons(&name.text);
    (name != "-").then_some(name)
}

/// `None` for another command.
fn include(command: &PsqlCommand<'_>) -> Option<Include> {
    let is_relative = match command.name {
        "i" | "include" => false,
        "ir" | "include_relative" => true,
        _ => return None,
    };
    Some(Include {
        at: command.range.start(),
        path: without_semicolons(&command.arguments.first()?.text).to_owned(),
        is_relative,
    })
}

/// psql takes those at the end off the arguments of these commands
/// (`psql_scan_slash_option` in `psqlscanslash.l`).
fn without_semicolons(argument: &str) -> &str {
    argument.trim_end_matches(';')
}

#[cfg(test)]
mod tests;
