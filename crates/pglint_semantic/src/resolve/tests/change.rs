//! INSERT, UPDATE, DELETE and MERGE.

use super::check;

#[test]
fn insert_sees_nothing_but_its_source() {
    check(
        "
        INSERT INTO users (id, name) SELECT id, users.name FROM orders RETURNING id, orders.id, users.name
        --                                  ^^ orders.id
        --                                      ^^^^^^^^^^ missing
        --                                                                       ^^ users.id
        --                                                                           ^^^^^^^^^ missing
        --                                                                                      ^^^^^^^^^^ users.name",
    );
}

#[test]
fn values_of_insert_see_no_columns() {
    check(
        "
        INSERT INTO users VALUES (name, (SELECT max(id) FROM orders))
        --                        ^^^^ missing
        --                                          ^^ orders.id",
    );
}

#[test]
fn on_conflict_sees_excluded() {
    check(
        "
        INSERT INTO users AS u (id, name) VALUES (1, 'a') ON CONFLICT (lower(name)) WHERE u.id > 0
        --                                                                   ^^^^ u(users).name
        --                                                                                ^^^^ u(users).id
        DO UPDATE SET name = excluded.name || u.name || name, manager_id = (SELECT excluded.id)
        --                   ^^^^^^^^^^^^^ excluded.name
        --                                    ^^^^^^ u(users).name
        --                                              ^^^^ ambiguous
        --                                                                         ^^^^^^^^^^^ excluded.id, 1 out
        WHERE u.deleted_at IS NULL AND excluded.ctid = '' RETURNING excluded.id, name
        --    ^^^^^^^^^^^^ u(users).deleted_at
        --                             ^^^^^^^^^^^^^ missing
        --                                                          ^^^^^^^^^^^ missing
        --                                                                       ^^^^ u(users).name",
    );
}

#[test]
fn update_sees_its_table_and_from() {
    check(
        "
        UPDATE users u SET name = value, (manager_id, deleted_at) = (SELECT s.id, o.placed_at)
        --                        ^^^^^ s(settings).value
        --                                                                  ^^^^ s(settings).id, 1 out
        --                                                                        ^^^^^^^^^^^ o(orders).placed_at, 1 out
        FROM orders o JOIN app.settings s ON s.id = o.id, LATERAL (SELECT u.id) l, LATERAL (SELECT o.id AS k) m
        --                                   ^^^^ s(settings).id
        --                                          ^^^^ o(orders).id
        --                                                                ^^^^ unknown
        --                                                                                         ^^^^ o(orders).id, 1 out
        WHERE user_id = u.id AND k = 1 RETURNING u.*, total
        --    ^^^^^^^ o(orders).user_id
        --              ^^^^ u(users).id
        --                       ^ m.k
        --                                       ^^^ u(users).id, u(users).name, u(users).manager_id, u(users).deleted_at
        --                                            ^^^^^ o(orders).total",
    );
}

#[test]
fn returning_sees_old_and_new() {
    check(
        "
        UPDATE users SET name = '' WHERE old.name = '' RETURNING old.name, new.name, name, old.*
        --                               ^^^^^^^^ missing
        --                                                       ^^^^^^^^ old.name
        --                                                                 ^^^^^^^^ new.name
        --                                                                           ^^^^ users.name
        --                                                                                 ^^^^^ old.id, old.name, old.manager_id, old.deleted_at",
    );
}

#[test]
fn returning_can_rename_old_and_new() {
    check(
        "
        DELETE FROM users RETURNING WITH (OLD AS o, NEW AS n) o.id, n.id, old.id
        --                                                    ^^^^ o.id
        --                                                          ^^^^ n.id
        --                                                                ^^^^^^ missing",
    );
}

#[test]
fn an_item_of_the_name_old_comes_before_the_old_row() {
    check(
        "
        UPDATE users SET name = '' FROM orders old RETURNING old.total
        --                                                   ^^^^^^^^^ old(orders).total",
    );
}

#[test]
fn delete_sees_its_table_and_using() {
    check(
        "
        DELETE FROM users USING orders o WHERE user_id = users.id AND o.total = 0 RETURNING total
        --                                     ^^^^^^^ o(orders).user_id
        --                                               ^^^^^^^^ users.id
        --                                                            ^^^^^^^ o(orders).total
        --                                                                                  ^^^^^ o(orders).total",
    );
}

#[test]
fn merge_sees_by_kind_of_match() {
    check(
        "
        MERGE INTO users u USING orders o ON o.user_id = u.id AND total > 0
        --                                   ^^^^^^^^^ o(orders).user_id
        --                                               ^^^^ u(users).id
        --                                                        ^^^^^ o(orders).total
        WHEN MATCHED AND name = '' THEN UPDATE SET manager_id = o.total
        --               ^^^^ u(users).name
        --                                                      ^^^^^^^ o(orders).total
        WHEN NOT MATCHED BY SOURCE AND total = 1 THEN DELETE
        --                             ^^^^^ missing
        WHEN NOT MATCHED AND u.id = 1 THEN INSERT (id, name) VALUES (total, u.name)
        --                   ^^^^ missing
        --                                                           ^^^^^ o(orders).total
        --                                                                  ^^^^^^ missing
        RETURNING u.id, o.id, merge_action()
        --        ^^^^ u(users).id
        --              ^^^^ o(orders).id",
    );
}

#[test]
fn a_common_table_is_never_a_target() {
    check(
        "
        WITH users AS (SELECT total FROM orders) UPDATE users SET name = users.name
        --                                                               ^^^^^^^^^^ users.name",
    );
}
