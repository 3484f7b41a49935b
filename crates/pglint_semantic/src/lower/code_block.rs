//! PL/pgSQL code of a `DO` block or a function, as far as DDL and calls in it can be
//! followed.
//!
//! A statement is followed when it surely runs, or when its only condition asks
//! whether something exists: `IF NOT EXISTS (SELECT ... FROM pg_type ...) THEN
//! CREATE TYPE ...` leaves the type there in any case. Handlers of exceptions are
//! left out: they run only when something else did not.

use pglint_syntax::{ParseOptions, Token, TokenKind, lex};
use pglint_text::{TextRange, TextSize};

/// A DDL statement or a call of a block: what begins with `PERFORM` is a `SELECT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Embedded {
    /// Half-open bytes of the block's text; the inside of the string for
    /// `EXECUTE '...'`.
    pub(super) range: TextRange,
    /// Whether it can be followed.
    pub(super) is_sure: bool,
}

/// The DDL statements and calls of a block, and the ranges of its exception handlers.
pub(super) fn read(body: &str) -> (Vec<Embedded>, Vec<TextRange>) {
    let tokens = lex(body, ParseOptions::default());
    let tokens = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    let mut reader = Reader {
        body,
        tokens,
        at: 0,
        frames: Vec::new(),
        doubtful: Vec::new(),
        found: Vec::new(),
        handlers: Vec::new(),
    };
    while reader.at < reader.tokens.len() {
        reader.statement();
    }
    reader.finish()
}

enum Frame {
    /// `BEGIN ... END`, and where its handlers begin.
    Block(Option<TextSize>),
    /// `IF`, by its place in `doubtful`.
    If(usize),
    /// `LOOP` or `CASE`: what is inside may run or not.
    Other,
}

struct Reader<'t> {
    body: &'t str,
    tokens: Vec<Token>,
    at: usize,
    frames: Vec<Frame>,
    /// For every `IF`, whether its branches may be skipped for other reasons than
    /// that something exists.
    doubtful: Vec<bool>,
    /// A statement, the `IF`s around it, and whether it is in a loop.
    found: Vec<(TextRange, Vec<usize>, bool)>,
    handlers: Vec<TextRange>,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> String {
        let token = self.tokens.get(at).filter(|it| it.kind == TokenKind::Word);
        token.map_or(String::new(), |it| it.text(self.body).to_ascii_lowercase())
    }

    /// Goes to the next such word, or to the end; always at least one token on.
    fn skip_before_word(&mut self, word: &str) {
        self.at += 1;
        while self.at < self.tokens.len() && self.word(self.at) != word {
            self.at += 1;
        }
    }

    /// Goes behind the next such word outside of parentheses.
    fn skip_to_word(&mut self, word: &str) {
        let mut depth = 0i32;
        while let Some(token) = self.tokens.get(self.at) {
            match token.kind {
                TokenKind::LeftParen => depth += 1,
                TokenKind::RightParen => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth <= 0 && token.is_word(self.body, word) {
                return;
            }
        }
    }

    /// Goes behind the next semicolon.
    fn skip_statement(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            if token.kind == TokenKind::Semicolon {
                return;
            }
        }
    }

    fn statement(&mut self) {
        match self.word(self.at).as_str() {
            "begin" => {
                self.at += 1;
                self.frames.push(Frame::Block(None));
            }
            "declare" => self.skip_before_word("begin"),
            "if" => self.begin_if(),
            "elsif" | "elseif" | "else" => self.other_branch(),
            "when" => self.skip_to_word("then"),
            "loop" | "for" | "foreach" | "while" => {
                self.skip_to_word("loop");
                self.frames.push(Frame::Other);
            }
            "case" => {
                self.skip_before_word("when");
                self.frames.push(Frame::Other);
            }
            "exception" => {
                let start = self.tokens[self.at].start();
                self.at += 1;
                if let Some(Frame::Block(handlers)) = self.frames.last_mut() {
                    *handlers = Some(start);
                }
            }
            "end" => self.end(),
            "create" | "alter" | "drop" | "comment" | "perform" | "call" => self.add_statement(),
            "execute" => self.execute(),
            _ => self.skip_statement(),
        }
    }

    fn begin_if(&mut self) {
        let start = self.at;
        self.skip_to_word("then");
        let asks_existence = (start..self.at).any(|at| {
            let word = self.word(at);
            matches!(
                word.as_str(),
                "exists" | "found" | "to_regclass" | "to_regtype"
            ) || word.starts_with("pg_")
                || word == "information_schema"
        });
        self.frames.push(Frame::If(self.doubtful.len()));
        self.doubtful.push(!asks_existence);
    }

    fn other_branch(&mut self) {
        if let Some(Frame::If(at)) = self.frames.last() {
            self.doubtful[*at] = true;
        }
        if self.word(self.at) == "else" {
            self.at += 1;
        } else {
            self.skip_to_word("then");
        }
    }

    fn end(&mut self) {
        let end = self.tokens[self.at].start();
        if let Some(Frame::Block(Some(start))) = self.frames.pop() {
            self.handlers.push(TextRange::new(start, end.max(start)));
        }
        self.skip_statement();
    }

    fn add_statement(&mut self) {
        let start = self.tokens[self.at].start();
        self.skip_statement();
        let last = self.tokens[..self.at].last();
        let end = match last.filter(|it| it.kind == TokenKind::Semicolon) {
            Some(semicolon) => semicolon.start(),
            None => last.map_or(start, |it| it.end()),
        };
        self.add(TextRange::new(start, end));
    }

    /// `EXECUTE 'constant'`; anything else is put together at run time.
    fn execute(&mut self) {
        let string = self.tokens.get(self.at + 1).copied();
        let after = self.tokens.get(self.at + 2).map(|it| it.kind);
        let ends = matches!(after, None | Some(TokenKind::Semicolon));
        self.skip_statement();
        if let Some(inside) = string.filter(|_| ends).and_then(|it| inside(it, self.body)) {
            self.add(inside);
        }
    }

    fn add(&mut self, range: TextRange) {
        let ifs = self.frames.iter().filter_map(|frame| match frame {
            Frame::If(at) => Some(*at),
            _ => None,
        });
        let in_loop = self.frames.iter().any(|it| matches!(it, Frame::Other));
        self.found.push((range, ifs.collect(), in_loop));
    }

    fn finish(self) -> (Vec<Embedded>, Vec<TextRange>) {
        let in_handler = |range: TextRange| self.handlers.iter().any(|it| it.contains_range(range));
        let embedded = self
            .found
            .iter()
            .filter(|(range, ..)| !in_handler(*range))
            .map(|(range, ifs, in_loop)| Embedded {
                range: *range,
                is_sure: !in_loop && !ifs.iter().any(|at| self.doubtful[*at]),
            })
            .collect();
        (embedded, self.handlers)
    }
}

/// The bytes inside a string literal. `None` for one with escapes.
pub(super) fn inside(token: Token, text: &str) -> Option<TextRange> {
    let written = token.text(text);
    let length = match token.kind {
        TokenKind::String if !written[1..].trim_end_matches('\'').contains('\'') => 1,
        TokenKind::DollarString => written[1..].find('$')? + 2,
        _ => return None,
    };
    let length = TextSize::try_from(length).ok()?;
    if token.is_unterminated() || token.range().len() < length + length {
        return None;
    }
    Some(TextRange::new(token.start() + length, token.end() - length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[(&str, bool)]) {
        let (found, _) = read(body);
        let found: Vec<_> = found
            .iter()
            .map(|it| (&body[it.range], it.is_sure))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn statements_that_run_in_any_case_are_sure() {
        check(
            "DECLARE x int; BEGIN CREATE TYPE a AS ENUM ('b;'); x := 1; EXECUTE 'DROP TABLE t'; END",
            &[
                ("CREATE TYPE a AS ENUM ('b;')", true),
                ("DROP TABLE t", true),
            ],
        );
        check(
            "BEGIN ALTER TABLE t ADD a int; EXCEPTION WHEN duplicate_column THEN DROP TABLE t; END",
            &[("ALTER TABLE t ADD a int", true)],
        );
    }

    #[test]
    fn existence_is_a_sure_condition() {
        check(
            "BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') THEN CREATE TYPE a AS (b int); END IF; END",
            &[("CREATE TYPE a AS (b int)", true)],
        );
    }

    #[test]
    fn other_conditions_and_loops_are_not() {
        check(
            "BEGIN IF version > 3 THEN DROP TABLE a; END IF; IF EXISTS (SELECT 1) THEN DROP TABLE b; ELSE DROP TABLE c; END IF; END",
            &[
                ("DROP TABLE a", false),
                ("DROP TABLE b", false),
                ("DROP TABLE c", false),
            ],
        );
        check(
            "BEGIN FOR i IN 1..3 LOOP CREATE TABLE a (); END LOOP; DROP TABLE b; END",
            &[("CREATE TABLE a ()", false), ("DROP TABLE b", true)],
        );
        check("BEGIN EXECUTE 'DROP TABLE ' || name; END", &[]);
    }

    #[test]
    fn broken_code_ends() {
        check("IF", &[]);
        check("BEGIN DROP TABLE t", &[("DROP TABLE t", true)]);
        check("DECLARE", &[]);
    }
}
