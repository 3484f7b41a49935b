//! Expressions: text, column slots, what they name, and their shape.

use super::name;
use crate::change::UnresolvedExpression;
use crate::expression_name::{expression_name, value_function};
use pglint_catalog::{
    ColumnNumber, ColumnSlot, Expression, FunctionId, Name, NullTest, QualifiedName, RelationId,
    Shape, TypeId,
};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};
use pglint_text::{TextRange, TextSize};

/// An expression of the schema.
pub(super) fn expression(node: Node<'_>) -> UnresolvedExpression {
    let (text, moved) = name::clean(node.text());
    let mut lowered = UnresolvedExpression {
        expression: Expression {
            text: text.into(),
            slots: Vec::new(),
            shape: Shape::Other,
            functions: Vec::new(),
            types: Vec::new(),
            relations: Vec::new(),
            calls: Vec::new(),
        },
        columns: Vec::new(),
        relations: Vec::new(),
        functions: Vec::new(),
        types: Vec::new(),
        range: node.range(),
    };
    for part in std::iter::once(node).chain(node.descendants()) {
        lowered.add(node, part, &moved);
    }
    lowered
        .expression
        .slots
        .sort_by_key(|slot| slot.range.start());
    let is_whole = lowered
        .expression
        .slots
        .windows(2)
        .all(|pair| pair[0].range.end() <= pair[1].range.start());
    if !is_whole {
        lowered
            .expression
            .slots
            .dedup_by_key(|slot| slot.range.start());
    }
    lowered.expression.shape = lowered.shape_of(node);
    lowered
}

/// The same, for a place that is seldom filled.
pub(super) fn boxed(node: Node<'_>) -> Box<UnresolvedExpression> {
    Box::new(expression(node))
}

impl UnresolvedExpression {
    fn add(&mut self, root: Node<'_>, part: Node<'_>, moved: &[(TextRange, TextRange)]) {
        match part.node_kind() {
            NodeKind::ColumnRef => self.add_column(root, part, moved),
            NodeKind::FuncCall => self.add_call(part),
            NodeKind::SQLValueFunction => {
                if let Some(keyword) = part.cast().and_then(value_function) {
                    self.expression.calls.push(Name::new_static(keyword));
                }
            }
            NodeKind::TypeCast => self.add_cast(part),
            NodeKind::RangeVar => {
                if let Some(relation) = part.cast::<ast::RangeVar>() {
                    self.add_relation(name::relation(relation).name);
                }
            }
            _ => {}
        }
    }

    fn add_column(&mut self, root: Node<'_>, part: Node<'_>, moved: &[(TextRange, TextRange)]) {
        let in_subquery = part
            .ancestors()
            .take_while(|it| *it != root)
            .any(|it| it.is::<ast::SelectStmt>());
        let Some(column) = part.cast::<ast::ColumnRef>() else {
            return;
        };
        let Some(last) = column.fields().last() else {
            return;
        };
        if in_subquery || column.fields().has_star() {
            return;
        }
        let place = self.column(last);
        if let Some(range) = moved_range(part.range(), root.range().start(), moved) {
            self.expression.slots.push(ColumnSlot {
                range,
                column: place,
            });
        }
    }

    fn column(&mut self, column: &str) -> ColumnNumber {
        let at = match self.columns.iter().position(|it| it == column) {
            Some(at) => at,
            None => {
                self.columns.push(column.into());
                self.columns.len() - 1
            }
        };
        ColumnNumber(u16::try_from(at + 1).unwrap_or(u16::MAX))
    }

    fn add_call(&mut self, part: Node<'_>) {
        let Some(call) = part.cast::<ast::FuncCall>() else {
            return;
        };
        let Some(function) = name::qualified(call.funcname()) else {
            return;
        };
        self.expression.calls.push(function.name.clone());
        if is_sequence_function(&function.name)
            && let Some(sequence) = call.args().first().and_then(sequence_argument)
        {
            self.add_relation(sequence);
        }
        let id = FunctionId(index_of(&mut self.functions, function));
        push_once(&mut self.expression.functions, id);
    }

    fn add_cast(&mut self, part: Node<'_>) {
        let Some(cast) = part.cast::<ast::TypeCast>() else {
            return;
        };
        let Some(target) = cast.type_name() else {
            return;
        };
        if target.names().last() == Some("regclass") {
            if let Some(relation) = string_constant(part).and_then(name::in_string) {
                self.add_relation(relation);
            }
        } else if target.names().first() != Some("pg_catalog")
            && let Some(named) = name::qualified(target.names())
        {
            let id = TypeId(index_of(&mut self.types, named));
            push_once(&mut self.expression.types, id);
        }
    }

    fn add_relation(&mut self, relation: QualifiedName) {
        let id = RelationId(index_of(&mut self.relations, relation));
        push_once(&mut self.expression.relations, id);
    }

    fn shape_of(&mut self, node: Node<'_>) -> Shape {
        if let Some(is_null) = constant(node) {
            return if is_null {
                Shape::Null
            } else {
                Shape::Constant
            };
        }
        if let Some(column) = self.column_of(Some(node)) {
            return Shape::Column(column);
        }
        if let Some(tests) = self.null_tests(node) {
            return Shape::NullTests(tests);
        }
        if let Some((column, value)) = self.boolean_test(node) {
            return Shape::BooleanTest(column, value);
        }
        self.call_shape(node).unwrap_or(Shape::Other)
    }

    fn column_of(&mut self, node: Option<Node<'_>>) -> Option<ColumnNumber> {
        let column = node?.cast::<ast::ColumnRef>()?;
        if column.fields().has_star() {
            return None;
        }
        Some(self.column(column.fields().last()?))
    }

    fn null_tests(&mut self, node: Node<'_>) -> Option<Vec<NullTest>> {
        if let Some(test) = node.cast::<ast::NullTest>() {
            return Some(vec![NullTest {
                column: self.column_of(test.arg())?,
                is_null: test.nulltesttype() == ast::NullTestType::IsNull,
            }]);
        }
        let and = node.cast::<ast::BoolExpr>()?;
        // `NOT (column IS NULL)`, which the server turns round (`negate_clause` in
        // `prepqual.c`).
        if and.boolop() == ast::BoolExprType::NotExpr {
            let mut tests = self.null_tests(and.args().first()?)?;
            let [test] = tests.as_mut_slice() else {
                return None;
            };
            test.is_null = !test.is_null;
            return Some(tests);
        }
        if and.boolop() != ast::BoolExprType::AndExpr {
            return None;
        }
        let mut tests = Vec::new();
        for argument in and.args() {
            tests.extend(self.null_tests(argument)?);
        }
        Some(tests)
    }

    fn boolean_test(&mut self, node: Node<'_>) -> Option<(ColumnNumber, bool)> {
        if let Some(not) = node.cast::<ast::BoolExpr>() {
            if not.boolop() != ast::BoolExprType::NotExpr {
                return None;
            }
            return Some((self.column_of(not.args().first())?, false));
        }
        if let Some(test) = node.cast::<ast::BooleanTest>() {
            let value = match test.booltesttype() {
                ast::BoolTestType::IsTrue => true,
                ast::BoolTestType::IsFalse | ast::BoolTestType::IsNotTrue => false,
                _ => return None,
            };
            return Some((self.column_of(test.arg())?, value));
        }
        let equals = node.cast::<ast::AExpr>()?;
        if equals.kind() != ast::AExprKind::AexprOp || equals.name().only() != Some("=") {
            return None;
        }
        let column = self.column_of(equals.lexpr())?;
        let value = equals.rexpr()?.cast::<ast::AConst>()?.boolval()?.boolval();
        Some((column, value))
    }

    fn call_shape(&mut self, node: Node<'_>) -> Option<Shape> {
        if let Some(keyword) = node
            .cast::<ast::SQLValueFunction>()
            .and_then(value_function)
        {
            return Some(Shape::Call(Name::new_static(keyword)));
        }
        let call = node.cast::<ast::FuncCall>()?;
        let function = name::qualified(call.funcname())?;
        if function.name == "nextval" {
            let sequence = sequence_argument(call.args().first()?)?;
            let at = self.relations.iter().position(|it| *it == sequence)?;
            return Some(Shape::NextValue(RelationId(u32::try_from(at).ok()?)));
        }
        let constant_arguments = call.args().all(|it| constant(it).is_some());
        constant_arguments.then_some(Shape::Call(function.name))
    }
}

/// `Some(true)` for NULL, `Some(false)` for another literal, cast or not.
fn constant(node: Node<'_>) -> Option<bool> {
    match node.node_kind() {
        NodeKind::AConst => Some(node.cast::<ast::AConst>()?.isnull()),
        NodeKind::TypeCast => constant(node.cast::<ast::TypeCast>()?.arg()?),
        NodeKind::AArrayExpr => {
            let mut elements = node.cast::<ast::AArrayExpr>()?.elements();
            elements.all(|it| constant(it).is_some()).then_some(false)
        }
        NodeKind::AExpr => {
            let sign = node.cast::<ast::AExpr>()?;
            let is_sign = sign.lexpr().is_none() && matches!(sign.name().only(), Some("-" | "+"));
            is_sign.then(|| constant(sign.rexpr()?)).flatten()
        }
        _ => None,
    }
}

fn sequence_argument(node: Node<'_>) -> Option<QualifiedName> {
    // A text is looked up only when a value is taken.
    if let Some(cast) = node.cast::<ast::TypeCast>()
        && cast.type_name()?.names().last() == Some("text")
    {
        return None;
    }
    name::in_string(string_constant(node)?)
}

/// The text of a string literal, cast or not.
fn string_constant(node: Node<'_>) -> Option<&str> {
    match node.cast::<ast::TypeCast>() {
        Some(cast) => string_constant(cast.arg()?),
        None => Some(node.cast::<ast::AConst>()?.sval()?.sval()),
    }
}

fn is_sequence_function(function: &str) -> bool {
    matches!(function, "nextval" | "currval" | "setval")
}

/// Where a range of the statement is in the cleaned text.
fn moved_range(
    range: TextRange,
    start: TextSize,
    moved: &[(TextRange, TextRange)],
) -> Option<TextRange> {
    let range = range.checked_sub(start)?;
    let first = moved.iter().find(|(old, _)| old.start() == range.start())?;
    let last = moved.iter().find(|(old, _)| old.end() == range.end())?;
    (first.1.start() <= last.1.end()).then(|| TextRange::new(first.1.start(), last.1.end()))
}

fn index_of(list: &mut Vec<QualifiedName>, item: QualifiedName) -> u32 {
    let at = match list.iter().position(|it| *it == item) {
        Some(at) => at,
        None => {
            list.push(item);
            list.len() - 1
        }
    };
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// What an expression is called in a generated index name: `FigureIndexColname`
/// in `parse_target.c`, `expr` where that gives nothing.
pub(super) fn label(node: Node<'_>) -> Name {
    figure(node).unwrap_or(Name::new_static("expr"))
}

/// What a column that is an expression is called. `None` where it has no name.
pub(super) fn figure(node: Node<'_>) -> Option<Name> {
    expression_name(node, &of_subquery)
}

fn of_subquery(query: Node<'_>) -> Option<Name> {
    let select = query.cast::<ast::SelectStmt>()?;
    let target = select.target_list().of::<ast::ResTarget>().next()?;
    match name::optional(target.name()) {
        Some(name) => Some(name),
        None => figure(target.val()?).or(Some(Name::new_static("?column?"))),
    }
}
