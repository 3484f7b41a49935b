//! Functions that `DROP FUNCTION`, `ALTER PROCEDURE` and the like name.

use super::function::same_types;
use super::object::Found;
use super::{Outcome, Problem, ProblemKind, Replay};
use crate::change::{RoutineKind, Target};
use pglint_catalog::{Function, FunctionKind, ObjectId, Origin};

impl Replay {
    /// A function by its input types, or by name alone when there is only one
    /// (`LookupFuncWithArgs` in `parse_func.c`).
    pub(super) fn find_function(
        &self,
        target: &Target,
        kind: RoutineKind,
        at: Origin,
    ) -> Outcome<Found> {
        let functions = self.catalog.lookup_functions(
            target.name.schema.as_deref(),
            &target.name.name,
            &self.search_path,
        );
        let mut candidates = functions.found().unwrap_or_default();
        let Some(arguments) = &target.arguments else {
            candidates.retain(|it| is_of_kind(it, kind));
            return match candidates[..] {
                [only] => Ok(Found::Object(ObjectId::Function(only.id))),
                [] => self.no_function(target, kind, at),
                _ => {
                    let words = words(kind);
                    let message = format!("{words} name \"{}\" is not unique", target.name);
                    Err(Problem::other(at, "42725", message))
                }
            };
        };
        let types: Vec<_> = arguments
            .iter()
            .map(|it| self.resolve_type_or_unknown(it, at))
            .collect();
        let fits = |function: &&Function| {
            let inputs: Vec<_> = function.inputs().map(|it| &it.data_type).collect();
            let all: Vec<_> = function.arguments.iter().map(|it| &it.data_type).collect();
            same_types(&inputs, &types) || same_types(&all, &types)
        };
        match candidates.into_iter().find(fits) {
            Some(function) if is_of_kind(function, kind) || self.lenient => {
                Ok(Found::Object(ObjectId::Function(function.id)))
            }
            Some(_) => {
                let signature = self.signature(target, at);
                let message = match kind {
                    RoutineKind::Aggregate => format!("function {signature} is not an aggregate"),
                    _ => format!("{signature} is not a {}", words(kind)),
                };
                Err(Problem::other(at, "42809", message))
            }
            None => self.no_function(target, kind, at),
        }
    }

    fn no_function(&self, target: &Target, kind: RoutineKind, at: Origin) -> Outcome<Found> {
        if self.catalog.unknown_name(&target.name.name).is_some() {
            return Ok(Found::Unknown);
        }
        let words = match kind {
            RoutineKind::Routine => "function",
            kind => words(kind),
        };
        let message = match &target.arguments {
            Some(_) => format!("{words} {} does not exist", self.signature(target, at)),
            None => {
                let article = if kind == RoutineKind::Aggregate {
                    "an"
                } else {
                    "a"
                };
                format!("could not find {article} {words} named \"{}\"", target.name)
            }
        };
        Err(Problem::new(at, "42883", ProblemKind::Missing, message).about(&target.name))
    }

    fn signature(&self, target: &Target, at: Origin) -> String {
        let print = |unresolved| {
            let resolved = self.resolve_signature_type(unresolved, at);
            self.catalog.format_type_without_modifier(&resolved)
        };
        let types: Vec<String> = target.arguments.iter().flatten().map(print).collect();
        format!("{}({})", target.name, types.join(", "))
    }
}

fn words(kind: RoutineKind) -> &'static str {
    match kind {
        RoutineKind::Function => "function",
        RoutineKind::Procedure => "procedure",
        RoutineKind::Aggregate => "aggregate",
        RoutineKind::Routine => "routine",
    }
}

fn is_of_kind(function: &Function, kind: RoutineKind) -> bool {
    match kind {
        RoutineKind::Function => function.kind != FunctionKind::Procedure,
        RoutineKind::Procedure => function.kind == FunctionKind::Procedure,
        RoutineKind::Aggregate => function.kind == FunctionKind::Aggregate,
        RoutineKind::Routine => true,
    }
}
