//! `cargo xtask generate-project`: a large project for measurements.
//!
//! The same numbers always give the same files: migrations that make tables with
//! foreign keys, indexes, checks, views and functions, and files of queries on
//! them. Most of it is sound; a few tables and queries have something to report.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// How large a project becomes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Another seed gives other names, types and queries.
    pub(crate) seed: u64,
    /// Half of them are migrations, the others hold queries.
    pub(crate) files: usize,
    /// Spread evenly over the migrations, of 14 to 26 columns each.
    pub(crate) tables: usize,
}

impl Default for Size {
    /// What an editor should be at ease with: 1,000 files, 5 MB, 500 tables.
    fn default() -> Size {
        Size {
            seed: 1,
            files: 1000,
            tables: 500,
        }
    }
}

const USAGE: &str = "usage: cargo xtask generate-project DIR [--seed N] [--files N] [--tables N]";

/// Runs the command.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let [directory, options @ ..] = arguments else {
        return Err(USAGE.to_owned());
    };
    let mut size = Size::default();
    for option in options.chunks(2) {
        let [name, value] = option else {
            return Err(USAGE.to_owned());
        };
        let number = value.parse().map_err(|_| USAGE.to_owned())?;
        match *name {
            "--seed" => size.seed = number,
            "--files" => size.files = number as usize,
            "--tables" => size.tables = number as usize,
            _ => return Err(USAGE.to_owned()),
        }
    }
    let bytes = write(Path::new(directory), size)?;
    println!("{directory}: {} files, {bytes} bytes", size.files);
    Ok(())
}

/// Writes the project; the result is the number of bytes of SQL.
pub(crate) fn write(directory: &Path, size: Size) -> Result<usize, String> {
    let mut random = Random(size.seed);
    let tables: Vec<Table> = (0..size.tables)
        .map(|number| table(number, &mut random))
        .collect();
    let migrations = (size.files / 2).max(1);
    let mut bytes = 0;
    let mut save = |name: String, text: String| {
        bytes += text.len();
        save(&directory.join(name), &text)
    };
    save("pglint.toml".to_owned(), String::new())?;
    for file in 0..migrations {
        let first = file * tables.len() / migrations;
        let last = (file + 1) * tables.len() / migrations;
        let text = migration(file, &tables, first..last, &mut random);
        save(format!("migrations/{:05}_step.sql", file + 1), text)?;
    }
    for file in migrations..size.files {
        let text = queries(&tables, &mut random);
        save(format!("queries/{:05}.sql", file + 1), text)?;
    }
    Ok(bytes)
}

fn save(path: &Path, text: &str) -> Result<(), String> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Numbers that look random: the generator "splitmix64".
struct Random(u64);

impl Random {
    /// A number below `limit`, which is not zero.
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

struct Table {
    name: String,
    /// Without `id`, the foreign keys and the timestamps.
    columns: Vec<String>,
    /// The numbers of the tables that it references.
    references: Vec<usize>,
}

const THINGS: &[&str] = &[
    "account",
    "address",
    "booking",
    "carrier",
    "contract",
    "customer",
    "delivery",
    "invoice",
    "ledger",
    "message",
    "order",
    "parcel",
    "payment",
    "product",
    "refund",
    "shipment",
    "ticket",
    "warehouse",
];
const QUALITIES: &[&str] = &[
    "amount", "batch", "city", "code", "currency", "label", "language", "note", "priority",
    "quantity", "rank", "reason", "region", "score", "source", "state", "title", "weight",
];
const TYPES: &[&str] = &[
    "text NOT NULL",
    "text",
    "integer NOT NULL DEFAULT 0",
    "bigint NOT NULL",
    "numeric(12, 2) NOT NULL DEFAULT 0",
    "boolean NOT NULL DEFAULT false",
    "date",
    "jsonb NOT NULL DEFAULT '{}'::jsonb",
    "uuid NOT NULL DEFAULT gen_random_uuid()",
    "timestamp with time zone",
];

/// How many queries a file of queries holds.
const QUERIES: usize = 26;

fn table(number: usize, random: &mut Random) -> Table {
    let count = 10 + random.below(12);
    let columns = (0..count).map(|column| format!("{}_{column}", random.of(QUALITIES)));
    let columns = columns.collect();
    let references = (0..2)
        .filter(|_| number > 0)
        .map(|_| random.below(number))
        .collect();
    Table {
        name: format!("{}_{number:05}", random.of(THINGS)),
        columns,
        references,
    }
}

fn migration(
    step: usize,
    tables: &[Table],
    new: std::ops::Range<usize>,
    random: &mut Random,
) -> String {
    let mut text = String::from("-- A step of the history.\n\n");
    for number in new.clone() {
        create_table(&mut text, tables, &tables[number], random);
    }
    if new.end > 0 {
        for number in 0..3 {
            let column = format!("extra_{}_{number}", step + 1);
            alter_table(&mut text, &tables[random.below(new.end)].name, &column);
        }
    }
    text
}

fn create_table(text: &mut String, tables: &[Table], table: &Table, random: &mut Random) {
    let name = &table.name;
    let mut lines = vec!["id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY".to_owned()];
    for (number, target) in table.references.iter().enumerate() {
        let target = &tables[*target].name;
        lines.push(format!(
            "parent_{number}_id bigint NOT NULL REFERENCES {target} (id)"
        ));
    }
    for column in &table.columns {
        lines.push(format!("{column} {}", random.of(TYPES)));
    }
    lines.push("created_at timestamp with time zone NOT NULL DEFAULT now()".to_owned());
    lines.push("deleted_at timestamp with time zone".to_owned());
    let column = &table.columns[0];
    lines.push(format!(
        "CONSTRAINT {name}_{column}_present CHECK ({column} IS NOT NULL)"
    ));
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "CREATE TABLE {name} (\n    {}\n);\n",
        lines.join(",\n    ")
    );
    for number in 0..table.references.len() {
        // A few keys have no index, so that there is something to report.
        if random.below(20) > 0 {
            let _ = writeln!(text, "CREATE INDEX ON {name} (parent_{number}_id);");
        }
    }
    let _ = writeln!(
        text,
        "CREATE INDEX {name}_live ON {name} ({}, created_at) WHERE deleted_at IS NULL;\n\
         COMMENT ON TABLE {name} IS 'One {name} of the project.';\n\n\
         CREATE VIEW live_{name} AS\nSELECT id, {}, created_at\nFROM {name}\n\
         WHERE deleted_at IS NULL;\n\n{}",
        table.columns[1],
        table.columns.join(", "),
        function(table),
    );
}

fn function(table: &Table) -> String {
    let (name, column) = (&table.name, &table.columns[2]);
    format!(
        "CREATE FUNCTION touch_{name}() RETURNS trigger LANGUAGE plpgsql AS $$\n\
         BEGIN\n    NEW.created_at := now();\n    RETURN NEW;\nEND\n$$;\n\n\
         CREATE TRIGGER touch BEFORE UPDATE OF {column} ON {name}\n    \
         FOR EACH ROW EXECUTE FUNCTION touch_{name}();\n"
    )
}

fn alter_table(text: &mut String, name: &str, column: &str) {
    let _ = writeln!(
        text,
        "ALTER TABLE {name} ADD COLUMN {column} integer;\n\
         UPDATE {name} SET {column} = 0 WHERE {column} IS NULL;\n\
         ALTER TABLE {name}\n    ALTER COLUMN {column} SET NOT NULL,\n    \
         ADD CONSTRAINT {name}_{column}_positive CHECK ({column} >= 0);\n"
    );
}

fn queries(tables: &[Table], random: &mut Random) -> String {
    let mut text = String::new();
    if tables.is_empty() {
        return text;
    }
    for number in 0..QUERIES {
        let table = &tables[random.below(tables.len())];
        let _ = writeln!(
            text,
            "-- name: Query{number}\n{}",
            query(tables, table, random)
        );
    }
    text
}

fn query(tables: &[Table], table: &Table, random: &mut Random) -> String {
    let name = &table.name;
    let list = table.columns.join(", ");
    let column = &table.columns[random.below(table.columns.len())];
    let parent = table.references.first().map(|parent| &tables[*parent]);
    match (random.below(6), parent) {
        (0, Some(parent)) => format!(
            "SELECT child.id, child.{column}, parent.{}, count(*) OVER (PARTITION BY parent.id) AS siblings\n\
             FROM {name} AS child\nJOIN {} AS parent ON parent.id = child.parent_0_id\n\
             WHERE child.deleted_at IS NULL\n  AND parent.deleted_at IS NULL\n  AND child.created_at >= $1\n\
             ORDER BY child.created_at DESC\nLIMIT 50;\n",
            parent.columns[0], parent.name
        ),
        (1, Some(parent)) => format!(
            "WITH recent AS (\n    SELECT id, parent_0_id, {list}\n    FROM {name}\n    \
             WHERE deleted_at IS NULL AND created_at > now() - interval '7 days'\n)\n\
             SELECT parent.id, max(recent.created_on) AS latest\nFROM {} AS parent\n\
             LEFT JOIN (SELECT parent_0_id, current_date AS created_on FROM recent) AS recent\n    \
             ON recent.parent_0_id = parent.id\nWHERE parent.deleted_at IS NULL\nGROUP BY parent.id;\n",
            parent.name
        ),
        (2, _) => format!(
            "UPDATE {name}\nSET {column} = $2,\n    deleted_at = CASE WHEN $3 THEN now() END\n\
             WHERE id = $1\nRETURNING id, {list};\n"
        ),
        (3, _) => format!("SELECT * FROM {name} WHERE {column} = $1;\n"),
        (4, _) => format!("DELETE FROM {name}\nWHERE deleted_at < now() - interval '1 year';\n"),
        _ => format!(
            "SELECT id, {list}\nFROM live_{name}\nWHERE id = ANY ($1) AND EXISTS (\n    \
             SELECT FROM {name} AS other\n    WHERE other.{column} = live_{name}.{column}\n      \
             AND other.id <> live_{name}.id AND other.deleted_at IS NULL\n);\n"
        ),
    }
}
