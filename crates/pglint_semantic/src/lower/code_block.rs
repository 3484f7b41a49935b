//! PL/pgSQL code of a `DO` block or a function, as far as DDL and calls in it can be
//! followed.
//!
//! A statement is followed when it surely runs, or when its only condition asks
//! whether something exists: `IF NOT EXISTS (SELECT ... FROM pg_type ...) THEN
//! CREATE TYPE ...` leaves the type there in any case. Handlers of exceptions are
//! left out: they run only when something else did not.
//!
//! A loop over values that the code itself holds is gone through value by value, and
//! what `EXECUTE` puts together from them is followed as well.

mod loops;

use super::constant::{Value, Variables, literal, value};
use loops::Loop;
use pglint_syntax::{ParseOptions, Token, TokenKind, lex};
use pglint_text::{TextRange, TextSize};

/// A DDL statement or a call of a block: what begins with `PERFORM` is a `SELECT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Embedded {
    /// Half-open bytes of the block's text; the inside of the string for
    /// `EXECUTE '...'`.
    pub(super) range: TextRange,
    /// Whether it can be followed.
    pub(super) is_sure: bool,
    /// The SQL, where it does not stand there but is put together.
    pub(super) sql: Option<String>,
}

/// What there is in a block.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Its DDL statements and calls, in the order in which they run.
    pub(super) embedded: Vec<Embedded>,
    /// Its exception handlers.
    pub(super) handlers: Vec<TextRange>,
    /// The `EXECUTE`s of SQL that is not known.
    pub(super) unknown: Vec<TextRange>,
}

/// Reads a block in which some variables have a value before it begins.
pub(super) fn read(body: &str, variables: Variables) -> Block {
    let tokens = lex(body, ParseOptions::default());
    let tokens = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    let mut reader = Reader {
        body,
        tokens,
        at: 0,
        frames: Vec::new(),
        doubtful: Vec::new(),
        variables,
        rounds: 0,
        has_left: false,
        found: Vec::new(),
        block: Block::default(),
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
    /// A loop over known values: what is inside runs for each.
    Known(Loop),
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
    /// The variables whose value is known here.
    variables: Variables,
    /// How many values of loops have been gone through.
    rounds: usize,
    /// Whether the code may have ended before.
    has_left: bool,
    found: Vec<Found>,
    block: Block,
}

struct Found {
    range: TextRange,
    sql: Option<String>,
    /// The `IF`s around it.
    ifs: Vec<usize>,
    /// Whether it is in a loop or a `CASE`, or behind a `RETURN`.
    is_doubtful: bool,
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
            "declare" => self.declare(),
            "if" => self.begin_if(),
            "elsif" | "elseif" | "else" => self.other_branch(),
            "when" => self.skip_to_word("then"),
            "loop" | "for" | "foreach" | "while" => self.begin_loop(),
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
            "create" | "alter" | "drop" | "comment" => self.add_statement(),
            "perform" | "call" => self.add_call(),
            "execute" => self.execute(),
            "return" => self.leave(),
            _ => self.other_statement(),
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
        match self.frames.pop() {
            Some(Frame::Block(Some(start))) => {
                let handlers = TextRange::new(start, end.max(start));
                self.block.handlers.push(handlers);
            }
            Some(Frame::Known(known)) if !known.values.is_empty() => return self.round(known),
            _ => {}
        }
        self.skip_statement();
    }

    fn declare(&mut self) {
        self.at += 1;
        while self.at < self.tokens.len() && self.word(self.at) != "begin" {
            let start = self.at;
            self.skip_statement();
            let assigns = |at: &usize| {
                matches!(self.spelling(*at), ":=" | "=") || self.word(*at) == "default"
            };
            let sign = (start..self.at).find(assigns);
            self.assign(&self.word(start), sign, true);
            // `name ALIAS FOR $1`: two names for one value.
            if self.word(start + 1) == "alias" {
                self.variables.clear();
            }
        }
    }

    /// `RETURN`: what follows may not run any more.
    fn leave(&mut self) {
        let is_row = matches!(self.word(self.at + 1).as_str(), "next" | "query");
        self.skip_statement();
        // `IF EXISTS (...) THEN RETURN` asks what `IF NOT EXISTS` does.
        let is_answered = |frame: &Frame| matches!(frame, Frame::If(at) if !self.doubtful[*at]);
        self.has_left |= !is_row && !self.frames.iter().any(is_answered);
    }

    /// An assignment, or a statement that may set variables.
    fn other_statement(&mut self) {
        let start = self.at;
        self.skip_statement();
        if matches!(self.spelling(start + 1), ":=" | "=") {
            return self.assign(&self.word(start), Some(start + 1), false);
        }
        // `GET DIAGNOSTICS count = ROW_COUNT`
        let from = if self.word(start) == "get" {
            "get"
        } else {
            "into"
        };
        self.forget_after(from, start);
    }

    /// Forgets the variables that are named in a statement behind that word: they are
    /// given other values.
    fn forget_after(&mut self, word: &str, start: usize) {
        let targets = (start..self.at).skip_while(|at| self.word(*at) != word);
        for target in targets.map(|at| self.word(at)).collect::<Vec<_>>() {
            self.forget(&target);
        }
    }

    /// Gives a variable the value of what stands between a sign and the semicolon
    /// before `at`.
    fn assign(&mut self, variable: &str, sign: Option<usize>, is_declared: bool) {
        let tokens = sign.and_then(|sign| self.tokens.get(sign + 1..self.at));
        let tokens = tokens.map(|it| it.strip_suffix(semicolon(it)).unwrap_or(it));
        let value = tokens.and_then(|it| value(it, self.body, &self.variables));
        self.forget(variable);
        // What is set under a condition may be set or not.
        let is_sure = self
            .frames
            .iter()
            .all(|it| matches!(it, Frame::Block(None) | Frame::Known(_)));
        // A variable of an inner block may hide one of an outer block.
        let is_hiding = is_declared && !self.frames.is_empty();
        if let Some(value) = value.filter(|_| is_sure && !is_hiding) {
            self.variables.insert(variable.to_owned(), value);
        }
    }

    /// A parameter is `$1` as well; which one is not known here.
    fn forget(&mut self, variable: &str) {
        if variable.is_empty() {
            return;
        }
        let is_field = |name: &str| name.split_once('.').is_some_and(|it| it.0 == variable);
        let is_known = self.variables.contains_key(variable);
        self.variables.retain(|name, _| {
            name != variable && !is_field(name) && !(is_known && name.starts_with('$'))
        });
    }

    fn spelling(&self, at: usize) -> &str {
        let token = self.tokens.get(at);
        token.map_or("", |it| it.text(self.body))
    }

    /// Goes behind the statement that begins here; returns its range.
    fn take_statement(&mut self) -> TextRange {
        let start = self.tokens[self.at].start();
        self.skip_statement();
        let last = self.tokens[..self.at].last();
        let end = match last.filter(|it| it.kind == TokenKind::Semicolon) {
            Some(semicolon) => semicolon.start(),
            None => last.map_or(start, |it| it.end()),
        };
        TextRange::new(start, end)
    }

    fn add_statement(&mut self) {
        let range = self.take_statement();
        self.add(range, None);
    }

    /// A call, with the values of the variables that are its arguments.
    fn add_call(&mut self) {
        let first = self.at;
        let range = self.take_statement();
        let mut sql = String::new();
        let mut end = range.start();
        for at in first + 1..self.at {
            let is_name = matches!(self.spelling(at + 1), "." | "(" | "=>" | ":=")
                || self.spelling(at - 1) == ".";
            let token = self.tokens[at];
            let known = self.variables.get(&self.word(at)).filter(|_| !is_name);
            if let Some(Value::Text(text)) = known {
                sql.push_str(&self.body[TextRange::new(end, token.start())]);
                sql.push_str(&literal(text));
                end = token.end();
            }
        }
        let sql = (end > range.start()).then(|| {
            sql.push_str(&self.body[TextRange::new(end, range.end())]);
            sql
        });
        self.add(range, sql);
        // A procedure may set what it is given.
        if self.word(first) == "call" {
            self.forget_after("call", first);
        }
    }

    /// `EXECUTE 'constant'`, or text that is put together from what is known.
    fn execute(&mut self) {
        let first = self.at + 1;
        let range = self.take_statement();
        let tokens = &self.tokens[first.min(self.at)..self.at];
        let tokens = tokens.strip_suffix(semicolon(tokens)).unwrap_or(tokens);
        let constant = match tokens {
            [string] => inside(*string, self.body),
            _ => None,
        };
        match (constant, value(tokens, self.body, &self.variables)) {
            (Some(inside), _) => self.add(inside, None),
            (None, Some(Value::Text(sql))) => self.add(range, Some(sql)),
            _ => self.block.unknown.push(range),
        }
        self.forget_after("into", first);
    }

    fn add(&mut self, range: TextRange, sql: Option<String>) {
        let ifs = self.frames.iter().filter_map(|frame| match frame {
            Frame::If(at) => Some(*at),
            _ => None,
        });
        self.found.push(Found {
            range,
            sql,
            ifs: ifs.collect(),
            is_doubtful: self.has_left || self.frames.iter().any(|it| matches!(it, Frame::Other)),
        });
    }

    fn finish(self) -> Block {
        let mut block = self.block;
        for found in self.found {
            if block
                .handlers
                .iter()
                .any(|it| it.contains_range(found.range))
            {
                continue;
            }
            block.embedded.push(Embedded {
                is_sure: !found.is_doubtful && !found.ifs.iter().any(|at| self.doubtful[*at]),
                range: found.range,
                sql: found.sql,
            });
        }
        block
    }
}

/// The semicolon at the end, if there is one.
fn semicolon(tokens: &[Token]) -> &[Token] {
    let ends = tokens
        .last()
        .is_some_and(|it| it.kind == TokenKind::Semicolon);
    &tokens[tokens.len() - usize::from(ends)..]
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
        let found = read(body, Variables::default()).embedded;
        let found: Vec<_> = found
            .iter()
            .map(|it| (it.sql.as_deref().unwrap_or(&body[it.range]), it.is_sure))
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
            "BEGIN FOR i IN 1..n LOOP CREATE TABLE a (); END LOOP; DROP TABLE b; END",
            &[("CREATE TABLE a ()", false), ("DROP TABLE b", true)],
        );
        check("BEGIN EXECUTE 'DROP TABLE ' || name; END", &[]);
    }

    #[test]
    fn loops_over_known_values() {
        check(
            "DECLARE them text[] := ARRAY['a', 'b']; t text; BEGIN
                FOREACH t IN ARRAY them LOOP EXECUTE format('DROP TABLE %I', t); PERFORM f(t, x.t); END LOOP;
                EXECUTE 'DROP TABLE ' || t;
            END",
            &[
                ("DROP TABLE a", true),
                ("PERFORM f('a', x.t)", true),
                ("DROP TABLE b", true),
                ("PERFORM f('b', x.t)", true),
                ("DROP TABLE b", true),
            ],
        );
        check(
            "DECLARE n text := 'p'; s text; BEGIN FOR i IN 1..2 LOOP s := n || i; EXECUTE 'DROP TABLE ' || s; END LOOP; END",
            &[("DROP TABLE p1", true), ("DROP TABLE p2", true)],
        );
        check(
            "BEGIN FOR r IN SELECT unnest('{a,b}'::text[]) AS t LOOP IF NOT EXISTS (SELECT FROM pg_class) THEN EXECUTE 'DROP TABLE ' || r.t; END IF; END LOOP; END",
            &[("DROP TABLE a", true), ("DROP TABLE b", true)],
        );
    }

    #[test]
    fn what_is_not_known_is_not_followed() {
        let unknown = [
            "BEGIN FOR t IN SELECT unnest(ARRAY['a']) WHERE x LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END",
            "BEGIN FOR t IN SELECT relname FROM pg_class LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END",
            "DECLARE t text := 'a'; BEGIN SELECT x INTO t FROM y; EXECUTE 'DROP TABLE ' || t; END",
            "DECLARE t text := 'a'; BEGIN IF x THEN t := 'b'; END IF; EXECUTE 'DROP TABLE ' || t; END",
            "DECLARE t text := 'a'; BEGIN EXECUTE 'DROP TABLE ' || t USING x; END",
        ];
        for body in unknown {
            check(body, &[]);
            assert_eq!(read(body, Variables::default()).unknown.len(), 1, "{body}");
        }
        check(
            "BEGIN FOREACH t IN ARRAY ARRAY['a'] LOOP CONTINUE WHEN x; DROP TABLE b; END LOOP; END",
            &[("DROP TABLE b", false)],
        );
    }

    #[test]
    fn what_is_given_another_value_is_forgotten() {
        let unknown = [
            "DECLARE t text := 'a'; BEGIN EXECUTE 'SELECT b' INTO t; EXECUTE 'DROP TABLE ' || t; END",
            "DECLARE t text := 'a'; BEGIN CALL p(t); EXECUTE 'DROP TABLE ' || t; END",
            "DECLARE t text := 'a'; BEGIN GET DIAGNOSTICS t = ROW_COUNT; EXECUTE 'DROP TABLE ' || t; END",
            "DECLARE t text := 'a'; u ALIAS FOR t; BEGIN u := 'b' || x; EXECUTE 'DROP TABLE ' || t; END",
            "DECLARE t text := 007; BEGIN EXECUTE 'DROP TABLE t' || t; END",
        ];
        for body in unknown {
            let unknown = read(body, Variables::default()).unknown;
            let last = unknown.last().map(|it| &body[*it]);
            assert_eq!(
                last.map(|it| it.starts_with("EXECUTE 'DROP")),
                Some(true),
                "{body}"
            );
        }
    }

    #[test]
    fn what_follows_a_return_may_not_run() {
        check(
            "BEGIN IF x THEN RETURN; END IF; DROP TABLE a; END",
            &[("DROP TABLE a", false)],
        );
        check(
            "BEGIN IF EXISTS (SELECT FROM pg_class) THEN RETURN; END IF; RETURN QUERY SELECT 1; CREATE TABLE a (); END",
            &[("CREATE TABLE a ()", true)],
        );
    }

    #[test]
    fn broken_code_ends() {
        check(
            "BEGIN FOREACH t IN ARRAY ARRAY['a'] LOOP DROP TABLE b",
            &[("DROP TABLE b", false)],
        );
        check("FOR t IN", &[]);
        check("EXECUTE", &[]);
        check("; := x", &[]);
    }

    #[test]
    fn code_with_a_piece_missing_ends() {
        let body = "DECLARE a text[] := ARRAY['x', 'y']; BEGIN FOREACH t IN ARRAY a LOOP PERFORM f(t); END LOOP; \
            FOR i IN 1..2 LOOP EXECUTE format('DROP TABLE %1$I', 'p' || i); END LOOP; \
            FOR r IN SELECT unnest(a) AS t LOOP EXECUTE 'DROP TABLE ' || r.t::text; END LOOP; END";
        let pieces: Vec<&str> = body.split(' ').collect();
        for at in 0..pieces.len() {
            read(&pieces[..at].join(" "), Variables::default());
            read(&pieces[at..].join(" "), Variables::default());
            read(
                &[&pieces[..at], &pieces[at + 1..]].concat().join(" "),
                Variables::default(),
            );
        }
        check("IF", &[]);
        check("BEGIN DROP TABLE t", &[("DROP TABLE t", true)]);
        check("DECLARE", &[]);
    }
}
