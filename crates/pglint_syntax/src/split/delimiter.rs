//! The delimiter that a file of Liquibase names: `--changeset me:1 endDelimiter:/`.
//!
//! Liquibase cuts the text there and sends what stands between; it is no SQL. A
//! file has one delimiter in practice, so that of the first changeset counts.

use crate::token::Token;

/// The delimiter that `text` names. `None` for `;`, and for what is no single
/// token of PostgreSQL's.
pub(super) fn of(text: &str) -> Option<&str> {
    const NAME: &str = "endDelimiter:";
    let first = text.trim_start().strip_prefix("--")?;
    let tool = first.trim_start().get(.."liquibase".len())?;
    if !tool.eq_ignore_ascii_case("liquibase") {
        return None;
    }
    let start = memchr::memmem::find(text.as_bytes(), NAME.as_bytes())? + NAME.len();
    let value = text[start..].split_whitespace().next()?;
    let value = value.trim_matches(['"', '\'']);
    let is_word = value.bytes().all(|it| it.is_ascii_alphabetic());
    let is_operator = value.bytes().all(|it| b"/@#^|~".contains(&it));
    (!value.is_empty() && (is_word || is_operator)).then_some(value)
}

/// Is the token that delimiter, alone on its line?
pub(super) fn is_at(text: &str, token: Token, delimiter: Option<&str>) -> bool {
    let Some(delimiter) = delimiter else {
        return false;
    };
    let before = text[..usize::from(token.start())].trim_end_matches([' ', '\t']);
    let after = text[usize::from(token.end())..].trim_start_matches([' ', '\t', '\r']);
    token.text(text).eq_ignore_ascii_case(delimiter)
        && (before.is_empty() || before.ends_with('\n'))
        && (after.is_empty() || after.starts_with('\n'))
}

#[cfg(test)]
mod tests {
    use crate::{ParseOptions, split};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let split = split(text, ParseOptions::default());
        let found: Vec<_> = split.statements.iter().map(|it| &text[it.range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_line_that_is_the_delimiter() {
        let head = "--liquibase formatted sql\n--changeset me:1 endDelimiter:";
        check(
            &format!(
                "{head}/ runOnChange:true\nSELECT 1;\n/\nSELECT 2\n / \nSELECT 8 / 2, 8\n/ 2\n/"
            ),
            &["SELECT 1", "SELECT 2", "SELECT 8 / 2, 8\n/ 2"],
        );
        check(
            &format!("{head}\"GO\"\nSELECT 1\ngo\r\nSELECT 2"),
            &["SELECT 1", "SELECT 2"],
        );
        check(
            &format!("{head};\nSELECT 1;\n;\nSELECT 2"),
            &["SELECT 1", "SELECT 2"],
        );
    }

    #[test]
    fn other_files_have_none() {
        let text = "-- endDelimiter:/\nSELECT 10\n/\n2";
        check(text, &["SELECT 10\n/\n2"]);
    }
}
