//! No text panics, hangs or uses up the memory, and the invariants hold.
#![allow(clippy::unwrap_used, reason = "tests")]

mod corpus;

use pglint_syntax::{
    ParseOptions, ParsedFile, Statement, StatementParse, Token, TokenKind, lex, parse_file, split,
    with_large_stack,
};

/// A few statements of every kind that the lexer and splitter know.
const SAMPLE: &str = r#"
-- a comment; with a quote '
CREATE TABLE "t 1" (a int DEFAULT 0x1F, b text COLLATE "C", c U&"\0061" CHECK (b <> E'a\'b'));
/* a /* nested */ comment */
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE t SET a = $$x$$ WHERE b = 'c''d';
END $body$;
CREATE FUNCTION g(x int) RETURNS int BEGIN ATOMIC
  SELECT CASE WHEN x > 1 THEN 1 ELSE 2 END;
END;
CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b);
\set v 'x y' \\ SELECT :v, :'v', a[1:2], b::numeric(10, 2) \gset
COPY t (a, b) FROM stdin;
1	it's
\.
INSERT INTO t VALUES (1, 'a'
  'b'), ($1, B'01'), (.5e-3, N'é');
SELECT a->>'b' @> c || d, a=-1 FROM t WHERE x ? 'y' AND (1, 2) IN (SELECT 1, 2); SELECT 1\; SELECT 2;
{% if x %} SELECT {{ a }}, ${b}, @c, ? FROM {{ s }}.t_#{u} {# ' #} WHERE a = %(d)s::int AND b IN :e {% endif %};
INSERT INTO `t` VALUES :rows; SELECT * FROM @extschema@.t WHERE a=? LIMIT :v:n;
"#;

fn check_invariants(text: &str, file: &ParsedFile) {
    let mut end = 0.into();
    for statement in &file.statements {
        assert!(
            statement.range.start() >= end,
            "statements overlap in {text:?}"
        );
        assert!(!statement.range.is_empty());
        assert!(statement.terminator_range.start() >= statement.range.end());
        end = statement.terminator_range.end();
        let mut offset = 0.into();
        let tokens = statement.tokens(&text[statement.range]);
        for token in &tokens {
            assert_eq!(token.start(), offset, "a gap in {text:?}");
            offset = token.end();
        }
        assert_eq!(offset, statement.range.len());
        check_masks(statement, &tokens);
        if let StatementParse::SyntaxError(error) = &statement.parse {
            assert!(!error.range.is_empty() && error.range.end() <= statement.range.len());
            let _ = &text[statement.range][error.range];
        }
    }
    assert!(usize::from(end) <= text.len());
    let comments = &file.aside.comments;
    assert!(
        comments
            .iter()
            .zip(comments.iter().skip(1))
            .all(|(a, b)| a.range.end() <= b.range.start())
    );
}

/// Masks are in order, and each of them is one token.
fn check_masks(statement: &Statement, tokens: &[Token]) {
    let tree = statement.tree();
    let masks = tree.as_ref().map_or(&[][..], |tree| tree.masks());
    let placeholders = tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Placeholder);
    let placeholders: Vec<_> = placeholders.map(|token| token.range()).collect();
    let masks: Vec<_> = masks.iter().map(|mask| mask.range).collect();
    assert_eq!(placeholders, masks);
    let ends = tokens.iter().map(|token| token.end());
    let boundaries: Vec<_> = std::iter::once(0.into()).chain(ends).collect();
    for node in tree.iter().flat_map(|tree| tree.nodes()) {
        let range = node.range();
        assert!(boundaries.binary_search(&range.start()).is_ok(), "{node:?}");
        assert!(boundaries.binary_search(&range.end()).is_ok(), "{node:?}");
    }
}

fn check_text(text: &str) {
    let file = parse_file(text, ParseOptions::default());
    check_invariants(text, &file);
}

/// Cuts of `text` after every token.
fn truncations(text: &str) -> impl Iterator<Item = &str> {
    let tokens = lex(text, ParseOptions::default());
    tokens
        .into_iter()
        .map(|token| &text[..usize::from(token.end())])
}

/// Numbers that look random and are the same every time (an LCG of Knuth's).
fn seeded(seed: &mut u64, below: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % below.max(1)
}

fn seeded_cuts<'t>(text: &'t str, count: usize, seed: &mut u64) -> Vec<&'t str> {
    let mut cut = || {
        let mut at = seeded(seed, text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    (0..count)
        .map(|index| {
            if index % 2 == 0 {
                &text[..cut()]
            } else {
                &text[cut()..]
            }
        })
        .collect()
}

#[test]
fn a_sample_cut_anywhere() {
    with_large_stack(|| {
        for (index, _) in SAMPLE.char_indices() {
            check_text(&SAMPLE[..index]);
            check_text(&SAMPLE[index..]);
        }
    });
}

#[test]
fn the_sample_itself_parses() {
    with_large_stack(|| {
        let file = parse_file(SAMPLE, ParseOptions::default());
        let unread: Vec<_> = file
            .statements
            .iter()
            .filter(|statement| statement.tree().is_none())
            .collect();
        assert!(unread.is_empty(), "{unread:#?}");
        assert_eq!(file.statements.len(), 13);
    });
}

/// A mistake in one of the sample's statements leaves the others alone.
#[test]
fn one_mistake_costs_one_diagnostic() {
    let statements = [
        "CREATE TABLE t (a int, b text DEFAULT 'x')",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$\n  SELECT 1;\n  SELECT 2;\n$$",
        "INSERT INTO t (a, b) VALUES (1, 'it''s'), (2, \"c\")",
        "CREATE INDEX i ON t (lower(b)) WHERE a > 0",
        "SELECT a, (SELECT count(*) FROM u) FROM t",
    ];
    let mistakes = ["'", "\"", "(", ")", "$$", "/*", "[", "SELECT SELECT"];
    with_large_stack(|| {
        for broken in 0..statements.len() {
            for mistake in mistakes {
                let mut text = String::new();
                for (index, statement) in statements.iter().enumerate() {
                    text += statement;
                    if index == broken {
                        text += " ";
                        text += mistake;
                    }
                    text += ";\n";
                }
                let file = parse_file(&text, ParseOptions::default());
                check_invariants(&text, &file);
                let refused = file
                    .statements
                    .iter()
                    .filter(|statement| statement.tree().is_none())
                    .count();
                assert_eq!(file.statements.len(), statements.len(), "{text}");
                assert_eq!(refused, 1, "{text}");
            }
        }
    });
}

/// Reads a text in every way and checks what must hold of any.
fn read(text: &str) -> ParsedFile {
    let file = with_large_stack(|| parse_file(text, ParseOptions::default()));
    let _ = split(text, ParseOptions::default());
    check_invariants(text, &file);
    file
}

#[test]
fn deep_nesting_is_too_complex_and_no_error() {
    for text in [
        format!("SELECT {}1{};", "(".repeat(100_000), ")".repeat(100_000)),
        format!("SELECT 'a'{};", " || 'a'".repeat(20_000)),
    ] {
        let file = read(&text);
        let parse = &file.statements[0].parse;
        assert!(
            !matches!(parse, StatementParse::SyntaxError(_)),
            "{parse:?}"
        );
    }
    let text = format!("{}{} SELECT 1;", "/*".repeat(200_000), "*/".repeat(200_000));
    assert!(read(&text).statements[0].tree().is_some());
}

#[test]
fn one_long_insert_is_sampled() {
    let text = format!(
        "INSERT INTO t VALUES {}(0, 'x');",
        "(12345, 'some words, and more'),\n".repeat(375_000)
    );
    assert!(text.len() > 12_000_000);
    let file = read(&text);
    assert!(file.statements[0].tree().is_some());
    assert_eq!(
        file.statements[0]
            .skipped_rows
            .map(|rows| rows.kept + rows.skipped),
        Some(375_001)
    );
}

/// Statements under 4 KB truncated after every token, files at 50 seeded cuts;
/// of each file so many bytes are spent that the whole stays a matter of minutes.
#[test]
fn the_corpus_cut_anywhere() {
    const BYTES_A_FILE: usize = 400_000;
    let mut cuts = 0;
    let mut seed = 1;
    corpus::for_each_file(|_, text| {
        with_large_stack(|| {
            let mut left = BYTES_A_FILE;
            for cut in seeded_cuts(text, 50, &mut seed) {
                if left < cut.len() {
                    continue;
                }
                left -= cut.len();
                cuts += 1;
                check_text(cut);
            }
            let mut left = BYTES_A_FILE;
            for statement in split(text, ParseOptions::default()).statements {
                let slice = &text[statement.range];
                let cost = slice.len() * statement.tokens.len() / 2;
                if slice.len() < 4096 && cost < left {
                    left -= cost;
                    truncations(slice).for_each(check_text);
                    cuts += statement.tokens.len();
                }
            }
        });
    });
    corpus::report("robustness", &format!("{cuts} cuts"));
}
