//! The data lines that psql takes from a script for `COPY ... FROM STDIN`.
//!
//! Most of a dump is such data. [`find_copy_data`] is for those who read a dump
//! piece by piece and leave the data out: a text in which a `\.` follows at once
//! holds the same statements.

use crate::keyword::starts_statement;
use crate::parse::ParseOptions;
use crate::split::{Splitter, psql_command_name};
use memchr::memmem;

/// What [`find_copy_data`] has read. All offsets are bytes of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopySearch {
    /// The data that comes first. `None` where the text ends before.
    pub data: Option<CopyData>,
    /// The end of the last statement that was read to its end; with more text,
    /// the search can go on there.
    pub read_to: usize,
    /// The options at `read_to`.
    pub options: ParseOptions,
}

/// The data lines of one or more `COPY`s that psql sends together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyData {
    /// Where the first line starts.
    pub start: usize,
    /// How many `COPY`s there are data for, each closed by a line `\.`.
    pub blocks: u32,
}

/// Looks for the first `COPY` data of a text that may end anywhere: what is found
/// stays true whatever follows. A statement must be able to start where it does.
pub fn find_copy_data(text: &str, options: ParseOptions) -> CopySearch {
    let mut search = CopySearch {
        data: None,
        read_to: 0,
        options,
    };
    let mut splitter = Splitter::new(text, options);
    search.data = splitter.next_copy_data(|end, options| {
        search.read_to = end;
        search.options = options;
    });
    search
}

/// The end of the data that starts at the line start `start`: after the line
/// `\.`, its line's end not included. `None` when there is no such line.
pub fn copy_data_end(bytes: &[u8], start: usize) -> Option<usize> {
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
    if is_sql_rather_than_data(&text[start..]) {
        start
    } else {
        text.len()
    }
}

/// Whether what follows a `COPY ... FROM STDIN`, and no line `\.` ends, looks like
/// more SQL.
pub fn is_sql_rather_than_data(rest: &str) -> bool {
    let rest = rest.trim_ascii_start();
    rest.starts_with("--")
        || rest.starts_with("/*")
        || rest.starts_with('\\')
        || starts_statement(rest)
}

/// Whether `command` is a `\copy` whose data follows in the script.
pub(super) fn is_psql_copy_from_stdin(command: &str) -> bool {
    // The one command whose case does not matter (`exec_command` in psql's
    // `command.c`).
    if !psql_command_name(command).eq_ignore_ascii_case("copy") {
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
        let end = copy_data_end(text.as_bytes(), 0).unwrap_or_else(|| endless_data_end(text, 0));
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
        assert!(is_psql_copy_from_stdin("\\COPY t FROM STDIN WITH CSV"));
        assert!(!is_psql_copy_from_stdin("\\copy t from 'stdin'"));
        assert!(!is_psql_copy_from_stdin("\\copy t from pstdin"));
        assert!(!is_psql_copy_from_stdin("\\echo from stdin"));
    }
}
