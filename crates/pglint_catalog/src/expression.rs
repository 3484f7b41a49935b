//! Expressions of the catalog: defaults, checks, predicates, index elements.

use crate::{ColumnNumber, FunctionId, Name, RelationId, TypeId};
use pglint_text::TextRange;
use std::borrow::Cow;

/// An expression: its text with slots for columns, so that a renamed column
/// changes it, what it depends on, and a shape where one matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// As written, without comments and with single spaces between words.
    pub text: Name,
    /// The columns of its own relation in `text`, in order, disjoint.
    pub slots: Vec<ColumnSlot>,
    /// What can be told of it.
    pub shape: Shape,
    /// Functions of the project that it calls.
    pub functions: Vec<FunctionId>,
    /// Types of the project that it names.
    pub types: Vec<TypeId>,
    /// Relations that it names: sequences in `nextval`.
    pub relations: Vec<RelationId>,
    /// Names of all functions that it calls, without schema and lower case,
    /// also those of the server.
    pub calls: Vec<Name>,
}

/// A place in an expression's text that stands for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnSlot {
    /// Relative to the expression's text.
    pub range: TextRange,
    /// The column of the expression's own relation.
    pub column: ColumnNumber,
}

/// What an expression is, as far as a rule may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The literal `NULL`, cast or not.
    Null,
    /// Literals only, cast or not: `0`, `'new'::status`, `'{}'`, `true`.
    Constant,
    /// A column alone.
    Column(ColumnNumber),
    /// One or more `column IS [NOT] NULL`, joined by `AND`.
    NullTests(Vec<NullTest>),
    /// A boolean column alone, `= true`, `IS TRUE` (`true`), or `NOT column`,
    /// `= false`, `IS FALSE`, `IS NOT TRUE` (`false`).
    BooleanTest(ColumnNumber, bool),
    /// `nextval` of that sequence.
    NextValue(RelationId),
    /// A call of one function (its name lower case, without schema) whose
    /// arguments are constants: `now()`, `gen_random_uuid()`, also the keywords
    /// `current_timestamp` and the like.
    Call(Name),
    /// Anything else.
    Other,
}

/// `column IS NULL` or `column IS NOT NULL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NullTest {
    /// The column.
    pub column: ColumnNumber,
    /// `true` for `IS NULL`.
    pub is_null: bool,
}

impl Expression {
    /// The columns of its own relation that it mentions, sorted, each once.
    pub fn columns(&self) -> Vec<ColumnNumber> {
        let mut columns: Vec<_> = self.slots.iter().map(|slot| slot.column).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether it mentions the column.
    pub fn mentions(&self, column: ColumnNumber) -> bool {
        self.slots.iter().any(|slot| slot.column == column)
    }

    /// Whether it is nothing but `column IS NOT NULL`, joined by `AND`, on
    /// columns that `accept` takes.
    pub fn is_not_null_of(&self, accept: impl Fn(ColumnNumber) -> bool) -> bool {
        match &self.shape {
            Shape::NullTests(tests) => tests
                .iter()
                .all(|test| !test.is_null && accept(test.column)),
            _ => false,
        }
    }

    /// The text with each column under the name that `name` gives it.
    pub fn render<'a>(&'a self, name: impl Fn(ColumnNumber) -> Option<&'a str>) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for slot in &self.slots {
            let (start, end) = (slot.range.start().into(), slot.range.end().into());
            let Some(before) = self.text.get(from..start) else {
                continue;
            };
            out.push_str(before);
            match name(slot.column) {
                Some(name) => out.push_str(&crate::quote_identifier(name)),
                None => out.push_str(self.text.get(start..end).unwrap_or_default()),
            }
            from = end;
        }
        out.push_str(self.text.get(from..).unwrap_or_default());
        out
    }

    /// Whether both say the same: equal but for spelling, spaces and outer
    /// parentheses. `false` means only that it cannot be told.
    pub fn is_same_as(&self, other: &Expression) -> bool {
        self.shape_decides() && self.shape == other.shape
            || strip_parentheses(&self.with_numbers()) == strip_parentheses(&other.with_numbers())
    }

    fn shape_decides(&self) -> bool {
        matches!(
            self.shape,
            Shape::Null | Shape::Column(_) | Shape::NullTests(_) | Shape::BooleanTest(..)
        )
    }

    /// The text with every column replaced by its number after a character that
    /// no SQL holds: the same before and after a rename.
    fn with_numbers(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut from = 0;
        for slot in &self.slots {
            let (start, end): (usize, usize) = (slot.range.start().into(), slot.range.end().into());
            out.push_str(self.text.get(from..start).unwrap_or_default());
            out.push_str(&format!("\u{1}{}", slot.column.0));
            from = end;
        }
        out.push_str(self.text.get(from..).unwrap_or_default());
        fold_case(&out).into_owned()
    }
}

/// Lower case outside of string literals and quoted identifiers.
fn fold_case(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let mut quote = None;
    let folded = text.chars().map(|character| match quote {
        Some(open) => {
            if character == open {
                quote = None;
            }
            character
        }
        None => {
            if matches!(character, '\'' | '"') {
                quote = Some(character);
            }
            character.to_ascii_lowercase()
        }
    });
    Cow::Owned(folded.collect())
}

/// Without parentheses that enclose all of the text.
fn strip_parentheses(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) else {
        return text;
    };
    let mut depth = 0i32;
    for byte in inner.bytes() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b'\'' | b'"' | b'$' => return text,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    strip_parentheses(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(text: &str, slots: &[(u32, u32, u16)]) -> Expression {
        Expression {
            text: text.into(),
            slots: slots
                .iter()
                .map(|&(start, end, column)| ColumnSlot {
                    range: TextRange::new(start.into(), end.into()),
                    column: ColumnNumber(column),
                })
                .collect(),
            shape: Shape::Other,
            functions: Vec::new(),
            types: Vec::new(),
            relations: Vec::new(),
            calls: Vec::new(),
        }
    }

    #[test]
    fn columns_are_rendered_under_their_present_names() {
        let check = expression(
            "price > 0 AND price < limit_",
            &[(0, 5, 1), (14, 19, 1), (22, 28, 2)],
        );
        let rendered = check.render(|column| Some(if column.0 == 1 { "Net" } else { "cap" }));
        assert_eq!(rendered, "\"Net\" > 0 AND \"Net\" < cap");
        assert_eq!(check.columns(), [ColumnNumber(1), ColumnNumber(2)]);
    }

    #[test]
    fn spelling_does_not_tell_expressions_apart() {
        let lower = expression("lower(name)", &[(6, 10, 2)]);
        let upper = expression("(LOWER(Name))", &[(7, 11, 2)]);
        assert!(lower.is_same_as(&upper));
        assert!(!lower.is_same_as(&expression("lower(name)", &[(6, 10, 3)])));
        assert!(!expression("'A'", &[]).is_same_as(&expression("'a'", &[])));
        assert!(!expression("(a) + (b)", &[]).is_same_as(&expression("a) + (b", &[])));
    }
}
