//! What depends on an object, so that `DROP ... CASCADE` is right.

use crate::{
    Catalog, Column, ColumnNumber, ConstraintId, Expression, FunctionId, IndexId, Name, ObjectId,
    Relation, RelationId, TypeId, TypeKind, TypeReference,
};

/// Something that depends on an object and goes (or loses a part) with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependent {
    /// A view, child table or sequence as a whole.
    Relation(RelationId),
    /// A column whose type it is.
    Column(RelationId, ColumnNumber),
    /// The default of a column; the column stays.
    Default(RelationId, ColumnNumber),
    /// A constraint.
    Constraint(RelationId, ConstraintId),
    /// An index.
    Index(RelationId, IndexId),
    /// A trigger.
    Trigger(RelationId, Name),
    /// A policy.
    Policy(RelationId, Name),
    /// A function.
    Function(FunctionId),
    /// A type.
    Type(TypeId),
}

/// The answer of [`Catalog::dependents`].
pub type Dependents = Vec<Dependent>;

impl Catalog {
    /// The direct dependents of an object outside of its own relation, and for a
    /// column also those inside.
    pub fn dependents(&self, object: ObjectId) -> Dependents {
        let mut found = Vec::new();
        for relation in self.mentioning(object) {
            dependents_in_relation(object, relation, &mut found);
        }
        let ObjectId::Type(_) = object else {
            return found;
        };
        let mentioning = self.ids_mentioning(object);
        let types = mentioning
            .iter()
            .filter_map(|id| self.types.get(&TypeId(*id)));
        for candidate in types {
            let uses = match &candidate.kind {
                TypeKind::Domain(domain) => object_is_type(object, &domain.base.reference),
                _ => false,
            };
            if uses {
                found.push(Dependent::Type(candidate.id));
            }
        }
        let functions = mentioning.iter().map(|id| FunctionId(*id));
        for function in functions.filter_map(|id| self.function(id)) {
            let mut types = function.arguments.iter().map(|it| &it.data_type);
            if types.any(|it| object_is_type(object, &it.reference))
                || function
                    .returns
                    .as_ref()
                    .is_some_and(|it| object_is_type(object, &it.reference))
            {
                found.push(Dependent::Function(function.id));
            }
        }
        found
    }
}

fn object_is_type(object: ObjectId, reference: &TypeReference) -> bool {
    match (object, reference) {
        (ObjectId::Type(id), TypeReference::Known(known)) => id == *known,
        _ => false,
    }
}

fn dependents_in_relation(object: ObjectId, relation: &Relation, found: &mut Dependents) {
    let id = relation.id;
    if relation_depends(object, relation) {
        found.push(Dependent::Relation(id));
        return;
    }
    let before = found.len();
    for column in &relation.columns {
        dependents_in_column(object, id, column, found);
    }
    // Without a column of its partition key there is no table.
    let key = relation.partition_key.as_ref();
    let in_key = |it: &Dependent| match it {
        Dependent::Column(_, number) => key.is_some_and(|it| it.mentions(*number)),
        _ => false,
    };
    if found.iter().skip(before).any(in_key) {
        found.truncate(before);
        found.push(Dependent::Relation(id));
        return;
    }
    for constraint in &relation.constraints {
        let depends = match (&constraint.kind, object) {
            (crate::ConstraintKind::ForeignKey(key), ObjectId::Relation(target)) => {
                key.target == Some(target) && target != id
            }
            (crate::ConstraintKind::ForeignKey(key), ObjectId::Column(target, column)) => {
                key.target == Some(target) && key.target_columns.contains(&column)
                    || target == id && key.columns.contains(&column)
            }
            (crate::ConstraintKind::ForeignKey(key), ObjectId::Index(target, index)) => {
                key.target == Some(target) && key.target_index == Some(index)
            }
            (crate::ConstraintKind::Check(check), _) => expression_depends(object, id, check),
            (_, ObjectId::Column(target, column)) => {
                target == id && constraint.columns().contains(&column)
            }
            _ => false,
        };
        if depends {
            found.push(Dependent::Constraint(id, constraint.id));
        }
    }
    for index in &relation.indexes {
        let on_column = match object {
            ObjectId::Column(target, column) => target == id && index.mentions(column),
            _ => false,
        };
        let in_expression = index
            .expressions()
            .any(|expression| expression_depends(object, id, expression));
        if on_column || in_expression {
            found.push(Dependent::Index(id, index.id));
        }
    }
    for trigger in &relation.triggers {
        let depends = match object {
            ObjectId::Function(function) => trigger.function == Some(function),
            ObjectId::Relation(target) => trigger.referenced == Some(target),
            _ => false,
        };
        if depends {
            found.push(Dependent::Trigger(id, trigger.name.clone()));
        }
    }
    for policy in &relation.policies {
        let mut expressions = policy.using.iter().chain(&policy.with_check);
        if expressions.any(|expression| expression_depends(object, id, expression)) {
            found.push(Dependent::Policy(id, policy.name.clone()));
        }
    }
}

fn relation_depends(object: ObjectId, relation: &Relation) -> bool {
    match object {
        ObjectId::Relation(target) => {
            relation.inherits.contains(&target)
                || relation
                    .view
                    .as_ref()
                    .is_some_and(|view| view.reads.contains(&target))
        }
        ObjectId::Column(target, column) => relation
            .view
            .as_ref()
            .is_some_and(|view| view.reads_columns.contains(&(target, column))),
        ObjectId::Function(function) => relation
            .view
            .as_ref()
            .is_some_and(|view| view.functions.contains(&function)),
        ObjectId::Type(used) => relation
            .view
            .as_ref()
            .is_some_and(|view| view.types.contains(&used)),
        ObjectId::Schema(_) | ObjectId::Constraint(..) | ObjectId::Index(..) => false,
    }
}

fn dependents_in_column(
    object: ObjectId,
    relation: RelationId,
    column: &Column,
    found: &mut Dependents,
) {
    if object_is_type(object, &column.data_type.reference) {
        found.push(Dependent::Column(relation, column.number));
        return;
    }
    if let Some(generated) = &column.generated
        && expression_depends(object, relation, &generated.expression)
    {
        found.push(Dependent::Column(relation, column.number));
    }
    if let Some(default) = &column.default
        && expression_depends(object, relation, &default.expression)
    {
        found.push(Dependent::Default(relation, column.number));
    }
}

fn expression_depends(object: ObjectId, own: RelationId, expression: &Expression) -> bool {
    match object {
        ObjectId::Column(relation, column) => relation == own && expression.mentions(column),
        ObjectId::Relation(relation) => expression.relations.contains(&relation),
        ObjectId::Function(function) => expression.functions.contains(&function),
        ObjectId::Type(used) => expression.types.contains(&used),
        ObjectId::Schema(_) | ObjectId::Constraint(..) | ObjectId::Index(..) => false,
    }
}
