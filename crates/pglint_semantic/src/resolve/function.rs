//! The columns of functions in FROM: `addRangeTableEntryForFunction` of
//! parse_relation.c, `transformRangeTableFunc`, `transformJsonTable`.

use pglint_catalog::{ArgumentMode, DataType, Function, Lookup, Name, TypeId, TypeKind};
use pglint_syntax::tree::Nodes;
use pglint_syntax::{Node, ast};

use super::from::relation_columns;
use super::resolution::{Column, Columns, Nullability};
use super::scope::Resolver;
use super::target_name::target_name;
use crate::types;

type AliasOf<'a> = Option<Node<'a, ast::Alias>>;

impl<'a> Resolver<'a> {
    /// Alias, own name and columns of functions in FROM.
    pub(super) fn range_function(&self, node: Node<'a>) -> (AliasOf<'a>, &'a str, Columns) {
        let Some(node) = node.cast::<ast::RangeFunction>() else {
            return (None, "", Columns::unknown());
        };
        let alias = node.alias();
        let mut columns = Columns {
            known: Vec::new(),
            complete: true,
        };
        let mut own_name = "";
        for list in node.functions().of::<ast::List>() {
            let Some(function) = list.items().first() else {
                continue;
            };
            let call = function.cast::<ast::FuncCall>();
            if own_name.is_empty() {
                own_name = call.and_then(|it| it.funcname().last()).unwrap_or_default();
            }
            let definitions = list.items().get(1).and_then(|it| it.cast::<ast::List>());
            let definitions = definitions.map_or(node.coldeflist(), |it| it.items());
            let single = alias.filter(|_| node.functions().len() == 1);
            let more = if definitions.is_empty() {
                self.function_columns(function, single)
            } else {
                self.defined_columns(definitions)
            };
            columns.complete &= more.complete;
            columns.known.extend(more.known);
        }
        if node.ordinality() && columns.complete {
            columns.known.push(Column {
                data_type: Some(DataType::builtin(TypeId::INT8)),
                nullability: Nullability::NotNull,
                ..Column::named("ordinality")
            });
        }
        (alias, own_name, columns)
    }

    fn defined_columns(&self, definitions: Nodes<'a>) -> Columns {
        let columns = definitions.of::<ast::ColumnDef>().map(|definition| Column {
            data_type: self.type_of(definition.type_name()),
            ..Column::named(definition.colname())
        });
        Columns {
            known: columns.collect(),
            complete: true,
        }
    }

    fn type_of(&self, name: Option<Node<'a, ast::TypeName>>) -> Option<DataType> {
        types::data_type(name?, self.catalog, self.search_path)
    }

    fn function_columns(&self, function: Node<'a>, alias: AliasOf<'a>) -> Columns {
        let scalar_name = |own: &str| match alias {
            Some(alias) => Name::new(alias.aliasname()),
            None => Name::new(own),
        };
        let Some(call) = function.cast::<ast::FuncCall>() else {
            // A keyword such as current_date.
            return one_column(scalar_name(&target_name(&self.resolution, function)), None);
        };
        let names = call.funcname().to_vec();
        let (schema, name) = match names.as_slice() {
            [name] => (None, *name),
            [schema, name] => (Some(*schema), *name),
            _ => return Columns::unknown(),
        };
        let own = self
            .catalog
            .lookup_functions(schema, name, self.search_path);
        let is_builtin = schema.is_none_or(|schema| schema == "pg_catalog");
        match own {
            Lookup::Found(functions) => self.columns_of_any(&functions, scalar_name(name)),
            _ if is_builtin => self.builtin_columns(call, name, scalar_name(name)),
            _ => Columns::unknown(),
        }
    }

    /// Only what all functions of that name have in common is known.
    fn columns_of_any(&self, functions: &[&Function], scalar_name: Name) -> Columns {
        let mut all = functions
            .iter()
            .map(|function| self.columns_of(function, &scalar_name));
        let Some(first) = all.next() else {
            return Columns::unknown();
        };
        let same = |other: Columns| {
            let names = |columns: &Columns| -> Vec<Name> {
                columns.known.iter().map(|it| it.name.clone()).collect()
            };
            other.complete && names(&other) == names(&first)
        };
        if all.all(same) {
            first
        } else {
            Columns::unknown()
        }
    }

    fn columns_of(&self, function: &Function, scalar_name: &Name) -> Columns {
        use ArgumentMode::{InOut, Out, Table};
        let outputs = function.arguments.iter();
        let outputs: Vec<_> = outputs
            .filter(|it| matches!(it.mode, Out | InOut | Table))
            .collect();
        match (outputs.as_slice(), &function.returns) {
            ([], Some(returns)) => self.columns_of_type(returns, scalar_name),
            ([], None) => Columns::unknown(),
            ([only], _) => {
                let name = only.name.as_ref().unwrap_or(scalar_name);
                self.columns_of_type(&only.data_type, name)
            }
            (several, _) => Columns {
                known: (1..)
                    .zip(several)
                    .map(|(number, output)| {
                        let unnamed = || Name::new(format!("column{number}"));
                        Column {
                            data_type: self.declared_type(&output.data_type),
                            ..Column::named(output.name.clone().unwrap_or_else(unnamed))
                        }
                    })
                    .collect(),
                complete: true,
            },
        }
    }

    /// A composite type gives its columns, any other one column.
    fn columns_of_type(&self, data_type: &DataType, scalar_name: &Name) -> Columns {
        if data_type.array {
            return one_column(scalar_name.clone(), self.declared_type(data_type));
        }
        let base = self.catalog.base_type(data_type);
        let base = base.scalar_id().and_then(|id| self.catalog.data_type(id));
        match base.map(|it| &it.kind) {
            Some(TypeKind::Composite(relation)) => match self.catalog.relation(*relation) {
                Some(relation) => {
                    let mut columns = relation_columns(relation);
                    for column in &mut columns.known {
                        column.origin = None;
                        column.nullability = Nullability::Unknown;
                    }
                    columns
                }
                None => Columns::unknown(),
            },
            Some(
                TypeKind::Base | TypeKind::Enum(_) | TypeKind::Range(_) | TypeKind::Multirange(_),
            ) => one_column(scalar_name.clone(), Some(data_type.clone())),
            _ => Columns::unknown(),
        }
    }

    /// `None` for a polymorphic type, which the call decides.
    fn declared_type(&self, data_type: &DataType) -> Option<DataType> {
        let element = data_type.element_id();
        let element = element.and_then(|id| self.catalog.data_type(id));
        let is_pseudo = element.is_some_and(|it| matches!(it.kind, TypeKind::Pseudo));
        (!is_pseudo).then(|| data_type.clone())
    }

    fn builtin_columns(
        &self,
        call: Node<'a, ast::FuncCall>,
        name: &str,
        scalar_name: Name,
    ) -> Columns {
        if name == "unnest" {
            return self.unnest_columns(call, scalar_name);
        }
        if let Some((_, columns)) = NAMED_COLUMNS.iter().find(|(function, _)| *function == name) {
            return Columns {
                known: columns.iter().copied().map(Column::named).collect(),
                complete: true,
            };
        }
        if SCALAR_SETS.contains(&name) {
            return one_column(scalar_name, None);
        }
        Columns::unknown()
    }

    /// One column for each array, unless its elements are composite.
    fn unnest_columns(&self, call: Node<'a, ast::FuncCall>, scalar_name: Name) -> Columns {
        let several = call.args().len() > 1;
        let mut known = Vec::new();
        for argument in call.args() {
            let Some(array) = self.expression_type(argument) else {
                return Columns::unknown();
            };
            let element = DataType {
                array: false,
                ..array.clone()
            };
            let name = if several {
                Name::new_static("unnest")
            } else {
                scalar_name.clone()
            };
            let columns = self.columns_of_type(&element, &name);
            if !array.array || !columns.complete {
                return Columns::unknown();
            }
            known.extend(columns.known);
        }
        Columns {
            known,
            complete: true,
        }
    }

    pub(super) fn xml_table(&self, node: Node<'a>) -> (AliasOf<'a>, &'a str, Columns) {
        let Some(node) = node.cast::<ast::RangeTableFunc>() else {
            return (None, "", Columns::unknown());
        };
        let columns = node.columns().of::<ast::RangeTableFuncCol>();
        let columns = columns.map(|column| Column {
            data_type: if column.for_ordinality() {
                Some(DataType::builtin(TypeId::INT4))
            } else {
                self.type_of(column.type_name())
            },
            ..Column::named(column.colname())
        });
        let columns = Columns {
            known: columns.collect(),
            complete: true,
        };
        (node.alias(), "xmltable", columns)
    }

    pub(super) fn json_table(&self, node: Node<'a>) -> (AliasOf<'a>, &'a str, Columns) {
        let Some(node) = node.cast::<ast::JsonTable>() else {
            return (None, "", Columns::unknown());
        };
        let mut known = Vec::new();
        self.json_columns(node.columns(), &mut known);
        let columns = Columns {
            known,
            complete: true,
        };
        (node.alias(), "json_table", columns)
    }

    /// Those of NESTED PATH follow their siblings (`transformJsonTableColumns`).
    fn json_columns(&self, columns: Nodes<'a>, known: &mut Vec<Column>) {
        let is_nested = |it: &Node<'a, ast::JsonTableColumn>| {
            it.coltype() == ast::JsonTableColumnType::JtcNested
        };
        let own = columns
            .of::<ast::JsonTableColumn>()
            .filter(|it| !is_nested(it));
        known.extend(own.map(|column| Column {
            data_type: match column.coltype() {
                ast::JsonTableColumnType::JtcForOrdinality => Some(DataType::builtin(TypeId::INT4)),
                _ => self.type_of(column.type_name()),
            },
            ..Column::named(column.name())
        }));
        for nested in columns.of::<ast::JsonTableColumn>().filter(is_nested) {
            self.json_columns(nested.columns(), known);
        }
    }
}

fn one_column(name: Name, data_type: Option<DataType>) -> Columns {
    Columns {
        known: vec![Column {
            data_type,
            ..Column::named(name)
        }],
        complete: true,
    }
}

/// Functions of the server that give one column under their own name or alias
/// (manual, 9.26 and the chapters of each type).
const SCALAR_SETS: &[&str] = &[
    "generate_series",
    "generate_subscripts",
    "json_object_keys",
    "jsonb_object_keys",
    "jsonb_path_query",
    "jsonb_path_query_tz",
    "pg_listening_channels",
    "pg_ls_dir",
    "regexp_matches",
    "regexp_split_to_table",
    "string_to_table",
    "now",
    "to_timestamp",
    "to_date",
    "date_trunc",
    "string_to_array",
    "current_setting",
    "nextval",
    "random",
    "version",
];

/// Functions of the server whose output arguments name their columns.
const NAMED_COLUMNS: &[(&str, &[&str])] = &[
    ("json_array_elements", &["value"]),
    ("json_array_elements_text", &["value"]),
    ("json_each", &["key", "value"]),
    ("json_each_text", &["key", "value"]),
    ("jsonb_array_elements", &["value"]),
    ("jsonb_array_elements_text", &["value"]),
    ("jsonb_each", &["key", "value"]),
    ("jsonb_each_text", &["key", "value"]),
    ("pg_options_to_table", &["option_name", "option_value"]),
    ("ts_stat", &["word", "ndoc", "nentry"]),
];
