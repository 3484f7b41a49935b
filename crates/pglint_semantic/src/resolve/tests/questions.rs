//! The questions that rules ask.

use super::{SCHEMA, schema};
use crate::resolve::{FromColumn, FromItemId, Nullability, Operand, QueryId, Resolution, resolve};
use pglint_catalog::SearchPath;
use pglint_syntax::{Node, ParseOptions, Tree, ast, parse};

fn with<T>(sql: &str, ask: impl FnOnce(&Resolution, &Tree) -> T) -> T {
    let catalog = schema::catalog(SCHEMA);
    let tree = parse(sql, ParseOptions::default()).unwrap();
    let resolution = resolve(tree.root(), &catalog, &SearchPath::default());
    ask(&resolution, &tree)
}

const QUERY: QueryId = QueryId(0);

/// The column of that name of the first FROM item that goes by `item`.
fn column(resolution: &Resolution, item: &str, name: &str) -> FromColumn {
    let mut items = resolution.from_items();
    let named = items.find(|(_, it)| it.name.as_deref() == Some(item));
    let (from_item, found) = named.unwrap();
    let index = found.columns.positions(name).next().unwrap() as u32;
    FromColumn { from_item, index }
}

fn names(resolution: &Resolution, items: &[FromItemId]) -> String {
    let names = items.iter().map(|id| resolution[*id].name.as_deref());
    let names: Vec<_> = names.map(|it| it.unwrap_or("join")).collect();
    names.join(" ")
}

/// Whether `users.deleted_at` is mentioned outside of target lists.
#[track_caller]
fn check_mention(sql: &str, expected: bool) {
    let found = with(sql, |resolution, tree| {
        resolution.mentions_outside_targets(tree, column(resolution, "users", "deleted_at"))
    });
    assert_eq!(found, expected);
}

#[test]
fn mentions_outside_of_target_lists() {
    check_mention("SELECT deleted_at FROM users", false);
    check_mention("SELECT * FROM users ORDER BY id", false);
    check_mention("SELECT 1 FROM users WHERE deleted_at IS NULL", true);
    check_mention(
        "SELECT 1 FROM users JOIN orders ON users.deleted_at IS NULL",
        true,
    );
    check_mention("SELECT 1 FROM users JOIN orders ON orders.total > 1", false);
    check_mention("SELECT deleted_at AS d FROM users ORDER BY d", true);
    check_mention(
        "UPDATE orders SET total = 1 FROM users WHERE users = NULL",
        true,
    );
}

#[test]
fn mentions_through_what_passes_a_column_on() {
    check_mention("SELECT d FROM (SELECT deleted_at AS d FROM users) q", false);
    check_mention(
        "SELECT 1 FROM (SELECT deleted_at AS d FROM users) q WHERE d IS NULL",
        true,
    );
    check_mention(
        "WITH q AS (SELECT * FROM users) SELECT 1 FROM q WHERE deleted_at IS NULL",
        true,
    );
    check_mention(
        "WITH q AS (SELECT * FROM users) SELECT deleted_at FROM q",
        false,
    );
    check_mention("SELECT (SELECT users.deleted_at) FROM users", false);
    check_mention(
        "SELECT 1 FROM users WHERE EXISTS (SELECT users.deleted_at)",
        true,
    );
    check_mention(
        "SELECT 1 FROM (SELECT deleted_at FROM users UNION SELECT now()) q WHERE deleted_at IS NULL",
        true,
    );
    check_mention("SELECT 1 FROM users, f() WHERE deleted_at IS NULL", true);
}

#[test]
fn items_and_relations_of_a_query() {
    with(
        "DELETE FROM users USING orders o JOIN app.settings s ON true, generate_series(1, 2) g",
        |resolution, _| {
            let items = resolution.items_of(QUERY);
            assert_eq!(names(resolution, &items), "users join o s g");
            let relations = resolution.relations_of(QUERY);
            let relations: Vec<_> = relations.into_iter().map(|(item, _)| item).collect();
            assert_eq!(names(resolution, &relations), "users o s");
            let id = resolution[relations[1]].relation().unwrap();
            assert!(resolution.names_relation(id));
        },
    );
    with("INSERT INTO users SELECT * FROM orders", |resolution, _| {
        assert!(resolution.items_of(QUERY).is_empty());
        assert_eq!(
            names(resolution, &resolution.items_of(QueryId(1))),
            "orders"
        );
    });
}

#[test]
fn filters_are_what_every_row_fulfils() {
    // A caret range would be wide before ranges are exact, so operators are listed.
    let operators = |nodes: Vec<Node<'_>>| -> Vec<String> {
        let constants = nodes.iter().filter_map(|it| it.cast::<ast::AExpr>());
        let constants = constants.filter_map(|it| it.rexpr()?.cast::<ast::AConst>()?.ival());
        constants.map(|it| it.ival().to_string()).collect()
    };
    with(
        "SELECT 1 FROM users a JOIN users b ON a.id = 1 LEFT JOIN (users c JOIN users d ON d.id = 2) ON c.id = 3
         WHERE (a.id = 4 AND a.id = 5) AND (b.id = 6 OR b.id = 7) GROUP BY a.id HAVING a.id = 8",
        |resolution, tree| {
            let filters = resolution.filters(tree, QUERY);
            assert_eq!(filters.len(), 4);
            assert_eq!(operators(filters), ["4", "5", "1"]);
            let conditions = resolution.conditions(tree, QUERY);
            assert_eq!(conditions.len(), 7);
            assert_eq!(operators(conditions), ["4", "5", "3", "1", "2", "8"]);
            let on_b = column(resolution, "b", "id");
            let on_b = resolution.conditions_on(tree, QUERY, on_b);
            assert!(on_b.len() == 1 && on_b[0].is::<ast::BoolExpr>());
        },
    );
}

#[test]
fn equalities_and_their_other_sides() {
    with(
        "SELECT 1 FROM users u JOIN orders o ON o.user_id = u.id WHERE $1::int = u.id AND o.total = 1 + 1",
        |resolution, tree| {
            let found = resolution.equalities(tree, QUERY);
            let printed = found.iter().map(|it| {
                let name = |column: FromColumn| resolution.column(column).unwrap().name.clone();
                let other = match &it.operand {
                    Operand::Column(other) => name(*other),
                    Operand::Constant(_) => "constant".into(),
                    Operand::Other(_) => "other".into(),
                };
                format!("{} = {other}", name(it.column))
            });
            let printed: Vec<_> = printed.collect();
            let expected = [
                "id = constant",
                "total = other",
                "user_id = id",
                "id = user_id",
            ];
            assert_eq!(printed, expected);
        },
    );
}

#[test]
fn base_columns_of_a_column() {
    with(
        "SELECT x FROM (SELECT id AS x FROM users JOIN orders USING (id) UNION SELECT user_id FROM orders b) q",
        |resolution, _| {
            let found = resolution.base_columns(column(resolution, "q", "x"));
            let found = found.into_iter().map(|it| {
                let name = &resolution.column(it).unwrap().name;
                format!("{}.{name}", names(resolution, &[it.from_item]))
            });
            let found: Vec<_> = found.collect();
            assert_eq!(found, ["users.id", "orders.id", "b.user_id"]);
        },
    );
}

/// The nullability of the only column of the subquery of NOT IN.
#[track_caller]
fn check_not_in(subquery: &str, expected: Nullability) {
    let sql = format!("SELECT 1 FROM users u WHERE u.id NOT IN ({subquery})");
    let found = with(&sql, |resolution, tree| {
        let mut links = tree.nodes().filter_map(|it| it.cast::<ast::SubLink>());
        let inner = links.next().unwrap().subselect().unwrap();
        let query = resolution.query_of(inner).unwrap();
        resolution[query].columns.known[0].nullability
    });
    assert_eq!(found, expected);
}

#[test]
fn not_in_of_a_nullable_column() {
    check_not_in("SELECT manager_id FROM users", Nullability::Nullable);
    check_not_in("SELECT id FROM users", Nullability::NotNull);
    check_not_in(
        "SELECT manager_id FROM users WHERE manager_id IS NOT NULL",
        Nullability::NotNull,
    );
    check_not_in(
        "SELECT m FROM (SELECT manager_id AS m FROM users) q",
        Nullability::Nullable,
    );
    check_not_in("SELECT f(manager_id) FROM users", Nullability::Unknown);
    check_not_in("SELECT id FROM active_users", Nullability::Unknown);
}
