//! What is alike and what is not, each compared with the parser's tree.

use super::*;
use crate::kept::TreeRef;
use crate::parse::{parse, with_large_stack};

fn options() -> ParseOptions {
    ParseOptions::default()
}

/// A template of `known` gives for `text` the tree that the parser gives, or there is
/// none.
#[track_caller]
fn check(known: &str, text: &str, is_alike: bool) {
    with_large_stack(|| {
        let tree = Arc::new(parse(known, options()).expect(known));
        let template = Template::new(&tree);
        let keys = [known, text].map(|text| key(text, &lex(text, options())));
        let found = template.filter(|_| keys[0] == keys[1]);
        assert_eq!(found.is_some(), is_alike, "{known}\n{text}");
        if let Some(template) = found {
            assert!(
                template.tree(text) == parse(text, options()).expect(text),
                "{text}"
            );
        }
    });
}

#[test]
fn literals_make_no_other_tree() {
    let known = "INSERT INTO s.t (a, \"B\") VALUES (1, 'a', -1, 2.5, -2.5, NULL, true)";
    check(known, known, true);
    check(
        known,
        "INSERT  INTO /* x */ s . t\n(a, \"B\") VALUES (70000, 'it''s', -2147483647, 1.,-.5,NULL,true)",
        true,
    );
    // A string that is the name of a column, of the table, or there twice.
    check(
        "INSERT INTO t (a, b) VALUES ('x', 'y') RETURNING a",
        "INSERT INTO t (a, b) VALUES ('a', 'a') RETURNING a",
        true,
    );
    check(
        "INSERT INTO t (a, b) VALUES ('a', 't'), ('b', 'b')",
        "INSERT INTO t (a, b) VALUES ('x', 'y'), ('z', 'é')",
        true,
    );
    check(
        "WITH x AS (SELECT 1) INSERT INTO t VALUES (f('a', 1 - 2), 'x'::text || 3)",
        "WITH x AS (SELECT 9) INSERT INTO t VALUES (f('bcd', 10 - 20), ''''::text || 77)",
        true,
    );
    check(
        "INSERT INTO t VALUES (date '2020-01-01', 9999999999, -9999999999, E'a')",
        "INSERT INTO t VALUES (date '2020-01-02', 2147483648, -2147483648, E'a')",
        true,
    );
}

#[test]
fn what_the_grammar_or_the_scanner_looks_at_is_not_alike() {
    let one = "INSERT INTO t VALUES (1)";
    for other in [
        "INSERT INTO t VALUES (0)",
        "INSERT INTO t VALUES (2147483648)",
        "INSERT INTO t VALUES (1.0)",
        "INSERT INTO t VALUES (0x1)",
        "INSERT INTO t VALUES (1_0)",
        "INSERT INTO t VALUES (-1)",
        "INSERT INTO t VALUES ('1')",
        "INSERT INTO u VALUES (1)",
        "INSERT INTO t VALUES (1), (1)",
        "INSERT INTO T VALUES (1)",
    ] {
        check(one, other, false);
    }
    let text = "INSERT INTO t VALUES ('a')";
    check(text, "INSERT INTO t VALUES ('')", false);
    check(text, "INSERT INTO t VALUES (E'a')", false);
    check(text, "INSERT INTO t VALUES ('a'\n'b')", false);
    // `float(3)` is another type than `float(30)`, `current_time(9)` is refused.
    for known in [
        "INSERT INTO t VALUES (1::float(3))",
        "INSERT INTO t VALUES (current_time(3), 'x')",
        "INSERT INTO t VALUES (interval(3) '1', 1)",
        "INSERT INTO t VALUES (- - 1)",
    ] {
        check(known, known, false);
    }
}

/// Only statements that come after many others are templates, and `parse_file` makes
/// the same of them as of each alone.
#[test]
fn a_file_of_inserts_has_the_trees_that_its_statements_have_alone() {
    let values = [
        "1, 'a'",
        "0, ''",
        "-7, 'it''s'",
        "2.50, NULL",
        "3000000000, 'b'",
        "12, 'a'",
    ];
    let line = |row: usize| {
        format!(
            "INSERT INTO t (a, b) VALUES ({});\n",
            values[row % values.len()]
        )
    };
    let text: String = (0..4 * FIRST).map(line).collect();
    with_large_stack(|| {
        let file = crate::parse_file(&text, options());
        assert_eq!(file.statements.len(), 4 * FIRST);
        let mut made = 0;
        for statement in &file.statements {
            let tree = statement.tree().unwrap();
            made += usize::from(matches!(tree, TreeRef::Made(_)));
            assert!(*tree == parse(&text[statement.range], options()).unwrap());
        }
        assert!(made > FIRST, "{made}");
    });
}
