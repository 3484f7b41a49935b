//! What is large in one way only: a schema of very many tables, a dump of very
//! much data.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// How many columns each table has.
const COLUMNS: usize = 20;

/// Writes a schema of `tables` tables with a key, foreign keys and indexes, of
/// [`COLUMNS`] columns each.
pub(crate) fn write_schema(directory: &Path, tables: usize) -> Result<(), String> {
    let mut sql = String::new();
    for table in 0..tables {
        let columns = (3..COLUMNS).map(|column| match column % 4 {
            0 => format!("    note_{column} text"),
            1 => format!("    amount_{column} numeric(12, 2) NOT NULL DEFAULT 0"),
            2 => format!("    state_{column} character varying(40) NOT NULL"),
            _ => format!("    moment_{column} timestamp with time zone DEFAULT now()"),
        });
        let columns: Vec<String> = columns.collect();
        let parent = table / 2;
        // Writing to a string cannot fail.
        let _ = writeln!(
            sql,
            "CREATE TABLE thing_{table} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    \
             parent_id bigint REFERENCES thing_{parent} (id),\n    \
             name text NOT NULL UNIQUE,\n{}\n);\nCREATE INDEX ON thing_{table} (parent_id);\n",
            columns.join(",\n")
        );
    }
    save(&directory.join("schema.sql"), |file| {
        file.write_all(sql.as_bytes())
    })
}

/// Writes a dump of about `bytes` bytes, all but a few of them data.
pub(crate) fn write_dump(directory: &Path, bytes: usize) -> Result<(), String> {
    const TABLES: usize = 50;
    let rows = (0..1000).map(|row| format!("{row}\tit's; {{\"a\": {row}}}\t2026-01-01\t\\N\n"));
    let rows: String = rows.collect();
    save(&directory.join("dump.sql"), |file| {
        for table in 0..TABLES {
            write!(
                file,
                "CREATE TABLE public.t{table} (\n    id bigint NOT NULL,\n    note text,\n    \
                 day date,\n    rest text\n);\n\nCOPY public.t{table} (id, note, day, rest) FROM stdin;\n"
            )?;
            for _ in 0..bytes / TABLES / rows.len() {
                file.write_all(rows.as_bytes())?;
            }
            write!(
                file,
                "\\.\n\n\nALTER TABLE ONLY public.t{table}\n    ADD CONSTRAINT t{table}_pkey PRIMARY KEY (id);\n\n"
            )?;
        }
        Ok(())
    })
}

fn save(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| {
        let mut file = BufWriter::new(File::create(path)?);
        fill(&mut file)?;
        file.flush()
    });
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}
