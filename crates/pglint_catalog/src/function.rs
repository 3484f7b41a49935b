//! Functions, procedures and aggregates.

use crate::{DataType, Expression, FunctionId, Name, Origin, SchemaId};
use pglint_text::TextSize;

/// A function (`pg_proc`); its identity is its name and its input arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its id.
    pub id: FunctionId,
    /// Its schema.
    pub schema: SchemaId,
    /// Its name.
    pub name: Name,
    /// What sort of routine.
    pub kind: FunctionKind,
    /// All arguments in order, outputs too.
    pub arguments: Vec<Argument>,
    /// What it returns. `None` for a procedure, for `RETURNS TABLE` and when
    /// only output arguments say it.
    pub returns: Option<DataType>,
    /// `SETOF` or `RETURNS TABLE`.
    pub returns_set: bool,
    /// `sql`, `plpgsql`, ... lower case.
    pub language: Name,
    /// Its volatility; `Volatile` when not written.
    pub volatility: Volatility,
    /// `SECURITY DEFINER`.
    pub security_definer: bool,
    /// `STRICT`.
    pub strict: bool,
    /// `SET name = value`, as `search_path=public`.
    pub configuration: Vec<Name>,
    /// The source text. `None` for `BEGIN ATOMIC` bodies, aggregates and C functions.
    pub body: Option<Name>,
    /// Where the source text begins in the statement of `origin`. `None` where it does
    /// not stand there as it is.
    pub body_start: Option<TextSize>,
    /// The options of an aggregate, or a `BEGIN ATOMIC` or `RETURN` body, as written.
    pub definition: Option<Name>,
    /// Options that say how it may be planned, as written: `PARALLEL SAFE`, `COST 10`.
    pub planner_options: Vec<Name>,
    /// Words that begin DDL in its body (`create`, `alter`, `drop`, `execute`),
    /// lower case: when there are any, a call changes the schema in ways that
    /// replay does not follow.
    pub ddl_words: Vec<Name>,
    /// Its name where it was made or last replaced. `None` for one of an
    /// extension.
    pub origin: Option<Origin>,
    /// The extension it belongs to.
    pub extension: Option<Name>,
    /// `COMMENT ON FUNCTION`.
    pub comment: Option<Name>,
}

/// What sort of routine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// A function.
    Function,
    /// A procedure.
    Procedure,
    /// An aggregate.
    Aggregate,
    /// A window function.
    Window,
}

impl FunctionKind {
    /// `pg_proc.prokind`.
    pub fn letter(self) -> char {
        match self {
            FunctionKind::Function => 'f',
            FunctionKind::Procedure => 'p',
            FunctionKind::Aggregate => 'a',
            FunctionKind::Window => 'w',
        }
    }
}

/// Whether a function's result can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Volatility {
    /// `IMMUTABLE`.
    Immutable,
    /// `STABLE`.
    Stable,
    /// `VOLATILE`.
    Volatile,
}

/// An argument of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Its name. `None` when it has none.
    pub name: Option<Name>,
    /// In which direction it goes.
    pub mode: ArgumentMode,
    /// Its type.
    pub data_type: DataType,
    /// Its default.
    pub default: Option<Expression>,
}

/// In which direction an argument goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArgumentMode {
    /// `IN`.
    In,
    /// `OUT`.
    Out,
    /// `INOUT`.
    InOut,
    /// `VARIADIC`.
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

impl ArgumentMode {
    /// Whether a call gives it a value, so that it is part of the signature.
    pub fn is_input(self) -> bool {
        matches!(
            self,
            ArgumentMode::In | ArgumentMode::InOut | ArgumentMode::Variadic
        )
    }
}

impl Function {
    /// The arguments that make its signature.
    pub fn inputs(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|it| it.mode.is_input())
    }

    /// Whether it is a trigger function.
    pub fn is_trigger(&self) -> bool {
        self.returns
            .as_ref()
            .is_some_and(|it| it.is(crate::TypeId::TRIGGER))
    }

    /// Whether a call changes the schema in ways that replay does not follow.
    pub fn has_ddl(&self) -> bool {
        !self.ddl_words.is_empty()
    }
}
