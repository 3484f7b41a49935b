//! Views, materialized views, `CREATE TABLE ... AS`.

use super::create_table::{new_relation, take_number};
use super::resolve::undetermined;
use super::{Outcome, Problem, Replay, within};
use crate::change::{CreateFromQuery, OutputColumn, OutputType, RelationName};
use crate::resolve::{self, Reference, Resolution};
use pglint_catalog::{
    Column, ColumnNumber, DataType, FunctionId, Lookup, Modifier, Name, Origin, Persistence,
    QualifiedName, Relation, RelationId, RelationKind, TypeId, TypeKind, TypeReference, Unknown,
    UnknownReason, View,
};

impl Replay {
    pub(super) fn create_from_query(&mut self, create: &CreateFromQuery, at: Origin) -> Outcome {
        let name = &create.name.name;
        let persistence = self.persistence_of_query(create);
        let schema = self.creation_schema(name, persistence, at)?;
        let present = self.catalog.relation_in_schema(schema, &name.name);
        let replaced = present.filter(|it| create.or_replace && it.kind == RelationKind::View);
        let replaced = replaced.map(|it| it.id);
        if replaced.is_none() && self.catalog.named_in_schema(schema, &name.name).is_some() {
            return match create.if_not_exists {
                true => Ok(()),
                false => Err(Problem::relation_exists(at, &name.name)),
            };
        }
        if replaced.is_none() {
            self.refuse_row_type(schema, &name.name, at)?;
        }
        self.check_reads(create, at)?;
        let resolution = self.resolve_query(create);
        let view = self.view(create, resolution.as_ref(), at);
        let columns = match create.outputs {
            Some(_) => self.output_columns(create, at),
            None => resolved_columns(create, resolution.as_ref()),
        };
        let id = match replaced {
            Some(id) => id,
            None => {
                let id = RelationId(self.catalog.next_id());
                let mut relation = new_relation(id, schema, name.name.clone(), create.kind, at);
                relation.persistence = persistence;
                if create.on_commit_drop {
                    self.dropped_at_commit.push(id);
                }
                self.catalog.insert_relation(relation)
            }
        };
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        relation.origin = at;
        relation.options = create.options.clone();
        if create.kind != RelationKind::Table {
            relation.view = Some(view);
        }
        set_columns(relation, columns, at);
        Ok(())
    }

    /// A view of anything temporary is temporary (`DefineView` in `view.c`).
    fn persistence_of_query(&self, create: &CreateFromQuery) -> Persistence {
        let is_temporary = |name: &QualifiedName| {
            let relation = self.find_relation(name).found();
            relation.is_some_and(|it| it.persistence == Persistence::Temporary)
        };
        match create.kind == RelationKind::View && create.reads.iter().any(is_temporary) {
            true => Persistence::Temporary,
            false => create.persistence,
        }
    }

    /// The server refuses a query on a relation that is not there.
    fn check_reads(&self, create: &CreateFromQuery, at: Origin) -> Outcome {
        for read in &create.reads {
            if self.find_relation(read).is_missing() && !self.lenient {
                return Err(Problem::no_relation(within(at, create.query_range), read));
            }
        }
        Ok(())
    }

    /// What the names of the query stand for, where that is asked.
    fn resolve_query(&self, create: &CreateFromQuery) -> Option<Resolution> {
        let (tree, node) = create.tree.as_ref()?;
        let root = tree.get(*node)?;
        Some(resolve::resolve(root, &self.catalog, &self.search_path))
    }

    fn view(&self, create: &CreateFromQuery, resolution: Option<&Resolution>, at: Origin) -> View {
        let relations: Vec<&Relation> = create
            .reads
            .iter()
            .filter_map(|it| self.find_relation(it).found())
            .collect();
        let functions: Vec<FunctionId> = create
            .functions
            .iter()
            .filter_map(|it| self.called_function(it))
            .collect();
        let types: Vec<TypeId> = create
            .types
            .iter()
            .filter_map(|it| self.project_type(it))
            .collect();
        let reads_columns = resolution.map(read_columns).unwrap_or_default();
        View {
            query: create.query.clone(),
            origin: within(at, create.query_range),
            reads_columns,
            reads: relations.iter().map(|it| it.id).collect(),
            functions,
            types,
        }
    }

    /// Names and types of the columns. `None` when they cannot be told.
    fn output_columns(
        &self,
        create: &CreateFromQuery,
        at: Origin,
    ) -> Option<Vec<(Name, DataType)>> {
        let mut columns = Vec::new();
        for output in create.outputs.as_ref()? {
            match output {
                OutputColumn::Named { name, data_type } => {
                    let data_type = data_type.as_ref();
                    let data_type = data_type.and_then(|it| self.output_type(it, at));
                    columns.push((name.clone(), data_type.unwrap_or_else(undetermined)));
                }
                OutputColumn::AllOf(relations) => {
                    for relation in relations {
                        let relation = self.find_relation(relation).found()?;
                        if !relation.is_fully_known() {
                            return None;
                        }
                        if relation.kind == RelationKind::Sequence {
                            columns.extend(sequence_columns());
                        }
                        let own = relation.columns.iter();
                        columns.extend(own.map(|it| (it.name.clone(), it.data_type.clone())));
                    }
                }
            }
        }
        with_aliases(create, columns)
    }

    fn output_type(&self, output: &OutputType, at: Origin) -> Option<DataType> {
        match output {
            OutputType::Named(unresolved) => Some(self.resolve_type_or_unknown(unresolved, at)),
            OutputType::Builtin(data_type) => Some(data_type.clone()),
            OutputType::Any => Some(DataType::builtin(TypeId::TEXT)),
            OutputType::Column(relations, name) => {
                let mut types = Vec::new();
                for relation in relations {
                    let relation = self.find_relation(relation).found()?;
                    match relation.lookup_column(name) {
                        Lookup::Found(column) => types.push(column.data_type.clone()),
                        Lookup::Missing => {}
                        Lookup::Unknown => return None,
                    }
                }
                common(types)
            }
            OutputType::Common(outputs) => {
                let definite = outputs.iter().filter(|it| !is_any(it));
                let types = definite.map(|it| self.output_type(it, at));
                let types: Vec<DataType> = types.collect::<Option<_>>()?;
                if types.is_empty() {
                    return Some(DataType::builtin(TypeId::TEXT));
                }
                let has_literals = types.len() < outputs.len();
                let mut common = common(types)?;
                if has_literals {
                    common.modifier = Modifier::None;
                }
                Some(common)
            }
            OutputType::Extreme(value) => {
                let value = self.output_type(value, at)?;
                self.extreme(value)
            }
        }
    }

    /// What `max` and `min` make of a type (`pg_aggregate.dat`): itself without
    /// modifier, but for types that have no aggregate of their own.
    fn extreme(&self, value: DataType) -> Option<DataType> {
        let TypeReference::Known(id) = value.reference else {
            return None;
        };
        let is_enum = |id| {
            let found = self.catalog.data_type(id);
            found.is_some_and(|it| matches!(it.kind, TypeKind::Enum(_)))
        };
        let id = match id {
            TypeId::VARCHAR if !value.array => TypeId::TEXT,
            id if id.is_builtin() || value.array || is_enum(id) => id,
            // A domain has its base type's, a type of an extension may have its own.
            _ => return None,
        };
        Some(DataType {
            reference: TypeReference::Known(id),
            modifier: Modifier::None,
            array: value.array,
        })
    }

    pub(super) fn create_select_rule(&mut self, name: &RelationName, at: Origin) -> Outcome {
        if let Some(id) = self.relation_id(name, at)?
            && let Some(relation) = self.catalog.relation_mut(id)
        {
            relation.kind = RelationKind::View;
        }
        Ok(())
    }
}

fn with_aliases(
    create: &CreateFromQuery,
    mut columns: Vec<(Name, DataType)>,
) -> Option<Vec<(Name, DataType)>> {
    for (at, alias) in create.aliases.iter().enumerate() {
        columns.get_mut(at)?.0 = alias.clone();
    }
    Some(columns)
}

/// The columns of every sequence (`sequence.h`).
fn sequence_columns() -> [(Name, DataType); 3] {
    [
        ("last_value", TypeId::INT8),
        ("log_cnt", TypeId::INT8),
        ("is_called", TypeId::BOOL),
    ]
    .map(|(name, id)| (Name::new_static(name), DataType::builtin(id)))
}

/// The columns of a query that has to be resolved to tell them.
fn resolved_columns(
    create: &CreateFromQuery,
    resolution: Option<&Resolution>,
) -> Option<Vec<(Name, DataType)>> {
    let columns = &resolution?.queries.first()?.columns;
    if !columns.complete {
        return None;
    }
    let columns = columns.known.iter().map(|it| {
        let data_type = it.data_type.clone();
        (it.name.clone(), data_type.unwrap_or_else(undetermined))
    });
    with_aliases(create, columns.collect())
}

fn is_any(output: &OutputType) -> bool {
    match output {
        OutputType::Any => true,
        OutputType::Common(outputs) => outputs.iter().all(is_any),
        _ => false,
    }
}

/// The type that all of these are of; a modifier only if all have it
/// (`select_common_typmod` in `parse_coerce.c`).
fn common(types: Vec<DataType>) -> Option<DataType> {
    let mut types = types.into_iter();
    let mut common = types.next()?;
    for other in types {
        if other.reference != common.reference || other.array != common.array {
            return None;
        }
        if other.modifier != common.modifier {
            common.modifier = Modifier::None;
        }
    }
    Some(common)
}

/// Columns that the query reads, wherever in it (`recordDependencyOnExpr` in
/// `dependency.c`): also those that a star gives or that a join merges.
fn read_columns(resolution: &Resolution) -> Vec<(RelationId, ColumnNumber)> {
    let mut found = Vec::new();
    let results = resolution.queries.iter().flat_map(|it| &it.columns.known);
    for column in results {
        push_origins(resolution, column, &mut found);
    }
    let referenced = { resolution.references.iter() }.flat_map(|it| match &it.reference {
        Reference::Column { column, .. } => std::slice::from_ref(column),
        Reference::Star { columns, .. } => columns,
        _ => &[],
    });
    for column in referenced.filter_map(|it| resolution.column(*it)) {
        push_origins(resolution, column, &mut found);
    }
    for join in resolution.from_items.iter().filter_map(|it| it.join()) {
        for side in [join.left, join.right] {
            let columns = &resolution[side].columns;
            let merged = join
                .merged
                .iter()
                .filter_map(|it| columns.lookup(it).found());
            for column in merged {
                push_origins(resolution, column, &mut found);
            }
        }
    }
    found
}

fn push_origins(
    resolution: &Resolution,
    column: &resolve::Column,
    found: &mut Vec<(RelationId, ColumnNumber)>,
) {
    if let Some(origin) = column.origin.filter(|it| !found.contains(it)) {
        found.push(origin);
    }
    for source in &column.sources {
        if let Some(source) = resolution.column(*source) {
            push_origins(resolution, source, found);
        }
    }
}

/// `CREATE OR REPLACE VIEW` keeps the columns that it has and may add others.
fn set_columns(relation: &mut Relation, columns: Option<Vec<(Name, DataType)>>, at: Origin) {
    let Some(columns) = columns else {
        relation.columns_unknown = Some(Unknown {
            reason: UnknownReason::QueryColumns,
            origin: at,
        });
        return;
    };
    relation.columns_unknown = None;
    for (place, (name, data_type)) in columns.into_iter().enumerate() {
        if let Some(present) = relation.columns.iter_mut().nth(place) {
            present.name = name;
            present.data_type = data_type;
            continue;
        }
        let number = take_number(relation);
        relation.columns.push(Column {
            number,
            name,
            data_type,
            not_null: None,
            default: None,
            identity: None,
            generated: None,
            collation: None,
            origin: at,
            lost_not_null: None,
            type_origin: at,
            inherited_from: 0,
            is_local: true,
            comment: None,
        });
    }
}
