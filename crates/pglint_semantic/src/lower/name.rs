//! Names in statements: from the tree, and their places in the text.

use crate::change::RelationName;
use pglint_catalog::{Name, QualifiedName};
use pglint_syntax::ast;
use pglint_syntax::tree::Names;
use pglint_syntax::{Node, ParseOptions, Token, TokenKind, lex};
use pglint_text::{TextRange, TextSize};

/// The name of a relation.
pub(super) fn relation(node: Node<'_, ast::RangeVar>) -> RelationName {
    RelationName {
        name: QualifiedName {
            schema: optional(node.schemaname()),
            name: node.relname().into(),
        },
        range: node.range(),
    }
}

/// A name of at most three parts; a database's name in front is left out.
pub(super) fn qualified<'t>(names: impl IntoIterator<Item = &'t str>) -> Option<QualifiedName> {
    let mut names: Vec<&str> = names.into_iter().collect();
    let name = names.pop()?;
    Some(QualifiedName {
        schema: names.pop().map(Name::from),
        name: name.into(),
    })
}

/// `None` for the empty string, which is how a tree says that a name is absent.
pub(super) fn optional(name: &str) -> Option<Name> {
    (!name.is_empty()).then(|| name.into())
}

/// The names of a list.
pub(super) fn all(names: Names<'_>) -> Vec<Name> {
    names.map(Name::from).collect()
}

/// The strings of a list of `String` nodes.
pub(super) fn strings(node: Node<'_>) -> Vec<&str> {
    match node.cast::<ast::List>() {
        Some(list) => list
            .items()
            .of::<ast::String>()
            .map(|it| it.sval())
            .collect(),
        None => node
            .cast::<ast::String>()
            .map(|it| it.sval())
            .into_iter()
            .collect(),
    }
}

/// The place where a name is written first within a node, for names that are no
/// nodes themselves; the node's own range when it is not found.
pub(super) fn find(node: Node<'_>, name: &str) -> TextRange {
    let text = node.text();
    let start = node.range().start();
    let tokens = lex(text, ParseOptions::default());
    let found = tokens
        .iter()
        .find(|token| identifier(**token, text).as_deref() == Some(name));
    found.map_or(node.range(), |token| token.range() + start)
}

/// The place of the identifier that begins at an offset of the statement.
pub(super) fn identifier_at(node: Node<'_>, offset: TextSize) -> TextRange {
    let rest = node
        .tree()
        .text()
        .get(usize::from(offset)..)
        .unwrap_or_default();
    // An identifier is short; reading the whole rest of a long statement for
    // every column would take quadratic time.
    let mut end = rest.len().min(300);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let first = lex(&rest[..end], ParseOptions::default()).first().copied();
    first.map_or(node.range(), |token| token.range() + offset)
}

/// The identifier that a token is, folded or unquoted. `None` for other tokens.
pub(super) fn identifier(token: Token, text: &str) -> Option<String> {
    let written = token.text(text);
    match token.kind {
        TokenKind::Word => Some(written.to_ascii_lowercase()),
        TokenKind::QuotedIdentifier => {
            let inner = written.strip_prefix('"')?.strip_suffix('"')?;
            Some(inner.replace("\"\"", "\""))
        }
        _ => None,
    }
}

/// A name in a string, as `nextval` takes it: `public."My Seq"`.
pub(super) fn in_string(text: &str) -> Option<QualifiedName> {
    let tokens = lex(text, ParseOptions::default());
    let names: Vec<String> = tokens
        .iter()
        .filter_map(|token| identifier(*token, text))
        .collect();
    let well_formed = tokens
        .iter()
        .all(|it| it.is_trivia() || it.is_identifier() || it.kind == TokenKind::Dot);
    if !well_formed {
        return None;
    }
    qualified(names.iter().map(String::as_str))
}

/// The text of a node without comments, with single spaces for white space.
pub(super) fn clean_text(node: Node<'_>) -> Name {
    clean(node.text()).0.into()
}

/// A text without comments and with single spaces, and for each token its range
/// before and after.
pub(super) fn clean(text: &str) -> (String, Vec<(TextRange, TextRange)>) {
    let mut out = String::with_capacity(text.len());
    let mut moved = Vec::new();
    let mut space = false;
    let mut after = None;
    for token in lex(text, ParseOptions::default()) {
        if token.is_trivia() {
            space = true;
            continue;
        }
        let tight = matches!(after, None | Some(TokenKind::LeftParen))
            || matches!(token.kind, TokenKind::RightParen | TokenKind::Comma);
        if space && !tight {
            out.push(' ');
        }
        space = false;
        after = Some(token.kind);
        let start = TextSize::try_from(out.len()).unwrap_or_default();
        out.push_str(token.text(text));
        moved.push((token.range(), TextRange::at(start, token.range().len())));
    }
    (out, moved)
}

/// The last group in parentheses of a statement, without comments: the options at
/// the end of `CREATE AGGREGATE` or `CREATE TYPE ... AS RANGE`.
pub(super) fn last_group(node: Node<'_>) -> Name {
    let (text, _) = clean(node.tree().text());
    let tokens = lex(&text, ParseOptions::default());
    let mut depth = 0;
    let open = tokens.iter().rev().find(|token| {
        match token.kind {
            TokenKind::RightParen => depth += 1,
            TokenKind::LeftParen => depth -= 1,
            _ => {}
        }
        token.kind == TokenKind::LeftParen && depth == 0
    });
    open.map_or(Name::default(), |it| text[usize::from(it.start())..].into())
}
