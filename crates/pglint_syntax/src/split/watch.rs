//! What has to be known of the statement that is being read to find its end.

use crate::token::{Token, TokenKind};

/// How far a statement's first words have been recognised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Head {
    #[default]
    Start,
    /// `CREATE [OR REPLACE]`
    Create,
    /// `CREATE [OR REPLACE] FUNCTION | PROCEDURE`
    Routine,
    /// `COPY`
    Copy,
    /// `COPY ... FROM`
    CopyFrom,
    /// `COPY ... FROM STDIN`
    CopyFromStdin,
    Other,
}

/// The word or sign before the present token, as far as it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Previous {
    #[default]
    Other,
    Begin,
    /// `AS` or a dot, after which any word is a name.
    Label,
}

/// The state of one statement.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Watch {
    head: Head,
    previous: Previous,
    /// Whether the next token is the statement's second.
    is_second: bool,
    open_parens: u32,
    /// Inside `BEGIN ATOMIC`: one more than the `CASE`s that are open.
    atomic: u32,
}

impl Watch {
    /// Whether a `;` now ends the statement.
    pub(super) fn is_top_level(&self) -> bool {
        self.open_parens == 0 && self.atomic == 0
    }

    /// Whether the statement is a `COPY ... FROM STDIN`.
    pub(super) fn reads_copy_data(&self) -> bool {
        self.head == Head::CopyFromStdin
    }

    /// Takes the next significant token; its offsets are relative to `text`.
    pub(super) fn take(&mut self, text: &str, token: Token) {
        let previous = std::mem::take(&mut self.previous);
        let was_start = self.head == Head::Start;
        self.take_kind(text, token, previous);
        self.is_second = was_start;
    }

    fn take_kind(&mut self, text: &str, token: Token, previous: Previous) {
        match token.kind {
            TokenKind::LeftParen => {
                self.open_parens += 1;
                // `COPY (query)` only writes, whatever follows.
                if self.head == Head::Copy && self.is_second {
                    self.head = Head::Other;
                }
            }
            // An unmatched parenthesis must not keep the next ones from closing.
            TokenKind::RightParen => self.open_parens = self.open_parens.saturating_sub(1),
            TokenKind::Dot => self.previous = Previous::Label,
            TokenKind::Word if self.head == Head::Routine => {
                self.routine_word(text, token, previous);
            }
            TokenKind::Word if self.head != Head::Other => self.head = self.next_head(text, token),
            _ if self.head == Head::CopyFrom => self.head = Head::Copy,
            _ if self.head == Head::Start => self.head = Head::Other,
            _ => {}
        }
    }

    fn next_head(&self, text: &str, token: Token) -> Head {
        let is = |word: &str| token.is_word(text, word);
        match self.head {
            Head::Start if is("create") => Head::Create,
            Head::Start if is("copy") => Head::Copy,
            Head::Create if is("or") || is("replace") => Head::Create,
            Head::Create if is("function") || is("procedure") => Head::Routine,
            Head::Copy if self.open_parens == 0 && is("from") => Head::CopyFrom,
            Head::CopyFrom if is("stdin") || is("stdout") => Head::CopyFromStdin,
            Head::Copy | Head::CopyFrom => Head::Copy,
            Head::CopyFromStdin => Head::CopyFromStdin,
            _ => Head::Other,
        }
    }

    /// psql counts `BEGIN`, `CASE` and `END` in the same way (`psqlscan.l`).
    fn routine_word(&mut self, text: &str, token: Token, previous: Previous) {
        let is = |word: &str| token.is_word(text, word);
        if previous == Previous::Label {
        } else if is("begin") {
            self.previous = Previous::Begin;
        } else if is("as") {
            self.previous = Previous::Label;
        } else if self.atomic == 0 {
            self.atomic = u32::from(previous == Previous::Begin && is("atomic"));
        } else if is("case") {
            self.atomic += 1;
        } else if is("end") {
            self.atomic -= 1;
        }
    }
}

/// What a `SET` or `RESET` of `standard_conforming_strings` makes of it;
/// `None` for any other statement. `text` starts where the statement does.
pub(super) fn standard_conforming_strings(text: &str, tokens: &[Token]) -> Option<bool> {
    let mut rest = tokens.iter().filter(|token| !token.is_trivia());
    let first = rest.next()?;
    if !first.is_word(text, "set") && !first.is_word(text, "reset") {
        return None;
    }
    let is_scope = |t: &&Token| t.is_word(text, "session") || t.is_word(text, "local");
    let name = rest.find(|token| !is_scope(token))?;
    if !name.is_word(text, "standard_conforming_strings") {
        return None;
    }
    let value = rest.nth(1).map_or("on", |token| token.text(text));
    let value = value.trim_matches('\'').to_ascii_lowercase();
    let off = !value.is_empty() && ["off", "of", "false", "no", "0"].contains(&value.as_str());
    Some(!off)
}
