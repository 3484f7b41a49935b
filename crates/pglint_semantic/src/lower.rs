//! One statement's tree to owned [`DdlChange`]s.
//!
//! What a statement says, not what it means: no name is resolved here, so the
//! result depends on the statement's text alone.

mod alter_table;
mod call;
mod code_block;
mod constant;
mod constraint;
mod data_type;
mod dynamic;
mod expression;
mod function;
mod index;
mod masked;
mod name;
mod object;
mod output;
mod query;
mod routine;
mod sequence;
mod session;
mod table;
mod types;

use crate::change::{Action, DdlChange};
use pglint_syntax::ast::{self, NodeKind};
use pglint_syntax::{Node, Tree};
use pglint_text::{StatementId, TextRange};

pub use call::surely_runs;
pub use dynamic::{ddl_words, effect};
pub use masked::lower_masked;
pub use routine::{call, own_search_path};

/// The changes of the schema that a statement asks for, in order. Empty for
/// queries and for statements that change nothing that the catalog keeps.
pub fn lower(tree: &Tree, statement: StatementId) -> Vec<DdlChange> {
    let mut changes = Vec::new();
    lower_node(tree.root(), &mut |range, action| {
        changes.push(DdlChange {
            statement,
            range,
            action,
            is_guarded: tree.kind() == NodeKind::DoStmt,
        });
    });
    changes
}

/// Takes each change with the place of the name that it is about.
type Emit<'a> = dyn FnMut(TextRange, Action) + 'a;

fn lower_node(node: Node<'_>, emit: &mut Emit<'_>) -> Option<()> {
    match node.node_kind() {
        NodeKind::CreateStmt => table::create_table(node.cast()?, emit),
        NodeKind::CreateForeignTableStmt => table::create_foreign_table(node.cast()?, emit),
        NodeKind::CompositeTypeStmt => table::composite_type(node.cast()?, emit),
        NodeKind::AlterTableStmt => alter_table::alter_table(node.cast()?, emit),
        NodeKind::IndexStmt => index::create_index(node.cast()?, emit),
        NodeKind::ViewStmt => query::create_view(node.cast()?, emit),
        NodeKind::CreateTableAsStmt => query::create_table_as(node.cast()?, emit),
        NodeKind::SelectStmt => query::select(node.cast()?, emit),
        NodeKind::CreateSeqStmt => sequence::create_sequence(node.cast()?, emit),
        NodeKind::AlterSeqStmt => sequence::alter_sequence(node.cast()?, emit),
        NodeKind::CreateEnumStmt => types::create_enum(node.cast()?, emit),
        NodeKind::AlterEnumStmt => types::alter_enum(node.cast()?, emit),
        NodeKind::CreateDomainStmt => types::create_domain(node.cast()?, emit),
        NodeKind::AlterDomainStmt => types::alter_domain(node.cast()?, emit),
        NodeKind::CreateRangeStmt => types::create_range(node.cast()?, emit),
        NodeKind::DefineStmt => types::define(node.cast()?, emit),
        NodeKind::CreateFunctionStmt => function::create_function(node.cast()?, emit),
        NodeKind::AlterFunctionStmt => function::alter_function(node.cast()?, emit),
        NodeKind::CreateTrigStmt => function::create_trigger(node.cast()?, emit),
        NodeKind::CreatePolicyStmt => function::create_policy(node.cast()?, emit),
        NodeKind::AlterPolicyStmt => function::alter_policy(node.cast()?, emit),
        NodeKind::DropStmt => object::drop(node.cast()?, emit),
        NodeKind::RenameStmt => object::rename(node.cast()?, emit),
        NodeKind::AlterObjectSchemaStmt => object::set_schema(node.cast()?, emit),
        NodeKind::CommentStmt => object::comment(node.cast()?, emit),
        NodeKind::RuleStmt => query::rule(node.cast()?, emit),
        NodeKind::CreateSchemaStmt => create_schema(node.cast()?, emit),
        NodeKind::CreateExtensionStmt => session::create_extension(node.cast()?, emit),
        NodeKind::VariableSetStmt => session::set_variable(node.cast()?, emit),
        NodeKind::AlterDatabaseSetStmt => {
            session::set_for_later(node.cast::<ast::AlterDatabaseSetStmt>()?.setstmt(), emit)
        }
        NodeKind::AlterRoleSetStmt => {
            session::set_for_later(node.cast::<ast::AlterRoleSetStmt>()?.setstmt(), emit)
        }
        NodeKind::TransactionStmt => session::transaction(node.cast()?, emit),
        NodeKind::DoStmt => session::do_block(node.cast()?, emit),
        NodeKind::CallStmt => session::call(node.cast()?, emit),
        NodeKind::ImportForeignSchemaStmt => session::import_foreign_schema(node.cast()?, emit),
        _ => None,
    }
}

/// When an element of a schema is made (`transformCreateSchemaStmtElements` in
/// `parse_utilcmd.c`).
fn creation_step(element: Node<'_>) -> u8 {
    match element.node_kind() {
        NodeKind::CreateSeqStmt => 0,
        NodeKind::CreateStmt => 1,
        NodeKind::ViewStmt => 2,
        NodeKind::IndexStmt => 3,
        NodeKind::CreateTrigStmt => 4,
        _ => 5,
    }
}

fn create_schema(node: Node<'_, ast::CreateSchemaStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let mut name = node.schemaname();
    // `CREATE SCHEMA AUTHORIZATION role` makes a schema of the role's name.
    if name.is_empty() {
        name = node.authrole()?.rolename();
    }
    // `CURRENT_ROLE` and the like.
    if name.is_empty() {
        return None;
    }
    let range = name::find(node.erase(), name);
    emit(
        range,
        Action::CreateSchema {
            name: name.into(),
            if_not_exists: node.if_not_exists(),
        },
    );
    let mut elements: Vec<Node<'_>> = node.schema_elts().collect();
    elements.sort_by_key(|it| creation_step(*it));
    for element in elements {
        lower_node(element, emit);
    }
    emit(range, Action::EndOfSchema);
    Some(())
}
