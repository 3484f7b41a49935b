//! A fixture for each migration tool: what is detected, the order, the sections.

#![allow(
    clippy::unwrap_used,
    reason = "a test whose fixture is missing should stop"
)]

use std::path::{Path, PathBuf};

use pglint_project::{Database, DatabaseFile, Project, Request};

/// Reads `fixtures/frameworks/NAME` and prints a line a database, its tool and
/// why it is that tool's; a line a section, `direction transaction version
/// path`; and a line a file that is for another database.
#[track_caller]
fn check(name: &str, expected: &[&str]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/frameworks");
    let request = Request {
        working_directory: folder.join(name).canonicalize().unwrap(),
        paths: vec![PathBuf::from(".")],
        ..Request::default()
    };
    let project = Project::read(&request);
    assert_eq!(project.problems, []);
    let mut lines = Vec::new();
    for database in &project.databases {
        lines.push(match &database.history {
            Some(history) => format!("{}: {}", history.framework, history.evidence),
            None => match &database.base {
                Some(base) => format!("plain files with {base}"),
                None => "plain files".into(),
            },
        });
        for file in &database.files {
            lines.extend(describe(&project, database, file));
        }
    }
    let left_alone = project.left_alone.iter();
    lines.extend(left_alone.map(|file| format!("{}: {}", file.dialect, file.name)));
    assert_eq!(lines, expected);
}

fn describe(project: &Project, database: &Database, file: &DatabaseFile) -> Vec<String> {
    let name = &project.file(file.file).name;
    let mut histories = database.history.iter();
    if histories.any(|history| history.ignored.contains(&file.file)) {
        return vec![format!("  not run: {name}")];
    }
    let sections = file.sections.iter().map(|section| {
        let direction = format!("{:?}", section.direction).to_lowercase();
        let version = section.version.as_deref().unwrap_or("-");
        format!("  {direction} {:?} {version} {name}", section.transaction)
    });
    sections.collect()
}

#[test]
fn atlas() {
    check(
        "atlas",
        &[
            "Atlas: `atlas.sum`",
            "  up Wrapped 20240102000000 migrations/20240102000000_checkpoint.sql",
            "  up PerStatement 20240103000000 migrations/20240103000000_index.sql",
            "  not run: migrations/20240101000000_account.sql",
        ],
    );
}

#[test]
fn dbmate() {
    check(
        "dbmate",
        &[
            "dbmate: `20240101_account.sql` holds its directives",
            "  up Wrapped 20240101 db/migrations/20240101_account.sql",
            "  down Wrapped 20240101 db/migrations/20240101_account.sql",
            "  up Implicit 20240102 db/migrations/20240102_index.sql",
            "  down Wrapped 20240102 db/migrations/20240102_index.sql",
            "  snapshot None - db/schema.sql",
        ],
    );
}

#[test]
fn dialects() {
    check(
        "dialects",
        &[
            "file names: names that begin with versions",
            "  up None 1 migrations/postgres/1_account.sql",
            "SQLite: queue.sql",
            "MySQL: report.sql",
            "SQLite: lite/1_account.sql",
            "SQLite: lite/2_name.sql",
            "SQLite: lite/3_index.sql",
            "SQLite: lite/4_mail.sql",
            "MySQL: migrations/mysql/1_account.sql",
            "SQLite: migrations/sqlite3/1_account.sql",
        ],
    );
}

#[test]
fn diesel() {
    check(
        "diesel",
        &[
            "diesel: `diesel.toml`",
            "  down Wrapped 20240131093000 migrations/2024-01-31-093000_account/down.sql",
            "  up Wrapped 20240131093000 migrations/2024-01-31-093000_account/up.sql",
            "  up Implicit 20240201000000 migrations/20240201000000_index/up.sql",
        ],
    );
}

#[test]
fn drizzle() {
    check(
        "drizzle",
        &[
            "Drizzle: `meta/_journal.json`",
            "  up Wrapped 0000 drizzle/0000_quick_owl.sql",
            "  up Wrapped 0001 drizzle/0001_b_name.sql",
            "  up Wrapped 0001 drizzle/0001_a_index.sql",
            "  not run: drizzle/0002_left_out.sql",
        ],
    );
}

#[test]
fn drizzle_folders() {
    check(
        "drizzle-folders",
        &[
            "Drizzle: `snapshot.json` beside each `migration.sql`",
            "  up Wrapped 20240101000000 drizzle/20240101000000_account/migration.sql",
            "  up Wrapped 20240102000000 drizzle/20240102000000_name/migration.sql",
        ],
    );
}

#[test]
fn ecto() {
    check(
        "ecto",
        &[
            "plain files with priv/repo/structure.sql",
            "  snapshot None - priv/repo/structure.sql",
        ],
    );
}

#[test]
fn flyway() {
    check(
        "flyway",
        &[
            "Flyway: names such as `V1__account.sql`",
            "  up Wrapped 1 db/migration/V1__account.sql",
            "  up Wrapped 1.2 db/migration/later/V1.2__name.sql",
            "  up PerStatement 1.10 db/migration/later/V1.10__index.sql",
            "  repeatable Wrapped - db/migration/R__views.sql",
            "  repeatable Wrapped - db/migration/afterMigrate.sql",
            "  down Wrapped 1.2 db/migration/U1.2__name.sql",
            "  not run: db/migration/notes.sql",
        ],
    );
}

#[test]
fn flyway_baseline() {
    check(
        "flyway-baseline",
        &[
            "Flyway: names such as `B2__baseline.sql`",
            "  snapshot Wrapped 2 B2__baseline.sql",
            "  up Wrapped 3 V3__name.sql",
            "  not run: V1__account.sql",
            "  not run: V2__key.sql",
        ],
    );
}

#[test]
fn full_schemas() {
    check(
        "full-schemas",
        &[
            "full schemas and deltas: `common/full_schemas/10` holds the whole schema",
            "  up None 10 common/full_schemas/10/full.sql",
            "  up None 10 main/full_schemas/10/full.sql",
            "  up None 11 main/delta/11/1_index.sql",
            "  not run: common/delta/9/1_applied.sql",
            "  not run: main/delta/10/1_name.sql",
            "  not run: main/full_schemas/9/full.sql",
        ],
    );
}

#[test]
fn golang_migrate() {
    check(
        "golang-migrate",
        &[
            "golang-migrate: `go.mod` names golang-migrate/migrate",
            "  down Implicit 000001 migrations/000001_account.down.sql",
            "  up Implicit 000001 migrations/000001_account.up.sql",
            "  up Implicit 000002 migrations/000002_name.up.sql",
            "file names: names that begin with versions",
            "  up None 01 releases/2/01_note.up.sql",
            "  up None 01 releases/10/01_drop.up.sql",
        ],
    );
}

#[test]
fn goose() {
    check(
        "goose",
        &[
            "goose: `10_index.sql` holds its directives",
            "  up Wrapped 1 1_account.sql",
            "  down Wrapped 1 1_account.sql",
            "  up Wrapped 2 2_name.sql",
            "  down Wrapped 2 2_name.sql",
            "  up PerStatement 10 10_index.sql",
        ],
    );
}

#[test]
fn graphile_migrate() {
    check(
        "graphile-migrate",
        &[
            "graphile-migrate: `.gmrc`",
            "  up Wrapped 000001 migrations/committed/000001-account.sql",
            "  up PerStatement 000002 migrations/committed/000002.sql",
            "  repeatable Wrapped - migrations/current.sql",
        ],
    );
}

#[test]
fn hasura() {
    check(
        "hasura",
        &[
            "Hasura: names such as `1700000000001_event`",
            "  up Implicit 1700000000001 migrations/audit/1700000000001_event/up.sql",
            "Hasura: names such as `1700000000000_account`",
            "  down Implicit 1700000000000 migrations/default/1700000000000_account/down.sql",
            "  up Implicit 1700000000000 migrations/default/1700000000000_account/up.sql",
        ],
    );
}

#[test]
fn liquibase() {
    check(
        "liquibase",
        &[
            "Liquibase: `db.changelog-master.yaml`",
            "  up Wrapped ann:account db/changelog/sql/second.sql",
            "  up Wrapped ann:name db/changelog/sql/first.sql",
            "  up PerStatement ann:index db/changelog/sql/first.sql",
        ],
    );
}

#[test]
fn load_order() {
    check(
        "load-order",
        &[
            "list of files: `changes/LOADORDER`, `modules/LOADORDER`",
            "  up None - start.sql",
            "  up None - changes/1.0/rename.sql",
            "  up None - changes/1.0/index.sql",
            "  up None - modules/views.sql",
            "  up None - modules/functions.sql",
            "  not run: checks.sql",
        ],
    );
}

#[test]
fn node_pg_migrate() {
    check(
        "node-pg-migrate",
        &[
            "node-pg-migrate: `1704067200000_account.sql` holds its directives",
            "  up Wrapped 1704067200000 migrations/1704067200000_account.sql",
            "  down Wrapped 1704067200000 migrations/1704067200000_account.sql",
            "  up Wrapped 1704153600000 migrations/1704153600000_name.sql",
        ],
    );
}

#[test]
fn plain() {
    check(
        "plain",
        &[
            "plain files",
            "  snapshot None - indexes/account_email.sql",
            "  snapshot None - tables/account.sql",
            "  snapshot None - views/account_name.sql",
        ],
    );
}

#[test]
fn pop() {
    check(
        "pop",
        &[
            "pop: names such as `20240102_name.postgres.up.sql`",
            "  up Wrapped 20240101 migrations/20240101_account.up.sql",
            "  down Wrapped 20240102 migrations/20240102_name.down.sql",
            "  up Wrapped 20240102 migrations/20240102_name.postgres.up.sql",
            "  not run: migrations/20240102_name.up.sql",
            "MySQL: migrations/20240101_account.mysql.up.sql",
        ],
    );
}

#[test]
fn prisma() {
    check(
        "prisma",
        &[
            "Prisma: `migration_lock.toml`",
            "  up Implicit 20240101000000 prisma/migrations/20240101000000_init/migration.sql",
            "  up Implicit 20240102000000 prisma/migrations/20240102000000_name/migration.sql",
        ],
    );
}

#[test]
fn query_files() {
    check(
        "query-files",
        &[
            "plain files",
            "  query None - aiosql/account.sql",
            "  query None - hugsql/account.sql",
            "  query None - pgtyped/account.sql",
            "  snapshot None - tables/account.sql",
        ],
    );
}

#[test]
fn rails() {
    check(
        "rails",
        &[
            "plain files with db/structure.sql",
            "  snapshot None - db/structure.sql",
            "plain files with db/queue_structure.sql",
            "  snapshot None - db/queue_structure.sql",
        ],
    );
}

#[test]
fn refinery() {
    check(
        "refinery",
        &[
            "refinery: `Cargo.toml` names refinery",
            "  up Wrapped 1 migrations/V1__account.sql",
            "  up Wrapped 2 migrations/U2__name.sql",
        ],
    );
}

#[test]
fn sqitch() {
    check(
        "sqitch",
        &[
            "Sqitch: `sqitch.plan`",
            "  up PerStatement - deploy/users@v1.sql",
            "  up PerStatement - deploy/accounts.sql",
            "  up PerStatement - deploy/users.sql",
            "  down PerStatement - revert/accounts.sql",
            "  query PerStatement - verify/accounts.sql",
        ],
    );
}

#[test]
fn sql_migrate() {
    check(
        "sql-migrate",
        &[
            "sql-migrate: `1-account.sql` holds its directives",
            "  up Wrapped 1 1-account.sql",
            "  down Wrapped 1 1-account.sql",
            "  up PerStatement 2 2-index.sql",
        ],
    );
}

#[test]
fn sqlc() {
    check(
        "sqlc",
        &[
            "plain files",
            "  query None - db/account.sql",
            "  snapshot None - db/schema.sql",
            "SQLite: cache/account.sql",
            "SQLite: cache/schema.sql",
        ],
    );
}

#[test]
fn sqlx() {
    check(
        "sqlx",
        &[
            "sqlx: `10_index.sql` holds its directives",
            "  down Wrapped 0001 migrations/0001_account.down.sql",
            "  up Wrapped 0001 migrations/0001_account.up.sql",
            "  up Wrapped 2 migrations/2_name.sql",
            "  up Implicit 10 migrations/10_index.sql",
            "  not run: migrations/notes.sql",
        ],
    );
}

#[test]
fn supabase() {
    check(
        "supabase",
        &[
            "Supabase: the folder `supabase/migrations`",
            "  up Implicit 20240101000000 supabase/migrations/20240101000000_account.sql",
            "  up Implicit 20240102000000 supabase/migrations/20240102000000_name.sql",
            "  not run: supabase/migrations/notes.sql",
            "  repeatable None - supabase/schemas/01_account.sql",
            "  repeatable None - supabase/schemas/02_view.sql",
            "  repeatable None - supabase/seed.sql",
        ],
    );
}

#[test]
fn tern() {
    check(
        "tern",
        &[
            "tern: `001_account.sql` holds its directives",
            "  up Wrapped 001 001_account.sql",
            "  down Wrapped 001 001_account.sql",
            "  up PerStatement 002 002_index.sql",
            "  not run: shared/timestamps.sql",
        ],
    );
}

#[test]
fn yoyo() {
    check(
        "yoyo",
        &[
            "yoyo: `-- depends:` in `a-name.sql`",
            "  down Wrapped - migrations/b-account.rollback.sql",
            "  up Wrapped - migrations/b-account.sql",
            "  up Wrapped - migrations/a-name.sql",
        ],
    );
}
