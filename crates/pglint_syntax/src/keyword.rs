//! The words that a statement can start with.

/// The first words of `stmt` in PostgreSQL 18's `gram.y`, sorted.
const STATEMENT_WORDS: [&str; 53] = [
    "abort",
    "alter",
    "analyse",
    "analyze",
    "begin",
    "call",
    "checkpoint",
    "close",
    "cluster",
    "comment",
    "commit",
    "copy",
    "create",
    "deallocate",
    "declare",
    "delete",
    "discard",
    "do",
    "drop",
    "end",
    "execute",
    "explain",
    "fetch",
    "grant",
    "import",
    "insert",
    "listen",
    "load",
    "lock",
    "merge",
    "move",
    "notify",
    "prepare",
    "reassign",
    "refresh",
    "reindex",
    "release",
    "reset",
    "revoke",
    "rollback",
    "savepoint",
    "security",
    "select",
    "set",
    "show",
    "start",
    "table",
    "truncate",
    "unlisten",
    "update",
    "vacuum",
    "values",
    "with",
];

/// The longest of [`STATEMENT_WORDS`].
const LONGEST: usize = 10;

/// Whether `word` is one that a statement can start with, in any case.
pub(crate) fn is_statement_word(word: &str) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    let word = word.to_ascii_lowercase();
    STATEMENT_WORDS.binary_search(&word.as_str()).is_ok()
}

/// Whether `text` starts with such a word.
pub(crate) fn starts_statement(text: &str) -> bool {
    is_statement_word(first_word(text))
}

/// The identifier characters that `text` starts with.
pub(crate) fn first_word(text: &str) -> &str {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
    // Longer ones are cut: no word that is asked for is as long.
    let end = text.bytes().take(64).take_while(is_part).count();
    text.get(..end).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_and_no_longer_than_said() {
        assert!(STATEMENT_WORDS.is_sorted());
        let longest = STATEMENT_WORDS.iter().map(|word| word.len()).max();
        assert_eq!(longest, Some(LONGEST));
    }

    #[test]
    fn statements_start_with_a_whole_word() {
        assert!(starts_statement("Create table"));
        assert!(starts_statement("END;"));
        assert!(!starts_statement("created"));
        assert!(!starts_statement("set_config()"));
        assert!(!starts_statement(" select"));
        assert!(!starts_statement(""));
    }
}
