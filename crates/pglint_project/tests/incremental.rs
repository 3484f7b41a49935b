//! An analysis that is made from the one before it is equal to one that is made
//! from nothing, whatever was edited.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pglint_project::{Analysis, Overlay, Project, Request, Workspace, decode_text};

#[path = "../../../xtask/src/generate_project.rs"]
#[allow(
    dead_code,
    clippy::print_stdout,
    reason = "a command of the developers"
)]
mod generate_project;

/// What is put into files: whole statements, halves, and what breaks others.
const PIECES: &[&str] = &[
    "CREATE TABLE fresh (id bigint PRIMARY KEY, note text, user_id bigint);\n",
    "ALTER TABLE users ADD COLUMN extra text;\n",
    "ALTER TABLE fresh ADD COLUMN deleted_at timestamptz;\n",
    "DROP TABLE IF EXISTS fresh CASCADE;\n",
    "CREATE VIEW seen AS SELECT * FROM users;\n",
    "CREATE INDEX ON orders (user_id);\n",
    "CREATE TYPE mood AS ENUM ('sad');\nCREATE EXTENSION hstore;\n",
    "SET search_path TO other, public;\n",
    "SELECT * FROM users u JOIN orders o ON o.user_id = u.id WHERE u.note = NULL;\n",
    "UPDATE fresh SET note = 'a';\n",
    "DELETE FROM users;\n",
    "INSERT INTO fresh (id, note) VALUES (1, 'x'), (2, NULL);\n",
    "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || x; END $$;\n",
    "-- pglint: ignore[select-star]\n",
    "\\ir b.sql\n",
    "\\i gone.sql\n",
    "\\if false\n",
    "\\endif\n",
    "\\set schema app\nCREATE TABLE :schema.filled (id bigint PRIMARY KEY);\n",
    "\\c other\n",
    "BEGIN;\n",
    "ROLLBACK;\n",
    "CREATE TABLE",
    "(",
    ")",
    ";",
    "'",
    "$$",
    "\n",
    " ",
    "é😀",
    "id",
    "NOT NULL",
    "",
    "",
    "",
    "",
];

/// Marsaglia's xorshift64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// A project whose files are edited in memory.
struct Edited {
    folder: PathBuf,
    /// Those that are open, as they have become.
    texts: Vec<(PathBuf, String)>,
    /// The last edit, for people.
    last: String,
}

impl Edited {
    fn overlays(&self) -> Vec<Overlay> {
        let overlay = |(path, text): &(PathBuf, String)| Overlay {
            path: path.clone(),
            content: decode_text(&Arc::from(text.as_str())),
        };
        self.texts.iter().map(overlay).collect()
    }

    fn request(&self) -> Request {
        Request {
            working_directory: self.folder.clone(),
            paths: vec![self.folder.clone()],
            ..Request::default()
        }
    }

    fn fresh(&self) -> Analysis {
        Analysis::new(Project::read(&Request {
            overlays: self.overlays(),
            ..self.request()
        }))
    }

    /// Replaces some bytes of one of the files.
    fn edit(&mut self, random: &mut Random) {
        let count = self.texts.len();
        let (path, text) = &mut self.texts[random.below(count)];
        let boundary = |text: &str, mut offset: usize| {
            while !text.is_char_boundary(offset) {
                offset -= 1;
            }
            offset
        };
        let start = boundary(text, random.below(text.len() + 1));
        let length = [0, 0, 1, 5, 60][random.below(5)];
        let end = boundary(text, (start + length).min(text.len())).max(start);
        // Half of the pieces go where a line begins, so that some are statements.
        let start = match random.below(2) {
            0 => text[..start].rfind('\n').map_or(0, |at| at + 1),
            _ => start,
        };
        let piece = PIECES[random.below(PIECES.len())];
        self.last = format!("{} {start}..{end} {piece:?}", path.display());
        text.replace_range(start..end, piece);
    }
}

#[track_caller]
fn check_equal(name: &str, incremental: &Analysis, fresh: &Analysis) {
    let say = |analysis: &Analysis| {
        let diagnostics = analysis.diagnostics();
        let say = |it: &_| format!("{it:#?}");
        diagnostics.map(say).collect::<Vec<_>>()
    };
    let (left, right) = (say(incremental), say(fresh));
    for (left, right) in left.iter().zip(&right) {
        assert_eq!(left, right, "{name}");
    }
    assert_eq!(left.len(), right.len(), "{name}");
    let files = |analysis: &Analysis| -> Vec<_> {
        let reports = analysis.reports.iter();
        reports.map(|it| (it.file, it.diagnostics.len())).collect()
    };
    assert_eq!(files(incremental), files(fresh), "{name}");
    assert_eq!(incremental.statements, fresh.statements, "{name}");
    assert_eq!(
        incremental.unread_statements, fresh.unread_statements,
        "{name}"
    );
    for (left, right) in incremental.catalogs.iter().zip(&fresh.catalogs) {
        assert_eq!(left.to_json(), right.to_json(), "{name}");
    }
    assert_eq!(incremental.catalogs.len(), fresh.catalogs.len(), "{name}");
}

/// Compares the catalogs after each file of the histories.
#[track_caller]
fn check_catalogs(name: &str, incremental: &Analysis, fresh: &Analysis) {
    for file in &fresh.project.files {
        let catalog = |analysis: &Analysis| Some(analysis.catalog_of(file.id)?.to_json());
        assert_eq!(
            catalog(incremental),
            catalog(fresh),
            "{name}, {}",
            file.name
        );
        let before = |analysis: &Analysis| Some(analysis.catalog_before(file.id)?.to_json());
        assert_eq!(before(incremental), before(fresh), "{name}, {}", file.name);
    }
}

/// Edits some files of a folder `times` times.
fn check(folder: &Path, seed: u64, open: usize, times: usize) {
    let mut random = Random(seed);
    let mut edited = Edited {
        folder: folder.into(),
        texts: Vec::new(),
        last: String::new(),
    };
    let mut files = edited.fresh().project.files;
    while edited.texts.len() < open && !files.is_empty() {
        let file = files.swap_remove(random.below(files.len()));
        edited
            .texts
            .push((file.path.clone(), file.text.to_string()));
    }
    let mut workspace = Workspace::new(edited.request());
    for time in 0..times {
        let incremental = workspace.analyse(edited.overlays(), time % 7 == 3);
        let name = format!(
            "{}, seed {seed}, edit {time}: {}",
            folder.display(),
            edited.last
        );
        let fresh = edited.fresh();
        check_equal(&name, &incremental, &fresh);
        // Whoever asks for these has them worked out: not each time.
        if time % 5 == 4 {
            check_catalogs(&name, &incremental, &fresh);
        }
        edited.edit(&mut random);
    }
}

#[test]
fn every_fixture() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(fixtures)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    for (seed, folder) in folders.iter().enumerate() {
        check(folder, 0x9E37_79B9_7F4A_7C15 + seed as u64, 4, 40);
    }
}

/// A history in which later files refer to all that earlier ones made.
fn history() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: String, text: String| {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for number in 0..12 {
        let before = number / 2;
        let reference = match number {
            0 => "bigint".to_owned(),
            _ => format!("bigint REFERENCES table_{before}"),
        };
        write(
            format!("db/{number:03}_step.sql"),
            format!(
                "CREATE TABLE table_{number} (\n  id bigint PRIMARY KEY,\n  parent_id {reference},\n  \
                 state text NOT NULL DEFAULT 'new',\n  deleted_at timestamptz\n);\n\
                 ALTER TABLE table_{before} ADD COLUMN step_{number} integer;\n\
                 CREATE VIEW view_{number} AS SELECT id, state FROM table_{before};\n\
                 CREATE INDEX index_{number} ON table_{number} (state);\n"
            ),
        );
        write(
            format!("queries/{number:03}.sql"),
            format!(
                "SELECT * FROM table_{number} t JOIN view_{before} v ON v.id = t.parent_id;\n\
                 UPDATE table_{before} SET state = 'old', step_{number} = NULL WHERE deleted_at IS NULL;\n\
                 DELETE FROM table_{number};\n\
                 SELECT id FROM table_{number} WHERE id NOT IN (SELECT parent_id FROM table_{before});\n"
            ),
        );
    }
    directory
}

#[test]
fn a_history_and_its_queries() {
    let directory = history();
    check(directory.path(), 0x2545_F491_4F6C_DD1D, 6, 150);
    check(directory.path(), 0xD1B5_4A32_D192_ED03, 2, 150);
}

#[test]
fn a_generated_project() {
    let directory = tempfile::tempdir().unwrap();
    let size = generate_project::Size {
        seed: 7,
        files: 24,
        tables: 16,
    };
    generate_project::write(directory.path(), size).unwrap();
    check(directory.path(), 0x5851_F42D_4C95_7F2D, 8, 60);
}

/// What the files of a history become when one of them is edited, and whether the
/// table `last` of the last file is the same allocation as before.
#[track_caller]
fn check_sharing(history: &[&str], edited: (usize, &str), is_shared: bool) {
    let directory = tempfile::tempdir().unwrap();
    let path = |at: usize| {
        directory
            .path()
            .join(format!("migrations/{at:03}_step.sql"))
    };
    std::fs::create_dir(directory.path().join("migrations")).unwrap();
    for (at, text) in history.iter().enumerate() {
        std::fs::write(path(at), text).unwrap();
    }
    let mut files = Edited {
        folder: directory.path().into(),
        texts: vec![(path(edited.0), history[edited.0].to_owned())],
        last: String::new(),
    };
    let mut workspace = Workspace::new(files.request());
    let before = workspace.analyse(files.overlays(), false);
    files.texts[0].1 = edited.1.to_owned();
    let after = workspace.analyse(files.overlays(), false);
    check_equal("sharing", &after, &files.fresh());
    let last = |analysis: &Analysis| {
        let mut tables = analysis.catalogs[0].tables();
        std::ptr::from_ref(tables.find(|table| table.name == "last").unwrap())
    };
    assert_eq!(last(&before) == last(&after), is_shared);
}

#[test]
fn later_files_are_replayed_only_where_they_meet_something_new() {
    let history = [
        "CREATE TABLE first (id bigint PRIMARY KEY);",
        "CREATE TABLE last (id bigint PRIMARY KEY, first_id bigint);",
        "ALTER TABLE last ADD COLUMN note text;",
    ];
    let edited = "CREATE TABLE first (id bigint PRIMARY KEY, name text);";
    check_sharing(&history, (0, edited), true);
    let referring = [
        history[0],
        history[1],
        "ALTER TABLE last ADD CONSTRAINT to_first FOREIGN KEY (first_id) REFERENCES first;",
    ];
    check_sharing(&referring, (0, edited), false);
    // The name that the index of the key would have is taken now.
    let taken = "CREATE TABLE first (id bigint CONSTRAINT last_pkey PRIMARY KEY);";
    check_sharing(&history, (0, taken), false);
}

#[test]
fn files_in_any_order() {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "a.sql",
            "CREATE TABLE child (id bigint PRIMARY KEY, parent_id bigint REFERENCES parent);\n",
        ),
        (
            "b.sql",
            "CREATE VIEW both AS SELECT c.id FROM child c JOIN parent p ON p.id = c.parent_id;\n",
        ),
        (
            "c.sql",
            "CREATE TABLE parent (id bigint PRIMARY KEY, name varchar(20));\n",
        ),
        (
            "d.sql",
            "SELECT * FROM both WHERE id = NULL;\nDELETE FROM parent;\n",
        ),
    ] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    check(directory.path(), 0x0123_4567_89AB_CDEF, 4, 200);
}

#[test]
fn files_that_include_others() {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [
        (
            "a.sql",
            "CREATE SCHEMA app;\nSET search_path TO app;\n\\ir b.sql\n\\if :x\n\\ir c.sql\n\\endif\n\
             ALTER TABLE users ADD COLUMN age int;\nSELECT * FROM users WHERE age = NULL;\n",
        ),
        (
            "b.sql",
            "CREATE TABLE users (id bigint PRIMARY KEY, note text);\n\\ir d.sql\nDELETE FROM users;\n",
        ),
        (
            "c.sql",
            "CREATE TABLE orders (user_id int REFERENCES users);\nSELECT * FROM orders;\n\\ir a.sql\n",
        ),
        (
            "d.sql",
            "SET search_path TO app, public;\nSELECT * FROM users;\n",
        ),
        ("e.sql", "UPDATE users SET note = 'a';\n"),
    ] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    check(directory.path(), 0x5851_F42D_4C95_7F2D, 4, 200);
    check(directory.path(), 0x1405_7B7E_F767_814F, 2, 200);
}

/// What they do is known of many of them together, and the trees of the later ones
/// are made when they are asked for.
#[test]
fn a_file_of_inserts() {
    let directory = tempfile::tempdir().unwrap();
    let schema = "CREATE TABLE fresh (id bigint PRIMARY KEY, note text, state text NOT NULL);\n\
                  SELECT id FROM fresh WHERE state = 'new';\n";
    let insert = |number: usize| {
        let state = ["new", "paid"][number % 2];
        format!("INSERT INTO fresh (id, note, state) VALUES ({number}, 'n', '{state}');\n")
    };
    let inserts: String = (0..1000).map(insert).collect();
    for (name, text) in [("a.sql", schema), ("b.sql", &inserts)] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let path = directory.path().join("b.sql");
    let mut edited = Edited {
        folder: directory.path().into(),
        texts: vec![(path, inserts.clone())],
        last: String::new(),
    };
    let mut workspace = Workspace::new(edited.request());
    let mut values = Vec::new();
    for (old, new) in [
        ("", ""),
        ("(900, 'n', 'new')", "(900, 'n', 'sent')"),
        ("(900, 'n', 'new')", "(900, 'n', lower('New'))"),
        ("", ""),
        (
            "INSERT INTO fresh (id, note, state) VALUES (900, 'n', 'new');",
            "",
        ),
        (
            "(900, 'n', 'new');",
            "(900, 'n', 'new'); UPDATE fresh SET state = 'gone';",
        ),
    ] {
        edited.texts[0].1 = inserts.replacen(old, new, 1);
        let incremental = workspace.analyse(edited.overlays(), false);
        check_equal(new, &incremental, &edited.fresh());
        let found = { incremental.diagnostics() }.find(|it| it.rule == "missing-check-constraint");
        let help = found.and_then(|it| it.help.clone()).unwrap_or_default();
        values.push(["new", "paid", "sent", "gone"].map(|it| help.contains(&format!("'{it}'"))));
    }
    let (two, none) = ([true, true, false, false], [false; 4]);
    let (sent, gone) = ([true, true, true, false], [true, true, false, true]);
    assert_eq!(values, [two, sent, none, two, two, gone]);
    check(directory.path(), 0x2545_F491_4F6C_DD1D, 2, 30);
}

#[test]
fn an_edited_statement_alone_is_read_anew() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("q.sql");
    let mut edited = Edited {
        folder: directory.path().into(),
        texts: vec![(path, "SELECT 1;\nSELECT 2;\nSELECT 3;\n".to_owned())],
        last: String::new(),
    };
    let mut workspace = Workspace::new(edited.request());
    let before = workspace.analyse(edited.overlays(), false);
    edited.texts[0].1 = "SELECT 1;\nSELECT 22 + (;\nSELECT 3;\n".to_owned();
    let after = workspace.analyse(edited.overlays(), false);
    let file = before.project.files[0].id;
    let is_kept: Vec<bool> = before
        .statements_of(file)
        .zip(after.statements_of(file))
        .map(|((id, old), (new_id, new))| {
            let trees = old.tree().zip(new.tree());
            id == new_id && trees.is_some_and(|(old, new)| std::ptr::eq(&*old, &*new))
        })
        .collect();
    assert_eq!(is_kept, [true, false, true]);
    let reported: Vec<_> = after.diagnostics().map(|it| it.rule).collect();
    assert_eq!(reported, ["syntax-error"]);
}
