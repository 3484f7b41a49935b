//! One statement's text to its tree, or to the one thing that is wrong with it.

use std::ffi::CString;
use std::ops::Range;

use pglint_text::TextSize;

use crate::decode::{Decoded, decode};
use crate::placeholder::PlaceholderName;
use crate::raw_parser::{self, DISABLE_STANDARD_CONFORMING_STRINGS, RawError};
use crate::tree::Tree;

/// Settings of a session that change how PostgreSQL parses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ParseOptions {
    /// `off` makes a backslash in `'...'` an escape. Default: on, as since
    /// PostgreSQL 9.1.
    pub standard_conforming_strings: bool,
    /// No `;` is missed before a line that starts a statement: Hibernate takes each
    /// line of `import.sql` for one. Nothing of PostgreSQL's; off by default.
    pub lines_end_statements: bool,
}

impl Default for ParseOptions {
    fn default() -> ParseOptions {
        ParseOptions {
            standard_conforming_strings: true,
            lines_end_statements: false,
        }
    }
}

/// Why there is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// PostgreSQL's parser refuses the text.
    Syntax {
        /// PostgreSQL's message: ``syntax error at or near "FORM"``.
        message: String,
        /// 0-based byte offset in the text. `None` where PostgreSQL gives no place.
        offset: Option<TextSize>,
    },
    /// Too deep or too large for the parser: it may well be correct.
    TooComplex {
        /// PostgreSQL's message.
        message: String,
    },
    /// There is nothing but white space and comments.
    Empty,
    /// The text holds several statements: it was not split where PostgreSQL does.
    Several,
}

/// Parses the text of one statement, without its final semicolon.
///
/// Must run on a thread with a large stack (see [`STACK_SIZE`]): PostgreSQL's
/// parser recurses, and refuses what does not fit.
pub fn parse(text: &str, options: ParseOptions) -> Result<Tree, ParseError> {
    parse_masked(&MaskedText::without_masks(text), options)
}

/// A text for the parser in which placeholders are replaced.
pub(crate) struct MaskedText<'t> {
    /// What is parsed, with letters in place of the bytes that are not known.
    pub(crate) sql: &'t str,
    /// The bytes that are not known, parts of names. The parser sees bytes there
    /// that no text has, so that such a name is no other's; the tree has
    /// [`crate::UNKNOWN_CHARACTER`] for each.
    pub(crate) unknown: &'t [Range<usize>],
    /// Names that go by the placeholder's own text, and their bytes; the tree has
    /// that text for the name.
    pub(crate) schemas: &'t [PlaceholderName],
    /// Where, in order, names start that are parameters if they stand alone in
    /// an expression.
    pub(crate) parameters: &'t [u32],
}

impl<'t> MaskedText<'t> {
    fn without_masks(sql: &'t str) -> MaskedText<'t> {
        MaskedText {
            sql,
            unknown: &[],
            schemas: &[],
            parameters: &[],
        }
    }

    fn for_the_parser(&self) -> Vec<u8> {
        const IN_NO_TEXT: u8 = 0xff;
        let mut bytes = self.sql.as_bytes().to_vec();
        for range in self.unknown {
            bytes[range.clone()].fill(IN_NO_TEXT);
        }
        for schema in self.schemas {
            schema.write(&mut bytes);
        }
        bytes
    }
}

/// Parses a text as [`parse`] does; the tree keeps `masked.sql` as its text.
pub(crate) fn parse_masked(
    masked: &MaskedText<'_>,
    options: ParseOptions,
) -> Result<Tree, ParseError> {
    let c_text = CString::new(masked.for_the_parser()).map_err(|error| ParseError::Syntax {
        message: "invalid byte 0x00 in the statement".to_owned(),
        offset: TextSize::try_from(error.nul_position()).ok(),
    })?;
    let parser_options = if options.standard_conforming_strings {
        0
    } else {
        DISABLE_STANDARD_CONFORMING_STRINGS
    };
    let decoded = raw_parser::parse(&c_text, parser_options, |statements| {
        decode(statements, masked.sql, masked.schemas)
    })
    .map_err(|error| parse_error(error, masked.sql))?;
    match decoded {
        Decoded::One(mut tree) => {
            tree.make_parameters(masked.parameters);
            crate::ranges::recover(&mut tree, options);
            Ok(tree)
        }
        Decoded::Nothing => Err(ParseError::Empty),
        Decoded::Several => Err(ParseError::Several),
        Decoded::TooDeep => Err(ParseError::TooComplex {
            message: "the statement is nested too deeply".to_owned(),
        }),
        Decoded::Malformed => Err(ParseError::TooComplex {
            message: "the parse tree could not be read".to_owned(),
        }),
    }
}

/// The stack, in bytes, that a thread which parses should reserve. It is address
/// space, not memory: only what a statement needs is touched.
pub const STACK_SIZE: usize = 256 << 20;

/// Messages that tell of the parser's limits, not of the text. Sources:
/// `check_stack_depth` of stack_depth.c, gram.c's `yyerror("memory exhausted")`,
/// libpg_query's own nesting check, `ereport(... "not implemented")`.
const LIMITS: &[&str] = &[
    "stack depth",
    "nested too deeply",
    "memory exhausted",
    "not implemented",
    "out of memory",
];

fn parse_error(error: RawError, text: &str) -> ParseError {
    if LIMITS.iter().any(|limit| error.message.contains(limit)) {
        return ParseError::TooComplex {
            message: error.message,
        };
    }
    let offset = error.cursor_position.checked_sub(1).map(|characters| {
        let byte = text
            .char_indices()
            .nth(characters)
            .map_or(text.len(), |(byte, _)| byte);
        TextSize::try_from(byte).unwrap_or_default()
    });
    ParseError::Syntax {
        message: error.message,
        offset,
    }
}

/// Runs `work` on a thread of its own with a stack of [`STACK_SIZE`]. For tests,
/// tools and single statements; `pglint_project` keeps a pool of such threads.
pub fn with_large_stack<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    std::thread::scope(|scope| {
        let handle = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn_scoped(scope, work);
        match handle.map(|handle| handle.join()) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("cannot start a thread: {error}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ast;

    fn tree(sql: &str) -> Tree {
        let sql = sql.to_owned();
        with_large_stack(move || parse(&sql, ParseOptions::default())).unwrap()
    }

    #[test]
    fn fields_have_their_values() {
        let tree = tree("SELECT a.b, * FROM s.\"T\" AS a WHERE x = $1 AND y IS NULL");
        let select = tree.root().cast::<ast::SelectStmt>().unwrap();
        let target = select.target_list().of::<ast::ResTarget>().next().unwrap();
        let column = target.val().unwrap().cast::<ast::ColumnRef>().unwrap();
        assert_eq!(column.fields().to_vec(), ["a", "b"]);
        let star = select.target_list().of::<ast::ResTarget>().nth(1).unwrap();
        let star = star.val().unwrap().cast::<ast::ColumnRef>().unwrap();
        assert!(star.fields().has_star() && star.fields().is_empty());
        let from = select.from_clause().of::<ast::RangeVar>().next().unwrap();
        assert_eq!((from.schemaname(), from.relname()), ("s", "T"));
        assert_eq!(from.alias().unwrap().aliasname(), "a");
        let and = select
            .where_clause()
            .unwrap()
            .cast::<ast::BoolExpr>()
            .unwrap();
        assert_eq!(and.boolop(), ast::BoolExprType::AndExpr);
        let equals = and.args().of::<ast::AExpr>().next().unwrap();
        assert_eq!(equals.kind(), ast::AExprKind::AexprOp);
        assert_eq!(equals.name().only(), Some("="));
        assert_eq!(equals.parent().unwrap(), and);
        let param = equals.rexpr().unwrap().cast::<ast::ParamRef>().unwrap();
        assert_eq!(param.number(), 1);
        assert_eq!(and.args().of::<ast::NullTest>().count(), 1);
    }

    #[test]
    fn table_elements_have_their_values() {
        let tree = tree(
            "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
             a int DEFAULT -1 NOT NULL, FOREIGN KEY (a, id) REFERENCES u (x, y) ON DELETE CASCADE)",
        );
        let create = tree.root().cast::<ast::CreateStmt>().unwrap();
        let columns: Vec<_> = create.table_elts().of::<ast::ColumnDef>().collect();
        assert_eq!(columns.len(), 2);
        assert_eq!(
            columns[0].type_name().unwrap().names().to_vec(),
            ["pg_catalog", "int8"]
        );
        let kinds: Vec<_> = columns[0]
            .constraints()
            .of::<ast::Constraint>()
            .map(|constraint| constraint.contype())
            .collect();
        assert_eq!(
            kinds,
            [
                ast::ConstrType::ConstrIdentity,
                ast::ConstrType::ConstrPrimary
            ]
        );
        let key = create.table_elts().of::<ast::Constraint>().next().unwrap();
        assert_eq!(key.fk_attrs().to_vec(), ["a", "id"]);
        assert_eq!(key.pk_attrs().to_vec(), ["x", "y"]);
        assert_eq!(key.fk_del_action(), "c");
        assert!(key.initially_valid() && !key.deferrable());
    }

    #[test]
    fn every_child_knows_its_parent() {
        let tree =
            tree("WITH c AS (SELECT 1) SELECT f(x, (SELECT y FROM c)) FROM c, d WHERE x IN (1, 2)");
        for node in tree.nodes() {
            for child in node.children() {
                assert_eq!(child.parent().unwrap(), node);
            }
            assert_eq!(
                node.descendants().count(),
                node.children()
                    .map(|child| 1 + child.descendants().count())
                    .sum::<usize>()
            );
        }
    }

    #[track_caller]
    fn check_error(sql: &str, expected_message: &str, expected_offset: Option<u32>) {
        match parse(sql, ParseOptions::default()) {
            Err(ParseError::Syntax { message, offset }) => {
                assert_eq!(message, expected_message);
                assert_eq!(offset.map(u32::from), expected_offset);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn errors_have_byte_offsets() {
        check_error("SELECT 1 FORM t", "syntax error at or near \"t\"", Some(14));
        check_error("SELECT 'é' x y", "syntax error at or near \"y\"", Some(14));
        check_error("SELECT (", "syntax error at end of input", Some(8));
        check_error("SELECT \0", "invalid byte 0x00 in the statement", Some(7));
    }

    #[test]
    fn limits_are_no_syntax_errors() {
        let deep = format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000));
        let chain = format!("SELECT 1{}", " || 1".repeat(20_000));
        for sql in [deep, chain] {
            let outcome = with_large_stack(|| parse(&sql, ParseOptions::default()).map(drop));
            assert!(
                !matches!(outcome, Err(ParseError::Syntax { .. })),
                "{outcome:?}"
            );
        }
    }

    #[test]
    fn long_chains_parse_on_a_large_stack() {
        let chain = format!("SELECT 1{}", " || 1".repeat(4_500));
        let nodes = with_large_stack(|| {
            parse(&chain, ParseOptions::default()).map(|tree| tree.nodes().count())
        });
        assert!(nodes.is_ok_and(|nodes| nodes > 9_000));
    }

    #[test]
    fn blank_texts_and_several_statements_are_told_apart() {
        assert_eq!(
            parse(" -- x", ParseOptions::default()),
            Err(ParseError::Empty)
        );
        assert_eq!(
            parse("SELECT 1; SELECT 2", ParseOptions::default()),
            Err(ParseError::Several)
        );
    }
}
