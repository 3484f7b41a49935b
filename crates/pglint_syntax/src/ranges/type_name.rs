//! Types: the rule `Typename` of gram.y.

use super::Recovery;
use super::tokens::{Place, Span};
use crate::ast;
use crate::token::TokenKind;
use crate::tree::Node;

/// The fields of an interval type, such as `DAY TO SECOND(3)`.
const INTERVAL_FIELDS: &[&str] = &["year", "month", "day", "hour", "minute", "second", "to"];

impl<'t> Recovery<'t> {
    /// The whole of a type's name: `SETOF`, name, modifiers, time zone, array
    /// bounds. `None` for other nodes and for types that the grammar makes up.
    pub(super) fn type_name(&self, node: Node<'t>, anchor: Option<Place>) -> Option<Span> {
        let type_name = node.cast::<ast::TypeName>()?;
        let anchor = anchor?;
        let mut last = self.simple_type_end(type_name, anchor);
        if !type_name.array_bounds().is_empty() {
            last = self.array_bounds_end(last);
        }
        let before = anchor.checked_sub(1);
        let setof = before.filter(|before| self.tokens.is_word(*before, "setof"));
        Some(Span::new(setof.unwrap_or(anchor), last))
    }

    fn simple_type_end(&self, type_name: Node<'t, ast::TypeName>, place: Place) -> Place {
        let tokens = &self.tokens;
        // Only these have lengths that leave no modifiers or made-up ones.
        if let Some(after) = tokens.words(place, &["double", "precision"]) {
            return after - 1;
        }
        let name_end = self.type_words_end(place);
        let is_built_in = name_end > place
            || tokens.is_any_word(place, &["float", "bit", "char", "character", "nchar"]);
        if tokens.is_word(place, "interval") && !self.has_dot(place) {
            return self.interval_end(place);
        }
        // RETURNS TABLE (...)
        if tokens.is_word(place, "table") {
            return tokens.closing_paren(place + 1).unwrap_or(place);
        }
        if tokens.is_any_word(place, &["timestamp", "time"]) && !self.has_dot(place) {
            return self.time_end(place);
        }
        let name_end = match is_built_in && !self.has_dot(place) {
            true => name_end,
            false => tokens.name_end(place),
        };
        if type_name.pct_type() && tokens.is_operator(name_end + 1, "%") {
            return name_end + 2;
        }
        let has_modifiers = is_built_in || !type_name.typmods().is_empty();
        let close = tokens.closing_paren(name_end + 1);
        close.filter(|_| has_modifiers).unwrap_or(name_end)
    }

    fn has_dot(&self, place: Place) -> bool {
        self.tokens.is(place + 1, TokenKind::Dot)
    }

    /// The last of the words `NATIONAL CHARACTER VARYING`, `BIT VARYING`, ...
    fn type_words_end(&self, place: Place) -> Place {
        let mut last = place;
        if self.tokens.is_word(last, "national") {
            let is_char = self.tokens.is_any_word(last + 1, &["char", "character"]);
            last += Place::from(is_char);
        }
        let can_vary = ["char", "character", "nchar", "bit"];
        if self.tokens.is_any_word(last, &can_vary) && self.tokens.is_word(last + 1, "varying") {
            last += 1;
        }
        last
    }

    /// `TIMESTAMP [(p)] [WITH|WITHOUT TIME ZONE]`.
    fn time_end(&self, place: Place) -> Place {
        let last = self.tokens.closing_paren(place + 1).unwrap_or(place);
        let zones = [["with", "time", "zone"], ["without", "time", "zone"]];
        let after = zones
            .iter()
            .find_map(|words| self.tokens.words(last + 1, words));
        after.map_or(last, |after| after - 1)
    }

    /// `INTERVAL (p)`, `INTERVAL DAY TO SECOND (p)`, and `INTERVAL '...' DAY TO
    /// SECOND (p)`, where the constant stands amid the type.
    fn interval_end(&self, place: Place) -> Place {
        if let Some(close) = self.tokens.closing_paren(place + 1) {
            return close;
        }
        let mut last = place;
        if self.tokens.is_string(place + 1) {
            let string_end = self.tokens.identifier_end(place + 1);
            let has_fields = self.tokens.is_any_word(string_end + 1, INTERVAL_FIELDS);
            last = if has_fields { string_end } else { place };
        }
        while self.tokens.is_any_word(last + 1, INTERVAL_FIELDS) {
            last += 1;
        }
        let close = self.tokens.closing_paren(last + 1);
        close
            .filter(|_| self.tokens.is_word(last, "second"))
            .unwrap_or(last)
    }

    /// `[]`, `[3][4]`, `ARRAY`, `ARRAY[3]`.
    fn array_bounds_end(&self, mut last: Place) -> Place {
        if self.tokens.is_word(last + 1, "array") {
            last += 1;
        }
        while self.tokens.is(last + 1, TokenKind::LeftBracket)
            && let Some(close) = self.tokens.closing(last + 1)
        {
            last = close;
        }
        last
    }
}
