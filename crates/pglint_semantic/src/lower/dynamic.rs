//! Code that changes the schema when it runs: bodies of `DO` and functions.
//!
//! Bodies are read as tokens, those of string literals inside them too. What is
//! found is kept wide on purpose: a name too many makes a rule silent, a name too
//! few makes it wrong.

use super::name;
use crate::change::UnknownEffect;
use pglint_catalog::{Name, UnknownReason};
use pglint_syntax::{ParseOptions, Token, TokenKind, lex};
use pglint_text::TextSize;

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
    // Names put together from names that the code itself holds are among those;
    // names that it reads from the system catalogs can be any.
    let reads_catalogs = scan.mentioned.iter().any(|it| is_system_name(it));
    let mut effect = UnknownEffect {
        reason,
        names: scan.targets,
        creates_anything: scan.creates_unnamed,
        changes_anything: scan.changes_unnamed && reads_catalogs,
        takes_names: scan.changes_unnamed,
    };
    if scan.changes_unnamed && !reads_catalogs {
        effect.names = scan.mentioned;
    }
    Some(effect)
}

fn is_system_name(name: &str) -> bool {
    name.starts_with("pg_") || name == "information_schema"
}

/// The identifiers in a text and in the strings in it, each once.
pub(super) fn mentioned(text: &str) -> Vec<Name> {
    let mut scan = Scan::default();
    scan.read(text, 0);
    scan.mentioned
}

#[derive(Default)]
struct Scan {
    words: Vec<Name>,
    /// What DDL names itself.
    targets: Vec<Name>,
    /// Every identifier.
    mentioned: Vec<Name>,
    creates_unnamed: bool,
    changes_unnamed: bool,
}

/// Strings in strings in strings are as deep as anybody writes.
const DEPTH: u32 = 4;

impl Scan {
    fn read(&mut self, text: &str, depth: u32) {
        let tokens = lex(text, ParseOptions::default());
        let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
        let mut harmless_to = TextSize::new(0);
        for (at, token) in tokens.iter().enumerate() {
            if token.start() < harmless_to {
                continue;
            }
            if token.is_word(text, "execute")
                && let Some(end) = end_of_harmless(&tokens[at..], text)
            {
                harmless_to = end;
                continue;
            }
            if let Some(found) = name::identifier(*token, text) {
                if let Some(ddl) = ddl(&tokens[at..], text) {
                    push_once(&mut self.words, &found);
                    self.add(ddl, &found);
                }
                if !(token.kind == TokenKind::Word && is_structure(&found)) {
                    push_once(&mut self.mentioned, &found);
                }
            } else if token.is_string() && depth < DEPTH {
                let content = string_content(token.text(text));
                // `quote_ident('Role')` keeps the case that the SQL in a string loses.
                let is_name = |it: char| it.is_alphanumeric() || it == '_';
                if content.chars().any(char::is_uppercase) && content.chars().all(is_name) {
                    push_once(&mut self.mentioned, &content);
                }
                self.read(&content, depth + 1);
            }
        }
    }

    fn add(&mut self, ddl: Ddl, verb: &str) {
        match ddl.target {
            Some(target) => push_once(&mut self.targets, &target),
            // A new index changes the table that it is on.
            // A schema of an unknown name is nobody else's: what is in it is told apart.
            None if verb == "create" && ddl.is_schema => {}
            None if verb == "create" && !ddl.is_index => self.creates_unnamed = true,
            None => self.changes_unnamed = true,
        }
        for also in ddl.also {
            push_once(&mut self.targets, &also);
        }
    }
}

/// The end of an `EXECUTE` of an `ALTER TABLE` that changes nothing that the catalog
/// keeps, whatever its table: `'ALTER TABLE ' || name || ' DISABLE TRIGGER ALL'`.
fn end_of_harmless(tokens: &[Token], text: &str) -> Option<TextSize> {
    let statement = tokens
        .iter()
        .take_while(|it| it.kind != TokenKind::Semicolon);
    let mut words = Vec::new();
    let mut end = None;
    for token in statement {
        end = Some(token.end());
        if token.is_string() {
            let content = string_content(token.text(text)).to_ascii_lowercase();
            let pieces = content.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.extend(pieces.filter(|it| !it.is_empty()).map(str::to_owned));
        }
    }
    let holds = |word: &str| words.iter().any(|it| it == word);
    let begins = words.first().is_some_and(|it| it == "alter") && holds("table");
    let is_harmless =
        (holds("enable") || holds("disable")) && holds("trigger") || holds("owner") && holds("to");
    let harms = [
        "add", "alter", "attach", "column", "detach", "drop", "rename", "row", "schema",
    ];
    let harms = words.iter().skip(1).any(|it| harms.contains(&it.as_str()));
    end.filter(|_| begins && is_harmless && !harms)
}

/// Words that make up statements: nobody calls a table so.
fn is_structure(word: &str) -> bool {
    matches!(
        word,
        "add"
            | "all"
            | "alter"
            | "and"
            | "as"
            | "begin"
            | "by"
            | "case"
            | "check"
            | "column"
            | "constraint"
            | "create"
            | "declare"
            | "default"
            | "do"
            | "drop"
            | "else"
            | "elsif"
            | "end"
            | "exception"
            | "execute"
            | "exists"
            | "for"
            | "foreach"
            | "foreign"
            | "format"
            | "from"
            | "if"
            | "in"
            | "index"
            | "into"
            | "is"
            | "key"
            | "language"
            | "loop"
            | "not"
            | "null"
            | "on"
            | "or"
            | "perform"
            | "plpgsql"
            | "primary"
            | "raise"
            | "references"
            | "return"
            | "select"
            | "set"
            | "table"
            | "then"
            | "to"
            | "unique"
            | "using"
            | "when"
            | "where"
            | "while"
    )
}

fn push_once(list: &mut Vec<Name>, name: &str) {
    if !list.iter().any(|it| it == name) {
        list.push(name.into());
    }
}

/// The beginning of a statement that changes the schema.
struct Ddl {
    /// The object; for an index that is made its table. `None` when the text ends
    /// or is put together there.
    target: Option<String>,
    /// Further objects of the list.
    also: Vec<String>,
    is_index: bool,
    is_schema: bool,
}

/// Whether tokens begin a statement that changes tables, columns, constraints,
/// indexes, types, sequences, views or schemas that outlive the session.
fn ddl(tokens: &[Token], text: &str) -> Option<Ddl> {
    let word = |at: usize| {
        let token = tokens.get(at).filter(|it| it.kind == TokenKind::Word);
        token.map_or(String::new(), |it| it.text(text).to_ascii_lowercase())
    };
    let verb = word(0);
    if !matches!(verb.as_str(), "create" | "alter" | "drop") {
        return None;
    }
    let mut at = 1;
    while matches!(
        word(at).as_str(),
        "or" | "replace" | "unique" | "unlogged" | "materialized" | "foreign"
    ) {
        at += 1;
    }
    let object = word(at);
    if tokens.len() == 1 {
        // `'ALTER ' || kind || ...`: the object is put together as well.
        return Some(Ddl {
            target: None,
            also: Vec::new(),
            is_index: false,
            is_schema: false,
        });
    }
    if !matches!(
        object.as_str(),
        "table" | "index" | "type" | "schema" | "sequence" | "view" | "domain"
    ) {
        return None;
    }
    at += 1;
    let is_index = object == "index" && verb == "create";
    if is_index {
        while at < tokens.len() && word(at) != "on" {
            at += 1;
        }
        at += 1;
    }
    while matches!(
        word(at).as_str(),
        "if" | "not" | "exists" | "only" | "concurrently"
    ) {
        at += 1;
    }
    let (target, mut at) = qualified_name(tokens, at, text);
    let mut also = Vec::new();
    while verb == "drop" && tokens.get(at).is_some_and(|it| it.kind == TokenKind::Comma) {
        let (next, behind) = qualified_name(tokens, at + 1, text);
        also.extend(next);
        at = behind;
    }
    Some(Ddl {
        target,
        also,
        is_index,
        is_schema: object == "schema",
    })
}

/// The last part of a name, and the place behind it. `None` when a part is missing
/// or something is joined to it.
fn qualified_name(tokens: &[Token], mut at: usize, text: &str) -> (Option<String>, usize) {
    loop {
        let Some(part) = tokens.get(at).and_then(|it| name::identifier(*it, text)) else {
            return (None, at);
        };
        at += 1;
        match tokens.get(at) {
            Some(dot) if dot.kind == TokenKind::Dot => at += 1,
            Some(next) if is_joined(tokens[at - 1], *next, text) => return (None, at),
            _ => return (Some(part), at),
        }
    }
}

/// Whether a name goes on in a placeholder: `part_%s`, `part_$1`.
fn is_joined(name: Token, next: Token, text: &str) -> bool {
    name.end() == next.start() && matches!(next.text(text).as_bytes().first(), Some(b'%' | b'$'))
}

/// The text inside a string literal, doubled quotes taken apart.
pub(super) fn string_content(literal: &str) -> String {
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
    fn check(body: &str, expected: Option<(&[&str], bool, bool)>) {
        let effect = effect(body, UnknownReason::DynamicSql);
        assert_eq!(ddl_words(body).is_empty(), expected.is_none());
        let Some((names, creates_anything, changes_anything)) = expected else {
            return assert_eq!(effect, None);
        };
        let expected = UnknownEffect {
            reason: UnknownReason::DynamicSql,
            names: names.iter().map(Name::new).collect(),
            creates_anything,
            changes_anything,
            takes_names: changes_anything || names.contains(&"int"),
        };
        assert_eq!(effect, Some(expected));
    }

    #[test]
    fn code_without_ddl_has_no_effect() {
        check("BEGIN UPDATE t SET a = 1; END", None);
        check("BEGIN EXECUTE 'UPDATE ' || t || ' SET a = 1'; END", None);
        check("BEGIN CREATE TEMP TABLE t (a int); END", None);
        check(
            "BEGIN EXECUTE format('GRANT SELECT ON %I TO x', t); END",
            None,
        );
        check("BEGIN CREATE POLICY p ON t; CREATE TRIGGER x; END", None);
    }

    #[test]
    fn ddl_touches_what_it_names() {
        check(
            "BEGIN ALTER TABLE s.t ADD a int; END",
            Some((&["t"], false, false)),
        );
        check(
            "EXECUTE 'DROP INDEX CONCURRENTLY i, j'",
            Some((&["i", "j"], false, false)),
        );
        check(
            "EXECUTE 'CREATE VIEW v AS ' || query",
            Some((&["v"], false, false)),
        );
        check("CREATE INDEX ON t (a)", Some((&["t"], false, false)));
    }

    #[test]
    fn triggers_and_owners_are_not_kept() {
        check(
            "FOR r IN SELECT * FROM information_schema.triggers LOOP EXECUTE 'ALTER TABLE ' || quote_ident(r.t) || ' DISABLE TRIGGER ' || r.n; END LOOP",
            None,
        );
        check("EXECUTE format('ALTER TABLE %I OWNER TO %I', t, o)", None);
        check(
            "EXECUTE 'ALTER TABLE ' || t || ' DISABLE TRIGGER x, ADD COLUMN a int'",
            Some((&["t", "disable", "trigger", "x", "a", "int"], false, false)),
        );
    }

    #[test]
    fn names_made_at_run_time_may_be_any() {
        check(
            "EXECUTE $x$CREATE TABLE $x$ || t || ' (a int)'",
            Some((&[], true, false)),
        );
        check(
            "EXECUTE format('CREATE TABLE part_%s (a int)', i)",
            Some((&[], true, false)),
        );
        check(
            "FOR t IN SELECT relname FROM pg_class LOOP EXECUTE 'DROP TABLE ' || t",
            Some((&[], false, true)),
        );
    }

    #[test]
    fn names_that_the_code_holds_are_all_it_can_touch() {
        check(
            "EXECUTE format('ALTER TABLE %I ADD a int', 'users')",
            Some((&["i", "a", "int", "users"], false, false)),
        );
        check(
            "EXECUTE format('ALTER TABLE %I ADD a int', 'Users')",
            Some((&["i", "a", "int", "Users", "users"], false, false)),
        );
    }
}
