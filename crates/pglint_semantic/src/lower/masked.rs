//! The changes of a statement that holds placeholders or template holes.
//!
//! What does not depend on a hole is known: `CREATE INDEX ... TABLESPACE ${x}` makes
//! its index, and `CREATE TABLE ${schema}.t` makes its table, in a schema that goes by
//! the hole's text. Where a hole is in the name of the object, or may hold whole clauses,
//! the object is not known.

use super::{dynamic, lower};
use crate::change::{
    Action, AlterTableCommand, ColumnDefinition, ConstraintDefinition, ConstraintRequest,
    DdlChange, TableElement, UnknownEffect,
};
use pglint_catalog::{Name, UnknownReason};
use pglint_syntax::{MaskKind, ParseOptions, Tree, UNKNOWN_CHARACTER, is_named_hole, lex};
use pglint_text::{StatementId, TextRange, TextSize};

/// What can be told of the statement's changes, then what the rest of it may do.
pub fn lower_masked(tree: &Tree, statement: StatementId) -> Vec<DdlChange> {
    let all = lower(tree, statement);
    if let Some(Action::CreateSchema { name, .. }) = all.first().map(|it| &it.action)
        && name.contains(UNKNOWN_CHARACTER)
    {
        // What is in a schema of an unknown name is nobody else's.
        return Vec::new();
    }
    let hides_clauses = may_hide_clauses(tree);
    let mut changes = Vec::new();
    let mut effects = Vec::new();
    for mut change in all {
        let has_unknown_name = has_unknown_name(&change.action);
        // A list of schemas has no clauses.
        if matches!(change.action, Action::SetSearchPath { .. }) && !has_unknown_name {
            changes.push(change);
            continue;
        }
        if has_unknown_name || hides_clauses {
            effects.push(effect_of(&change.action, tree.text()));
        }
        if !has_unknown_name {
            change.is_guarded = hides_clauses;
            changes.push(change);
        }
    }
    changes.extend(effects.into_iter().flatten().map(|effect| DdlChange {
        statement,
        range: TextRange::up_to(TextSize::of(tree.text())),
        action: Action::Unknown(effect),
        is_guarded: false,
    }));
    changes
}

/// What a change may do that is known in part: to the relation that it is about, where
/// only the schema of that is not known, else whatever the text says.
fn effect_of(action: &Action, text: &str) -> Option<UnknownEffect> {
    let name = match action {
        Action::CreateTable(create) => Some(&create.name.name.name),
        Action::CreateFromQuery(create) => Some(&create.name.name.name),
        Action::AlterTable(alter) => Some(&alter.relation.name.name),
        Action::CreateIndex(create) => Some(&create.relation.name.name),
        _ => None,
    };
    match name.filter(|name| !name.contains(UNKNOWN_CHARACTER)) {
        Some(name) => Some(UnknownEffect {
            reason: UnknownReason::UnparsedStatement,
            names: vec![name.clone()],
            creates_anything: false,
            changes_anything: false,
            takes_names: false,
        }),
        None => dynamic::effect(text, UnknownReason::UnparsedStatement),
    }
}

/// Words that are followed by the name of something that the catalog does not keep.
const BEFORE_OTHER_NAMES: [&str; 8] = [
    "authorization",
    "exists",
    "owner",
    "role",
    "schema",
    "tablespace",
    "to",
    "user",
];

/// Whether a hole of a template may stand for more than a name.
fn may_hide_clauses(tree: &Tree) -> bool {
    let text = tree.text();
    let mut holes = tree.masks().iter().filter(|it| it.kind == MaskKind::Text);
    holes.any(|hole| {
        let (start, end) = (
            usize::from(hole.range.start()),
            usize::from(hole.range.end()),
        );
        if is_named_hole(text, start..end) {
            return false;
        }
        let is_part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '"');
        if text[end..].starts_with(is_part_of_name) || text[..start].ends_with(is_part_of_name) {
            return false;
        }
        let tokens = lex(&text[..start], ParseOptions::default());
        let before = tokens.iter().rfind(|it| !it.is_trivia());
        !before.is_some_and(|before| {
            BEFORE_OTHER_NAMES
                .iter()
                .any(|word| before.is_word(text, word))
        })
    })
}

/// Whether a name that is not known is in the change, types and referenced tables
/// left out: those may be unknown.
fn has_unknown_name(action: &Action) -> bool {
    let mut action = action.clone();
    match &mut action {
        Action::CreateTable(create) => {
            create.options.clear();
            create.elements.iter_mut().for_each(forget_references);
        }
        Action::AlterTable(alter) => {
            for (command, _) in &mut alter.commands {
                match command {
                    AlterTableCommand::AddColumn(column, _) => forget_in_column(column),
                    AlterTableCommand::AddConstraint(constraint) => forget_target(constraint),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    format!("{action:?}").contains(UNKNOWN_CHARACTER)
}

fn forget_references(element: &mut TableElement) {
    match element {
        TableElement::Column(column) => forget_in_column(column),
        TableElement::Constraint(constraint) => forget_target(constraint),
        TableElement::Like(..) => {}
    }
}

fn forget_in_column(column: &mut ColumnDefinition) {
    if let Some(data_type) = &mut column.data_type {
        data_type.name.schema = None;
        data_type.name.name = Name::default();
    }
    column.constraints.iter_mut().for_each(forget_target);
}

fn forget_target(constraint: &mut ConstraintDefinition) {
    if let ConstraintRequest::ForeignKey(key) = &mut constraint.request {
        key.target.name.schema = None;
        key.target.name.name = Name::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pglint_syntax::{parse_file, with_large_stack};

    /// What is applied, `?` for something that is not known.
    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let file = with_large_stack(|| parse_file(sql, ParseOptions::default()));
        let tree = file.statements[0].tree().expect(sql);
        assert!(!tree.masks().is_empty(), "{sql} has no holes");
        let changes = lower_masked(&tree, StatementId(0));
        let described = changes.iter().map(|change| match &change.action {
            Action::Unknown(effect) if effect.creates_anything => "?*".to_owned(),
            Action::Unknown(effect) => format!("?{}", effect.names.join(",")),
            other => format!("{other:?}").chars().take(12).collect(),
        });
        assert_eq!(described.collect::<Vec<_>>().join(" "), expected, "{sql}");
    }

    #[test]
    fn what_no_hole_touches_is_known() {
        check(
            "CREATE INDEX i ON t (a) TABLESPACE ${space}",
            "CreateIndex(",
        );
        check(
            "CREATE TABLE t (a int DEFAULT :n, b ${schema}.kind)",
            "CreateTable(",
        );
        check(
            "CREATE TABLE t (a int REFERENCES :s.u (id))",
            "CreateTable(",
        );
        check("CREATE TABLE t (a int) TABLESPACE :space", "CreateTable(");
        check("CREATE TABLE t (a :kind NOT NULL)", "CreateTable(");
        check("ALTER TABLE t OWNER TO {{ role }}", "AlterTable(A");
        check("GRANT SELECT ON t TO {{ role }}", "");
        check(
            "CREATE SCHEMA IF NOT EXISTS ${schema}",
            "CreateSchema EndOfSchema",
        );
        check("CREATE SCHEMA IF NOT EXISTS s_${name}", "");
        check("SET search_path = ${schema}, public", "SetSearchPat");
        check("CREATE TABLE :s.t (a int)", "CreateTable(");
        check("CREATE INDEX ON {{ s }}.t (a)", "CreateIndex(");
        check("CREATE TABLE ${prefix}_t (a int)", "CreateTable(");
        check("ALTER TABLE {{ tables.t }} ADD a int", "AlterTable(A");
    }

    #[test]
    fn what_a_hole_names_is_not_known() {
        check("CREATE TABLE %s.t (a int)", "?t");
        check("CREATE TABLE {0}.t (a int)", "?t");
        check("CREATE TABLE ${prefix}{0}_t (a int)", "?*");
        check("CREATE TABLE {{ table }} (a int)", "?*");
        check("ALTER TABLE t ADD COLUMN :c int", "?t");
        check("CREATE INDEX ON t (${column})", "?t");
        check("CREATE TABLE t (:c int)", "?t");
    }

    #[test]
    fn what_a_hole_may_add_to_is_known_in_part() {
        check("CREATE TABLE t (a int {{ more }})", "CreateTable( ?t");
        check(
            "CREATE TABLE t (a int {% if x %}, b int{% endif %})",
            "CreateTable( ?t",
        );
    }
}
