//! WITH.

use super::check;

#[test]
fn common_tables_hide_tables() {
    check(
        "
        WITH users AS (SELECT total AS t FROM orders) SELECT t, users.t, users.id, p.id FROM users, public.users p
        --                                                   ^ users.t
        --                                                      ^^^^^^^ users.t
        --                                                               ^^^^^^^^ missing
        --                                                                         ^^^^ p(users).id",
    );
}

#[test]
fn a_common_table_sees_those_before_it() {
    check(
        "
        WITH a AS (SELECT id FROM users), b (x) AS (SELECT id FROM a), users AS (SELECT name FROM users)
        --                ^^ users.id
        --                                                 ^^ a.id
        --                                                                              ^^^^ users.name
        SELECT x, name, manager_id FROM b, users
        --     ^ b.x
        --        ^^^^ users.name
        --              ^^^^^^^^^^ missing",
    );
}

#[test]
fn inner_queries_see_outer_common_tables() {
    check(
        "
        WITH c AS (SELECT 1 AS one) SELECT (SELECT one FROM c WHERE c.one = u.id) FROM users u
        --                                         ^^^ c.one
        --                                                          ^^^^^ c.one
        --                                                                  ^^^^ u(users).id, 1 out",
    );
}

#[test]
fn recursive_common_tables() {
    check(
        "
        WITH RECURSIVE t (id, depth) AS (SELECT id, 1 FROM users WHERE manager_id IS NULL
        --                                                             ^^^^^^^^^^ users.manager_id
          UNION ALL SELECT u.id, depth + 1, t.name FROM users u JOIN t ON t.id = u.manager_id)
        --                 ^^^^ u(users).id
        --                       ^^^^^ t.depth
        --                                  ^^^^^^ missing
        --                                                                ^^^^ t.id
        --                                                                       ^^^^^^^^^^^^ u(users).manager_id
        SELECT t.depth, id FROM t
        --     ^^^^^^^ t.depth
        --              ^^ t.id",
    );
}

#[test]
fn under_recursive_a_later_common_table_is_visible() {
    check(
        "
        WITH RECURSIVE a AS (SELECT x FROM b), b AS (SELECT 1 AS x) SELECT x, y FROM a
        --                          ^ b.x
        --                                                                 ^ a.x
        --                                                                    ^ missing",
    );
}

#[test]
fn search_and_cycle_add_columns() {
    check(
        "
        WITH RECURSIVE t AS (SELECT id FROM users UNION SELECT u.id FROM users u, t)
          SEARCH DEPTH FIRST BY id SET ordering CYCLE id SET is_cycle USING path
        SELECT *, is_cycle FROM t ORDER BY ordering, path
        --     ^ t.id, t.ordering, t.is_cycle, t.path
        --        ^^^^^^^^ t.is_cycle
        --                                 ^^^^^^^^ output 2
        --                                           ^^^^ output 4",
    );
}

#[test]
fn common_tables_that_change_data_give_what_they_return() {
    check(
        "
        WITH d AS (DELETE FROM users WHERE id = 1 RETURNING id AS gone, name)
        --                                 ^^ users.id
        --                                                  ^^ users.id
        INSERT INTO orders (id) SELECT gone FROM d WHERE d.name = '' AND d.id = 1
        --                             ^^^^ d.gone
        --                                               ^^^^^^ d.name
        --                                                               ^^^^ missing",
    );
}

#[test]
fn with_inside_the_source_of_insert() {
    check(
        "
        WITH a AS (SELECT 1 AS x) INSERT INTO orders WITH b AS (SELECT x FROM a) SELECT b.x, a.x FROM a, b
        --                                                             ^ a.x
        --                                                                              ^^^ b.x
        --                                                                                   ^^^ a.x",
    );
}
