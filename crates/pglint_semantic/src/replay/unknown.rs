//! Effects that cannot be followed.

use super::{Outcome, Replay};
use crate::change::UnknownEffect;
use pglint_catalog::{Name, Origin, QualifiedName, RelationId, SchemaId, Unknown, UnknownReason};
use std::sync::Arc;

impl Replay {
    pub(super) fn mark_unknown(&mut self, effect: &UnknownEffect, at: Origin) -> Outcome {
        let unknown = Unknown {
            reason: effect.reason.clone(),
            origin: at,
        };
        let relations = self.catalog.relations();
        let touched: Vec<RelationId> = relations
            .filter(|it| it.schema != SchemaId::PG_TEMP)
            .filter(|it| effect.changes_anything || effect.names.contains(&it.name))
            .map(|it| it.id)
            .collect();
        for id in touched {
            self.catalog.mark_relation_unknown(id, unknown.clone());
        }
        let unknown = Arc::new(unknown);
        for name in &effect.names {
            self.catalog.mark_name_unknown(name.clone(), &unknown);
        }
        if effect.creates_anything || effect.changes_anything {
            self.catalog.mark_all_unknown(unknown);
        }
        Ok(())
    }

    /// A call at top level of a function of the project whose body changes the
    /// schema does what its body may do. Functions of the server change nothing.
    pub(super) fn call_functions(
        &mut self,
        names: &[QualifiedName],
        mentioned: &[Name],
        at: Origin,
    ) -> Outcome {
        for name in names {
            let called = self.catalog.lookup_functions(
                name.schema.as_deref(),
                &name.name,
                &self.search_path,
            );
            let functions = called.found().unwrap_or_default().into_iter();
            let effects: Vec<_> = functions
                .filter(|it| it.has_ddl())
                .filter_map(|it| {
                    let reason = UnknownReason::FunctionCall(name.name.clone());
                    crate::lower::effect(it.body.as_ref()?, reason)
                })
                .collect();
            for mut effect in effects {
                if effect.takes_names {
                    effect.names.extend(mentioned.iter().cloned());
                }
                self.mark_unknown(&effect, at)?;
            }
        }
        Ok(())
    }
}
