//! What a rule is: documentation, a default severity, and a check of one subject.

use pglint_catalog::{Constraint, ForeignKey, Index, Relation};
use pglint_semantic::replay::Problem;
use pglint_syntax::ast::NodeKind;
use pglint_syntax::{Node, Statement};

use crate::{Cx, HistoryProblem, ResolvedQuery, Severity};

/// A rule: everything about it but the text of its examples' schema is in one file.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case; names the thing that is wrong.
    pub name: &'static str,
    /// The folder of the rule's file, with dashes: `schema`, `soft-delete`.
    pub category: &'static str,
    /// Unless the settings say otherwise.
    pub severity: Severity,
    /// The first version of pglint that has it.
    pub since: &'static str,
    /// Markdown; the first line is the summary. Its SQL is executed by tests.
    pub documentation: &'static str,
    /// What is checked, and by which function.
    pub checks: &'static [Check],
}

impl Rule {
    /// The first line of the documentation.
    pub fn summary(&self) -> &'static str {
        self.documentation.lines().next().unwrap_or_default().trim()
    }

    /// The address of the page that says most about it: the first one that the
    /// documentation refers to. `None` where there is none.
    pub fn reference(&self) -> Option<&'static str> {
        let (_, references) = self.documentation.split_once("## References")?;
        let (_, address) = references.split_once('<')?;
        Some(address.split_once('>')?.0)
    }
}

/// A function that looks at one subject and reports through the context.
///
/// `None` means "not my case"; the result exists so that `?` can say so.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Every node of one kind, in every statement that is run.
    Node(
        NodeKind,
        for<'a, 't> fn(&mut Cx<'a>, Node<'t>) -> Option<()>,
    ),
    /// Every statement, also those that could not be parsed.
    Statement(for<'a, 't> fn(&mut Cx<'a>, &'t Statement) -> Option<()>),
    /// Every query, at every level, with its names resolved.
    Query(for<'a, 't> fn(&mut Cx<'a>, ResolvedQuery<'t>) -> Option<()>),
    /// Every table of the final catalog, partitions too, foreign tables not.
    Table(for<'a, 't> fn(&mut Cx<'a>, &'t Relation) -> Option<()>),
    /// Every index of those tables.
    Index(for<'a, 't> fn(&mut Cx<'a>, &'t Relation, &'t Index) -> Option<()>),
    /// Every foreign key of those tables.
    ForeignKey(
        for<'a, 't> fn(&mut Cx<'a>, &'t Relation, &'t Constraint, &'t ForeignKey) -> Option<()>,
    ),
    /// Everything that a server would refuse of the migrations.
    Problem(for<'a, 't> fn(&mut Cx<'a>, &'t Problem) -> Option<()>),
    /// Everything that the migration tool does unexpectedly.
    History(for<'a, 't> fn(&mut Cx<'a>, &'t HistoryProblem) -> Option<()>),
}

/// Declares the one rule of a file.
///
/// ```text
/// declare_rule! {
///     /// Summary, then the documentation.
///     name: "null-comparison",
///     category: "query",
///     severity: Error,
///     since: "0.1.0",
///     check: AExpr => check,
/// }
/// ```
/// The subject of a check is a node type, or one of `Statement`, `Query`,
/// `Table`, `Index`, `ForeignKey`, `Problem` and `History`. A rule without a check is reported by the
/// linter itself.
macro_rules! declare_rule {
    (
        $(#[doc = $documentation:literal])*
        name: $name:literal,
        category: $category:literal,
        severity: $severity:ident,
        since: $since:literal,
        $(check: $subject:ident => $function:ident,)*
    ) => {
        /// The rule of this file.
        pub(crate) static RULE: $crate::Rule = $crate::Rule {
            name: $name,
            category: $category,
            severity: $crate::Severity::$severity,
            since: $since,
            documentation: concat!($($documentation, "\n",)*),
            checks: &[$($crate::rule::declare_rule!(@check $subject $function)),*],
        };
    };
    (@check Statement $function:ident) => { $crate::Check::Statement($function) };
    (@check Query $function:ident) => { $crate::Check::Query($function) };
    (@check Table $function:ident) => { $crate::Check::Table($function) };
    (@check Index $function:ident) => { $crate::Check::Index($function) };
    (@check ForeignKey $function:ident) => { $crate::Check::ForeignKey($function) };
    (@check Problem $function:ident) => { $crate::Check::Problem($function) };
    (@check History $function:ident) => { $crate::Check::History($function) };
    (@check $kind:ident $function:ident) => {
        $crate::Check::Node(
            <pglint_syntax::ast::$kind as pglint_syntax::ast::Kind>::KIND,
            |cx, node| $function(cx, node.cast::<pglint_syntax::ast::$kind>()?),
        )
    };
}
pub(crate) use declare_rule;

/// What nearly every rule needs.
pub(crate) mod prelude {
    pub(crate) use super::declare_rule;
    pub(crate) use crate::{Cx, Severity};
    pub(crate) use pglint_syntax::{Node, ast};
}
