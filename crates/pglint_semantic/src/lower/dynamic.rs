//! Code that changes the schema when it runs: bodies of `DO` and functions.
//!
//! Bodies are read as tokens, those of string literals inside them too. What is
//! found is kept wide on purpose: a name too many makes a rule silent, a name too
//! few makes it wrong.

use super::name;
use crate::change::UnknownEffect;
use pglint_catalog::{Name, UnknownReason};
use pglint_syntax::{ParseOptions, Token, TokenKind, lex};

/// Words that begin a change of the schema in a body or in the strings inside
/// it, lower case, each once.
pub fn ddl_words(body: &str) -> Vec<Name> {
    let mut scan = Scan::default();
    scan.read(body, 0);
    scan.words
}

/// What running a body may do to tables, types and indexes. `None` when there is
/// no DDL about these in it.
pub fn effect(body: &str, reason: UnknownReason) -> Option<UnknownEffect> {
    let mut scan = Scan::default();
    scan.read(body, 0);
    if scan.words.is_empty() {
        return None;
    }
    Some(UnknownEffect {
        reason,
        names: scan.names,
        anything: scan.is_assembled,
    })
}

#[derive(Default)]
struct Scan {
    words: Vec<Name>,
    names: Vec<Name>,
    /// Whether DDL stands in a string that is put together at run time.
    is_assembled: bool,
}

/// Strings in strings in strings are as deep as anybody writes.
const DEPTH: u32 = 4;

impl Scan {
    fn read(&mut self, text: &str, depth: u32) {
        let tokens = lex(text, ParseOptions::default());
        let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
        for (at, token) in tokens.iter().enumerate() {
            if let Some(found) = name::identifier(*token, text) {
                if is_ddl(&tokens[at..], text) {
                    self.add_word(&found);
                    self.is_assembled |= depth > 0 && ends_open(&tokens[at..], text);
                }
                self.add_name(found);
            } else if token.is_string() && depth < DEPTH {
                self.read_string(&tokens, at, text, depth);
            }
        }
    }

    fn read_string(&mut self, tokens: &[Token], at: usize, text: &str, depth: u32) {
        let inner = string_content(tokens[at].text(text));
        let words = self.words.len();
        self.read(&inner, depth + 1);
        let is_joined = |token: Option<&Token>| {
            token.is_some_and(|it| it.kind == TokenKind::Operator && it.text(text) == "||")
        };
        let has_ddl = self.words.len() > words || starts_with_ddl(&inner);
        if has_ddl {
            let joined = is_joined(tokens.get(at + 1))
                || at
                    .checked_sub(1)
                    .is_some_and(|before| is_joined(tokens.get(before)));
            self.is_assembled |= joined || inner.contains('%') || inner.contains('$');
        }
    }

    fn add_word(&mut self, word: &str) {
        if !self.words.iter().any(|it| it == word) {
            self.words.push(word.into());
        }
    }

    fn add_name(&mut self, found: String) {
        if !self.names.iter().any(|it| *it == found) {
            self.names.push(found.into());
        }
    }
}

fn starts_with_ddl(text: &str) -> bool {
    let tokens = lex(text, ParseOptions::default());
    let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    is_ddl(&tokens, text)
}

/// Whether the text ends before the object of the DDL is named:
/// `'DROP TABLE ' || name`.
fn ends_open(tokens: &[Token], _text: &str) -> bool {
    tokens.iter().filter(|it| it.is_identifier()).count() < 3
}

/// Whether tokens begin a statement that changes tables, columns, constraints,
/// indexes, types, sequences, views or schemas that outlive the session.
fn is_ddl(tokens: &[Token], text: &str) -> bool {
    let mut words = tokens
        .iter()
        .map_while(|it| (it.kind == TokenKind::Word).then(|| it.text(text).to_ascii_lowercase()));
    let Some(verb) = words.next() else {
        return false;
    };
    if !matches!(verb.as_str(), "create" | "alter" | "drop") {
        return false;
    }
    for word in words.take(4) {
        match word.as_str() {
            "or" | "replace" | "unique" | "unlogged" | "materialized" | "foreign" => {}
            "table" | "index" | "type" | "schema" | "sequence" | "view" | "domain" => return true,
            _ => return false,
        }
    }
    // `'ALTER ' || kind || ...`: the object is put together as well.
    tokens.len() == 1
}

/// The text inside a string literal, doubled quotes taken apart.
fn string_content(literal: &str) -> String {
    if let Some(rest) = literal.strip_prefix('$')
        && let Some(tag_end) = rest.find('$')
    {
        let tag = &literal[..tag_end + 2];
        let inner = literal.strip_prefix(tag).unwrap_or_default();
        return inner.strip_suffix(tag).unwrap_or(inner).to_owned();
    }
    let start = literal.find('\'').map_or(0, |at| at + 1);
    let inner = &literal[start..];
    inner.strip_suffix('\'').unwrap_or(inner).replace("''", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, words: &[&str], anything: bool) {
        let effect = effect(body, UnknownReason::DynamicSql);
        assert_eq!(ddl_words(body), words);
        assert_eq!(effect.is_some(), !words.is_empty());
        assert_eq!(effect.is_some_and(|it| it.anything), anything);
    }

    #[test]
    fn code_without_ddl_has_no_effect() {
        check("BEGIN UPDATE t SET a = 1; END", &[], false);
        check(
            "BEGIN EXECUTE 'UPDATE ' || t || ' SET a = 1'; END",
            &[],
            false,
        );
        check("BEGIN CREATE TEMP TABLE t (a int); END", &[], false);
        check(
            "BEGIN EXECUTE format('GRANT SELECT ON %I TO x', t); END",
            &[],
            false,
        );
        check(
            "BEGIN CREATE POLICY p ON t; CREATE TRIGGER x; END",
            &[],
            false,
        );
    }

    #[test]
    fn static_ddl_touches_what_it_names() {
        check("BEGIN ALTER TABLE t ADD a int; END", &["alter"], false);
        check(
            "BEGIN EXECUTE 'DROP INDEX CONCURRENTLY i'; END",
            &["drop"],
            false,
        );
    }

    #[test]
    fn names_made_at_run_time_touch_anything() {
        check(
            "BEGIN EXECUTE format('ALTER TABLE %I ADD a int', t); END",
            &["alter"],
            true,
        );
        check("BEGIN EXECUTE 'DROP TABLE ' || t; END", &["drop"], true);
        check(
            "BEGIN EXECUTE $x$CREATE TABLE $x$ || t || ' (a int)'; END",
            &["create"],
            true,
        );
    }
}
