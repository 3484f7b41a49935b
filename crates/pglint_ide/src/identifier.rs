//! The name under the cursor: `table`, or a part of `schema.table.column`.

use pglint_syntax::{Statement, Token, TokenKind};
use pglint_text::{TextRange, TextSize};

/// A dotted name and the part of it that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identifier {
    /// The parts as PostgreSQL compares them: unquoted ones in lower case.
    pub(crate) parts: Vec<String>,
    /// The part under the cursor.
    pub(crate) index: usize,
    /// Its range in the statement.
    pub(crate) range: TextRange,
}

impl Identifier {
    /// The part under the cursor.
    pub(crate) fn name(&self) -> &str {
        &self.parts[self.index]
    }

    /// The part before it.
    pub(crate) fn qualifier(&self) -> Option<&str> {
        let before = self.index.checked_sub(1)?;
        self.parts.get(before).map(String::as_str)
    }

    /// Is it the last part?
    pub(crate) fn is_last(&self) -> bool {
        self.index + 1 == self.parts.len()
    }
}

/// The name at `offset` of a statement whose text is `text`, or that ends
/// there.
pub(crate) fn identifier_at(
    statement: &Statement,
    text: &str,
    offset: TextSize,
) -> Option<Identifier> {
    let tokens: Vec<Token> = statement
        .tokens(text)
        .into_iter()
        .filter(|it| !it.is_trivia())
        .collect();
    let touches = |token: &Token| token.is_identifier() && token.range().contains_inclusive(offset);
    let place = tokens.iter().position(touches)?;
    let mut first = place;
    while first >= 2
        && tokens[first - 1].kind == TokenKind::Dot
        && tokens[first - 2].is_identifier()
    {
        first -= 2;
    }
    let mut last = place;
    while tokens
        .get(last + 1)
        .is_some_and(|it| it.kind == TokenKind::Dot)
        && tokens.get(last + 2).is_some_and(|it| it.is_identifier())
    {
        last += 2;
    }
    let parts = tokens[first..=last].iter().step_by(2);
    Some(Identifier {
        parts: parts.map(|token| name_of(*token, text)).collect(),
        index: (place - first) / 2,
        range: tokens[place].range(),
    })
}

/// The name that an identifier's token stands for.
pub(crate) fn name_of(token: Token, text: &str) -> String {
    let spelling = token.text(text);
    let quoted = spelling
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match quoted {
        Some(name) => name.replace("\"\"", "\""),
        // PostgreSQL folds ASCII alone in UTF-8 databases (downcase_identifier).
        None => spelling.to_ascii_lowercase(),
    }
}

/// Where a name first stands in a statement.
pub(crate) fn find(statement: &Statement, text: &str, name: &str) -> Option<TextRange> {
    let mut tokens = statement.tokens(text).into_iter();
    let token = tokens.find(|token| token.is_identifier() && name_of(*token, text) == name)?;
    Some(token.range())
}
