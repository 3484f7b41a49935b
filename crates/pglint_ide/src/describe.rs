//! Objects of the catalog in words: SQL as far as it goes, and where each part
//! came from.

use pglint_catalog::{
    Argument, Catalog, Column, ColumnNumber, Constraint, ConstraintKind, FunctionId, Index,
    IndexId, Origin, Relation, RelationId, TypeId, TypeKind,
};
use pglint_linter::FileRange;
use pglint_project::Analysis;
use pglint_text::FileId;

/// The schema as a file sees it: every relation with its parts. `None` for a
/// file of no database.
pub fn schema_text(analysis: &Analysis, file: FileId) -> Option<String> {
    let catalog = analysis.catalog_of(file)?;
    let describe = Describe { analysis, catalog };
    let is_shown = |it: &&Relation| it.sequence.is_none() && it.extension.is_none();
    let relations = catalog.relations().filter(is_shown);
    let relations = relations.filter_map(|it| Some(describe.relation(it.id)?.text));
    Some(relations.collect::<Vec<_>>().join("\n\n"))
}

/// An object in words.
pub(crate) struct Description {
    /// A line for the object and one for each part.
    pub(crate) text: String,
    /// Where the object came from, then what in other files made its parts: one
    /// place a file.
    pub(crate) places: Vec<FileRange>,
}

/// A line of a description, and what made it so.
type Line = (String, Option<Origin>);

/// A catalog and where its objects came from.
pub(crate) struct Describe<'a> {
    pub(crate) analysis: &'a Analysis,
    pub(crate) catalog: &'a Catalog,
}

impl Describe<'_> {
    /// A relation: a line for each column, key and index.
    pub(crate) fn relation(&self, id: RelationId) -> Option<Description> {
        let relation = self.catalog.relation(id)?;
        let mut lines = vec![(self.heading(relation), Some(relation.origin))];
        let name_width = width(relation.columns.iter().map(|it| it.name.as_str()));
        let types = relation
            .columns
            .iter()
            .map(|it| self.catalog.format_type(&it.data_type));
        let types: Vec<String> = types.collect();
        let type_width = width(types.iter().map(String::as_str));
        for (column, data_type) in relation.columns.iter().zip(&types) {
            let facts = self.column_facts(column);
            let line = format!(
                "  {:name_width$}  {data_type:type_width$}  {facts}",
                column.name
            );
            lines.push((line, Some(column.origin)));
        }
        if relation.columns_unknown.is_some() || relation.unknown.is_some() {
            lines.push(("  and perhaps more that cannot be told".to_owned(), None));
        }
        for constraint in &relation.constraints {
            let line = format!("  {}", self.constraint_text(relation, constraint));
            lines.push((line, Some(constraint.origin)));
        }
        let free = relation.indexes.iter().filter(|it| it.constraint.is_none());
        for index in free {
            lines.push((
                format!("  {}", index_text(relation, index)),
                Some(index.origin),
            ));
        }
        if let Some(comment) = &relation.comment {
            lines.push((format!("  -- {comment}"), None));
        }
        Some(self.description(lines))
    }

    /// A column, and the keys and indexes that it is in.
    pub(crate) fn column(&self, relation: RelationId, number: ColumnNumber) -> Option<Description> {
        let relation = self.catalog.relation(relation)?;
        let column = relation.column(number)?;
        let name = format!("{}.{}", self.catalog.qualified_name(relation), column.name);
        let data_type = self.catalog.format_type(&column.data_type);
        let facts = self.column_facts(column);
        let heading = format!("{name}  {data_type}  {facts}");
        let mut lines = vec![(heading.trim_end().to_owned(), Some(column.origin))];
        let not_null = column.not_null.as_ref().map(|it| it.origin);
        if not_null.is_some_and(|it| it.statement != column.origin.statement) {
            lines.push(("  not null".to_owned(), not_null));
        }
        let constraints = relation.constraints.iter();
        for constraint in constraints.filter(|it| it.columns().contains(&number)) {
            let line = format!("  {}", self.constraint_text(relation, constraint));
            lines.push((line, Some(constraint.origin)));
        }
        let indexes = relation.indexes.iter().filter(|it| it.constraint.is_none());
        for index in indexes.filter(|it| it.mentions(number)) {
            lines.push((
                format!("  {}", index_text(relation, index)),
                Some(index.origin),
            ));
        }
        if let Some(comment) = &column.comment {
            lines.push((format!("  -- {comment}"), None));
        }
        Some(self.description(lines))
    }

    /// An index.
    pub(crate) fn index(&self, relation: RelationId, id: IndexId) -> Option<Description> {
        let relation = self.catalog.relation(relation)?;
        let index = relation.index(id)?;
        let on = self.catalog.qualified_name(relation);
        let line = format!("{} on {on}", index_text(relation, index));
        Some(self.description(vec![(line, Some(index.origin))]))
    }

    /// A type of the project.
    pub(crate) fn data_type(&self, id: TypeId) -> Option<Description> {
        let data_type = self.catalog.data_type(id)?;
        let name = self.catalog.qualify(data_type.schema, &data_type.name);
        let line = match &data_type.kind {
            TypeKind::Enum(labels) => {
                let labels: Vec<_> = labels.iter().map(|label| format!("'{label}'")).collect();
                format!("type {name} as enum ({})", labels.join(", "))
            }
            TypeKind::Domain(domain) => {
                let base = self.catalog.format_type(&domain.base);
                let not_null = domain.not_null.as_ref().map_or("", |_| " not null");
                format!("domain {name} as {base}{not_null}")
            }
            TypeKind::Range(_) => format!("type {name} as range"),
            TypeKind::Multirange(_) => format!("type {name} as multirange"),
            TypeKind::Composite(relation) => return self.relation(*relation),
            TypeKind::Base | TypeKind::Shell | TypeKind::Pseudo => format!("type {name}"),
        };
        Some(self.description(vec![(line, data_type.origin)]))
    }

    /// Functions, a line each.
    pub(crate) fn functions(&self, ids: &[FunctionId]) -> Description {
        let functions = ids.iter().filter_map(|id| self.catalog.function(*id));
        let lines = functions.map(|function| {
            let arguments: Vec<_> = function
                .arguments
                .iter()
                .map(|it| self.argument(it))
                .collect();
            let name = self.catalog.qualify(function.schema, &function.name);
            let mut line = format!("function {name}({})", arguments.join(", "));
            if let Some(returns) = &function.returns {
                let set = if function.returns_set { "setof " } else { "" };
                line.push_str(&format!(
                    " returns {set}{}",
                    self.catalog.format_type(returns)
                ));
            }
            line.push_str(&format!(" language {}", function.language));
            (line, function.origin)
        });
        self.description(lines.collect())
    }

    fn argument(&self, argument: &Argument) -> String {
        let data_type = self.catalog.format_type(&argument.data_type);
        match &argument.name {
            Some(name) => format!("{name} {data_type}"),
            None => data_type,
        }
    }

    fn heading(&self, relation: &Relation) -> String {
        let name = self.catalog.qualified_name(relation);
        format!("{} {name}", relation.kind.words())
    }

    fn column_facts(&self, column: &Column) -> String {
        let mut facts = Vec::new();
        if let Some(not_null) = &column.not_null {
            facts.push(match not_null.validated {
                true => "not null".to_owned(),
                false => "not null not valid".to_owned(),
            });
        }
        if let Some(identity) = &column.identity {
            let when = if identity.always {
                "always"
            } else {
                "by default"
            };
            facts.push(format!("generated {when} as identity"));
        }
        let names = |_: ColumnNumber| None;
        if let Some(generated) = &column.generated {
            facts.push(format!(
                "generated always as ({})",
                generated.expression.render(names)
            ));
        }
        if let Some(default) = &column.default {
            facts.push(format!("default {}", default.expression.render(names)));
        }
        facts.join(" ")
    }

    fn constraint_text(&self, relation: &Relation, constraint: &Constraint) -> String {
        let list = |columns: &[ColumnNumber]| names(relation, columns);
        let rule = match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => format!("primary key ({})", list(&key.columns)),
            ConstraintKind::Unique(key) => format!("unique ({})", list(&key.columns)),
            ConstraintKind::ForeignKey(key) => {
                let target = key.target.and_then(|id| self.catalog.relation(id));
                let target = target.map_or("?".to_owned(), |target| {
                    let columns = names(target, &key.target_columns);
                    format!("{} ({columns})", self.catalog.qualified_name(target))
                });
                format!("foreign key ({}) references {target}", list(&key.columns))
            }
            ConstraintKind::Check(check) => {
                let name = |number| Some(relation.column(number)?.name.as_str());
                format!("check ({})", check.render(name))
            }
            _ => "exclude".to_owned(),
        };
        let valid = if constraint.validated {
            ""
        } else {
            " not valid"
        };
        format!("{}: {rule}{valid}", constraint.name)
    }

    /// The lines, with the place that each came from as a comment behind it. A
    /// part that came with the object itself says nothing.
    fn description(&self, lines: Vec<Line>) -> Description {
        let object = lines.first().and_then(|(_, origin)| *origin);
        let mut places: Vec<FileRange> = Vec::new();
        let mut text = Vec::new();
        for (number, (line, origin)) in lines.iter().enumerate() {
            let came_with = |it: &Origin| object.is_some_and(|all| all.statement == it.statement);
            let line = line.trim_end();
            let place = origin.filter(|it| number == 0 || !came_with(it));
            let Some(place) = place.and_then(|origin| self.analysis.place(origin)) else {
                text.push(line.to_owned());
                continue;
            };
            text.push(format!("{line}  -- {}", self.place_name(place)));
            if places.iter().all(|known| known.file != place.file) {
                places.push(place);
            }
        }
        let text = text.join("\n");
        Description { text, places }
    }

    /// `file.sql:3`.
    fn place_name(&self, place: FileRange) -> String {
        let source = self.analysis.project.file(place.file);
        let line = source.position(place.range.start()).line;
        let name = source.name.rsplit('/').next().unwrap_or(&source.name);
        format!("{name}:{line}")
    }
}

fn index_text(relation: &Relation, index: &Index) -> String {
    let unique = if index.unique { "unique " } else { "" };
    let elements: Vec<_> = index
        .elements
        .iter()
        .map(|element| match element.column() {
            Some(column) => names(relation, &[column]),
            None => format!("({})", element.label),
        })
        .collect();
    let condition = index.predicate.as_ref().map(|predicate| {
        let name = |number| Some(relation.column(number)?.name.as_str());
        format!(" where {}", predicate.render(name))
    });
    let elements = elements.join(", ");
    let condition = condition.unwrap_or_default();
    format!(
        "{}: {unique}index using {} ({elements}){condition}",
        index.name, index.method
    )
}

fn names(relation: &Relation, columns: &[ColumnNumber]) -> String {
    relation
        .column_names(columns)
        .collect::<Vec<_>>()
        .join(", ")
}

fn width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts
        .map(|text| text.chars().count())
        .max()
        .unwrap_or_default()
}
