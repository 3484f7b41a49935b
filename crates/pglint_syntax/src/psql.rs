//! psql's backslash commands as data (psql's manual page, "Meta-Commands").

use crate::lexer::range;
use crate::split::{Aside, psql_command_name};
use pglint_text::{TextRange, TextSize};

/// One backslash command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsqlCommand<'t> {
    /// The command's half-open bytes in the file, arguments included.
    pub range: TextRange,
    /// Its name without the backslash, such as `ir`.
    pub name: &'t str,
    /// Its arguments. The command that takes the whole rest of its line, such as
    /// `\copy` or `\!`, has that as its only one.
    pub arguments: Vec<PsqlArgument>,
}

/// An argument of a backslash command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsqlArgument {
    /// Half-open bytes of the file, quotes included.
    pub range: TextRange,
    /// What psql makes of it: quotes gone, escapes resolved. Variables (`:name`)
    /// and commands in backquotes are as written.
    pub text: String,
    /// Whether a variable or a command in backquotes is in it, so that `text` is
    /// not what psql uses.
    pub is_computed: bool,
}

impl Aside {
    /// psql's commands in order; `text` is the file.
    pub fn psql<'t>(&self, text: &'t str) -> impl Iterator<Item = PsqlCommand<'t>> {
        self.psql_commands
            .iter()
            .map(|range| psql_command(text, *range))
    }
}

fn psql_command(text: &str, command: TextRange) -> PsqlCommand<'_> {
    let name = psql_command_name(&text[command]);
    let from = usize::from(command.start()) + 1 + name.len();
    let mut arguments = Arguments {
        text,
        offset: from,
        end: command.end().into(),
    };
    PsqlCommand {
        range: command,
        name,
        arguments: match name {
            "!" | "h" | "help" | "ef" | "ev" | "sf" | "sf+" | "sv" | "sv+" => {
                arguments.rest().into_iter().collect()
            }
            // Its case does not matter (`exec_command` in psql's `command.c`).
            _ if name.eq_ignore_ascii_case("copy") => arguments.rest().into_iter().collect(),
            _ => std::iter::from_fn(|| arguments.next()).collect(),
        },
    }
}

struct Arguments<'t> {
    text: &'t str,
    offset: usize,
    end: usize,
}

impl Arguments<'_> {
    fn rest(&mut self) -> Option<PsqlArgument> {
        let line = &self.text[self.offset..self.end];
        let text = line.trim();
        let start = self.offset + (line.len() - line.trim_start().len());
        (!text.is_empty()).then(|| PsqlArgument {
            range: range(start, start + text.len()),
            text: text.to_owned(),
            is_computed: false,
        })
    }

    fn next(&mut self) -> Option<PsqlArgument> {
        let rest = &self.text[self.offset..self.end];
        let start = self.end - rest.trim_start().len();
        let mut argument = String::new();
        let mut is_computed = false;
        let mut characters = self.text[start..self.end].char_indices();
        let mut quote = None;
        let mut end = self.end;
        while let Some((at, character)) = characters.next() {
            match (quote, character) {
                (None, c) if c.is_ascii_whitespace() || c == '\\' => {
                    end = start + at;
                    break;
                }
                (None, '\'' | '"' | '`') => {
                    quote = Some(character);
                    is_computed |= character == '`';
                    continue;
                }
                (Some(open), close) if open == close => {
                    quote = None;
                    // Two quotes are one.
                    if open == '\'' && self.text[start + at + 1..self.end].starts_with('\'') {
                        characters.next();
                        quote = Some(open);
                        argument.push('\'');
                    }
                    continue;
                }
                (Some('\''), '\\') => {
                    argument.push(escape(characters.next().map_or('\\', |(_, next)| next)));
                    continue;
                }
                (None, ':') => is_computed = true,
                _ => {}
            }
            argument.push(character);
        }
        self.offset = end;
        (start < end).then(|| PsqlArgument {
            range: range(start, end),
            text: argument,
            is_computed,
        })
    }
}

/// The character that a backslash and `letter` stand for in quotes.
fn escape(letter: char) -> char {
    match letter {
        'n' => '\n',
        't' => '\t',
        'b' => '\u{8}',
        'r' => '\r',
        'f' => '\u{c}',
        other => other,
    }
}

impl Aside {
    /// Where it depends on something whether the file's text is run, or how often:
    /// from a template's `{% if x %}` or `{% for x in y %}` to its end. Half-open
    /// bytes of the file, in order; nested ones are part of the outer.
    pub fn conditional(&self, text: &str) -> Vec<TextRange> {
        let mut ranges = Vec::new();
        let mut open = Vec::<TextSize>::new();
        for range in &self.template_tags {
            let step = tag_step(&text[*range]);
            if step > 0 {
                open.push(range.start());
            } else if step < 0
                && let Some(start) = open.pop()
                && open.is_empty()
            {
                ranges.push(TextRange::new(start, range.end()));
            }
        }
        ranges
    }
}

/// 1 for a tag that opens a part, -1 for one that closes it.
fn tag_step(tag: &str) -> i32 {
    let content = tag.trim_start_matches(['{', '%', '<', '-', '#', ' ', '\t', '\n', '\r']);
    let end = content.find(|c: char| !c.is_ascii_alphanumeric() && c != '/' && c != '^');
    let word = &content[..end.unwrap_or(content.len())];
    let is_note = tag.starts_with("{#");
    match word {
        _ if is_note => 0,
        "if" | "unless" | "for" | "foreach" | "each" | "range" | "with" | "macro" | "call" => 1,
        _ if word.starts_with("end") || word.starts_with('/') => -1,
        _ if tag.starts_with("<%") && content.contains(" do") => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use crate::{ParseOptions, split};

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &[&str])]) {
        let aside = split(text, ParseOptions::default()).aside;
        let commands: Vec<_> = aside.psql(text).collect();
        let found: Vec<_> = commands
            .iter()
            .map(|command| {
                let arguments = command.arguments.iter().map(|argument| {
                    assert!(!argument.range.is_empty());
                    let mark = if argument.is_computed { "*" } else { "" };
                    format!("{}{mark}", argument.text)
                });
                (command.name, arguments.collect::<Vec<_>>())
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, arguments)| {
                (
                    *name,
                    arguments
                        .iter()
                        .map(|it| (*it).to_owned())
                        .collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn commands_have_names_and_arguments() {
        check(
            "\\ir ../a.sql\r\n\\i 'b c''d\\n.sql' x\\echo y\n\\set v :w `date`\n\\q\n",
            &[
                ("ir", &["../a.sql"]),
                ("i", &["b c'd\n.sql", "x"]),
                ("echo", &["y"]),
                ("set", &["v", ":w*", "date*"]),
                ("q", &[]),
            ],
        );
        check(
            "\\copy t from 'a b' \nSELECT 1 \\gset p_ \\\\ SELECT 2",
            &[("copy", &["t from 'a b'"]), ("gset", &["p_"])],
        );
        check("\\i a\\\\\\i \"b c\"", &[("i", &["a"]), ("i", &["b c"])]);
        check("\\", &[("", &[])]);
    }

    #[track_caller]
    fn check_conditional(text: &str, expected: &[&str]) {
        let aside = split(text, ParseOptions::default()).aside;
        let found: Vec<_> = aside
            .conditional(text)
            .into_iter()
            .map(|range| &text[range])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn conditional_parts() {
        check_conditional(
            "{% if x %}a;{% for y in z %}b;{% endfor %}{% endif %} {# if #} {{ if .a }}c;{{ end }} {{#if a}}{{/if}}",
            &[
                "{% if x %}a;{% for y in z %}b;{% endfor %}{% endif %}",
                "{{ if .a }}c;{{ end }}",
                "{{#if a}}{{/if}}",
            ],
        );
        check_conditional(
            "<% x.each do |y| %>\na;\n<% end %>\n",
            &["<% x.each do |y| %>\na;\n<% end %>"],
        );
        check_conditional("{% if x %} SELECT 1;", &[]);
    }
}
