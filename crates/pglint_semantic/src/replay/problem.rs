//! What a server says when it refuses a change.

use pglint_catalog::{Name, Origin, QualifiedName};

/// Why a change was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The name or clause concerned.
    pub origin: Origin,
    /// PostgreSQL's error code (manual, appendix A).
    pub sqlstate: &'static str,
    /// PostgreSQL's own words.
    pub message: String,
    /// What sort of problem.
    pub kind: ProblemKind,
    /// The relation, type or schema that is there already or is not there, as
    /// written. `None` for problems with anything else, such as a column.
    pub about: Option<QualifiedName>,
}

/// Sorts of problems, as far as callers tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// Something is not there: a later statement may make it.
    Missing,
    /// Something of that name is there already.
    Duplicate,
    /// Something else depends on it.
    Depended,
    /// Anything else.
    Other,
}

impl Problem {
    pub(super) fn new(
        origin: Origin,
        sqlstate: &'static str,
        kind: ProblemKind,
        message: String,
    ) -> Problem {
        Problem {
            origin,
            sqlstate,
            message,
            kind,
            about: None,
        }
    }

    /// The same problem, said to be about that object.
    pub(super) fn about(self, name: &QualifiedName) -> Problem {
        Problem {
            about: Some(name.clone()),
            ..self
        }
    }

    /// `undefined_table`
    pub(super) fn no_relation(origin: Origin, name: &QualifiedName) -> Problem {
        let message = format!("relation \"{name}\" does not exist");
        Problem::new(origin, "42P01", ProblemKind::Missing, message).about(name)
    }

    /// `undefined_column`
    pub(super) fn no_column(origin: Origin, relation: &str, column: &str) -> Problem {
        let message = format!("column \"{column}\" of relation \"{relation}\" does not exist");
        Problem::new(origin, "42703", ProblemKind::Missing, message)
    }

    /// `undefined_column` where the server does not name the relation.
    pub(super) fn no_such_column(origin: Origin, column: &str) -> Problem {
        let message = format!("column \"{column}\" does not exist");
        Problem::new(origin, "42703", ProblemKind::Missing, message)
    }

    /// `undefined_object`
    pub(super) fn no_object(origin: Origin, words: &str, name: &QualifiedName) -> Problem {
        let message = format!("{words} \"{name}\" does not exist");
        Problem::new(origin, "42704", ProblemKind::Missing, message).about(name)
    }

    /// `undefined_object` of something that belongs to a relation.
    pub(super) fn no_member(origin: Origin, words: &str, name: &str, relation: &str) -> Problem {
        let message = format!("{words} \"{name}\" for table \"{relation}\" does not exist");
        Problem::new(origin, "42704", ProblemKind::Missing, message)
    }

    /// `undefined_object` of a constraint.
    pub(super) fn no_constraint(origin: Origin, name: &str, relation: &str) -> Problem {
        let message = format!("constraint \"{name}\" of relation \"{relation}\" does not exist");
        Problem::new(origin, "42704", ProblemKind::Missing, message)
    }

    /// `invalid_schema_name`
    pub(super) fn no_schema(origin: Origin, name: &str) -> Problem {
        let message = format!("schema \"{name}\" does not exist");
        Problem::new(origin, "3F000", ProblemKind::Missing, message)
            .about(&QualifiedName::unqualified(name))
    }

    /// `duplicate_table`
    pub(super) fn relation_exists(origin: Origin, name: &str) -> Problem {
        let message = format!("relation \"{name}\" already exists");
        Problem::new(origin, "42P07", ProblemKind::Duplicate, message)
            .about(&QualifiedName::unqualified(name))
    }

    /// `duplicate_column`
    pub(super) fn column_exists(origin: Origin, relation: &str, column: &Name) -> Problem {
        let message = format!("column \"{column}\" of relation \"{relation}\" already exists");
        Problem::new(origin, "42701", ProblemKind::Duplicate, message)
    }

    /// `duplicate_object`
    pub(super) fn exists(origin: Origin, message: String) -> Problem {
        Problem::new(origin, "42710", ProblemKind::Duplicate, message)
    }

    /// `dependent_objects_still_exist`
    pub(super) fn depended(origin: Origin, what: &str) -> Problem {
        let those = match what {
            "desired object(s)" => "them",
            _ => "it",
        };
        let message = format!("cannot drop {what} because other objects depend on {those}");
        Problem::new(origin, "2BP01", ProblemKind::Depended, message)
    }

    /// Anything else.
    pub(super) fn other(origin: Origin, sqlstate: &'static str, message: String) -> Problem {
        Problem::new(origin, sqlstate, ProblemKind::Other, message)
    }
}
