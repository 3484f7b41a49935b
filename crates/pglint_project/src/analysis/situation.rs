//! What statements stand in.

use std::sync::Arc;

use pglint_catalog::SearchPath;
use pglint_semantic::section::{Direction, Section, Transaction};

use super::changes::LoweredFile;
use super::schema::PathChange;
use crate::project::DatabaseFile;

/// What a statement stands in, as far as checks may know.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Situation {
    pub(crate) direction: Direction,
    transaction: Transaction,
    version: Option<String>,
    is_conditional: bool,
    /// Does its file make part of the schema?
    pub(crate) is_replayed: bool,
    /// Where its unqualified names are looked for.
    pub(crate) search_path: SearchPath,
}

/// The situation of each statement of a file; `None` for one that is never run.
pub(crate) type Situations = Arc<[Option<Arc<Situation>>]>;

/// The situations of the statements of a file with these search paths, which makes
/// part of the schema or not.
pub(crate) fn situations(
    file: &DatabaseFile,
    lowered: &LoweredFile,
    (search_paths, is_replayed): (&[PathChange], bool),
) -> Situations {
    let mut search_paths = search_paths.iter().peekable();
    let first = search_paths.next_if(|(after, _)| after.is_none());
    let mut search_path = first.map_or_else(SearchPath::default, |(_, path)| path.clone());
    let mut last: Option<(&Section, Arc<Situation>)> = None;
    let statements = &lowered.statements;
    let mut situations = Vec::with_capacity(statements.ids.len());
    for (index, (id, statement)) in statements.iter().enumerate() {
        let section = file.section_at(statement.range.start());
        let section = section.filter(|_| lowered.is_run_here(index));
        situations.push(section.map(|section| match &last {
            Some((known, situation)) if std::ptr::eq(*known, section) => situation.clone(),
            _ => {
                let situation = Arc::new(Situation {
                    direction: section.direction,
                    transaction: section.transaction,
                    version: section.version.clone(),
                    is_conditional: section.is_conditional,
                    is_replayed,
                    search_path: search_path.clone(),
                });
                last = Some((section, situation.clone()));
                situation
            }
        }));
        if let Some((_, next)) = search_paths.next_if(|(after, _)| *after == Some(id)) {
            search_path = next.clone();
            last = None;
        }
    }
    situations.into()
}
