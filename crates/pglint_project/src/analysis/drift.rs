//! A committed dump of the schema, compared with what the migrations make.
//!
//! The migrations are the one source of truth; the dump is read by itself. Only
//! what both catalogs surely know is compared, and only what no spelling hides:
//! tables, columns with their types and NOT NULL, keys, plain indexes, enums.

use std::collections::BTreeSet;
use std::sync::Arc;

use pglint_catalog::{
    Catalog, Column, ForeignKey, Index, Name, Origin, Relation, Type, TypeKind, TypeReference,
};
use pglint_linter::{HistoryProblemKind, Location};
use pglint_semantic::section::{Direction, Section};
use pglint_text::{FileId, TextRange, TextSize};

use super::schema::Schema;
use super::statements::{FileStatements, Statements};
use crate::project::{Database, DatabaseFile, Project, is_schema_dump};

/// How many differences of one dump are told: the first of them lead to the rest.
const MOST_TOLD: usize = 10;

/// What differs between the dumps of a database and its migrations.
#[derive(Debug, Default)]
pub(crate) struct Drift {
    /// The dumps.
    dumps: Vec<Arc<FileStatements>>,
    /// What differs, and where.
    pub(crate) found: Arc<Vec<(Location, HistoryProblemKind)>>,
}

impl Drift {
    /// Compares the dumps of a database. `before` must be of the same schema. Must
    /// run on threads with a large stack.
    pub(crate) fn find(
        project: &Project,
        database: &Database,
        schema: &Schema,
        statements: &Statements,
        before: Option<&Drift>,
    ) -> Drift {
        if !database.is_complete() || !schema.is_clean() {
            return Drift::default();
        }
        let is_compared = |file: &&DatabaseFile| {
            schema.is_dump(file.file) && is_schema_dump(&project.file(file.file).path)
        };
        let files: Vec<_> = database.files.iter().filter(is_compared).collect();
        let dumps: Vec<_> = { files.iter() }
            .map(|file| statements.file(file.file).clone())
            .collect();
        let is_same = |before: &&Drift| {
            let pairs = before.dumps.iter().zip(&dumps);
            before.dumps.len() == dumps.len() && { pairs }.all(|(old, new)| Arc::ptr_eq(old, new))
        };
        let compare = |file: &DatabaseFile| {
            let made = state(project, database, file.file, schema, statements)?;
            let changes = schema.changes_of(file.file)?.clone();
            let replayed = Schema::replay(&[(file, changes)], false, "", None);
            let comparison = Comparison {
                dump: &replayed.catalog,
                made,
                last: &schema.catalog,
            };
            Some(tell(
                project,
                file.file,
                comparison.differences(),
                statements,
            ))
        };
        let found = match before.filter(is_same) {
            Some(before) => before.found.clone(),
            None => { files.into_iter().filter_map(compare) }
                .flatten()
                .collect::<Vec<_>>()
                .into(),
        };
        Drift { dumps, found }
    }
}

/// The catalog that a dump should be: after the migrations that it lists, or
/// after all of them where it lists none. `None` where it lists others.
fn state<'s>(
    project: &Project,
    database: &Database,
    dump: FileId,
    schema: &'s Schema,
    statements: &Statements,
) -> Option<&'s Catalog> {
    let text = &project.file(dump).text;
    let listed: BTreeSet<&str> = { statements.file(dump).iter() }
        .flat_map(|(_, statement)| listed_versions(&text[statement.range]))
        .collect();
    // What runs again and again may not have run yet, as graphile-migrate's
    // `current.sql` before it is committed.
    let is_step =
        |section: &Section| section.is_replayed() && section.direction != Direction::Repeatable;
    let steps = database
        .files
        .iter()
        .filter(|file| file.is_migration && file.sections.iter().any(is_step));
    let mut last = None;
    let mut is_over = false;
    for step in steps {
        let mut versions = step.sections.iter().filter_map(|it| it.version.as_deref());
        let is_listed = versions.any(|it| listed.contains(it.trim_start_matches('0')));
        match is_listed || listed.is_empty() {
            true if is_over => return None,
            true => last = Some(step.file),
            false => is_over = true,
        }
    }
    Some(schema.catalog_of(last?))
}

/// The versions that a statement such as `INSERT INTO schema_migrations (version)
/// VALUES ('20240131')` lists, without zeros at their beginning.
fn listed_versions(statement: &str) -> Vec<&str> {
    let lower = statement
        .get(..200)
        .unwrap_or(statement)
        .to_ascii_lowercase();
    if !lower.starts_with("insert into") || !lower.contains("schema_migrations") {
        return Vec::new();
    }
    let start = lower
        .find("values")
        .unwrap_or(statement.len().min(lower.len()));
    let words = statement[start..].split(|it: char| !it.is_ascii_digit());
    words
        .map(|digits| digits.trim_start_matches('0'))
        .filter(|digits| !digits.is_empty())
        .collect()
}

fn tell(
    project: &Project,
    file: FileId,
    differences: Vec<Difference>,
    statements: &Statements,
) -> Vec<(Location, HistoryProblemKind)> {
    let location = |origin: Origin| Location::Statement {
        statement: origin.statement,
        range: origin.range,
    };
    let told = differences.into_iter().take(MOST_TOLD);
    told.map(|difference| {
        let place = match difference.in_dump {
            Some((_, origin)) => location(origin),
            None => difference
                .table
                .map_or_else(|| first_word(project, statements, file), location),
        };
        let kind = HistoryProblemKind::DumpDrift {
            object: difference.object,
            in_dump: difference.in_dump.map(|(text, _)| text),
            by_migrations: difference
                .by_migrations
                .as_ref()
                .map(|(text, _)| text.clone()),
            place: difference.by_migrations.map(|(_, origin)| location(origin)),
        };
        (place, kind)
    })
    .collect()
}

/// The first word of the file's first statement: where a dump begins to make
/// something.
fn first_word(project: &Project, statements: &Statements, file: FileId) -> Location {
    let Some((id, statement)) = statements.file(file).iter().next() else {
        let range = TextRange::default();
        return Location::File { file, range };
    };
    let text = &project.file(file).text[statement.range];
    let end = text.find(|it: char| !it.is_alphanumeric());
    Location::Statement {
        statement: id,
        range: TextRange::up_to(TextSize::of(&text[..end.unwrap_or(text.len())])),
    }
}

/// Something that differs: what it is in words, and where, on both sides.
struct Difference {
    /// ``column `public.account.email` ``
    object: String,
    in_dump: Option<(String, Origin)>,
    by_migrations: Option<(String, Origin)>,
    /// The table in the dump, for what is missing from it.
    table: Option<Origin>,
}

struct Comparison<'c> {
    dump: &'c Catalog,
    made: &'c Catalog,
    /// After all files: what others than the migrations make is no difference.
    last: &'c Catalog,
}

impl Comparison<'_> {
    fn differences(&self) -> Vec<Difference> {
        let made: Vec<&Relation> = tables(self.made).collect();
        let dumped: Vec<&Relation> = tables(self.dump).collect();
        let in_both = { made.iter() }
            .filter(|it| find(self.made, it, self.dump).is_some())
            .count();
        // What has little in common is another schema.
        if in_both * 2 < made.len().max(dumped.len()) || !is_known(self.made, self.dump, "") {
            return Vec::new();
        }
        let mut found = Vec::new();
        for table in made {
            self.compare_table(table, &mut found);
        }
        for table in dumped {
            let is_made = [self.made, self.last]
                .iter()
                .any(|catalog| find(self.dump, table, catalog).is_some());
            if !is_made && self.is_known(&table.name) && !is_of_tools(&table.name) {
                found.push(Difference {
                    object: format!("table `{}`", self.dump.qualified_name(table)),
                    in_dump: Some((String::new(), table.origin)),
                    by_migrations: None,
                    table: None,
                });
            }
        }
        self.compare_enums(&mut found);
        found
    }

    fn is_known(&self, name: &str) -> bool {
        is_known(self.made, self.dump, name)
    }

    fn compare_table(&self, table: &Relation, found: &mut Vec<Difference>) {
        let name = self.made.qualified_name(table);
        if !self.is_known(&table.name) || !table.is_fully_known() || is_of_tools(&table.name) {
            return;
        }
        let Some(dumped) = find(self.made, table, self.dump) else {
            let is_renamed = self.dump.relations().any(|it| it.name == table.name);
            if !is_renamed {
                found.push(Difference {
                    object: format!("table `{name}`"),
                    in_dump: None,
                    by_migrations: Some((String::new(), table.origin)),
                    table: None,
                });
            }
            return;
        };
        if !dumped.is_fully_known() {
            return;
        }
        let mut add = |object: String, in_dump, by_migrations| {
            found.push(Difference {
                object,
                in_dump,
                by_migrations,
                table: Some(dumped.origin),
            });
        };
        let of = |found: &Named| (found.1.clone(), found.2);
        let made: Vec<Named> = columns_of(table, self.made);
        let in_dump: Vec<Named> = columns_of(dumped, self.dump);
        for column in &made {
            let object = || format!("column `{name}.{}`", column.0);
            match in_dump.iter().find(|it| it.0 == column.0) {
                None => add(object(), None, Some(of(column))),
                Some(other)
                    if !other.1.is_empty() && !column.1.is_empty() && other.1 != column.1 =>
                {
                    add(object(), Some(of(other)), Some(of(column)));
                }
                Some(_) => {}
            }
        }
        for column in &in_dump {
            if made.iter().all(|it| it.0 != column.0) {
                add(
                    format!("column `{name}.{}`", column.0),
                    Some(of(column)),
                    None,
                );
            }
        }
        for (made, in_dump) in [
            (keys(table, self.made), keys(dumped, self.dump)),
            (indexes(table), indexes(dumped)),
        ] {
            let lacks = |these: &[Named], one: &Named| these.iter().all(|it| it.1 != one.1);
            for one in made.iter().filter(|one| lacks(&in_dump, one)) {
                add(format!("{} of `{name}`", one.1), None, Some(of(one)));
            }
            for one in in_dump.iter().filter(|one| lacks(&made, one)) {
                add(format!("{} of `{name}`", one.1), Some(of(one)), None);
            }
        }
    }

    fn compare_enums(&self, found: &mut Vec<Difference>) {
        for made in self.made.types().filter(|it| self.is_known(&it.name)) {
            let schema = self.made.schema(made.schema).map(|it| &it.name);
            let in_schema = |it: &&Type| {
                it.name == made.name && self.dump.schema(it.schema).map(|it| &it.name) == schema
            };
            let dumped = self.dump.types().find(in_schema);
            let labels = |it: &Type| match &it.kind {
                TypeKind::Enum(labels) => Some((list(labels), it.origin?)),
                _ => None,
            };
            if let (Some(made_labels), Some(dumped)) = (labels(made), dumped.and_then(labels))
                && made_labels.0 != dumped.0
            {
                found.push(Difference {
                    object: format!("type `{}`", self.made.qualify(made.schema, &made.name)),
                    in_dump: Some(dumped),
                    by_migrations: Some(made_labels),
                    table: None,
                });
            }
        }
    }
}

/// A part of a table: its name, how it is printed, where it is.
type Named = (Name, String, Origin);

fn columns_of(relation: &Relation, catalog: &Catalog) -> Vec<Named> {
    let columns = relation.columns.iter();
    columns
        .map(|it| (it.name.clone(), column_text(catalog, it), it.origin))
        .collect()
}

/// Type and NOT NULL; empty where the type is not known.
fn column_text(catalog: &Catalog, column: &Column) -> String {
    if !matches!(column.data_type.reference, TypeReference::Known(_)) {
        return String::new();
    }
    let data_type = catalog.format_type(&column.data_type);
    match column.not_null.is_some() {
        true => format!("{data_type} NOT NULL"),
        false => data_type,
    }
}

/// Primary key, unique constraints and foreign keys.
fn keys(table: &Relation, catalog: &Catalog) -> Vec<Named> {
    let names = |columns: &[_]| {
        list(
            &table
                .column_names(columns)
                .map(Name::new)
                .collect::<Vec<_>>(),
        )
    };
    let primary = table.primary_key().into_iter();
    let primary = primary.map(|it| (it, format!("primary key {}", names(&it.columns()))));
    let unique = table.unique_constraints();
    let unique = unique.map(|it| (it, format!("unique constraint {}", names(&it.columns()))));
    let foreign = table.foreign_keys().filter_map(|(constraint, key)| {
        let text = format!(
            "foreign key {} {}",
            names(&key.columns),
            referenced(key, catalog)?
        );
        Some((constraint, text))
    });
    primary
        .chain(unique)
        .chain(foreign)
        .map(|(constraint, text)| (constraint.name.clone(), text, constraint.origin))
        .collect()
}

fn referenced(key: &ForeignKey, catalog: &Catalog) -> Option<String> {
    let target = catalog.relation(key.target?)?;
    Some(format!("to `{}`", catalog.qualified_name(target)))
}

/// Indexes on plain columns for all rows, those of constraints left out.
fn indexes(table: &Relation) -> Vec<Named> {
    let is_plain = |it: &&Index| {
        it.constraint.is_none()
            && it.predicate.is_none()
            && it.include.is_empty()
            && it.parent.is_none()
    };
    let text = |it: &Index| {
        let columns: Vec<Name> = table.column_names(&it.columns()?).map(Name::new).collect();
        let unique = if it.unique { "unique " } else { "" };
        Some(format!("{unique}{} index {}", it.method, list(&columns)))
    };
    let plain = table.indexes.iter().filter(is_plain);
    plain
        .filter_map(|it| Some((it.name.clone(), text(it)?, it.origin)))
        .collect()
}

fn list(names: &[Name]) -> String {
    format!("({})", names.join(", "))
}

fn tables(catalog: &Catalog) -> impl Iterator<Item = &Relation> {
    catalog.tables().filter(|it| it.extension.is_none())
}

/// The relation of the same schema and name in another catalog.
fn find<'c>(own: &Catalog, table: &Relation, other: &'c Catalog) -> Option<&'c Relation> {
    let schema = other.schema_named(&own.schema(table.schema)?.name)?;
    other.relation_in_schema(schema.id, &table.name)
}

/// Is nothing of that name unknown in either?
fn is_known(made: &Catalog, dump: &Catalog, name: &str) -> bool {
    made.unknown_name(name).is_none() && dump.unknown_name(name).is_none()
}

fn is_of_tools(name: &str) -> bool {
    super::refusals::OF_TOOLS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(statement: &str, expected: &[&str]) {
        assert_eq!(listed_versions(statement), expected);
    }

    #[test]
    fn versions_of_every_tool() {
        // dbmate, Rails, Ecto
        check(
            "INSERT INTO public.schema_migrations (version) VALUES\n    ('0001'),\n    ('20240101')",
            &["1", "20240101"],
        );
        check(
            "INSERT INTO \"schema_migrations\" (version) VALUES\n('3'), ('2')",
            &["3", "2"],
        );
        check(
            "INSERT INTO public.\"schema_migrations\" (version) VALUES (20240101)",
            &["20240101"],
        );
        check("INSERT INTO account (id) VALUES (1)", &[]);
        check("SELECT 1", &[]);
    }
}
