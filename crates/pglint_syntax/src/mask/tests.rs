//! Masks and what the parser makes of them: text in, masked text out.

use super::*;
use crate::lex;
use crate::placeholder::{Style, certain_holes, holes};

/// Compares what the parser sees of `text`, `q` standing for a byte that is not
/// known; an empty string where it takes nothing that was tried.
#[track_caller]
fn check(text: &str, expected: &str) {
    let options = ParseOptions::default();
    let tokens = lex(text, options);
    let style = Style::of(text);
    let all = holes(text, &tokens, style);
    let certain = certain_holes(text, &tokens, style);
    let alternatives = without_alternatives(text, &tokens, &all);
    let mut found = String::new();
    for holes in [Some(certain), Some(all), alternatives]
        .into_iter()
        .flatten()
    {
        let mut search = Search::new(text, &tokens, text, (style, holes), options);
        if let Outcome::Tree(tree) = search.run() {
            assert_eq!(tree.text(), text);
            found = search.masked().0;
            assert_eq!(found.len(), text.len());
            break;
        }
    }
    assert_eq!(found, expected, "{text}");
}

#[test]
fn values() {
    check("SELECT ?", "SELECT q");
    check(
        "SELECT a FROM t WHERE a=? AND b >= ?2",
        "SELECT a FROM t WHERE a=q AND b >= qq",
    );
    check(
        "UPDATE t SET a = :a, b=:b::text WHERE c = :c!",
        "UPDATE t SET a = qq, b=qq::text WHERE c = qqq",
    );
    check(
        "SELECT %s, %(name)s, %1$s LIMIT %s",
        "SELECT qq, qqqqqqqq, qqqq LIMIT qq",
    );
    check(
        "INSERT INTO t VALUES (@a, $b)",
        "INSERT INTO t VALUES (qq, qq)",
    );
    check(
        "SELECT * FROM t LIMIT @limit OFFSET sqlc.arg(offset)",
        "SELECT * FROM t LIMIT qqqqqq OFFSET qqqqqqqqqqqqqqqq",
    );
    check(
        "SELECT sqlc.embed(t), sqlc.narg('a')::int FROM t",
        "SELECT qqqqqqqqqqqqq, qqqqqqqqqqqqqq::int FROM t",
    );
    check(
        "SELECT * FROM t WHERE id = ANY(:ids) FETCH FIRST :n ROWS ONLY",
        "SELECT * FROM t WHERE id = ANY(qqqq) FETCH FIRST qq ROWS ONLY",
    );
}

#[test]
fn values_where_only_constants_stand() {
    check("ALTER ROLE r PASSWORD :'pw'", "ALTER ROLE r PASSWORD 'qqq'");
    check("COMMENT ON TABLE t IS :text", "COMMENT ON TABLE t IS 'qqq'");
    check(
        "ALTER SEQUENCE s RESTART WITH :n",
        "ALTER SEQUENCE s RESTART WITH 0 ",
    );
    check(
        "ALTER SEQUENCE s RESTART WITH ?",
        "ALTER SEQUENCE s RESTART WITH 0",
    );
    check(
        "SELECT 1 WHERE a > INTERVAL :x AND b",
        "SELECT 1 WHERE a > INTERVAL '' AND b",
    );
}

#[test]
fn lists() {
    check(
        "SELECT a FROM t WHERE a IN (?)",
        "SELECT a FROM t WHERE a IN (q)",
    );
    check(
        "SELECT a FROM t WHERE a IN (:v*:ids)",
        "SELECT a FROM t WHERE a IN (qqqqqqq)",
    );
    check(
        "SELECT a FROM t WHERE a IN :ids AND b",
        "SELECT a FROM t WHERE a IN (qq) AND b",
    );
    check(
        "SELECT a FROM t WHERE a IN ?",
        "SELECT a FROM t WHERE a =  q",
    );
    check(
        "INSERT INTO t (a) VALUES :t*:rows",
        "INSERT INTO t (a) VALUES (qqqqqq)",
    );
    check("INSERT INTO t (a) VALUES %s", "INSERT INTO t (a) VALUES(q)");
    check(
        "INSERT INTO t (a) VALUES ? RETURNING a",
        "INSERT INTO t (a) VALUES(q)RETURNING a",
    );
    check("INSERT INTO t (a) VALUES ?", "");
}

#[test]
fn names() {
    check(
        "CREATE TABLE :SCHEMA.t (a int)",
        "CREATE TABLE qqqqqqq.t (a int)",
    );
    check("SELECT * FROM ? WHERE a", "SELECT * FROM q WHERE a");
    check(
        "SELECT * FROM {{ schema }}.{{ prefix }}_users u",
        "SELECT * FROM qqqqqqqqqqqq.qqqqqqqqqqqq_users u",
    );
    check(
        "ALTER TABLE ${t} ADD COLUMN #{c} ${type:x}",
        "ALTER TABLE qqqq ADD COLUMN qqqq qqqqqqqqq",
    );
    check(
        "CREATE FUNCTION @extschema@.f() RETURNS @extschema:cube@.cube LANGUAGE c",
        "CREATE FUNCTION qqqqqqqqqqq.f() RETURNS qqqqqqqqqqqqqqqq.cube LANGUAGE c",
    );
    check(
        "SELECT :\"a b\" FROM :i:t, :i*:cols",
        "SELECT qqqqqq FROM qqqq, qqqqqqqq",
    );
    check(
        "DROP TABLE `a`, $x.t, $%X%$_y, {y}",
        "DROP TABLE qqq, qq.t, qqqqq_y, qqq",
    );
    check(
        "SELECT 1 FROM <%= t %>, &x, {0}.{a.b}",
        "SELECT 1 FROM qqqqqqqq, qq, qqq.qqqqq",
    );
    check("GRANT SELECT ON t TO :role", "GRANT SELECT ON t TO qqqqq");
    check(
        "ALTER TABLE <table> OWNER TO <OWNER>",
        "ALTER TABLE qqqqqqq OWNER TO qqqqqqq",
    );
    check("SELECT a <b, c> d", "SELECT a <b, c> d");
    check(
        "SELECT %cols% FROM %pre%_t WHERE a =%id% AND %if% ORDER BY %by%, e",
        "SELECT qqqqqq FROM qqqqq_t WHERE a =qqqq AND qqqq ORDER BY qqqq, e",
    );
    check(
        "SELECT a %be% c FROM t WHERE %if%",
        "SELECT a %be% c FROM t WHERE qqqq",
    );
}

#[test]
fn parameters_that_say_how_they_are_written() {
    check(
        "INSERT INTO $1:name ($2:name) VALUES ($3:csv)",
        "INSERT INTO qqqqqqq (qqqqqqq) VALUES (qqqqqq)",
    );
    check("SELECT $1~ FROM $2~ t", "SELECT qqq FROM qqq t");
    check(
        "SELECT $<ids:csv> FROM $(t) WHERE a = $/a/ AND b = $[b]",
        "SELECT qqqqqqqqqq FROM qqqq WHERE a = qqqq AND b = qqqq",
    );
    check("SELECT a[$1:n], $1::int", "SELECT a[$1:n], $1::int");
    check("SELECT $1~'x', $1 ~ $2", "SELECT $1~'x', $1 ~ $2");
}

#[test]
fn whole_clauses() {
    check(
        "{{ config(a='b') }}\nSELECT 1",
        "                   \nSELECT 1",
    );
    check(
        "SELECT a FROM t {{ where }} ORDER BY {{ b }}",
        "SELECT a FROM t             ORDER BY qqqqqqq",
    );
    check(
        "SELECT a FROM t WHERE {{ c }}",
        "SELECT a FROM t WHERE qqqqqqq",
    );
    check(
        "CREATE {{ or_replace }} VIEW v AS SELECT 1",
        "CREATE                  VIEW v AS SELECT 1",
    );
    check("SELECT a ${op} b", "SELECT a       b");
    check(
        "SELECT * FROM t WHERE a ${op} b",
        "SELECT * FROM t WHERE a `     b",
    );
    check(
        "SELECT a FROM t ORDER BY a ${dir}",
        "SELECT a FROM t ORDER BY a       ",
    );
    check("SELECT {{ a }} {{ b }} {{ c }} FROM", "");
}

#[test]
fn tags() {
    check(
        "SELECT a {% if b %}, b {% endif %} FROM t",
        "SELECT a           , b             FROM t",
    );
    check(
        "SELECT a FROM t WHERE {% if b %} b {% else %} c {% endif %} AND d",
        "SELECT a FROM t WHERE            b                          AND d",
    );
    check(
        "SELECT 1 {{ if .X }} + 2 {{ end }}",
        "SELECT 1             + 2          ",
    );
    check(
        "SELECT 1 <% if x %> + 2 <% end %>",
        "SELECT 1            + 2          ",
    );
}

#[test]
fn what_parses_is_left_alone() {
    for text in [
        "SELECT a ? 'b', c ?| d, a[1:n], @ x, @f(x), @t.x FROM t",
        "SELECT a -> ?b, a @> b, a @@ b, a <@ b",
        "SELECT JSON_OBJECT('k':v)",
        "SELECT '{{ a }}', \"${b}\", $$ :c ? $$ -- %s",
        "SELECT a % b, a & b, $1, a::int",
        "SELECT sqlc.other(x), sqlc.arg",
    ] {
        check(text, text);
    }
}

#[test]
fn what_parses_stays_beside_what_is_masked() {
    check(
        "SELECT a ? 'b', x[1:n] FROM t WHERE c = ?",
        "SELECT a ? 'b', x[1:n] FROM t WHERE c = q",
    );
    check(
        "SELECT JSON_OBJECT('k':v, 'l': :w), ARRAY[:a, x[1:2]]",
        "SELECT JSON_OBJECT('k':v, 'l': qq), ARRAY[qq, x[1:2]]",
    );
    check("SELECT a::int, :b::int, :c", "SELECT a::int, qq::int, qq");
}

#[test]
fn mistakes_are_found() {
    for text in [
        "SELEC :a",
        "SELECT 1 FORM t a WHERE x = ?",
        "SELECT ) FROM {{ x }}",
    ] {
        check(text, "");
    }
}
