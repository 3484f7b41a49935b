//! The tokens of a statement as range recovery needs them: white space and
//! comments gone, every bracket paired.

use crate::ParseOptions;
use crate::lexer::lex;
use crate::token::{Token, TokenKind};

/// A token's place in [`Tokens`], 0-based.
pub(super) type Place = u32;

/// No place: the outside of all brackets.
const NOWHERE: Place = Place::MAX;

/// A run of tokens, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: Place,
    pub(super) last: Place,
}

impl Span {
    pub(super) fn new(first: Place, last: Place) -> Span {
        Span { first, last }
    }

    pub(super) fn one(place: Place) -> Span {
        Span::new(place, place)
    }

    /// Whether `other` is a proper run of tokens inside this one.
    pub(super) fn contains(self, other: Span) -> bool {
        self.first <= other.first && other.first <= other.last && other.last <= self.last
    }

    /// The smallest span that holds both. It may cut through brackets; see
    /// [`Tokens::join`].
    pub(super) fn cover(self, other: Span) -> Span {
        Span::new(self.first.min(other.first), self.last.max(other.last))
    }
}

/// The tokens of one statement.
pub(super) struct Tokens<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    brackets: Vec<Bracket>,
}

/// How a token stands to the brackets.
#[derive(Clone, Copy)]
struct Bracket {
    /// For a bracket, the other one of the pair; for other tokens themselves.
    partner: Place,
    /// The innermost opening bracket around the token. A bracket is not inside
    /// its own pair.
    enclosing: Place,
    depth: u32,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str, options: ParseOptions) -> Tokens<'t> {
        let mut tokens = lex(text, options);
        tokens.retain(|token| !token.is_trivia());
        let brackets = pair(&tokens);
        Tokens {
            text,
            tokens,
            brackets,
        }
    }

    /// The whole statement without semicolons around it. `None` when there are no
    /// other tokens.
    pub(super) fn statement(&self) -> Option<Span> {
        let is_part = |token: &Token| token.kind != TokenKind::Semicolon;
        let first = self.tokens.iter().position(is_part)?;
        let last = self.tokens.iter().rposition(is_part)?;
        Some(Span::new(first as Place, last as Place))
    }

    /// The byte range of a span: start, and end (not included).
    pub(super) fn bytes(&self, span: Span) -> (u32, u32) {
        let start = self.tokens[span.first as usize].start();
        let end = self.tokens[span.last as usize].end();
        (start.into(), end.into())
    }

    /// The token that holds the byte at `offset`.
    pub(super) fn at_offset(&self, offset: u32) -> Option<Place> {
        let after = self
            .tokens
            .partition_point(|token| u32::from(token.start()) <= offset);
        let place = after.checked_sub(1)?;
        (offset < u32::from(self.tokens[place].end())).then_some(place as Place)
    }

    /// `None` before the first and after the last token.
    pub(super) fn kind(&self, place: Place) -> Option<TokenKind> {
        Some(self.tokens.get(place as usize)?.kind)
    }

    pub(super) fn is(&self, place: Place, kind: TokenKind) -> bool {
        self.kind(place) == Some(kind)
    }

    /// Whether the token is this unquoted word, given in lower case.
    pub(super) fn is_word(&self, place: Place, word: &str) -> bool {
        self.tokens
            .get(place as usize)
            .is_some_and(|token| token.is_word(self.text, word))
    }

    pub(super) fn is_any_word(&self, place: Place, words: &[&str]) -> bool {
        self.is(place, TokenKind::Word) && words.iter().any(|word| self.is_word(place, word))
    }

    pub(super) fn is_operator(&self, place: Place, operator: &str) -> bool {
        self.tokens.get(place as usize).is_some_and(|token| {
            token.kind == TokenKind::Operator && token.text(self.text) == operator
        })
    }

    pub(super) fn is_identifier(&self, place: Place) -> bool {
        self.tokens
            .get(place as usize)
            .is_some_and(|token| token.is_identifier())
    }

    pub(super) fn is_string(&self, place: Place) -> bool {
        self.tokens
            .get(place as usize)
            .is_some_and(|token| token.is_string())
    }

    /// The place after the words, if they stand at `place`.
    pub(super) fn words(&self, place: Place, words: &[&str]) -> Option<Place> {
        let mut next = place;
        for word in words {
            if !self.is_word(next, word) {
                return None;
            }
            next += 1;
        }
        Some(next)
    }

    /// The place after the word, or `place` itself where another token stands.
    pub(super) fn skip_word(&self, place: Place, word: &str) -> Place {
        self.words(place, &[word]).unwrap_or(place)
    }

    /// The closing bracket of the `(` or `[` at `place`.
    pub(super) fn closing(&self, place: Place) -> Option<Place> {
        let is_open = matches!(
            self.kind(place)?,
            TokenKind::LeftParen | TokenKind::LeftBracket
        );
        let partner = self.brackets[place as usize].partner;
        (is_open && partner != place).then_some(partner)
    }

    /// The closing parenthesis of the `(` at `place`.
    pub(super) fn closing_paren(&self, place: Place) -> Option<Place> {
        self.is(place, TokenKind::LeftParen)
            .then(|| self.closing(place))
            .flatten()
    }

    /// The opening bracket of the `)` or `]` at `place`.
    pub(super) fn opening(&self, place: Place) -> Option<Place> {
        let is_close = matches!(
            self.kind(place)?,
            TokenKind::RightParen | TokenKind::RightBracket
        );
        let partner = self.brackets[place as usize].partner;
        (is_close && partner != place).then_some(partner)
    }

    /// The innermost brackets around the token, the brackets included.
    pub(super) fn enclosing(&self, place: Place) -> Option<Span> {
        let open = self.brackets.get(place as usize)?.enclosing;
        Some(Span::new(open, self.closing(open)?))
    }

    /// The place after the token, or after its closing bracket if it opens one.
    pub(super) fn after(&self, place: Place) -> Place {
        self.closing(place).unwrap_or(place) + 1
    }

    /// The smallest span that holds both and cuts through no bracket.
    pub(super) fn join(&self, a: Span, b: Span) -> Span {
        let Span {
            mut first,
            mut last,
        } = a.cover(b);
        loop {
            let (left, right) = (self.bracket(first), self.bracket(last));
            if left.enclosing == right.enclosing {
                let first = first.min(left.partner);
                return Span::new(first, last.max(right.partner));
            }
            if left.depth >= right.depth {
                first = left.enclosing;
            }
            if right.depth >= left.depth {
                last = self.bracket(right.enclosing).partner;
            }
        }
    }

    /// The span with the pairs of parentheses directly around it, as far as they
    /// begin at `limit` or later.
    pub(super) fn with_parentheses(&self, mut span: Span, limit: Place) -> Span {
        while let Some(open) = span.first.checked_sub(1)
            && open >= limit
            && self.closing_paren(open) == Some(span.last + 1)
        {
            span = Span::new(open, span.last + 1);
        }
        span
    }

    /// From `place` on, the first token outside of brackets opened on the way
    /// that `stops`, or closes a bracket around, or is a `;`; else the place
    /// after the last token.
    pub(super) fn find(&self, place: Place, stops: impl Fn(Place) -> bool) -> Place {
        let mut next = place;
        while let Some(kind) = self.kind(next) {
            let is_end = matches!(
                kind,
                TokenKind::RightParen | TokenKind::RightBracket | TokenKind::Semicolon
            );
            if is_end || stops(next) {
                break;
            }
            next = self.after(next);
        }
        next
    }

    /// The last token of the comma-separated element that `place` is in.
    pub(super) fn element_end(&self, place: Place) -> Place {
        let end = self.find(place, |next| self.is(next, TokenKind::Comma));
        end.saturating_sub(1).max(place)
    }

    /// The elements between the top-level commas of a span.
    pub(super) fn elements(&self, span: Span) -> Vec<Span> {
        let mut elements = Vec::new();
        let mut first = span.first;
        while first <= span.last {
            let last = self.element_end(first).min(span.last);
            elements.push(Span::new(first, last));
            if !self.is(last + 1, TokenKind::Comma) {
                break;
            }
            first = last + 2;
        }
        elements
    }

    /// The last token of the identifier at `place`: `U&"..."` may have a `UESCAPE`.
    pub(super) fn identifier_end(&self, place: Place) -> Place {
        let is_unicode = matches!(
            self.kind(place),
            Some(TokenKind::UnicodeIdentifier | TokenKind::UnicodeString)
        );
        match self.words(place + 1, &["uescape"]) {
            Some(escape) if is_unicode && self.is_string(escape) => escape,
            _ => place,
        }
    }

    /// The last token of the qualified name at `place`, `.*` included.
    pub(super) fn name_end(&self, place: Place) -> Place {
        let mut last = self.identifier_end(place);
        while self.is(last + 1, TokenKind::Dot) {
            let part = last + 2;
            if !self.is_identifier(part) && !self.is_operator(part, "*") {
                break;
            }
            last = self.identifier_end(part);
        }
        last
    }

    fn bracket(&self, place: Place) -> Bracket {
        let outside = Bracket {
            partner: (self.tokens.len() as Place).saturating_sub(1),
            enclosing: NOWHERE,
            depth: 0,
        };
        self.brackets
            .get(place as usize)
            .copied()
            .unwrap_or(outside)
    }
}

/// Pairs the brackets. A bracket without partner, which no parsed text has,
/// counts as an ordinary token.
fn pair(tokens: &[Token]) -> Vec<Bracket> {
    let mut open: Vec<Place> = Vec::new();
    let mut brackets: Vec<Bracket> = Vec::with_capacity(tokens.len());
    for (place, token) in tokens.iter().enumerate() {
        let place = place as Place;
        let mut bracket = Bracket {
            partner: place,
            enclosing: open.last().copied().unwrap_or(NOWHERE),
            depth: open.len() as u32,
        };
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => open.push(place),
            TokenKind::RightParen | TokenKind::RightBracket => {
                if let Some(partner) = open.pop() {
                    brackets[partner as usize].partner = place;
                    bracket = Bracket {
                        partner,
                        ..brackets[partner as usize]
                    };
                }
            }
            _ => {}
        }
        brackets.push(bracket);
    }
    brackets
}
