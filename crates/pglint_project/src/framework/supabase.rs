//! Supabase: `supabase/migrations/<digits>_<name>.sql`.
//!
//! Files run in the order of their names, each sent as a batch. Names of another
//! shape are ignored. Files elsewhere in `supabase` may have numbers, too: those in
//! `schemas` say what the migrations lead to.

use std::collections::BTreeSet;
use std::path::Path;

use pglint_semantic::section::Transaction;

use super::flaws::Compares;
use super::number::before_underscore;
use super::{Claim, Framework, World, name_of};

pub(super) const FRAMEWORK: Framework = Framework {
    name: "Supabase",
    provides: Some(super::Provides {
        sql: PROVIDED,
        may_have_more: true,
    }),
    claims,
    order: |folder| {
        folder.sorted_by_key(|file| {
            let name = name_of(file.path).to_owned();
            before_underscore(file.path).map(|_| name)
        })
    },
    sections: |file| vec![file.whole(Transaction::Implicit)],
    version: |path| {
        before_underscore(path)?;
        Some(name_of(path).split_once('_')?.0.to_owned())
    },
    compares: Compares::Text,
    ignores: "as its name is not `<digits>_<name>.sql`",
    owns_folder_around: true,
    ..Framework::BASE
};

/// Some of what a project begins with: the tables that others refer to. They have many
/// more columns (its manual, "Auth" and "Storage").
const PROVIDED: &str = "\
CREATE SCHEMA auth;
CREATE SCHEMA extensions;
CREATE SCHEMA graphql;
CREATE SCHEMA graphql_public;
CREATE SCHEMA realtime;
CREATE SCHEMA storage;
CREATE SCHEMA vault;
CREATE TABLE auth.users (id uuid PRIMARY KEY);
CREATE TABLE auth.identities (id uuid PRIMARY KEY, user_id uuid NOT NULL);
CREATE TABLE auth.sessions (id uuid PRIMARY KEY, user_id uuid NOT NULL);
CREATE TABLE auth.mfa_factors (id uuid PRIMARY KEY, user_id uuid NOT NULL);
CREATE TABLE storage.buckets (id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text, name text);
CREATE TABLE vault.secrets (id uuid PRIMARY KEY, name text);";

fn claims(world: &World<'_>) -> Vec<Claim> {
    let is_migrations = |folder: &&Path| {
        name_of(folder) == "migrations"
            && folder.parent().is_some_and(|it| name_of(it) == "supabase")
    };
    let folders: BTreeSet<&Path> = world
        .files
        .iter()
        .filter_map(|file| file.parent())
        .filter(is_migrations)
        .collect();
    let claim = |folder: &Path| Claim {
        folder: folder.into(),
        evidence: "the folder `supabase/migrations`".into(),
        files: world.directly_in(folder).cloned().collect(),
        listed: Vec::new(),
        dialect: None,
    };
    folders.into_iter().map(claim).collect()
}
