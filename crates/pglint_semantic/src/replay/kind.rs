//! What a server refuses because of what an object is: a view that is no table, a
//! table without partitions.
//!
//! Nothing is refused here where the object is not fully known.

use super::constraint::not_null_named;
use super::{Outcome, Problem, Replay};
use crate::change::{AlterTableCommand as Command, CreateTrigger};
use pglint_catalog::{
    Column, ColumnNumber, DataType, Name, Origin, Persistence, Relation, RelationId, RelationKind,
    TypeKind,
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

    /// What `ALTER CONSTRAINT` changes of which sort of constraint
    /// (`ATExecAlterConstraint` in `tablecmds.c`).
    pub(super) fn refuse_to_alter_constraint(
        &self,
        id: RelationId,
        name: &Name,
        command: &Command,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|it| self.is_sure_of(it)) else {
            return Ok(());
        };
        let Command::AlterConstraint {
            deferrability,
            enforced,
            no_inherit,
            ..
        } = command
        else {
            return Ok(());
        };
        let constraint = relation.constraint_named(name);
        let is_foreign_key = constraint.is_some_and(|it| it.foreign_key().is_some());
        let is_not_null = constraint.is_none() && not_null_named(relation, name).is_some();
        if constraint.is_none() && !is_not_null {
            return Err(Problem::no_constraint(at, name, &relation.name));
        }
        let of_relation = format!("constraint \"{name}\" of relation \"{}\"", relation.name);
        let message = if deferrability.is_some() && !is_foreign_key {
            format!("{of_relation} is not a foreign key constraint")
        } else if enforced.is_some() && !is_foreign_key {
            format!("cannot alter enforceability of {of_relation}")
        } else if no_inherit.is_some() && !is_not_null {
            format!("{of_relation} is not a not-null constraint")
        } else {
            return Ok(());
        };
        Err(Problem::other(at, WRONG_TYPE, message))
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

    /// Neither keys nor indexes are on virtual generated columns (`DefineIndex` in
    /// `indexcmds.c`).
    pub(super) fn refuse_virtual(
        &self,
        relation: &Relation,
        columns: &[ColumnNumber],
        what: &str,
        at: Origin,
    ) -> Outcome {
        let is_virtual = |it: &ColumnNumber| {
            let generated = relation.column(*it).and_then(|it| it.generated.as_ref());
            generated.is_some_and(|it| !it.stored)
        };
        match columns.iter().any(is_virtual) && !self.lenient {
            true => {
                let message = format!("{what} on virtual generated columns are not supported");
                Err(Problem::other(at, "0A000", message))
            }
            false => Ok(()),
        }
    }

    /// A foreign key does not lead to a table that goes away sooner
    /// (`ATAddForeignKeyConstraint` in `tablecmds.c`).
    pub(super) fn refuse_persistence(
        &self,
        relation: &Relation,
        target: RelationId,
        at: Origin,
    ) -> Outcome {
        let Some(target) = self.catalog.relation(target).filter(|_| !self.lenient) else {
            return Ok(());
        };
        let (own, others) = match (relation.persistence, target.persistence) {
            (Persistence::Permanent, Persistence::Unlogged | Persistence::Temporary) => {
                ("permanent", "permanent")
            }
            (Persistence::Unlogged, Persistence::Temporary) => {
                ("unlogged", "permanent or unlogged")
            }
            (Persistence::Temporary, Persistence::Permanent | Persistence::Unlogged) => {
                ("temporary", "temporary")
            }
            _ => return Ok(()),
        };
        let message = format!("constraints on {own} tables may reference only {others} tables");
        Err(Problem::other(at, "42P16", message))
    }

    /// A permanent child of a temporary parent, and the reverse for partitions
    /// (`MergeAttributes` and `ATExecAttachPartition` in `tablecmds.c`).
    pub(super) fn refuse_temporary_parent(
        &self,
        child: Persistence,
        parent: RelationId,
        of_partition: Option<&str>,
        at: Origin,
    ) -> Outcome {
        let Some(parent) = self.catalog.relation(parent).filter(|_| !self.lenient) else {
            return Ok(());
        };
        let is_temporary = |it| it == Persistence::Temporary;
        let name = &parent.name;
        let message = match (
            is_temporary(child),
            is_temporary(parent.persistence),
            of_partition,
        ) {
            (false, true, None) => format!("cannot inherit from temporary relation \"{name}\""),
            (false, true, Some(verb)) => format!(
                "cannot {verb} a permanent relation as partition of temporary relation \"{name}\""
            ),
            (true, false, Some(verb)) => format!(
                "cannot {verb} a temporary relation as partition of permanent relation \"{name}\""
            ),
            _ => return Ok(()),
        };
        Err(Problem::other(at, WRONG_TYPE, message))
    }

    /// `DROP EXPRESSION` and `SET EXPRESSION` (`ATExecDropExpression` in
    /// `tablecmds.c`).
    pub(super) fn refuse_expression(
        &self,
        id: RelationId,
        number: ColumnNumber,
        command: &Command,
        at: Origin,
    ) -> Outcome {
        let Some(relation) = self.catalog.relation(id).filter(|it| self.is_sure_of(it)) else {
            return Ok(());
        };
        let Some(column) = relation.column(number) else {
            return Ok(());
        };
        let drops = matches!(command, Command::DropExpression(..));
        match &column.generated {
            Some(generated) if drops && !generated.stored => {
                let message =
                    "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns";
                Err(Problem::other(at, "0A000", message.to_owned()))
            }
            Some(_) => Ok(()),
            None if matches!(command, Command::DropExpression(_, true)) => Ok(()),
            None => {
                let (name, table) = (&column.name, &relation.name);
                let message =
                    format!("column \"{name}\" of relation \"{table}\" is not a generated column");
                Err(Problem::other(at, "55000", message))
            }
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

    /// Parents that have different types for one column, or different values.
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
        let kind = |it: &Column| it.generated.as_ref().map(|it| it.stored);
        let other_generation = parent.columns.iter().find(|column| {
            let own = child.column_named(&column.name);
            own.is_some_and(|own| kind(own) != kind(column))
        });
        let (column, what) = match (conflict, other_generation) {
            _ if self.lenient => return Ok(()),
            (Some(column), _) => (column, "type"),
            (None, Some(column)) => (column, "generation"),
            (None, None) => return Ok(()),
        };
        let message = format!("inherited column \"{}\" has a {what} conflict", column.name);
        Err(Problem::other(at, "42804", message))
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
