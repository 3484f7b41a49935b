//! What is not SQL but is replaced before the server sees it: placeholders of
//! drivers, variables of psql, holes of templates.
//!
//! Asked only about statements that do not parse: `:n`, `?` and `@` also are
//! PostgreSQL's own (`a[1:n]`, jsonb's `?`, `@ x`).

use crate::split::psql_command_name;
use crate::token::{Token, TokenKind};

/// Whether the statement that is `text` holds one.
pub(crate) fn holds_placeholder(text: &str, tokens: &[Token]) -> bool {
    let mut open_brackets = 0_u32;
    (0..tokens.len()).any(|index| {
        match tokens[index].kind {
            TokenKind::LeftBracket => open_brackets += 1,
            TokenKind::RightBracket => open_brackets = open_brackets.saturating_sub(1),
            _ => {}
        }
        is_placeholder(text, tokens, index, open_brackets > 0)
    })
}

fn is_placeholder(text: &str, tokens: &[Token], index: usize, in_brackets: bool) -> bool {
    let token = tokens[index];
    let spelling = token.text(text);
    let next = tokens.get(index + 1).copied();
    match token.kind {
        TokenKind::Unknown => match spelling {
            "$" => next.is_some_and(|next| {
                next.kind == TokenKind::Word || next.text(text).starts_with(['{', '%'])
            }),
            "{" => is_hole(text, &tokens[index + 1..]),
            _ => false,
        },
        // `:name`, `:'name'`, `:"name"`, `:1`
        TokenKind::Colon => !in_brackets && next.is_some_and(is_variable_name),
        TokenKind::Operator => is_operator_placeholder(text, tokens, index),
        TokenKind::PsqlCommand => {
            matches!(
                psql_command_name(spelling),
                "if" | "elif" | "else" | "endif"
            )
        }
        _ => false,
    }
}

/// `{{`, `{%`, `{#`, `{}`, `{0}`, `{name}`, `{a.b}`, with `rest` what follows
/// the brace.
fn is_hole(text: &str, rest: &[Token]) -> bool {
    let closes = |token: &Token| token.text(text) == "}";
    let opens = |token: &Token| token.text(text).starts_with(['{', '%', '#']);
    let is_name = |token: &&Token| {
        token.is_identifier() || matches!(token.kind, TokenKind::Number | TokenKind::Dot)
    };
    let name = rest.iter().take_while(is_name).count();
    rest.first().is_some_and(opens) || rest.get(name).is_some_and(closes)
}

fn is_variable_name(token: Token) -> bool {
    token.is_identifier() || matches!(token.kind, TokenKind::String | TokenKind::Number)
}

/// `%s`, `%(name)s`, `%1$s`, `@name`, `?`, `#{name}` and backquotes. The sign
/// may end a longer run of operator characters, as in `a=?`.
fn is_operator_placeholder(text: &str, tokens: &[Token], index: usize) -> bool {
    let spelling = tokens[index].text(text);
    let next = tokens.get(index + 1).copied();
    let is_next = |wanted: fn(&str, Token) -> bool| next.is_some_and(|next| wanted(text, next));
    match spelling.as_bytes().last() {
        _ if spelling.contains('`') => true,
        Some(b'%') => is_next(|text, next| match next.kind {
            TokenKind::Word => next.text(text).len() == 1,
            TokenKind::LeftParen | TokenKind::Number => true,
            _ => false,
        }),
        Some(b'@') => is_next(|_, next| next.is_identifier()),
        Some(b'#') => is_next(|text, next| next.text(text) == "{"),
        Some(b'?') => spelling != "?" || !is_between_operands(text, tokens, index),
        _ => false,
    }
}

/// Whether `tokens[index]` stands where an operator does.
fn is_between_operands(text: &str, tokens: &[Token], index: usize) -> bool {
    let mut before = tokens[..index]
        .iter()
        .rev()
        .filter(|token| !token.is_trivia());
    let mut after = tokens[index + 1..]
        .iter()
        .filter(|token| !token.is_trivia());
    let ends =
        |token: &Token| matches!(token.kind, TokenKind::RightParen | TokenKind::RightBracket);
    let begins = |token: &Token| token.kind == TokenKind::LeftParen;
    before
        .next()
        .is_some_and(|token| ends(token) || is_operand(text, *token))
        && after
            .next()
            .is_some_and(|token| begins(token) || is_operand(text, *token))
}

fn is_operand(text: &str, token: Token) -> bool {
    const CLAUSES: [&str; 14] = [
        "and", "or", "not", "where", "limit", "offset", "values", "order", "group", "then", "else",
        "between", "like", "in",
    ];
    let is_clause = |word: &&str| token.is_word(text, word);
    token.is_string()
        || matches!(token.kind, TokenKind::Number | TokenKind::Parameter)
        || token.is_identifier() && !CLAUSES.iter().any(is_clause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ParseOptions, lex};

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let tokens = lex(text, ParseOptions::default());
        assert_eq!(holds_placeholder(text, &tokens), expected, "{text}");
    }

    #[test]
    fn placeholders_of_drivers() {
        for text in [
            "SELECT %s",
            "SELECT a=%s",
            "SELECT %(name)s",
            "SELECT %1$s",
            "SELECT :name",
            "SELECT a=:a",
            "SELECT :1",
            "VALUES (?, ?)",
            "SELECT a = ?",
            "SELECT a=?",
            "LIMIT ?",
            "a = ? AND b",
            "SELECT @name",
            "a=@name",
            "@extschema@.f()",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn variables_of_psql_and_holes_of_templates() {
        for text in [
            "SELECT :'name'",
            "CREATE TABLE :\"name\" ()",
            "\\if :x\nSELECT 1",
            "SELECT {{ x }}",
            "{% if x %} SELECT",
            "SELECT ${x}",
            "a $%X%$ b",
            "SELECT $x",
            "SELECT {0}",
            "SELECT {}",
            "SELECT {a.b}",
            "SELECT #{x}",
            "CREATE TABLE `a`",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn mistakes_are_none() {
        for text in [
            "SELEC a[1:n] FROM t",
            "SELEC a ? 'b'",
            "SELEC (a) ? (b)",
            "SELEC $1, a::int, '{{1,2}}'",
            "SELEC a % b1",
            "SELEC a @> b",
            "SELEC { a",
            "SELEC 'x %s :name ? {{ y }}'",
            "\\echo x\nSELEC 1",
            "SELEC f(a := 1, b => 2)",
            "SELEC $$ :a $$ -- :b",
        ] {
            check(text, false);
        }
    }
}
