//! Names of changes to objects of the catalog.

use super::{Outcome, Problem, ProblemKind, Replay, extension, within};
use crate::change::{RelationName, UnresolvedExpression, UnresolvedType};
use pglint_catalog::{
    Column, ColumnNumber, DataType, Expression, FunctionId, Lookup, Modifier, Name, NullTest,
    Origin, Persistence, QualifiedName, Relation, RelationId, SchemaId, Shape, SharedList, TypeId,
    TypeReference,
};
use pglint_syntax::{is_placeholder_schema, is_unknown_name};

/// What an expression outside of all relations is over.
pub(super) static NO_COLUMNS: SharedList<Column> = SharedList::new();

impl Replay {
    /// The relation of that name. `None` when it may exist but is not known.
    pub(super) fn relation_id(
        &self,
        name: &RelationName,
        at: Origin,
    ) -> Outcome<Option<RelationId>> {
        match self.find_relation(&name.name) {
            Lookup::Found(relation) => Ok(Some(relation.id)),
            Lookup::Unknown => Ok(None),
            Lookup::Missing => Err(Problem::no_relation(within(at, name.range), &name.name)),
        }
    }

    pub(super) fn find_relation(&self, name: &QualifiedName) -> Lookup<&Relation> {
        let schema = name.schema.as_deref();
        let found = self
            .catalog
            .lookup_relation(schema, &name.name, &self.search_path);
        match found {
            // A later statement may make it.
            Lookup::Unknown if self.in_any_order => Lookup::Missing,
            found => found,
        }
    }

    /// Is the schema not there yet, and may a later statement make it?
    pub(super) fn is_awaited(&self, schema: Option<&str>) -> bool {
        let is_missing = |name| self.catalog.lookup_schema(name).is_missing();
        self.in_any_order && schema.is_some_and(is_missing)
    }

    /// The schema in which a new object lands.
    pub(super) fn creation_schema(
        &mut self,
        name: &QualifiedName,
        persistence: Persistence,
        at: Origin,
    ) -> Outcome<SchemaId> {
        if persistence == Persistence::Temporary {
            return Ok(SchemaId::PG_TEMP);
        }
        if let Some(schema) = &name.schema {
            return match self.catalog.schema_named(schema) {
                Some(schema) => Ok(schema.id),
                None if is_placeholder_schema(schema) => Ok(self.placeholder_schema(schema, at)),
                None if self.lenient || self.catalog.unknown_name(schema).is_some() => {
                    Ok(self.catalog.add_schema(schema.clone(), at))
                }
                None => Err(Problem::no_schema(at, schema)),
            };
        }
        if let Some(first) = self.search_path.0.first().cloned()
            && is_placeholder_schema(&first)
            && self.catalog.schema_named(&first).is_none()
        {
            return Ok(self.placeholder_schema(&first, at));
        }
        // With the schema that the path begins with, it would be that one.
        if let Some(first) = self.search_path.0.first()
            && self.is_awaited(Some(first))
        {
            return Err(Problem::no_schema(at, first));
        }
        let mut path = self.search_path.0.iter();
        match path.find_map(|name| self.catalog.schema_named(name)) {
            Some(schema) => Ok(schema.id),
            // Whoever runs the files has made the schema before.
            None if self.lenient => Ok(match self.search_path.0.first() {
                Some(first) => self.catalog.add_schema(first.clone(), at),
                None => SchemaId::PUBLIC,
            }),
            None => {
                let message = "no schema has been selected to create in".to_owned();
                let problem = Problem::new(at, "3F000", ProblemKind::Missing, message);
                Err(match self.search_path.0.first() {
                    Some(first) => problem.about(&QualifiedName::unqualified(first.clone())),
                    None => problem,
                })
            }
        }
    }

    /// The type that a name stands for.
    pub(super) fn resolve_type(
        &self,
        unresolved: &UnresolvedType,
        at: Origin,
    ) -> Outcome<DataType> {
        if let Some(column) = &unresolved.column_type_of {
            return Ok(self.column_type(&unresolved.name, column));
        }
        let name = &unresolved.name;
        let schema = name.schema.as_deref();
        let lookup = |name: &str| {
            let found = self.catalog.lookup_type(schema, name, &self.search_path);
            match found.map(|it| it.id) {
                Lookup::Unknown if self.in_any_order => Lookup::Missing,
                found => found,
            }
        };
        let mut array = unresolved.array;
        let mut found = lookup(&name.name);
        // Array types are called after their element type with a `_` in front.
        if found.is_missing()
            && let Some(element) = name.name.strip_prefix('_')
            && let Lookup::Found(id) = lookup(element)
        {
            array = true;
            found = Lookup::Found(id);
        }
        let reference = match found {
            Lookup::Found(id) => TypeReference::Known(id),
            Lookup::Unknown => self.type_elsewhere(name),
            Lookup::Missing
                if !is_serial(&name.name)
                    && (self.lenient || self.is_taken_for_granted(&name.name)) =>
            {
                self.type_elsewhere(name)
            }
            Lookup::Missing => {
                return Err(Problem::no_object(
                    within(at, unresolved.range),
                    "type",
                    name,
                ));
            }
        };
        let modifier = modifier(&reference, &unresolved.modifiers);
        Ok(DataType {
            reference,
            modifier,
            array,
        })
    }

    /// A type that is there for those who run the files, though the catalog does not
    /// find it: an extension's that lies outside of the search path, else one of the
    /// only schema where it is looked for.
    fn type_elsewhere(&self, name: &QualifiedName) -> TypeReference {
        // `bigserial` is a word of column definitions, and no type.
        let is_no_type = is_unknown_name(&name.name) || name.name.ends_with("serial");
        let is_written = name.schema.is_some() || is_no_type;
        let mut of_extensions = self
            .catalog
            .types()
            .filter(|it| !is_written && it.extension.is_some() && it.name == name.name);
        let only = match (of_extensions.next(), of_extensions.next()) {
            (Some(only), None) => return TypeReference::Known(only.id),
            _ => self.only_schema(),
        };
        TypeReference::Unknown(Box::new(QualifiedName {
            schema: only
                .filter(|_| !is_written)
                .or(name.schema.as_ref())
                .cloned(),
            name: name.name.clone(),
        }))
    }

    /// The schema of whatever has no schema written before it, as far as that is
    /// certain: the only one of the search path.
    pub(super) fn only_schema(&self) -> Option<&Name> {
        match &self.search_path.0[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Does the type come with an extension that the project may not make itself?
    fn is_taken_for_granted(&self, name: &str) -> bool {
        !self.in_any_order && extension::is_extension_type(name)
    }

    /// The type of a function's argument or result: never refused, because a
    /// function with a type that is not known does no harm to anything else.
    pub(super) fn resolve_type_or_unknown(
        &self,
        unresolved: &UnresolvedType,
        at: Origin,
    ) -> DataType {
        let resolved = self.resolve_type(unresolved, at);
        resolved.unwrap_or_else(|_| DataType {
            reference: TypeReference::Unknown(Box::new(unresolved.name.clone())),
            modifier: Modifier::None,
            array: unresolved.array,
        })
    }

    /// The same without modifier, which signatures of functions do not have.
    pub(super) fn resolve_signature_type(
        &self,
        unresolved: &UnresolvedType,
        at: Origin,
    ) -> DataType {
        DataType {
            modifier: Modifier::None,
            ..self.resolve_type_or_unknown(unresolved, at)
        }
    }

    fn column_type(&self, relation: &QualifiedName, column: &str) -> DataType {
        let relation = self.find_relation(relation).found();
        match relation.and_then(|it| it.column_named(column)) {
            Some(column) => column.data_type.clone(),
            None => undetermined(),
        }
    }

    /// An expression over columns; names that are none of them are left as text.
    pub(super) fn resolve_expression(
        &self,
        unresolved: &UnresolvedExpression,
        columns: &SharedList<Column>,
    ) -> Expression {
        let numbers: Vec<Option<ColumnNumber>> = unresolved
            .columns
            .iter()
            .map(|name| Some(columns.iter().find(|it| it.name == *name)?.number))
            .collect();
        let number = |place: ColumnNumber| {
            let at = usize::from(place.0).checked_sub(1)?;
            numbers.get(at).copied().flatten()
        };
        let relation = |id: RelationId| {
            let name = unresolved.relations.get(id.0 as usize)?;
            Some(self.find_relation(name).found()?.id)
        };
        let mut expression = unresolved.expression.clone();
        expression.slots.retain_mut(|slot| {
            let found = number(slot.column);
            slot.column = found.unwrap_or(slot.column);
            found.is_some()
        });
        expression.shape = resolve_shape(&unresolved.expression.shape, number, relation);
        let places = 0..u32::try_from(unresolved.relations.len()).unwrap_or_default();
        expression.relations = places.filter_map(|at| relation(RelationId(at))).collect();
        let types = unresolved.types.iter();
        expression.types = types.filter_map(|name| self.project_type(name)).collect();
        let functions = unresolved.functions.iter();
        expression.functions = functions
            .filter_map(|name| self.called_function(name))
            .collect();
        expression
    }

    /// The same, refused when a column is surely not there.
    pub(super) fn resolve_checked(
        &self,
        unresolved: &UnresolvedExpression,
        relation: &Relation,
        at: Origin,
    ) -> Outcome<Expression> {
        let slots = &unresolved.expression.slots;
        for (place, name) in unresolved.columns.iter().enumerate() {
            let is_used = slots
                .iter()
                .any(|slot| usize::from(slot.column.0) == place + 1);
            // The whole row goes by the relation's name.
            let is_special = *name == relation.name || is_system_column(name);
            if is_used && !is_special && relation.lookup_column(name).is_missing() && !self.lenient
            {
                let at = within(at, unresolved.range);
                return Err(Problem::no_such_column(at, name));
            }
        }
        Ok(self.resolve_expression(unresolved, &relation.columns))
    }

    /// A type of the project, which an expression then depends on.
    pub(super) fn project_type(&self, name: &QualifiedName) -> Option<TypeId> {
        let found = self
            .catalog
            .lookup_type(name.schema.as_deref(), &name.name, &self.search_path)
            .found()?;
        (!found.id.is_builtin()).then_some(found.id)
    }

    /// The function of the project that a call surely means: the only one of its
    /// name. `None` when there are several or none.
    pub(super) fn called_function(&self, name: &QualifiedName) -> Option<FunctionId> {
        let functions = self
            .catalog
            .lookup_functions(name.schema.as_deref(), &name.name, &self.search_path)
            .found()?;
        match functions[..] {
            [only] => Some(only.id),
            _ => None,
        }
    }

    /// A column's number. `None` when the relation's columns are not all known.
    pub(super) fn column_number(
        &self,
        relation: RelationId,
        name: &str,
        at: Origin,
    ) -> Outcome<Option<ColumnNumber>> {
        let Some(relation) = self.catalog.relation(relation) else {
            return Ok(None);
        };
        match relation.lookup_column(name) {
            Lookup::Found(column) => Ok(Some(column.number)),
            Lookup::Unknown => Ok(None),
            Lookup::Missing => Err(Problem::no_column(at, &relation.name, name)),
        }
    }
}

/// The columns that every table has (manual, 5.6).
fn is_system_column(name: &str) -> bool {
    matches!(
        name,
        "tableoid" | "xmin" | "cmin" | "xmax" | "cmax" | "ctid"
    )
}

/// A type that nobody told.
pub(super) fn undetermined() -> DataType {
    DataType {
        reference: TypeReference::Undetermined,
        modifier: Modifier::None,
        array: false,
    }
}

fn resolve_shape(
    shape: &Shape,
    number: impl Fn(ColumnNumber) -> Option<ColumnNumber>,
    relation: impl Fn(RelationId) -> Option<RelationId>,
) -> Shape {
    let resolved = match shape {
        Shape::Column(column) => number(*column).map(Shape::Column),
        Shape::NullTests(tests) => {
            let tests = tests.iter().map(|test| {
                Some(NullTest {
                    column: number(test.column)?,
                    is_null: test.is_null,
                })
            });
            tests.collect::<Option<_>>().map(Shape::NullTests)
        }
        Shape::BooleanTest(column, value) => {
            number(*column).map(|it| Shape::BooleanTest(it, *value))
        }
        Shape::NextValue(sequence) => relation(*sequence).map(Shape::NextValue),
        Shape::Null | Shape::Constant | Shape::Call(_) | Shape::Other => Some(shape.clone()),
    };
    resolved.unwrap_or(Shape::Other)
}

/// What is written like a type in `CREATE TABLE` and `ADD COLUMN` and is none (the
/// manual, "Serial Types").
fn is_serial(name: &str) -> bool {
    matches!(
        name,
        "serial" | "serial2" | "serial4" | "serial8" | "bigserial" | "smallserial"
    )
}

fn modifier(reference: &TypeReference, texts: &[Name]) -> Modifier {
    let other = || match texts {
        [] => Modifier::None,
        _ => Modifier::Other(Box::new(texts.join(",").into())),
    };
    let TypeReference::Known(id) = reference else {
        return other();
    };
    let numbers: Vec<i32> = texts.iter().filter_map(|it| it.parse().ok()).collect();
    match (*id, &numbers[..]) {
        (_, []) => other(),
        (TypeId::NUMERIC, [precision]) => Modifier::Numeric {
            precision: *precision,
            scale: 0,
        },
        (TypeId::NUMERIC, [precision, scale, ..]) => Modifier::Numeric {
            precision: *precision,
            scale: *scale,
        },
        (TypeId::INTERVAL, [fields, rest @ ..]) => interval(*fields, rest.first().copied()),
        (TypeId::TIME | TypeId::TIMETZ | TypeId::TIMESTAMP | TypeId::TIMESTAMPTZ, [n, ..]) => {
            Modifier::Precision(*n)
        }
        (TypeId::BPCHAR | TypeId::VARCHAR | TypeId::BIT | TypeId::VARBIT, [n, ..]) => {
            Modifier::Length(*n)
        }
        _ => other(),
    }
}

/// The grammar gives an interval's fields as a bit mask (`INTERVAL_MASK` in
/// `timestamp.h` over the numbers of `datetime.h`).
fn interval(mask: i32, precision: Option<i32>) -> Modifier {
    const FIELDS: [(i32, &str); 6] = [
        (1 << 2, "year"),
        (1 << 1, "month"),
        (1 << 3, "day"),
        (1 << 10, "hour"),
        (1 << 11, "minute"),
        (1 << 12, "second"),
    ];
    const ALL: i32 = 0x7fff;
    let set = FIELDS.iter().filter(|(bit, _)| mask & bit != 0);
    let named: Vec<&str> = set.map(|(_, name)| *name).collect();
    let fields = match (mask, &named[..]) {
        (ALL, _) | (_, []) => None,
        (_, [only]) => Some(Name::new(only)),
        (_, [first, .., last]) => Some(format!("{first} to {last}").into()),
    };
    if fields.is_none() && precision.is_none() {
        return Modifier::None;
    }
    Modifier::Interval {
        fields: fields.map(Box::new),
        precision,
    }
}
