//! Constraints of tables, columns and domains.

use super::{expression, index, name};
use crate::change::{
    ConstraintDefinition, ConstraintRequest, ExclusionDefinition, ForeignKeyDefinition,
    KeyDefinition,
};
use pglint_catalog::{ForeignKeyAction, MatchType, Name};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, ConstrType};

/// A constraint of a table or, with the column's name, of a column. `None` for
/// `NULL`, `DEFAULT`, identity, generated columns and attributes like
/// `DEFERRABLE`.
pub(super) fn constraint(
    node: Node<'_, ast::Constraint>,
    column: Option<&str>,
) -> Option<ConstraintDefinition> {
    let request = match node.contype() {
        ConstrType::ConstrNotnull => {
            ConstraintRequest::NotNull(column.or(node.keys().first())?.into())
        }
        ConstrType::ConstrPrimary => ConstraintRequest::PrimaryKey(key(node, column)),
        ConstrType::ConstrUnique => ConstraintRequest::Unique(key(node, column)),
        ConstrType::ConstrCheck => ConstraintRequest::Check(expression::boxed(node.raw_expr()?)),
        ConstrType::ConstrForeign => {
            ConstraintRequest::ForeignKey(Box::new(foreign_key(node, column)?))
        }
        ConstrType::ConstrExclusion => ConstraintRequest::Exclusion(Box::new(exclusion(node))),
        _ => return None,
    };
    Some(ConstraintDefinition {
        name: name::optional(node.conname()),
        range: node.range(),
        request,
        deferrable: node.deferrable(),
        initially_deferred: node.initdeferred(),
        validated: !node.skip_validation(),
        enforced: is_enforced(node),
        no_inherit: node.is_no_inherit(),
        only: false,
    })
}

fn exclusion(node: Node<'_, ast::Constraint>) -> ExclusionDefinition {
    ExclusionDefinition {
        method: name::optional(node.access_method()).unwrap_or(Name::new_static("gist")),
        // Each element is a pair of an index element and its operator.
        elements: node
            .exclusions()
            .of::<ast::List>()
            .filter_map(|pair| index::element(pair.items().of::<ast::IndexElem>().next()?))
            .collect(),
        operators: node
            .exclusions()
            .of::<ast::List>()
            .filter_map(|pair| Some(name::strings(pair.items().last()?).pop()?.into()))
            .collect(),
        include: name::all(node.including()),
        predicate: node.where_clause().map(expression::expression),
    }
}

/// `is_enforced` is only set where the grammar allows `NOT ENFORCED`.
fn is_enforced(node: Node<'_, ast::Constraint>) -> bool {
    match node.contype() {
        ConstrType::ConstrCheck | ConstrType::ConstrForeign => node.is_enforced(),
        _ => true,
    }
}

/// Constraint attributes after a column's constraint (`REFERENCES t DEFERRABLE`)
/// are elements of their own and belong to the constraint before them
/// (`transformConstraintAttrs` in `parse_utilcmd.c`).
pub(super) fn apply_attribute(last: &mut ConstraintDefinition, kind: ConstrType) {
    match kind {
        ConstrType::ConstrAttrDeferrable => last.deferrable = true,
        ConstrType::ConstrAttrDeferred => {
            last.deferrable = true;
            last.initially_deferred = true;
        }
        ConstrType::ConstrAttrEnforced => last.enforced = true,
        ConstrType::ConstrAttrNotEnforced => {
            last.enforced = false;
            last.validated = false;
        }
        _ => {}
    }
}

fn key(node: Node<'_, ast::Constraint>, column: Option<&str>) -> KeyDefinition {
    KeyDefinition {
        columns: match column {
            Some(column) => vec![column.into()],
            None => name::all(node.keys()),
        },
        include: name::all(node.including()),
        using_index: name::optional(node.indexname()),
        nulls_not_distinct: node.nulls_not_distinct(),
        without_overlaps: node.without_overlaps(),
    }
}

fn foreign_key(
    node: Node<'_, ast::Constraint>,
    column: Option<&str>,
) -> Option<ForeignKeyDefinition> {
    Some(ForeignKeyDefinition {
        columns: match column {
            Some(column) => vec![column.into()],
            None => name::all(node.fk_attrs()),
        },
        target: name::relation(node.pktable()?),
        target_columns: name::all(node.pk_attrs()),
        match_type: match node.fk_matchtype() {
            "f" => MatchType::Full,
            _ => MatchType::Simple,
        },
        on_delete: action(node.fk_del_action()),
        on_update: action(node.fk_upd_action()),
        on_delete_columns: name::all(node.fk_del_set_cols()),
    })
}

fn action(letter: &str) -> ForeignKeyAction {
    match letter {
        "r" => ForeignKeyAction::Restrict,
        "c" => ForeignKeyAction::Cascade,
        "n" => ForeignKeyAction::SetNull,
        "d" => ForeignKeyAction::SetDefault,
        _ => ForeignKeyAction::NoAction,
    }
}
