//! The trees that are made from those of statements that are alike, against the
//! parser.

mod corpus;

use pglint_syntax::{ParseOptions, TreeRef, parse, parse_file, with_large_stack};

/// How many trees of the file are made, after a comparison with the parser's.
fn made(path: &str, text: &str) -> usize {
    with_large_stack(|| {
        let options = ParseOptions::default();
        let file = parse_file(text, options);
        let mut made = 0;
        for statement in &file.statements {
            if let Some(TreeRef::Made(tree)) = statement.tree() {
                let text = &text[statement.range];
                let parsed = parse(text, options);
                assert!(parsed.is_ok_and(|it| it == *tree), "{path}: {text}");
                made += 1;
            }
        }
        made
    })
}

#[test]
fn inserts_that_are_alike_have_the_parsers_trees() {
    let row = |row: usize| match row % 4 {
        0 => format!("({row}, 'Zoë''s', NULL, -{row}.25)"),
        1 => format!("({row}, 'b', '{row}'::text, -7)"),
        2 => format!("({}, '', E'\\n', 0)", row % 3),
        _ => format!("(0, 'b', now(), {row}000000000)"),
    };
    let insert =
        |number: usize| format!("insert into \"T\" /* {number} */ values {};\n", row(number));
    let text: String = (0..1000).map(insert).collect();
    assert!(made("", &text) > 400);
}

#[test]
fn the_corpus() {
    let mut count = 0;
    corpus::for_each_file(|path, text| count += made(path, text));
    corpus::report(
        "templates",
        &format!("{count} trees made as the parser does"),
    );
}
