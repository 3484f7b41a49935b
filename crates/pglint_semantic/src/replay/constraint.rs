//! NOT NULL, checks and foreign keys; what all constraints have in common.

use super::{Outcome, Problem, Replay, joined, within};
use crate::change::{ConstraintDefinition, ConstraintRequest, ForeignKeyDefinition};
use pglint_catalog::{
    ColumnNumber, Constraint, ConstraintId, ConstraintKind, ForeignKey, IndexId, Name, NotNull,
    NotNullCause, Origin, Relation, RelationId, RelationKind, UnknownTarget,
};
use pglint_syntax::is_unknown_name;

impl Replay {
    /// A constraint of `CREATE TABLE`: one that asks for the same key as an earlier
    /// one adds nothing (`transformIndexConstraints` in `parse_utilcmd.c`). `given` are
    /// the names that the statement gives to its constraints.
    pub(super) fn add_constraint_in_create(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        given: &[Name],
        at: Origin,
    ) -> Outcome {
        if let ConstraintRequest::Unique(key) = &definition.request
            && let Some(same) = self.same_key(id, key, definition)
        {
            if let Some(name) = &definition.name
                && self.is_generated_key_name(id, same, given)
            {
                self.catalog.rename_constraint(id, same, name.clone());
            }
            return Ok(());
        }
        if let ConstraintRequest::Exclusion(exclusion) = &definition.request
            && definition.name.is_none()
            && self.has_same_exclusion(id, exclusion)
        {
            return Ok(());
        }
        self.add_constraint(id, definition, at)
    }

    /// A constraint of a table, for `ALTER TABLE` and `CREATE TABLE`.
    pub(super) fn add_constraint(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        let at = within(at, definition.range);
        if self.merge_with_inherited(id, definition, at) {
            return Ok(());
        }
        if let Some(name) = &definition.name
            && let Some(relation) = self.catalog.relation(id)
            && has_constraint(relation, name)
            && !is_same_not_null(relation, definition)
        {
            self.refuse_index_name(relation, definition, name, at)?;
            let message = format!(
                "constraint \"{name}\" for relation \"{}\" already exists",
                relation.name
            );
            return Err(Problem::exists(at, message));
        }
        match &definition.request {
            ConstraintRequest::NotNull(column) => self.add_not_null(id, column, definition, at),
            ConstraintRequest::PrimaryKey(key) => self.add_key(id, definition, key, true, at),
            ConstraintRequest::Unique(key) => self.add_key(id, definition, key, false, at),
            ConstraintRequest::Check(_) => self.add_check(id, definition, at),
            ConstraintRequest::ForeignKey(key) => self.add_foreign_key(id, definition, key, at),
            ConstraintRequest::Exclusion(exclusion) => {
                self.add_exclusion(id, definition, exclusion, at)
            }
        }
    }

    /// The index of a new key is made before the key.
    fn refuse_index_name(
        &self,
        relation: &Relation,
        definition: &ConstraintDefinition,
        name: &Name,
        at: Origin,
    ) -> Outcome {
        let has_index = match &definition.request {
            ConstraintRequest::PrimaryKey(key) | ConstraintRequest::Unique(key) => {
                key.using_index.is_none()
            }
            ConstraintRequest::Exclusion(_) => true,
            _ => false,
        };
        let is_taken = self
            .catalog
            .named_in_schema(relation.schema, name)
            .is_some();
        match has_index && is_taken {
            true => Err(Problem::relation_exists(at, name)),
            false => Ok(()),
        }
    }

    /// A check that says what a parent's of the same name says becomes the child's
    /// own too (`MergeWithExistingConstraint` in `heap.c`). Whether the expressions
    /// are the same is not looked at.
    fn merge_with_inherited(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> bool {
        let (ConstraintRequest::Check(_), Some(name)) = (&definition.request, &definition.name)
        else {
            return false;
        };
        let Some(relation) = self.catalog.relation_mut(id) else {
            return false;
        };
        let is_partition = relation.is_partition();
        let mut constraints = relation.constraints.iter_mut();
        let present = constraints.find(|it| it.name == *name && it.check().is_some());
        let Some(present) = present.filter(|it| !it.is_local) else {
            return false;
        };
        present.is_local = !is_partition;
        present.origin = at;
        if definition.enforced && !present.enforced {
            present.enforced = true;
            present.validated = true;
        }
        true
    }

    /// What `ALTER TABLE ... ADD NOT NULL` says against a column that is NOT NULL
    /// already (`AdjustNotNullInheritance` in `pg_constraint.c`).
    pub(super) fn refuse_other_not_null(
        &self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        let ConstraintRequest::NotNull(column) = &definition.request else {
            return Ok(());
        };
        let Some(relation) = self.catalog.relation(id).filter(|it| self.is_sure_of(it)) else {
            return Ok(());
        };
        let table = &relation.name;
        let found = relation.column_named(column);
        let Some(present) = found.and_then(|it| it.not_null.as_ref()) else {
            return Ok(());
        };
        let of_present = format!("constraint \"{}\" on relation \"{table}\"", present.name);
        let message = match &definition.name {
            _ if definition.no_inherit != present.no_inherit => {
                format!("cannot change NO INHERIT status of NOT NULL {of_present}")
            }
            _ if definition.validated && !present.validated => {
                format!("incompatible NOT VALID {of_present}")
            }
            Some(name) if *name != present.name => format!(
                "cannot create not-null constraint \"{name}\" on column \"{column}\" of table \"{table}\""
            ),
            _ => return Ok(()),
        };
        Err(Problem::other(
            within(at, definition.range),
            "55000",
            message,
        ))
    }

    fn add_not_null(
        &mut self,
        id: RelationId,
        column: &Name,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        if let Some(number) = self.column_number(id, column, at)? {
            let relation = self.catalog.relation(id);
            if definition.no_inherit
                && !self.lenient
                && relation.is_some_and(|it| it.kind == RelationKind::PartitionedTable)
            {
                let message = "not-null constraints on partitioned tables cannot be NO INHERIT";
                return Err(Problem::other(at, "0A000", message.to_owned()));
            }
            let cause = NotNullCause::NotNull;
            let name = definition.name.clone();
            match definition.no_inherit {
                true => drop(self.make_one_not_null(id, number, name, cause, at)),
                false => self.make_not_null(id, number, name, cause, at),
            }
            if let Some(not_null) = self
                .column_mut(id, number)
                .and_then(|it| it.not_null.as_mut())
            {
                not_null.validated = definition.validated;
                not_null.no_inherit = definition.no_inherit;
            }
        }
        Ok(())
    }

    /// Makes a column NOT NULL, and that of all children, if it is not already.
    pub(super) fn make_not_null(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        name: Option<Name>,
        cause: NotNullCause,
        at: Origin,
    ) {
        let Some(name) = self.make_one_not_null(id, number, name, cause, at) else {
            return;
        };
        let relation = self.catalog.relation(id);
        let column = relation.and_then(|it| it.column(number));
        if let Some(column) = column.map(|it| it.name.clone()) {
            self.not_null_of_children(id, &column, &name, at);
        }
    }

    /// The same without the children; returns the name of a new constraint.
    pub(super) fn make_one_not_null(
        &mut self,
        id: RelationId,
        number: ColumnNumber,
        name: Option<Name>,
        cause: NotNullCause,
        at: Origin,
    ) -> Option<Name> {
        let relation = self.catalog.relation(id)?;
        let column = relation.column(number)?;
        if let Some(mut present) = column.not_null.clone() {
            // What a parent says becomes its own, under the name that it has.
            let becomes_local = !present.is_local && cause != NotNullCause::Inherited;
            if becomes_local || !present.validated {
                present.is_local |= becomes_local;
                present.validated = true;
                present.origin = at;
                present.cause = cause;
                self.catalog.set_not_null(id, number, Some(present));
            }
            None
        } else {
            let name = name.unwrap_or_else(|| {
                let (schema, table) = (relation.schema, &relation.name);
                self.catalog
                    .choose_constraint_name(schema, table, Some(&column.name), "not_null", &[])
                    .into()
            });
            let not_null = NotNull {
                name: name.clone(),
                cause,
                validated: true,
                no_inherit: false,
                origin: at,
                is_local: cause != NotNullCause::Inherited,
                inherited_from: u16::from(cause == NotNullCause::Inherited),
            };
            self.catalog.set_not_null(id, number, Some(not_null));
            Some(name)
        }
    }

    pub(super) fn not_null_of_children(
        &mut self,
        id: RelationId,
        column: &str,
        name: &Name,
        at: Origin,
    ) {
        let children: Vec<(RelationId, ColumnNumber)> = self
            .catalog
            .children(id)
            .filter_map(|child| Some((child.id, child.column_named(column)?.number)))
            .collect();
        for (child, number) in children {
            self.make_not_null(
                child,
                number,
                Some(name.clone()),
                NotNullCause::Inherited,
                at,
            );
        }
    }

    /// A new constraint with what the definition says of all constraints.
    pub(super) fn new_constraint(
        &mut self,
        definition: &ConstraintDefinition,
        name: Name,
        kind: ConstraintKind,
        at: Origin,
    ) -> Constraint {
        Constraint {
            id: ConstraintId(self.catalog.next_id()),
            name,
            kind,
            deferrable: definition.deferrable || definition.initially_deferred,
            initially_deferred: definition.initially_deferred,
            validated: definition.validated && definition.enforced,
            enforced: definition.enforced,
            no_inherit: definition.no_inherit,
            is_local: true,
            inherited_from: 0,
            parent: None,
            origin: at,
            comment: None,
        }
    }

    /// A check's generated name has the column's name when it is about one only
    /// (`AddRelationNewConstraints` in `heap.c`).
    fn add_check(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        let ConstraintRequest::Check(unresolved) = &definition.request else {
            return Ok(());
        };
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        if definition.no_inherit && !self.lenient && relation.kind == RelationKind::PartitionedTable
        {
            let message = format!(
                "cannot add NO INHERIT constraint to partitioned table \"{}\"",
                relation.name
            );
            return Err(Problem::other(at, "42P16", message));
        }
        let check = self.resolve_checked(unresolved, relation, at)?;
        let name = match &definition.name {
            Some(name) => name.clone(),
            None => {
                let system = unresolved.columns.iter().any(|it| is_system_column(it));
                let column = match check.columns()[..] {
                    [only] if !system => relation.column(only).map(|it| it.name.as_str()),
                    _ => None,
                };
                self.catalog
                    .choose_constraint_name(relation.schema, &relation.name, column, "check", &[])
                    .into()
            }
        };
        let constraint =
            self.new_constraint(definition, name, ConstraintKind::Check(Box::new(check)), at);
        self.catalog.add_constraint(id, constraint.clone());
        if !definition.no_inherit {
            let children: Vec<RelationId> = self.catalog.children(id).map(|it| it.id).collect();
            for child in children {
                self.inherit_check(child, id, &constraint);
            }
        }
        Ok(())
    }

    fn add_foreign_key(
        &mut self,
        id: RelationId,
        definition: &ConstraintDefinition,
        key: &ForeignKeyDefinition,
        at: Origin,
    ) -> Outcome {
        let columns = self.key_columns(id, &key.columns, at);
        let in_foreign_key = |problem: Problem| match problem.sqlstate {
            "42703" => {
                let message = problem.message.replace("named in key", IN_FOREIGN_KEY);
                Problem { message, ..problem }
            }
            _ => problem,
        };
        let Some(columns) = columns.map_err(in_foreign_key)? else {
            return Ok(());
        };
        let target = self.relation_or_unknown(&key.target, at)?;
        if let (Some(relation), Some(target)) = (self.catalog.relation(id), target) {
            self.refuse_persistence(relation, target, at)?;
        }
        let (target_columns, target_index) = match target {
            Some(target) => self.referenced_key(target, key, at)?,
            None => (Vec::new(), None),
        };
        if target_index.is_some() && target_columns.len() != columns.len() && !self.lenient {
            let message = "number of referencing and referenced columns for foreign key disagree";
            return Err(Problem::other(at, "42830", message.to_owned()));
        }
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let on_delete_columns = key
            .on_delete_columns
            .iter()
            .filter_map(|name| Some(relation.column_named(name)?.number))
            .collect();
        let foreign_key = ForeignKey {
            columns,
            target,
            unknown_target: target_columns.is_empty().then(|| self.unknown_target(key)),
            target_columns,
            target_index,
            match_type: key.match_type,
            on_delete: key.on_delete,
            on_update: key.on_update,
            on_delete_columns,
        };
        let name = match &definition.name {
            Some(name) => name.clone(),
            None => {
                let label = joined(&key.columns);
                self.catalog
                    .choose_constraint_name(
                        relation.schema,
                        &relation.name,
                        Some(&label),
                        "fkey",
                        &[],
                    )
                    .into()
            }
        };
        let kind = ConstraintKind::ForeignKey(foreign_key);
        let constraint = self.new_constraint(definition, name, kind, at);
        self.catalog.add_constraint(id, constraint.clone());
        self.foreign_key_of_partitions(id, &constraint);
        Ok(())
    }

    /// What a foreign key's clause says of a relation that is not known.
    fn unknown_target(&self, key: &ForeignKeyDefinition) -> Box<UnknownTarget> {
        let name = &key.target.name;
        let schema = name.schema.as_ref().or(self.only_schema());
        let is_text = !is_unknown_name(&name.name);
        Box::new(UnknownTarget {
            schema: schema.filter(|it| is_text && !is_unknown_name(it)).cloned(),
            name: name.name.clone(),
            columns: key.target_columns.clone(),
        })
    }

    /// The columns and unique index that a foreign key references
    /// (`transformFkeyCheckAttrs` and `transformFkeyGetPrimaryKey` in
    /// `tablecmds.c`).
    fn referenced_key(
        &self,
        target: RelationId,
        key: &ForeignKeyDefinition,
        at: Origin,
    ) -> Outcome<(Vec<ColumnNumber>, Option<IndexId>)> {
        let Some(relation) = self.catalog.relation(target) else {
            return Ok((Vec::new(), None));
        };
        let uncertain = self.lenient || !relation.is_fully_known();
        if key.target_columns.is_empty() {
            return match relation.primary_key().and_then(|it| it.key()) {
                Some(primary) => Ok((primary.columns.clone(), Some(primary.index))),
                None if uncertain => Ok((Vec::new(), None)),
                None => {
                    let message = format!(
                        "there is no primary key for referenced table \"{}\"",
                        relation.name
                    );
                    Err(Problem::new(
                        at,
                        "42704",
                        super::ProblemKind::Missing,
                        message,
                    ))
                }
            };
        }
        let mut columns = Vec::new();
        for name in &key.target_columns {
            match self.column_number(target, name, at) {
                Ok(Some(number)) => columns.push(number),
                Err(_) if !uncertain => {
                    return Err(no_key_column(at, name, IN_FOREIGN_KEY));
                }
                _ => return Ok((Vec::new(), None)),
            }
        }
        match unique_index_on(relation, &columns) {
            Some(index) => Ok((columns, Some(index))),
            None if uncertain => Ok((columns, None)),
            None => {
                let message = format!(
                    "there is no unique constraint matching given keys for referenced table \"{}\"",
                    relation.name
                );
                Err(Problem::new(
                    at,
                    "42830",
                    super::ProblemKind::Missing,
                    message,
                ))
            }
        }
    }

    /// The numbers of named columns. `None` when one of them is not known.
    pub(super) fn key_columns(
        &self,
        id: RelationId,
        names: &[Name],
        at: Origin,
    ) -> Outcome<Option<Vec<ColumnNumber>>> {
        let mut numbers = Vec::with_capacity(names.len());
        for name in names {
            match self.column_number(id, name, at) {
                Ok(Some(number)) => numbers.push(number),
                Ok(None) => return Ok(None),
                Err(_) if self.lenient => return Ok(None),
                Err(_) => return Err(no_key_column(at, name, "named in key")),
            }
        }
        Ok(Some(numbers))
    }
}

const IN_FOREIGN_KEY: &str = "referenced in foreign key constraint";

/// `undefined_column` of a key.
fn no_key_column(at: Origin, name: &str, words: &str) -> Problem {
    let message = format!("column \"{name}\" {words} does not exist");
    Problem::new(at, "42703", super::ProblemKind::Missing, message)
}

/// The columns that every table has (the manual, "System Columns").
fn is_system_column(name: &str) -> bool {
    ["tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"].contains(&name)
}

/// Whether the relation has a constraint of that name, NOT NULL included.
pub(super) fn has_constraint(relation: &Relation, name: &str) -> bool {
    relation.constraint_named(name).is_some() || not_null_named(relation, name).is_some()
}

/// Whether it asks for the NOT NULL constraint that the column has, by its name.
fn is_same_not_null(relation: &Relation, definition: &ConstraintDefinition) -> bool {
    let ConstraintRequest::NotNull(column) = &definition.request else {
        return false;
    };
    let found = relation.column_named(column);
    let present = found.and_then(|it| it.not_null.as_ref());
    present.is_some_and(|it| Some(&it.name) == definition.name.as_ref())
}

/// The column whose NOT NULL constraint has that name.
pub(super) fn not_null_named(relation: &Relation, name: &str) -> Option<ColumnNumber> {
    let mut columns = relation.columns.iter();
    let column = columns.find(|it| it.not_null.as_ref().is_some_and(|it| it.name == name))?;
    Some(column.number)
}

/// A unique index on exactly these columns, in any order, without predicate and
/// not deferrable.
fn unique_index_on(relation: &Relation, columns: &[ColumnNumber]) -> Option<IndexId> {
    let fits = |index: &&pglint_catalog::Index| {
        let Some(own) = index.columns() else {
            return false;
        };
        index.unique
            && index.predicate.is_none()
            && own.len() == columns.len()
            && own.iter().all(|it| columns.contains(it))
    };
    // The primary key first, as the list of indexes has it.
    let primary = relation.primary_key().and_then(|it| it.index());
    let primary = primary.and_then(|id| relation.index(id)).filter(fits);
    primary
        .or_else(|| relation.indexes.iter().find(fits))
        .map(|it| it.id)
}
