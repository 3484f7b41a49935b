//! Why a catalog may differ from a server's: statements that the server refused,
//! and objects that pglint says it does not know.

use std::collections::BTreeSet;

use pglint_catalog::{Catalog, UnknownSubject};
use pglint_semantic::change::{Action, DdlChange};
use pglint_semantic::lower::lower;
use pglint_syntax::{ParseOptions, is_unknown_name, parse_file};
use pglint_text::StatementId;

use crate::run::Refused;

/// The objects whose state is not to be known, by their bare names.
pub(crate) struct Why<'c> {
    catalog: &'c Catalog,
    /// What refused statements would have made or changed.
    refused: BTreeSet<String>,
    /// Relations that pglint itself calls unknown.
    unknown: BTreeSet<String>,
}

impl<'c> Why<'c> {
    pub(crate) fn new(refused: &[Refused], catalog: &'c Catalog) -> Why<'c> {
        let statements = refused.iter();
        let refused = statements.flat_map(|it| subjects_of(&it.statement));
        let unknown = catalog.unknown_parts().into_iter();
        let unknown = unknown.filter_map(|part| match part.subject {
            UnknownSubject::Relation(relation) | UnknownSubject::Columns(relation) => {
                Some(relation.name.to_string())
            }
            UnknownSubject::Name(name) => Some(name.to_string()),
            UnknownSubject::Everything | UnknownSubject::Schema(_) => None,
        });
        Why {
            refused: refused.collect(),
            unknown: unknown.collect(),
            catalog,
        }
    }

    /// Is the difference about an object that is not to be known? It is one line of
    /// `differences`, or the same with a rule's name in front.
    pub(crate) fn explains(&self, difference: &str) -> bool {
        // No server knows what a template will fill in.
        if is_unknown_name(difference) {
            return true;
        }
        let (object, what) = difference.split_once(": ").unwrap_or((difference, ""));
        let Some((_, object)) = object.split_once(' ') else {
            // Which schemas and how many sequences there are: other lines say why.
            return !self.refused.is_empty() || self.is_open() || self.refers_outside();
        };
        // `schema.table indexes .name`, `schema.function(a integer)`
        let mut parts = object.split(['.', '(', ' ']);
        let schema = parts.next().unwrap_or_default();
        let name = parts.next().unwrap_or_default();
        let is_whole = !object.contains(' ') || object.ends_with(')');
        let is_unlisted = what == "missing" && is_whole && self.may_hold_more(schema);
        // Of types and functions pglint does not say one by one that they may have
        // changed: it does where anything may have.
        let kind = difference.split(' ').next().unwrap_or_default();
        // Of a table that no file makes, the clause may tell no more than its name, and
        // the server is asked about tables of the project alone.
        let is_of_target = object
            .rsplit(' ')
            .next()
            .is_some_and(|it| it.starts_with("ref_"));
        let is_outside =
            is_of_target && (what.starts_with("null is ") || what.ends_with(" is null"));
        let is_unmarked = matches!(kind, "enums" | "domains" | "functions") && self.is_open();
        let is_known = !self.refused.contains(name) && !self.unknown.contains(name);
        !is_known || is_unlisted || is_unmarked || is_outside
    }

    fn may_hold_more(&self, schema: &str) -> bool {
        let schema = self.catalog.schema_named(schema);
        self.is_open() || schema.is_some_and(|it| it.unknown.is_some())
    }

    /// Are there schemas for the project that no file makes: the platform's, or those
    /// that foreign keys lead into?
    fn refers_outside(&self) -> bool {
        if self.catalog.schemas().any(|it| it.is_provided()) {
            return true;
        }
        let mut keys = self.catalog.tables().flat_map(|it| it.foreign_keys());
        keys.any(|(_, key)| {
            let target = key.unknown_target.as_deref();
            let schema = target.and_then(|it| it.schema.as_deref());
            schema.is_some_and(|it| self.catalog.schema_named(it).is_none())
        })
    }

    /// May there be objects under names that no file tells?
    fn is_open(&self) -> bool {
        let mut parts = self.catalog.unknown_parts().into_iter();
        parts.any(|it| matches!(it.subject, UnknownSubject::Everything))
    }
}

/// What a statement makes, changes or drops, by its bare name.
fn subjects_of(statement: &str) -> Vec<String> {
    let parsed = parse_file(statement, ParseOptions::default());
    let trees = parsed.statements.iter().filter_map(|it| it.tree());
    let changes = trees.flat_map(|tree| lower(&tree, StatementId(0)));
    changes.flat_map(|it| subjects(&it)).collect()
}

fn subjects(change: &DdlChange) -> Vec<String> {
    let names = match &change.action {
        Action::CreateTable(create) => vec![&create.name.name.name],
        Action::CreateFromQuery(create) => vec![&create.name.name.name],
        Action::AlterTable(alter) => vec![&alter.relation.name.name],
        Action::CreateIndex(create) => vec![&create.relation.name.name],
        Action::CreateSequence(sequence) | Action::AlterSequence(sequence) => {
            vec![&sequence.name.name.name]
        }
        Action::CreateEnum { name, .. } | Action::CreateType { name, .. } => vec![&name.name],
        Action::AlterEnum(alter) => vec![&alter.name.name],
        Action::CreateDomain(create) => vec![&create.name.name],
        Action::AlterDomain { name, .. } => vec![&name.name],
        Action::CreateFunction(create) => vec![&create.name.name],
        Action::AlterFunction { target, .. }
        | Action::Comment { target, .. }
        | Action::SetSchema { target, .. } => vec![&target.name.name],
        Action::CreateTrigger(trigger) => vec![&trigger.relation.name.name],
        Action::CreatePolicy(policy) | Action::AlterPolicy(policy) => {
            vec![&policy.relation.name.name]
        }
        Action::Drop(drop) => drop.targets.iter().map(|it| &it.name.name).collect(),
        Action::Rename(rename) => vec![&rename.target.name.name, &rename.new_name],
        Action::CreateSelectRule(relation) => vec![&relation.name.name],
        Action::Unknown(effect) => effect.names.iter().collect(),
        Action::CallFunctions { mentioned, .. } => mentioned.iter().collect(),
        Action::SetSearchPath { .. }
        | Action::Transaction(_)
        | Action::CreateSchema { .. }
        | Action::EndOfSchema
        | Action::CreateExtension { .. } => Vec::new(),
    };
    names.into_iter().map(|it| it.to_string()).collect()
}
