//! What a server refuses because of what an object is: a view that is no table, a
//! table without partitions.
//!
//! Nothing is refused here where the object is not fully known.

use super::constraint::not_null_named;
use super::{Outcome, Problem, Replay};
use crate::change::{
    AlterTableCommand as Command, ColumnDefinition, ConstraintDefinition,
    ConstraintRequest as Request, CreateTrigger,
};
use pglint_catalog::{
    Column, ColumnNumber, DataType, Name, Origin, Relation, RelationId, RelationKind, TypeKind,
};

/// `wrong_object_type`
const WRONG_TYPE: &str = "42809";

impl Replay {
    /// Whether what the catalog says about a relation is enough to refuse something.
    pub(super) fn is_sure_of(&self, relation: &Relation) -> bool {
        !self.lenient && relation.is_fully_known()
    }

    /// `DROP VIEW` of a table and the like (`DropErrorMsgWrongType` in
    /// `tablecmds.c`); also for `COMMENT` and the statements that rename and move.
    pub(super) fn refuse_other_kind(
        &self,
        relation: &Relation,
        wanted: RelationKind,
        at: Origin,
    ) -> Outcome {
        let is_same = relation.kind == wanted || relation.kind.is_table() && wanted.is_table();
        match is_same || !self.is_sure_of(relation) {
            true => Ok(()),
            false => Err(not_a(&relation.name, wanted.words(), at)),
        }
    }

    /// Commands that are not for every kind of relation (`ATSimplePermissions` in
    /// `tablecmds.c`).
    pub(super) fn refuse_command(&self, id: RelationId, command: &Command, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let is_allowed = match (relation.kind, command) {
            (
                RelationKind::Table | RelationKind::ForeignTable,
                Command::AttachPartition(..) | Command::DetachPartition(_),
            ) => false,
            (RelationKind::View, Command::SetDefault(..)) => true,
            (
                RelationKind::View | RelationKind::MaterializedView | RelationKind::Sequence,
                Command::SetOptions(_) | Command::ResetOptions(_) | Command::SetLogged(_),
            ) => true,
            (RelationKind::View | RelationKind::MaterializedView | RelationKind::Sequence, _) => {
                false
            }
            _ => true,
        };
        if is_allowed || !self.is_sure_of(relation) {
            return Ok(());
        }
        let message = format!(
            "ALTER action {} cannot be performed on relation \"{}\"",
            words(command),
            relation.name
        );
        Err(Problem::other(at, WRONG_TYPE, message))
    }

    /// A unique index of a partitioned table has all columns of its key
    /// (`DefineIndex` in `indexcmds.c`).
    pub(super) fn refuse_part_of_key(
        &self,
        relation: &Relation,
        columns: &[ColumnNumber],
        at: Origin,
    ) -> Outcome {
        let Some(key) = &relation.partition_key else {
            return Ok(());
        };
        let has = |it: &Option<ColumnNumber>| it.is_none_or(|it| columns.contains(&it));
        if !self.is_sure_of(relation) || key.columns.iter().all(has) {
            return Ok(());
        }
        let message =
            "unique constraint on partitioned table must include all partitioning columns";
        Err(Problem::other(at, "0A000", message.to_owned()))
    }

    /// `DROP COLUMN` and `ALTER COLUMN ... TYPE` of a column of the partition key.
    pub(super) fn refuse_partition_column(
        &self,
        id: RelationId,
        number: ColumnNumber,
        verb: &str,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id) else {
            return Ok(());
        };
        let (Some(key), Some(column)) = (&relation.partition_key, relation.column(number)) else {
            return Ok(());
        };
        if self.lenient || !key.columns.contains(&Some(number)) {
            return Ok(());
        }
        let message = format!(
            "cannot {verb} column \"{}\" because it is part of the partition key of relation \"{}\"",
            column.name, relation.name
        );
        Err(Problem::other(at, "42P16", message))
    }

    /// No row holds rows of its own type (`CheckAttributeType` in `heap.c`).
    pub(super) fn refuse_own_row(&self, id: RelationId, of: &DataType, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|_| !self.lenient) else {
            return Ok(());
        };
        match self.holds(of, id) {
            true => {
                let name = &relation.name;
                let message = format!("composite type {name} cannot be made a member of itself");
                Err(Problem::other(at, "42P16", message))
            }
            false => Ok(()),
        }
    }

    /// Whether a value of the type can hold a row of the relation. No type of the
    /// catalog holds itself, so this ends.
    fn holds(&self, of: &DataType, row: RelationId) -> bool {
        let found = of.element_id().and_then(|it| self.catalog.data_type(it));
        match found.map(|it| &it.kind) {
            Some(TypeKind::Composite(id)) if *id == row => true,
            Some(TypeKind::Composite(id)) => {
                let columns = self.catalog.relation(*id).map(|it| it.columns.iter());
                let mut columns = columns.into_iter().flatten();
                columns.any(|it| self.holds(&it.data_type, row))
            }
            Some(TypeKind::Domain(domain)) => self.holds(&domain.base, row),
            _ => false,
        }
    }

    /// Only foreign keys become deferrable later (`ATExecAlterConstraint` in
    /// `tablecmds.c`).
    pub(super) fn refuse_to_defer(&self, id: RelationId, name: &Name, at: Origin) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|_| !self.lenient) else {
            return Ok(());
        };
        let of_table = relation.constraint_named(name);
        let is_other = match of_table {
            Some(constraint) => constraint.foreign_key().is_none(),
            None => not_null_named(relation, name).is_some(),
        };
        match is_other {
            true => {
                let message = format!(
                    "constraint \"{name}\" of relation \"{}\" is not a foreign key constraint",
                    relation.name
                );
                Err(Problem::other(at, WRONG_TYPE, message))
            }
            false => Ok(()),
        }
    }

    /// What `ONLY` cannot be said of a table that has partitions.
    pub(super) fn refuse_without_partitions(
        &self,
        id: RelationId,
        what: &str,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|it| self.is_sure_of(it)) else {
            return Ok(());
        };
        let has_partitions =
            relation.partition_key.is_some() && self.catalog.children(id).next().is_some();
        match has_partitions {
            true => {
                let message =
                    format!("cannot {what} only the partitioned table when partitions exist");
                Err(Problem::other(at, "42P16", message))
            }
            false => Ok(()),
        }
    }

    /// Whether `ONLY` leaves out children.
    fn has_children(&self, id: RelationId) -> bool {
        !self.lenient && self.catalog.children(id).next().is_some()
    }

    /// `ALTER TABLE ONLY ... ADD COLUMN`.
    pub(super) fn refuse_column_of_one(
        &self,
        id: RelationId,
        definition: &ColumnDefinition,
        at: Origin,
    ) -> Outcome {
        let relation = self.catalog.relation(id);
        let is_new = relation.is_some_and(|it| it.column_named(&definition.name).is_none());
        match is_new && self.has_children(id) {
            true => {
                let message = "column must be added to child tables too".to_owned();
                Err(Problem::other(at, "42P16", message))
            }
            false => Ok(()),
        }
    }

    /// `ALTER TABLE ONLY ... ADD CONSTRAINT` of what children must have too.
    pub(super) fn refuse_constraint_of_one(
        &self,
        id: RelationId,
        definition: &ConstraintDefinition,
        at: Origin,
    ) -> Outcome {
        let is_for_children = match &definition.request {
            Request::Check(_) | Request::NotNull(_) => !definition.no_inherit,
            _ => false,
        };
        match definition.only && is_for_children && self.has_children(id) {
            true => self.refuse_constraint_without_children(at),
            false => Ok(()),
        }
    }

    /// `ALTER TABLE ONLY ... SET NOT NULL` of a partitioned table; without
    /// partitions it is `NO INHERIT`.
    pub(super) fn refuse_not_null_of_one(&self, id: RelationId, at: Origin) -> Outcome {
        let relation = self.catalog.relation(id);
        let is_partitioned = relation.is_some_and(|it| it.partition_key.is_some());
        match is_partitioned && self.has_children(id) {
            true => self.refuse_constraint_without_children(at),
            false => Ok(()),
        }
    }

    fn refuse_constraint_without_children(&self, at: Origin) -> Outcome {
        let message = "constraint must be added to child tables too".to_owned();
        Err(Problem::other(at, "42P16", message))
    }

    /// `INHERIT` (`ATExecAddInherit` in `tablecmds.c`).
    pub(super) fn refuse_new_parent(&self, parent: RelationId, at: Origin) -> Outcome {
        let is_partition = self.catalog.relation(parent);
        let is_partition = is_partition.is_some_and(|it| self.is_sure_of(it) && it.is_partition());
        if is_partition {
            let message = "cannot inherit from a partition".to_owned();
            return Err(Problem::other(at, WRONG_TYPE, message));
        }
        self.refuse_parent(parent, false, at)
    }

    /// Row triggers of views are `INSTEAD OF`, and only they
    /// (`CreateTriggerFiringOn` in `trigger.c`).
    pub(super) fn refuse_trigger(
        &self,
        relation: &Relation,
        create: &CreateTrigger,
        at: Origin,
    ) -> Outcome {
        let name = &relation.name;
        let timing = create.clauses.event.get(..7).unwrap_or_default();
        let is_instead = timing.eq_ignore_ascii_case("instead");
        let message = match relation.kind {
            RelationKind::Sequence | RelationKind::MaterializedView => {
                format!("relation \"{name}\" cannot have triggers")
            }
            RelationKind::View if create.row && !is_instead => format!("\"{name}\" is a view"),
            RelationKind::Table | RelationKind::PartitionedTable if is_instead => {
                format!("\"{name}\" is a table")
            }
            _ => return Ok(()),
        };
        match self.is_sure_of(relation) {
            true => Err(Problem::other(at, WRONG_TYPE, message)),
            false => Ok(()),
        }
    }

    /// What cannot have children by `INHERITS` or `INHERIT`, or by `PARTITION OF`
    /// (`MergeAttributes` in `tablecmds.c`).
    pub(super) fn refuse_parent(
        &self,
        parent: RelationId,
        of_partition: bool,
        at: Origin,
    ) -> Outcome {
        let Some(parent) = self.catalog.relation(parent) else {
            return Ok(());
        };
        let name = &parent.name;
        let is_partitioned = parent.partition_key.is_some();
        let (code, message) = match parent.kind {
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => {
                match (of_partition, is_partitioned) {
                    (true, false) => ("42P17", format!("\"{name}\" is not partitioned")),
                    (false, true) => {
                        let message = format!("cannot inherit from partitioned table \"{name}\"");
                        (WRONG_TYPE, message)
                    }
                    (false, false) if parent.is_partition() => (
                        WRONG_TYPE,
                        format!("cannot inherit from partition \"{name}\""),
                    ),
                    _ => return Ok(()),
                }
            }
            _ if of_partition => ("42P17", format!("\"{name}\" is not partitioned")),
            _ => {
                let message =
                    format!("inherited relation \"{name}\" is not a table or foreign table");
                (WRONG_TYPE, message)
            }
        };
        match self.is_sure_of(parent) {
            true => Err(Problem::other(at, code, message)),
            false => Ok(()),
        }
    }

    /// Parents that have different types for one column.
    pub(super) fn refuse_conflict(
        &self,
        child: &Relation,
        parent: &Relation,
        at: Origin,
    ) -> Outcome {
        let conflict = parent.columns.iter().find(|column| {
            let own = child.column_named(&column.name);
            own.is_some_and(|own| is_other_type(own, column))
        });
        match conflict.filter(|_| !self.lenient) {
            Some(column) => {
                let message = format!("inherited column \"{}\" has a type conflict", column.name);
                Err(Problem::other(at, "42804", message))
            }
            None => Ok(()),
        }
    }

    /// `ALTER TABLE ... [NO] INHERIT` is for plain tables only.
    pub(super) fn refuse_child(&self, child: RelationId, at: Origin) -> Outcome {
        let message = match self.catalog.relation(child) {
            _ if self.lenient => return Ok(()),
            Some(it) if it.is_partition() => "cannot change inheritance of a partition",
            Some(it) if it.partition_key.is_some() => {
                "cannot change inheritance of partitioned table"
            }
            _ => return Ok(()),
        };
        Err(Problem::other(at, WRONG_TYPE, message.to_owned()))
    }

    /// A child has all columns and checks of a parent that it gets later
    /// (`MergeAttributesIntoExisting` in `tablecmds.c`).
    pub(super) fn refuse_unlike(
        &self,
        child: RelationId,
        parent: RelationId,
        at: Origin,
    ) -> Outcome {
        let (Some(child), Some(parent)) =
            (self.catalog.relation(child), self.catalog.relation(parent))
        else {
            return Ok(());
        };
        if !self.is_sure_of(child) || !self.is_sure_of(parent) {
            return Ok(());
        }
        let unlike = |message| Err(Problem::other(at, "42804", message));
        for column in &parent.columns {
            let name = &column.name;
            let Some(own) = child.column_named(name) else {
                return unlike(format!("child table is missing column \"{name}\""));
            };
            if is_other_type(own, column) {
                let table = &child.name;
                return unlike(format!(
                    "child table \"{table}\" has different type for column \"{name}\""
                ));
            }
            let is_required = |it: &Column| it.not_null.as_ref().is_some_and(|it| !it.no_inherit);
            if is_required(column) && own.not_null.is_none() {
                let table = &child.name;
                return unlike(format!(
                    "column \"{name}\" in child table \"{table}\" must be marked NOT NULL"
                ));
            }
        }
        for (check, _) in parent.checks().filter(|(it, _)| !it.no_inherit) {
            if child.constraint_named(&check.name).is_none() {
                return unlike(format!(
                    "child table is missing constraint \"{}\"",
                    check.name
                ));
            }
        }
        Ok(())
    }
}

/// Whether two columns surely have other types or modifiers.
pub(super) fn is_other_type(one: &Column, other: &Column) -> bool {
    let (one, other) = (&one.data_type, &other.data_type);
    let are_known = one.element_id().is_some() && other.element_id().is_some();
    are_known && one != other
}

/// `wrong_object_type` in its most common words.
pub(super) fn not_a(name: &Name, words: &str, at: Origin) -> Problem {
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    let message = format!("\"{name}\" is not {article} {words}");
    Problem::other(at, WRONG_TYPE, message)
}

/// A command as the server's messages call it (`alter_table_type_to_string` in
/// `tablecmds.c`).
fn words(command: &Command) -> &'static str {
    match command {
        Command::AddColumn(..) => "ADD COLUMN",
        Command::DropColumn { .. } => "DROP COLUMN",
        Command::SetDefault(..) => "ALTER COLUMN ... SET DEFAULT",
        Command::SetNotNull(_) => "ALTER COLUMN ... SET NOT NULL",
        Command::DropNotNull(_) => "ALTER COLUMN ... DROP NOT NULL",
        Command::SetExpression(..) => "ALTER COLUMN ... SET EXPRESSION",
        Command::DropExpression(..) => "ALTER COLUMN ... DROP EXPRESSION",
        Command::AlterType { .. } => "ALTER COLUMN ... SET DATA TYPE",
        Command::AddConstraint(_) => "ADD CONSTRAINT",
        Command::DropConstraint { .. } => "DROP CONSTRAINT",
        Command::ValidateConstraint(_) => "VALIDATE CONSTRAINT",
        Command::AlterConstraint { .. } => "ALTER CONSTRAINT",
        Command::AddIdentity(..) => "ALTER COLUMN ... ADD IDENTITY",
        Command::SetIdentity(..) => "ALTER COLUMN ... SET",
        Command::DropIdentity(..) => "ALTER COLUMN ... DROP IDENTITY",
        Command::RowSecurity(true) => "ENABLE ROW SECURITY",
        Command::RowSecurity(false) => "DISABLE ROW SECURITY",
        Command::ForceRowSecurity(true) => "FORCE ROW SECURITY",
        Command::ForceRowSecurity(false) => "NO FORCE ROW SECURITY",
        Command::Inherit(_) => "INHERIT",
        Command::NoInherit(_) => "NO INHERIT",
        Command::AttachPartition(..) => "ATTACH PARTITION",
        Command::DetachPartition(_) => "DETACH PARTITION",
        Command::SetLogged(true) => "SET LOGGED",
        Command::SetLogged(false) => "SET UNLOGGED",
        Command::SetOptions(_) => "SET",
        Command::ResetOptions(_) => "RESET",
    }
}
