//! SELECT: what is visible where.

use super::check;

#[test]
fn names_with_and_without_their_item() {
    check(
        "
        SELECT u.name, user_id, public.orders.total, settings.value, u.nothing, nothing
        --     ^^^^^^ u(users).name
        --             ^^^^^^^ orders.user_id
        --                      ^^^^^^^^^^^^^^^^^^^ orders.total
        --                                           ^^^^^^^^^^^^^^ settings.value
        --                                                           ^^^^^^^^^ missing
        --                                                                      ^^^^^^^ missing
        FROM users u, orders, app.settings WHERE id = 1 AND app.settings.id = total
        --                                       ^^ ambiguous
        --                                                  ^^^^^^^^^^^^^^^ settings.id
        --                                                                    ^^^^^ orders.total",
    );
}

#[test]
fn an_alias_hides_the_name_of_its_table() {
    check(
        "
        SELECT users.id, public.users.id, u.ID FROM users u
        --     ^^^^^^^^ missing
        --               ^^^^^^^^^^^^^^^ missing",
    );
}

#[test]
fn system_columns_belong_to_tables_and_not_to_views() {
    check(
        "
        SELECT ctid, users.xmin, tableoid FROM users
        --     ^^^^ system column of users
        --           ^^^^^^^^^^ system column of users
        --                       ^^^^^^^^ system column of users
        UNION SELECT ctid, a.xmin, 1 FROM active_users a
        --           ^^^^ missing
        --                 ^^^^^^ missing",
    );
}

#[test]
fn whole_rows_and_stars() {
    check(
        "
        SELECT u, count(u.*), u.*, orders.* FROM users u JOIN orders ON true
        --     ^ row of u(users)
        --              ^^^ row of u(users)
        --                    ^^^ u(users).id, u(users).name, u(users).manager_id, u(users).deleted_at
        --                         ^^^^^^^^ orders.id, orders.user_id, orders.total, orders.placed_at",
    );
}

#[test]
fn calls_in_the_notation_of_columns_are_unknown() {
    check(
        "
        SELECT u.row_to_json, u.other FROM users u
        --     ^^^^^^^^^^^^^ unknown
        --                    ^^^^^^^ missing",
    );
}

#[test]
fn inner_levels_come_first() {
    check(
        "
        SELECT 1 FROM users u WHERE EXISTS (
          SELECT name, id FROM orders WHERE user_id = u.id AND total IN (
        --       ^^^^ u(users).name, 1 out
        --             ^^ orders.id
        --                                  ^^^^^^^ orders.user_id
        --                                            ^^^^ u(users).id, 1 out
            SELECT manager_id FROM app.settings s WHERE s.id = orders.id AND value = name))
        --         ^^^^^^^^^^ u(users).manager_id, 2 out
        --                                              ^^^^ s(settings).id
        --                                                     ^^^^^^^^^ orders.id, 1 out
        --                                                                   ^^^^^ s(settings).value
        --                                                                           ^^^^ u(users).name, 2 out",
    );
}

#[test]
fn only_lateral_sees_its_siblings() {
    check(
        "
        SELECT 1 FROM users u, (SELECT u.id) a, LATERAL (SELECT u.name) b(n),
        --                             ^^^^ missing
        --                                                      ^^^^^^ u(users).name, 1 out
          generate_series(1, u.id) g, LATERAL (SELECT later.id) c, users later
        --                   ^^^^ u(users).id
        --                                            ^^^^^^^^ missing
        WHERE g = b.n
        --    ^ g.g
        --        ^^^ b.n",
    );
}

#[test]
fn a_right_join_forbids_lateral_references_to_its_left_side() {
    check(
        "
        SELECT 1 FROM users u RIGHT JOIN LATERAL (SELECT u.id) a ON true
        --                                               ^^^^ unknown",
    );
}

#[test]
fn on_sees_its_two_sides_only() {
    check(
        "
        SELECT 1 FROM users u, users v JOIN orders o ON o.user_id = v.id AND u.id = 1 AND total = 1
        --                                              ^^^^^^^^^ o(orders).user_id
        --                                                          ^^^^ v(users).id
        --                                                                   ^^^^ missing
        --                                                                                ^^^^^ o(orders).total",
    );
}

#[test]
fn using_merges_columns() {
    check(
        "
        SELECT id, o.id, name, total, * FROM users u JOIN orders o USING (id) WHERE id = 1
        --     ^^ merged u(users).id and o(orders).id
        --         ^^^^ o(orders).id
        --               ^^^^ u(users).name
        --                     ^^^^^ o(orders).total
        --                            ^ merged u(users).id and o(orders).id, u(users).name, u(users).manager_id, u(users).deleted_at, o(orders).user_id, o(orders).total, o(orders).placed_at",
    );
}

#[test]
fn merged_columns_merge_again() {
    check(
        "
        SELECT id FROM users u JOIN orders o USING (id) LEFT JOIN app.settings s USING (id) ORDER BY value
        --     ^^ merged merged u(users).id and o(orders).id and s(settings).id
        --                                                                                           ^^^^^ s(settings).value",
    );
}

#[test]
fn natural_joins_merge_what_both_sides_have() {
    check(
        "
        SELECT id, value FROM users NATURAL JOIN app.settings
        --     ^^ merged users.id and settings.id
        --         ^^^^^ settings.value",
    );
}

#[test]
fn an_alias_of_a_join_hides_what_is_inside() {
    check(
        "
        SELECT j.name, j.key, u.name, total FROM (users u JOIN orders o ON u.id = o.user_id) j (key)
        --     ^^^^^^ u(users).name
        --             ^^^^^ u(users).id
        --                    ^^^^^^ missing
        --                            ^^^^^ o(orders).total",
    );
}

#[test]
fn an_alias_of_a_join_hides_that_of_its_using() {
    check(
        "
        SELECT x.id, y.id FROM (users u JOIN orders o USING (id) AS x) AS y
        --     ^^^^ missing
        --           ^^^^ merged u(users).id and o(orders).id",
    );
}

#[test]
fn an_alias_of_using_names_the_merged_columns_only() {
    check(
        "
        SELECT x.id, x.name, u.name FROM users u JOIN orders o USING (id) AS x
        --     ^^^^ merged u(users).id and o(orders).id
        --           ^^^^^^ missing
        --                   ^^^^^^ u(users).name",
    );
}

#[test]
fn column_aliases_rename_from_the_left() {
    check(
        "
        SELECT key, id, name, a.key FROM users a (key) JOIN (SELECT 1, 2) b (two) ON two = b.id
        --     ^^^ a(users).key
        --          ^^ missing
        --              ^^^^ a(users).name
        --                    ^^^^^ a(users).key
        --                                                                           ^^^ b.two
        --                                                                                 ^^^^ missing",
    );
}

#[test]
fn order_by_takes_an_output_column_first() {
    check(
        "
        SELECT name AS id, upper(name) u, total t FROM users JOIN orders ON true
        ORDER BY id, u, t, users.id, users.name, lower(u), placed_at
        --       ^^ output 1
        --           ^ output 2
        --              ^ output 3
        --                 ^^^^^^^^ users.id
        --                           ^^^^^^^^^^ users.name
        --                                             ^ missing
        --                                                 ^^^^^^^^^ orders.placed_at",
    );
}

#[test]
fn group_by_takes_an_input_column_first() {
    check(
        "
        SELECT manager_id AS name, total::date AS day FROM users, orders
        GROUP BY name, day, GROUPING SETS ((placed_at, day), ROLLUP (deleted_at)), lower(name)
        --       ^^^^ users.name
        --             ^^^ output 2
        --                                  ^^^^^^^^^ orders.placed_at
        --                                             ^^^ output 2
        --                                                           ^^^^^^^^^^ users.deleted_at
        --                                                                               ^^^^ users.name
        HAVING name > '' AND day > now() 
        --     ^^^^ users.name
        --                   ^^^ missing",
    );
}

#[test]
fn distinct_on_takes_an_output_column_first() {
    check(
        "
        SELECT DISTINCT ON (x, name) id AS x FROM users
        --                  ^ output 1
        --                     ^^^^ users.name",
    );
}

#[test]
fn windows_see_no_output_columns() {
    check(
        "
        SELECT id AS x, row_number() OVER (ORDER BY x) FROM users WINDOW w AS (PARTITION BY name ORDER BY x)
        --                                          ^ missing
        --                                                                                  ^^^^ users.name
        --                                                                                                ^ missing",
    );
}

#[test]
fn two_output_columns_of_one_name() {
    check(
        "
        SELECT name AS x, name AS x, id AS y, manager_id AS y FROM users ORDER BY x, y
        --                                                                        ^ output 1
        --                                                                           ^ ambiguous",
    );
}

#[test]
fn a_set_operation_is_ordered_by_the_names_of_its_first_operand() {
    check(
        "
        SELECT id AS a, name FROM users UNION ALL SELECT total, value FROM orders, app.settings
        --                                               ^^^^^ orders.total
        --                                                      ^^^^^ settings.value
        ORDER BY a, name, total
        --       ^ output 1
        --          ^^^^ output 2
        --                ^^^^^ missing",
    );
}

#[test]
fn values_have_columns_by_number() {
    check(
        "
        SELECT v.column1, column2, w.a FROM (VALUES (1, 2)) v, (VALUES (3)) AS w (a) WHERE column3 = 1
        --     ^^^^^^^^^ v.column1
        --                ^^^^^^^ v.column2
        --                         ^^^ w.a
        --                                                                                 ^^^^^^^ missing",
    );
}

#[test]
fn a_star_in_values_gives_columns() {
    check(
        "
        SELECT v.column5, column3, v.column6 FROM users u, LATERAL (VALUES (1, u.*)) v
        --     ^^^^^^^^^ v.column5
        --                ^^^^^^^ v.column3
        --                         ^^^^^^^^^ missing
        --                                                                     ^^^ u(users).id, u(users).name, u(users).manager_id, u(users).deleted_at",
    );
}

#[test]
fn subqueries_without_alias_have_no_name() {
    check(
        "
        SELECT a, b.id FROM (SELECT id AS a FROM users) WHERE a > 0
        --     ^ unnamed.a
        --        ^^^^ missing
        --                                                    ^ unnamed.a",
    );
}

#[test]
fn output_columns_are_named_as_postgresql_names_them() {
    check(
        "
        SELECT q.id, q.count, q.int4, q.case, q.coalesce, q.now, q.max, q.f, q.array, q.exists, q.zone, q.name
        --     ^^^^ q.id
        --           ^^^^^^^ q.count
        --                    ^^^^^^ q.int4
        --                            ^^^^^^ q.case
        --                                    ^^^^^^^^^^ q.coalesce
        --                                                ^^^^^ q.now
        --                                                       ^^^^^ q.max
        --                                                              ^^^ q.f
        --                                                                   ^^^^^^^ q.array
        --                                                                            ^^^^^^^^ q.exists
        --                                                                                      ^^^^^^ missing
        --                                                                                              ^^^^^^ q.name
        FROM (SELECT u.id, count(*), 1::int, CASE WHEN true THEN 1 END, coalesce(1), pg_catalog.now(), (SELECT max(id) FROM users),
          (ROW(1)::composite).f, ARRAY[1], EXISTS (SELECT 1), now() AT TIME ZONE 'utc', CASE WHEN true THEN 1 ELSE name END, 1 + 1
          FROM users u) q",
    );
}

#[test]
fn unknown_items_make_names_unknown() {
    check(
        "
        SELECT name, nothing, c.nothing, c, u.name, u.nothing, x.id FROM users u, pg_catalog.pg_class c
        --     ^^^^ unknown
        --           ^^^^^^^ unknown
        --                    ^^^^^^^^^ unknown
        --                               ^ unknown
        --                                  ^^^^^^ u(users).name
        --                                          ^^^^^^^^^ missing
        --                                                     ^^^^ missing
        WHERE EXISTS (SELECT total, name FROM orders)
        --                   ^^^^^ orders.total
        --                          ^^^^ unknown",
    );
}

#[test]
fn missing_tables_make_names_unknown() {
    check(
        "
        SELECT id, nothing.id FROM users, nothing
        --     ^^ unknown
        --         ^^^^^^^^^^ unknown",
    );
}

#[test]
fn views_have_the_columns_of_their_query() {
    check(
        "
        SELECT full_name, a.name, a.id FROM active_users a
        --     ^^^^^^^^^ a(active_users).full_name
        --                ^^^^^^ missing
        --                        ^^^^ a(active_users).id",
    );
}

#[test]
fn words_of_type_modifiers_are_no_columns() {
    check(
        "
        SELECT id::geometry(Point, 4326) FROM users WHERE deleted_at > now()
        --                                                ^^^^^^^^^^ users.deleted_at",
    );
}
