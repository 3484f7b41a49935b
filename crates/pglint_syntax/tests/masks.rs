//! What a tree tells of the placeholders in its statement.
#![allow(clippy::unwrap_used, reason = "tests")]

use pglint_syntax::{
    MaskKind, ParseOptions, Statement, ast, is_unknown_name, parse_file, with_large_stack,
};

fn statement(text: &str) -> Statement {
    let mut file = with_large_stack(|| parse_file(text, ParseOptions::default()));
    assert_eq!(file.statements.len(), 1);
    file.statements.remove(0)
}

/// `expected` lists the masks, templates' ones in brackets.
#[track_caller]
fn check_masks(text: &str, expected: &[&str]) {
    let statement = statement(text);
    let tree = statement.tree().unwrap();
    assert_eq!(tree.text(), text);
    let masks = tree.masks().iter().map(|mask| match mask.kind {
        MaskKind::Parameter => text[mask.range].to_owned(),
        MaskKind::Text => format!("[{}]", &text[mask.range]),
    });
    assert_eq!(masks.collect::<Vec<_>>(), expected);
}

#[test]
fn masks_are_where_the_placeholders_are() {
    check_masks("SELECT 1", &[]);
    check_masks("SELECT $1, a ? 'b', x[1:n]", &[]);
    check_masks(
        "SELECT é, :'a' FROM {{ t }} WHERE x=%(y)s::int AND z IN :zs {% if a %} {% endif %} LIMIT ?",
        &[
            ":'a'",
            "[{{ t }}]",
            "%(y)s",
            ":zs",
            "[{% if a %}]",
            "[{% endif %}]",
            "?",
        ],
    );
    check_masks("SELECT $x$.a, $y$", &["[$x$]", "[$y$]"]);
    check_masks(
        "-- name: A :one\nSELECT @a".split_once('\n').unwrap().1,
        &["@a"],
    );
}

#[test]
fn placeholders_in_expressions_are_parameters() {
    let statement = statement("SELECT a FROM t WHERE a = ? AND b = :b AND c = {{ c }} AND :d.x");
    let tree = statement.tree().unwrap();
    let parameters = tree.nodes().filter_map(|node| node.cast::<ast::ParamRef>());
    let parameters: Vec<_> = parameters
        .map(|node| (node.number(), node.text()))
        .collect();
    assert_eq!(parameters, [(0, "?"), (0, ":b")]);
    let columns = tree
        .nodes()
        .filter_map(|node| node.cast::<ast::ColumnRef>());
    let columns: Vec<_> = columns
        .map(|node| (node.text(), node.overlaps_mask()))
        .collect();
    let expected = [
        ("a", false),
        ("a", false),
        ("b", false),
        ("c", false),
        ("{{ c }}", true),
        (":d.x", true),
    ];
    assert_eq!(columns, expected);
    assert!(tree.is_templated());
}

#[test]
fn names_that_placeholders_are_in_are_told_apart() {
    let statement = statement("CREATE TABLE %s.t_${x} (a int, :b text, PRIMARY KEY (a, :b))");
    let tree = statement.tree().unwrap();
    let create = tree.root().cast::<ast::CreateStmt>().unwrap();
    let relation = create.relation().unwrap();
    assert!(is_unknown_name(relation.schemaname()));
    assert!(is_unknown_name(relation.relname()));
    assert_eq!(relation.text(), "%s.t_${x}");
    let columns = create.table_elts().of::<ast::ColumnDef>();
    let columns: Vec<_> = columns
        .map(|column| is_unknown_name(column.colname()))
        .collect();
    assert_eq!(columns, [false, true]);
    let key = create.table_elts().of::<ast::Constraint>().next().unwrap();
    assert_eq!(
        key.keys().map(is_unknown_name).collect::<Vec<_>>(),
        [false, true]
    );
}

#[test]
fn quoted_names_with_holes_are_unknown() {
    for name in ["{{ schema }}", "${x}_t", "@extschema@", "a<%= b %>"] {
        assert!(is_unknown_name(name), "{name}");
    }
    for name in ["a", "", "@", "{a}", "a@b", "$x", "größe"] {
        assert!(!is_unknown_name(name), "{name}");
    }
}

#[test]
fn drivers_parameters_alone_make_no_template() {
    assert!(!statement("SELECT :a, ?, %s").tree().unwrap().is_templated());
    assert!(
        statement("SELECT 1 {% if a %}")
            .tree()
            .is_some_and(|tree| !tree.is_templated())
    );
    assert!(
        statement("SELECT 1 {% if a %} + 1 {% endif %} + 1")
            .tree()
            .unwrap()
            .is_templated()
    );
}

/// The schemas of the search path that a statement sets.
#[track_caller]
fn check_path(sql: &str, expected: &[&str]) {
    let statement = statement(sql);
    let tree = statement.tree().unwrap();
    let constants = tree.nodes().filter_map(|it| it.cast::<ast::AConst>());
    let schemas = constants.filter_map(|it| Some(it.sval()?.sval().to_owned()));
    let shown = schemas.map(|it| match it.contains('\u{fffd}') {
        true => "?".to_owned(),
        false => it,
    });
    assert_eq!(shown.collect::<Vec<_>>(), expected, "{sql}");
}

/// The schemas of the tables that a statement names.
#[track_caller]
fn check_schemas(sql: &str, expected: &[&str]) {
    let statement = statement(sql);
    let tree = statement.tree().unwrap();
    let relations = tree.nodes().filter_map(|it| it.cast::<ast::RangeVar>());
    let schemas: Vec<_> = relations.map(|it| it.schemaname().to_owned()).collect();
    let shown = schemas
        .iter()
        .map(|it| match is_unknown_name(it) && it.contains('\u{fffd}') {
            true => "?",
            false => it.as_str(),
        });
    assert_eq!(shown.collect::<Vec<_>>(), expected, "{sql}");
}

#[test]
fn a_placeholder_before_a_dot_is_a_schema_of_that_name() {
    check_schemas("SELECT FROM :s.t, :u.t, :s.v", &[":s", ":u", ":s"]);
    check_schemas("CREATE TABLE ${schema}.t (a int)", &["${schema}"]);
    check_schemas("DELETE FROM {{ schema }}.t", &["{{schema}}"]);
    check_schemas("DROP INDEX IF EXISTS @extschema@.i; ", &[]);
    check_schemas("ALTER TABLE @extschema@.t ADD a int", &["@extschema@"]);
    check_schemas("CREATE TABLE @cdm.t (a int)", &["@cdm"]);
    check_schemas(
        "ALTER TABLE ONLY @cdm.t ADD a int REFERENCES @cdm.u (b)",
        &["@cdm", "@cdm"],
    );
    check_schemas("SELECT FROM %(s)s.t", &["%(s)s"]);
    check_schemas("ALTER TABLE ${a}.t SET SCHEMA ${b}", &["${a}"]);
    check_path("SET search_path TO ${s}, public", &["${s}", "public"]);
    check_path("SET LOCAL search_path = :s", &[":s"]);
    check_path("SET search_path TO {{ a }}, a{{ b }}", &["{{a}}", "?"]);
    // Positions differ from statement to statement, and so may what is there.
    check_schemas("SELECT FROM %s.t, {}.t", &["?", "?"]);
    // It may be the table.
    check_schemas("SELECT {{ t }}.a FROM {{ t }}, {{ t }}.b", &["", "?"]);
    check_schemas("SELECT FROM a_${x}.t", &["?"]);
}
