//! Names: identifiers, qualified names, the search path.

use std::borrow::Cow;

/// An identifier as the catalog keeps it: case folded or unquoted, at most 63 bytes.
pub type Name = smol_str::SmolStr;

/// `NAMEDATALEN - 1`: the longest identifier, in bytes.
pub(crate) const NAME_LENGTH: usize = 63;

/// A name as it was written: with a schema or without.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedName {
    /// `None` when the search path decides.
    pub schema: Option<Name>,
    /// The name itself.
    pub name: Name,
}

impl QualifiedName {
    /// A name that the search path resolves.
    pub fn unqualified(name: impl Into<Name>) -> QualifiedName {
        QualifiedName {
            schema: None,
            name: name.into(),
        }
    }

    /// A name in a schema.
    pub fn qualified(schema: impl Into<Name>, name: impl Into<Name>) -> QualifiedName {
        QualifiedName {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }
}

impl std::fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The schemas that are searched for a name without one, in order.
///
/// `pg_temp` and `pg_catalog` are searched first unless they are listed
/// (PostgreSQL's manual, 5.10.3 and `search_path` in 19.11.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchPath(pub Vec<Name>);

/// What is searched first unless it is listed.
const IMPLICIT: [&str; 2] = ["pg_temp", "pg_catalog"];

impl Default for SearchPath {
    /// `"$user", public`; the schema of the user's own name is taken not to exist.
    fn default() -> SearchPath {
        SearchPath(vec![Name::new_static("public")])
    }
}

impl SearchPath {
    /// The schemas in the order in which a relation or type is searched.
    pub fn search_order(&self) -> impl Iterator<Item = &str> {
        let implicit = IMPLICIT
            .into_iter()
            .filter(|name| !self.0.iter().any(|listed| listed == name));
        implicit.chain(self.0.iter().map(Name::as_str))
    }

    /// Which schemas are searched before this one: those with a lower number. `None`
    /// when it is not searched.
    pub(crate) fn place_of(&self, schema: &str) -> Option<usize> {
        match self.0.iter().position(|listed| listed == schema) {
            Some(listed) => Some(IMPLICIT.len() + listed),
            None => IMPLICIT.iter().position(|implicit| *implicit == schema),
        }
    }
}

/// Cuts an identifier to 63 bytes at a character boundary, as the server does
/// with a notice (`truncate_identifier` in `scansup.c`).
pub fn truncate_identifier(identifier: &str) -> &str {
    clip(identifier, NAME_LENGTH)
}

/// The longest prefix of at most `length` bytes that ends at a character
/// boundary (`pg_mbcliplen`).
pub(crate) fn clip(text: &str, length: usize) -> &str {
    if text.len() <= length {
        return text;
    }
    let mut end = length;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The identifier as it must be written: in double quotes where it is not plain
/// lower case. Keywords are quoted too (`quote_identifier` in `ruleutils.c`
/// does so for all that are not unreserved).
pub fn quote_identifier(identifier: &str) -> Cow<'_, str> {
    let mut bytes = identifier.bytes();
    let plain = bytes
        .next()
        .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && RESERVED.binary_search(&identifier).is_err() {
        Cow::Borrowed(identifier)
    } else {
        Cow::Owned(format!("\"{}\"", identifier.replace('"', "\"\"")))
    }
}

/// Keywords that are not unreserved in PostgreSQL 18 (`kwlist.h`), sorted.
#[rustfmt::skip]
static RESERVED: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
    "authorization", "between", "bigint", "binary", "bit", "boolean", "both", "case", "cast",
    "char", "character", "check", "coalesce", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists",
    "extract", "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant",
    "greatest", "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout",
    "int", "integer", "intersect", "interval", "into", "is", "isnull", "join", "json",
    "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg", "json_query",
    "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least",
    "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural",
    "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on",
    "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position",
    "precision", "primary", "real", "references", "returning", "right", "row", "select",
    "session_user", "setof", "similar", "smallint", "some", "substring", "symmetric",
    "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat",
    "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic",
    "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement",
    "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize",
    "xmltable",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_quoted_only_where_they_must_be() {
        assert_eq!(quote_identifier("users_2"), "users_2");
        assert_eq!(quote_identifier("Users"), "\"Users\"");
        assert_eq!(quote_identifier("order"), "\"order\"");
        assert_eq!(quote_identifier("2fa"), "\"2fa\"");
        assert_eq!(quote_identifier("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn identifiers_are_cut_between_characters() {
        let long = "é".repeat(40);
        assert_eq!(truncate_identifier(&long).len(), 62);
        assert_eq!(truncate_identifier("short"), "short");
    }

    #[test]
    fn implicit_schemas_are_searched_first() {
        let order = |path: &[&str]| -> String {
            let path = SearchPath(path.iter().map(Name::new).collect());
            path.search_order().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order(&["app", "public"]), "pg_temp pg_catalog app public");
        assert_eq!(order(&["app", "pg_catalog"]), "pg_temp app pg_catalog");
    }
}
