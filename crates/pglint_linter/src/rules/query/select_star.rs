use pglint_catalog::{Catalog, Persistence, Relation, quote_identifier};
use pglint_semantic::resolve::{Clause, FromColumn, Query, QueryKind, Reference};
use pglint_semantic::section::Direction;
use pglint_syntax::Tree;

use crate::describe::relation_name;
use crate::ResolvedQuery;
use crate::rule::prelude::*;
use crate::{Applicability, Edit, Fix};

declare_rule! {
    /// `*` in the target list of a query that a program reads, or of a view.
    ///
    /// ## Why is this bad?
    /// A program that counts on columns by place breaks when one is added, and every
    /// query carries columns that nobody asked for. A view keeps the columns that the
    /// table had when the view was made.
    ///
    /// Only the outermost query and views are judged, and only stars over tables and
    /// views themselves: a star over a subquery that lists its columns is fine, and so
    /// are temporary tables and statements that a migration runs once.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, "Plan" text);
    /// CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account);
    /// ```
    /// ```sql bad
    /// SELECT * FROM account WHERE id = $1;
    /// --     ^ `*` gives every column of `account`, also those added later
    /// ```
    /// ```sql fixed
    /// SELECT id, email, "Plan" FROM account WHERE id = $1;
    /// ```
    /// ```sql bad
    /// SELECT o.id AS order_id, a.* FROM orders o JOIN account a ON a.id = o.account_id;
    /// --                       ^^^ `*` gives every column of `account`, also those added later
    /// ```
    /// ```sql fixed
    /// SELECT o.id AS order_id, a.id, a.email, a."Plan" FROM orders o JOIN account a ON a.id = o.account_id;
    /// ```
    /// ```sql good
    /// SELECT count(*) FROM account WHERE EXISTS (SELECT * FROM orders WHERE account_id = account.id);
    /// ```
    /// ```sql good
    /// WITH recent AS (SELECT * FROM orders ORDER BY id DESC LIMIT 10) SELECT id, account_id FROM recent;
    /// ```
    /// ```sql good
    /// SELECT * FROM (SELECT id, email FROM account) AS short;
    /// ```
    /// ```sql good
    /// UPDATE account SET email = $2 WHERE id = $1 RETURNING *;
    /// ```
    ///
    /// ## Fix safety
    /// Unsafe: columns that are added later are no longer given.
    name: "select-star",
    category: "query",
    severity: Info,
    since: "0.1.0",
    check: Query => check,
}

/// A longer list helps nobody.
const LONGEST_LIST: usize = 30;

fn check(cx: &mut Cx<'_>, query: ResolvedQuery<'_>) -> Option<()> {
    let own = query.query();
    let is_judged = own.kind == QueryKind::Select
        && is_outermost(query.resolution.queries.as_slice(), own)
        && is_read_by_a_program_or_view(cx, query.tree);
    if !is_judged {
        return None;
    }
    for found in &query.resolution.references {
        if found.query == query.id && found.clause == Clause::Target {
            check_reference(cx, query, query.tree.get(found.node)?, &found.reference);
        }
    }
    Some(())
}

fn check_reference(
    cx: &mut Cx<'_>,
    query: ResolvedQuery<'_>,
    star: Node<'_>,
    reference: &Reference,
) -> Option<()> {
    let Reference::Star { columns, complete } = reference else {
        return None;
    };
    // `TABLE account` has no star, and `count(*)` has another one.
    if !star.text().ends_with('*') || !star.parent()?.is::<ast::ResTarget>() {
        return None;
    }
    let catalog = cx.catalog();
    let relations = relations(catalog, query, columns);
    let first = relations.first()?;
    let names: Vec<String> = relations
        .iter()
        .map(|relation| format!("`{}`", relation_name(catalog, relation)))
        .collect();
    let message = format!(
        "`*` gives every column of {}, also those added later",
        names.join(" and "),
    );
    let list = (*complete && columns.len() <= LONGEST_LIST)
        .then(|| column_list(query, columns))
        .flatten();
    let object = catalog.qualified_name(first);
    let place = cx.at(star);
    let diagnostic = cx.report(place, message).object(object);
    match list {
        Some(list) => diagnostic.fix(Fix {
            title: "List the columns".to_owned(),
            applicability: Applicability::Unsafe,
            edits: vec![Edit {
                location: place,
                text: list,
            }],
        }),
        None => diagnostic.help("List the columns that are needed"),
    };
    Some(())
}

/// The tables and views whose columns a star gives, temporary ones left out.
fn relations<'a>(
    catalog: &'a Catalog,
    query: ResolvedQuery<'_>,
    columns: &[FromColumn],
) -> Vec<&'a Relation> {
    let mut found: Vec<&Relation> = Vec::new();
    for column in columns {
        let id = query.resolution[column.from_item].relation();
        let Some(relation) = id.and_then(|id| catalog.relation(id)) else {
            continue;
        };
        let is_listed = found.iter().any(|it| it.id == relation.id);
        if !is_listed && relation.persistence != Persistence::Temporary {
            found.push(relation);
        }
    }
    found
}

/// Is it the statement's own query, or a branch of its set operation?
fn is_outermost(queries: &[Query], query: &Query) -> bool {
    match query.parent {
        None => true,
        Some(parent) => {
            query.clause == Clause::SetOperand && is_outermost(queries, &queries[parent.0 as usize])
        }
    }
}

fn is_read_by_a_program_or_view(cx: &Cx<'_>, tree: &Tree) -> bool {
    let root = tree.root();
    if let Some(select) = root.cast::<ast::SelectStmt>() {
        let direction = cx.statement().map(|it| it.section.direction);
        return select.into_clause().is_none() && direction != Some(Direction::Up);
    }
    let is_materialized_view = root
        .cast::<ast::CreateTableAsStmt>()
        .is_some_and(|create| create.objtype() == ast::ObjectType::ObjectMatview);
    root.is::<ast::ViewStmt>() || is_materialized_view
}

/// `id, email`, or `a.id, a.email` when there are several FROM items. `None` when
/// an item cannot be named.
fn column_list(query: ResolvedQuery<'_>, columns: &[FromColumn]) -> Option<String> {
    let items = &query.query().from;
    let is_alone = items.len() == 1 && query.resolution[items[0]].join().is_none();
    // The alias of a join hides the names of what it joins.
    let mut joins = query.resolution.items_of(query.id).into_iter();
    if joins.any(|it| query.resolution[it].join().is_some() && query.resolution[it].has_alias) {
        return None;
    }
    let names: Option<Vec<String>> = columns
        .iter()
        .map(|column| {
            let name = quote_identifier(&query.resolution.column(*column)?.name);
            let item = &query.resolution[column.from_item];
            match &item.name {
                // A merged column of USING goes without a qualifier.
                _ if is_alone || item.join().is_some() => Some(name.into_owned()),
                Some(alias) => Some(format!("{}.{name}", quote_identifier(alias))),
                None => None,
            }
        })
        .collect();
    Some(names?.join(", "))
}
