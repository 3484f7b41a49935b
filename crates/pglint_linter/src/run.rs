//! Runs the checks: statement by statement, then on the final schema.

use pglint_catalog::{Catalog, Relation};
use pglint_semantic::section::Direction;
use pglint_syntax::ast::{self, NODE_KINDS, NodeKind};
use pglint_syntax::{Statement, Tree};

use crate::cx::{Database, StatementContext};
use crate::query::Resolved;
use crate::{Check, Cx, Diagnostic, Location, ResolvedQuery, Rule, Settings, Severity, rules};

/// The checks that the settings leave, sorted by subject.
pub struct RuleSet {
    rules: Vec<(&'static str, Severity)>,
    by_kind: Vec<Vec<Active>>,
    statement: Vec<Active>,
    query: Vec<Active>,
    schema: Vec<Active>,
    history: Vec<Active>,
}

/// A check with the rule that it belongs to.
#[derive(Clone, Copy)]
struct Active {
    rule: &'static Rule,
    severity: Severity,
    check: Check,
}

impl RuleSet {
    /// The rules that `settings` enables.
    pub fn new(settings: &Settings) -> RuleSet {
        let mut set = RuleSet {
            rules: Vec::new(),
            by_kind: vec![Vec::new(); NODE_KINDS.len()],
            statement: Vec::new(),
            query: Vec::new(),
            schema: Vec::new(),
            history: Vec::new(),
        };
        for &rule in rules::ALL.iter().filter(|rule| settings.is_enabled(rule)) {
            set.rules.push((rule.name, settings.severity_of(rule)));
            for &check in rule.checks {
                let active = Active {
                    rule,
                    severity: settings.severity_of(rule),
                    check,
                };
                match check {
                    Check::Node(kind, _) => set.by_kind[kind as usize].push(active),
                    Check::Statement(_) => set.statement.push(active),
                    Check::Query(_) => set.query.push(active),
                    Check::Table(_) | Check::Index(_) | Check::ForeignKey(_) => {
                        set.schema.push(active);
                    }
                    Check::Problem(_) | Check::History(_) => set.history.push(active),
                }
            }
        }
        set
    }

    /// Did the rule of that name run?
    pub fn contains(&self, name: &str) -> bool {
        self.rules.iter().any(|(rule, _)| *rule == name)
    }

    /// The severity with which the rule of that name reports; that of advice
    /// when it does not run.
    pub(crate) fn severity_of(&self, name: &str) -> Severity {
        self.rules
            .iter()
            .find(|(rule, _)| *rule == name)
            .map_or(Severity::Info, |(_, severity)| *severity)
    }

    fn of_kind(&self, kind: NodeKind) -> &[Active] {
        &self.by_kind[kind as usize]
    }
}

/// What is wrong with one statement.
///
/// In a section that goes down only the statement as such is judged, and never
/// as more than advice: hardly anybody runs it.
pub fn check_statement(
    rules: &RuleSet,
    database: Database<'_>,
    context: StatementContext<'_>,
    statement: &Statement,
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut run = Run {
        database,
        statement: Some(context),
        diagnostics: &mut diagnostics,
    };
    for active in &rules.statement {
        run.check(active, None, |cx| match active.check {
            Check::Statement(check) => check(cx, statement),
            _ => None,
        });
    }
    if context.section.direction == Direction::Down {
        for diagnostic in &mut diagnostics {
            diagnostic.at_most(Severity::Info);
        }
    } else if let Some(tree) = statement.tree().filter(|tree| !tree.is_templated()) {
        if !is_replaced_view(database, context, &tree) {
            check_tree(rules, &mut run, &tree);
        }
        // What stands in a placeholder's place is not the user's text.
        diagnostics.retain(|diagnostic| match diagnostic.location {
            Location::Statement { range, .. } => !tree.is_masked(range),
            Location::File { .. } => true,
        });
    }
    diagnostics
}

/// Does the statement define a view that a later one replaces or drops? As with
/// tables, only the final schema counts.
fn is_replaced_view(database: Database<'_>, context: StatementContext<'_>, tree: &Tree) -> bool {
    let root = tree.root();
    let create_as = root.cast::<ast::CreateTableAsStmt>();
    let view = match root.cast::<ast::ViewStmt>() {
        Some(create) => create.view(),
        None => create_as
            .filter(|it| it.objtype() == ast::ObjectType::ObjectMatview)
            .and_then(|it| it.into()?.rel()),
    };
    let Some(view) = view else {
        return false;
    };
    let schema = Some(view.schemaname()).filter(|schema| !schema.is_empty());
    let made_by = |catalog: &Catalog| {
        let view = catalog.lookup_relation(schema, view.relname(), context.search_path);
        view.found().map(|it| it.origin.statement)
    };
    let last = made_by(database.catalog);
    let is_later = last.is_some_and(|last| database.files.is_later(last, context.id));
    let is_dropped = last.is_none() && made_by(context.catalog) == Some(context.id);
    is_later || is_dropped
}

fn check_tree(rules: &RuleSet, run: &mut Run<'_, '_>, tree: &Tree) {
    let Some(context) = run.statement else { return };
    let resolved = Resolved::new(tree, context);
    for node in tree.nodes() {
        for active in rules.of_kind(node.node_kind()) {
            run.check(active, Some(&resolved), |cx| match active.check {
                Check::Node(_, check) => check(cx, node),
                _ => None,
            });
        }
    }
    if rules.query.is_empty() {
        return;
    }
    let resolution = resolved.get();
    for (id, _) in resolution.queries() {
        let query = ResolvedQuery {
            tree,
            resolution,
            id,
        };
        for active in &rules.query {
            run.check(active, Some(&resolved), |cx| match active.check {
                Check::Query(check) => check(cx, query),
                _ => None,
            });
        }
    }
}

/// What is wrong with the schema after all files.
pub fn check_schema(rules: &RuleSet, database: Database<'_>) -> Vec<Diagnostic> {
    let tables = database.catalog.tables();
    tables
        .flat_map(|table| check_table(rules, database, table))
        .collect()
}

/// What is wrong with one table of the schema after all files.
pub fn check_table(rules: &RuleSet, database: Database<'_>, table: &Relation) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut run = Run {
        database,
        statement: None,
        diagnostics: &mut diagnostics,
    };
    for active in &rules.schema {
        match active.check {
            Check::Table(check) => run.check(active, None, |cx| check(cx, table)),
            Check::Index(check) => {
                for index in &table.indexes {
                    run.check(active, None, |cx| check(cx, table, index));
                }
            }
            Check::ForeignKey(check) => {
                for (constraint, key) in table.foreign_keys() {
                    run.check(active, None, |cx| check(cx, table, constraint, key));
                }
            }
            _ => {}
        }
    }
    diagnostics
}

/// What is wrong with the way from one schema to the next.
pub fn check_history(rules: &RuleSet, database: Database<'_>) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let mut run = Run {
        database,
        statement: None,
        diagnostics: &mut diagnostics,
    };
    for active in &rules.history {
        match active.check {
            Check::Problem(check) => {
                for problem in database.problems {
                    run.check(active, None, |cx| check(cx, problem));
                }
            }
            Check::History(check) => {
                for problem in database.history {
                    run.check(active, None, |cx| check(cx, problem));
                }
            }
            _ => {}
        }
    }
    diagnostics
}

struct Run<'a, 'd> {
    database: Database<'a>,
    statement: Option<StatementContext<'a>>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Run<'_, '_> {
    fn check(
        &mut self,
        active: &Active,
        resolved: Option<&Resolved<'_>>,
        check: impl FnOnce(&mut Cx<'_>) -> Option<()>,
    ) {
        let mut cx = Cx {
            rule: active.rule,
            severity: active.severity,
            database: self.database,
            statement: self.statement,
            resolved,
            diagnostics: self.diagnostics,
        };
        // `None` only means that the rule does not apply.
        let _ = check(&mut cx);
    }
}
