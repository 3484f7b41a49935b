//! Loops over values that the code itself holds.

use super::{Frame, Reader, Value, value};
use pglint_text::TextRange;
use std::ops::Range;

/// A loop over known values.
pub(super) struct Loop {
    variable: String,
    /// The column of a query, for a variable that is a row.
    column: String,
    /// Those that are left, the next one last.
    pub(super) values: Vec<String>,
    /// The place of the first token inside.
    start: usize,
}

/// So many values of loops are gone through in one block.
const MOST_ROUNDS: usize = 1_000;

/// So many tokens at most are read again.
const MOST_TOKENS: usize = 1_000_000;

impl Reader<'_> {
    pub(super) fn begin_loop(&mut self) {
        let start = self.at;
        self.skip_to_word("loop");
        let ends = self.at > start + 1 && self.word(self.at - 1) == "loop";
        let head = start + 1..self.at - usize::from(ends);
        let variable = self.word(start + 1);
        let column = self.word(head.end - 1);
        let values = match self.word(start).as_str() {
            "foreach" | "for" => self.loop_values(head),
            _ => None,
        };
        self.forget(&variable);
        let rounds = values.as_ref().map_or(0, Vec::len);
        let is_short = self.rounds + rounds <= MOST_ROUNDS
            && rounds * (self.tokens.len() - self.at) <= MOST_TOKENS;
        let is_known = rounds > 0 && is_short && self.is_worth_following();
        match values.filter(|_| is_known) {
            Some(mut values) => {
                values.reverse();
                let start = self.at;
                self.round(Loop {
                    variable,
                    column,
                    values,
                    start,
                });
            }
            None => self.frames.push(Frame::Other),
        }
    }

    pub(super) fn round(&mut self, mut known: Loop) {
        self.rounds += 1;
        if let Some(value) = known.values.pop() {
            let value = Value::Text(value);
            let field = format!("{}.{}", known.variable, known.column);
            self.variables.insert(field, value.clone());
            self.variables.insert(known.variable.clone(), value);
        }
        self.at = known.start;
        self.frames.push(Frame::Known(known));
    }

    /// The values that a loop goes through: `t IN ARRAY them`, `i IN 1..3`,
    /// `t IN SELECT unnest(them) AS t`, `t IN SELECT * FROM unnest(them)`.
    fn loop_values(&self, head: Range<usize>) -> Option<Vec<String>> {
        let at = head.clone().find(|at| self.word(*at) == "in")?;
        let list = match self.word(at + 1).as_str() {
            _ if at + 2 > head.end => return None,
            "array" => at + 2..head.end,
            "select" => self.unnested(at + 2..head.end)?,
            _ => return self.numbers(at + 1..head.end),
        };
        value(&self.tokens[list], self.body, &self.variables)?.list()
    }

    /// What a query unnests, if it does nothing else.
    fn unnested(&self, query: Range<usize>) -> Option<Range<usize>> {
        let call = query.clone().find(|at| self.word(*at) == "unnest")?;
        let mut depth = 0;
        if self.spelling(call + 1) != "(" {
            return None;
        }
        let close = (call + 1..query.end).find(|at| {
            match self.spelling(*at) {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let is_name = |at: usize| !matches!(self.word(at).as_str(), "" | "where" | "limit");
        let is_plain = |at: usize| is_name(at) || self.spelling(at) == "*";
        let mut others = (query.start..call).chain(close + 1..query.end);
        (others.clone().count() < 6 && others.all(is_plain)).then_some(call + 2..close)
    }

    fn numbers(&self, range: Range<usize>) -> Option<Vec<String>> {
        let (first, last) = (self.tokens.get(range.start)?, self.tokens[range].last()?);
        let text = &self.body[TextRange::new(first.start(), last.end())];
        let (from, to) = text.split_once("..")?;
        let (from, to) = (
            from.trim().parse::<u32>().ok()?,
            to.trim().parse::<u32>().ok()?,
        );
        let count = usize::try_from(to.checked_sub(from)?).ok()?;
        (count < MOST_ROUNDS).then(|| (from..=to).map(|it| it.to_string()).collect())
    }

    /// Whether the loop whose inside begins here changes something, and is not left
    /// before its end.
    fn is_worth_following(&self) -> bool {
        let mut depth = 1;
        let mut changes = false;
        for at in self.at..self.tokens.len() {
            match self.word(at).as_str() {
                "loop" if self.word(at - 1) == "end" => depth -= 1,
                "loop" => depth += 1,
                "continue" | "exit" | "return" => return false,
                "execute" | "perform" | "call" | "create" | "alter" | "drop" => changes = true,
                _ => {}
            }
            if depth == 0 {
                return changes;
            }
        }
        false
    }
}
