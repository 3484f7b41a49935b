//! A catalog from CREATE TABLE statements, just enough for resolving.

use pglint_catalog::{
    Catalog, Column, ColumnNumber, Name, NotNull, NotNullCause, Origin, Persistence, Relation,
    RelationId, RelationKind, SchemaId, SearchPath, Unknown, UnknownReason,
};
use pglint_syntax::{Node, ParseOptions, ast, parse};
use pglint_text::{StatementId, TextRange};

use crate::resolve::{Column as ResolvedColumn, Nullability, created_columns};

/// Reads CREATE TABLE, CREATE VIEW and `CREATE EXTENSION`, which here stands for
/// "the columns of every view are unknown".
pub(super) fn catalog(ddl: &str) -> Catalog {
    let mut catalog = Catalog::builtin();
    for statement in ddl.split(';').filter(|it| !it.trim().is_empty()) {
        let tree = parse(statement, ParseOptions::default()).unwrap();
        let root = tree.root();
        if let Some(create) = root.cast::<ast::CreateStmt>() {
            let columns = create.table_elts().of::<ast::ColumnDef>();
            let columns = (1..).zip(columns);
            let columns = columns.map(|(number, node)| table_column(&catalog, number, node));
            let columns = columns.collect();
            add(
                &mut catalog,
                create.relation(),
                RelationKind::Table,
                columns,
            );
        } else if let Some(view) = root.cast::<ast::ViewStmt>() {
            let found = created_columns(root, &catalog, &SearchPath::default()).unwrap();
            let columns = (1..).zip(found.known);
            let columns = columns
                .map(|(number, it)| view_column(number, it))
                .collect();
            let id = add(&mut catalog, view.view(), RelationKind::View, columns);
            if !found.complete {
                catalog.relation_mut(id).unwrap().columns_unknown = Some(Unknown {
                    reason: UnknownReason::QueryColumns,
                    origin: origin(),
                });
            }
        }
    }
    catalog
}

fn table_column(catalog: &Catalog, number: u16, node: Node<'_, ast::ColumnDef>) -> Column {
    let constraints = node.constraints().of::<ast::Constraint>();
    let mut kinds = constraints.map(|it| it.contype());
    let is_not_null = kinds.any(|it| {
        matches!(
            it,
            ast::ConstrType::ConstrNotnull | ast::ConstrType::ConstrPrimary
        )
    });
    let data_type =
        crate::types::data_type(node.type_name().unwrap(), catalog, &SearchPath::default());
    let mut column = plain(number, node.colname());
    column.data_type = data_type.unwrap();
    column.not_null = is_not_null.then(|| NotNull {
        name: Name::new_static("n"),
        cause: NotNullCause::NotNull,
        validated: true,
        no_inherit: false,
        origin: origin(),
        is_local: true,
        inherited_from: 0,
    });
    column
}

fn view_column(number: u16, column: ResolvedColumn) -> Column {
    let mut made = plain(number, &column.name);
    if let Some(data_type) = column.data_type {
        made.data_type = data_type;
    }
    assert!(column.nullability != Nullability::Nullable || made.not_null.is_none());
    made
}

fn plain(number: u16, name: &str) -> Column {
    Column {
        number: ColumnNumber(number),
        name: name.into(),
        data_type: pglint_catalog::DataType::builtin(pglint_catalog::TypeId::TEXT),
        not_null: None,
        default: None,
        identity: None,
        generated: None,
        collation: None,
        origin: origin(),
        type_origin: origin(),
        inherited_from: 0,
        is_local: true,
        comment: None,
    }
}

fn add(
    catalog: &mut Catalog,
    name: Option<Node<'_, ast::RangeVar>>,
    kind: RelationKind,
    columns: Vec<Column>,
) -> RelationId {
    let name = name.unwrap();
    let schema = match name.schemaname() {
        "" | "public" => SchemaId::PUBLIC,
        schema => match catalog.lookup_schema(schema).found() {
            Some(found) => found.id,
            None => catalog.add_schema(schema.into(), origin()),
        },
    };
    let relation = Relation {
        id: RelationId(catalog.next_id()),
        schema,
        name: name.relname().into(),
        kind,
        persistence: Persistence::Permanent,
        next_column: ColumnNumber(columns.len() as u16 + 1),
        columns,
        columns_unknown: None,
        unknown: None,
        constraints: Vec::new(),
        indexes: Vec::new(),
        inherits: Vec::new(),
        partition_key: None,
        partition_bound: None,
        row_security: false,
        force_row_security: false,
        policies: Vec::new(),
        triggers: Vec::new(),
        view: None,
        sequence: None,
        options: Vec::new(),
        row_type: None,
        origin: origin(),
        extension: None,
        comment: None,
    };
    catalog.insert_relation(relation)
}

fn origin() -> Origin {
    Origin {
        statement: StatementId(0),
        range: TextRange::default(),
    }
}
