//! What may be asked of a finished analysis.

use std::sync::Arc;

use pglint_catalog::{Catalog, Origin, SearchPath};
use pglint_linter::diagnostic::{Diagnostic, FileRange, Location};
use pglint_syntax::{ParsedFile, Statement};
use pglint_text::{FileId, StatementId, TextSize};

use super::Analysis;
use super::database::AnalysedDatabase;
use crate::project::DatabaseFile;

impl Analysis {
    /// What was read of a file.
    pub fn parsed(&self, file: FileId) -> &ParsedFile {
        &self.details.statements.file(file).parsed
    }

    /// The statements of a file with their ids, in the order of the text.
    pub fn statements_of(&self, file: FileId) -> impl Iterator<Item = (StatementId, &Statement)> {
        self.details.statements.file(file).iter()
    }

    /// Do the file's statements make part of the schema? Not those of queries, of
    /// dumps beside migrations, and of other versions of the schema.
    pub fn is_replayed(&self, file: FileId) -> bool {
        let mut databases = self.details.databases.iter();
        databases.any(|it| it.schema.is_replayed(file))
    }

    /// The statement that the byte at `offset` is in, or that ends there.
    pub fn statement_at(
        &self,
        file: FileId,
        offset: TextSize,
    ) -> Option<(StatementId, &Statement)> {
        let mut statements = self.statements_of(file);
        statements.find(|(_, statement)| statement.range.contains_inclusive(offset))
    }

    /// What is wrong in a file, in the order of the text. `None` for one that is
    /// not reported.
    pub fn diagnostics_of(&self, file: FileId) -> Option<&Arc<Vec<Diagnostic<FileRange>>>> {
        let (database, index) = self.place_of(file)?;
        let finished = database.finished.get(index)?.as_ref()?;
        Some(&finished.report().diagnostics)
    }

    /// A file's part in its database, and the database's index. `None` for a
    /// file that belongs to no database of the analysis.
    pub fn database_file(&self, file: FileId) -> Option<(usize, &DatabaseFile)> {
        let databases = self.project.databases.iter().enumerate();
        let files = databases
            .flat_map(|(index, database)| database.files.iter().map(move |it| (index, it)));
        files.into_iter().find(|(_, it)| it.file == file)
    }

    /// The schema that the statements of a file meet: in a history after the
    /// file itself, else after all files.
    pub fn catalog_of(&self, file: FileId) -> Option<&Catalog> {
        let (database, _) = self.place_of(file)?;
        Some(database.schema.catalog_of(file))
    }

    /// The schema that a migration meets. `None` for what is no step of a history.
    pub fn catalog_before(&self, file: FileId) -> Option<&Catalog> {
        let (database, _) = self.place_of(file)?;
        database.schema.catalog_before(file)
    }

    /// Where unqualified names of a statement of a file are looked for.
    pub fn search_path_of(&self, file: FileId, statement: StatementId) -> Option<&SearchPath> {
        let (database, index) = self.place_of(file)?;
        let place = self.details.statements.file(file).index_of(statement)?;
        database.search_path(index, place)
    }

    /// Is the file a dump of what the migrations beside it make, and therefore no
    /// part of the schema?
    pub fn is_dump(&self, file: FileId) -> bool {
        let mut databases = self.details.databases.iter();
        databases.any(|database| database.schema.is_dump(file))
    }

    /// The file in whose session psql runs a file, for it includes the file, itself or
    /// through others. `None` for a file that nothing includes.
    pub fn included_by(&self, file: FileId) -> Option<FileId> {
        let (index, _) = self.database_file(file)?;
        let schema = &self.details.databases.get(index)?.schema;
        let including = &self.project.databases[index].files[schema.place_of(file)?];
        (including.file != file).then_some(including.file)
    }

    /// Are the files beside the migrations of a database, by its index, the
    /// schema, to which the migrations led from an older one?
    pub fn is_upgrade(&self, database: usize) -> bool {
        let schema = self.details.databases.get(database).map(|it| &it.schema);
        let files = self.project.databases.get(database).map(|it| &it.files);
        schema.zip(files).is_some_and(|(schema, files)| {
            let mut migrations = files.iter().filter(|it| it.is_migration).peekable();
            migrations.peek().is_some() && migrations.all(|it| !schema.is_step(it.file))
        })
    }

    /// Where in a file an origin is.
    pub fn place(&self, origin: Origin) -> Option<FileRange> {
        self.details.statements.place(Location::Statement {
            statement: origin.statement,
            range: origin.range,
        })
    }

    /// A file's database, and its place there.
    fn place_of(&self, file: FileId) -> Option<(&AnalysedDatabase, usize)> {
        let databases = self.project.databases.iter().zip(&self.details.databases);
        for (database, analysed) in databases {
            if let Some(index) = database.files.iter().position(|it| it.file == file) {
                return Some((analysed, index));
            }
        }
        None
    }
}
