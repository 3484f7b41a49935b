//! What a name in a statement stands for.

use pglint_catalog::{
    Catalog, ColumnNumber, FunctionId, IndexId, NamedRelation, Origin, RelationId, SearchPath,
    TypeId, TypeKind,
};
use pglint_project::Analysis;
use pglint_semantic::resolve::{FromItemId, Reference, Resolution, resolve};
use pglint_syntax::{Node, Statement, ast};
use pglint_text::{FileId, TextRange, TextSize};

use crate::identifier::{Identifier, identifier_at};

/// An object of the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Relation(RelationId),
    Column(RelationId, ColumnNumber),
    Index(RelationId, IndexId),
    Type(TypeId),
    /// All functions of a name: which one a call means is not resolved.
    Functions(Vec<FunctionId>),
}

/// What stands at an offset of a file.
pub(crate) struct Found<'a> {
    /// Where, in the file.
    pub(crate) range: TextRange,
    /// The schema as of the file.
    pub(crate) catalog: &'a Catalog,
    pub(crate) subject: Subject,
}

/// What the name at `offset` stands for. `None` where there is no name, or one
/// that stands for nothing in the project's schema.
pub(crate) fn subject_at(analysis: &Analysis, file: FileId, offset: TextSize) -> Option<Found<'_>> {
    let (id, statement) = analysis.statement_at(file, offset)?;
    let start = statement.range.start();
    let text = &analysis.project.file(file).text[statement.range];
    let catalog = analysis.catalog_of(file)?;
    let search_path = analysis.search_path_of(file, id)?;
    let identifier = identifier_at(statement, text, offset - start)?;
    let search = Search {
        catalog,
        search_path,
        identifier: &identifier,
    };
    Some(Found {
        range: identifier.range + start,
        catalog,
        subject: search.subject(statement)?,
    })
}

impl Found<'_> {
    /// Where it was defined: every function of an overloaded name.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        let catalog = self.catalog;
        let origin = match &self.subject {
            Subject::Relation(id) => catalog.relation(*id).map(|it| it.origin),
            Subject::Column(relation, number) => {
                let relation = catalog.relation(*relation);
                relation
                    .and_then(|it| it.column(*number))
                    .map(|it| it.origin)
            }
            Subject::Index(relation, id) => catalog.index(*relation, *id).map(|it| it.origin),
            Subject::Type(id) => catalog.data_type(*id).and_then(|it| it.origin),
            Subject::Functions(ids) => {
                let functions = ids.iter().filter_map(|id| catalog.function(*id)?.origin);
                return functions.collect();
            }
        };
        origin.into_iter().collect()
    }
}

struct Search<'a> {
    catalog: &'a Catalog,
    search_path: &'a SearchPath,
    identifier: &'a Identifier,
}

impl Search<'_> {
    fn subject(&self, statement: &Statement) -> Option<Subject> {
        let Some(tree) = statement.tree() else {
            return self.by_name();
        };
        let node = innermost(tree.root(), self.identifier.range);
        let resolution = resolve(tree.root(), self.catalog, self.search_path);
        self.of_node(node, &resolution)
            .or_else(|| self.of_range_var(node, &resolution))
            .or_else(|| self.column_of_statement(tree.root()))
            .or_else(|| self.by_name())
    }

    fn of_node(&self, node: Node<'_>, resolution: &Resolution) -> Option<Subject> {
        if let Some(reference) = resolution.reference(node) {
            return self.of_reference(reference, resolution);
        }
        let number = node.node_number();
        let assigned = resolution.queries.iter().find_map(|query| {
            let assigned = query.assignments.iter().find(|it| it.node == number)?;
            let target = resolution[query.target?].relation()?;
            Some(Subject::Column(target, assigned.column.found()?))
        });
        if assigned.is_some() {
            return assigned;
        }
        if node.is::<ast::FuncCall>() {
            return self.functions();
        }
        node.is::<ast::TypeName>().then(|| self.data_type())?
    }

    fn of_reference(&self, reference: &Reference, resolution: &Resolution) -> Option<Subject> {
        let item = |id: FromItemId| resolution[id].relation().map(Subject::Relation);
        match reference {
            Reference::Column { column, .. } => {
                let known = resolution.column(*column)?;
                let (relation, number) = known.origin?;
                match self.identifier.is_last() {
                    true => Some(Subject::Column(relation, number)),
                    false => item(column.from_item).or(Some(Subject::Relation(relation))),
                }
            }
            Reference::WholeRow { from_item, .. } | Reference::SystemColumn { from_item, .. } => {
                item(*from_item)
            }
            Reference::Star { columns, .. } => item(columns.first()?.from_item),
            Reference::Output { query, column } => {
                let column = resolution[*query].columns.known.get(*column as usize)?;
                let (relation, number) = column.origin?;
                Some(Subject::Column(relation, number))
            }
            _ => None,
        }
    }

    /// A relation in FROM, its alias included, and one that DDL names.
    fn of_range_var(&self, node: Node<'_>, resolution: &Resolution) -> Option<Subject> {
        let is_alias = node.is::<ast::Alias>();
        let node = match is_alias {
            true => node.parent()?,
            false => node,
        };
        let var = node.cast::<ast::RangeVar>()?;
        let number = node.node_number();
        let mut items = resolution.from_items.iter();
        if let Some(item) = items.find(|item| item.node == number) {
            return item.relation().map(Subject::Relation);
        }
        let schema = Some(var.schemaname()).filter(|name| !name.is_empty());
        self.named(schema, var.relname())
    }

    /// A column of the relation that a DDL statement is about: `CREATE TABLE t
    /// (c ...)`, `ALTER TABLE t ... c`, `CREATE INDEX ON t (c)`. The columns of
    /// a foreign key's target come after the target.
    fn column_of_statement(&self, root: Node<'_>) -> Option<Subject> {
        if self.identifier.parts.len() > 1 || root.is::<ast::SelectStmt>() {
            return None;
        }
        let place = self.identifier.range.start();
        let constraint = root
            .descendants()
            .filter_map(|node| node.cast::<ast::Constraint>());
        let target = constraint
            .filter(|it| it.range().contains(place))
            .find_map(|it| {
                let target = it.pktable()?;
                (target.range().end() <= place).then_some(target)
            });
        let mut tables = root
            .descendants()
            .filter_map(|node| node.cast::<ast::RangeVar>());
        let table = target.or_else(|| tables.next())?;
        let schema = Some(table.schemaname()).filter(|name| !name.is_empty());
        let relation = self
            .catalog
            .lookup_relation(schema, table.relname(), self.search_path);
        let relation = relation.found()?;
        let column = relation.column_named(self.identifier.name())?;
        Some(Subject::Column(relation.id, column.number))
    }

    /// Whatever has the name, where the statement does not tell.
    fn by_name(&self) -> Option<Subject> {
        if !self.identifier.is_last() {
            return None;
        }
        self.named(self.identifier.qualifier(), self.identifier.name())
            .or_else(|| self.data_type())
            .or_else(|| self.functions())
    }

    fn named(&self, schema: Option<&str>, name: &str) -> Option<Subject> {
        let named = self.catalog.lookup_named(schema, name, self.search_path);
        Some(match named.found()? {
            NamedRelation::Relation(id) => Subject::Relation(id),
            NamedRelation::Index(relation, index) => Subject::Index(relation, index),
        })
    }

    fn data_type(&self) -> Option<Subject> {
        let (schema, name) = (self.identifier.qualifier(), self.identifier.name());
        let found = self
            .catalog
            .lookup_type(schema, name, self.search_path)
            .found()?;
        match found.kind {
            TypeKind::Composite(relation) => Some(Subject::Relation(relation)),
            _ => found.origin.map(|_| Subject::Type(found.id)),
        }
    }

    fn functions(&self) -> Option<Subject> {
        if !self.identifier.is_last() {
            return None;
        }
        let (schema, name) = (self.identifier.qualifier(), self.identifier.name());
        let found = self
            .catalog
            .lookup_functions(schema, name, self.search_path)
            .found()?;
        Some(Subject::Functions(found.iter().map(|it| it.id).collect()))
    }
}

/// The smallest node around a range; of several the deepest.
fn innermost(root: Node<'_>, range: TextRange) -> Node<'_> {
    let around = root
        .descendants()
        .filter(|node| node.range().contains_range(range));
    around.fold(root, |best, node| {
        match node.range().len() <= best.range().len() {
            true => node,
            false => best,
        }
    })
}
