//! The data types that every PostgreSQL 18 server has, by their OIDs.
//!
//! Source: `pg_type` of PostgreSQL 18 (`src/include/catalog/pg_type.dat`), all
//! types of schema `pg_catalog` but array types and row types.

use crate::{Name, Type, TypeCategory, TypeId, TypeKind};
use std::sync::LazyLock;

/// A type that the server itself brings.
pub(crate) struct BuiltinType {
    /// `pg_type.oid`.
    pub(crate) oid: u32,
    /// `pg_type.typname`.
    pub(crate) name: &'static str,
    /// What `format_type` prints for it without a modifier.
    pub(crate) display: &'static str,
    /// `pg_type.typcategory`.
    pub(crate) category: char,
    /// `pg_type.typtype`.
    pub(crate) kind: char,
}

/// The built-in type of an id. `None` for a type of the project.
pub(crate) fn builtin_type(id: TypeId) -> Option<&'static BuiltinType> {
    let index = BUILTIN_TYPES
        .binary_search_by_key(&id.0, |builtin| builtin.oid)
        .ok()?;
    Some(&BUILTIN_TYPES[index])
}

/// All built-in types as the catalog keeps types, sorted by id.
pub(crate) fn builtin_types() -> &'static [Type] {
    static TYPES: LazyLock<Vec<Type>> = LazyLock::new(|| {
        BUILTIN_TYPES
            .iter()
            .map(|builtin| Type {
                id: TypeId(builtin.oid),
                schema: crate::SchemaId::PG_CATALOG,
                name: Name::new_static(builtin.name),
                kind: match builtin.kind {
                    'p' => TypeKind::Pseudo,
                    'r' | 'm' => TypeKind::Range(Name::default()),
                    _ => TypeKind::Base,
                },
                category: TypeCategory(builtin.category),
                origin: None,
                extension: None,
                comment: None,
            })
            .collect()
    });
    &TYPES
}

const fn builtin(
    oid: u32,
    name: &'static str,
    display: &'static str,
    category: char,
    kind: char,
) -> BuiltinType {
    BuiltinType {
        oid,
        name,
        display,
        category,
        kind,
    }
}

/// Sorted by OID.
#[rustfmt::skip]
static BUILTIN_TYPES: &[BuiltinType] = &[
    builtin(16, "bool", "boolean", 'B', 'b'),
    builtin(17, "bytea", "bytea", 'U', 'b'),
    builtin(18, "char", "\"char\"", 'Z', 'b'),
    builtin(19, "name", "name", 'S', 'b'),
    builtin(20, "int8", "bigint", 'N', 'b'),
    builtin(21, "int2", "smallint", 'N', 'b'),
    builtin(22, "int2vector", "int2vector", 'A', 'b'),
    builtin(23, "int4", "integer", 'N', 'b'),
    builtin(24, "regproc", "regproc", 'N', 'b'),
    builtin(25, "text", "text", 'S', 'b'),
    builtin(26, "oid", "oid", 'N', 'b'),
    builtin(27, "tid", "tid", 'U', 'b'),
    builtin(28, "xid", "xid", 'U', 'b'),
    builtin(29, "cid", "cid", 'U', 'b'),
    builtin(30, "oidvector", "oidvector", 'A', 'b'),
    builtin(32, "pg_ddl_command", "pg_ddl_command", 'P', 'p'),
    builtin(114, "json", "json", 'U', 'b'),
    builtin(142, "xml", "xml", 'U', 'b'),
    builtin(194, "pg_node_tree", "pg_node_tree", 'Z', 'b'),
    builtin(269, "table_am_handler", "table_am_handler", 'P', 'p'),
    builtin(325, "index_am_handler", "index_am_handler", 'P', 'p'),
    builtin(600, "point", "point", 'G', 'b'),
    builtin(601, "lseg", "lseg", 'G', 'b'),
    builtin(602, "path", "path", 'G', 'b'),
    builtin(603, "box", "box", 'G', 'b'),
    builtin(604, "polygon", "polygon", 'G', 'b'),
    builtin(628, "line", "line", 'G', 'b'),
    builtin(650, "cidr", "cidr", 'I', 'b'),
    builtin(700, "float4", "real", 'N', 'b'),
    builtin(701, "float8", "double precision", 'N', 'b'),
    builtin(705, "unknown", "unknown", 'X', 'p'),
    builtin(718, "circle", "circle", 'G', 'b'),
    builtin(774, "macaddr8", "macaddr8", 'U', 'b'),
    builtin(790, "money", "money", 'N', 'b'),
    builtin(829, "macaddr", "macaddr", 'U', 'b'),
    builtin(869, "inet", "inet", 'I', 'b'),
    builtin(1033, "aclitem", "aclitem", 'U', 'b'),
    builtin(1042, "bpchar", "bpchar", 'S', 'b'),
    builtin(1043, "varchar", "character varying", 'S', 'b'),
    builtin(1082, "date", "date", 'D', 'b'),
    builtin(1083, "time", "time without time zone", 'D', 'b'),
    builtin(1114, "timestamp", "timestamp without time zone", 'D', 'b'),
    builtin(1184, "timestamptz", "timestamp with time zone", 'D', 'b'),
    builtin(1186, "interval", "interval", 'T', 'b'),
    builtin(1266, "timetz", "time with time zone", 'D', 'b'),
    builtin(1560, "bit", "\"bit\"", 'V', 'b'),
    builtin(1562, "varbit", "bit varying", 'V', 'b'),
    builtin(1700, "numeric", "numeric", 'N', 'b'),
    builtin(1790, "refcursor", "refcursor", 'U', 'b'),
    builtin(2202, "regprocedure", "regprocedure", 'N', 'b'),
    builtin(2203, "regoper", "regoper", 'N', 'b'),
    builtin(2204, "regoperator", "regoperator", 'N', 'b'),
    builtin(2205, "regclass", "regclass", 'N', 'b'),
    builtin(2206, "regtype", "regtype", 'N', 'b'),
    builtin(2249, "record", "record", 'P', 'p'),
    builtin(2275, "cstring", "cstring", 'P', 'p'),
    builtin(2276, "any", "\"any\"", 'P', 'p'),
    builtin(2277, "anyarray", "anyarray", 'P', 'p'),
    builtin(2278, "void", "void", 'P', 'p'),
    builtin(2279, "trigger", "trigger", 'P', 'p'),
    builtin(2280, "language_handler", "language_handler", 'P', 'p'),
    builtin(2281, "internal", "internal", 'P', 'p'),
    builtin(2283, "anyelement", "anyelement", 'P', 'p'),
    builtin(2776, "anynonarray", "anynonarray", 'P', 'p'),
    builtin(2950, "uuid", "uuid", 'U', 'b'),
    builtin(2970, "txid_snapshot", "txid_snapshot", 'U', 'b'),
    builtin(3115, "fdw_handler", "fdw_handler", 'P', 'p'),
    builtin(3220, "pg_lsn", "pg_lsn", 'U', 'b'),
    builtin(3310, "tsm_handler", "tsm_handler", 'P', 'p'),
    builtin(3361, "pg_ndistinct", "pg_ndistinct", 'Z', 'b'),
    builtin(3402, "pg_dependencies", "pg_dependencies", 'Z', 'b'),
    builtin(3500, "anyenum", "anyenum", 'P', 'p'),
    builtin(3614, "tsvector", "tsvector", 'U', 'b'),
    builtin(3615, "tsquery", "tsquery", 'U', 'b'),
    builtin(3642, "gtsvector", "gtsvector", 'U', 'b'),
    builtin(3734, "regconfig", "regconfig", 'N', 'b'),
    builtin(3769, "regdictionary", "regdictionary", 'N', 'b'),
    builtin(3802, "jsonb", "jsonb", 'U', 'b'),
    builtin(3831, "anyrange", "anyrange", 'P', 'p'),
    builtin(3838, "event_trigger", "event_trigger", 'P', 'p'),
    builtin(3904, "int4range", "int4range", 'R', 'r'),
    builtin(3906, "numrange", "numrange", 'R', 'r'),
    builtin(3908, "tsrange", "tsrange", 'R', 'r'),
    builtin(3910, "tstzrange", "tstzrange", 'R', 'r'),
    builtin(3912, "daterange", "daterange", 'R', 'r'),
    builtin(3926, "int8range", "int8range", 'R', 'r'),
    builtin(4072, "jsonpath", "jsonpath", 'U', 'b'),
    builtin(4089, "regnamespace", "regnamespace", 'N', 'b'),
    builtin(4096, "regrole", "regrole", 'N', 'b'),
    builtin(4191, "regcollation", "regcollation", 'N', 'b'),
    builtin(4451, "int4multirange", "int4multirange", 'R', 'm'),
    builtin(4532, "nummultirange", "nummultirange", 'R', 'm'),
    builtin(4533, "tsmultirange", "tsmultirange", 'R', 'm'),
    builtin(4534, "tstzmultirange", "tstzmultirange", 'R', 'm'),
    builtin(4535, "datemultirange", "datemultirange", 'R', 'm'),
    builtin(4536, "int8multirange", "int8multirange", 'R', 'm'),
    builtin(4537, "anymultirange", "anymultirange", 'P', 'p'),
    builtin(4538, "anycompatiblemultirange", "anycompatiblemultirange", 'P', 'p'),
    builtin(4600, "pg_brin_bloom_summary", "pg_brin_bloom_summary", 'Z', 'b'),
    builtin(4601, "pg_brin_minmax_multi_summary", "pg_brin_minmax_multi_summary", 'Z', 'b'),
    builtin(5017, "pg_mcv_list", "pg_mcv_list", 'Z', 'b'),
    builtin(5038, "pg_snapshot", "pg_snapshot", 'U', 'b'),
    builtin(5069, "xid8", "xid8", 'U', 'b'),
    builtin(5077, "anycompatible", "anycompatible", 'P', 'p'),
    builtin(5078, "anycompatiblearray", "anycompatiblearray", 'P', 'p'),
    builtin(5079, "anycompatiblenonarray", "anycompatiblenonarray", 'P', 'p'),
    builtin(5080, "anycompatiblerange", "anycompatiblerange", 'P', 'p'),
];
