//! Whether a text is SQL of another database than PostgreSQL.
//!
//! Only what PostgreSQL has no use for counts, and only outside of strings and
//! comments: a file of PostgreSQL that is taken for another's would not be
//! linted. So no answer does not mean that the text is PostgreSQL's.

mod own;

pub use own::is_of_postgresql;

use crate::lexer::Lexer;
use crate::mask::precedes_name;
use crate::parse::ParseOptions;
use crate::placeholder::ends_no_operand;
use crate::token::{Token, TokenKind};

/// A database whose SQL is not PostgreSQL's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// MySQL or MariaDB.
    MySql,
    /// SQLite.
    Sqlite,
    /// Microsoft SQL Server.
    SqlServer,
    /// Oracle Database.
    Oracle,
    /// ClickHouse.
    ClickHouse,
}

impl Dialect {
    /// The product's name.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::MySql => "MySQL",
            Dialect::Sqlite => "SQLite",
            Dialect::SqlServer => "SQL Server",
            Dialect::Oracle => "Oracle",
            Dialect::ClickHouse => "ClickHouse",
        }
    }
}

/// How many bytes of a text are looked at.
const LOOKED_AT: usize = 1 << 20;

/// The database that the first strong evidence in `text` speaks of. `None` when
/// there is none: the text is PostgreSQL's, or says nothing either way.
pub fn dialect_evidence(text: &str) -> Option<Dialect> {
    let text = looked_at(text);
    let mut window = Window::new(text);
    for token in Lexer::new(text, 0, ParseOptions::default()) {
        let spelling = token.text(text);
        if token.kind == TokenKind::BlockComment && is_mysql_comment(spelling) {
            return Some(Dialect::MySql);
        }
        if !token.is_trivia() {
            window.push(token);
            if let Some(dialect) = window.evidence() {
                return Some(dialect);
            }
        }
    }
    // What needs to be followed by something may stand at the end.
    (0..3).find_map(|_| {
        window.end();
        window.evidence()
    })
}

/// The database that `text` hints at: by what PostgreSQL refuses, but people also
/// write by mistake. It needs something beside it that says the same.
pub fn dialect_hint(text: &str) -> Option<Dialect> {
    let text = looked_at(text);
    let mut window = Window::new(text);
    let tokens = Lexer::new(text, 0, ParseOptions::default());
    for token in tokens.filter(|token| !token.is_trivia()) {
        window.push(token);
        if let Some(dialect) = window.hint() {
            return Some(dialect);
        }
    }
    (0..3).find_map(|_| {
        window.end();
        window.hint()
    })
}

fn looked_at(text: &str) -> &str {
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// `/*!40101 SET NAMES utf8 */`
fn is_mysql_comment(comment: &str) -> bool {
    let content = comment.strip_prefix("/*!");
    content.is_some_and(|content| content.starts_with(|c: char| c.is_ascii_digit()))
}

/// Six tokens that follow each other; the third is the one in question.
struct Window<'t> {
    text: &'t str,
    tokens: [Option<Token>; 6],
    /// What the statement of the token in question makes.
    makes: Makes,
}

/// What a statement makes, as far as its first words tell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Makes {
    /// Nothing was read of it but `CREATE` and the words that may follow.
    Unknown,
    Table,
    Trigger,
    Else,
}

const AT: usize = 2;

/// The bytes of the longest word that is evidence: `simpleaggregatefunction`.
const LONGEST_WORD: usize = 23;

/// ClickHouse's types and codecs, which take arguments.
const CLICKHOUSE: [&str; 8] = [
    "aggregatefunction",
    "codec",
    "datetime64",
    "enum8",
    "fixedstring",
    "lowcardinality",
    "nullable",
    "simpleaggregatefunction",
];

/// The words between `CREATE` and the kind of what is made, in any dialect.
const BEFORE_KIND: [&str; 8] = [
    "create",
    "definer",
    "global",
    "local",
    "or",
    "replace",
    "temp",
    "temporary",
];

impl<'t> Window<'t> {
    fn new(text: &'t str) -> Window<'t> {
        Window {
            text,
            tokens: [None; 6],
            makes: Makes::Unknown,
        }
    }

    fn push(&mut self, token: Token) {
        self.move_on(Some(token));
    }

    fn end(&mut self) {
        self.move_on(None);
    }

    fn move_on(&mut self, token: Option<Token>) {
        if self.kind(AT) == Some(TokenKind::Semicolon) {
            self.makes = Makes::Unknown;
        }
        self.tokens.rotate_left(1);
        self.tokens[5] = token;
        if self.makes == Makes::Unknown && self.kind(AT).is_some() {
            self.makes = match () {
                () if self.is_word(AT, &["table"]) => Makes::Table,
                () if self.is_word(AT, &["trigger"]) => Makes::Trigger,
                () if self.is_word(AT, &BEFORE_KIND) => Makes::Unknown,
                () => Makes::Else,
            };
        }
    }

    fn hint(&self) -> Option<Dialect> {
        let token = self.tokens[AT]?;
        if token.kind == TokenKind::Operator {
            // `# a comment`
            let is_comment = token.text(self.text) == "#" && self.starts_line();
            return is_comment.then_some(Dialect::MySql);
        }
        let starts = matches!(self.kind(AT - 1), None | Some(TokenKind::Semicolon));
        let next_is = |words: &[&str]| self.is_word(AT + 1, words);
        let is = |word: &str| token.is_word(self.text, word);
        // `ALTER TABLE t MODIFY c int`: the table's name stands between.
        let alters =
            self.is_word(AT - 2, &["table"]) && [AT - 1, AT + 1].iter().all(|at| self.is_name(*at));
        let is_mysql = starts
            && (is("optimize") && next_is(&["table"])
                || is("replace") && next_is(&["into"])
                || is("rename") && next_is(&["table"])
                || is("lock") && next_is(&["tables"])
                || is("insert") && next_is(&["ignore"])
                || is("use") && self.kind(AT + 2) == Some(TokenKind::Semicolon))
            || is("database") && next_is(&["if"]) && self.is_word(AT - 1, &["create"])
            || (is("modify") || is("change")) && alters;
        if is_mysql {
            return Some(Dialect::MySql);
        }
        let is_sqlite = is("insert") && next_is(&["or"])
            || is("begin") && next_is(&["immediate", "exclusive", "deferred"]);
        (starts && is_sqlite).then_some(Dialect::Sqlite)
    }

    fn evidence(&self) -> Option<Dialect> {
        let token = self.tokens[AT]?;
        match token.kind {
            TokenKind::Word => self.word(),
            TokenKind::Operator => self.operator(token),
            TokenKind::LeftBracket => {
                // `[dbo].[t]`
                let is = |at: usize, kind| self.kind(at) == Some(kind);
                let is_name = is(AT + 1, TokenKind::Word)
                    && is(AT + 2, TokenKind::RightBracket)
                    && (is(AT + 3, TokenKind::Dot)
                        || self.is_word(AT - 1, &["table", "from", "into"]));
                is_name.then_some(Dialect::SqlServer)
            }
            _ => None,
        }
    }

    fn operator(&self, token: Token) -> Option<Dialect> {
        let spelling = token.text(self.text);
        // `name`
        let is_quote = spelling.ends_with('`')
            && self.touches(AT + 1)
            && self.touches(AT + 2)
            && self.kind(AT + 1) == Some(TokenKind::Word)
            && self.spelling(AT + 2).starts_with('`');
        if is_quote {
            return Some(Dialect::MySql);
        }
        // A line that says `/` runs what stands before it.
        let runs =
            spelling == "/" && self.has_line() && self.kind(AT - 1) == Some(TokenKind::Semicolon);
        runs.then_some(Dialect::Oracle)
    }

    fn word(&self) -> Option<Dialect> {
        let mut lowered = [0; LONGEST_WORD];
        let spelling = self.spelling(AT).as_bytes();
        let word = lowered.get_mut(..spelling.len())?;
        word.copy_from_slice(spelling);
        word.make_ascii_lowercase();
        let word = std::str::from_utf8(word).ok()?;
        let is_call = self.kind(AT + 1) == Some(TokenKind::LeftParen);
        let starts = matches!(self.kind(AT - 1), None | Some(TokenKind::Semicolon));
        let after_name = self.is_name(AT - 1) || self.kind(AT - 1) == Some(TokenKind::RightBracket);
        Some(match word {
            "auto_increment" if after_name || self.kind(AT - 1) == Some(TokenKind::RightParen) => {
                Dialect::MySql
            }
            "engine" => return self.engine(),
            "delimiter" if self.starts_line() => return self.delimiter(),
            "unsigned" if self.is_word(AT - 1, &INTEGERS) || self.ends_integer() => Dialect::MySql,
            "mediumtext" | "longtext" | "mediumint" if after_name => Dialect::MySql,
            // `DEFAULT x ON UPDATE CURRENT_TIMESTAMP`
            "current_timestamp"
                if self.is_word(AT - 1, &["update"]) && self.is_word(AT - 2, &["on"]) =>
            {
                Dialect::MySql
            }
            "datetime" | "tinyint"
                if is_call && after_name && self.kind(AT + 2) == Some(TokenKind::Number) =>
            {
                Dialect::MySql
            }
            "utf8mb4" => Dialect::MySql,
            "begin" if self.makes == Makes::Trigger => return self.trigger_body(),
            "raise" if is_call && self.is_word(AT + 2, &RAISES) => Dialect::Sqlite,
            "strict" if self.makes == Makes::Table && self.ends_table() => Dialect::Sqlite,
            "strftime" | "datetime" if is_call && self.is_default() => Dialect::Sqlite,
            "virtual" if self.is_word(AT - 1, &["create"]) && self.is_word(AT + 1, &["table"]) => {
                Dialect::Sqlite
            }
            "autoincrement" if self.is_word(AT - 1, &["key", "asc", "desc"]) => Dialect::Sqlite,
            "pragma" if starts && self.kind(AT + 1) == Some(TokenKind::Word) => Dialect::Sqlite,
            "rowid" if self.is_word(AT - 1, &["without"]) => Dialect::Sqlite,
            "go" if self.has_line() && !starts => Dialect::SqlServer,
            "nvarchar" if is_call && after_name => Dialect::SqlServer,
            "identity"
                if is_call
                    && self.kind(AT + 2) == Some(TokenKind::Number)
                    && self.kind(AT + 3) == Some(TokenKind::Comma) =>
            {
                Dialect::SqlServer
            }
            "varchar2" | "nvarchar2" if is_call && after_name => Dialect::Oracle,
            word if is_call && self.is_type() && CLICKHOUSE.contains(&word) => Dialect::ClickHouse,
            "uint32" | "uint64" if after_name => Dialect::ClickHouse,
            "granularity" if self.kind(AT + 1) == Some(TokenKind::Number) => Dialect::ClickHouse,
            // `ON CLUSTER '{cluster}'`
            "cluster"
                if self.is_word(AT - 1, &["on"])
                    && self.kind(AT + 1) == Some(TokenKind::String) =>
            {
                Dialect::ClickHouse
            }
            _ => return None,
        })
    }

    /// `ENGINE=InnoDB`, `ENGINE = MergeTree()`
    fn engine(&self) -> Option<Dialect> {
        const MYSQL: [&str; 6] = ["innodb", "myisam", "memory", "heap", "aria", "ndbcluster"];
        let name = if self.spelling(AT + 1) == "=" {
            AT + 2
        } else {
            AT + 1
        };
        let spelling = self.spelling(name).to_ascii_lowercase();
        if self.is_word(name, &MYSQL) {
            Some(Dialect::MySql)
        } else {
            spelling
                .ends_with("mergetree")
                .then_some(Dialect::ClickHouse)
        }
    }

    /// Whether a name stands before the word, and none of those that an expression
    /// or another name follows.
    fn is_type(&self) -> bool {
        let is_other = |it: Token| ends_no_operand(self.text, it) || precedes_name(self.text, it);
        self.is_name(AT - 1) && !self.tokens[AT - 1].is_some_and(is_other)
    }

    /// `CREATE TRIGGER ... BEGIN`: PostgreSQL has no triggers with bodies.
    fn trigger_body(&self) -> Option<Dialect> {
        let is_name = self.kind(AT - 1) == Some(TokenKind::Dot)
            || self.is_word(AT - 1, &["function", "on", "procedure", "trigger"]);
        let dialect = match self.is_word(AT - 1, &["as"]) {
            true => Dialect::SqlServer,
            false => Dialect::Sqlite,
        };
        (!is_name).then_some(dialect)
    }

    /// `CREATE TABLE t (...) STRICT;`
    fn ends_table(&self) -> bool {
        let before = self.kind(AT - 1);
        let after = self.kind(AT + 1);
        matches!(before, Some(TokenKind::RightParen | TokenKind::Comma))
            && matches!(after, None | Some(TokenKind::Semicolon | TokenKind::Comma))
    }

    /// `DEFAULT (datetime('now'))`
    fn is_default(&self) -> bool {
        self.kind(AT - 1) == Some(TokenKind::LeftParen)
            && self.is_word(AT - 2, &["default"])
            && self.kind(AT + 2) == Some(TokenKind::String)
    }

    /// `DELIMITER //`, `DELIMITER $$`
    fn delimiter(&self) -> Option<Dialect> {
        let sign = matches!(
            self.kind(AT + 1)?,
            TokenKind::Operator
                | TokenKind::DollarString
                | TokenKind::Semicolon
                | TokenKind::Unknown
        );
        sign.then_some(Dialect::MySql)
    }

    /// Whether `int(11)` stands before the word in question, as far as seen.
    fn ends_integer(&self) -> bool {
        self.kind(AT - 1) == Some(TokenKind::RightParen)
            && self.kind(AT - 2) == Some(TokenKind::Number)
    }

    fn kind(&self, at: usize) -> Option<TokenKind> {
        self.tokens[at].map(|token| token.kind)
    }

    fn is_name(&self, at: usize) -> bool {
        let kind = self.kind(at);
        matches!(kind, Some(TokenKind::Word | TokenKind::QuotedIdentifier))
    }

    fn spelling(&self, at: usize) -> &str {
        self.tokens[at].map_or("", |token| token.text(self.text))
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        let token = self.tokens[at];
        token.is_some_and(|token| words.iter().any(|word| token.is_word(self.text, word)))
    }

    /// Whether nothing stands between a token and the one before.
    fn touches(&self, at: usize) -> bool {
        match (self.tokens[at - 1], self.tokens[at]) {
            (Some(before), Some(token)) => before.end() == token.start(),
            _ => false,
        }
    }

    fn starts_line(&self) -> bool {
        let before = self.tokens[AT - 1].map_or(0, |token| usize::from(token.end()));
        let start = self.tokens[AT].map_or(0, |token| usize::from(token.start()));
        before == 0 || self.text[before..start].contains('\n')
    }

    /// Whether the token has a line for itself.
    fn has_line(&self) -> bool {
        let end = self.tokens[AT].map_or(0, |token| usize::from(token.end()));
        let rest = self.text[end..].trim_start_matches([' ', '\t', '\r']);
        self.starts_line() && (rest.is_empty() || rest.starts_with('\n'))
    }
}

/// What SQLite's `RAISE()` does.
const RAISES: [&str; 4] = ["abort", "fail", "ignore", "rollback"];

const INTEGERS: [&str; 6] = [
    "int",
    "integer",
    "tinyint",
    "smallint",
    "mediumint",
    "bigint",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: Option<Dialect>, texts: &[&str]) {
        for text in texts {
            assert_eq!(dialect_evidence(text), expected, "{text}");
        }
    }

    #[test]
    fn mysql() {
        check(
            Some(Dialect::MySql),
            &[
                "CREATE TABLE `t` (a int)",
                "CREATE TABLE t (id int(11) NOT NULL AUTO_INCREMENT)",
                "CREATE TABLE t (a int) ENGINE=InnoDB DEFAULT CHARSET=utf8;",
                "CREATE TABLE t (a int unsigned)",
                "CREATE TABLE t (a int(10) unsigned)",
                "DELIMITER //\nCREATE PROCEDURE p() BEGIN END //",
                "DROP TABLE t;\nDELIMITER $$\n",
                "/*!40101 SET NAMES utf8 */;",
                "CREATE TABLE t (a longtext)",
                "CREATE TABLE t (a timestamp DEFAULT now() ON UPDATE CURRENT_TIMESTAMP)",
                "CREATE TABLE t (a TINYINT(1), b int)",
                "CREATE TABLE t (a DATETIME(3) NOT NULL)",
                "SET NAMES utf8mb4;",
            ],
        );
    }

    #[test]
    fn others() {
        check(
            Some(Dialect::Sqlite),
            &[
                "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
                "PRAGMA foreign_keys = ON;",
                "CREATE TABLE t (a int PRIMARY KEY) WITHOUT ROWID",
                "CREATE TABLE t (a text) STRICT",
                "CREATE TABLE t (a text DEFAULT (datetime('now')))",
                "CREATE TABLE t (a text DEFAULT (strftime('%Y', 'now')))",
                "CREATE VIRTUAL TABLE t USING fts5(a);",
                "CREATE TEMP TRIGGER x AFTER UPDATE ON t BEGIN DELETE FROM u; END;",
                "CREATE TRIGGER IF NOT EXISTS x BEFORE DELETE ON t\nBEGIN\nSELECT 1; END",
                "SELECT RAISE(ABORT, 'no');",
            ],
        );
        check(
            Some(Dialect::SqlServer),
            &["CREATE TRIGGER x ON t AFTER INSERT AS BEGIN SELECT 1 END"],
        );
        check(
            Some(Dialect::SqlServer),
            &[
                "CREATE TABLE [dbo].[t] (a int)",
                "SELECT 1 FROM [t]",
                "SELECT 1\nGO\nSELECT 2",
                "SELECT 1\r\ngo\r\n",
                "CREATE TABLE t (a nvarchar(10))",
                "CREATE TABLE t (a int IDENTITY(1,1))",
            ],
        );
        check(
            Some(Dialect::Oracle),
            &["CREATE TABLE t (a VARCHAR2(10))", "BEGIN NULL; END;\n/\n"],
        );
        check(
            Some(Dialect::ClickHouse),
            &[
                "CREATE TABLE t (a Int) ENGINE = ReplacingMergeTree(v) ORDER BY a",
                "CREATE TABLE t (a LowCardinality(String))",
                "ALTER TABLE t ADD COLUMN a Nullable(String)",
                "ALTER TABLE t ADD COLUMN a UInt64",
                "ALTER TABLE t ADD COLUMN a Float64 CODEC(Gorilla)",
                "ALTER TABLE t ON CLUSTER 'c' ADD COLUMN a String",
                "ALTER TABLE t ADD INDEX i a TYPE bloom_filter GRANULARITY 4",
            ],
        );
    }

    #[test]
    fn hints() {
        let mysql = [
            "OPTIMIZE TABLE t;",
            "SELECT 1;\nREPLACE INTO t VALUES (1)",
            "INSERT IGNORE INTO t VALUES (1)",
            "USE shop;",
            "CREATE DATABASE IF NOT EXISTS shop;",
            "ALTER TABLE t MODIFY a int NOT NULL",
            "# a comment\nSELECT 1;",
        ];
        for text in mysql {
            assert_eq!(dialect_hint(text), Some(Dialect::MySql), "{text}");
        }
        let sqlite = ["INSERT OR IGNORE INTO t VALUES (1)", "BEGIN IMMEDIATE;"];
        for text in sqlite {
            assert_eq!(dialect_hint(text), Some(Dialect::Sqlite), "{text}");
        }
        let neither = [
            "SELECT a # b, '# c' FROM t",
            "LOCK TABLE t; BEGIN; DROP DATABASE IF EXISTS shop;",
            "SELECT replace(a, b, c) FROM change; INSERT INTO ignore VALUES (1)",
            "ALTER TABLE t ADD modify int",
        ];
        for text in neither {
            assert_eq!(dialect_hint(text), None, "{text}");
        }
    }

    #[test]
    fn postgresql_and_what_says_nothing() {
        check(
            None,
            &[
                "",
                "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START 1))",
                "SELECT '`a`', $$ENGINE=InnoDB$$ -- AUTO_INCREMENT\n/* PRAGMA x */",
                "COPY t FROM stdin\nDELIMITER ',';",
                "SELECT a[b], ARRAY[c] FROM t",
                "SELECT unsigned, engine, pragma, auto_increment FROM t",
                "SELECT 10\n/\n2",
                "CREATE TABLE t (engine text, delimiter text)",
                "# a comment of who knows whom",
                "CREATE TRIGGER begin AFTER INSERT ON begin EXECUTE FUNCTION f(); BEGIN; END;",
                "CREATE TRIGGER x AFTER INSERT ON s.begin EXECUTE FUNCTION s.begin();",
                "ALTER FUNCTION f(a int) STRICT;\nCREATE TABLE t (strict int, b datetime);",
                "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT 1; END;",
                "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u ON UPDATE CASCADE;",
                "SELECT codec(a), nullable FROM t JOIN u ON cluster = 'a' WHERE granularity = 4;",
                "CREATE TRIGGER x AFTER INSERT ON cluster EXECUTE FUNCTION nullable();",
                "SELECT datetime(a), strftime('%Y', b), raise(c), virtual FROM t;",
            ],
        );
    }
}
