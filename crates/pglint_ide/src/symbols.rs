//! The outline of a file, and the objects of a project by name.

use pglint_catalog::{Catalog, Origin, RelationKind, SchemaId, TypeKind};
use pglint_linter::FileRange;
use pglint_project::Analysis;
use pglint_syntax::{Node, Statement, ast};
use pglint_text::{FileId, TextRange};

use crate::identifier::find;

/// A symbol of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The name, as written for a statement that defines nothing.
    pub name: String,
    /// What else is worth a glance. `None` where there is nothing.
    pub detail: Option<String>,
    /// What it is.
    pub kind: SymbolKind,
    /// All of it, in the file.
    pub range: TextRange,
    /// Its name, within `range`.
    pub name_range: TextRange,
    /// The columns of a table.
    pub children: Vec<Symbol>,
}

/// An object of the project's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// Its schema.
    pub container: Option<String>,
    /// Where it got its name.
    pub place: FileRange,
}

/// What a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "PostgreSQL's own words")]
pub enum SymbolKind {
    Schema,
    Table,
    View,
    Column,
    Index,
    Constraint,
    Sequence,
    Type,
    Function,
    Trigger,
    /// A statement that defines nothing.
    Statement,
}

/// How many characters of a statement stand for it.
const STATEMENT_NAME: usize = 60;

/// The statements of a file: what they define, or how they begin.
pub fn document_symbols(analysis: &Analysis, file: FileId) -> Vec<Symbol> {
    let text = &analysis.project.file(file).text;
    let statements = analysis.statements_of(file);
    let symbols = statements.map(|(_, statement)| Outline::new(statement, text).symbol());
    symbols.collect()
}

struct Outline<'s> {
    statement: &'s Statement,
    text: &'s str,
}

impl<'s> Outline<'s> {
    fn new(statement: &'s Statement, file: &'s str) -> Outline<'s> {
        Outline {
            statement,
            text: &file[statement.range],
        }
    }

    fn symbol(&self) -> Symbol {
        let root = self.statement.shape().map(|tree| tree.root());
        let defined = root.and_then(|root| self.defined(root));
        defined.unwrap_or_else(|| {
            let line = self.text.lines().next().unwrap_or_default().trim_end();
            let name = line.chars().take(STATEMENT_NAME).collect();
            self.whole(name, SymbolKind::Statement, None)
        })
    }

    fn defined(&self, root: Node<'_>) -> Option<Symbol> {
        use SymbolKind::{Function, Index, Schema, Sequence, Table, Trigger, Type, View};
        if let Some(create) = root.cast::<ast::CreateStmt>() {
            let mut symbol = self.relation(create.relation()?, Table);
            symbol.children = self.columns(create.table_elts().of::<ast::ColumnDef>());
            return Some(symbol);
        }
        if let Some(create) = root.cast::<ast::CompositeTypeStmt>() {
            let mut symbol = self.relation(create.typevar()?, Type);
            symbol.children = self.columns(create.coldeflist().of::<ast::ColumnDef>());
            return Some(symbol);
        }
        if let Some(create) = root.cast::<ast::ViewStmt>() {
            return Some(self.relation(create.view()?, View));
        }
        if let Some(create) = root.cast::<ast::CreateTableAsStmt>() {
            return Some(self.relation(create.into()?.rel()?, Table));
        }
        if let Some(create) = root.cast::<ast::CreateSeqStmt>() {
            return Some(self.relation(create.sequence()?, Sequence));
        }
        let (name, kind) = if let Some(create) = root.cast::<ast::IndexStmt>() {
            (create.idxname(), Index)
        } else if let Some(create) = root.cast::<ast::CreateFunctionStmt>() {
            (create.funcname().last()?, Function)
        } else if let Some(create) = root.cast::<ast::CreateTrigStmt>() {
            (create.trigname(), Trigger)
        } else if let Some(create) = root.cast::<ast::CreateEnumStmt>() {
            (create.type_name().last()?, Type)
        } else if let Some(create) = root.cast::<ast::CreateDomainStmt>() {
            (create.domainname().last()?, Type)
        } else {
            (root.cast::<ast::CreateSchemaStmt>()?.schemaname(), Schema)
        };
        let place = find(self.statement, self.text, name)?;
        Some(self.whole(name.to_owned(), kind, Some(place)))
    }

    fn relation(&self, relation: Node<'_, ast::RangeVar>, kind: SymbolKind) -> Symbol {
        let name = relation.relname();
        let name = match relation.schemaname() {
            "" => name.to_owned(),
            schema => format!("{schema}.{name}"),
        };
        self.whole(name, kind, Some(relation.range()))
    }

    fn columns<'t>(&self, columns: impl Iterator<Item = Node<'t, ast::ColumnDef>>) -> Vec<Symbol> {
        let start = self.statement.range.start();
        let columns = columns.map(|column| Symbol {
            name: column.colname().to_owned(),
            detail: column.type_name().map(|it| it.text().to_owned()),
            kind: SymbolKind::Column,
            range: column.range() + start,
            name_range: column.range() + start,
            children: Vec::new(),
        });
        columns.collect()
    }

    /// A symbol that is the whole statement; `name_range` is relative to it.
    fn whole(&self, name: String, kind: SymbolKind, name_range: Option<TextRange>) -> Symbol {
        let range = self.statement.range;
        Symbol {
            name,
            detail: None,
            kind,
            range,
            name_range: name_range.map_or(range, |place| place + range.start()),
            children: Vec::new(),
        }
    }
}

/// The relations, indexes, types and functions whose names have the characters
/// of `query` in this order, in any case.
pub fn workspace_symbols(analysis: &Analysis, query: &str) -> Vec<WorkspaceSymbol> {
    let mut symbols = Vec::new();
    for catalog in &analysis.catalogs {
        let mut add = |name: &str, kind, schema: SchemaId, origin: Option<Origin>| {
            let place = origin.filter(|_| matches(name, query));
            if let Some(place) = place.and_then(|origin| analysis.place(origin)) {
                symbols.push(WorkspaceSymbol {
                    name: name.to_owned(),
                    kind,
                    container: catalog.schema(schema).map(|it| it.name.to_string()),
                    place,
                });
            }
        };
        add_objects(catalog, &mut add);
    }
    symbols
}

/// Takes the name, the kind, the schema and the place of an object.
type Add<'a> = dyn FnMut(&str, SymbolKind, SchemaId, Option<Origin>) + 'a;

fn add_objects(catalog: &Catalog, add: &mut Add<'_>) {
    let relations = catalog.relations().filter(|it| it.extension.is_none());
    for relation in relations {
        let kind = match relation.kind {
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => {
                SymbolKind::Table
            }
            RelationKind::View | RelationKind::MaterializedView => SymbolKind::View,
            RelationKind::Sequence => SymbolKind::Sequence,
            RelationKind::CompositeType => SymbolKind::Type,
        };
        add(&relation.name, kind, relation.schema, Some(relation.origin));
        for index in &relation.indexes {
            add(
                &index.name,
                SymbolKind::Index,
                relation.schema,
                Some(index.origin),
            );
        }
    }
    // The row type of a relation is the relation.
    let types = catalog
        .types()
        .filter(|it| !matches!(it.kind, TypeKind::Composite(_)));
    for data_type in types {
        add(
            &data_type.name,
            SymbolKind::Type,
            data_type.schema,
            data_type.origin,
        );
    }
    for function in catalog.functions() {
        add(
            &function.name,
            SymbolKind::Function,
            function.schema,
            function.origin,
        );
    }
}

fn matches(name: &str, query: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    let mut query = query.chars().flat_map(char::to_lowercase);
    query.all(|wanted| name.any(|character| character == wanted))
}
