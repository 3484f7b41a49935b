use pglint_syntax::{ParseOptions, TokenKind, lex};
use pglint_text::TextRange;

use crate::rule::prelude::*;

declare_rule! {
    /// A name that is longer than PostgreSQL keeps.
    ///
    /// ## Why is this bad?
    /// PostgreSQL cuts names after 63 bytes, with a notice that migration tools do not
    /// show. Two long names that differ only at their ends are then the same, and a
    /// program that looks for the name as written does not find it.
    ///
    /// Only the statement that gives a name is reported, not those that use it.
    ///
    /// ```sql bad
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// CREATE INDEX account_email_lower_case_for_the_login_page_and_for_the_newsletter ON account (lower(email));
    /// --           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the name is 66 bytes long and becomes `account_email_lower_case_for_the_login_page_and_for_the_newslet`
    /// ```
    /// ```sql good
    /// CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL);
    /// CREATE INDEX account_email_lower ON account (lower(email));
    /// ```
    ///
    /// ## References
    /// - <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS>
    name: "identifier-truncated",
    category: "schema",
    severity: Warning,
    since: "0.1.0",
    check: CreateStmt => table,
    check: ViewStmt => view,
    check: CreateSeqStmt => sequence,
    check: ColumnDef => column,
    check: Constraint => constraint,
    check: IndexStmt => index,
    check: CreateTrigStmt => trigger,
    check: CreatePolicyStmt => policy,
    check: CreateFunctionStmt => function,
    check: CreateTableAsStmt => table_as,
    check: CreateSchemaStmt => schema,
    check: CreateEnumStmt => enumeration,
    check: CreateDomainStmt => domain,
    check: RenameStmt => new_name,
}

/// `NAMEDATALEN - 1`: the longest name, in bytes.
const LONGEST: usize = 63;

fn table(cx: &mut Cx<'_>, node: Node<'_, ast::CreateStmt>) -> Option<()> {
    relation(cx, node.relation()?)
}

fn view(cx: &mut Cx<'_>, node: Node<'_, ast::ViewStmt>) -> Option<()> {
    relation(cx, node.view()?)
}

fn sequence(cx: &mut Cx<'_>, node: Node<'_, ast::CreateSeqStmt>) -> Option<()> {
    relation(cx, node.sequence()?)
}

fn relation(cx: &mut Cx<'_>, node: Node<'_, ast::RangeVar>) -> Option<()> {
    check(cx, node.relname(), node.range())
}

fn column(cx: &mut Cx<'_>, node: Node<'_, ast::ColumnDef>) -> Option<()> {
    check(cx, node.colname(), node.range())
}

fn constraint(cx: &mut Cx<'_>, node: Node<'_, ast::Constraint>) -> Option<()> {
    check(cx, node.conname(), node.range())
}

fn index(cx: &mut Cx<'_>, node: Node<'_, ast::IndexStmt>) -> Option<()> {
    check(cx, node.idxname(), node.range())
}

fn trigger(cx: &mut Cx<'_>, node: Node<'_, ast::CreateTrigStmt>) -> Option<()> {
    check(cx, node.trigname(), node.range())
}

fn policy(cx: &mut Cx<'_>, node: Node<'_, ast::CreatePolicyStmt>) -> Option<()> {
    check(cx, node.policy_name(), node.range())
}

fn function(cx: &mut Cx<'_>, node: Node<'_, ast::CreateFunctionStmt>) -> Option<()> {
    check(cx, node.funcname().last()?, node.range())
}

fn table_as(cx: &mut Cx<'_>, node: Node<'_, ast::CreateTableAsStmt>) -> Option<()> {
    relation(cx, node.into()?.rel()?)
}

fn schema(cx: &mut Cx<'_>, node: Node<'_, ast::CreateSchemaStmt>) -> Option<()> {
    check(cx, node.schemaname(), node.range())
}

fn enumeration(cx: &mut Cx<'_>, node: Node<'_, ast::CreateEnumStmt>) -> Option<()> {
    check(cx, node.type_name().last()?, node.range())
}

fn domain(cx: &mut Cx<'_>, node: Node<'_, ast::CreateDomainStmt>) -> Option<()> {
    check(cx, node.domainname().last()?, node.range())
}

fn new_name(cx: &mut Cx<'_>, node: Node<'_, ast::RenameStmt>) -> Option<()> {
    check(cx, node.newname(), node.range())
}

/// Judges a name as the parser keeps it, cut, by the place where it is given.
fn check(cx: &mut Cx<'_>, name: &str, range: TextRange) -> Option<()> {
    // A name that was cut fills the 63 bytes but for a part of one character.
    if name.len() < LONGEST - 3 {
        return None;
    }
    let text = cx.statement()?.text.get(std::ops::Range::from(range))?;
    // The name is the first identifier that begins so.
    let (token, written) = lex(text, ParseOptions::default())
        .into_iter()
        .find_map(|token| {
            let written = match token.kind {
                TokenKind::Word => token.text(text).to_owned(),
                TokenKind::QuotedIdentifier => {
                    token.text(text).trim_matches('"').replace("\"\"", "\"")
                }
                _ => return None,
            };
            let begins_so = written.get(..name.len())?.eq_ignore_ascii_case(name);
            begins_so.then_some((token, written))
        })?;
    if written.len() <= LONGEST {
        return None;
    }
    let message = format!("the name is {} bytes long and becomes `{name}`", written.len());
    cx.report(token.range() + range.start(), message)
        .help("Choose a name of at most 63 bytes")
        .object(name);
    Some(())
}
