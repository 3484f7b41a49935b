//! The ranges of nodes against PostgreSQL's own parser: the text of a node's
//! range, parsed again in a suitable frame, must give the node.
//!
//! Runs over the directory of `.sql` files that `PGLINT_CORPUS` names; the number
//! of failures is held for PostgreSQL's regression scripts, its folder
//! `pg18-regress`. `PGLINT_RANGES=KIND` prints the failures of a kind of node.
#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::print_stderr, reason = "failures are listed on request")]

mod corpus;

use std::collections::BTreeMap;

use pglint_syntax::ast::{self, ConstrType, NodeKind, ObjectType};
use pglint_syntax::{Node, ParseOptions, Token, Tree, lex, parse, split, with_large_stack};

/// Expressions of the regression scripts whose text does not give them again.
/// May only fall; lower it then.
const EXPRESSION_FAILURES: usize = 0;
/// Other nodes, likewise: queries that select nothing and so left no trace, and
/// what `CREATE RECURSIVE VIEW` adds.
const OTHER_FAILURES: usize = 10;

/// How many nodes of a kind were looked at, and how many failed.
#[derive(Default)]
struct Count {
    nodes: usize,
    failures: usize,
}

type Counts = BTreeMap<NodeKind, Count>;

fn tree(sql: &str) -> Option<Tree> {
    parse(sql, ParseOptions::default()).ok()
}

fn is_expression(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::AConst
            | NodeKind::ColumnRef
            | NodeKind::ParamRef
            | NodeKind::AExpr
            | NodeKind::BoolExpr
            | NodeKind::FuncCall
            | NodeKind::TypeCast
            | NodeKind::SubLink
            | NodeKind::CaseExpr
            | NodeKind::NullTest
            | NodeKind::BooleanTest
            | NodeKind::CoalesceExpr
            | NodeKind::MinMaxExpr
            | NodeKind::SQLValueFunction
            | NodeKind::XmlExpr
            | NodeKind::XmlSerialize
            | NodeKind::AArrayExpr
            | NodeKind::AIndirection
            | NodeKind::RowExpr
            | NodeKind::CollateClause
            | NodeKind::GroupingFunc
            | NodeKind::SetToDefault
            | NodeKind::MergeSupportFunc
            | NodeKind::JsonIsPredicate
            | NodeKind::JsonFuncExpr
            | NodeKind::JsonParseExpr
            | NodeKind::JsonScalarExpr
            | NodeKind::JsonSerializeExpr
            | NodeKind::JsonObjectConstructor
            | NodeKind::JsonArrayConstructor
            | NodeKind::JsonArrayQueryConstructor
            | NodeKind::JsonObjectAgg
            | NodeKind::JsonArrayAgg
    )
}

/// Nodes for which the user wrote nothing that could be parsed again.
fn is_made_up(node: Node<'_>) -> bool {
    let text = node.text();
    // NOT IN, IS NOT DOCUMENT, ...: two nodes of one text, the outer one counts.
    if let Some(parent) = node.parent()
        && parent.is::<ast::BoolExpr>()
        && parent.range() == node.range()
    {
        return true;
    }
    match node.node_kind() {
        // Constants that are words: `EXTRACT(year FROM x)`, `SET x TO on`,
        // `interval '1' year`; and those that the grammar adds, such as the
        // length of `char`.
        NodeKind::AConst => {
            let constant = node.cast::<ast::AConst>().unwrap();
            let first = text.chars().next().unwrap_or(' ');
            let is_constant = matches!(first, '0'..='9' | '.' | '-' | '\'' | '$')
                || text.contains('\'')
                || ["true", "false", "null"].contains(&text.to_lowercase().as_str());
            let is_word = constant.sval().is_some() && !text.contains(['\'', '$']);
            constant.location() == -1 || is_word || !is_constant
        }
        // `TABLE t`
        NodeKind::ResTarget => node.cast::<ast::ResTarget>().unwrap().location() == -1,
        NodeKind::ColumnRef => node.cast::<ast::ColumnRef>().unwrap().location() == -1,
        // COLLATE in the definition of a column.
        NodeKind::CollateClause => node.cast::<ast::CollateClause>().unwrap().arg().is_none(),
        // The patterns of LIKE ... ESCAPE and SIMILAR TO.
        NodeKind::FuncCall => {
            let call = node.cast::<ast::FuncCall>().unwrap();
            let name = call.funcname().last().unwrap_or_default();
            ["like_escape", "similar_to_escape"].contains(&name) && !text.contains(name)
        }
        // CREATE RECURSIVE VIEW
        NodeKind::RangeVar => node.cast::<ast::RangeVar>().unwrap().location() == -1,
        NodeKind::CommonTableExpr => node.cast::<ast::CommonTableExpr>().unwrap().location() == -1,
        // `substring(x FOR 3)` casts the 3.
        NodeKind::TypeCast => {
            let cast = node.cast::<ast::TypeCast>().unwrap();
            cast.type_name().unwrap().location() == -1
        }
        // Types of casts that the grammar adds.
        NodeKind::TypeName => node.cast::<ast::TypeName>().unwrap().location() == -1,
        _ => false,
    }
}

/// A frame in which the node's text can be parsed again, and the kind of node to
/// look for in it. `None` for nodes that are not looked at.
fn frame(node: Node<'_>) -> Option<String> {
    let text = node.text();
    let parent = node.parent()?;
    match node.node_kind() {
        // An inner dimension of an array.
        NodeKind::AArrayExpr if text.starts_with('[') => Some(format!("SELECT ARRAY{text}")),
        kind if is_expression(kind) => Some(format!("SELECT {text}")),
        NodeKind::SelectStmt => Some(format!("SELECT ({text})")),
        NodeKind::AlterTableCmd => {
            let alter = parent.cast::<ast::AlterTableStmt>()?;
            let object = match alter.objtype() {
                ObjectType::ObjectIndex => "INDEX",
                ObjectType::ObjectView => "VIEW",
                ObjectType::ObjectSequence => "SEQUENCE",
                ObjectType::ObjectMatview => "MATERIALIZED VIEW",
                ObjectType::ObjectForeignTable => "FOREIGN TABLE",
                ObjectType::ObjectType => "TYPE",
                _ => "TABLE",
            };
            Some(format!("ALTER {object} t {text}"))
        }
        NodeKind::ColumnDef => {
            let column = node.cast::<ast::ColumnDef>()?;
            match parent.cast::<ast::AlterTableCmd>().map(|it| it.subtype()) {
                Some(ast::AlterTableType::AtAlterColumnType) => None,
                _ if column.type_name().is_none() => Some(format!("CREATE TABLE t OF u ({text})")),
                _ => Some(format!("CREATE TABLE t ({text})")),
            }
        }
        NodeKind::Constraint => match parent.node_kind() {
            NodeKind::ColumnDef => Some(format!("CREATE TABLE t (c int {text})")),
            NodeKind::CreateDomainStmt => Some(format!("CREATE DOMAIN d AS int {text}")),
            NodeKind::AlterTableCmd
                if node.cast::<ast::Constraint>()?.contype() == ConstrType::ConstrIdentity =>
            {
                Some(format!("CREATE TABLE t (c int {text})"))
            }
            NodeKind::AlterDomainStmt => Some(format!("ALTER DOMAIN d ADD {text}")),
            _ => Some(format!("CREATE TABLE t ({text})")),
        },
        NodeKind::RangeVar => {
            let relation = node.cast::<ast::RangeVar>()?;
            let is_type = !relation.inh() && !text.to_lowercase().starts_with("only");
            if relation.relpersistence() != "p" {
                None
            } else if is_type {
                Some(format!("CREATE TYPE {text} AS ()"))
            } else {
                Some(format!("SELECT FROM {text}"))
            }
        }
        NodeKind::RangeSubselect
        | NodeKind::RangeFunction
        | NodeKind::RangeTableFunc
        | NodeKind::RangeTableSample
        | NodeKind::JsonTable
        | NodeKind::JoinExpr => Some(format!("SELECT FROM {text}")),
        // The type of a constant such as `date '...'` or `interval '1' year`.
        NodeKind::TypeName
            if parent
                .cast::<ast::TypeCast>()
                .is_some_and(|it| it.location() == -1) =>
        {
            let constant = if text.contains('\'') { "" } else { "''" };
            Some(format!("SELECT {text} {constant}"))
        }
        NodeKind::TypeName if text.to_lowercase().starts_with("table") => None,
        NodeKind::TypeName => Some(format!("CREATE FUNCTION f() RETURNS {text} AS ''")),
        NodeKind::IndexElem => Some(format!("CREATE INDEX ON t ({text})")),
        NodeKind::ResTarget if parent.is::<ast::SelectStmt>() => Some(format!("SELECT {text}")),
        NodeKind::SortBy => Some(format!("SELECT ORDER BY {text}")),
        NodeKind::CommonTableExpr => {
            let recursive = parent.cast::<ast::WithClause>()?.recursive();
            let recursive = if recursive { "RECURSIVE" } else { "" };
            Some(format!("WITH {recursive} {text} SELECT"))
        }
        _ => None,
    }
}

/// Does the node's text, in its frame, give the node again, and nothing else?
fn comes_back(node: Node<'_>, frame: &str) -> bool {
    let Some(again) = tree(frame) else {
        return false;
    };
    if is_expression(node.node_kind()) || node.is::<ast::SelectStmt>() {
        return only_target(&again).is_some_and(|other| {
            let query = other
                .cast::<ast::SubLink>()
                .and_then(|link| link.subselect());
            let query = query.filter(|_| node.is::<ast::SelectStmt>());
            query.unwrap_or(other).same_shape(node)
        });
    }
    let found = again
        .nodes()
        .find(|other| other.node_kind() == node.node_kind());
    found.is_some_and(|other| {
        let siblings = other.parent().into_iter().flat_map(Node::children);
        let alike = siblings.filter(|each| each.node_kind() == other.node_kind());
        alike.count() == 1 && other.same_shape(node)
    })
}

/// The expression or sub-select that a SELECT consists of.
fn only_target(tree: &Tree) -> Option<Node<'_>> {
    let select = tree.root().cast::<ast::SelectStmt>()?;
    let mut children = tree.root().children();
    let target = children.next()?.cast::<ast::ResTarget>()?;
    if children.next().is_some() || !target.name().is_empty() || !select.sort_clause().is_empty() {
        return None;
    }
    let value = target.val()?;
    Some(value)
}

fn count(tree: &Tree, path: &str, counts: &mut Counts) {
    let wanted = std::env::var("PGLINT_RANGES").unwrap_or_default();
    for node in tree.nodes() {
        let Some(frame) = frame(node) else { continue };
        if is_made_up(node) {
            continue;
        }
        let kind = node.node_kind();
        let fails = !comes_back(node, &frame);
        if fails && (wanted == "all" || wanted == format!("{kind:?}")) {
            eprintln!(
                "{path}: {kind:?}: {:?}\n    of {:?}",
                node.text(),
                tree.text()
            );
        }
        let count = counts.entry(kind).or_default();
        count.nodes += 1;
        count.failures += usize::from(fails);
    }
}

/// A node lies in its parent and begins and ends with a token.
fn check_shape(tree: &Tree) {
    let tokens = lex(tree.text(), ParseOptions::default());
    let tokens: Vec<Token> = tokens.into_iter().filter(|it| !it.is_trivia()).collect();
    for node in tree.nodes() {
        let range = node.range();
        let start = tokens.binary_search_by_key(&range.start(), |token| token.start());
        let end = tokens.binary_search_by_key(&range.end(), |token| token.end());
        assert!(
            start.is_ok() && end.is_ok() && start <= end,
            "{node:?} of {:?}",
            tree.text()
        );
        if let Some(parent) = node.parent() {
            assert!(
                parent.range().contains_range(range),
                "{node:?} outside of {parent:?}"
            );
        }
    }
}

fn percentages(counts: &Counts) -> String {
    let line = |(kind, count): (&NodeKind, &Count)| {
        let good = 100.0 * (1.0 - count.failures as f64 / count.nodes as f64);
        let (nodes, failures) = (count.nodes, count.failures);
        format!("\n  {kind:?}: {failures} of {nodes} fail, {good:.2} % right")
    };
    counts.iter().map(line).collect()
}

/// Failures and nodes.
fn sum(counts: &Counts, of_expressions: bool) -> (usize, usize) {
    let wanted = counts
        .iter()
        .filter(|(kind, _)| is_expression(**kind) == of_expressions);
    wanted.fold((0, 0), |(failures, nodes), (_, count)| {
        (failures + count.failures, nodes + count.nodes)
    })
}

#[test]
fn texts_of_ranges_give_their_nodes_again() {
    let mut pinned = Counts::new();
    let mut others = Counts::new();
    with_large_stack(|| {
        corpus::for_each_file(|path, text| {
            let is_pinned = path.starts_with("pg18-regress");
            let counts = if is_pinned { &mut pinned } else { &mut others };
            for statement in split(text, ParseOptions::default()).statements {
                let Some(tree) = tree(&text[statement.range]) else {
                    continue;
                };
                check_shape(&tree);
                // Elsewhere a sample is enough: dumps repeat themselves.
                if is_pinned || tree.text().len() < 2_000 {
                    count(&tree, path, counts);
                }
            }
        });
    });
    let (expressions, all_expressions) = sum(&pinned, true);
    let (rest, all_rest) = sum(&pinned, false);
    corpus::report("regression scripts", &percentages(&pinned));
    corpus::report("other files", &percentages(&others));
    corpus::report(
        "regression scripts",
        &format!(
            "{expressions} of {all_expressions} expressions, {rest} of {all_rest} others fail"
        ),
    );
    if !pinned.is_empty() {
        assert_eq!(expressions, EXPRESSION_FAILURES);
        assert_eq!(rest, OTHER_FAILURES);
    }
}
