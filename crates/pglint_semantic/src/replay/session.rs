//! The session: search path, transactions, schemas.

use super::{Outcome, Problem, ProblemKind, Replay};
use crate::change::{SettingScope, TransactionStep};
use pglint_catalog::{Name, ObjectId, Origin, RelationId, SchemaId, SearchPath};
use pglint_syntax::is_placeholder_schema;

impl Replay {
    pub(super) fn set_search_path(
        &mut self,
        schemas: Option<&[Name]>,
        scope: SettingScope,
    ) -> Outcome {
        let path = match schemas {
            Some(schemas) => SearchPath(schemas.to_vec()),
            None => self.default_search_path.clone(),
        };
        match scope {
            SettingScope::Transaction => {
                let before = std::mem::replace(&mut self.search_path, path);
                self.outer_search_path.get_or_insert(before);
            }
            SettingScope::Session => {
                self.search_path = path;
                self.outer_search_path = None;
            }
            SettingScope::LaterSessions if schemas.is_some() => self.default_search_path = path,
            SettingScope::LaterSessions => self.default_search_path = SearchPath::default(),
        }
        Ok(())
    }

    pub(super) fn transaction(&mut self, step: &TransactionStep) -> Outcome {
        match step {
            TransactionStep::Begin => {
                let before = (self.catalog.clone(), self.search_path.clone());
                self.before_transaction.get_or_insert(Box::new(before));
            }
            TransactionStep::Commit => self.end_of_transaction(),
            TransactionStep::Rollback => {
                if let Some(before) = self.before_transaction.take() {
                    (self.catalog, self.search_path) = *before;
                    self.dropped_at_commit.clear();
                }
                self.end_of_transaction();
            }
            TransactionStep::Savepoint(name) => {
                let now = (name.clone(), self.catalog.clone(), self.search_path.clone());
                self.savepoints.push(now);
            }
            TransactionStep::Release(name) => {
                if let Some(place) = self.savepoint(name) {
                    self.savepoints.truncate(place);
                }
            }
            TransactionStep::RollbackTo(name) => {
                if let Some(place) = self.savepoint(name) {
                    self.savepoints.truncate(place + 1);
                    let (_, catalog, search_path) = self.savepoints[place].clone();
                    self.dropped_at_commit
                        .retain(|it| catalog.relation(*it).is_some());
                    (self.catalog, self.search_path) = (catalog, search_path);
                }
            }
        }
        Ok(())
    }

    /// Where the latest savepoint of that name is. `None` when there is none, as when
    /// a tool has made it: nobody knows whether it is an error.
    fn savepoint(&self, name: &Name) -> Option<usize> {
        self.savepoints.iter().rposition(|(it, ..)| it == name)
    }

    /// The end of a transaction that the caller knows of: a section that its
    /// tool runs in one.
    pub fn end_of_transaction(&mut self) {
        self.before_transaction = None;
        self.savepoints.clear();
        for id in std::mem::take(&mut self.dropped_at_commit) {
            if let Some(origin) = self.catalog.relation(id).map(|it| it.origin) {
                // With children that would stay; nothing here is refused.
                let _ = self.drop_objects(&[ObjectId::Relation(id)], true, origin);
            }
        }
        if let Some(outer) = self.outer_search_path.take() {
            self.search_path = outer;
        }
    }

    /// The end of a session, as after each file that its tool runs on a
    /// connection of its own: the search path is what it was, temporary tables are
    /// gone.
    pub fn end_of_session(&mut self) {
        self.end_of_transaction();
        self.search_path = self.default_search_path.clone();
        self.outside_schema.clear();
        let relations = self.catalog.relations();
        let temporary: Vec<RelationId> = relations
            .filter(|it| it.schema == SchemaId::PG_TEMP)
            .map(|it| it.id)
            .collect();
        for id in temporary {
            self.catalog.remove_relation(id);
        }
    }

    pub(super) fn create_schema(
        &mut self,
        name: &Name,
        if_not_exists: bool,
        at: Origin,
    ) -> Outcome {
        // Elements without a schema of their own land in the new one.
        self.outside_schema.push(self.search_path.clone());
        self.search_path.0.insert(0, name.clone());
        let exists = self.catalog.schema_named(name).is_some();
        // One that goes by a placeholder is made on first use.
        if exists && !if_not_exists && !is_placeholder_schema(name) {
            let message = format!("schema \"{name}\" already exists");
            return Err(Problem::new(at, "42P06", ProblemKind::Duplicate, message));
        }
        match is_placeholder_schema(name) {
            _ if exists => {}
            true => drop(self.placeholder_schema(name, at)),
            false => drop(self.catalog.add_schema(name.clone(), at)),
        }
        Ok(())
    }

    pub(super) fn end_of_schema(&mut self) -> Outcome {
        if let Some(outside) = self.outside_schema.pop() {
            self.search_path = outside;
        }
        Ok(())
    }
}
