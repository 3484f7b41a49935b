//! A catalog from DDL.

use pglint_catalog::{Catalog, SearchPath};
use pglint_syntax::{ParseOptions, parse};
use pglint_text::StatementId;

use crate::lower::lower;
use crate::replay::Replay;

/// The catalog after statements that are separated by semicolons.
pub(super) fn catalog(ddl: &str) -> Catalog {
    let mut replay = Replay::new(Catalog::builtin(), SearchPath::default());
    let statements = ddl.split(';').filter(|it| !it.trim().is_empty());
    for (number, statement) in (0..).zip(statements) {
        let tree = parse(statement, ParseOptions::default()).unwrap();
        for change in lower(&tree, StatementId(number)) {
            replay.apply(&change).unwrap();
        }
    }
    replay.catalog
}
