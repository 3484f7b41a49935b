//! `docs/pglint.schema.json` is what `pglint schema` prints.
//!
//! `PGLINT_UPDATE_EXPECTED=1` writes it anew, as after a new rule.

use std::fs;

use crate::{pglint, root};

#[test]
fn the_schema_in_the_manual_is_the_programs() {
    let path = root().join("docs/pglint.schema.json");
    let printed = pglint(&["schema"]);
    if std::env::var_os("PGLINT_UPDATE_EXPECTED").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|written| written == printed),
        "docs/pglint.schema.json is stale: PGLINT_UPDATE_EXPECTED=1 cargo test --test promises"
    );
}
