//! `CREATE SEQUENCE` and `ALTER SEQUENCE`.

use super::{Emit, data_type, name, table};
use crate::change::{Action, SequenceDefinition};
use pglint_catalog::{Name, Persistence};
use pglint_syntax::Node;
use pglint_syntax::ast;
use pglint_syntax::tree::Nodes;

pub(super) fn create_sequence(
    node: Node<'_, ast::CreateSeqStmt>,
    emit: &mut Emit<'_>,
) -> Option<()> {
    let relation = node.sequence()?;
    let mut change = SequenceDefinition {
        name: name::relation(relation),
        lenient: node.if_not_exists(),
        persistence: table::persistence(relation.relpersistence()),
        data_type: None,
        owned_by: None,
    };
    read_options(&mut change, node.options());
    emit(relation.range(), Action::CreateSequence(change));
    Some(())
}

pub(super) fn alter_sequence(node: Node<'_, ast::AlterSeqStmt>, emit: &mut Emit<'_>) -> Option<()> {
    let relation = node.sequence()?;
    let mut change = SequenceDefinition {
        name: name::relation(relation),
        lenient: node.missing_ok(),
        persistence: Persistence::Permanent,
        data_type: None,
        owned_by: None,
    };
    read_options(&mut change, node.options());
    emit(relation.range(), Action::AlterSequence(change));
    Some(())
}

fn read_options(change: &mut SequenceDefinition, options: Nodes<'_>) {
    for option in options.of::<ast::DefElem>() {
        match option.defname() {
            "as" => {
                let type_name = option.arg().and_then(|it| it.cast::<ast::TypeName>());
                change.data_type = type_name.and_then(data_type::data_type);
            }
            "owned_by" => {
                let mut names = option.arg().map(name::strings).unwrap_or_default();
                let column = names.pop().map(Name::from);
                // `OWNED BY NONE` is a single name.
                change.owned_by = Some(name::qualified(names).zip(column));
            }
            _ => {}
        }
    }
}
