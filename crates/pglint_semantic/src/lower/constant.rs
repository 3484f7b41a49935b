//! Text that code puts together from what it holds itself.
//!
//! `format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name)`, where the code has
//! named the tables, is as certain as the statement written out. Only what is told
//! by the code alone has a value; everything else has none.

use super::dynamic::string_content;
use pglint_catalog::quote_identifier;
use pglint_syntax::{Token, TokenKind};
use rustc_hash::FxHashMap;

/// A value that is known before the code runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<String>),
}

impl Value {
    fn text(self) -> Option<String> {
        match self {
            Value::Text(text) => Some(text),
            Value::List(_) => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::List(_) => None,
        }
    }

    /// The elements of an array, also of one that is written as `'{a,b}'`.
    pub(super) fn list(self) -> Option<Vec<String>> {
        let text = match self {
            Value::List(list) => return Some(list),
            Value::Text(text) => text,
        };
        let inside = text.strip_prefix('{')?.strip_suffix('}')?;
        if inside.contains(['{', '"', '\\']) {
            return None;
        }
        Some(inside.split(',').map(|it| it.trim().to_owned()).collect())
    }
}

/// The variables that have a value, by their names in lower case.
pub(super) type Variables = FxHashMap<String, Value>;

/// The value of the expression that these tokens, without white space, are.
pub(super) fn value(tokens: &[Token], text: &str, variables: &Variables) -> Option<Value> {
    let mut reader = Reader {
        tokens,
        text,
        variables,
        at: 0,
        depth: 0,
    };
    let value = reader.expression()?;
    (reader.at == tokens.len()).then_some(value)
}

struct Reader<'t> {
    tokens: &'t [Token],
    text: &'t str,
    variables: &'t Variables,
    at: usize,
    depth: u32,
}

/// How deep parentheses are looked into.
const DEPTH: u32 = 30;

impl Reader<'_> {
    fn kind(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|it| it.kind)
    }

    fn spelling(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |it| it.text(self.text))
    }

    fn eat(&mut self, kind: TokenKind) -> Option<()> {
        (self.kind() == Some(kind)).then(|| self.at += 1)
    }

    fn expression(&mut self) -> Option<Value> {
        if self.depth > DEPTH {
            return None;
        }
        self.depth += 1;
        let mut value = self.term()?;
        while self.spelling(self.at) == "||" {
            self.at += 1;
            let right = self.term()?;
            value = Value::Text(value.text()? + &right.text()?);
        }
        self.depth -= 1;
        Some(value)
    }

    fn term(&mut self) -> Option<Value> {
        let token = *self.tokens.get(self.at)?;
        self.at += 1;
        let mut value = match token.kind {
            TokenKind::DollarString if !token.is_unterminated() => {
                Value::Text(string_content(token.text(self.text)))
            }
            TokenKind::String if !token.is_unterminated() => {
                Value::Text(string_value(token.text(self.text))?)
            }
            TokenKind::Number => {
                let text = token.text(self.text);
                is_plain_integer(text).then(|| Value::Text(text.to_owned()))?
            }
            TokenKind::Parameter => self.variables.get(token.text(self.text)).cloned()?,
            TokenKind::LeftParen => {
                let value = self.expression()?;
                self.eat(TokenKind::RightParen)?;
                value
            }
            TokenKind::Word => self.word(token)?,
            _ => return None,
        };
        while let Some(cast) = self.cast() {
            value = cast.then_some(value)?;
        }
        Some(value)
    }

    /// Whether a cast that stands here keeps the text. `None` where there is none.
    fn cast(&mut self) -> Option<bool> {
        if self.kind() != Some(TokenKind::TypeCast) {
            return None;
        }
        let name = self.spelling(self.at + 1).to_ascii_lowercase();
        self.at += 2;
        while matches!(
            self.kind(),
            Some(TokenKind::LeftBracket | TokenKind::RightBracket)
        ) {
            self.at += 1;
        }
        let keeps = [
            "text", "varchar", "name", "regclass", "_text", "int", "integer",
        ];
        Some(keeps.contains(&name.as_str()))
    }

    fn word(&mut self, token: Token) -> Option<Value> {
        let word = token.text(self.text).to_ascii_lowercase();
        match self.kind() {
            Some(TokenKind::LeftBracket) if word == "array" => {
                self.at += 1;
                let list = self.texts(TokenKind::RightBracket)?;
                Some(Value::List(list))
            }
            Some(TokenKind::LeftParen) => {
                self.at += 1;
                self.call(&word)
            }
            Some(TokenKind::Dot) => {
                let field = self.spelling(self.at + 1).to_ascii_lowercase();
                self.at += 2;
                self.variables.get(&format!("{word}.{field}")).cloned()
            }
            _ => self.variables.get(&word).cloned(),
        }
    }

    /// Texts, separated by commas, up to the closing bracket.
    fn texts(&mut self, close: TokenKind) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        if self.eat(close).is_some() {
            return Some(texts);
        }
        loop {
            texts.push(self.expression()?.text()?);
            if self.eat(close).is_some() {
                return Some(texts);
            }
            self.eat(TokenKind::Comma)?;
        }
    }

    fn call(&mut self, function: &str) -> Option<Value> {
        let arguments = self.texts(TokenKind::RightParen)?;
        let text = match (function, arguments.as_slice()) {
            ("format", [pattern, values @ ..]) => format(pattern, values)?,
            ("quote_ident", [name]) => quote_identifier(name).into_owned(),
            ("quote_literal", [text]) => literal(text),
            ("lower", [text]) if text.is_ascii() => text.to_ascii_lowercase(),
            ("upper", [text]) if text.is_ascii() => text.to_ascii_uppercase(),
            ("replace", [text, from, to]) if !from.is_empty() => text.replace(from, to),
            ("concat", texts) => texts.concat(),
            _ => return None,
        };
        Some(Value::Text(text))
    }
}

/// Whether a server writes the number in the same way, as it does not with `007`,
/// `1_000` and `0x1f`.
pub(super) fn is_plain_integer(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|it| it.to_string() == text)
}

/// The value of `'it''s'`, also of one that goes on in the next line: `'a'` and `'b'`
/// below it. `None` for a literal with a prefix.
fn string_value(literal: &str) -> Option<String> {
    let mut value = String::new();
    let mut rest = literal.strip_prefix('\'')?;
    loop {
        let (before, after) = rest.split_once('\'')?;
        value.push_str(before);
        if let Some(after) = after.strip_prefix('\'') {
            value.push('\'');
            rest = after;
        } else if after.is_empty() {
            return Some(value);
        } else {
            rest = after.trim_start().strip_prefix('\'')?;
        }
    }
}

/// `format()` (the manual, "String Functions"): `%s`, `%I`, `%L`, each also with the
/// place of its value, as in `%1$I`. `None` for widths.
fn format(pattern: &str, values: &[String]) -> Option<String> {
    let mut result = String::new();
    let mut rest = pattern;
    let mut next = 0;
    while let Some((before, after)) = rest.split_once('%') {
        result.push_str(before);
        let digits = after.find(|it: char| !it.is_ascii_digit())?;
        let mut after = after;
        if digits > 0 {
            next = after[..digits].parse::<usize>().ok()?.checked_sub(1)?;
            after = after[digits..].strip_prefix('$')?;
        }
        let kind = after.chars().next()?;
        rest = &after[kind.len_utf8()..];
        if kind == '%' {
            result.push('%');
            continue;
        }
        let value = values.get(next)?;
        next += 1;
        match kind {
            's' => result.push_str(value),
            'I' => result.push_str(&quote_identifier(value)),
            'L' => result.push_str(&literal(value)),
            _ => return None,
        }
    }
    result.push_str(rest);
    Some(result)
}

/// A string constant. It holds what `quote_literal` makes, but for backslashes.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pglint_syntax::{ParseOptions, lex};

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let tokens = lex(text, ParseOptions::default());
        let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
        let variables = [
            ("t", Value::Text("Role".into())),
            ("r.name", Value::Text("x".into())),
            ("them", Value::List(vec!["a".into()])),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        let found = value(&tokens, text, &Variables::from_iter(variables));
        assert_eq!(found.and_then(Value::text).as_deref(), expected, "{text}");
    }

    #[test]
    fn texts() {
        check(
            "'it''s' || t || $$ and $$ || r.name",
            Some("it'sRole and x"),
        );
        check("('a'::text)", Some("a"));
        check("'a'\n' b'", Some("a b"));
        check("'a' || unknown", None);
        check("them", None);
        check("t::int[]::date", None);
        check("E'a'", None);
    }

    #[test]
    fn formats() {
        check(
            "format('ALTER TABLE %I ADD %s text DEFAULT %L', t, 'a', 'it''s')",
            Some("ALTER TABLE \"Role\" ADD a text DEFAULT 'it''s'"),
        );
        check(
            "format('%1$I %1$s %2$s %%', t, 'b')",
            Some("\"Role\" Role b %"),
        );
        check("format('%-10s', t)", None);
        check("format('%s')", None);
        check("lower(t) || quote_ident('User') || upper('é')", None);
        check("lower(t) || quote_ident('User')", Some("role\"User\""));
    }

    #[test]
    fn lists() {
        let list = |text: &str| Value::Text(text.to_owned()).list();
        assert_eq!(list("{a, b}").unwrap(), ["a", "b"]);
        assert_eq!(list("{\"a b\"}"), None);
        assert_eq!(list("a"), None);
    }
}
