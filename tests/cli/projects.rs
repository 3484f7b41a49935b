//! Whole projects: order, context, directions, suppressions.

use super::run::Tree;

/// One rule, a line for each diagnostic.
const KEYS: [&str; 4] = [
    "--select",
    "missing-primary-key",
    "--output-format",
    "concise",
];

fn keys(paths: &[&'static str]) -> Vec<&'static str> {
    [&KEYS[..], paths].concat()
}

#[test]
fn only_the_final_schema_counts() {
    let tree = Tree::new(&[
        ("m/10_key.sql", b"ALTER TABLE t ADD PRIMARY KEY (id);"),
        (
            "m/9_table.sql",
            b"CREATE TABLE t (id int);\nCREATE TABLE u (id int);",
        ),
        ("m/9_table.down.sql", b"DROP TABLE u;"),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["m"])), @r#"
    exit code 1
    --- stdout
    m/9_table.sql:2:14: warning[missing-primary-key] table `u` has no primary key
    "#);
}

#[test]
fn the_last_statement_is_reported() {
    let tree = Tree::new(&[
        (
            "m/2_tables.sql",
            b"CREATE TABLE p (id int PRIMARY KEY);
              CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p);
              CREATE INDEX by_p ON c (p);",
        ),
        (
            "m/10_drop.sql",
            b"DROP INDEX by_p;\nALTER TABLE p ALTER id TYPE bigint;",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&["m", "--output-format", "concise"]), @r#"
    exit code 1
    --- stdout
    m/10_drop.sql:1:12: warning[unindexed-foreign-key] no index supports foreign key `c_p_fkey` on `c` (p)
    m/10_drop.sql:2:29: warning[foreign-key-type-mismatch] `p` is integer, but `p.id` is bigint
    "#);
}

#[test]
fn siblings_are_context_and_not_reported() {
    let tree = Tree::new(&[
        (".git/HEAD", b""),
        (
            "m/1_a.sql",
            b"CREATE TABLE t (id int);\nCREATE TABLE u (id int);",
        ),
        ("m/2_b.sql", b"ALTER TABLE t ADD PRIMARY KEY (id);"),
        ("m/3_c.sql", b"CREATE TABLE v (id int);"),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["m/3_c.sql"])), @r#"
    exit code 1
    --- stdout
    m/3_c.sql:1:14: warning[missing-primary-key] table `v` has no primary key
    "#);
    insta::assert_snapshot!(tree.run(&keys(&["m/1_a.sql"])), @r#"
    exit code 1
    --- stdout
    m/1_a.sql:2:14: warning[missing-primary-key] table `u` has no primary key
    "#);
}

#[test]
fn plain_files_come_in_any_order() {
    let tree = Tree::new(&[
        ("a_keys.sql", b"ALTER TABLE t ADD PRIMARY KEY (id);"),
        (
            "b_tables.sql",
            b"CREATE TABLE t (id int);\nCREATE TABLE u (t int REFERENCES v);",
        ),
        ("c_more.sql", b"CREATE TABLE v (id int PRIMARY KEY);"),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["."])), @r#"
    exit code 1
    --- stdout
    b_tables.sql:2:14: warning[missing-primary-key] table `u` has no primary key
    "#);
}

#[test]
fn what_is_dropped_of_a_schema_from_outside_is_gone() {
    let tree = Tree::new(&[(
        "a.sql",
        b"CREATE TABLE app.old (a int);\nDROP TABLE app.old;\nDROP TABLE app.kept;\nCREATE TABLE app.kept (a int);\n",
    )]);
    let found = tree.run(&["--output-format=concise", "--select=missing-primary-key"]);
    let lines = found
        .lines()
        .filter(|it| it.contains("missing-primary-key"));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        ["a.sql:4:14: warning[missing-primary-key] table `app.kept` has no primary key"],
    );
}

#[test]
fn an_upgrade_beside_the_schema_may_change_all_rows() {
    let tree = Tree::new(&[
        (
            "schema.sql",
            b"CREATE TABLE t (id int PRIMARY KEY, p int, q int);\n",
        ),
        (
            "upgrades/upgrade_1.sql",
            b"ALTER TABLE t ADD COLUMN q int;\n",
        ),
        ("upgrades/upgrade_2.sql", b"UPDATE t SET p = 1 - p;\n"),
        ("queries.sql", b"UPDATE t SET p = 1 - p;\n"),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format=concise", "--select=update-without-where"]), @"
    exit code 1
    --- stdout
    queries.sql:1:8: error[update-without-where] UPDATE without WHERE changes every row of `t`
    upgrades/upgrade_2.sql:1:8: warning[update-without-where] UPDATE without WHERE changes every row of `t`
    ");
}

#[test]
fn directives_cut_files() {
    let tree = Tree::new(&[(
        "m/1_a.sql",
        b"-- +goose Up\nCREATE TABLE t (id int);\n-- +goose Down\nCREATE TABLE u (id int);\n",
    )]);
    insta::assert_snapshot!(tree.run(&keys(&["m"])), @r#"
    exit code 1
    --- stdout
    m/1_a.sql:2:14: warning[missing-primary-key] table `t` has no primary key
    "#);
}

#[test]
fn a_dump_beside_migrations_adds_nothing() {
    let tree = Tree::new(&[
        ("db/migrations/1_a.sql", b"CREATE TABLE t (id int);"),
        (
            "db/schema.sql",
            b"CREATE TABLE t (id int);\nCREATE TABLE old (id int);",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["db"])), @r#"
    exit code 1
    --- stdout
    db/migrations/1_a.sql:1:14: warning[missing-primary-key] table `t` has no primary key
    "#);
}

#[test]
fn upgrades_of_a_base_schema_add_nothing() {
    let tree = Tree::new(&[
        ("schema/tables.sql", b"CREATE TABLE t (id int, name text);"),
        (
            "schema/upgrade/1.1.sql",
            b"ALTER TABLE t ADD COLUMN name text;",
        ),
        (
            "schema/upgrade/1.2.sql",
            b"ALTER TABLE t DROP CONSTRAINT t_pkey;",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["schema"])), @r#"
    exit code 1
    --- stdout
    schema/tables.sql:1:14: warning[missing-primary-key] table `t` has no primary key
    "#);
}

#[test]
fn files_that_only_drop_are_no_part_of_a_schema() {
    let tree = Tree::new(&[
        (
            "create.sql",
            b"CREATE TABLE t (id int);\nCREATE TABLE u (id int PRIMARY KEY);",
        ),
        (
            "drop.sql",
            b"DROP TABLE t;\nALTER TABLE u DROP CONSTRAINT u_pkey;",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["."])), @r#"
    exit code 1
    --- stdout
    create.sql:1:14: warning[missing-primary-key] table `t` has no primary key
    "#);
}

#[test]
fn databases_do_not_mix() {
    let tree = Tree::new(&[
        ("a/migrations/1.sql", b"CREATE TABLE t (id int);"),
        (
            "b/migrations/1.sql",
            b"CREATE TABLE t (id int PRIMARY KEY);",
        ),
    ]);
    insta::assert_snapshot!(tree.run(&keys(&["."])), @r#"
    exit code 1
    --- stdout
    a/migrations/1.sql:1:14: warning[missing-primary-key] table `t` has no primary key
    "#);
}

#[test]
fn tables_of_other_services_do_not_mix() {
    // Which of the two `users` the keys mean is not to be known.
    let tree = Tree::new(&[
        (
            "shop/schema.sql",
            b"CREATE TABLE users (id bigint PRIMARY KEY, name text);\n\
              CREATE TABLE orders (id bigint, user_id bigint NOT NULL REFERENCES users (id));\n",
        ),
        (
            "blog/schema.sql",
            b"CREATE TABLE users (id uuid, email text);\n\
              CREATE TABLE posts (id uuid PRIMARY KEY, user_id uuid REFERENCES users (id));\n\
              CREATE TABLE tags (post_id uuid PRIMARY KEY REFERENCES posts);\n",
        ),
    ]);
    let arguments = [
        "--output-format=concise",
        "--select=missing-primary-key,foreign-key-type-mismatch",
        ".",
    ];
    insta::assert_snapshot!(tree.run(&arguments), @r#"
    exit code 1
    --- stdout
    shop/schema.sql:2:14: warning[missing-primary-key] table `orders` has no primary key
    "#);
    insta::assert_snapshot!(tree.run(&["catalog", "--explain-unknown", "."]), @r#"
    exit code 0
    --- stdout
    shop/schema.sql:1:14: `public.users` may have changed: this file makes it with other columns
    "#);
}

#[test]
fn suppressions_hold() {
    let tree = Tree::new(&[(
        "a.sql",
        b"-- pglint: ignore[missing-primary-key] a log\nCREATE TABLE t (id int);\n\
          CREATE TABLE u (id int);\n",
    )]);
    insta::assert_snapshot!(tree.run(&keys(&["."])), @r#"
    exit code 1
    --- stdout
    a.sql:3:14: warning[missing-primary-key] table `u` has no primary key
    "#);
}

#[test]
fn standard_input_is_judged_by_the_schema_around_its_name() {
    let tree = Tree::new(&[
        (".git/HEAD", b""),
        ("m/1_a.sql", b"CREATE TABLE t (id int);"),
        ("m/2_b.sql", b"SELECT 1;"),
    ]);
    let arguments = keys(&["--stdin-filename", "m/2_b.sql", "-"]);
    insta::assert_snapshot!(
        tree.run_with_input(&arguments, b"CREATE TABLE u (id int);"),
        @r#"
    exit code 1
    --- stdout
    m/2_b.sql:1:14: warning[missing-primary-key] table `u` has no primary key
    "#
    );
}

#[test]
fn a_placeholder_may_name_the_schema() {
    let history = Tree::new(&[
        (
            "db/migration/V1__jobs.sql",
            b"CREATE TABLE ${schema}.customer (id bigint PRIMARY KEY);\n\
              CREATE TABLE ${schema}.job (customer bigint REFERENCES ${schema}.customer);\n",
        ),
        (
            "db/migration/V2__again.sql",
            b"CREATE TABLE ${schema}.customer (id bigint PRIMARY KEY);\n\
              DROP TABLE ${schema}.never;\n\
              CREATE TABLE visit (customer bigint REFERENCES customer, PRIMARY KEY (customer));\n",
        ),
    ]);
    insta::assert_snapshot!(history.run(&["--output-format=concise", "."]), @r#"
    exit code 1
    --- stdout
    db/migration/V1__jobs.sql:2:14: warning[missing-primary-key] table `${schema}.job` has no primary key
    db/migration/V1__jobs.sql:2:45: warning[unindexed-foreign-key] no index supports foreign key `job_customer_fkey` on `${schema}.job` (customer)
    "#);

    let script = Tree::new(&[
        (
            "a.sql",
            b"CREATE INDEX ON :S.job (customer);\n\
              CREATE INDEX ON other.visit (customer);\n",
        ),
        (
            "b.sql",
            b"CREATE TABLE :S.customer (id bigint PRIMARY KEY);\n\
              CREATE TABLE :S.job (customer bigint REFERENCES :S.customer);\n\
              CREATE TABLE :S.note (customer bigint REFERENCES :S.customer);\n\
              CREATE TABLE :S.visit (customer bigint REFERENCES :S.customer);\n",
        ),
    ]);
    // `other` may be what `:S` stands for.
    insta::assert_snapshot!(script.run(&["--select=unindexed-foreign-key", "."]), @r#"
    exit code 1
    --- stdout
    warning[unindexed-foreign-key]: no index supports foreign key `note_customer_fkey` on `:S.note` (customer)
      ┌─ b.sql:3:39
      │
    3 │ CREATE TABLE :S.note (customer bigint REFERENCES :S.customer);
      │                                       ^^^^^^^^^^^^^^^^^^^^^^
      │
      = help: Create one: `CREATE INDEX CONCURRENTLY ON :S.note (customer)`

    2 files, 6 statements: 0 errors, 1 warning, 0 infos in TIME
    "#);
}

#[test]
fn what_the_platform_and_the_tool_make_is_known() {
    let supabase = Tree::new(&[(
        "supabase/migrations/20240101000000_profile.sql",
        b"CREATE TABLE profile (id uuid PRIMARY KEY REFERENCES auth.users);\n\
          CREATE TABLE mail (of text PRIMARY KEY REFERENCES auth.users (email));\n\
          CREATE POLICY own ON storage.objects USING (owner = auth.uid());\n\
          SELECT email FROM auth.users;\n",
    )]);
    insta::assert_snapshot!(supabase.run(&["."]), @r#"
    exit code 0
    --- stdout
    1 file, 4 statements: 0 errors, 0 warnings, 0 infos in TIME
    "#);
    let catalog = supabase.run(&["catalog", "."]);
    for column in ["id", "email"] {
        let references = format!(
            r#""ref_table": "auth.users",
          "ref_columns": [
            "{column}"
          ],"#
        );
        assert!(catalog.contains(&references), "{column}: {catalog}");
    }
    assert!(!catalog.contains(r#""name": "users""#), "{catalog}");

    let sqlx = Tree::new(&[(
        "migrations/20240101000000_books.sql",
        b"CREATE TABLE job_books (LIKE _sqlx_migrations INCLUDING ALL);\n",
    )]);
    let catalog = sqlx.run(&["catalog", "."]);
    assert!(catalog.contains(r#""name": "job_books_pkey""#), "{catalog}");
}

#[test]
fn a_type_that_files_take_for_granted_is_in_the_only_schema() {
    let tree = Tree::new(&[
        (
            "supabase/migrations/1_vector.sql",
            b"CREATE EXTENSION vector WITH SCHEMA extensions;\n\
              CREATE TABLE part (id uuid PRIMARY KEY, name citext, at vector(3));\n",
        ),
        (
            "supabase/migrations/2_path.sql",
            b"SET search_path = one, two;\n\
              ALTER TABLE public.part ADD COLUMN other citext;\n",
        ),
    ]);
    let catalog = tree.run(&["catalog", "."]);
    for printed in ["public.citext", "extensions.vector(3)", "citext"] {
        let printed = format!("\"type\": \"{printed}\"");
        assert!(catalog.contains(&printed), "{printed}: {catalog}");
    }
}

#[test]
fn a_placeholder_may_name_the_search_path() {
    let tree = Tree::new(&[
        (
            "1_a.sql",
            b"CREATE SCHEMA ${app};\n\
              SET search_path TO ${app}, public;\n\
              CREATE TABLE job (id int);\n\
              CREATE TABLE note (id int);\n",
        ),
        // In which schema is it?
        ("2_b.sql", b"ALTER TABLE job ADD PRIMARY KEY (id);\n"),
    ]);
    insta::assert_snapshot!(tree.run(&["--output-format=concise", "."]), @r#"
    exit code 1
    --- stdout
    1_a.sql:4:14: warning[missing-primary-key] table `${app}.note` has no primary key
    "#);
}

#[test]
fn a_placeholder_may_be_in_the_name_of_a_table() {
    let files: [(&str, &[u8]); 4] = [
        (
            "1_a.sql",
            b"CREATE TABLE {{ tables.account }} (id bigint PRIMARY KEY);\n\
              CREATE TABLE {{ tables.job }} (account bigint REFERENCES {{tables.account}} (id));\n\
              CREATE TABLE ${prefix}note (id int);\n\
              CREATE TABLE \"${prefix}visit\" (id int);\n",
        ),
        (
            "2_b.sql",
            b"ALTER TABLE {{ tables.job }} ADD COLUMN id bigint PRIMARY KEY;\n\
              SELECT nothing FROM {{ tables.never }};\n",
        ),
        // What a loop makes is not known.
        (
            "3_c.sql",
            b"{% for part in parts %}\nCREATE TABLE part_${part} (id int);\n{% endfor %}\n",
        ),
        // It may be one of them.
        ("4_d.sql", b"ALTER TABLE app_visit ADD PRIMARY KEY (id);\n"),
    ];
    insta::assert_snapshot!(Tree::new(&files[..3]).run(&["--output-format=concise", "."]), @r#"
    exit code 1
    --- stdout
    1_a.sql:2:47: warning[unindexed-foreign-key] no index supports foreign key `{{tables.job}}_account_fkey` on `{{tables.job}}` (account)
    1_a.sql:3:14: warning[missing-primary-key] table `${prefix}note` has no primary key
    1_a.sql:4:14: warning[missing-primary-key] table `${prefix}visit` has no primary key
    "#);
    insta::assert_snapshot!(Tree::new(&files).run(&["--output-format=concise", "."]), @"exit code 0");
}
