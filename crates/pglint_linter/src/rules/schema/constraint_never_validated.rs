use pglint_catalog::{Catalog, Origin, Relation};
use pglint_text::StatementId;

use crate::describe::{is_judged, member, relation_name, relation_sql};
use crate::rule::prelude::*;

declare_rule! {
    /// A constraint that was added NOT VALID and that no later file validates.
    ///
    /// ## Why is this bad?
    /// `NOT VALID` is the first half of a recipe: rows that were there before have not
    /// been checked, so nobody, the planner included, may rely on the constraint. The
    /// second half, `VALIDATE CONSTRAINT` in a later migration, was forgotten.
    ///
    /// Only reported when a later file changes the schema: the newest migration may
    /// well be waiting for its second half.
    ///
    /// ```sql setup
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// CREATE TABLE product (id bigint PRIMARY KEY, price numeric NOT NULL);
    /// ALTER TABLE product ADD CONSTRAINT product_price CHECK (price >= 0) NOT VALID;
    /// ```
    /// ```sql bad file=a_constraints.sql
    /// ALTER TABLE product ADD CONSTRAINT product_price_limit CHECK (price < 1000000) NOT VALID;
    /// --                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `product_price_limit` of `product` is never validated
    /// ```
    /// ```sql good
    /// ALTER TABLE product VALIDATE CONSTRAINT product_price;
    /// ALTER TABLE account ADD CONSTRAINT account_email CHECK (email <> '') NOT VALID;
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/sql-altertable.html>
    name: "constraint-never-validated",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: Table => check,
}

fn check(cx: &mut Cx<'_>, table: &Relation) -> Option<()> {
    if !is_judged(table) || table.is_partition() {
        return None;
    }
    let constraints = table
        .constraints
        .iter()
        .filter(|it| !it.validated && it.enforced && it.inherited_from == 0)
        .map(|it| (it.name.as_str(), it.origin));
    let not_null = table.columns.iter().filter_map(|it| it.not_null.as_ref());
    let not_null = not_null
        .filter(|it| !it.validated && it.inherited_from == 0)
        .map(|it| (it.name.as_str(), it.origin));
    let waiting: Vec<(&str, Origin)> = constraints.chain(not_null).collect();
    for (name, origin) in waiting {
        report(cx, table, name, origin);
    }
    Some(())
}

fn report(cx: &mut Cx<'_>, table: &Relation, name: &str, origin: Origin) -> Option<()> {
    let catalog = cx.catalog();
    let is_later = |statement: StatementId| {
        let files = cx.database().files;
        files.is_later(statement, origin.statement)
            && !cx.is_same_file(statement, origin.statement)
    };
    if !statements(catalog).any(is_later) {
        return None;
    }
    let message = format!(
        "`{name}` of `{}` is never validated",
        relation_name(catalog, table),
    );
    let help = format!(
        "Add a migration with `ALTER TABLE {} VALIDATE CONSTRAINT {}`",
        relation_sql(catalog, table),
        pglint_catalog::quote_identifier(name),
    );
    let object = member(catalog, table, name);
    cx.report(origin, message).help(help).object(object);
    Some(())
}

/// The statements that left a trace in the final schema.
fn statements(catalog: &Catalog) -> impl Iterator<Item = StatementId> {
    catalog.relations().flat_map(|relation| {
        let columns = relation
            .columns
            .iter()
            .flat_map(|it| [it.origin.statement, it.type_origin.statement]);
        let constraints = relation.constraints.iter().map(|it| it.origin.statement);
        let indexes = relation.indexes.iter().map(|it| it.origin.statement);
        let own = std::iter::once(relation.origin.statement);
        own.chain(columns).chain(constraints).chain(indexes)
    })
}
