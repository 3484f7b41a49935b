//! What is typed, and where.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::client::Client;

/// A project, and the files that are typed into.
pub(super) struct Script {
    project: PathBuf,
    keystrokes: usize,
    files: Vec<Typed>,
}

/// A file, and the text that is typed into it again and again.
struct Typed {
    name: &'static str,
    path: PathBuf,
    text: String,
    /// The 0-based line and the column in UTF-16 code units.
    place: (usize, usize),
    keys: &'static str,
}

/// What was measured of one server.
pub(super) struct Measured {
    pub(super) name: &'static str,
    /// `pushed` or `pulled`.
    pub(super) manner: &'static str,
    pub(super) starts: Vec<Start>,
    pub(super) typed: Vec<Keystrokes>,
    /// Resident now and at most, in MB. `None` where the system does not tell.
    pub(super) memory: Option<(u64, u64)>,
}

/// From the start of the program to the diagnostics of a file.
pub(super) struct Start {
    pub(super) file: &'static str,
    /// The first ones: what the text tells by itself may come before the rest.
    pub(super) first: Duration,
    /// All of them.
    pub(super) all: Duration,
    /// What the server computed until it was silent. `None` where the system does
    /// not tell.
    pub(super) cpu: Option<Duration>,
}

/// The keystrokes in one file.
pub(super) struct Keystrokes {
    pub(super) file: &'static str,
    /// From the notification to the diagnostics of that version.
    pub(super) waited: Vec<Duration>,
    /// What the server computed meanwhile, all threads together. Empty where the
    /// system does not tell.
    pub(super) cpu: Vec<Duration>,
}

/// How many lines the long file of queries has.
const LINES: usize = 10_000;

impl Script {
    /// Adds a long file of queries to a generated project.
    pub(super) fn write(project: &Path, keystrokes: usize) -> Result<Script, String> {
        let mut text = String::new();
        let mut files = sorted(&project.join("queries"))?.into_iter().cycle();
        while text.lines().count() < LINES {
            let file = files.next().ok_or("the project has no queries")?;
            text.push_str(&read(&file)?);
        }
        let path = project.join("queries/long.sql");
        fs::write(&path, &text).map_err(|error| error.to_string())?;
        let query = Typed {
            name: "10,000 lines of queries",
            place: place(&text, LINES / 2, "    WHERE deleted_at IS NULL")?,
            path,
            text,
            keys: " AND (note IS NULL OR 'it''s' <> note)",
        };
        let migrations = sorted(&project.join("migrations"))?;
        let path = migrations[migrations.len() / 2].clone();
        let text = read(&path)?;
        let migration = Typed {
            name: "a migration in the middle",
            place: place(
                &text,
                0,
                "    created_at timestamp with time zone NOT NULL DEFAULT now()",
            )?,
            path,
            text,
            keys: ", typed_here varchar(20) NOT NULL DEFAULT 'x'",
        };
        Ok(Script {
            project: project.into(),
            keystrokes,
            files: vec![query, migration],
        })
    }

    /// Runs the script against `program server`.
    pub(super) fn run(&self, name: &'static str, program: &Path) -> Result<Measured, String> {
        let mut starts = Vec::new();
        for file in &self.files {
            let start = Instant::now();
            let mut client = Client::start(program, &self.project)?;
            client.open(&file.path, &file.text)?;
            client.diagnostics(&file.path)?;
            let first = start.elapsed();
            let last = client.last_diagnostics(&file.path)?;
            starts.push(Start {
                file: file.name,
                first,
                all: last.map_or(first, |last| last - start),
                cpu: client.cpu_time(),
            });
        }
        let mut client = Client::start(program, &self.project)?;
        let mut typed = Vec::new();
        for file in &self.files {
            client.open(&file.path, &file.text)?;
            client.diagnostics(&file.path)?;
            client.settle()?;
            typed.push(self.type_into(&mut client, file)?);
        }
        Ok(Measured {
            name,
            manner: if client.pulls { "pulled" } else { "pushed" },
            starts,
            typed,
            memory: client.memory(),
        })
    }

    /// Types the keys of a file and takes them back, over and over.
    fn type_into(&self, client: &mut Client, file: &Typed) -> Result<Keystrokes, String> {
        let mut keystrokes = Keystrokes {
            file: file.name,
            waited: Vec::new(),
            cpu: Vec::new(),
        };
        let (line, column) = file.place;
        let keys: Vec<char> = file.keys.chars().collect();
        let forth = keys
            .iter()
            .enumerate()
            .map(|(at, key)| (at, 0, key.to_string()));
        let back = (0..keys.len()).rev().map(|at| (at, 1, String::new()));
        let edits: Vec<_> = forth.chain(back).collect();
        for (at, removed, key) in edits.iter().cycle().take(self.keystrokes) {
            let (computed, start) = (client.cpu_time(), Instant::now());
            client.edit(&file.path, (line, column + at), *removed, key)?;
            client.diagnostics(&file.path)?;
            keystrokes.waited.push(start.elapsed());
            let spent = client.cpu_time().zip(computed);
            keystrokes
                .cpu
                .extend(spent.map(|(now, before)| now - before));
        }
        Ok(keystrokes)
    }
}

/// Behind the first line, from `from` on, that begins with `words`.
fn place(text: &str, from: usize, words: &str) -> Result<(usize, usize), String> {
    let mut lines = text.lines().enumerate().skip(from);
    let line = lines.find(|(_, line)| line.starts_with(words));
    let (number, _) = line.ok_or_else(|| format!("no line begins with `{words}`"))?;
    Ok((number, words.len()))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let mut files: Vec<PathBuf> = entries.filter_map(|it| Some(it.ok()?.path())).collect();
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
