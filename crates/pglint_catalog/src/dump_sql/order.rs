//! The order of the objects: each after all that it needs.

use super::Catalog;
use crate::{
    DataType, Expression, Function, Relation, RelationKind, SchemaId, SearchPath, Type, TypeId,
    TypeKind, TypeReference,
};
use std::collections::{BTreeMap, BTreeSet};

/// An object with the statement that makes it.
pub(super) struct Object {
    pub(super) schema: SchemaId,
    pub(super) sql: String,
    /// The ids of the objects that must be there before.
    needs: Vec<u32>,
}

impl Catalog {
    /// Ids of all sorts are given in one sequence, so that their order is that of
    /// creation. Sequences go first: they need nothing, and the one of a `serial`
    /// column is younger than its table.
    pub(super) fn objects_in_order(&self) -> Vec<Object> {
        let relations = self.listed().map(|it| {
            let sql = self.relation_sql(it);
            (it.id.0, object(it.schema, sql, self.needs_of_relation(it)))
        });
        let types = self.types().filter(|it| it.extension.is_none());
        let types = types.map(|it| {
            let sql = self.type_sql(it);
            (it.id.0, object(it.schema, sql, self.needs_of_type(it)))
        });
        let functions = self.functions().filter(|it| it.extension.is_none());
        let functions = functions.map(|it| {
            let sql = self.function_sql(it);
            (it.id.0, object(it.schema, sql, self.needs_of_function(it)))
        });
        let mut left: BTreeMap<u32, Object> = relations.chain(types).chain(functions).collect();
        let is_sequence = |it: &&Relation| it.kind == RelationKind::Sequence;
        let first: Vec<u32> = self
            .listed()
            .filter(is_sequence)
            .map(|it| it.id.0)
            .collect();
        let rest: Vec<u32> = left.keys().copied().collect();
        let mut ordered = Vec::with_capacity(left.len());
        for id in first.into_iter().chain(rest) {
            take_with_needs(id, &mut left, &mut ordered);
        }
        ordered.retain(|it| !it.sql.is_empty());
        ordered
    }

    /// Relations in the order of creation, but children before their parents: the
    /// index of a parent takes the ones that its children have already.
    pub(super) fn children_first(&self) -> Vec<&Relation> {
        let mut ordered = Vec::new();
        let mut seen = BTreeSet::new();
        for relation in self.listed() {
            self.add_children_first(relation, &mut seen, &mut ordered);
        }
        ordered
    }

    fn add_children_first<'c>(
        &'c self,
        relation: &'c Relation,
        seen: &mut BTreeSet<u32>,
        ordered: &mut Vec<&'c Relation>,
    ) {
        if !seen.insert(relation.id.0) {
            return;
        }
        for child in self.children(relation.id) {
            self.add_children_first(child, seen, ordered);
        }
        ordered.push(relation);
    }

    fn needs_of_relation(&self, relation: &Relation) -> Vec<u32> {
        let mut needs: Vec<u32> = relation.inherits.iter().map(|it| it.0).collect();
        for column in &relation.columns {
            self.add_type(&column.data_type, &mut needs);
            let default = column.default.as_ref().map(|it| &it.expression);
            let generated = column.generated.as_ref().map(|it| &it.expression);
            for expression in default.into_iter().chain(generated) {
                self.add_expression(expression, &mut needs);
            }
        }
        for (_, check) in relation.checks() {
            self.add_expression(check, &mut needs);
        }
        for expression in relation.partition_key.iter().flat_map(|it| &it.expressions) {
            self.add_expression(expression, &mut needs);
        }
        if let Some(view) = &relation.view {
            needs.extend(view.reads.iter().map(|it| it.0));
            needs.extend(view.functions.iter().map(|it| it.0));
            needs.extend(view.types.iter().map(|it| self.owner_of_type(*it)));
        }
        needs
    }

    fn needs_of_type(&self, found: &Type) -> Vec<u32> {
        let mut needs = Vec::new();
        if let TypeKind::Domain(domain) = &found.kind {
            self.add_type(&domain.base, &mut needs);
            let checks = domain.checks.iter().filter_map(|it| it.check());
            for expression in checks.chain(&domain.default) {
                self.add_expression(expression, &mut needs);
            }
        }
        needs
    }

    fn needs_of_function(&self, function: &Function) -> Vec<u32> {
        let mut needs = Vec::new();
        for argument in &function.arguments {
            self.add_type(&argument.data_type, &mut needs);
            if let Some(default) = &argument.default {
                self.add_expression(default, &mut needs);
            }
        }
        if let Some(returns) = &function.returns {
            self.add_type(returns, &mut needs);
        }
        needs
    }

    fn add_expression(&self, expression: &Expression, needs: &mut Vec<u32>) {
        needs.extend(expression.functions.iter().map(|it| it.0));
        needs.extend(expression.types.iter().map(|it| self.owner_of_type(*it)));
    }

    fn add_type(&self, data_type: &DataType, needs: &mut Vec<u32>) {
        match &data_type.reference {
            TypeReference::Known(id) => needs.push(self.owner_of_type(*id)),
            // Among files in any order the type may have come later.
            TypeReference::Unknown(name) => {
                let schemas = self.schemas().map(|it| it.name.clone());
                let path = SearchPath(schemas.collect());
                let found = self.lookup_type(name.schema.as_deref(), &name.name, &path);
                needs.extend(found.found().map(|it| self.owner_of_type(it.id)));
            }
            TypeReference::Undetermined => {}
        }
    }

    /// The object that makes a type: for a row type its relation.
    fn owner_of_type(&self, id: TypeId) -> u32 {
        match self.data_type(id).map(|it| &it.kind) {
            Some(TypeKind::Composite(relation)) => relation.0,
            _ => id.0,
        }
    }
}

fn object(schema: SchemaId, sql: String, needs: Vec<u32>) -> Object {
    Object { schema, sql, needs }
}

/// Moves an object to `ordered`, all that it needs before it. Of a cycle, which a
/// server can only have by `ALTER`, the first one comes last.
fn take_with_needs(id: u32, left: &mut BTreeMap<u32, Object>, ordered: &mut Vec<Object>) {
    let Some(object) = left.remove(&id) else {
        return;
    };
    for need in &object.needs {
        take_with_needs(*need, left, ordered);
    }
    ordered.push(object);
}
