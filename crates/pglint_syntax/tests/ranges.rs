//! The ranges of nodes, by hand: what a user would underline.
#![allow(clippy::unwrap_used, reason = "tests")]

use pglint_syntax::ast::NodeKind;
use pglint_syntax::{ParseOptions, parse, with_large_stack};

/// The texts of all nodes of a kind, parents before their children.
#[track_caller]
fn check(sql: &str, kind: NodeKind, expected: &[&str]) {
    let tree = with_large_stack(|| parse(sql, ParseOptions::default())).unwrap();
    let nodes = tree.nodes().filter(|node| node.node_kind() == kind);
    let texts: Vec<&str> = nodes.map(|node| node.text()).collect();
    assert_eq!(texts, expected, "{kind:?} of {sql}");
}

/// `SELECT`, the expression and `FROM t`: the expression is the first of its kind.
#[track_caller]
fn check_expression(expression: &str, kind: NodeKind) {
    for sql in [
        format!("SELECT {expression} FROM t"),
        format!("SELECT f(({expression})) AS x, 1"),
        format!("SELECT 1 WHERE a AND /* ( */ ( {expression} /* ) */ ) -- )\n AND b"),
        format!("CREATE VIEW v AS SELECT ({expression}), 2 ORDER BY 1"),
    ] {
        let tree = with_large_stack(|| parse(&sql, ParseOptions::default())).unwrap();
        let is_whole =
            |node: &pglint_syntax::Node<'_>| node.node_kind() == kind && node.text() == expression;
        let nodes: Vec<_> = tree.nodes().filter(is_whole).collect();
        assert_eq!(
            nodes.len(),
            1,
            "{kind:?} in {sql}: {:?}",
            tree.nodes().collect::<Vec<_>>()
        );
    }
}

#[test]
fn constants_and_references() {
    check_expression("99", NodeKind::AConst);
    check_expression("-1.5", NodeKind::AConst);
    check_expression("- - 1", NodeKind::AConst);
    check_expression("-(1)", NodeKind::AConst);
    check_expression("'it''s'", NodeKind::AConst);
    check_expression("'two'\n'parts'", NodeKind::AConst);
    check_expression("$tag$a$tag$", NodeKind::AConst);
    check_expression("U&'d!0061' UESCAPE '!'", NodeKind::AConst);
    check_expression("TRUE", NodeKind::AConst);
    check_expression("$1", NodeKind::ParamRef);
    check_expression("column_name", NodeKind::ColumnRef);
    check_expression("s . \"T\" . c", NodeKind::ColumnRef);
    check_expression("U&\"!0061\" UESCAPE '!'.b", NodeKind::ColumnRef);
    check("SELECT t.*, *", NodeKind::ColumnRef, &["t.*", "*"]);
}

#[test]
fn operators() {
    check_expression("a + b * c", NodeKind::AExpr);
    check_expression("(a + b) * (c)", NodeKind::AExpr);
    check_expression("- a", NodeKind::AExpr);
    check_expression("a OPERATOR(pg_catalog.+) b", NodeKind::AExpr);
    check_expression("a = ANY (b)", NodeKind::AExpr);
    check_expression("a <> ALL (ARRAY[1])", NodeKind::AExpr);
    check_expression("a IN (1, (2))", NodeKind::AExpr);
    check_expression("a NOT IN (1)", NodeKind::AExpr);
    check_expression("a NOT BETWEEN SYMMETRIC 1 AND (2)", NodeKind::AExpr);
    check_expression("a LIKE 'x' ESCAPE '!'", NodeKind::AExpr);
    check_expression("a NOT SIMILAR TO ('x')", NodeKind::AExpr);
    check_expression("a IS NOT DISTINCT FROM NULL", NodeKind::AExpr);
    check_expression("NULLIF(a, b)", NodeKind::AExpr);
    check_expression("a AND NOT (b OR c)", NodeKind::BoolExpr);
    check_expression("(a) OR (b)", NodeKind::BoolExpr);
    check_expression("(a) IS NOT NULL", NodeKind::NullTest);
    check_expression("a ISNULL", NodeKind::NullTest);
    check_expression("a IS NOT UNKNOWN", NodeKind::BooleanTest);
    check_expression("(a || b) COLLATE pg_catalog.\"C\"", NodeKind::CollateClause);
    check(
        "SELECT (a + b) * c",
        NodeKind::AExpr,
        &["(a + b) * c", "a + b"],
    );
}

#[test]
fn calls() {
    check_expression("now()", NodeKind::FuncCall);
    check_expression("s.f(DISTINCT a, b ORDER BY c)", NodeKind::FuncCall);
    check_expression("s.f(a, VARIADIC b)", NodeKind::FuncCall);
    check_expression("count(*) FILTER (WHERE a) OVER w", NodeKind::FuncCall);
    check_expression("rank() OVER (PARTITION BY a)", NodeKind::FuncCall);
    check_expression("mode() WITHIN GROUP (ORDER BY a DESC)", NodeKind::FuncCall);
    check_expression("EXTRACT(year FROM a)", NodeKind::FuncCall);
    check_expression("SUBSTRING(a FROM 1 FOR 2)", NodeKind::FuncCall);
    check_expression("TRIM(BOTH 'x' FROM a)", NodeKind::FuncCall);
    check_expression("OVERLAY(a PLACING b FROM 1)", NodeKind::FuncCall);
    check_expression("POSITION(a IN b)", NodeKind::FuncCall);
    check_expression("(a) AT TIME ZONE ('utc')", NodeKind::FuncCall);
    check_expression("a AT LOCAL", NodeKind::FuncCall);
    check_expression("a IS NOT NFC NORMALIZED", NodeKind::FuncCall);
    check_expression("(a, b) OVERLAPS ROW (c, d)", NodeKind::FuncCall);
    check_expression("COLLATION FOR (a)", NodeKind::FuncCall);
    check_expression("COALESCE(a, b)", NodeKind::CoalesceExpr);
    check_expression("GREATEST(a, b)", NodeKind::MinMaxExpr);
    check_expression("CURRENT_TIMESTAMP(3)", NodeKind::SQLValueFunction);
    check_expression("CURRENT_USER", NodeKind::SQLValueFunction);
    check_expression("GROUPING(a, b)", NodeKind::GroupingFunc);
    check_expression("f(x => 1)", NodeKind::FuncCall);
}

#[test]
fn casts_and_types() {
    check_expression("a::int", NodeKind::TypeCast);
    check_expression("(a)::numeric(10, 2)[]", NodeKind::TypeCast);
    check_expression("CAST(a AS text)", NodeKind::TypeCast);
    check_expression("date '2024-01-01'", NodeKind::TypeCast);
    check_expression("interval '1' year", NodeKind::TypeCast);
    check_expression("interval '1 2' day to second(3)", NodeKind::TypeCast);
    check_expression("interval(3) '1 day'", NodeKind::TypeCast);
    for name in [
        "int",
        "pg_catalog.int4",
        "double precision",
        "float(8)",
        "bit varying (3)",
        "national character varying(20)",
        "character",
        "timestamp(3) with time zone",
        "time without time zone",
        "interval day to second (3)",
        "interval(3)",
        "numeric(10, 2)[3][]",
        "text ARRAY[4]",
        "SETOF s.\"T\"",
        "geometry(Point, 4326)",
    ] {
        check(
            &format!("SELECT (a::{name}), 1"),
            NodeKind::TypeName,
            &[name],
        );
        let column = format!("CREATE TABLE t (a {name} NOT NULL)");
        if !name.starts_with("SETOF") {
            check(&column, NodeKind::TypeName, &[name]);
        }
    }
    check(
        "CREATE FUNCTION f(a s.t.c%TYPE) RETURNS SETOF t LANGUAGE sql AS ''",
        NodeKind::TypeName,
        &["s.t.c%TYPE", "SETOF t"],
    );
}

#[test]
fn other_expressions() {
    check_expression("CASE a WHEN 1 THEN (b) ELSE (c) END", NodeKind::CaseExpr);
    check_expression(
        "CASE WHEN a THEN CASE WHEN b THEN 1 END END",
        NodeKind::CaseExpr,
    );
    check(
        "SELECT CASE WHEN a THEN (b) END",
        NodeKind::CaseWhen,
        &["WHEN a THEN (b)"],
    );
    check_expression("ROW(a, b)", NodeKind::RowExpr);
    check_expression("(a, b)", NodeKind::RowExpr);
    check_expression("ARRAY[a, b]", NodeKind::AArrayExpr);
    check(
        "SELECT ARRAY[[1], [2]]",
        NodeKind::AArrayExpr,
        &["ARRAY[[1], [2]]", "[1]", "[2]"],
    );
    check_expression("(a).b.*", NodeKind::AIndirection);
    check_expression("a[1][2:3]", NodeKind::AIndirection);
    check(
        "SELECT a[1][:(3)].b",
        NodeKind::AIndices,
        &["[1]", "[:(3)]"],
    );
    check_expression("EXISTS (SELECT 1)", NodeKind::SubLink);
    check(
        "SELECT ((SELECT 1)) + 2",
        NodeKind::SubLink,
        &["((SELECT 1))"],
    );
    check_expression("ARRAY(SELECT 1)", NodeKind::SubLink);
    check_expression("a IN (SELECT 1)", NodeKind::SubLink);
    check_expression("(a, b) OPERATOR(s.=) ANY (SELECT 1)", NodeKind::SubLink);
    check(
        "SELECT a NOT IN (SELECT 1)",
        NodeKind::BoolExpr,
        &["a NOT IN (SELECT 1)"],
    );
    check_expression(
        "XMLELEMENT(NAME x, XMLATTRIBUTES(a AS b))",
        NodeKind::XmlExpr,
    );
    check_expression("(a) IS DOCUMENT", NodeKind::XmlExpr);
    check_expression("XMLSERIALIZE(CONTENT a AS text)", NodeKind::XmlSerialize);
    check_expression(
        "(a) IS NOT JSON OBJECT WITH UNIQUE KEYS",
        NodeKind::JsonIsPredicate,
    );
    check_expression(
        "JSON_OBJECT('a': 1 NULL ON NULL)",
        NodeKind::JsonObjectConstructor,
    );
    check_expression(
        "JSON_VALUE(a, '$.b' RETURNING int EMPTY ON ERROR)",
        NodeKind::JsonFuncExpr,
    );
    check_expression(
        "JSON_OBJECTAGG('a': b) FILTER (WHERE c)",
        NodeKind::JsonObjectAgg,
    );
}

#[test]
fn from_items() {
    check(
        "SELECT FROM ONLY (s.t) AS x (a), u *, \"v\" y, LATERAL f(1) z",
        NodeKind::RangeVar,
        &["ONLY (s.t) AS x (a)", "u *", "\"v\" y"],
    );
    check(
        "SELECT FROM t AS x (a), u y",
        NodeKind::Alias,
        &["x (a)", "y"],
    );
    check(
        "SELECT FROM LATERAL (SELECT 1) AS x, ((SELECT 2)) y (a)",
        NodeKind::RangeSubselect,
        &["LATERAL (SELECT 1) AS x", "((SELECT 2)) y (a)"],
    );
    check(
        "SELECT FROM f(1) WITH ORDINALITY AS x (a, b), g() AS (c int), \
         ROWS FROM (f(1), g() AS (d int)) y",
        NodeKind::RangeFunction,
        &[
            "f(1) WITH ORDINALITY AS x (a, b)",
            "g() AS (c int)",
            "ROWS FROM (f(1), g() AS (d int)) y",
        ],
    );
    check(
        "SELECT FROM t x TABLESAMPLE bernoulli (10) REPEATABLE (1) WHERE a",
        NodeKind::RangeTableSample,
        &["t x TABLESAMPLE bernoulli (10) REPEATABLE (1)"],
    );
    check(
        "SELECT FROM XMLTABLE('/a' PASSING b COLUMNS c int PATH 'd', e FOR ORDINALITY) AS x",
        NodeKind::RangeTableFuncCol,
        &["c int PATH 'd'", "e FOR ORDINALITY"],
    );
    check(
        "SELECT FROM (a LEFT JOIN b USING (c, d) AS e) f, g CROSS JOIN (h JOIN i ON (j))",
        NodeKind::JoinExpr,
        &[
            "(a LEFT JOIN b USING (c, d) AS e) f",
            "g CROSS JOIN (h JOIN i ON (j))",
            "h JOIN i ON (j)",
        ],
    );
}

#[test]
fn queries() {
    check(
        "SELECT a AS x, (b) y, c + 1, t.*",
        NodeKind::ResTarget,
        &["a AS x", "(b) y", "c + 1", "t.*"],
    );
    check(
        "WITH a (x) AS MATERIALIZED (SELECT 1), b AS (DELETE FROM t RETURNING *) \
         INSERT INTO u (c, d[1]) SELECT 2 RETURNING c",
        NodeKind::CommonTableExpr,
        &[
            "a (x) AS MATERIALIZED (SELECT 1)",
            "b AS (DELETE FROM t RETURNING *)",
        ],
    );
    check(
        "WITH RECURSIVE a AS (SELECT 1) SEARCH DEPTH FIRST BY x, y SET z \
         CYCLE x SET c USING p SELECT 1",
        NodeKind::CommonTableExpr,
        &["a AS (SELECT 1) SEARCH DEPTH FIRST BY x, y SET z CYCLE x SET c USING p"],
    );
    check(
        "INSERT INTO t AS x (a, b) SELECT 1 LIMIT ALL ON CONFLICT (a) DO NOTHING RETURNING a",
        NodeKind::SelectStmt,
        &["SELECT 1 LIMIT ALL"],
    );
    check(
        "INSERT INTO t VALUES (1, (2)), ((3)) ON CONFLICT (a) WHERE b DO UPDATE SET c = (4)",
        NodeKind::OnConflictClause,
        &["ON CONFLICT (a) WHERE b DO UPDATE SET c = (4)"],
    );
    check(
        "SELECT 1 UNION (SELECT 2 LIMIT 1) EXCEPT VALUES (3) ORDER BY 1",
        NodeKind::SelectStmt,
        &[
            "SELECT 1 UNION (SELECT 2 LIMIT 1) EXCEPT VALUES (3) ORDER BY 1",
            "SELECT 1 UNION (SELECT 2 LIMIT 1)",
            "SELECT 1",
            "SELECT 2 LIMIT 1",
            "VALUES (3)",
        ],
    );
    check(
        "CREATE VIEW v AS SELECT DISTINCT ON (a) b FROM t WITH LOCAL CHECK OPTION",
        NodeKind::SelectStmt,
        &["SELECT DISTINCT ON (a) b FROM t"],
    );
    check(
        "SELECT EXISTS (SELECT), (TABLE t), (VALUES (1))",
        NodeKind::SelectStmt,
        &[
            "SELECT EXISTS (SELECT), (TABLE t), (VALUES (1))",
            "SELECT",
            "TABLE t",
            "VALUES (1)",
        ],
    );
    check(
        "SELECT 1 ORDER BY (a) DESC NULLS LAST, b USING >, c USING OPERATOR(s.<)",
        NodeKind::SortBy,
        &["(a) DESC NULLS LAST", "b USING >", "c USING OPERATOR(s.<)"],
    );
    check(
        "SELECT 1 GROUP BY GROUPING SETS ((a), ()), CUBE (b)",
        NodeKind::GroupingSet,
        &["GROUPING SETS ((a), ())", "()", "CUBE (b)"],
    );
    check(
        "SELECT 1 FROM t WINDOW w AS (PARTITION BY a) FOR UPDATE OF t NOWAIT",
        NodeKind::WindowDef,
        &["w AS (PARTITION BY a)"],
    );
    check(
        "UPDATE t SET a = (1), b[2] = 3 WHERE c",
        NodeKind::ResTarget,
        &["a = (1)", "b[2] = 3"],
    );
    check(
        "MERGE INTO t USING u ON a WHEN MATCHED AND b THEN DELETE \
         WHEN NOT MATCHED THEN DO NOTHING RETURNING c",
        NodeKind::MergeWhenClause,
        &[
            "WHEN MATCHED AND b THEN DELETE",
            "WHEN NOT MATCHED THEN DO NOTHING",
        ],
    );
}

#[test]
fn tables() {
    let table = "CREATE TABLE t (LIKE u INCLUDING ALL, \
        a varchar(3) COLLATE \"C\" CONSTRAINT n NOT NULL DEFAULT 'x', \
        b int GENERATED ALWAYS AS IDENTITY (START WITH 1 INCREMENT 2) PRIMARY KEY, \
        CONSTRAINT k FOREIGN KEY (a, b) REFERENCES v (c, d) ON DELETE SET NULL (a) DEFERRABLE, \
        EXCLUDE USING gist (a WITH =, (b + 1) WITH &&) WHERE (a > 'b'))";
    check(
        table,
        NodeKind::ColumnDef,
        &[
            "a varchar(3) COLLATE \"C\" CONSTRAINT n NOT NULL DEFAULT 'x'",
            "b int GENERATED ALWAYS AS IDENTITY (START WITH 1 INCREMENT 2) PRIMARY KEY",
        ],
    );
    check(
        table,
        NodeKind::Constraint,
        &[
            "CONSTRAINT n NOT NULL",
            "DEFAULT 'x'",
            "GENERATED ALWAYS AS IDENTITY (START WITH 1 INCREMENT 2)",
            "PRIMARY KEY",
            "CONSTRAINT k FOREIGN KEY (a, b) REFERENCES v (c, d) ON DELETE SET NULL (a) DEFERRABLE",
            "EXCLUDE USING gist (a WITH =, (b + 1) WITH &&) WHERE (a > 'b')",
        ],
    );
    check(table, NodeKind::TableLikeClause, &["LIKE u INCLUDING ALL"]);
    check(table, NodeKind::IndexElem, &["a", "(b + 1)"]);
    check(table, NodeKind::DefElem, &["START WITH 1", "INCREMENT 2"]);
    check(
        "CREATE TABLE t (a int NOT NULL COLLATE \"C\" UNIQUE)",
        NodeKind::Constraint,
        &["NOT NULL", "UNIQUE"],
    );
    check(
        "CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (2) PARTITION BY RANGE (a, (b))",
        NodeKind::PartitionBoundSpec,
        &["FOR VALUES FROM (1) TO (2)"],
    );
    check(
        "CREATE DOMAIN d AS int NOT NULL CHECK (VALUE > 0)",
        NodeKind::Constraint,
        &["NOT NULL", "CHECK (VALUE > 0)"],
    );
}

#[test]
fn lists_without_places() {
    check(
        "ALTER TABLE ONLY t ADD COLUMN a numeric(1, 2) NOT NULL, DROP b CASCADE, \
         ADD UNIQUE (c, d), ALTER e SET DEFAULT (f(1, 2)), OWNER TO g",
        NodeKind::AlterTableCmd,
        &[
            "ADD COLUMN a numeric(1, 2) NOT NULL",
            "DROP b CASCADE",
            "ADD UNIQUE (c, d)",
            "ALTER e SET DEFAULT (f(1, 2))",
            "OWNER TO g",
        ],
    );
    check(
        "ALTER TYPE t ADD ATTRIBUTE a int CASCADE",
        NodeKind::ColumnDef,
        &["a int"],
    );
    check(
        "CREATE INDEX ON t USING gin (a, lower(b) text_ops DESC, ((c))) INCLUDE (d) WHERE (e)",
        NodeKind::IndexElem,
        &["a", "lower(b) text_ops DESC", "((c))", "d"],
    );
    check(
        "INSERT INTO t VALUES (1) ON CONFLICT (a, lower(b)) DO NOTHING",
        NodeKind::IndexElem,
        &["a", "lower(b)"],
    );
    check(
        "DROP TABLE IF EXISTS a.b, \"c\" CASCADE",
        NodeKind::List,
        &["a.b", "\"c\""],
    );
    check("DROP MATERIALIZED VIEW a", NodeKind::List, &["a"]);
    check(
        "DROP INDEX CONCURRENTLY IF EXISTS a",
        NodeKind::List,
        &["a"],
    );
    check("DROP POLICY p ON t", NodeKind::List, &["p ON t"]);
    check(
        "DROP FUNCTION f(int, text), s.g",
        NodeKind::ObjectWithArgs,
        &["f(int, text)", "s.g"],
    );
    check(
        "ALTER FUNCTION s.f(int) OWNER TO x",
        NodeKind::ObjectWithArgs,
        &["s.f(int)"],
    );
    check(
        "CREATE STATISTICS s (mcv) ON a, (b + 1) FROM t",
        NodeKind::StatsElem,
        &["a", "(b + 1)"],
    );
    check(
        "GRANT SELECT (a, b), UPDATE ON t TO x",
        NodeKind::AccessPriv,
        &["SELECT (a, b)", "UPDATE"],
    );
    check(
        "CREATE FUNCTION f(a int DEFAULT 1, OUT b text) LANGUAGE sql STABLE AS 'a', 'b'",
        NodeKind::DefElem,
        &["LANGUAGE sql", "STABLE", "AS 'a', 'b'"],
    );
    check(
        "CREATE FUNCTION f(a int DEFAULT 1, OUT b text) LANGUAGE sql RETURN 1",
        NodeKind::FunctionParameter,
        &["a int DEFAULT 1", "OUT b text"],
    );
}

#[test]
fn statements_in_statements() {
    check(
        "CREATE RULE r AS ON INSERT TO t DO INSTEAD (INSERT INTO u SELECT 1; DELETE FROM v)",
        NodeKind::InsertStmt,
        &["INSERT INTO u SELECT 1"],
    );
    check(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2 LIMIT ALL; END",
        NodeKind::SelectStmt,
        &["SELECT 1", "SELECT 2 LIMIT ALL"],
    );
    check(
        "CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX ON t (a) GRANT SELECT ON t TO x",
        NodeKind::IndexStmt,
        &["CREATE INDEX ON t (a)"],
    );
    check(
        "CREATE TABLE t AS SELECT 1 ORDER BY 1 FETCH FIRST 1 ROW WITH TIES WITH NO DATA",
        NodeKind::SelectStmt,
        &["SELECT 1 ORDER BY 1 FETCH FIRST 1 ROW WITH TIES"],
    );
}

/// What leaves no trace in the tree has the range of its parent.
#[test]
fn nodes_without_a_trace_are_too_wide() {
    check(
        "COMMENT ON COLUMN a.b IS 'x'",
        NodeKind::List,
        &["COMMENT ON COLUMN a.b IS 'x'"],
    );
    check(
        "INSERT INTO t SELECT RETURNING a",
        NodeKind::SelectStmt,
        &["INSERT INTO t SELECT RETURNING a"],
    );
}

#[test]
fn comments_and_semicolons_around_a_statement_are_outside() {
    let sql = "-- (\n; SELECT a /* x */ -- y";
    check(sql, NodeKind::SelectStmt, &["SELECT a"]);
    check(
        "WITH c AS (SELECT 1) SELECT 2;",
        NodeKind::WithClause,
        &["WITH c AS (SELECT 1)"],
    );
}
