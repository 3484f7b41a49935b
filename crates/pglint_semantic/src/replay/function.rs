//! Functions, triggers and policies.

use super::object::Found;
use super::resolve::NO_COLUMNS;
use super::{Outcome, Problem, ProblemKind, Replay};
use crate::change::{CreateFunction, CreatePolicy, CreateTrigger, Target};
use pglint_catalog::{
    Argument, DataType, Function, FunctionId, Name, ObjectId, Origin, Persistence, Policy,
    RelationId, Trigger,
};

impl Replay {
    /// Refuses a function of a type that is not there
    /// (`interpret_function_parameter_list` in `functioncmds.c`).
    fn refuse_types(&self, create: &CreateFunction, at: Origin) -> Outcome {
        for argument in &create.arguments {
            self.resolve_type(&argument.data_type, at)
                .map_err(|problem| Problem {
                    message: problem.message.replace('"', ""),
                    ..problem
                })?;
        }
        if let Some(returns) = &create.returns {
            self.resolve_type(returns, at)?;
        }
        Ok(())
    }

    pub(super) fn create_function(&mut self, create: &CreateFunction, at: Origin) -> Outcome {
        let schema = self.creation_schema(&create.name, Persistence::Permanent, at)?;
        self.refuse_types(create, at)?;
        let arguments: Vec<Argument> = create
            .arguments
            .iter()
            .map(|it| Argument {
                name: it.name.clone(),
                mode: it.mode,
                data_type: self.resolve_signature_type(&it.data_type, at),
                default: it
                    .default
                    .as_ref()
                    .map(|it| self.resolve_expression(it, &NO_COLUMNS)),
            })
            .collect();
        let returns = create.returns.as_ref();
        let mut function = Function {
            id: FunctionId(self.catalog.next_id()),
            schema,
            name: create.name.name.clone(),
            kind: create.kind,
            arguments,
            returns: returns.map(|it| self.resolve_signature_type(it, at)),
            returns_set: create.returns_set,
            language: create.language.clone(),
            volatility: create.volatility,
            security_definer: create.security_definer,
            strict: create.strict,
            configuration: create.configuration.clone(),
            body: create.body.clone(),
            body_start: create.body_start,
            definition: create.definition.clone(),
            planner_options: create.planner_options.clone(),
            ddl_words: create.ddl_words.clone(),
            origin: Some(at),
            extension: None,
            comment: None,
        };
        let inputs: Vec<DataType> = function.inputs().map(|it| it.data_type.clone()).collect();
        let same = self
            .catalog
            .functions_in_schema(schema, &create.name.name)
            .into_iter()
            .find(|it| {
                let own: Vec<_> = it.inputs().map(|it| &it.data_type).collect();
                same_types(&own, &inputs)
            });
        match same.map(|it| (it.id, it.comment.clone())) {
            Some(_) if !create.or_replace => {
                let message = format!(
                    "function \"{}\" already exists with same argument types",
                    create.name.name
                );
                return Err(Problem::new(at, "42723", ProblemKind::Duplicate, message));
            }
            Some((id, comment)) => {
                function.id = id;
                function.comment = comment;
                if let Some(present) = self.catalog.function_mut(id) {
                    *present = function;
                }
            }
            None => {
                self.catalog.insert_function(function);
            }
        }
        Ok(())
    }

    pub(super) fn alter_function(
        &mut self,
        target: &Target,
        security_definer: Option<bool>,
        configuration: &[Name],
        reset: bool,
        at: Origin,
    ) -> Outcome {
        let Found::Object(ObjectId::Function(id)) = self.find(target, at)? else {
            return Ok(());
        };
        if let Some(function) = self.catalog.function_mut(id) {
            function.security_definer = security_definer.unwrap_or(function.security_definer);
            if reset {
                function.configuration.clear();
            }
            for setting in configuration {
                let name = |it: &Name| it.split('=').next().map(str::to_owned);
                let of_setting = name(setting);
                function.configuration.retain(|it| name(it) != of_setting);
                function.configuration.push(setting.clone());
            }
        }
        Ok(())
    }

    pub(super) fn create_trigger(&mut self, create: &CreateTrigger, at: Origin) -> Outcome {
        let Some(id) = self.relation_id(&create.relation, at)? else {
            return Ok(());
        };
        if let Some(relation) = self.catalog.relation(id) {
            self.refuse_trigger(relation, create, at)?;
        }
        let referenced = match &create.referenced {
            Some(referenced) => self.relation_or_unknown(referenced, at)?,
            None => None,
        };
        let trigger = Trigger {
            name: create.name.clone(),
            function: self.called_function(&create.function),
            clauses: create.clauses.clone(),
            referenced,
            for_each_row: create.row,
            inherited: false,
            origin: at,
        };
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        let mut same = relation.triggers.iter_mut();
        match same.find(|it| it.name == create.name) {
            Some(present) if create.or_replace => *present = trigger.clone(),
            Some(_) => {
                let message = format!(
                    "trigger \"{}\" for relation \"{}\" already exists",
                    create.name, relation.name
                );
                return Err(Problem::exists(at, message));
            }
            None => relation.triggers.push(trigger.clone()),
        }
        if relation.partition_key.is_some() && create.row {
            self.trigger_of_partitions(id, &trigger);
        }
        Ok(())
    }

    fn trigger_of_partitions(&mut self, id: RelationId, trigger: &Trigger) {
        let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
        for child in children {
            if let Some(relation) = self.catalog.relation_mut(child) {
                relation.triggers.retain(|it| it.name != trigger.name);
                let mut trigger = trigger.clone();
                trigger.inherited = true;
                relation.triggers.push(trigger);
            }
            self.trigger_of_partitions(child, trigger);
        }
    }

    pub(super) fn create_policy(&mut self, create: &CreatePolicy, at: Origin) -> Outcome {
        let Some(id) = self.relation_id(&create.relation, at)? else {
            return Ok(());
        };
        if let Some(relation) = self.catalog.relation(id) {
            // In a subquery names may be of other tables.
            let expressions = create.using.iter().chain(&create.with_check);
            for expression in expressions.filter(|it| it.relations.is_empty()) {
                self.resolve_checked(expression, relation, at)?;
            }
        }
        let policy = self.policy(id, create, at);
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        if relation.policies.iter().any(|it| it.name == create.name) {
            let message = format!(
                "policy \"{}\" for table \"{}\" already exists",
                create.name, relation.name
            );
            return Err(Problem::exists(at, message));
        }
        relation.policies.push(policy);
        Ok(())
    }

    fn policy(&self, id: RelationId, create: &CreatePolicy, at: Origin) -> Policy {
        let relation = self.catalog.relation(id);
        let columns = relation.map_or(&NO_COLUMNS, |it| &it.columns);
        let resolve = |it| self.resolve_expression(it, columns);
        Policy {
            name: create.name.clone(),
            command: create.command,
            permissive: create.permissive,
            roles: if create.roles.is_empty() {
                vec![Name::new_static("public")]
            } else {
                create.roles.clone()
            },
            using: create.using.as_ref().map(resolve),
            with_check: create.with_check.as_ref().map(resolve),
            origin: at,
        }
    }

    pub(super) fn alter_policy(&mut self, alter: &CreatePolicy, at: Origin) -> Outcome {
        let Some(id) = self.relation_id(&alter.relation, at)? else {
            return Ok(());
        };
        let changed = self.policy(id, alter, at);
        let Some(relation) = self.catalog.relation_mut(id) else {
            return Ok(());
        };
        let mut policies = relation.policies.iter_mut();
        match policies.find(|it| it.name == alter.name) {
            Some(policy) => {
                if !alter.roles.is_empty() {
                    policy.roles = changed.roles;
                }
                policy.using = changed.using.or(policy.using.take());
                policy.with_check = changed.with_check.or(policy.with_check.take());
                policy.origin = at;
                Ok(())
            }
            None if relation.unknown.is_some() => Ok(()),
            None => Err(Problem::no_member(
                at,
                "policy",
                &alter.name,
                &relation.name,
            )),
        }
    }
}

/// Whether two lists of argument types are the same; modifiers do not count.
pub(super) fn same_types(a: &[&DataType], b: &[DataType]) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a.reference == b.reference && a.array == b.array)
}
