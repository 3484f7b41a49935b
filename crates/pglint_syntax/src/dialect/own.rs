//! What is PostgreSQL's own.

use super::looked_at;
use crate::lexer::Lexer;
use crate::{ParseOptions, Token, TokenKind};

/// Whether anything in `text` is PostgreSQL's and of no other database that is told
/// here.
pub fn is_of_postgresql(text: &str) -> bool {
    let text = looked_at(text);
    let is_own = |token: &Token| match token.kind {
        TokenKind::DollarString | TokenKind::TypeCast => true,
        TokenKind::Word => OWN_WORDS.iter().any(|word| token.is_word(text, word)),
        _ => false,
    };
    Lexer::new(text, 0, ParseOptions::default()).any(|token| is_own(&token))
}

/// What people write for PostgreSQL alone, lower case.
const OWN_WORDS: [&str; 14] = [
    "bigserial",
    "bytea",
    "citext",
    "concurrently",
    "extension",
    "gin",
    "ilike",
    "inet",
    "jsonb",
    "plpgsql",
    "regclass",
    "serial",
    "timestamptz",
    "tsvector",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_postgresql_understands() {
        let own = [
            "CREATE TABLE t (a jsonb)",
            "SELECT a::text FROM t",
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "DO $$ BEGIN END $$",
        ];
        for text in own {
            assert!(is_of_postgresql(text), "{text}");
        }
        let anybody = ["CREATE TABLE t (a int)", "SELECT '::', \"jsonb\" -- $$"];
        for text in anybody {
            assert!(!is_of_postgresql(text), "{text}");
        }
    }
}
