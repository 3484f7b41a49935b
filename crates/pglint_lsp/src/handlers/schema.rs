//! `pglint/schema`: the schema as a file sees it.

use crate::backend::{SchemaParams, SchemaResult};
use crate::snapshot::Snapshot;

pub(crate) fn schema(snapshot: &Snapshot, params: &SchemaParams) -> Option<SchemaResult> {
    let view = snapshot.file(&params.text_document.uri)?;
    let text = pglint_ide::schema_text(&view.unit.analysis, view.file)?;
    Some(SchemaResult { text })
}
