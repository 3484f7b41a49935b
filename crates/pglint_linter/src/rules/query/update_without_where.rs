use pglint_catalog::{Column, Relation};

use crate::condition::without_casts;
use crate::rule::prelude::*;
use crate::whole_table::{WholeTable, is_added_here, restricts, severity_limit};
use crate::words::words;

declare_rule! {
    /// An UPDATE that changes every row of its table.
    ///
    /// ## Why is this bad?
    /// Nearly always the WHERE was forgotten, and what the rows held is lost. Where it
    /// is meant, all rows are locked and written anew at once.
    ///
    /// A condition that always holds, as `WHERE true`, counts as none. Temporary tables,
    /// tables that have one row, and those that the same file creates are left alone, and
    /// so is an UPDATE that fills a column which the same file adds, or that only sets a
    /// version. In a migration, or a file that defines things as well, it is a warning at
    /// most.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, active boolean NOT NULL);
    /// CREATE TABLE schema_version (version int NOT NULL);
    /// CREATE TABLE setting (only_row boolean PRIMARY KEY CHECK (only_row), theme text);
    /// ```
    /// ```sql bad
    /// UPDATE account SET active = false;
    /// --     ^^^^^^^ UPDATE without WHERE changes every row of `account`
    /// ```
    /// ```sql bad
    /// UPDATE account AS a SET active = false WHERE 1 = 1;
    /// --     ^^^^^^^^^^^^ UPDATE whose WHERE is always true changes every row of `account`
    /// ```
    /// ```sql good
    /// UPDATE account SET active = false WHERE id = $1;
    /// ```
    /// ```sql good
    /// UPDATE setting SET theme = 'dark';
    /// UPDATE schema_version SET version = 12;
    /// ```
    /// ```sql good
    /// ALTER TABLE account ADD COLUMN domain text;
    /// UPDATE account SET domain = split_part(email, '@', 2);
    /// ```
    /// ```sql good
    /// INSERT INTO account VALUES ($1, $2, true) ON CONFLICT (id) DO UPDATE SET active = true;
    /// ```
    name: "update-without-where",
    category: "query",
    severity: Error,
    since: "0.1.0",
    check: UpdateStmt => check,
}

fn check(cx: &mut Cx<'_>, update: Node<'_, ast::UpdateStmt>) -> Option<()> {
    let target = update.relation()?;
    if restricts(update.where_clause()) {
        return None;
    }
    let found = WholeTable::new(cx, target)?;
    let is_meant = found.table.is_some_and(|table| {
        fills_new_column(cx, update, table) || makes_rows_the_same(update, table)
    });
    if is_meant || sets_version(update) {
        return None;
    }
    let how = match update.where_clause() {
        None => "UPDATE without WHERE",
        Some(_) => "UPDATE whose WHERE is always true",
    };
    let message = format!("{how} changes every row of `{}`", found.name);
    let limit = severity_limit(cx);
    let object = found.table.map(|table| cx.catalog().qualified_name(table));
    let diagnostic = cx
        .report(target, message)
        .at_most(limit)
        .help("Add a WHERE that says which rows are meant");
    diagnostic.object = object;
    Some(())
}

/// Does it fill a column that the same file adds? One that the file renames or
/// drops afterwards is not there any more.
fn fills_new_column(cx: &Cx<'_>, update: Node<'_, ast::UpdateStmt>, table: &Relation) -> bool {
    let Some(statement) = cx.statement() else {
        return false;
    };
    let mut assigned = update.target_list().of::<ast::ResTarget>();
    assigned.any(|target| {
        is_added_here(cx, &table.name, target.name())
            || table
                .column_named(target.name())
                .is_none_or(|column| cx.is_same_file(column.origin.statement, statement.id))
    })
}

/// Does it set every column to a constant? Then all rows would be the same, so
/// there is but one: the table holds a version or a state.
fn makes_rows_the_same(update: Node<'_, ast::UpdateStmt>, table: &Relation) -> bool {
    let is_constant = |column: &Column| {
        let mut assigned = update.target_list().of::<ast::ResTarget>();
        assigned.any(|target| {
            let value = target.val().map(without_casts);
            target.name() == column.name
                && value.is_some_and(|it| it.is::<ast::AConst>() || it.is::<ast::ParamRef>())
        })
    };
    table.is_fully_known() && table.columns.iter().all(is_constant)
}

/// Does it set nothing but a version? Then the table says which one a database has.
fn sets_version(update: Node<'_, ast::UpdateStmt>) -> bool {
    let mut assigned = update.target_list().of::<ast::ResTarget>();
    assigned.all(|target| {
        let value = target.val().map(without_casts);
        let last = words(target.name()).pop();
        last.as_deref() == Some("version") && value.is_some_and(|it| it.is::<ast::AConst>())
    })
}
