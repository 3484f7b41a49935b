//! UPDATE and DELETE that change every row of a table.

use pglint_catalog::{Lookup, Persistence, Relation};
use pglint_semantic::section::Direction;
use pglint_syntax::{Node, ast};

use crate::condition::{is_always_true, is_data_statement, is_inside};
use crate::row_count::is_single_row_table;
use crate::{Cx, Severity};

/// Does a WHERE keep any row out?
pub(crate) fn restricts(condition: Option<Node<'_>>) -> bool {
    condition.is_some_and(|condition| !is_always_true(condition))
}

/// The table, for a statement that changes all its rows without good reason.
///
/// `None` where all rows may well be meant: in temporary tables, tables with one
/// row, and those that the same file creates; also where the table is not known, in
/// EXPLAIN, and in rewrite rules, whose statements get the condition of the query
/// that they replace.
pub(crate) struct WholeTable<'a> {
    /// `None` when the catalog is complete and does not have it.
    pub(crate) table: Option<&'a Relation>,
    /// Its name as written, without schema.
    pub(crate) name: &'a str,
}

impl<'a> WholeTable<'a> {
    pub(crate) fn new(cx: &Cx<'a>, target: Node<'a, ast::RangeVar>) -> Option<WholeTable<'a>> {
        let statement = cx.statement()?;
        if is_inside::<ast::RuleStmt, _>(target) || is_inside::<ast::ExplainStmt, _>(target) {
            return None;
        }
        let schema = Some(target.schemaname()).filter(|schema| !schema.is_empty());
        let name = target.relname();
        let found = cx
            .catalog()
            .lookup_relation(schema, name, statement.search_path);
        let table = match found {
            Lookup::Found(table) => Some(table),
            // Queries may be read without their schema; a migration whose tables are
            // not there is read without those before it.
            Lookup::Missing if statement.section.direction != Direction::Up => None,
            Lookup::Missing | Lookup::Unknown => return None,
        };
        let is_created_here = neighbours(cx).any(|root| creates(root, name));
        let is_exempt = is_created_here
            || table.is_some_and(|table| {
                table.persistence == Persistence::Temporary
                    || cx.is_same_file(table.origin.statement, statement.id)
                    || is_single_row_table(cx.catalog(), table)
            });
        (!is_exempt).then_some(WholeTable { table, name })
    }
}

/// The statements of the file that the checked statement is in.
fn neighbours<'a>(cx: &Cx<'a>) -> impl Iterator<Item = Node<'a>> {
    let files = cx.database().files;
    let statements = cx.statement().map_or(&[][..], |it| files.neighbours(it.id));
    statements.iter().filter_map(|it| Some(it.shape()?.root()))
}

/// Does the statement create a table of that name? What the catalog says is not
/// enough: where a full schema stands beside old migrations, it knows the table
/// from there.
fn creates(root: Node<'_>, name: &str) -> bool {
    let create_as = root.cast::<ast::CreateTableAsStmt>();
    let table = match root.cast::<ast::CreateStmt>() {
        Some(create) => create.relation(),
        None => create_as
            .and_then(|create| create.into())
            .and_then(|into| into.rel()),
    };
    table.is_some_and(|table| table.relname() == name)
}

/// Does the file of the checked statement add the column to the table?
pub(crate) fn is_added_here(cx: &Cx<'_>, table: &str, column: &str) -> bool {
    let mut alters = neighbours(cx).filter_map(|root| root.cast::<ast::AlterTableStmt>());
    alters.any(|alter| {
        let adds = |command: Node<'_, ast::AlterTableCmd>| {
            let definition = command.def().and_then(|it| it.cast::<ast::ColumnDef>());
            command.subtype() == ast::AlterTableType::AtAddColumn
                && definition.is_some_and(|it| it.colname() == column)
        };
        alter.relation().is_some_and(|it| it.relname() == table)
            && alter.cmds().of::<ast::AlterTableCmd>().any(adds)
    })
}

/// Migrations and upgrades change all rows now and then, so it is a warning at most
/// in them, and in files that define things as well.
pub(crate) fn severity_limit(cx: &Cx<'_>) -> Severity {
    let is_migration = cx.statement().is_some_and(|it| {
        let is_upgrade = it.section.is_replayed() && !it.is_replayed;
        it.section.direction == Direction::Up || is_upgrade
    });
    if is_migration || !neighbours(cx).all(is_data_statement) {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// Does the file of the checked statement fill the table, be it anew?
pub(crate) fn is_filled_here(cx: &Cx<'_>, table: &str) -> bool {
    neighbours(cx).any(|root| {
        let insert = root.cast::<ast::InsertStmt>();
        let copy = root.cast::<ast::CopyStmt>().filter(|copy| copy.is_from());
        let target = match insert {
            Some(insert) => insert.relation(),
            None => copy.and_then(|copy| copy.relation()),
        };
        target.is_some_and(|target| target.relname() == table)
    })
}
