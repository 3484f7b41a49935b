//! What a `ColumnRef` stands for: `transformColumnRef` of parse_expr.c and the
//! look-ups of parse_relation.c.

use pglint_catalog::{Lookup, RelationKind};
use pglint_syntax::{Node, ast};

use super::resolution::{
    Clause, FromColumn, FromItem, FromItemId, FromItemKind, QueryId, Reference, SYSTEM_COLUMNS,
};
use super::scope::{Parameters, Resolver, Visible};

/// What one level or one FROM item answers.
pub(super) enum Answer {
    Column(FromColumn),
    SystemColumn(FromItemId),
    Ambiguous,
    Unknown,
    Missing,
}

impl Answer {
    pub(super) fn at_level(self, level: u32) -> Reference {
        match self {
            Answer::Column(column) => Reference::Column { column, level },
            Answer::SystemColumn(from_item) => Reference::SystemColumn { from_item, level },
            Answer::Ambiguous => Reference::Ambiguous,
            Answer::Unknown => Reference::Unknown,
            Answer::Missing => Reference::Missing,
        }
    }
}

impl<'a> Resolver<'a> {
    /// Resolves a `ColumnRef` of an expression.
    pub(super) fn column_ref(
        &mut self,
        query: QueryId,
        clause: Clause,
        node: Node<'a, ast::ColumnRef>,
    ) {
        let reference = self.look_up(query, node);
        self.record(node, query, clause, reference);
    }

    fn look_up(&self, query: QueryId, node: Node<'a, ast::ColumnRef>) -> Reference {
        if *self.parameters == Parameters::Unknown {
            return Reference::Unknown;
        }
        let names = node.fields().to_vec();
        match (names.as_slice(), node.fields().has_star()) {
            ([name], false) => self.unqualified(query, name),
            ([item, column], false) => self.qualified(query, None, item, column),
            ([schema, item, column] | [_, schema, item, column], false) => {
                self.qualified(query, Some(schema), item, column)
            }
            ([item], true) => self.whole_row(query, None, item),
            ([schema, item] | [_, schema, item], true) => self.whole_row(query, Some(schema), item),
            _ => Reference::Unknown,
        }
    }

    /// `colNameToVar`, then a whole row, then a parameter.
    fn unqualified(&self, query: QueryId, name: &str) -> Reference {
        for (level, id) in self.levels(query) {
            match self.in_level(id, name) {
                Answer::Missing => {}
                answer => return answer.at_level(level),
            }
        }
        match self.whole_row(query, None, name) {
            Reference::Missing if self.is_parameter(name) => Reference::Parameter,
            reference => reference,
        }
    }

    /// One level of `colNameToVar`.
    pub(super) fn in_level(&self, query: QueryId, name: &str) -> Answer {
        let scope = &self.scopes[query.0 as usize];
        let visible = scope.namespace.iter();
        let visible = visible.filter(|it| it.columns && it.is_active(scope));
        let mut answer = Answer::Missing;
        let mut unknown = false;
        for it in visible {
            let item = &self.resolution[it.item];
            unknown |= !item.columns.complete;
            match (self.in_item(it.item, name), &answer) {
                (Answer::Missing | Answer::Unknown, _) => {}
                (_, _) if !it.lateral_allowed && it.lateral_only => return Answer::Unknown,
                (found, Answer::Missing) => answer = found,
                _ => return Answer::Ambiguous,
            }
        }
        match answer {
            // Another item may have a column of that name as well.
            Answer::Missing | Answer::Column(_) | Answer::SystemColumn(_) if unknown => {
                Answer::Unknown
            }
            answer => answer,
        }
    }

    /// `scanNSItemForColumn`.
    fn in_item(&self, id: FromItemId, name: &str) -> Answer {
        let item = &self.resolution[id];
        let mut places = item.columns.positions(name);
        match (places.next(), places.next()) {
            (Some(place), None) => Answer::Column(self.descend(FromColumn {
                from_item: id,
                index: place as u32,
            })),
            (Some(_), Some(_)) => Answer::Ambiguous,
            (None, _) if SYSTEM_COLUMNS.contains(&name) && self.has_system_columns(item) => {
                Answer::SystemColumn(id)
            }
            (None, _) if !item.columns.complete => Answer::Unknown,
            (None, _) => Answer::Missing,
        }
    }

    fn has_system_columns(&self, item: &FromItem) -> bool {
        match item.kind {
            FromItemKind::Relation(id) => self
                .catalog
                .relation(id)
                .is_some_and(|it| it.kind != RelationKind::View),
            FromItemKind::Old(_) | FromItemKind::New(_) => true,
            _ => false,
        }
    }

    /// `A.B` and longer: the item, then its column.
    fn qualified(
        &self,
        query: QueryId,
        schema: Option<&str>,
        item: &str,
        column: &str,
    ) -> Reference {
        let (level, id) = match self.find_item(query, schema, item) {
            Lookup::Found(found) => found,
            Lookup::Unknown => return Reference::Unknown,
            Lookup::Missing if self.is_parameter(item) => return Reference::Parameter,
            Lookup::Missing => return Reference::Missing,
        };
        match self.in_item(id, column) {
            Answer::Missing if self.may_be_function(column) => Reference::Unknown,
            answer => answer.at_level(level),
        }
    }

    /// A name that stands for a whole row.
    fn whole_row(&self, query: QueryId, schema: Option<&str>, item: &str) -> Reference {
        match self.find_item(query, schema, item) {
            Lookup::Found((level, from_item)) => Reference::WholeRow { from_item, level },
            Lookup::Missing => Reference::Missing,
            Lookup::Unknown => Reference::Unknown,
        }
    }

    /// `refnameNamespaceItem`: the FROM item of that name, and how many levels
    /// further out it is.
    pub(super) fn find_item(
        &self,
        query: QueryId,
        schema: Option<&str>,
        name: &str,
    ) -> Lookup<(u32, FromItemId)> {
        for (level, id) in self.levels(query) {
            let scope = &self.scopes[id.0 as usize];
            let mut found = scope
                .namespace
                .iter()
                .filter(|it| it.by_name && it.is_active(scope))
                .filter(|it| self.goes_by(&self.resolution[it.item], schema, name));
            match (found.next(), found.next()) {
                (None, _) => {}
                (Some(one), None) if !one.lateral_only || one.lateral_allowed => {
                    return Lookup::Found((level, one.item));
                }
                // PostgreSQL refuses the first, and two of one name.
                _ => return Lookup::Unknown,
            }
        }
        Lookup::Missing
    }

    /// An alias hides the name with the schema (`scanNameSpaceForRelid`).
    fn goes_by(&self, item: &FromItem, schema: Option<&str>, name: &str) -> bool {
        let Some(schema) = schema else {
            return item.name.as_deref() == Some(name);
        };
        if item.has_alias {
            return false;
        }
        match item.kind {
            FromItemKind::Relation(id) => {
                let path = self.search_path;
                let found = self.catalog.lookup_relation(Some(schema), name, path);
                found.found().is_some_and(|it| it.id == id)
            }
            FromItemKind::Missing | FromItemKind::Unknown => item.name.as_deref() == Some(name),
            _ => false,
        }
    }

    fn is_parameter(&self, name: &str) -> bool {
        match self.parameters {
            Parameters::None => false,
            Parameters::Known(names) => names.iter().any(|it| it == name),
            Parameters::Unknown => true,
        }
    }

    /// Whether `item.name` can be a call `name(item)`.
    fn may_be_function(&self, name: &str) -> bool {
        let path = self.search_path;
        ROW_FUNCTIONS.contains(&name)
            || self.catalog.unknown_name(name).is_some()
            || matches!(
                self.catalog.lookup_functions(None, name, path),
                Lookup::Found(_)
            )
    }
}

/// Functions of the server that take one value of any row type.
const ROW_FUNCTIONS: &[&str] = &[
    "any_value",
    "array_agg",
    "concat",
    "count",
    "first_value",
    "format",
    "hash_record",
    "json_agg",
    "json_agg_strict",
    "json_build_array",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_build_array",
    "lag",
    "last_value",
    "lead",
    "max",
    "min",
    "num_nonnulls",
    "num_nulls",
    "pg_collation_for",
    "pg_column_size",
    "pg_typeof",
    "quote_literal",
    "quote_nullable",
    "record_out",
    "record_send",
    "row_to_json",
    "text",
    "to_json",
    "to_jsonb",
];

impl Resolver<'_> {
    /// What a star stands for: without a name all visible columns
    /// (`ExpandAllTables`), with one those of that item (`ExpandSingleTable`).
    pub(super) fn star(&self, query: QueryId, names: &[&str]) -> Reference {
        if *self.parameters == Parameters::Unknown {
            return Reference::Unknown;
        }
        let (schema, name) = match names {
            [] => return self.star_of_all(query),
            [name] => (None, *name),
            [.., schema, name] => (Some(*schema), *name),
        };
        match self.find_item(query, schema, name) {
            Lookup::Found((_, item)) => {
                let mut star = StarColumns::default();
                star.add(self, item);
                star.reference()
            }
            Lookup::Missing if self.is_parameter(name) => Reference::Parameter,
            Lookup::Missing => Reference::Missing,
            Lookup::Unknown => Reference::Unknown,
        }
    }

    fn star_of_all(&self, query: QueryId) -> Reference {
        let scope = &self.scopes[query.0 as usize];
        let mut star = StarColumns::default();
        let visible = |it: &&Visible| it.columns && it.is_active(scope);
        for visible in scope.namespace.iter().filter(visible) {
            star.add(self, visible.item);
        }
        star.reference()
    }
}

#[derive(Default)]
struct StarColumns {
    columns: Vec<FromColumn>,
    incomplete: bool,
}

impl StarColumns {
    fn add(&mut self, resolver: &Resolver<'_>, from_item: FromItemId) {
        let item = &resolver.resolution[from_item];
        let known = item.columns.known.len() - resolver.unexpanded(item);
        let columns = (0..known as u32).map(|index| FromColumn { from_item, index });
        self.columns
            .extend(columns.map(|column| resolver.descend_by_name(column)));
        self.incomplete |= !item.columns.complete;
    }

    fn reference(self) -> Reference {
        Reference::Star {
            columns: self.columns,
            complete: !self.incomplete,
        }
    }
}

impl Resolver<'_> {
    /// How many columns at the end of a common table a star leaves out: those
    /// that SEARCH and CYCLE add, where the common table is named in a query
    /// further inside (`addRangeTableEntryForCTE`).
    fn unexpanded(&self, item: &FromItem) -> usize {
        let FromItemKind::Cte(cte) = item.kind else {
            return 0;
        };
        let cte = &self.resolution[cte];
        if cte.owner == item.query {
            return 0;
        }
        cte.added_columns.min(item.columns.known.len())
    }
}
