//! Texts eight times as long take about eight times the work, not sixty-four.
//!
//! The one test of its file, since it counts the CPU time of the whole process.
//! What is compared are two measurements of one run, so neither the machine nor
//! what else it does matters.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use cpu_time::ProcessTime;
use pglint_syntax::{ParseOptions, parse_file, split, with_large_stack};

/// How many bytes the longer text of a pair has.
const BYTES: usize = 480_000;

/// How many times longer it is than the shorter one.
const TIMES_LONGER: usize = 8;

/// Between linear and quadratic growth, nearer to the former: sorting is allowed.
const MOST_TIMES_THE_WORK: f64 = 24.0;

/// What is quicker than this is not measured well.
const LEAST: Duration = Duration::from_millis(2);

#[test]
fn nothing_is_quadratic() {
    let many = |line: &str| line.repeat(BYTES / line.len());
    let texts = [
        many("SELECT 'a;\n"),
        many("SELECT \"a;\n"),
        many("SELECT /* a;\n"),
        many("SELECT (a;\n"),
        many("SELECT $$a;\n"),
        (0..60_000)
            .map(|index| format!("SELECT $a{index}$;\n"))
            .collect(),
        many("SELECT /* a;\n") + &many("*/\n"),
        many(";"),
        many("("),
        many(")"),
        many("'"),
        many("--;"),
        many("'a';--;"),
        many("\\;"),
        many("\\x"),
        many("x\n"),
        many("/**/"),
        many("COPY t FROM STDIN;\n"),
        many("SELECT 1\n"),
        many("CREATE FUNCTION f() BEGIN ATOMIC\n"),
        many("{{ x }}\n"),
        many("$"),
        many("$a"),
        many("a ? "),
        many("SELECT ?;\n"),
        many("SELECT ? x y z;\n"),
        many(":a, "),
        many("SELECT `a\n"),
        many("<%"),
        many("<% x %>\n"),
        many("<% x "),
        many("SELECT <% x %>, "),
        many("{a."),
        many("sqlc.arg(a, "),
        many("${"),
        many("{% "),
        many("%(a"),
        many("SELECT $x$a\n"),
    ];
    for text in texts {
        let part = text
            .char_indices()
            .nth(text.len() / TIMES_LONGER)
            .unwrap()
            .0;
        let short = work(&text[..part]).max(LEAST);
        let long = work(&text);
        let times = long.as_secs_f64() / short.as_secs_f64();
        assert!(
            times < MOST_TIMES_THE_WORK,
            "{times:.1} times the work for {TIMES_LONGER} times the text: {}",
            text.chars().take(40).collect::<String>()
        );
    }
}

/// The CPU time of reading a text.
fn work(text: &str) -> Duration {
    let start = ProcessTime::now();
    with_large_stack(|| {
        let _ = parse_file(text, ParseOptions::default());
        let _ = split(text, ParseOptions::default());
    });
    start.elapsed()
}
