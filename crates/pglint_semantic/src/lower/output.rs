//! The columns that a query makes, as far as its text tells.

use super::{data_type, expression, name};
use crate::change::{OutputColumn, OutputType};
use crate::types;
use pglint_catalog::{DataType, Name, QualifiedName, TypeId};
use pglint_syntax::Node;
use pglint_syntax::ast::{self, NodeKind};

/// The names of common table expressions in sight, innermost last, with their
/// columns; `None` when these are not known.
pub(super) type Ctes = Vec<(String, Option<Vec<OutputColumn>>)>;

/// A query and what its names can mean.
#[derive(Clone, Copy)]
struct Scope<'t> {
    select: Node<'t, ast::SelectStmt>,
    ctes: &'t Ctes,
}

/// How deep an expression is looked into.
const DEPTH: u32 = 50;

/// The columns that a query makes. `None` when their number or a name is hidden.
pub(super) fn outputs(query: Node<'_>, outer: &Ctes) -> Option<Vec<OutputColumn>> {
    let select = query.cast::<ast::SelectStmt>()?;
    let ctes = with_ctes(select, outer);
    if let Some(left) = select.larg() {
        let columns = outputs(left.erase(), &ctes)?;
        let right = select.rarg().and_then(|it| outputs(it.erase(), &ctes));
        return Some(united(columns, right));
    }
    let scope = Scope {
        select,
        ctes: &ctes,
    };
    if !select.values_lists().is_empty() {
        return scope.of_values();
    }
    let mut columns = Vec::new();
    for target in select.target_list().of::<ast::ResTarget>() {
        scope.add_target(&mut columns, target)?;
    }
    Some(columns)
}

fn with_ctes(select: Node<'_, ast::SelectStmt>, outer: &Ctes) -> Ctes {
    let mut ctes = outer.clone();
    let Some(with) = select.with_clause() else {
        return ctes;
    };
    for cte in with.ctes().of::<ast::CommonTableExpr>() {
        let query = cte.ctequery();
        // The first part of a recursive query decides on its types.
        let first = query.and_then(|it| it.cast::<ast::SelectStmt>()?.larg());
        let query = match first.filter(|_| with.recursive()) {
            Some(first) => Some(first.erase()),
            None => query,
        };
        let columns = query.and_then(|it| outputs(it, &ctes));
        let columns = columns.and_then(|it| renamed(it, name::all(cte.aliascolnames())));
        ctes.push((cte.ctename().to_owned(), columns));
    }
    ctes
}

/// `UNION` and its kin have the names of the left and the types of both.
fn united(mut left: Vec<OutputColumn>, right: Option<Vec<OutputColumn>>) -> Vec<OutputColumn> {
    let right = right.unwrap_or_default();
    let is_named = |it: &OutputColumn| matches!(it, OutputColumn::Named { .. });
    let are_pairs = left.len() == right.len() && right.iter().all(is_named);
    if !are_pairs && left.iter().chain(&right).any(|it| !is_named(it)) {
        // `*` on both sides: the same number of columns, and mostly the same types.
        return left;
    }
    let mut right = right.into_iter();
    for column in &mut left {
        if let OutputColumn::Named { data_type, .. } = column {
            let other = match right.next() {
                Some(OutputColumn::Named { data_type, .. }) => data_type,
                _ => None,
            };
            let both = data_type.take().zip(other);
            *data_type = both.map(|(one, other)| OutputType::Common(vec![one, other]));
        }
    }
    left
}

impl<'t> Scope<'t> {
    fn of_values(&self) -> Option<Vec<OutputColumn>> {
        let rows: Vec<_> = self.select.values_lists().of::<ast::List>().collect();
        let width = rows.first()?.items().len();
        let column = |at: usize| {
            let values = rows.iter().map(|row| row.items().nth(at));
            OutputColumn::Named {
                name: format!("column{}", at + 1).into(),
                data_type: self.common(values, 0),
            }
        };
        Some((0..width).map(column).collect())
    }

    fn add_target(
        &self,
        columns: &mut Vec<OutputColumn>,
        target: Node<'t, ast::ResTarget>,
    ) -> Option<()> {
        let value = target.val()?;
        let column = value.cast::<ast::ColumnRef>();
        if let Some(star) = column.filter(|it| it.fields().has_star()) {
            let qualifier = star.fields().last();
            columns.extend(self.star_columns(qualifier)?);
            return Some(());
        }
        // `(composite).*` makes as many columns as the type has.
        if let Some(indirection) = value.cast::<ast::AIndirection>()
            && indirection
                .indirection()
                .last()
                .is_some_and(|it| it.is::<ast::AStar>())
        {
            return None;
        }
        let figured = || expression::figure(value);
        let name = name::optional(target.name()).or_else(figured);
        columns.push(OutputColumn::Named {
            name: name.unwrap_or(Name::new_static("?column?")),
            data_type: self.type_of(value, 0),
        });
        Some(())
    }

    /// The columns of `*` or `qualifier.*`. `None` where `USING` or `NATURAL` merges
    /// columns.
    fn star_columns(&self, qualifier: Option<&str>) -> Option<Vec<OutputColumn>> {
        let items = from_items(self.select)?;
        if items.merges && qualifier.is_none() {
            return None;
        }
        let mut items = items.items;
        items.retain(|it| qualifier.is_none() || from_item_name(*it) == qualifier);
        // A name that is not among them is for others to find.
        if items.is_empty() {
            return None;
        }
        let mut columns = Vec::new();
        for item in items {
            columns.extend(self.columns_of_item(item)?);
        }
        Some(columns)
    }

    fn columns_of_item(&self, item: Node<'t>) -> Option<Vec<OutputColumn>> {
        let alias = from_item_alias(item);
        let aliases = alias.map_or_else(Vec::new, |it| name::all(it.colnames()));
        if let Some(relation) = item.cast::<ast::RangeVar>() {
            let columns = match find_cte(relation, self.ctes) {
                Some((_, columns)) => columns.clone()?,
                None => vec![OutputColumn::AllOf(vec![name::relation(relation).name])],
            };
            return renamed(columns, aliases);
        }
        let subselect = item.cast::<ast::RangeSubselect>()?;
        renamed(outputs(subselect.subquery()?, self.ctes)?, aliases)
    }

    fn type_of(&self, node: Node<'t>, depth: u32) -> Option<OutputType> {
        if depth > DEPTH {
            return None;
        }
        let depth = depth + 1;
        match node.node_kind() {
            NodeKind::ColumnRef => self.column_type(node.cast()?),
            NodeKind::TypeCast => {
                let type_name = node.cast::<ast::TypeCast>()?.type_name()?;
                data_type::data_type(type_name).map(OutputType::Named)
            }
            NodeKind::AConst => of_constant(node.cast()?),
            NodeKind::CollateClause => {
                self.type_of(node.cast::<ast::CollateClause>()?.arg()?, depth)
            }
            NodeKind::BoolExpr | NodeKind::NullTest | NodeKind::BooleanTest => {
                Some(builtin(TypeId::BOOL))
            }
            NodeKind::AExpr => self.operator_type(node.cast()?, depth),
            NodeKind::FuncCall => self.call_type(node.cast()?, depth),
            NodeKind::SQLValueFunction => {
                types::of_value_function(node.cast()?).map(OutputType::Builtin)
            }
            NodeKind::CoalesceExpr => {
                let arguments = node.cast::<ast::CoalesceExpr>()?.args();
                self.common(arguments.map(Some), depth)
            }
            NodeKind::MinMaxExpr => {
                let arguments = node.cast::<ast::MinMaxExpr>()?.args();
                self.common(arguments.map(Some), depth)
            }
            NodeKind::CaseExpr => {
                let case = node.cast::<ast::CaseExpr>()?;
                let results = case.args().of::<ast::CaseWhen>().map(|it| it.result());
                let Some(OutputType::Common(mut types)) = self.common(results, depth) else {
                    return None;
                };
                // Without ELSE it is NULL.
                types.push(match case.defresult() {
                    Some(other) => self.type_of(other, depth)?,
                    None => OutputType::Any,
                });
                Some(OutputType::Common(types))
            }
            NodeKind::SubLink => self.sublink_type(node.cast()?),
            _ => None,
        }
    }

    /// The type that all have.
    fn common(
        &self,
        nodes: impl Iterator<Item = Option<Node<'t>>>,
        depth: u32,
    ) -> Option<OutputType> {
        let types = nodes.map(|it| self.type_of(it?, depth));
        types.collect::<Option<_>>().map(OutputType::Common)
    }

    fn operator_type(&self, node: Node<'t, ast::AExpr>, depth: u32) -> Option<OutputType> {
        use ast::AExprKind as Operator;
        match node.kind() {
            Operator::AexprNullif => self.type_of(node.lexpr()?, depth),
            Operator::AexprOp => match node.name().last()? {
                "=" | "<>" | "<" | ">" | "<=" | ">=" => Some(builtin(TypeId::BOOL)),
                _ => None,
            },
            Operator::Undefined => None,
            _ => Some(builtin(TypeId::BOOL)),
        }
    }

    fn call_type(&self, call: Node<'t, ast::FuncCall>, depth: u32) -> Option<OutputType> {
        let first = || self.type_of(call.args().next()?, depth);
        match call.funcname().only() {
            Some("max" | "min") => first().map(|it| OutputType::Extreme(Box::new(it))),
            _ => types::of_function(call).map(OutputType::Builtin),
        }
    }

    fn sublink_type(&self, link: Node<'t, ast::SubLink>) -> Option<OutputType> {
        match link.sub_link_type() {
            ast::SubLinkType::ExprSublink => {
                let columns = outputs(link.subselect()?, self.ctes)?;
                match columns.into_iter().next()? {
                    OutputColumn::Named { data_type, .. } => data_type,
                    OutputColumn::AllOf(_) => None,
                }
            }
            ast::SubLinkType::ArraySublink | ast::SubLinkType::MultiexprSublink => None,
            _ => Some(builtin(TypeId::BOOL)),
        }
    }

    /// The type of a column of the FROM item that its qualifier names, or of the one
    /// that has it.
    fn column_type(&self, column: Node<'t, ast::ColumnRef>) -> Option<OutputType> {
        let mut fields = column.fields();
        let name = fields.next_back()?;
        let qualifier = fields.next_back();
        let mut relations: Vec<QualifiedName> = Vec::new();
        for item in from_items(self.select)?.items {
            if qualifier.is_some() && from_item_name(item) != qualifier {
                continue;
            }
            for column in self.columns_of_item(item)? {
                match column {
                    OutputColumn::Named {
                        name: own,
                        data_type,
                    } if own == name => return data_type,
                    OutputColumn::Named { .. } => {}
                    OutputColumn::AllOf(them) => relations.extend(them),
                }
            }
        }
        (!relations.is_empty()).then(|| OutputType::Column(relations, name.into()))
    }
}

fn builtin(id: TypeId) -> OutputType {
    OutputType::Builtin(DataType::builtin(id))
}

/// NULL and string literals take the type of what they are together with.
fn of_constant(node: Node<'_, ast::AConst>) -> Option<OutputType> {
    if node.isnull() || node.sval().is_some() {
        return Some(OutputType::Any);
    }
    types::of_constant(node).map(OutputType::Builtin)
}

struct FromItems<'t> {
    /// From left to right, joins taken apart.
    items: Vec<Node<'t>>,
    /// Does `USING` or `NATURAL` make one column of two?
    merges: bool,
}

/// The FROM items of a query. `None` where the alias of a join hides their names.
fn from_items<'t>(select: Node<'t, ast::SelectStmt>) -> Option<FromItems<'t>> {
    let mut items = FromItems {
        items: Vec::new(),
        merges: false,
    };
    for item in select.from_clause() {
        add_from_items(item, &mut items)?;
    }
    Some(items)
}

fn add_from_items<'t>(item: Node<'t>, items: &mut FromItems<'t>) -> Option<()> {
    let Some(join) = item.cast::<ast::JoinExpr>() else {
        items.items.push(item);
        return Some(());
    };
    if join.alias().is_some() {
        return None;
    }
    items.merges |= join.is_natural() || !join.using_clause().is_empty();
    add_from_items(join.larg()?, items)?;
    add_from_items(join.rarg()?, items)
}

fn from_item_name(item: Node<'_>) -> Option<&str> {
    let alias = from_item_alias(item).map(|it| it.aliasname());
    alias.or_else(|| Some(item.cast::<ast::RangeVar>()?.relname()))
}

fn from_item_alias(item: Node<'_>) -> Option<Node<'_, ast::Alias>> {
    match item.node_kind() {
        NodeKind::RangeVar => item.cast::<ast::RangeVar>()?.alias(),
        NodeKind::RangeSubselect => item.cast::<ast::RangeSubselect>()?.alias(),
        NodeKind::RangeFunction => item.cast::<ast::RangeFunction>()?.alias(),
        _ => None,
    }
}

fn find_cte<'a>(
    relation: Node<'_, ast::RangeVar>,
    ctes: &'a Ctes,
) -> Option<&'a (String, Option<Vec<OutputColumn>>)> {
    if !relation.schemaname().is_empty() {
        return None;
    }
    ctes.iter()
        .rev()
        .find(|(name, _)| name == relation.relname())
}

/// Columns under the names of an alias list, which may be shorter.
fn renamed(mut columns: Vec<OutputColumn>, aliases: Vec<Name>) -> Option<Vec<OutputColumn>> {
    for (at, alias) in aliases.into_iter().enumerate() {
        match columns.get_mut(at)? {
            OutputColumn::Named { name, .. } => *name = alias,
            OutputColumn::AllOf(_) => return None,
        }
    }
    Some(columns)
}
