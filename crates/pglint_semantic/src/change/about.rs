//! Which objects a change is about.

use super::Action;
use pglint_catalog::QualifiedName;

impl Action {
    /// The objects that are there already and that it changes or takes away.
    pub fn changed(&self) -> Vec<&QualifiedName> {
        match self {
            Action::AlterTable(alter) => vec![&alter.relation.name],
            Action::CreateIndex(create) => vec![&create.relation.name],
            Action::CreateTrigger(create) => vec![&create.relation.name],
            Action::CreatePolicy(policy) | Action::AlterPolicy(policy) => {
                vec![&policy.relation.name]
            }
            Action::AlterEnum(alter) => vec![&alter.name],
            Action::AlterDomain { name, .. } => vec![name],
            Action::Drop(drop) => drop.targets.iter().map(|it| &it.name).collect(),
            Action::Rename(rename) => vec![&rename.target.name],
            Action::SetSchema { target, .. } => vec![&target.name],
            _ => Vec::new(),
        }
    }

    /// The object that it makes. `None` also for what has no schema of its own, as
    /// an index.
    pub fn made(&self) -> Option<&QualifiedName> {
        match self {
            Action::CreateTable(create) => Some(&create.name.name),
            Action::CreateFromQuery(create) => Some(&create.name.name),
            Action::CreateSequence(create) => Some(&create.name.name),
            Action::CreateEnum { name, .. } | Action::CreateType { name, .. } => Some(name),
            Action::CreateDomain(create) => Some(&create.name),
            Action::CreateFunction(create) => Some(&create.name),
            _ => None,
        }
    }
}
