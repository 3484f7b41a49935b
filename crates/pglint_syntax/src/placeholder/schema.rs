//! Placeholders that stand where a schema's name stands. Which schema that is, is not
//! known, but the same text stands for the same one: its text is its name.

use std::ops::Range;

/// A placeholder that is a schema's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlaceholderSchema {
    /// Its text without white space and quotes: `${schema}`.
    pub(crate) name: String,
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

impl PlaceholderSchema {
    /// Those among the holes of a statement.
    ///
    /// One that also stands elsewhere in the statement may be an alias or a table.
    pub(crate) fn all<'h>(
        text: &str,
        holes: impl Iterator<Item = &'h Range<usize>>,
    ) -> Vec<PlaceholderSchema> {
        let mut schemas: Vec<PlaceholderSchema> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        let mut others = Vec::new();
        for range in holes {
            let Some(name) = name(&text[range.clone()]) else {
                continue;
            };
            if !is_before_dot(text, range) {
                others.push(name);
                continue;
            }
            let known = names.iter().position(|it| *it == name);
            let number = known.unwrap_or(names.len());
            if known.is_none() {
                names.push(name.clone());
            }
            let range = range.clone();
            if range.len() <= LONGEST_NAME && number < BASE.pow(range.len().min(4) as u32) {
                schemas.push(PlaceholderSchema {
                    name,
                    range,
                    number,
                });
            }
        }
        schemas.retain(|it| !others.contains(&it.name));
        schemas
    }

    /// Writes the name for the parser.
    pub(crate) fn write(&self, bytes: &mut [u8]) {
        let mut rest = self.number;
        for byte in &mut bytes[self.range.clone()] {
            *byte = FIRST_DIGIT + (rest % BASE) as u8;
            rest /= BASE;
        }
    }

    /// Whether these bytes of a name are what [`PlaceholderSchema::write`] wrote.
    pub(crate) fn is_written_as(&self, bytes: &[u8]) -> bool {
        if bytes.len() != self.range.len() {
            return false;
        }
        let mut rest = self.number;
        bytes.iter().all(|byte| {
            let digit = FIRST_DIGIT + (rest % BASE) as u8;
            rest /= BASE;
            *byte == digit
        })
    }
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
