//! Which objects may mention which others, so that looking for the dependents of
//! one does not walk over the whole catalog.
//!
//! The set holds too much rather than too little: an object that once mentioned
//! another stays in it, so those who ask look again. The object that is being
//! changed is not in it yet; it always counts as one that mentions everything.

use crate::by_hash::ByHash;
use crate::difference::Written;
use crate::reads::Read;
use crate::{
    Catalog, ConstraintKind, Expression, Function, ObjectId, Relation, RelationId, Type, TypeId,
    TypeKind, TypeReference,
};
use std::sync::Arc;

/// Who mentions what. All ids but those of schemas come from one sequence, so a
/// number is enough.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentions {
    /// The objects that mention one, by its number.
    all: Mentioning,
    /// Those of them that have it for a parent: few tables have children, and to
    /// be told so must not take a look at all that mentions them.
    as_parent: Mentioning,
}

/// Sorted numbers, by a number.
type Mentioning = ByHash<u32, Arc<Vec<u32>>>;

fn note(mentioning: &mut Mentioning, mentioned: u32, by: u32) {
    let known = mentioning.get(&mentioned).map_or(&[][..], |known| known);
    if let Err(place) = known.binary_search(&by) {
        mentioning.update(&mentioned, |known| {
            Arc::make_mut(known.get_or_insert_default()).insert(place, by);
        });
    }
}

impl Catalog {
    /// The relations that may mention an object, in the order of creation, a
    /// relation itself included: parents, referenced tables, what a view reads,
    /// the owner of a sequence.
    pub(crate) fn mentioning(&self, object: ObjectId) -> impl Iterator<Item = &Relation> {
        let ids = self.ids_mentioning(object).into_iter();
        ids.filter_map(|id| self.relation(RelationId(id)))
    }

    /// The relations that may belong to this one, in the order of creation:
    /// children, sequences of its columns, tables that reference it, views.
    pub fn related(&self, relation: RelationId) -> impl Iterator<Item = &Relation> {
        self.mentioning(ObjectId::Relation(relation))
    }

    /// The direct children of a relation, in the order of creation: partitions, or
    /// tables that inherit.
    pub fn children(&self, id: RelationId) -> impl Iterator<Item = &Relation> {
        self.note(Read::mentions(id.0));
        let known = self.mentions.as_parent.get(&id.0);
        let known = known.map_or(&[][..], |known| known);
        let at = self
            .changing
            .map_or(0, |changing| known.partition_point(|it| *it < changing));
        let (before, after) = known.split_at(at);
        let changing = self
            .changing
            .filter(|changing| after.first() != Some(changing));
        let ids = before
            .iter()
            .copied()
            .chain(changing)
            .chain(after.iter().copied());
        // A relation that is no child is not looked at: that it becomes one is another
        // answer to who mentions the parent.
        let relations = ids.filter_map(|id| self.relations.get(&RelationId(id)));
        let children = relations.filter(move |it| it.inherits.contains(&id));
        children.filter_map(|it| self.relation(it.id))
    }

    /// The ids of all objects that may mention one, sorted, each once.
    pub(crate) fn ids_mentioning(&self, object: ObjectId) -> Vec<u32> {
        let mentioned = match object {
            ObjectId::Relation(id)
            | ObjectId::Column(id, _)
            | ObjectId::Constraint(id, _)
            | ObjectId::Index(id, _) => id.0,
            ObjectId::Type(id) => id.0,
            ObjectId::Function(id) => id.0,
            // Whatever is in a schema is found by its own schema.
            ObjectId::Schema(_) => return Vec::new(),
        };
        self.note(Read::mentions(mentioned));
        let known = self.mentions.all.get(&mentioned);
        let mut ids = known.map_or_else(Vec::new, |known| known.to_vec());
        ids.push(mentioned);
        ids.extend(self.changing);
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Takes note that an object is about to change, and of what the one before
    /// it has come to mention.
    pub(crate) fn begin_change(&mut self, id: u32) {
        self.wrote(Written::Object(id));
        if self.changing == Some(id) {
            return;
        }
        self.end_change();
        self.changing = Some(id);
    }

    /// Takes note of what the object that was changed last has come to mention.
    pub(crate) fn end_change(&mut self) {
        let Some(changed) = self.changing.take() else {
            return;
        };
        for mentioned in self.mentioned_by(changed) {
            if mentioned != changed {
                note(&mut self.mentions.all, mentioned, changed);
            }
        }
        let changed_relation = self.relations.get(&RelationId(changed));
        let parents = changed_relation.map_or(Vec::new(), |it| it.inherits.clone());
        for parent in parents {
            note(&mut self.mentions.as_parent, parent.0, changed);
        }
    }

    /// Notes down nothing: it is no question of whoever changes the next object.
    pub(crate) fn mentioned_by(&self, id: u32) -> Vec<u32> {
        let mut found = Found(Vec::new());
        if let Some(relation) = self.relations.get(&RelationId(id)) {
            found.relation(relation);
        } else if let Some(found_type) = self.types.get(&TypeId(id)) {
            found.domain(found_type);
        } else if let Some(function) = self.functions.get(&crate::FunctionId(id)) {
            found.function(function);
        }
        found.0
    }
}

/// Numbers of objects, in any order.
struct Found(Vec<u32>);

impl Found {
    fn relation(&mut self, relation: &Relation) {
        self.0.extend(relation.inherits.iter().map(|it| it.0));
        if let Some(view) = &relation.view {
            self.0.extend(view.reads.iter().map(|it| it.0));
            self.0.extend(view.reads_columns.iter().map(|it| it.0.0));
            self.0.extend(view.functions.iter().map(|it| it.0));
            self.0.extend(view.types.iter().map(|it| it.0));
        }
        if let Some((owner, _)) = relation.sequence.as_ref().and_then(|it| it.owned_by) {
            self.0.push(owner.0);
        }
        for column in &relation.columns {
            self.data_type(&column.data_type.reference);
            self.expressions(column.generated.iter().map(|it| &it.expression));
            self.expressions(column.default.iter().map(|it| &it.expression));
        }
        for constraint in &relation.constraints {
            match &constraint.kind {
                ConstraintKind::ForeignKey(key) => self.0.extend(key.target.map(|it| it.0)),
                ConstraintKind::Check(check) => self.expressions([&**check]),
                _ => {}
            }
        }
        for index in &relation.indexes {
            self.expressions(index.expressions());
        }
        for trigger in &relation.triggers {
            self.0.extend(trigger.function.map(|it| it.0));
            self.0.extend(trigger.referenced.map(|it| it.0));
        }
        for policy in &relation.policies {
            self.expressions(policy.using.iter().chain(&policy.with_check));
        }
    }

    fn domain(&mut self, found: &Type) {
        if let TypeKind::Domain(domain) = &found.kind {
            self.data_type(&domain.base.reference);
        }
    }

    fn function(&mut self, function: &Function) {
        for argument in &function.arguments {
            self.data_type(&argument.data_type.reference);
        }
        if let Some(returns) = &function.returns {
            self.data_type(&returns.reference);
        }
    }

    fn data_type(&mut self, reference: &TypeReference) {
        if let TypeReference::Known(id) = reference
            && !id.is_builtin()
        {
            self.0.push(id.0);
        }
    }

    fn expressions<'e>(&mut self, expressions: impl IntoIterator<Item = &'e Expression>) {
        for expression in expressions {
            self.0.extend(expression.functions.iter().map(|it| it.0));
            self.0.extend(expression.types.iter().map(|it| it.0));
            self.0.extend(expression.relations.iter().map(|it| it.0));
        }
    }
}
