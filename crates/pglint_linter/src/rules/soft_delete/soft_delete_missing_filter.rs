use pglint_catalog::{Column, ColumnNumber, Relation};
use pglint_semantic::resolve::{FromColumn, FromItem, FromItemId, QueryKind, Reference};
use pglint_semantic::section::Direction;
use pglint_syntax::Tree;

use crate::add_condition::add_condition;
use crate::condition::is_data_statement;
use crate::describe::{is_judged, member, relation_name};
use crate::lookup::is_looked_up;
use crate::ResolvedQuery;
use crate::rule::prelude::*;
use crate::soft_delete::{deletion_columns, live_condition};

declare_rule! {
    /// A query that also reads rows which are only marked as deleted.
    ///
    /// ## Why is this bad?
    /// Deleted rows come back: in lists, counts, mails to people who left.
    ///
    /// A table deletes softly when one of its columns says so (`deleted_at` and the
    /// like, configurable) and the project treats it so. A query on it is fine when it
    /// mentions that column outside its target list, looks the row up by a unique key,
    /// reads a view instead, or when a row-level security policy filters. Views and
    /// migrations are not judged, nor what an outer join may leave out.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, deleted_at timestamptz);
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account);
    /// CREATE VIEW live_account AS SELECT id, email FROM account WHERE deleted_at IS NULL;
    /// ```
    /// ```sql bad
    /// SELECT id FROM account WHERE email = $1;
    /// --             ^^^^^^^ the query also reads deleted rows of `account`
    /// ```
    /// ```sql fixed
    /// SELECT id FROM account WHERE email = $1 AND deleted_at IS NULL;
    /// ```
    /// ```sql bad
    /// SELECT o.id, a.email FROM orders o, account a WHERE a.id < o.account_id OR a.email = 'x';
    /// --                                  ^^^^^^^^^ the query also reads deleted rows of `account`
    /// ```
    /// ```sql fixed
    /// SELECT o.id, a.email FROM orders o, account a WHERE (a.id < o.account_id OR a.email = 'x') AND a.deleted_at IS NULL;
    /// ```
    /// ```sql bad
    /// CREATE TABLE note (id bigint PRIMARY KEY, body text NOT NULL, "deletedAt" timestamptz);
    /// UPDATE note SET "deletedAt" = now() WHERE id = $1;
    /// SELECT id FROM note WHERE body = $1;
    /// --             ^^^^ the query also reads deleted rows of `note`
    /// ```
    /// ```sql fixed
    /// CREATE TABLE note (id bigint PRIMARY KEY, body text NOT NULL, "deletedAt" timestamptz);
    /// UPDATE note SET "deletedAt" = now() WHERE id = $1;
    /// SELECT id FROM note WHERE body = $1 AND "deletedAt" IS NULL;
    /// ```
    /// ```sql bad
    /// SELECT count(*) FROM account;
    /// --                   ^^^^^^^ the query also reads deleted rows of `account`
    /// ```
    /// ```sql fixed
    /// SELECT count(*) FROM account WHERE deleted_at IS NULL;
    /// ```
    /// ```sql good
    /// SELECT id FROM account WHERE email = $1 AND deleted_at IS NULL;
    /// ```
    /// ```sql good
    /// SELECT email FROM account WHERE id = $1;
    /// ```
    /// ```sql good
    /// SELECT o.id, a.email FROM orders o JOIN account a ON a.id = o.account_id;
    /// ```
    /// ```sql good
    /// SELECT id FROM live_account WHERE email = $1;
    /// ```
    /// ```sql good
    /// SELECT id FROM (SELECT id, email, deleted_at FROM account) a WHERE email = $1 AND a.deleted_at IS NULL;
    /// ```
    /// ```sql good
    /// CREATE TABLE note (id bigint PRIMARY KEY, body text NOT NULL, "isDeleted" boolean NOT NULL, "deletedAt" timestamptz);
    /// UPDATE note SET "isDeleted" = true, "deletedAt" = now() WHERE id = $1;
    /// SELECT id FROM note WHERE body = $1 AND "deletedAt" IS NULL;
    /// ```
    /// ```sql good
    /// UPDATE account SET email = lower(email) WHERE email = $1;
    /// ```
    ///
    /// ## Fix safety
    /// Unsafe: the query no longer gives the deleted rows.
    name: "soft-delete-missing-filter",
    category: "soft-delete",
    severity: Warning,
    since: "0.1.0",
    check: Query => check,
}

fn check(cx: &mut Cx<'_>, query: ResolvedQuery<'_>) -> Option<()> {
    if !is_program_statement(cx, query.tree) {
        return None;
    }
    let own = query.query();
    // Rows that are changed are looked at by other rules.
    let items: Vec<FromItemId> = match own.kind {
        QueryKind::Select | QueryKind::Update | QueryKind::Delete => query.leaves(),
        _ => return None,
    };
    for item in items.into_iter().filter(|item| own.target != Some(*item)) {
        check_item(cx, query, item);
    }
    Some(())
}

/// A statement that a program sends: neither a definition nor a migration's.
fn is_program_statement(cx: &Cx<'_>, tree: &Tree) -> bool {
    let is_migration = cx
        .statement()
        .is_none_or(|it| matches!(it.section.direction, Direction::Up | Direction::Down));
    is_data_statement(tree.root()) && !is_migration
}

fn check_item(cx: &mut Cx<'_>, query: ResolvedQuery<'_>, id: FromItemId) -> Option<()> {
    let catalog = cx.catalog();
    let item = &query.resolution[id];
    let table = catalog.relation(item.relation()?)?;
    let columns = deletion_columns(catalog, cx.settings(), cx.workload(), table);
    let deletion = *columns.first()?;
    let is_filtered = |column: &&Column| {
        has_policy_on(table, column.number) || mentions_deletion(query, id, column)
    };
    let is_fine = !is_judged(table)
        || item.nullable
        || columns.iter().any(is_filtered)
        || is_looked_up(query, id, table);
    if is_fine {
        return None;
    }
    let name = item.name.as_deref()?;
    let is_alone = query.leaves().len() == 1 && !item.has_alias;
    let condition = live_condition(deletion, (!is_alone).then_some(name));
    let message = format!(
        "the query also reads deleted rows of `{}`",
        relation_name(catalog, table),
    );
    let fix = add_condition(cx, query, &condition);
    let object = member(catalog, table, &deletion.name);
    let diagnostic = cx.report(node_of(query.tree, item)?, message);
    diagnostic
        .label(deletion.origin, "rows are marked as deleted here")
        .help(format!("Add `{condition}`"))
        .object(object);
    diagnostic.fix = fix;
    Some(())
}

fn node_of<'t>(tree: &'t Tree, item: &FromItem) -> Option<Node<'t>> {
    tree.get(item.node)
}

fn has_policy_on(table: &Relation, column: ColumnNumber) -> bool {
    let mut policies = table.policies.iter();
    table.row_security
        && policies.any(|policy| {
            policy
                .using
                .as_ref()
                .is_some_and(|using| using.mentions(column))
        })
}

/// Does the statement say anything about the column, other than giving it as it
/// is? A name that is not known may mean it.
fn mentions_deletion(query: ResolvedQuery<'_>, id: FromItemId, deletion: &Column) -> bool {
    let resolution = query.resolution;
    let columns = &resolution[id].columns;
    let Some(index) = columns
        .known
        .iter()
        .position(|it| it.origin.is_some_and(|(_, number)| number == deletion.number))
    else {
        return true;
    };
    let column = FromColumn {
        from_item: id,
        index: index as u32,
    };
    resolution.mentions_outside_targets(query.tree, column)
        || resolution.references.iter().any(|found| {
            // In an expression of the target list, as in a CASE or a FILTER. A whole
            // row that a subquery gives may be tested further out.
            let is_given_as_it_is = query
                .tree
                .get(found.node)
                .and_then(|node| node.parent())
                .is_none_or(|parent| parent.is::<ast::ResTarget>());
            let is_row_of_subquery = matches!(found.reference, Reference::WholeRow { .. })
                && resolution[found.query].parent.is_some();
            (!is_given_as_it_is || is_row_of_subquery)
                && resolution.stands_for(&found.reference, column)
        })
}
