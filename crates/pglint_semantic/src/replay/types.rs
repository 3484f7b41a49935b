//! Enums, domains, other types.

use super::object::Found;
use super::resolve::NO_COLUMNS;
use super::{Outcome, Problem, ProblemKind, Replay, within};
use crate::change::{
    AlterEnum, ConstraintDefinition, ConstraintRequest, CreateDomain, DomainCommand, NewType,
    ObjectKind, Target,
};
use pglint_catalog::{
    Constraint, ConstraintKind, Domain, Lookup, Name, NotNull, NotNullCause, ObjectId, Origin,
    Persistence, QualifiedName, SchemaId, Type, TypeCategory, TypeId, TypeKind,
};

impl Replay {
    fn new_type(
        &mut self,
        name: &QualifiedName,
        kind: TypeKind,
        category: char,
        at: Origin,
    ) -> Outcome {
        let schema = self.creation_schema(name, Persistence::Permanent, at)?;
        let id = TypeId(self.catalog.next_id());
        if let Some(present) = self.type_in_schema(schema, &name.name) {
            let is_shell = self
                .catalog
                .data_type(present)
                .is_some_and(|it| matches!(it.kind, TypeKind::Shell));
            if !is_shell {
                let message = format!("type \"{}\" already exists", name.name);
                return Err(Problem::exists(at, message).about(name));
            }
            if let Some(shell) = self.catalog.type_mut(present) {
                shell.kind = kind;
                shell.category = TypeCategory(category);
                shell.origin = Some(at);
            }
            return Ok(());
        }
        self.catalog.insert_type(Type {
            id,
            schema,
            name: name.name.clone(),
            kind,
            category: TypeCategory(category),
            origin: Some(at),
            extension: None,
            comment: None,
        });
        Ok(())
    }

    /// A relation has a row type of its own name, for which another type leaves no
    /// room (`heap_create_with_catalog` in `heap.c`).
    pub(super) fn refuse_row_type(&self, schema: SchemaId, name: &str, at: Origin) -> Outcome {
        let is_taken = self.type_in_schema(schema, name).is_some() && !self.lenient;
        match is_taken && schema != SchemaId::PG_TEMP {
            true => {
                let message = format!("type \"{name}\" already exists");
                Err(Problem::exists(at, message).about(&QualifiedName::unqualified(name)))
            }
            false => Ok(()),
        }
    }

    fn type_in_schema(&self, schema: SchemaId, name: &str) -> Option<TypeId> {
        let schema = self.catalog.schema(schema)?;
        let found = self
            .catalog
            .lookup_type(Some(&schema.name), name, &self.search_path)
            .found()?;
        Some(found.id)
    }

    pub(super) fn create_enum(
        &mut self,
        name: &QualifiedName,
        labels: &[Name],
        at: Origin,
    ) -> Outcome {
        self.new_type(name, TypeKind::Enum(labels.to_vec()), 'E', at)
    }

    pub(super) fn alter_enum(&mut self, alter: &AlterEnum, at: Origin) -> Outcome {
        let schema = alter.name.schema.as_deref();
        let found = self
            .catalog
            .lookup_type(schema, &alter.name.name, &self.search_path);
        let id = match found.map(|it| it.id) {
            Lookup::Found(id) => id,
            Lookup::Unknown => return Ok(()),
            Lookup::Missing => return Err(Problem::no_object(at, "type", &alter.name)),
        };
        let Some(found) = self.catalog.type_mut(id) else {
            return Ok(());
        };
        let TypeKind::Enum(labels) = &mut found.kind else {
            let message = format!("{} is not an enum", alter.name);
            return Err(Problem::other(at, "42809", message));
        };
        if let Some(old) = alter.old.as_ref().filter(|it| !labels.contains(it)) {
            let message = format!("\"{old}\" is not an existing enum label");
            return Err(Problem::new(at, "22023", ProblemKind::Missing, message));
        }
        let exists = labels.contains(&alter.new);
        if exists && alter.if_not_exists {
            return Ok(());
        }
        if exists {
            let message = format!("enum label \"{}\" already exists", alter.new);
            return Err(Problem::exists(at, message));
        }
        let wanted = alter
            .old
            .as_ref()
            .or(alter.neighbor.as_ref().map(|it| &it.0));
        let place = match wanted {
            Some(label) => match labels.iter().position(|it| it == label) {
                Some(place) => place,
                None => {
                    let message = format!("\"{label}\" is not an existing enum label");
                    return Err(Problem::new(at, "22023", ProblemKind::Missing, message));
                }
            },
            None => labels.len(),
        };
        match (&alter.old, &alter.neighbor) {
            (Some(_), _) => labels[place] = alter.new.clone(),
            (None, Some((_, true))) => labels.insert(place + 1, alter.new.clone()),
            (None, _) => labels.insert(place, alter.new.clone()),
        }
        Ok(())
    }

    pub(super) fn create_domain(&mut self, create: &CreateDomain, at: Origin) -> Outcome {
        let base = self.resolve_type(&create.data_type, at)?;
        let category = base
            .scalar_id()
            .and_then(|id| self.catalog.data_type(id))
            .map_or('U', |it| it.category.0);
        let mut domain = Domain {
            base,
            collation: create.collation.clone(),
            not_null: None,
            default: create
                .default
                .as_ref()
                .map(|it| self.resolve_expression(it, &NO_COLUMNS)),
            checks: Vec::new(),
        };
        for definition in &create.constraints {
            self.add_domain_constraint(&mut domain, &create.name.name, definition, at);
        }
        self.new_type(
            &create.name,
            TypeKind::Domain(Box::new(domain)),
            category,
            at,
        )
    }

    fn add_domain_constraint(
        &mut self,
        domain: &mut Domain,
        domain_name: &str,
        definition: &ConstraintDefinition,
        at: Origin,
    ) {
        let at = within(at, definition.range);
        let taken: Vec<Name> = domain.checks.iter().map(|it| it.name.clone()).collect();
        let choose = |label: &str| -> Name {
            let chosen = self.catalog.choose_constraint_name(
                SchemaId::PG_TEMP,
                domain_name,
                None,
                label,
                &taken,
            );
            definition.name.clone().unwrap_or(chosen.into())
        };
        match &definition.request {
            // Another one adds nothing.
            ConstraintRequest::NotNull(_) if domain.not_null.is_some() => {}
            ConstraintRequest::NotNull(_) => {
                domain.not_null = Some(domain_not_null(choose("not_null"), at));
            }
            ConstraintRequest::Check(check) => {
                let name = choose("check");
                let kind =
                    ConstraintKind::Check(Box::new(self.resolve_expression(check, &NO_COLUMNS)));
                let constraint: Constraint = self.new_constraint(definition, name, kind, at);
                domain.checks.push(constraint);
            }
            _ => {}
        }
    }

    pub(super) fn alter_domain(
        &mut self,
        name: &QualifiedName,
        command: &DomainCommand,
        at: Origin,
    ) -> Outcome {
        let Some(id) = self.type_named(name, ObjectKind::Domain, at)? else {
            return Ok(());
        };
        let Some(TypeKind::Domain(mut domain)) =
            self.catalog.data_type(id).map(|it| it.kind.clone())
        else {
            let message = format!("{} is not a domain", name.name);
            return Err(Problem::other(at, "42809", message));
        };
        match command {
            DomainCommand::SetDefault(default) => {
                domain.default = default
                    .as_ref()
                    .map(|it| self.resolve_expression(it, &NO_COLUMNS));
            }
            DomainCommand::SetNotNull if domain.not_null.is_some() => {}
            DomainCommand::SetNotNull => {
                let chosen = format!("{}_not_null", name.name);
                domain.not_null = Some(domain_not_null(chosen.into(), at));
            }
            DomainCommand::DropNotNull => domain.not_null = None,
            DomainCommand::AddConstraint(definition) => {
                self.add_domain_constraint(&mut domain, &name.name, definition, at);
            }
            DomainCommand::DropConstraint(constraint, if_exists) => {
                let before = domain.checks.len();
                domain.checks.retain(|it| it.name != *constraint);
                if domain
                    .not_null
                    .as_ref()
                    .is_some_and(|it| it.name == *constraint)
                {
                    domain.not_null = None;
                } else if domain.checks.len() == before && !if_exists {
                    let message = format!(
                        "constraint \"{constraint}\" of domain \"{}\" does not exist",
                        name.name
                    );
                    return Err(Problem::new(at, "42704", ProblemKind::Missing, message));
                }
            }
            DomainCommand::ValidateConstraint(constraint) => {
                for check in domain.checks.iter_mut().filter(|it| it.name == *constraint) {
                    check.validated = true;
                }
            }
        }
        if let Some(found) = self.catalog.type_mut(id) {
            found.kind = TypeKind::Domain(domain);
        }
        Ok(())
    }

    pub(super) fn create_type(
        &mut self,
        name: &QualifiedName,
        sort: &NewType,
        at: Origin,
    ) -> Outcome {
        match sort {
            NewType::Base => self.new_type(name, TypeKind::Base, 'U', at),
            NewType::Shell => self.new_type(name, TypeKind::Shell, 'P', at),
            NewType::Range {
                options,
                multirange,
            } => {
                self.new_type(name, TypeKind::Range(options.clone()), 'R', at)?;
                let schema = self.creation_schema(name, Persistence::Permanent, at)?;
                let Some(range) = self.type_in_schema(schema, &name.name) else {
                    return Ok(());
                };
                let multirange = multirange.clone().unwrap_or_else(|| QualifiedName {
                    name: multirange_name(&name.name),
                    ..name.clone()
                });
                self.new_type(&multirange, TypeKind::Multirange(range), 'R', at)
            }
        }
    }

    fn type_named(
        &self,
        name: &QualifiedName,
        kind: ObjectKind,
        at: Origin,
    ) -> Outcome<Option<TypeId>> {
        let target = Target {
            kind,
            name: name.clone(),
            member: None,
            arguments: None,
            range: at.range,
        };
        match self.find(&target, at)? {
            Found::Object(ObjectId::Type(id)) => Ok(Some(id)),
            _ => Ok(None),
        }
    }
}

/// The name of a multirange type that is not given one (`makeMultirangeTypeName` in
/// `pg_type.c`).
fn multirange_name(range: &str) -> Name {
    match range.find("range") {
        Some(at) => format!("{}multi{}", &range[..at], &range[at..]).into(),
        None => format!("{range}_multirange").into(),
    }
}

fn domain_not_null(name: Name, origin: Origin) -> NotNull {
    NotNull {
        name,
        cause: NotNullCause::NotNull,
        validated: true,
        no_inherit: false,
        origin,
        is_local: true,
        inherited_from: 0,
    }
}
