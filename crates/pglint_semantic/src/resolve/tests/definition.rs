//! Functions in FROM, and the expressions of DDL.

use super::check;

#[test]
fn functions_of_one_column_take_the_alias() {
    check(
        "
        SELECT n, generate_series, s.s, s, i, o, o.ordinality
        --     ^ missing
        --        ^^^^^^^^^^^^^^^ generate_series.generate_series
        --                         ^^^ s.s
        --                              ^ s.s
        --                                 ^ t.i
        --                                    ^ o.o
        --                                       ^^^^^^^^^^^^ o.ordinality
        FROM generate_series(1, 2), generate_series(1, 2) s, unnest($1::int[]) t(i), generate_series(3, 4) WITH ORDINALITY o",
    );
}

#[test]
fn arrays_of_literals_have_a_type() {
    check(
        "
        SELECT a, b, c, name FROM users, unnest(ARRAY['a'::text, 'b']) a, unnest(string_to_array('', ':')) b, unnest(ARRAY['x', NULL]) c
        --     ^ a.a
        --        ^ b.b
        --           ^ c.c
        --              ^^^^ users.name",
    );
}

#[test]
fn functions_with_named_outputs() {
    check(
        "
        SELECT key, e.value, v.value, v.v FROM users u, jsonb_each(u.name::jsonb) e, jsonb_array_elements('[]') v
        --     ^^^ e.key
        --          ^^^^^^^ e.value
        --                   ^^^^^^^ v.value
        --                            ^^^ missing
        --                                                         ^^^^^^ u(users).name",
    );
}

#[test]
fn functions_that_are_not_known() {
    check(
        "
        SELECT a, b, f.a, f.b, users.name, users.b, r.c, r.d FROM users, f() AS f(a), json_to_record('{}') AS r(c int)
        --     ^ unknown
        --        ^ unknown
        --           ^^^ f.a
        --                ^^^ unknown
        --                     ^^^^^^^^^^ users.name
        --                                 ^^^^^^^ missing
        --                                          ^^^ r.c
        --                                               ^^^ missing",
    );
}

#[test]
fn rows_from_several_functions() {
    check(
        "
        SELECT x.a, x.generate_series, x.c, x.n FROM ROWS FROM (generate_series(1, 2), json_to_record('{}') AS (c int)) WITH ORDINALITY AS x (a, c, n)
        --     ^^^ x.a
        --          ^^^^^^^^^^^^^^^^^ missing
        --                             ^^^ x.c
        --                                  ^^^ x.n",
    );
}

#[test]
fn tables_from_json_and_xml() {
    check(
        "
        SELECT j.a, b, c, t.n, t.d, t.z FROM users u,
        --     ^^^ j.a
        --          ^ j.b
        --             ^ j.c
        --                ^^^ t.n
        --                     ^^^ t.d
        --                          ^^^ missing
          JSON_TABLE(u.name::jsonb, '$' COLUMNS (a int PATH '$.a', NESTED PATH '$.n' COLUMNS (b text), c FOR ORDINALITY)) j,
        --           ^^^^^^ u(users).name
          XMLTABLE('/r' PASSING (u.name::xml) COLUMNS n FOR ORDINALITY, d text PATH 'd' DEFAULT u.name) t
        --                       ^^^^^^ u(users).name
        --                                                                                      ^^^^^^ u(users).name",
    );
}

#[test]
fn samples_are_of_their_table() {
    check(
        "
        SELECT s.id, name FROM users s TABLESAMPLE system ((SELECT max(id) FROM orders))
        --     ^^^^ s(users).id
        --           ^^^^ s(users).name
        --                                                             ^^ orders.id",
    );
}

#[test]
fn bodies_of_functions_see_parameters() {
    check(
        "
        CREATE FUNCTION f(who int, name text) RETURNS int BEGIN ATOMIC
          SELECT id, who, f.who, name, other FROM users; UPDATE users SET name = who WHERE id = f.who; END
        --       ^^ users.id
        --           ^^^ parameter
        --                ^^^^^ parameter
        --                       ^^^^ users.name
        --                             ^^^^^ missing
        --                                                                       ^^^ parameter
        --                                                                                      ^^^^^ parameter",
    );
}

#[test]
fn expressions_of_definitions_see_their_table() {
    check(
        "
        CREATE TABLE orders (total numeric CHECK (total > 0), x int GENERATED ALWAYS AS (user_id) STORED, CHECK (nothing > 0))
        --                                        ^^^^^ orders.total
        --                                                                               ^^^^^^^ orders.user_id
        --                                                                                                       ^^^^^^^ missing",
    );
}

#[test]
fn policies_see_their_table() {
    check(
        "
        CREATE POLICY p ON orders USING (user_id IN (SELECT u.id FROM users u WHERE u.id = orders.id)) WITH CHECK (total > u.id)
        --                               ^^^^^^^ orders.user_id
        --                                                  ^^^^ u(users).id
        --                                                                                 ^^^^^^^^^ orders.id, 1 out
        --                                                                                                         ^^^^^ orders.total
        --                                                                                                                 ^^^^ missing",
    );
}

#[test]
fn indexes_see_their_table() {
    check(
        "
        CREATE INDEX ON users (lower(name), id) WHERE deleted_at IS NULL
        --                           ^^^^ users.name
        --                                            ^^^^^^^^^^ users.deleted_at",
    );
}

#[test]
fn triggers_see_old_and_new() {
    check(
        "
        CREATE TRIGGER t AFTER UPDATE ON users FOR EACH ROW WHEN (old.name <> new.name AND name = '') EXECUTE FUNCTION f()
        --                                                        ^^^^^^^^ old.name
        --                                                                    ^^^^^^^^ new.name
        --                                                                                 ^^^^ ambiguous",
    );
}

#[test]
fn rules_see_old_and_new() {
    check(
        "
        CREATE RULE r AS ON DELETE TO users WHERE old.id = 1 AND name = '' DO INSTEAD UPDATE orders SET total = old.id, user_id = total
        --                                        ^^^^^^ old.id
        --                                                       ^^^^ old.name
        --                                                                                                      ^^^^^^ old.id, 1 out
        --                                                                                                                        ^^^^^ orders.total",
    );
}

#[test]
fn what_follows_a_function_in_a_body_is_resolved() {
    // A server refuses it ("not yet supported in unquoted SQL function body"),
    // but its parser does not.
    check(
        "
        CREATE FUNCTION f() RETURNS int BEGIN ATOMIC
            CREATE FUNCTION g() RETURNS int RETURN 1;
            SELECT name FROM users ORDER BY id;
        --         ^^^^ users.name
        --                                  ^^ users.id
        END",
    );
}
