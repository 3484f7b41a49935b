//! Placeholders that stand where the name of a schema stands, or of a table. Which one
//! that is, is not known, but the same text stands for the same one: its text is its
//! name.

use std::ops::Range;

use super::table;

/// A placeholder that is a name, or with letters around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaceholderName {
    /// Its text without white space and quotes, and the letters: `${schema}`,
    /// `${prefix}_job`.
    pub(crate) name: String,
    /// How many bytes of the name are letters before and after it.
    letters: (usize, usize),
    /// Bytes, relative to the statement.
    pub(crate) range: Range<usize>,
    /// The same for the same name in the statement.
    number: usize,
}

/// Bytes that UTF-8 never has, which PostgreSQL's scanner takes for letters: the
/// digits of a number. `0xff` stands for what is not known.
const FIRST_DIGIT: u8 = 0xf8;
const BASE: usize = 7;

/// PostgreSQL cuts longer names (`NAMEDATALEN`).
const LONGEST_NAME: usize = 63;

impl PlaceholderName {
    /// Those among the holes of a statement. In a file with loops no table has such a
    /// name.
    ///
    /// A schema that also stands elsewhere in the statement may be an alias or a table.
    pub(crate) fn all<'h>(
        text: &str,
        has_loops: bool,
        holes: impl Iterator<Item = &'h Range<usize>>,
    ) -> Vec<PlaceholderName> {
        let mut found: Vec<PlaceholderName> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut others = Vec::new();
        for range in holes {
            let Some(name) = name(&text[range.clone()]) else {
                continue;
            };
            let around = match is_before_dot(text, range) || is_named_schema(text, range) {
                true => Some(("", "")),
                false => table::around(text, range).filter(|_| !has_loops),
            };
            let Some((before, after)) = around else {
                others.push(name);
                continue;
            };
            // PostgreSQL folds letters without quotes.
            let (before, after) = (before.to_ascii_lowercase(), after.to_ascii_lowercase());
            let name = format!("{before}{name}{after}");
            let known = names.iter().position(|it| *it == name);
            let number = known.unwrap_or(names.len());
            if known.is_none() {
                names.push(name.clone());
            }
            let letters = (before.len(), after.len());
            let length = letters.0 + range.len() + letters.1;
            if length <= LONGEST_NAME && number < BASE.pow(range.len().min(4) as u32) {
                found.push(PlaceholderName {
                    name,
                    letters,
                    range: range.clone(),
                    number,
                });
            }
        }
        found.retain(|it| !others.contains(&it.name));
        found
    }

    /// Writes the name for the parser.
    pub(crate) fn write(&self, bytes: &mut [u8]) {
        let mut rest = self.number;
        for byte in &mut bytes[self.range.clone()] {
            *byte = FIRST_DIGIT + (rest % BASE) as u8;
            rest /= BASE;
        }
    }

    /// Whether these bytes of a name are what [`PlaceholderName::write`] wrote, with the
    /// letters around it.
    pub(crate) fn is_written_as(&self, bytes: &[u8]) -> bool {
        let (before, after) = self.letters;
        if bytes.len() != before + self.range.len() + after {
            return false;
        }
        let (head, rest) = bytes.split_at(before);
        let (hole, tail) = rest.split_at(self.range.len());
        let mut number = self.number;
        let is_digit = |byte: &u8| {
            let digit = FIRST_DIGIT + (number % BASE) as u8;
            number /= BASE;
            *byte == digit
        };
        let name = self.name.as_bytes();
        name.starts_with(head) && name.ends_with(tail) && hole.iter().all(is_digit)
    }
}

/// Whether the hole of a statement is a name, or a part of one, by what stands around it.
pub fn is_named_hole(text: &str, hole: Range<usize>) -> bool {
    let is_name = name(&text[hole.clone()]).is_some();
    is_name && (is_named_schema(text, &hole) || table::around(text, &hole).is_some())
}

/// Whether a schema's name goes by a placeholder's text, as the tree has it or as it
/// stands in quotes.
pub fn is_placeholder_schema(name: &str) -> bool {
    name.starts_with([':', '@', '$', '%', '{', '#', '<']) && self::name(name).is_some()
}

/// The placeholder's text without white space and quotes. `None` for one that stands for
/// something else each time: it has a number, or none (`?`, `%s`, `{}`, `$1`), or it
/// is computed.
fn name(text: &str) -> Option<String> {
    // psql's `:"name"` is the variable of `:name`.
    let is_kept = |c: &char| !c.is_whitespace() && *c != '"';
    let name: String = text.chars().filter(is_kept).collect();
    let is_format = name.starts_with('%') && !name.starts_with("%(");
    let core = match name.strip_prefix("%(") {
        Some(rest) => rest.rsplit_once(')')?.0,
        None => name.trim_matches(|c: char| !c.is_alphanumeric() && c != '_'),
    };
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
    let is_name = core.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && core.chars().all(is_word)
        // dbt: the model itself.
        && core.split('.').next() != Some("this");
    (is_name && !is_format && core.len() < name.len()).then_some(name)
}

/// Whether the hole is all of a name that a dot stands behind, and none before.
fn is_before_dot(text: &str, hole: &Range<usize>) -> bool {
    let touches = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '.' | '$' | '}' | '\'');
    let rest = &text[hole.end..];
    rest.starts_with('.') && !rest.starts_with("..") && !text[..hole.start].ends_with(touches)
}

/// Whether the hole is all of a name that is a schema's by the words before it:
/// `CREATE SCHEMA IF NOT EXISTS`, `SET search_path TO`.
fn is_named_schema(text: &str, hole: &Range<usize>) -> bool {
    let touches = |c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '.' | '$' | '{');
    let (before, rest) = (text[..hole.start].to_ascii_lowercase(), &text[hole.end..]);
    if before.ends_with(touches) || rest.starts_with(touches) {
        return false;
    }
    let words = before.split(|c: char| !c.is_alphanumeric() && c != '_');
    let words: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    matches!(
        words[..],
        ["set", "search_path", ..] | ["set", "local" | "session", "search_path", ..]
    ) || ["schema", "schema if exists", "schema if not exists"]
        .iter()
        .any(|it| words.ends_with(&it.split(' ').collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_text_without_white_space_and_quotes() {
        for (text, expected) in [
            ("${schema}", Some("${schema}")),
            ("{{ schema }}", Some("{{schema}}")),
            ("${flyway:defaultSchema}", Some("${flyway:defaultSchema}")),
            ("${schema~}", Some("${schema~}")),
            (":S", Some(":S")),
            (":\"S\"", Some(":S")),
            ("@extschema@", Some("@extschema@")),
            ("%(schema)s", Some("%(schema)s")),
            ("<%= schema %>", Some("<%=schema%>")),
            ("%s", None),
            ("%I", None),
            ("?", None),
            ("{}", None),
            ("{0}", None),
            (":1", None),
            ("$1:name", None),
            ("{{ schema(x) }}", None),
            ("{{ this.schema }}", None),
            ("public", None),
        ] {
            assert_eq!(name(text).as_deref(), expected, "{text}");
        }
    }
}
