//! The data lines that psql takes from a script for `COPY ... FROM STDIN`.

use crate::keyword::starts_statement;
use crate::split::psql_command_name;
use memchr::memmem;

/// The end of the data that starts at the line start `start`: after the line
/// `\.`, its line's end not included. `None` when there is no such line.
pub(super) fn data_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut offset = start;
    loop {
        let at = offset + memmem::find(&bytes[offset..], b"\\.")?;
        let own_line = at == start || bytes[at - 1] == b'\n';
        let ends = matches!(&bytes[at + 2..], [] | [b'\n', ..] | [b'\r', b'\n', ..]);
        if own_line && ends {
            return Some(at + 2);
        }
        offset = at + 2;
    }
}

/// The end of data at `start` that no line `\.` follows.
///
/// psql takes the script's end for the data's end then. But a script that goes
/// on with SQL leaves the data to someone else, a test's driver for one, and has
/// none itself: then `start` is returned.
pub(super) fn endless_data_end(text: &str, start: usize) -> usize {
    if goes_on_with_sql(&text[start..]) {
        start
    } else {
        text.len()
    }
}

fn goes_on_with_sql(rest: &str) -> bool {
    let rest = rest.trim_ascii_start();
    rest.starts_with("--")
        || rest.starts_with("/*")
        || rest.starts_with('\\')
        || starts_statement(rest)
}

/// Whether `command` is a `\copy` whose data follows in the script.
pub(super) fn is_psql_copy_from_stdin(command: &str) -> bool {
    if psql_command_name(command) != "copy" {
        return false;
    }
    let mut words = command
        .split_ascii_whitespace()
        .skip_while(|word| !word.eq_ignore_ascii_case("from"));
    words
        .nth(1)
        .is_some_and(|word| word.trim_end_matches(';').eq_ignore_ascii_case("stdin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, data: &str) {
        let end = data_end(text, 0).unwrap_or_else(|| endless_data_end(text, 0));
        assert_eq!(&text[..end], data);
    }

    #[test]
    fn data_ends_at_its_own_line() {
        check("1\tx\n\\.\nSELECT 1;", "1\tx\n\\.");
        check("\\.\r\nSELECT 1;", "\\.");
        check("a\\.\n\\.b\n\\.", "a\\.\n\\.b\n\\.");
    }

    #[test]
    fn data_without_an_end_reaches_to_the_end_unless_sql_follows() {
        check("1\tx\n2\ty\n", "1\tx\n2\ty\n");
        check("\nSELECT 1;\n", "");
        check("-- next\n", "");
    }

    #[test]
    fn psql_copy() {
        assert!(is_psql_copy_from_stdin("\\copy t (a) from stdin;"));
        assert!(!is_psql_copy_from_stdin("\\copy t from 'stdin'"));
        assert!(!is_psql_copy_from_stdin("\\copy t from pstdin"));
        assert!(!is_psql_copy_from_stdin("\\echo from stdin"));
    }
}
