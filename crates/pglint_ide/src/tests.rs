//! Questions about a small project. `$0` marks the cursor.

use std::path::PathBuf;
use std::sync::Arc;

use pglint_project::{Analysis, Overlay, Project, Request, decode_text, with_large_stack};
use pglint_text::{FileId, TextSize};

use crate::{definition, document_symbols, folds, hover, ignore_edit, workspace_symbols};

const HISTORY: [(&str, &str); 3] = [
    (
        "db/0001_init.sql",
        "CREATE TYPE mood AS ENUM ('sad', 'happy');\n\
         CREATE TABLE users (\n    id bigint PRIMARY KEY,\n    email text NOT NULL,\n    mood mood\n);\n",
    ),
    (
        "db/0002_orders.sql",
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));\n\
         CREATE INDEX orders_user ON orders (user_id);\n\
         CREATE FUNCTION total(o bigint) RETURNS bigint LANGUAGE sql AS $$\n  SELECT 1\n$$;\n",
    ),
    (
        "db/0003_later.sql",
        "ALTER TABLE users ADD COLUMN age integer;\n",
    ),
];

/// Analyses the history and one more file, which holds `$0`.
fn analysis(path: &str, text: &str) -> (Analysis, FileId, TextSize) {
    let cursor = text.find("$0").unwrap_or_default();
    let text = text.replace("$0", "");
    let files = HISTORY.into_iter().filter(|(known, _)| *known != path);
    let overlays = files
        .chain([(path, text.as_str())])
        .map(|(path, text)| Overlay {
            path: PathBuf::from("/nowhere").join(path),
            content: decode_text(&Arc::from(text)),
        });
    let request = Request {
        working_directory: "/nowhere".into(),
        paths: Vec::new(),
        overlays: overlays.collect(),
        ..Request::default()
    };
    let analysis = Analysis::new(Project::read(&request));
    let mut files = analysis.project.files.iter();
    let file = files.find(|it| it.path.ends_with(path)).map(|it| it.id);
    (analysis, file.unwrap(), TextSize::try_from(cursor).unwrap())
}

#[track_caller]
fn check_definition(text: &str, expected: &[&str]) {
    let (analysis, file, offset) = analysis("queries/a.sql", text);
    let places = with_large_stack(|| definition(&analysis, file, offset));
    let places = places.into_iter().map(|place| {
        let source = analysis.project.file(place.file);
        let line = source.position(place.range.start()).line;
        format!("{}:{line} {}", source.name, &source.text[place.range])
    });
    assert_eq!(places.collect::<Vec<_>>(), expected);
}

#[test]
fn definitions_of_tables_and_columns() {
    check_definition("SELECT * FROM us$0ers", &["db/0001_init.sql:2 users"]);
    check_definition(
        "SELECT u.ema$0il FROM users u",
        &["db/0001_init.sql:4 email"],
    );
    check_definition(
        "SELECT u$0.email FROM users u",
        &["db/0001_init.sql:2 users"],
    );
    check_definition("SELECT id FROM users AS u$0", &["db/0001_init.sql:2 users"]);
    check_definition("SELECT age$0 FROM users", &["db/0003_later.sql:1 age"]);
    check_definition("UPDATE users SET ag$0e = 1", &["db/0003_later.sql:1 age"]);
    check_definition(
        "INSERT INTO users (id$0) VALUES (1)",
        &["db/0001_init.sql:3 id"],
    );
    check_definition("SELECT nothing$0 FROM users", &[]);
}

#[test]
fn definitions_of_the_rest() {
    check_definition("SELECT 'sad'::mo$0od", &["db/0001_init.sql:1 mood"]);
    check_definition("SELECT tot$0al(1)", &["db/0002_orders.sql:3 total"]);
    check_definition(
        "DROP INDEX orders_us$0er",
        &["db/0002_orders.sql:2 orders_user"],
    );
    check_definition(
        "CREATE INDEX ON orders (user$0_id)",
        &["db/0002_orders.sql:1 user_id"],
    );
}

#[track_caller]
fn check_hover(path: &str, text: &str, expected: &str) {
    let (analysis, file, offset) = analysis(path, text);
    let found = with_large_stack(|| hover(&analysis, file, offset)).unwrap();
    assert_eq!(found.plain, expected);
}

#[test]
fn a_table_as_of_the_file() {
    check_hover(
        "queries/a.sql",
        "SELECT * FROM users$0",
        "table public.users  -- 0001_init.sql:2\n  \
         id     bigint       not null\n  \
         email  text         not null\n  \
         mood   public.mood\n  \
         age    integer  -- 0003_later.sql:1\n  \
         users_pkey: primary key (id)",
    );
    check_hover(
        "db/0002_orders.sql",
        "ALTER TABLE us$0ers ALTER COLUMN email DROP NOT NULL;",
        "table public.users  -- 0001_init.sql:2\n  \
         id     bigint       not null\n  \
         email  text\n  \
         mood   public.mood\n  \
         users_pkey: primary key (id)",
    );
}

#[test]
fn a_column_with_its_keys() {
    check_hover(
        "queries/a.sql",
        "SELECT o.user_id$0 FROM orders o",
        "public.orders.user_id  bigint  -- 0002_orders.sql:1\n  \
         orders_user_id_fkey: foreign key (user_id) references public.users (id)\n  \
         orders_user: index using btree (user_id)  -- 0002_orders.sql:2",
    );
}

#[test]
fn a_rule_in_a_suppression() {
    let text = "-- pglint: ignore[select-$0star] why not\nSELECT * FROM users;";
    let (analysis, file, offset) = analysis("queries/a.sql", text);
    let found = hover(&analysis, file, offset).unwrap();
    assert!(found.markdown.starts_with("# select-star\n"));
    assert_eq!(
        &analysis.project.file(file).text[found.range],
        "select-star"
    );
}

#[test]
fn symbols_of_a_file() {
    let (analysis, file, _) = analysis(
        "queries/a.sql",
        "CREATE TABLE app.t (a int);\nSELECT 1,\n  2;",
    );
    let symbols = document_symbols(&analysis, file);
    let names: Vec<_> = symbols.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["app.t", "SELECT 1,"]);
    assert_eq!(symbols[0].children[0].name, "a");
    assert_eq!(symbols[0].children[0].detail.as_deref(), Some("int"));
}

#[test]
fn symbols_of_a_project() {
    let (analysis, ..) = analysis("queries/a.sql", "");
    let names = |query| {
        let symbols = workspace_symbols(&analysis, query).into_iter();
        symbols.map(|it| it.name).collect::<Vec<_>>()
    };
    assert_eq!(names("USR"), ["users", "users_pkey", "orders_user"]);
    assert_eq!(names("tot"), ["total"]);
}

#[test]
fn statements_and_bodies_fold() {
    let (analysis, file, _) = analysis("queries/a.sql", "/* a */ DO $$\nBEGIN\nEND\n$$;");
    let text = &analysis.project.file(file).text;
    let folds = folds(&analysis, file).into_iter();
    let folded: Vec<_> = folds.map(|fold| &text[fold.range]).collect();
    assert_eq!(
        folded,
        ["/* a */", "DO $$\nBEGIN\nEND\n$$;", "$$\nBEGIN\nEND\n$$"]
    );
}

#[track_caller]
fn check_ignore_in_file(text: &str, expected: &str) {
    let (analysis, file, _) = analysis("queries/a.sql", text);
    let text = &analysis.project.file(file).text;
    let edit = ignore_edit(text, analysis.parsed(file), "select-star", None);
    let (at, comment) = edit.unwrap();
    let mut text = text.to_string();
    text.insert_str(at.into(), &comment);
    assert_eq!(text, expected);
}

#[test]
fn a_comment_that_suppresses_in_a_file() {
    check_ignore_in_file(
        "-- Ours.\nSELECT 1;\n",
        "-- pglint: ignore-file[select-star]\n-- Ours.\nSELECT 1;\n",
    );
    check_ignore_in_file(
        "--liquibase formatted sql\r\n--changeset me:1\r\nSELECT 1;\r\n",
        "--liquibase formatted sql\r\n-- pglint: ignore-file[select-star]\r\n\
         --changeset me:1\r\nSELECT 1;\r\n",
    );
    check_ignore_in_file(
        "-- no-transaction\nSELECT 1;\n",
        "-- no-transaction\n-- pglint: ignore-file[select-star]\nSELECT 1;\n",
    );
}

#[track_caller]
fn check_ignore(text: &str, expected: &str) {
    let (analysis, file, offset) = analysis("queries/a.sql", text);
    let text = &analysis.project.file(file).text;
    let edit = ignore_edit(text, analysis.parsed(file), "select-star", Some(offset));
    let (at, comment) = edit.unwrap();
    let mut text = text.to_string();
    text.insert_str(at.into(), &comment);
    assert_eq!(text, expected);
}

#[test]
fn a_comment_that_suppresses() {
    check_ignore(
        "SELECT 1;\r\n  SELECT $0*\r\n",
        "SELECT 1;\r\n  -- pglint: ignore[select-star]\r\n  SELECT *\r\n",
    );
    check_ignore(
        "SELECT 1; SELECT $0* FROM users;",
        "SELECT 1; \n-- pglint: ignore[select-star]\nSELECT * FROM users;",
    );
}
