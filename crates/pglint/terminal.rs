//! Standard output and standard error: colours, and readers that go away.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};

use crate::arguments::Color;

/// Buffered standard output, which drops colours unless they are wanted.
pub(crate) fn standard_output(color: Color) -> AutoStream<Box<dyn Write>> {
    let output = io::stdout();
    let choice = match choice(color) {
        ColorChoice::Auto => AutoStream::choice(&output),
        choice => choice,
    };
    AutoStream::new(Box::new(io::BufWriter::new(output.lock())), choice)
}

/// Standard error in the same way, for a report that standard output has no
/// place for.
pub(crate) fn standard_error(color: Color) -> AutoStream<io::StderrLock<'static>> {
    let output = io::stderr();
    let choice = match choice(color) {
        ColorChoice::Auto => AutoStream::choice(&output),
        choice => choice,
    };
    AutoStream::new(output.lock(), choice)
}

/// What the flag and the environment ask for. `NO_COLOR`, `CLICOLOR` and
/// `CLICOLOR_FORCE` are read by `AutoStream` itself.
fn choice(color: Color) -> ColorChoice {
    match color {
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
        Color::Auto if is_set("FORCE_COLOR") && !is_set("NO_COLOR") => ColorChoice::Always,
        Color::Auto => ColorChoice::Auto,
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Writes a line to standard error: `error: ...`, `notice: ...`, with what to do
/// on a second line. Nothing can be done where even that fails.
pub(crate) fn say(color: Color, kind: Kind, message: &str, help: Option<&str>) {
    let mut output = standard_error(color);
    let (word, style) = match kind {
        Kind::Error => ("error", "\x1b[1;31m"),
        Kind::Notice => ("notice", "\x1b[1;36m"),
    };
    let _ = writeln!(output, "{style}{word}\x1b[0m: {}", printable(message));
    if let Some(help) = help {
        let _ = writeln!(output, "  help: {}", printable(help));
    }
}

/// What a line on standard error is.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The exit code will be 2.
    Error,
    /// Worth knowing, and no failure.
    Notice,
}

/// The text with `?` in place of every control character, so that names in SQL
/// or on the disk can neither steer a terminal nor break a line. Lengths in
/// bytes do not change.
pub(crate) fn printable(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmful(character) {
            result.extend(std::iter::repeat_n('?', character.len_utf8()));
        } else {
            result.push(character);
        }
    }
    result
}

/// Control characters but the tab, and those that turn the direction of text.
fn is_harmful(character: char) -> bool {
    (character.is_control() && character != '\t')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A reader that has gone away, as in `pglint | head`, is no failure.
pub(crate) fn ignore_broken_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
